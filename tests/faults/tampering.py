"""A line between the bot and Slack that spoils one answer, byte by byte, after or before the request went through."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Final

Spoil = Callable[[bytes], bytes]  # of Slack's answer, head and body, what the bot gets

_HEAD_ENDS: Final = b"\r\n\r\n"
_AT_ONCE: Final = 65_536


class Line:
    """Passes one request after another on to a server, a connection each; the next answer can be spoiled."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._spoil: Spoil | None = None
        self._method = b""
        self._goes_through = self._resets = False
        self.spoiled = 0
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    @property
    def api_url(self) -> str:
        """The base URL of the Web API over this line."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/"

    def spoil_next(
        self, spoil: Spoil, *, goes_through: bool, resets: bool = False, method: str = "chat.postMessage"
    ) -> None:
        """Spoil the next answer to a method; *resets* the connection then instead of closing it."""
        self._goes_through, self._resets, self._method, self._spoil = goes_through, resets, method.encode(), spoil

    def close(self) -> None:
        """Take no more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._listener.close()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with client:
                    self._answer(client)

    def _answer(self, client: socket.socket) -> None:
        request = _one(client)
        spoil = self._spoil if self._method in request.partition(b"\r\n")[0] else None
        if spoil is None:
            client.sendall(self._asked(request))
            return
        self._spoil = None
        self.spoiled += 1
        client.sendall(spoil(self._asked(request) if self._goes_through else _REFUSAL))
        if self._resets:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _asked(self, request: bytes) -> bytes:
        head, _, body = request.partition(_HEAD_ENDS)
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        with socket.create_connection(self._target) as server:
            server.sendall(b"\r\n".join([*lines, b"Connection: close"]) + _HEAD_ENDS + body)
            return _all(server)


_REFUSAL: Final = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 16\r\n\r\nInternal failure"


def _one(client: socket.socket) -> bytes:
    """Read one request."""
    read = b""
    while _HEAD_ENDS not in read:
        if not (part := client.recv(_AT_ONCE)):
            return read
        read += part
    head, _, body = read.partition(_HEAD_ENDS)
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length and (part := client.recv(_AT_ONCE)):
        body += part
    return head + _HEAD_ENDS + body


def _all(server: socket.socket) -> bytes:
    read = b""
    while part := server.recv(_AT_ONCE):
        read += part
    return read


def with_body(body: bytes, status: bytes = b"200 OK", *more: bytes) -> Spoil:
    """Return what replaces an answer by one with *body* and *more* lines in its head."""
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *(more or (b"Content-Type: application/json",))]
    return lambda _answer: b"\r\n".join(lines) + _HEAD_ENDS + body


def cut(share: float) -> Spoil:
    """Return what cuts an answer off after a share of its body."""

    def spoil(answer: bytes) -> bytes:
        head, _, body = answer.partition(_HEAD_ENDS)
        return head + _HEAD_ENDS + body[: int(len(body) * share)]

    return spoil


@contextlib.contextmanager
def line_to(url: str) -> Iterator[Line]:
    """Give a line to Slack's server at a URL."""
    line = Line(int(url.rstrip("/").rpartition(":")[2]))
    try:
        yield line
    finally:
        line.close()
