"""Reading finished work that other systems of record send in; every bad item is named."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Raw, Struct

from bot.connectors.finished_titles import kept_link, kept_title
from bot.connectors.push import BYTE_ORDER_MARK
from bot.connectors.push_event import Name, Person, Text
from bot.domain.outcomes.work import FinishedItem, Kind
from bot.errors import InputError

MAX_ITEMS: Final = 10_000  # in one request
MAX_AGE: Final = timedelta(days=760)  # older items are not kept anyway
_MAX_BYTES: Final = 64 * 2**20
_MAX_NAMED: Final = 1_000
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class UploadedItem(Struct, frozen=True, gc=False):
    """An item as it was sent; fields that are not listed here are not read."""

    reference: Name
    place: Name
    kind: Kind
    finished_on: date
    person: Person | None = None
    title: Annotated[str, Meta(max_length=1000)] = ""
    link: Annotated[str, Meta(max_length=500)] = ""
    accepted: bool | None = None
    accepted_by: Person | None = None
    came_back_on: date | None = None
    ticket: Text = ""

    @property
    def kept_title(self) -> str:
        """The title in the form in which it is kept."""
        return kept_title(self.title, self.reference)

    def item(self, author: bytes) -> FinishedItem:
        """Return the item; *author* is the mark of its person."""
        return FinishedItem(
            place=self.place,
            reference=self.reference,
            kind=self.kind,
            finished_on=self.finished_on,
            accepted=self._is_accepted,
            came_back_on=self.came_back_on,
            ticket=self.ticket,
            author=author,
        )

    @property
    def _is_accepted(self) -> bool:
        if self.accepted_by is not None:
            return self.person is None or self.accepted_by.identity != self.person.identity
        return self.accepted is not False


_item: Final = msgspec.json.Decoder(UploadedItem)
_items: Final = msgspec.json.Decoder(list[UploadedItem])
_raw_items: Final = msgspec.json.Decoder(list[Raw])


def parse(content: bytes, today: date, most: int | None = None) -> list[UploadedItem]:
    """Decode and validate lines of JSON or an array, of at most *most* items.

    Raises InputError that names every bad item by its line (in an array by its number).
    """
    if len(content) > _MAX_BYTES:
        raise InputError(f"At most {_MAX_BYTES >> 20} MiB are taken at once: split it.")
    content = content.removeprefix(BYTE_ORDER_MARK)
    is_array = content.lstrip()[:1] == b"["
    items: list[UploadedItem] | None = None
    with suppress(*_UNREADABLE):
        items = _items.decode(content) if is_array else _item.decode_lines(content)
    if items is None or any(_reason(item, today) for item in items):
        items = _one_by_one(_numbered(content, is_array=is_array), today)
    if most is not None and len(items) > most:
        raise InputError(f"At most {most:,} items in one request; this one has {len(items):,}: split it.")
    return items


def _numbered(content: bytes, *, is_array: bool) -> Iterator[tuple[str, bytes]]:
    if not is_array:
        lines = enumerate(content.split(b"\n"), 1)
        yield from ((f"line {number}", line) for number, line in lines if line.strip())
        return
    try:
        items = _raw_items.decode(content)
    except _UNREADABLE as error:
        raise InputError("Nothing was stored.", [f"the array is not whole JSON in UTF-8: {error}"]) from None
    yield from ((f"item {number}", bytes(item)) for number, item in enumerate(items, 1))


def _one_by_one(numbered: Iterable[tuple[str, bytes]], today: date) -> list[UploadedItem]:
    items: list[UploadedItem] = []
    problems: list[str] = []
    for place, content in numbered:
        try:
            item = _item.decode(content)
            reason = _reason(item, today)
        except msgspec.ValidationError as error:
            reason = str(error)
        except _UNREADABLE as error:
            reason = f"not JSON in UTF-8: {error}"
        if reason:
            problems.append(f"{place}: {reason}")
        else:
            items.append(item)
    if problems:
        what = "1 item cannot be used" if len(problems) == 1 else f"{len(problems):,} items cannot be used"
        more = [f"and {len(problems) - _MAX_NAMED:,} more"] if len(problems) > _MAX_NAMED else []
        raise InputError(f"{what}; nothing was stored. Mend and send again.", problems[:_MAX_NAMED] + more)
    return items


def _reason(item: UploadedItem, today: date) -> str:
    """Return why a decoded item cannot be used, or nothing."""
    if not item.reference.strip() or not item.place.strip():
        return "reference and place must not be blank"
    # databases refuse NUL in a text, and people read these names
    if not f"{item.reference}{item.place}{item.ticket}".isprintable():
        return "a name has characters that cannot be printed"
    if item.link and kept_link(item.link) != item.link:
        return "link is no address that begins with https:// or http://"
    return _day_reason(item, today) or _person_reason(item)


def _day_reason(item: UploadedItem, today: date) -> str:
    if item.finished_on > today:
        return "finished_on lies in the future"
    if item.finished_on < today - MAX_AGE:
        return f"finished_on is more than {MAX_AGE.days} days ago"
    if item.came_back_on is not None and not item.finished_on <= item.came_back_on <= today:
        return "came_back_on lies before finished_on or in the future"
    return ""


def _person_reason(item: UploadedItem) -> str:
    for person in (item.person, item.accepted_by):
        if person is not None and not (person.identity.name.strip() and person.identity.name.isprintable()):
            return "person and accepted_by need an email, slack_user_id or external_id"
    if item.accepted_by is None:
        return ""
    if item.accepted is not None:
        return "give accepted or accepted_by, not both"
    if item.person is not None and item.person.identity.kind != item.accepted_by.identity.kind:
        return "name person and accepted_by in the same way, or it cannot be told whether they are two"
    return ""
