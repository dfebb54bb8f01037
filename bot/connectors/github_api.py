"""GitHub's REST and GraphQL APIs under a token, and its signed links, which never get that token."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import httpx2
import msgspec

from bot.connectors.http import MAX_REPLY, Api, Params
from bot.errors import ConnectorError

T = TypeVar("T")
PROVIDER: Final = "GitHub"
_CHUNK: Final = 1 << 16


class GitHubApi(Api):
    """GitHub under a token; *url* is https://api.github.com or that of a server, which ends in /api/v3."""

    def __init__(self, url: str, token: str, pause: Callable[[float], None] = time.sleep) -> None:
        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "Authorization": f"Bearer {token}",
        }
        super().__init__(PROVIDER, url, headers, setting="GITHUB_TOKEN", pause=pause)
        self._graphql = f"{url.rstrip('/').removesuffix('/v3')}/graphql"

    def get_if_any(self, path: str, decoder: msgspec.json.Decoder[T], params: Params | None = None) -> T | None:
        """Return what GET *path* answers, None where there is nothing yet (204); raises ConnectorError."""
        body = self.content("GET", path, params=params)
        return self._decoded(path, body, decoder) if body else None

    def graphql(self, query: str, variables: Mapping[str, Any], decoder: msgspec.json.Decoder[T]) -> T:
        """Return the answer to *query*, which may hold errors beside data; raises ConnectorError."""
        return self.post(self._graphql, decoder, {"query": query, "variables": variables})

    def _once(self, method: str, path: str, **request: Any) -> tuple[int, Mapping[str, str], bytes]:
        """Ask once; GitHub may say 403 where others say 429, and then says so in headers."""
        status, headers, body = super()._once(method, path, **request)
        if status == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"):
            status = 429
        return status, headers, body


class SignedLinks(Api):
    """Downloads by links that carry their own key: no token is sent, and no error names them."""

    def __init__(self, pause: Callable[[float], None] = time.sleep) -> None:
        super().__init__(PROVIDER, "", {}, setting="GITHUB_TOKEN", pause=pause)

    def lines(self, link: str) -> Iterator[bytes]:
        """Yield the lines of what is behind *link* as they arrive; raises ConnectorError."""
        try:
            with self._client.stream("GET", link) as reply:
                if reply.status_code != 200:
                    said = f"a report's link answers HTTP {reply.status_code}; the next run asks for a new one"
                    raise ConnectorError(self.provider, said, permanent=False)
                yield from self._split(reply.iter_bytes(_CHUNK))
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            said = f"a report's link does not answer ({type(error).__name__})"
            raise ConnectorError(self.provider, said, permanent=False) from None

    def _split(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        parts: list[bytes] = []
        size = 0
        for chunk in chunks:
            first, *more = chunk.split(b"\n")
            parts.append(first)
            size += len(first)
            if size > MAX_REPLY:
                raise ConnectorError(self.provider, "a report has a line without end", permanent=True)
            if more:
                yield b"".join(parts)
                yield from more[:-1]
                parts, size = [more[-1]], len(more[-1])
        yield b"".join(parts)
