"""Who has a Copilot seat and since when, what it costs a day, and how many seats nobody uses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar

from msgspec import UNSET, DecodeError, Raw, Struct, ValidationError, convert
from msgspec.json import Decoder

from bot.connectors.http import Api, ReplyError
from bot.connectors.pull import ReportedRow, SeatsOfDay
from bot.domain.money import seat_share_nano_usd
from bot.domain.usage import SEAT_TIER, UsageRow
from bot.errors import ConnectorError

T = TypeVar("T")
_PER_PAGE: Final = 100
_BATCH: Final = 5000
# A seat is unused on a day if nobody used it in so many days that end with it.
_UNUSED_FOR: Final = timedelta(days=28)


class Seat(NamedTuple):
    """Since when a login has a seat, and when it was last used; None is not in the days that GitHub remembers.

    Where GitHub does not say, *is_told* is False.
    """

    since: date
    last_used: date | None = None
    is_told: bool = False


class _Assignee(Struct, frozen=True, gc=False):
    login: str | None = None


class _Seat(Struct, frozen=True, gc=False):
    created_at: datetime | None = None
    assignee: _Assignee | None = None
    last_activity_at: Any = UNSET  # looked at by itself: a seat is paid for whatever it says


class _Seats(Struct, frozen=True):
    seats: list[Raw]


_SEATS: Final = Decoder(_Seats)
_SEAT: Final = Decoder(_Seat)


def seats_of(api: Api, places: Sequence[str]) -> Mapping[str, Seat] | None:
    """Return each login's seat, from the first of *places* that may be read.

    None where none of them may; raises ConnectorError.
    """
    return _first_that_may(places, lambda path: _listed(api, path))


def may_list_seats(api: Api, places: Sequence[str]) -> bool:
    """Return whether seats may be listed; raises ConnectorError."""
    return _first_that_may(places, lambda path: api.get(path, _SEATS, {"per_page": 1})) is not None


def _first_that_may(places: Sequence[str], read: Callable[[str], T]) -> T | None:
    for place in places:
        try:
            return read(f"{place}/copilot/billing/seats")
        except ReplyError as error:
            if error.status not in (403, 404):
                raise
    return None


def seat_batches(seats: Mapping[str, Seat], day: date, monthly_nano_usd: int) -> Iterator[Sequence[ReportedRow]]:
    """Yield a row for everybody who had a seat on *day*, with that day's share of its price."""
    share = seat_share_nano_usd(monthly_nano_usd, day)
    row = UsageRow(day, "copilot", 0, "copilot", "copilot", "person", tier=SEAT_TIER, billed_nano_usd=share)
    batch: list[ReportedRow] = []
    for login, seat in seats.items():
        if seat.since <= day:
            batch.append(ReportedRow(login, row))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def counted_seats(seats: Mapping[str, Seat], day: date) -> SeatsOfDay:
    """Return how many seats there were on *day*, and how many of them nobody used in the 28 days that end with it.

    One that was given within these days is not unused. Use after *day* hides that there was none before: what is
    said is at most too few.
    """
    held = [seat for seat in seats.values() if seat.since <= day]
    if not all(seat.is_told for seat in held):
        return SeatsOfDay(len(held), None)
    unused_since = day - _UNUSED_FOR + timedelta(days=1)
    unused = [
        seat for seat in held if seat.since < unused_since and (seat.last_used is None or seat.last_used < unused_since)
    ]
    return SeatsOfDay(len(held), len(unused))


def _listed(api: Api, path: str) -> dict[str, Seat]:
    found: dict[str, Seat] = {}
    before: list[Raw] = []
    page = 1
    while True:
        seats = api.get(path, _SEATS, {"per_page": _PER_PAGE, "page": page}).seats
        if seats and seats == before:
            raise ConnectorError(api.provider, f"{path} repeats a page", permanent=False)
        for raw in seats:
            _note(raw, found)
        if len(seats) < _PER_PAGE:
            return found
        before, page = seats, page + 1


def _note(raw: Raw, found: dict[str, Seat]) -> None:
    """Add a seat to *found*; whoever has it from two organizations or teams has one, since the earlier.

    A seat of nobody that can be named, or since nobody knows when, is no one's.
    """
    try:
        seat = _SEAT.decode(raw)
    except (DecodeError, UnicodeDecodeError):
        return
    login = seat.assignee.login.lower() if seat.assignee and seat.assignee.login else ""
    if login and seat.created_at is not None and seat.created_at.tzinfo is not None:
        new = _used(seat.created_at.astimezone(UTC).date(), seat.last_activity_at)
        known = found.get(login)
        found[login] = new if known is None else _one_of_two(known, new)


def _used(since: date, last: Any) -> Seat:
    if last is None:
        return Seat(since, None, is_told=True)
    try:
        moment = convert(last, datetime)
    except ValidationError:
        return Seat(since)
    return Seat(since, moment.date() if moment.tzinfo is None else moment.astimezone(UTC).date(), is_told=True)


def _one_of_two(one: Seat, other: Seat) -> Seat:
    used = max((each.last_used for each in (one, other) if each.last_used is not None), default=None)
    return Seat(min(one.since, other.since), used, one.is_told and other.is_told)
