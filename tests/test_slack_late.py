"""A message that may not go any more does not: that is asked on the open connection, before each write."""

import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.delivery import OVERSLEPT, Failure, Meaning, Posted, meaning
from bot.playground.local_slack import LocalSlack
from bot.slack import Slack, connect
from bot.slack_late import LateClient, OversleptError
from bot.views.blocks import section

OPENSSL = shutil.which("openssl") or ""
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


@pytest.mark.skipif(not OPENSSL, reason="openssl makes the certificate")
def test_an_encrypted_connection_asks_too(tmp_path: Path) -> None:
    """A server that takes one request and tells what of it arrived."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
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
