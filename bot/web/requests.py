"""What surrounds every request by HTTP: an id of its own in the log and the answer, and a count of what is refused."""

from collections.abc import Collection
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.measuring.counters import REQUESTS_REFUSED, ROWS_REJECTED, Measures
from bot.measuring.requests import one_request

# Where an endpoint notes how many rows of a request it rejected.
ROWS: Final = "rows_rejected"
_HEADER: Final = b"x-request-id"
_REASONS: Final = {
    400: "malformed",
    401: "unknown_sender",
    403: "not_theirs",
    408: "too_slow",
    413: "too_large",
    415: "content_type",
    429: "too_often",
    500: "failed_here",
    503: "busy",
}


class Requests:
    """ASGI middleware; an id that came with the request is not taken over: it would be a stranger's text in the log."""

    def __init__(self, app: ASGIApp, measures: Measures, paths: Collection[str]) -> None:
        self._app, self._measures, self._paths = app, measures, frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with one_request() as request_id:

            async def send_with_id(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message.get("headers", ()), (_HEADER, request_id.encode())]
                    self._count(scope, message["status"])
                await send(message)

            await self._app(scope, receive, send_with_id)

    def _count(self, scope: Scope, status: int) -> None:
        path, reason = scope["path"], _REASONS.get(status)
        if path in self._paths and reason is not None:
            self._measures.count(REQUESTS_REFUSED, path, reason)
            if rows := scope.get("state", {}).get(ROWS, 0):
                self._measures.count(ROWS_REJECTED, path, by=rows)
