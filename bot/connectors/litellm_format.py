"""What is read of LiteLLM's daily activity; everything else in it is passed over."""

from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from bot.connectors.pull import ReportedDay

T = TypeVar("T")

# Parts are read one by one, so that a bad one does not spoil the page.
Parts = dict[str, msgspec.Raw]


class Metrics(msgspec.Struct, frozen=True, gc=False):
    """Sums of requests; *prompt_tokens* has what was read from and written to the cache in it, *spend* is USD."""

    spend: Decimal | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    api_requests: int | None = None
    failed_requests: int | None = None


class KeyInfo(msgspec.Struct, frozen=True, gc=False):
    """Whose key it is; older proxies do not say *user_id*."""

    key_alias: str | None = None
    user_id: str | None = None


class OfKey(msgspec.Struct, frozen=True, gc=False):
    """What came through one key, by its hash."""

    metrics: Metrics
    metadata: KeyInfo | None = None


class Part(msgspec.Struct, frozen=True, gc=False):
    """One model or one user, and through which keys; older proxies do not say through which."""

    metrics: Metrics
    api_key_breakdown: Parts | None = None


class Breakdown(msgspec.Struct, frozen=True, gc=False):
    """The same requests by model, by key and by user (*entities*)."""

    models: Parts | None = None
    api_keys: Parts | None = None
    entities: Parts | None = None


class DayPart(msgspec.Struct, frozen=True, gc=False):
    """What one page says of one day: sums over some rows of the proxy's table."""

    date: date
    breakdown: Breakdown


class Paging(msgspec.Struct, frozen=True, gc=False):
    """Which page it is, and whether there is another."""

    page: int | None = None
    total_pages: int | None = None
    has_more: bool | None = None


class Page(msgspec.Struct, frozen=True, gc=False):
    """One page of daily activity."""

    results: list[msgspec.Raw]
    metadata: Paging = Paging()


class Users(msgspec.Struct, frozen=True, gc=False):
    """One page of the user list."""

    users: list[msgspec.Raw]
    total_pages: int | None = None


class User(msgspec.Struct, frozen=True, gc=False):
    """One user as the list has them."""

    user_id: str
    user_email: str | None = None


page_decoder: Final = msgspec.json.Decoder(Page)
users_decoder: Final = msgspec.json.Decoder(Users)
user_decoder: Final = msgspec.json.Decoder(User)
day_decoder: Final = msgspec.json.Decoder(DayPart)
part_decoder: Final = msgspec.json.Decoder(Part)
key_decoder: Final = msgspec.json.Decoder(OfKey)


def readable(decoder: msgspec.json.Decoder[T], parts: Parts | None, reported: ReportedDay) -> dict[str, T]:
    """Return the parts that can be read; each other is a flaw of the day."""
    read: dict[str, T] = {}
    for name, raw in (parts or {}).items():
        try:
            read[name] = decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            reported.flawed("a row that could not be read")
    return read
