"""Files that a provider writes: below a folder of this machine or below s3://bucket/prefix, read alike."""

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Protocol

from bot.errors import ConnectorError

NEEDS_BOTO3: Final = 'reading from s3:// needs one package more: pip install "worthwhile[aws]"'
_MOST_NAMES: Final = 2_000_000
_S3: Final = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)
_PLAIN_CODE: Final = re.compile(r"[A-Za-z0-9.]{1,60}")
_NOT_ALLOWED: Final = frozenset({401, 403})
_BUSY: Final = frozenset({408, 429, 500, 502, 503, 504})


class TooLargeError(ConnectorError):
    """A file is larger than whoever reads it takes."""


class Credentials(NamedTuple):
    """An access key that is given outright, in place of what boto3 would find for itself."""

    access_key_id: str
    secret_access_key: str
    region: str


class Objects(Protocol):
    """Files below one address; their names have "/" between parts and leave the address out."""

    address: str

    def folders(self, below: str) -> Iterator[str]:
        """Yield the folders right inside the folder *below* ("" or ending in "/"), each ending in "/"."""

    def files(self, below: str) -> Iterator[str]:
        """Yield every file whose name starts with the folder *below*, in order; none where it is missing."""

    def opened(self, name: str, max_bytes: int) -> AbstractContextManager[IO[bytes]]:
        """Give a file as a stream; raises TooLargeError beyond *max_bytes*, else ConnectorError."""

    def close(self) -> None:
        """Close what is kept open."""


def open_objects(
    address: str, provider: str, *, endpoint_url: str = "", credentials: Credentials | None = None
) -> Objects:
    """Return the files below *address*, a folder or s3://bucket/prefix.

    Raises ConnectorError when the address is none, or boto3 is needed and missing. Nothing is asked for yet.
    """
    if not address.startswith("s3://"):
        return Folder(Path(address), provider)
    parts = _S3.fullmatch(address)
    if parts is None:
        raise ConnectorError(provider, "the address must look like s3://bucket/prefix", permanent=True)
    try:
        import_module("boto3")
    except ImportError:
        raise ConnectorError(provider, NEEDS_BOTO3, permanent=True) from None
    return Bucket(parts[1], parts[2] or "", provider, endpoint_url=endpoint_url, credentials=credentials)


class Folder:
    """Files below a folder of this machine."""

    def __init__(self, path: Path, provider: str) -> None:
        self.address, self._path, self._provider = str(path), path, provider

    def folders(self, below: str) -> Iterator[str]:
        """Yield the folders right inside *below*; raises ConnectorError when it cannot be read."""
        with self._plain_errors():
            found = sorted(entry.name for entry in os.scandir(self._path / below) if entry.is_dir())
        yield from (f"{below}{name}/" for name in found)

    def files(self, below: str) -> Iterator[str]:
        """Yield every file below *below*, in order."""
        if not (self._path / below).is_dir():
            return
        with self._plain_errors():
            entries = sorted(os.scandir(self._path / below), key=lambda entry: entry.name)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from self.files(f"{below}{entry.name}/")
            elif entry.is_file():
                yield f"{below}{entry.name}"

    @contextmanager
    def opened(self, name: str, max_bytes: int) -> Iterator[IO[bytes]]:
        """Give a file as a stream."""
        with self._plain_errors(), (self._path / name).open("rb") as stream:
            _check_size(self._provider, os.fstat(stream.fileno()).st_size, max_bytes)
            yield stream

    def close(self) -> None:
        """Nothing is kept open."""

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ConnectorError(
                self._provider, f"{self.address} cannot be read: {error.strerror or 'bad content'}", permanent=False
            ) from None


class Bucket:
    """Files below a prefix of an S3 bucket; boto3 finds its credentials, unless they are given."""

    def __init__(
        self, bucket: str, prefix: str, provider: str, *, endpoint_url: str, credentials: Credentials | None
    ) -> None:
        self._bucket, self._prefix, self._provider = bucket, f"{prefix.strip('/')}/".lstrip("/"), provider
        self._endpoint_url, self._credentials = endpoint_url or None, credentials
        self.address = f"s3://{bucket}/{self._prefix}".rstrip("/")

    @cached_property
    def _client(self) -> Any:
        # Typed as anything: boto3 ships no types.
        given = self._credentials
        keys = {} if given is None else dict(zip(_SESSION_PARAMETERS, given, strict=True))
        config = import_module("botocore.config").Config(
            connect_timeout=10, read_timeout=60, retries={"mode": "standard", "max_attempts": 4}
        )
        session = import_module("boto3").session.Session(**keys)
        return session.client("s3", endpoint_url=self._endpoint_url, config=config)

    def folders(self, below: str) -> Iterator[str]:
        """Yield the folders right inside *below*."""
        for page in self._pages(below, Delimiter="/"):
            for found in page.get("CommonPrefixes", ()):
                yield found["Prefix"].removeprefix(self._prefix)

    def files(self, below: str) -> Iterator[str]:
        """Yield every file below *below*, in order."""
        for page in self._pages(below):
            for found in page.get("Contents", ()):
                if not found["Key"].endswith("/"):  # the console keeps empty folders as such
                    yield found["Key"].removeprefix(self._prefix)

    @contextmanager
    def opened(self, name: str, max_bytes: int) -> Iterator[IO[bytes]]:
        """Give a file as a stream."""
        with self._plain_errors():
            reply = self._client.get_object(Bucket=self._bucket, Key=f"{self._prefix}{name}")
            stream = reply["Body"]
            try:
                _check_size(self._provider, reply["ContentLength"], max_bytes)
                yield stream
            finally:
                stream.close()

    def close(self) -> None:
        """Close the connections."""
        if "_client" in self.__dict__:
            self._client.close()

    def _pages(self, below: str, **how: str) -> Iterator[dict[str, Any]]:
        named = 0
        with self._plain_errors():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=f"{self._prefix}{below}", **how):
                named += page["KeyCount"]
                if named > _MOST_NAMES:
                    raise ConnectorError(
                        self._provider, f"{self.address} has too many files; name a prefix further down", permanent=True
                    )
                yield page

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        errors = import_module("botocore.exceptions")
        try:
            yield
        except errors.ClientError as error:
            raise self._refused(error.response) from None
        except (errors.NoCredentialsError, errors.PartialCredentialsError, errors.CredentialRetrievalError):
            said = "no AWS credentials: give the process a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            raise ConnectorError(self._provider, said, permanent=True) from None
        except errors.BotoCoreError as error:
            said = f"{self.address} did not answer ({type(error).__name__})"
            raise ConnectorError(self._provider, said, permanent=False) from None

    def _refused(self, response: dict[str, Any]) -> ConnectorError:
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = str(response.get("Error", {}).get("Code", ""))
        what = f"{status} {code}" if _PLAIN_CODE.fullmatch(code) else str(status)
        if status in _NOT_ALLOWED:
            said = f"{self.address} may not be read ({what}): allow s3:ListBucket and s3:GetObject, or mend the key"
        elif code == "NoSuchKey":
            said = f"a file of {self.address} went away while it was read; the next run goes on"
        elif status == 404:
            said = f"{self.address} does not exist ({what}): is the bucket's name right?"
        else:
            said = f"{self.address} answered {what}"
        return ConnectorError(self._provider, said, permanent=status not in _BUSY and code != "NoSuchKey")


_SESSION_PARAMETERS: Final = ("aws_access_key_id", "aws_secret_access_key", "region_name")


def _check_size(provider: str, size_bytes: int, max_bytes: int) -> None:
    if size_bytes > max_bytes:
        raise TooLargeError(provider, f"a file is larger than {max_bytes >> 20} MiB", permanent=True)
