"""What the tests themselves promise: they stay on this machine and take nobody's settings along."""

import os
import socket
from pathlib import Path

import pytest

from bot.config import load_settings
from tests.conftest import OutsideError


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_no_test_can_connect_to_another_machine(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as outside:
        outside.settimeout(0.1)
        with pytest.raises(OutsideError):
            outside.connect((address, 9))


def test_no_test_can_ask_for_the_address_of_another_machine() -> None:
    with pytest.raises(OutsideError):
        socket.getaddrinfo("worthwhile.example", 443)


def test_a_test_can_talk_to_itself() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as connection,
    ):
        connection.sendall(b"hello")


def test_tests_run_in_an_empty_folder_with_the_default_settings() -> None:
    assert list(Path.cwd().iterdir()) == []
    assert not [name for name in os.environ if name.startswith(("SLACK_", "WORTHWHILE_", "DATABASE_"))]
    assert load_settings().transport == "none"
