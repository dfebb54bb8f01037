"""Asking OpenAI's admin API through its own library, under one key and one address that are given."""

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx2
import msgspec

from bot.connectors.http import MAX_REPLY, ReplyError, tls
from bot.errors import ConnectorError

if TYPE_CHECKING:
    from openai import OpenAI

T = TypeVar("T")

PROVIDER: Final = "openai"
NAME: Final = "OpenAI"
_SETTING: Final = "OPENAI_ADMIN_KEY"
_TIMEOUT_SECONDS: Final = 60.0
_RETRIES: Final = 3
_CHUNK: Final = 1 << 16
# The admin resources ask with the admin key; this one only keeps the library from looking for another.
_NO_PROJECT_KEY: Final = "not used"
# By this header of its own request the library remembers that the answer is wanted as it came.
_RAW: Final = "X-Stainless-Raw-Response"


class OpenAIApi:
    """The admin API under one key; the library tries again where OpenAI is busy, and waits as it is asked to."""

    def __init__(self, client: "OpenAI") -> None:
        self._client = client

    def get(self, resource: str, decoder: msgspec.json.Decoder[T], **params: Any) -> T:
        """Return what an admin *resource* such as "usage.costs" answers; raises ConnectorError.

        The library's own objects are not made: they take some sixty times as long as the decoder.
        """
        place, body = self._body(resource, params)
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            if body.lstrip()[:1] == b"<":
                problem = f"{place} answered a web page instead of JSON; is the address right?"
            else:
                problem = f"{place} answered something else than was agreed"
            raise ConnectorError(NAME, problem, permanent=False) from None

    def _body(self, resource: str, params: dict[str, Any]) -> tuple[str, bytes]:
        import openai  # see openai_api

        owner, _, method = resource.rpartition(".")
        streamed = attrgetter(owner)(self._client.admin.organization).with_streaming_response
        try:
            with getattr(streamed, method)(**params) as reply:
                place: str = reply.http_request.url.path
                return place, _bounded(place, reply.iter_bytes(_CHUNK))
        except openai.APIStatusError as error:
            raise _refused(error.status_code, error.request.url.path) from None
        except openai.APIConnectionError as error:
            raise _silent(error.__cause__ or error) from None
        except httpx2.HTTPError as error:
            raise _silent(error) from None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def openai_api(url: str, key: str, *, retries: int = _RETRIES) -> OpenAIApi:
    """Return the API at *url* under the admin *key*; no environment variable is followed."""
    # Imported here: the library takes most of a second and 70 MB, which a bot without this source need not spend.
    from openai import OpenAI

    client = httpx2.Client(
        trust_env=False,
        follow_redirects=False,
        verify=tls(),
        event_hooks={"request": [_only_what_is_needed(f"Bearer {key}")]},
    )
    return OpenAIApi(
        OpenAI(
            admin_api_key=key,
            api_key=_NO_PROJECT_KEY,
            base_url=url,
            timeout=_TIMEOUT_SECONDS,
            max_retries=retries,
            http_client=client,
        )
    )


def _only_what_is_needed(authorization: str) -> Callable[[httpx2.Request], None]:
    """Return what sets the headers of every request.

    The library adds headers that environment variables name (organization, project, any other), and some
    about this machine.
    """

    def set_headers(request: httpx2.Request) -> None:
        request.headers = httpx2.Headers(
            {
                "Host": request.url.netloc.decode("ascii"),
                "User-Agent": "worthwhile",
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",
                "Authorization": authorization,
                _RAW: request.headers[_RAW],
            }
        )

    return set_headers


def _bounded(place: str, parts: Any) -> bytes:
    kept, size = [], 0
    for part in parts:
        size += len(part)
        if size > MAX_REPLY:
            raise ConnectorError(NAME, f"{place} answered more than {MAX_REPLY >> 20} MiB", permanent=True)
        kept.append(part)
    return b"".join(kept)


def _silent(error: BaseException) -> ReplyError:
    return ReplyError(NAME, f"no answer ({type(error).__name__})", status=0)


def _refused(status: int, place: str) -> ReplyError:
    lines = {
        401: f"the key is refused (401 for {place}): it may have been revoked. Make a new one, then {_SETTING}",
        403: f"the key may not read {place} (403): a scope is missing, or the plan does not have it",
        410: f"the page cursor of {place} has expired (410)",
        429: f"too many requests (429 for {place}); the next run goes on",
    }
    return ReplyError(NAME, lines.get(status, f"HTTP {status} for {place}"), status=status)
