"""A stand-in for a provider: real HTTP on loopback, what it holds is told to it, and it can be made to fail."""

import json
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def one(self, name: str, default: str = "") -> str:
        """Return the only value of a query parameter."""
        values = self.query.get(name, [default])
        assert len(values) == 1, f"{name} was given {len(values)} times"
        return values[0]

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    body: Any = None  # bytes, text, or what becomes JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


Route = Callable[[Asked], Reply]


class StandIn:
    """A provider on loopback; use it as a context manager.

    Give it *routes* by (method, path); a path that ends in `/*` takes everything below. What it was
    asked is in *asked*; what is put into *faults* is answered first, whatever was asked.
    """

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], Route] = {}
        self.asked: list[Asked] = []
        self.faults: deque[Reply] = deque()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "StandIn":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def answer(self, asked: Asked) -> Reply:
        """Return the reply to a request, the next fault first."""
        self.asked.append(asked)
        if self.faults:
            return self.faults.popleft()
        for (method, path), route in self.routes.items():
            below = path.endswith("/*") and asked.path.startswith(path[:-1])
            if method == asked.method and (path == asked.path or below):
                return route(asked)
        return Reply({"error": "not found"}, 404)

    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [asked.path for asked in self.asked]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that hangs up; a test sees what it was told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(stand: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # an answer of two writes would wait 40 ms

        def _take(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = parse_qs(parts.query, keep_blank_values=True)
            reply = stand.answer(Asked(self.command, parts.path, query, headers, body))
            content = b"" if reply.status == 204 else reply.content
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _take  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
