"""At Larkfield what the story tells of gets its hint on its day, and thrift none."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest

from bot.demo.company.ana_ledger import expensive_tuesday
from bot.demo.company.jobs import NIGHTLY_TRIAGE, RUNAWAY_JOB
from bot.demo.company.people import person
from bot.demo.company.tokens import OPUS
from bot.domain.hints.choose import History, asked_for, unasked
from bot.domain.hints.finding import Finding
from bot.domain.hints.rules import Known, find_all
from bot.domain.usage import UsageRow
from tests.demo.larkfield import START, days, reported
from tests.senders import PRICES

KNOWN_FROM = START - timedelta(days=105)


@cache
def by_email() -> dict[str, list[UsageRow]]:
    """Return what all sources say, read once."""
    rows: dict[str, list[UsageRow]] = {}
    for each in reported(days(105)):
        rows.setdefault(each.account or "", []).append(each.row)
    return rows


def found(handle: str, on: date = START) -> tuple[list[Finding], date]:
    rows = [row for row in by_email().get(person(handle).email, ()) if row.day < on]
    return find_all(Known(rows, datetime.combine(on, time(9, 40), UTC), PRICES)), on


def best(handle: str, on: date = START) -> tuple[str, str] | None:
    finding = asked_for(*found(handle, on)[:1], History(), on)
    return None if finding is None else (finding.kind, finding.subject)


def in_note(handle: str, on: date = START) -> str | None:
    finding = unasked(found(handle, on)[0], History(), on, known_from=KNOWN_FROM, is_complete=True)
    return None if finding is None else finding.subject


@pytest.mark.parametrize(
    ("handle", "on", "hint"),
    [
        ("ana", START, ("idle_schedule", NIGHTLY_TRIAGE)),
        ("ana", expensive_tuesday(START) + timedelta(days=1), ("spike", OPUS)),
        ("ana", expensive_tuesday(START), ("idle_schedule", NIGHTLY_TRIAGE)),
        ("dag", START, ("spike", RUNAWAY_JOB)),
        ("dag", START - timedelta(days=1), None),
        ("iva", START, ("short_calls", OPUS)),
        ("tove", START, None),
        ("mo", START, None),
        ("bo", START, None),
        ("lea", START, None),
    ],
)
def test_each_gets_exactly_its_hint_on_its_day(handle: str, on: date, hint: tuple[str, str] | None) -> None:
    assert best(handle, on) == hint
    assert in_note(handle, on) == (hint and hint[1])


def test_tove_gets_no_hint_on_any_day_of_six_weeks() -> None:
    assert {best("tove", START - timedelta(days=back)) for back in range(42)} == {None}
