"""The users and API keys that Anthropic lists, and which of them a report means."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.json import Decoder

from bot.connectors.anthropic_claude_code import ApiCustomers
from bot.connectors.anthropic_pages import Endpoint, RowDecoder
from bot.connectors.http import Api
from bot.connectors.pull import ListedAccount

_PER_PAGE: Final = 1000


class _User(Struct, frozen=True, gc=False):
    id: str
    email: str | None = None

    @property
    def address(self) -> str | None:
        """The mail address in lower case."""
        return (self.email or "").strip().lower() or None


class _Holder(Struct, frozen=True, gc=False):
    type: str = ""
    id: str | None = None  # of a creator
    user_id: str | None = None  # of whom a key acts as

    @property
    def user(self) -> str | None:
        """The id of the user that this is; None for anything else."""
        return (self.user_id or self.id) if self.type in ("user", "user_actor") else None


class _Key(Struct, frozen=True, gc=False):
    id: str
    name: str | None = None
    created_by: _Holder | None = None
    principal: _Holder | None = None

    @property
    def user(self) -> str | None:
        """The id of the user whose key it is: whom it acts as, else who made it."""
        holder = self.principal or self.created_by
        return holder.user if holder else None


USERS: Final = Endpoint("/v1/organizations/users", RowDecoder(Decoder(list[_User]), Decoder(_User)), cursor="after_id")
KEYS: Final = Endpoint("/v1/organizations/api_keys", RowDecoder(Decoder(list[_Key]), Decoder(_Key)), cursor="after_id")


def listed(api: Api) -> Iterator[ListedAccount]:
    """Yield users, then keys with the mail address of whose they are; raises ConnectorError."""
    keys = {key.id: key.user for key in _keys(api)}
    wanted = set(keys.values())
    emails: dict[str | None, str | None] = {}
    for user in _users(api):
        if user.id in wanted:
            emails[user.id] = user.address
        yield ListedAccount(user.id, user.address)
    for key, holder in keys.items():
        yield ListedAccount(key, emails.get(holder), "key")


class Names:
    """Which key a name means and which user a mail address; what is asked for once is remembered."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._keys: dict[str, str | None] | None = None
        self._users: dict[str, str] = {}  # id -> mail address, of Claude Code's customers by API alone
        self._looked_up: set[str] = set()

    def key_named(self, name: str) -> str | None:
        """Return the id of the only key with *name*; None where there are several or none."""
        if self._keys is None:
            self._keys = {}
            for key in _keys(self._api):
                if key.name is not None:
                    self._keys[key.name] = None if key.name in self._keys else key.id
        return self._keys.get(name)

    def look_up(self, customers: ApiCustomers) -> None:
        """Learn which users the mail addresses of *customers* are; raises ConnectorError."""
        wanted = customers.emails - self._looked_up
        if not wanted:
            return
        for user in _users(self._api):
            if user.address is not None and user.address in wanted:
                self._users[user.id] = user.address
        self._looked_up |= wanted

    def email_of(self, user: str | None) -> str | None:
        """Return the mail address of a user that was looked up."""
        return self._users.get(user or "")


def _users(api: Api) -> Iterator[_User]:
    for page in USERS.pages(api, {"limit": _PER_PAGE}):
        yield from page.data


def _keys(api: Api) -> Iterator[_Key]:
    for page in KEYS.pages(api, {"limit": _PER_PAGE}):
        yield from page.data
