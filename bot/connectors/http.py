"""Asking a provider by HTTP: JSON within bounds, patience where it asks for it, plain errors."""

import email.utils
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, TypeVar

import httpx2
import msgspec

from bot.errors import ConnectorError

T = TypeVar("T")
Params = Mapping[str, str | int | list[str]]

MAX_REPLY: Final = 64 * 2**20
_TIMEOUT_SECONDS: Final = 60.0
_TRIES: Final = 4
# A provider that asks for more patience than this is asked again by the next run.
_LONGEST_WAIT_SECONDS: Final = 90.0
_BUSY: Final = frozenset({408, 429, 500, 502, 503, 504, 529})
_CHUNK: Final = 1 << 16


class ReplyError(ConnectorError):
    """A provider answered with an HTTP status that is no success; *status* is 0 when nothing came."""

    def __init__(self, provider: str, message: str, *, status: int) -> None:
        super().__init__(provider, message, permanent=status not in _BUSY | {0})
        self.status = status


class Api:
    """One provider's API under one key; safe to share between threads, never follows a redirect.

    *setting* is the environment variable that holds the key, for error messages; *per_minute* keeps
    below a limit that the provider states.
    """

    def __init__(
        self,
        provider: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        setting: str,
        auth: tuple[str, str] | None = None,
        per_minute: int = 0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.provider, self._setting, self._pause = provider, setting, pause
        self._spacing = 60 / per_minute if per_minute else 0.0
        self._next_at = 0.0
        self._client = httpx2.Client(
            base_url=base_url,
            headers={"User-Agent": "worthwhile", **headers},
            auth=auth,
            timeout=_TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
            verify=tls(),
        )

    def get(self, path: str, decoder: msgspec.json.Decoder[T], params: Params | None = None) -> T:
        """Return what GET *path* answers; raises ConnectorError (ReplyError where a status says why)."""
        return self._decoded(path, self.content("GET", path, params=params), decoder)

    def post(self, path: str, decoder: msgspec.json.Decoder[T], body: Mapping[str, Any]) -> T:
        """Return what POST *path* answers to *body*; raises as `get`."""
        return self._decoded(path, self.content("POST", path, json=body), decoder)

    def content(self, method: str, path: str, **request: Any) -> bytes:
        """Return the body of an answer with success, trying again where the provider is busy."""
        for attempt in range(1, _TRIES + 1):
            self._keep_the_pace()
            try:
                status, headers, body = self._once(method, path, **request)
            except httpx2.HTTPError as error:
                status, headers, body = 0, {}, type(error).__name__.encode()
            if 200 <= status < 300:
                return body
            wait = _wait_seconds(headers, attempt)
            if attempt == _TRIES or status not in _BUSY | {0} or wait > _LONGEST_WAIT_SECONDS:
                break
            self._pause(wait)
        raise ReplyError(self.provider, self._said(status, path, body), status=status)

    def _keep_the_pace(self) -> None:
        now = time.monotonic()
        if self._spacing:
            if now < self._next_at:
                self._pause(self._next_at - now)
            self._next_at = max(now, self._next_at) + self._spacing

    def _once(self, method: str, path: str, **request: Any) -> tuple[int, Mapping[str, str], bytes]:
        with self._client.stream(method, path, **request) as reply:
            parts, size = [], 0
            for part in reply.iter_bytes(_CHUNK):
                size += len(part)
                if size > MAX_REPLY:
                    raise ConnectorError(
                        self.provider, f"{_bare(path)} answered more than {MAX_REPLY >> 20} MiB", permanent=True
                    )
                parts.append(part)
            return reply.status_code, reply.headers, b"".join(parts)

    def _decoded(self, path: str, body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            if body.lstrip()[:1] == b"<":
                problem = f"{_bare(path)} answered a web page instead of JSON; is the address right?"
            else:
                problem = f"{_bare(path)} answered something else than was agreed"
            raise ConnectorError(self.provider, problem, permanent=False) from None

    def _said(self, status: int, path: str, body: bytes) -> str:
        place = _bare(path)
        if status == 0:
            return f"no answer ({body.decode()})"
        if status == 401:
            return (
                f"the key is refused (401 for {place}): it may have been revoked. Make a new one, then {self._setting}"
            )
        if status == 403:
            return f"the key may not read {place} (403): a scope is missing, or the plan does not have it"
        if status == 410:
            return f"the page cursor of {place} has expired (410)"
        if status == 429:
            return f"too many requests (429 for {place}); the next run goes on"
        return f"HTTP {status} for {place}"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@cache
def tls() -> ssl.SSLContext:
    """Return the one context that all clients share: reading the certificates takes a tenth of a second."""
    return httpx2.create_ssl_context()


def _bare(path: str) -> str:
    """Return *path* without what may be a secret: signed links carry their key in the query."""
    return path.partition("?")[0][:200]


def _wait_seconds(headers: Mapping[str, str], attempt: int) -> float:
    """Return how long the provider asks to wait, else twice as long with each attempt."""
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdecimal():
        return float(asked)
    try:
        until = email.utils.parsedate_to_datetime(asked)
    except (TypeError, ValueError):
        return 2.0**attempt
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
