"""Linear's GraphQL API: questions, lists page after page, and its errors, which may come with any status."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from msgspec import DecodeError, Raw, Struct
from msgspec.json import Decoder

from bot.connectors.http import Api
from bot.errors import ConnectorError

T = TypeVar("T")
PROVIDER: Final = "Linear"
# Linear says 200 or 400 where others have a status of their own.
_STATUS_OF: Final[Mapping[str, int]] = {
    "AUTHENTICATION_ERROR": 401,
    "FORBIDDEN": 403,
    "RATELIMITED": 429,
    "INTERNAL_SERVER_ERROR": 500,
    "LOCK_TIMEOUT": 503,
}
_BUDGETS: Final = ("requests", "complexity", "endpoint-requests")


class PageInfo(Struct, frozen=True, gc=False, rename="camel"):
    """Where a list goes on."""

    has_next_page: bool = False
    end_cursor: str | None = None


class Connection(Struct, frozen=True, rename="camel"):
    """A page of a list."""

    nodes: list[Raw]
    page_info: PageInfo = PageInfo()


class _Lists(Struct, frozen=True):
    data: dict[str, Connection]


class _Extensions(Struct, frozen=True):
    code: str | None = None


class _Error(Struct, frozen=True):
    extensions: _Extensions | None = None


class _Errors(Struct, frozen=True):
    errors: list[_Error] | None = None


_LISTS: Final = Decoder(_Lists)
_ERRORS: Final = Decoder(_Errors)


class LinearApi(Api):
    """Linear under a personal API key; *url* is that of its GraphQL endpoint."""

    def __init__(self, url: str, key: str, pause: Callable[[float], None] = time.sleep) -> None:
        parts = urlsplit(url)
        self._path = parts.path or "/graphql"
        # A personal key goes without the word Bearer.
        headers = {"Authorization": key}
        super().__init__(PROVIDER, f"{parts.scheme}://{parts.netloc}", headers, setting="LINEAR_API_KEY", pause=pause)

    def ask(self, query: str, variables: Mapping[str, Any], decoder: Decoder[T]) -> T:
        """Return the answer to *query*, which is whole or an error; raises ConnectorError."""
        return self.post(self._path, decoder, {"query": query, "variables": variables})

    def listed(self, name: str, query: str, variables: Mapping[str, Any]) -> Iterator[Raw]:
        """Yield every node of the list *name* of *query*; raises ConnectorError."""
        cursors: set[str] = set()
        before: list[Raw] = []
        after: str | None = None
        while True:
            page = self.ask(query, {**variables, "after": after}, _LISTS).data.get(name)
            if page is None:
                raise ConnectorError(PROVIDER, f"{self._path} answered without {name}", permanent=False)
            after = page.page_info.end_cursor if page.page_info.has_next_page else None
            if after in cursors or (page.nodes and page.nodes == before):
                raise ConnectorError(PROVIDER, f"{self._path} repeats a page", permanent=False)
            yield from page.nodes
            if after is None:
                return
            cursors.add(after)
            before = page.nodes

    def _once(self, method: str, path: str, **request: Any) -> tuple[int, Mapping[str, str], bytes]:
        status, headers, body = super()._once(method, path, **request)
        code = _error_code(body)
        if code is None:
            return status, headers, body
        status = _STATUS_OF.get(code, status if status >= 400 else 400)
        return status, _patience(headers) if status == 429 else headers, body

    def _said(self, status: int, path: str, body: bytes) -> str:
        said = super()._said(status, path, body)
        return f"{said}; LINEAR_API_KEY says whose rights count" if status == 403 else said


def linear_api(url: str, key: str, pause: Callable[[float], None] = time.sleep) -> LinearApi:
    """Return Linear's API at *url* under *key*."""
    return LinearApi(url, key, pause)


def _error_code(body: bytes) -> str | None:
    """Return the code of the first error in *body*, "" where it has none; None where there is no error."""
    if b'"errors"' not in body:
        return None
    try:
        errors = _ERRORS.decode(body).errors
    except (DecodeError, UnicodeDecodeError):
        return None
    if not errors:
        return None
    first = errors[0].extensions
    return (first and first.code) or ""


def _patience(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return *headers* with the seconds to wait: Linear tells when each budget that is used up is full again."""
    if "retry-after" in headers:
        return headers
    resets = [
        int(reset)
        for budget in _BUDGETS
        if headers.get(f"x-ratelimit-{budget}-remaining") == "0"
        and (reset := headers.get(f"x-ratelimit-{budget}-reset", "")).isdecimal()
    ]
    if not resets:
        return headers
    seconds = max(resets) / 1000 - time.time()
    return {"retry-after": str(max(1, round(seconds)))}
