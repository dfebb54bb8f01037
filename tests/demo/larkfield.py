"""The made-up company as the tests ask it: on the demo's first day, with the public prices."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final

from bot.connectors.pull import ReportedRow
from bot.demo.company.people import person
from bot.demo.company.usage import KINDS, SEED, Company
from bot.domain.usage import UsageRow
from tests.senders import PRICES

START: Final = date(2026, 11, 19)  # a Thursday
YESTERDAY: Final = START - timedelta(days=1)
TUESDAY: Final = date(2026, 11, 10)


@cache
def company(start: date = START, seed: int = SEED) -> Company:
    return Company(start, PRICES, seed=seed)


def days(first: int, last: int = 1, start: date = START) -> list[date]:
    """Return the days from *first* to *last* days before *start*."""
    return [start - timedelta(days=back) for back in range(first, last - 1, -1)]


def reported(when: Iterable[date], of: Company | None = None) -> Iterator[ReportedRow]:
    """Yield everything that all sources say of these days."""
    asked = of or company()
    return (row for day in when for kind in KINDS for row in asked.rows(kind, day))


def rows_of(handle: str, when: Iterable[date], of: Company | None = None) -> list[UsageRow]:
    """Return what is said of one person."""
    return [each.row for each in reported(when, of) if each.account == person(handle).email]


def billed(rows: Iterable[UsageRow], which: Callable[[UsageRow], bool] = lambda _: True) -> int:
    """Return what was billed for those rows, in nano-USD."""
    return sum(row.billed_nano_usd or 0 for row in rows if which(row))
