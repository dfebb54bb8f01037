"""A stand-in for S3 on loopback, with made-up credentials that are given outright."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from moto.server import ThreadedMotoServer

from bot.connectors.objects import Credentials, Objects, open_objects

CREDENTIALS: Final = Credentials("AKIAMADEUPKEY0000000", "made-up-secret", "us-east-1")


@dataclass(frozen=True)
class Buckets:
    """A running stand-in and a client that fills it."""

    url: str
    client: Any  # boto3 ships no types

    def put(self, address: str, files: Mapping[str, bytes]) -> None:
        """Put *files*, by name, below s3://bucket/prefix."""
        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        self.client.create_bucket(Bucket=bucket)
        for name, content in files.items():
            self.client.put_object(Bucket=bucket, Key=f"{prefix}/{name}".lstrip("/"), Body=content)

    def open(self, address: str, provider: str = "kiro") -> Objects:
        """Return what the bot reads *address* with."""
        return open_objects(address, provider, endpoint_url=self.url, credentials=CREDENTIALS)


@contextmanager
def running_buckets() -> Iterator[Buckets]:
    """Run the stand-in on a free port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        client = import_module("boto3").client(
            "s3",
            endpoint_url=url,
            aws_access_key_id=CREDENTIALS.access_key_id,
            aws_secret_access_key=CREDENTIALS.secret_access_key,
            region_name=CREDENTIALS.region,
        )
        yield Buckets(url, client)
        client.close()
    finally:
        server.stop()
