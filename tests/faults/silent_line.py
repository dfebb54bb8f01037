"""A line between the bot and PostgreSQL that can fall silent: connections stay open and nothing comes through."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator
from typing import Final

from sqlalchemy.engine import make_url

_LOOK_SECONDS: Final = 0.02
_AT_ONCE: Final = 65_536


class Line:
    """Passes bytes on between a port of this machine and a server, as long as it is not cut."""

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._talking, self._gone = threading.Event(), threading.Event()
        self._talking.set()
        self._threads = [threading.Thread(target=self._take, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """The URL of the same database over this line."""
        there = self._target.set(host="127.0.0.1", port=self._listener.getsockname()[1])
        return there.difference_update_query(["host"]).render_as_string(hide_password=False)

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Let nothing through: what was connected stays so, what connects is taken and hears nothing."""
        self._talking.clear()
        try:
            yield
        finally:
            self._talking.set()

    def close(self) -> None:
        """End every connection."""
        self._gone.set()
        self._talking.set()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _take(self) -> None:
        while not self._gone.is_set():
            readable, _, _ = select.select([self._listener], [], [], _LOOK_SECONDS)
            if readable:
                client, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._pass_on, args=(client,), daemon=True))
                self._threads[-1].start()

    def _pass_on(self, client: socket.socket) -> None:
        self._talking.wait()
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._target.query['host']}/.s.PGSQL.5432")
        others = {client: server, server: client}
        with client, server, contextlib.suppress(OSError):
            while not self._gone.is_set():
                for each in select.select(list(others), [], [], _LOOK_SECONDS)[0]:
                    content = each.recv(_AT_ONCE)
                    self._talking.wait()
                    if not content:
                        return
                    others[each].sendall(content)


@contextlib.contextmanager
def line_to(url: str) -> Iterator[Line]:
    """Give a line to the PostgreSQL server of *url*, which listens on a socket of the file system."""
    line = Line(url)
    try:
        yield line
    finally:
        line.close()
