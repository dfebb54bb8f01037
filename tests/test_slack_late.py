"""A message that may not go any more does not: that is asked on the open connection, before each write."""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.domain.delivery import OVERSLEPT, Failure, Meaning, Posted, meaning
from bot.playground.local_slack import LocalSlack
from bot.slack import Slack, connect
from bot.slack_late import LateClient, OversleptError
from bot.views.blocks import section

BLOCKS = [section("A note")]


@pytest.fixture
def local() -> Iterator[LocalSlack]:
    with LocalSlack().running() as slack:
        yield slack


@pytest.fixture
def way_out(local: LocalSlack) -> Iterator[Slack]:
    slack = connect(local.bot_token, local.api_url)
    yield slack
    slack.close()


@pytest.mark.parametrize("writes", [0, 1], ids=["before the head", "before the body"])
def test_what_may_not_go_any_more_is_not_carried_out(local: LocalSlack, way_out: Slack, writes: int) -> None:
    asked: list[int] = []

    def may_go() -> bool:
        asked.append(len(_open_sockets()))
        return len(asked) <= writes

    before = len(_open_sockets())
    result = way_out.deliver("U01ANA", "A note", BLOCKS, "mark", may_go)

    assert result == Failure(OVERSLEPT, sent=False)
    assert meaning(result) is Meaning.OVERSLEPT
    assert local.calls_of("chat.postMessage") == []
    assert all(number > before for number in asked)  # the connection stands already


def test_what_may_go_is_asked_for_twice_and_goes(local: LocalSlack, way_out: Slack) -> None:
    asked: list[int] = []

    def may_go() -> bool:
        asked.append(len(local.calls))
        return True

    assert isinstance(way_out.deliver("U01ANA", "A note", BLOCKS, "mark", may_go), Posted)
    assert len(asked) == 2
    assert len(local.calls_of("chat.postMessage")) == 1


def test_an_encrypted_connection_asks_too(tmp_path: Path) -> None:
    """A server that takes one request and tells what of it arrived."""
    certificate, key = _certificate(tmp_path)
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    settings.load_cert_chain(certificate, key)
    arrived: list[bytes] = []

    def serve(listening: socket.socket) -> None:
        with settings.wrap_socket(listening.accept()[0], server_side=True) as taken:
            arrived.append(taken.recv(1000))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        client = LateClient("xoxb", f"https://localhost:{listening.getsockname()[1]}/api/", 5, lambda: False)
        client.ssl = ssl.create_default_context(cafile=str(certificate))
        with pytest.raises(OSError, match="not written in time") as raised:
            client.chat_postMessage(channel="U01", text="A note")
        thread.join(10)

    assert isinstance(getattr(raised.value, "reason", None), OversleptError)
    assert arrived == [b""]


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Return a certificate of this machine's for an hour, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    unsigned = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    unsigned = unsigned.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    unsigned = unsigned.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    certificate = unsigned.sign(key, hashes.SHA256())
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def _open_sockets() -> list[str]:
    found = []
    for number in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
        except OSError:
            continue
        if target.startswith("socket:"):
            found.append(target)
    return found
