"""Connections that are opened and never say what they want: closed in time, which uvicorn does not do by itself."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEADER_SECONDS: Final = 10.0
_usual: Any = AutoHTTPProtocol


class PromptHeaders(_usual):  # type: ignore[misc]  # uvicorn types its protocols no further
    """uvicorn's HTTP protocol, which drops a connection that has not sent whole headers after `header_seconds`.

    It counts from the connection, and on one that is kept alive from the first byte of the next request; between
    requests uvicorn's own limit holds. The body has a limit of its own, in `bot.web.bodies`.
    """

    header_seconds: float = HEADER_SECONDS
    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to wait for headers."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Stop waiting once a request is in hand; begin again with what follows it."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._cancel()
        elif self._overdue is None:
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._cancel()
        super().connection_lost(exc)

    def _expect(self) -> None:
        self._overdue = self.loop.call_later(self.header_seconds, self.transport.close)

    def _cancel(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None
