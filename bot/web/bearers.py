"""Who sends, by the token in the request."""

from typing import Final

import anyio.to_thread
from starlette.requests import Request

from bot.limits import Limits
from bot.web.answers import TooOftenError, UnknownTokenError
from storage import tokens
from storage.engine import Database
from storage.tokens import Bearer

TOKEN_A_SECOND: Final = 10.0
TOKEN_AT_ONCE: Final = 50.0


class Bearers:
    """Finds whose token a request has; each token may send so often, whatever the path."""

    def __init__(self, database: Database, limits: Limits | None = None) -> None:
        self._database = database
        self._limits = limits or Limits(TOKEN_A_SECOND, TOKEN_AT_ONCE)

    async def of(self, request: Request) -> Bearer:
        """Return who sends; raises UnknownTokenError or TooOftenError."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        known = None
        if scheme.lower() == "bearer" and token.strip():
            known = await anyio.to_thread.run_sync(self._find, token.strip())
        if known is None:
            raise UnknownTokenError("Authorization: Bearer TOKEN is missing, or the token is not known.")
        if not self._limits.lets_in(known):
            raise TooOftenError("Too many requests with this token; put more into one.")
        return known

    def _find(self, token: str) -> Bearer | None:
        with self._database.reading() as session:
            return tokens.bearer(session, token)
