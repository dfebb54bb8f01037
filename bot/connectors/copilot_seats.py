"""Who has a Copilot seat and since when, and what it costs a day."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final, TypeVar

from msgspec import DecodeError, Raw, Struct
from msgspec.json import Decoder

from bot.connectors.http import Api, ReplyError
from bot.connectors.pull import ReportedRow
from bot.domain.money import seat_share_nano_usd
from bot.domain.usage import SEAT_TIER, UsageRow
from bot.errors import ConnectorError

T = TypeVar("T")
_PER_PAGE: Final = 100
_BATCH: Final = 5000


class _Assignee(Struct, frozen=True, gc=False):
    login: str | None = None


class _Seat(Struct, frozen=True, gc=False):
    created_at: datetime | None = None
    assignee: _Assignee | None = None


class _Seats(Struct, frozen=True):
    seats: list[Raw]


_SEATS: Final = Decoder(_Seats)
_SEAT: Final = Decoder(_Seat)


def seats_since(api: Api, places: Sequence[str]) -> Mapping[str, date] | None:
    """Return the day since which each login has a seat, from the first of *places* that may be read.

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


def seat_batches(since: Mapping[str, date], day: date, monthly_nano_usd: int) -> Iterator[Sequence[ReportedRow]]:
    """Yield a row for everybody who had a seat on *day*, with that day's share of its price."""
    share = seat_share_nano_usd(monthly_nano_usd, day)
    row = UsageRow(day, "copilot", 0, "copilot", "copilot", "person", tier=SEAT_TIER, billed_nano_usd=share)
    batch: list[ReportedRow] = []
    for login, first in since.items():
        if first <= day:
            batch.append(ReportedRow(login, row))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _listed(api: Api, path: str) -> dict[str, date]:
    since: dict[str, date] = {}
    before: list[Raw] = []
    page = 1
    while True:
        seats = api.get(path, _SEATS, {"per_page": _PER_PAGE, "page": page}).seats
        if seats and seats == before:
            raise ConnectorError(api.provider, f"{path} repeats a page", permanent=False)
        for raw in seats:
            _note(raw, since)
        if len(seats) < _PER_PAGE:
            return since
        before, page = seats, page + 1


def _note(raw: Raw, since: dict[str, date]) -> None:
    """Add a seat to *since*; whoever has it from two organizations or teams has one, since the earlier.

    A seat of nobody that can be named, or since nobody knows when, is no one's.
    """
    try:
        seat = _SEAT.decode(raw)
    except (DecodeError, UnicodeDecodeError):
        return
    login = seat.assignee.login.lower() if seat.assignee and seat.assignee.login else ""
    if login and seat.created_at is not None and seat.created_at.tzinfo is not None:
        first = seat.created_at.astimezone(UTC).date()
        since[login] = min(first, since.get(login, first))
