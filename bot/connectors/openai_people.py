"""Who is behind OpenAI's user ids and key ids."""

from collections.abc import Iterator
from typing import Final, TypeVar

import msgspec

from bot.connectors.openai_client import NAME, OpenAIApi
from bot.connectors.pull import ListedAccount
from bot.errors import ConnectorError

T = TypeVar("T")

_AT_ONCE: Final = 100


class _User(msgspec.Struct, frozen=True, gc=False):
    id: str
    email: str | None = None
    is_service_account: bool | None = None


class _Project(msgspec.Struct, frozen=True, gc=False):
    id: str


class _OwningUser(msgspec.Struct, frozen=True, gc=False):
    email: str | None = None


class _Owner(msgspec.Struct, frozen=True, gc=False):
    user: _OwningUser | None = None


class _Key(msgspec.Struct, frozen=True, gc=False):
    id: str
    owner: _Owner | None = None


class _Page(msgspec.Struct, frozen=True, gc=False):
    data: list[msgspec.Raw]
    has_more: bool = False
    last_id: str | None = None


_page_decoder: Final = msgspec.json.Decoder(_Page)
_user_decoder: Final = msgspec.json.Decoder(_User)
_project_decoder: Final = msgspec.json.Decoder(_Project)
_key_decoder: Final = msgspec.json.Decoder(_Key)


def listed_accounts(api: OpenAIApi) -> Iterator[ListedAccount]:
    """Yield every member and service account, and every key of every project; raises ConnectorError."""
    for user in _listed(api, "users.list", _user_decoder):
        yield ListedAccount(user.id, user.email or None, "service" if user.is_service_account else "person")
    for project in _listed(api, "projects.list", _project_decoder):
        for key in _listed(api, "projects.api_keys.list", _key_decoder, project_id=project.id):
            owner = key.owner.user if key.owner else None
            yield ListedAccount(key.id, (owner.email or None) if owner else None, "key")


def _listed(api: OpenAIApi, resource: str, decoder: msgspec.json.Decoder[T], **params: str) -> Iterator[T]:
    """Yield every item of a list that can be read, page by page."""
    after: dict[str, str] = {}
    asked = {""}
    while True:
        page = api.get(resource, _page_decoder, limit=_AT_ONCE, **params, **after)
        for raw in page.data:
            try:
                yield decoder.decode(raw)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # somebody who cannot be read is not known by mail address, and nothing else
        if not page.has_more:
            return
        last = page.last_id or ""
        if last in asked:
            raise ConnectorError(NAME, f"{resource} repeats a page", permanent=False)
        asked.add(last)
        after = {"after": last}
