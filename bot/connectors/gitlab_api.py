"""GitLab's REST API under a token: lists page by page, as its headers say."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

from bot.connectors.finished import ReportedWork
from bot.connectors.http import Api, Params, ReplyError
from bot.errors import ConnectorError

T = TypeVar("T")
PROVIDER: Final = "GitLab"
NOT_SEEN: Final = frozenset({403, 404})
_PER_MINUTE: Final = 300  # well below what any installation allows by default
_PER_PAGE: Final = 100
_NEXT: Final = re.compile(r'<([^>]+)>;\s*rel="?next"?')
_LIST: Final = Decoder(list[Raw])


class GitLabApi(Api):
    """GitLab under a token; *url* is that of the installation, as https://gitlab.com."""

    def __init__(self, url: str, token: str, pause: Callable[[float], None] = time.sleep) -> None:
        base = f"{url.rstrip('/').removesuffix('/api/v4')}/api/v4"
        headers = {"PRIVATE-TOKEN": token, "Accept": "application/json"}
        super().__init__(PROVIDER, base, headers, setting="GITLAB_TOKEN", per_minute=_PER_MINUTE, pause=pause)
        self._last = threading.local()  # headers of the last answer: each thread has its own

    def listed(self, path: str, params: Mapping[str, str | int]) -> Iterator[Raw]:
        """Yield what the list at *path* holds, over all its pages; raises ConnectorError."""
        asked: Params = {**params, "per_page": _PER_PAGE}
        while True:
            rows = self._page(path, asked)
            following = self._following(asked)  # now: whoever takes the rows may ask something else meanwhile
            yield from rows
            if following is None:
                return
            if following == asked:
                raise ConnectorError(PROVIDER, f"{path} repeats a page", permanent=False)
            asked = following

    def counted(self, path: str, params: Mapping[str, str | int]) -> int | None:
        """Return how many the list at *path* holds, None where GitLab does not count that many."""
        self._page(path, {**params, "per_page": 1})
        total = str(self._last.headers.get("x-total", ""))
        return int(total) if total.isascii() and total.isdecimal() else None

    def _page(self, path: str, params: Params) -> list[Raw]:
        try:
            return self.get(path, _LIST, params)
        except ReplyError as error:
            if error.status != 404:
                raise
            said = f"{path} is not there, or the token may not see it (404)"
            raise ReplyError(PROVIDER, said, status=404) from None

    def _following(self, asked: Params) -> Params | None:
        """Return what to ask for next: a link's query, for it may hold a cursor, else the number of a page."""
        headers = self._last.headers
        link = _NEXT.search(headers.get("link", ""))
        if link:
            return {name: values[-1] for name, values in parse_qs(urlsplit(link[1]).query).items()}
        page = headers.get("x-next-page", "").strip()
        return {**asked, "page": page} if page else None

    def _once(self, method: str, path: str, **request: Any) -> tuple[int, Mapping[str, str], bytes]:
        answer = super()._once(method, path, **request)
        self._last.headers = answer[1]
        return answer


def group_path(group: str, below: str = "") -> str:
    """Return the path of a group, or of a list *below* it; a group may lie in another."""
    return f"/groups/{quote(group.strip('/'), safe='')}{below}"


def decoded(decoder: Decoder[T], node: Raw, work: ReportedWork, flaw: str) -> T | None:
    """Return what a node of a list says; one that cannot be used is left out under *flaw*."""
    try:
        return decoder.decode(node)
    except (DecodeError, UnicodeDecodeError):
        work.flawed(flaw)
        return None
