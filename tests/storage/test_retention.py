"""Days become months; what was counted is kept, and nobody's rows are lost for somebody else's."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace
from sqlalchemy import select
from sqlmodel import Session

from bot.domain.people import Profile, Viewer
from bot.domain.quantity import Quantity, total
from bot.domain.usage import MEASURES, UsageRow
from storage import people, retention
from storage.engine import Database
from storage.ids import source_id, table_of
from storage.tables import EventMark, OtelSeries, UsageDay
from storage.usage import replace_days
from tests.cast import ADA, BOB, T0, row, switched_on
from tests.storage.usage_of_people import deliver, held, months, usage
from tests.threads import at_once

CUTOFF: Final = date(2026, 8, 6)
OVERLAPS: Final = {"claude-code": ["anthropic", "ccusage"]}


def on(database: Database, profile: Profile = ADA) -> Viewer:
    return switched_on(database, profile, T0 - timedelta(days=200))


def fold(database: Database, viewer: Viewer, cutoff: date = CUTOFF) -> int:
    return database.writing(lambda session: retention.fold_into_months(session, viewer, cutoff, OVERLAPS))


def with_days_before(database: Database, cutoff: date) -> set[int]:
    with database.reading() as session:
        return set(retention.persons_with_days_before(session, cutoff))


def sums(rows: Sequence[UsageRow]) -> dict[str, Quantity]:
    return {name: total(each.measure(name) for each in rows) for name in MEASURES}


def replace_company_day(session: Session, viewer: Viewer, said: UsageRow) -> None:
    source = source_id(session, "anthropic", "acme")
    account = people.own_account(session, viewer.slack_id)
    replace_days(session, account, source, {said.day}, [replace(said, source_id=source)], T0)


def test_old_days_become_months(database: Database) -> None:
    ada = on(database)
    days = [date(2026, 7, 30), date(2026, 7, 31), date(2026, 8, 1), date(2026, 8, 6)]
    deliver(database, ada, [row(day=day, requests=10**n, work=f"job {n}") for n, day in enumerate(days)])

    assert fold(database, ada) == 3
    assert [(each.day, each.work, each.requests) for each in months(database, ada)] == [
        (date(2026, 7, 1), "", 11),
        (date(2026, 8, 1), "", 100),
    ]
    assert [each.day for each in usage(database, ada)] == [CUTOFF]


def test_sums_keep_every_measure_and_what_is_unknown_of_it(database: Database) -> None:
    ada = on(database)
    known = {name: 2**40 + position for position, name in enumerate(MEASURES)}
    rows = [row(day=date(2026, 7, n), **known, list_value_by="vendor") for n in (1, 2)]
    deliver(database, ada, [*rows, row(day=date(2026, 7, 3), requests=5)])
    before = sums(usage(database, ada))
    fold(database, ada)

    assert sums(months(database, ada)) == before
    assert before["requests"] == Quantity(2 * known["requests"] + 5, True)
    assert before["runs"] == Quantity(2 * known["runs"], False), "of the third day it is unknown"


def test_running_it_twice_changes_nothing(database: Database) -> None:
    ada = on(database)
    deliver(database, ada, [row(day=date(2026, 7, 1), requests=5)])
    fold(database, ada)
    once = months(database, ada)

    assert fold(database, ada) == 0
    assert months(database, ada) == once


def test_running_it_on_every_replica_at_once_counts_everything_once(database: Database) -> None:
    ada = on(database)
    deliver(database, ada, [row(day=date(2026, 7, 1), requests=5)])

    folded = at_once(4, lambda _: fold(database, ada))

    assert sorted(folded) == [0, 0, 0, 1]
    assert [each.requests for each in months(database, ada)] == [5]


def test_a_month_grows_as_its_days_grow_old(database: Database) -> None:
    ada = on(database)
    deliver(database, ada, [row(day=date(2026, 7, n), requests=n) for n in (1, 2, 3)])
    for cutoff in (date(2026, 7, 2), date(2026, 7, 3), date(2026, 7, 4)):
        fold(database, ada, cutoff)

    assert [each.requests for each in months(database, ada)] == [6]


def test_what_two_sources_report_is_summed_up_once(database: Database) -> None:
    ada = on(database)
    day = date(2026, 7, 1)
    deliver(database, ada, [row(day=day, requests=5)], machine="laptop")
    deliver(database, ada, [row(day=day, requests=7)], machine="desktop")
    database.writing(lambda session: replace_company_day(session, ada, row(day=day, requests=11)))

    fold(database, ada)

    assert [(each.source, each.requests) for each in months(database, ada)] == [("anthropic", 11)]
    assert usage(database, ada) == []


def test_another_persons_days_stay(database: Database) -> None:
    ada, bob = on(database, ADA), on(database, BOB)
    for who in (ada, bob):
        deliver(database, who, [row(day=date(2026, 7, 1), requests=5)])
    fold(database, ada)

    assert months(database, bob) == []
    assert [each.requests for each in usage(database, bob)] == [5]


def test_the_days_of_an_account_become_months_of_whoever_had_it(database: Database) -> None:
    ada, bob = on(database, ADA), on(database, BOB)
    account = held(database, (ada, date(2026, 7, 1), date(2026, 7, 2)), (bob, date(2026, 7, 4), None))
    deliver(database, ada, [row(day=date(2026, 7, n), requests=10**n) for n in range(1, 6)], account=account)

    fold(database, ada)
    assert [each.requests for each in usage(database, bob)] == [10**4, 10**5]
    fold(database, bob)

    assert [each.requests for each in months(database, ada)] == [10 + 10**2]
    assert [each.requests for each in months(database, bob)] == [10**4 + 10**5]
    assert usage(database, ada) == usage(database, bob) == []
    with database.reading() as session:
        left = session.connection().execute(select(table_of(UsageDay).c.day)).all()
    assert left == [], "nobody's days are kept for ever"


def test_months_of_somebody_who_came_back_count_once(database: Database) -> None:
    ada = on(database)
    deliver(database, ada, [row(day=date(2026, 8, 10), requests=5)])
    account = held(database, (ada, date(2026, 1, 1), date(2026, 1, 2)), (ada, date(2026, 2, 1), None))
    deliver(database, ada, [row(day=date(2026, 3, 1), requests=7)], account=account)
    fold(database, ada, date(2026, 11, 1))

    assert [each.requests for each in months(database, ada)] == [7, 5]


def test_only_persons_with_old_days_have_something_to_fold(database: Database) -> None:
    ada, bob = on(database, ADA), on(database, BOB)
    deliver(database, ada, [row(day=date(2026, 8, 5))])
    deliver(database, bob, [row(day=CUTOFF)])

    assert with_days_before(database, CUTOFF) == {ada.person_id}
    fold(database, ada)
    assert with_days_before(database, CUTOFF) == set()


def test_a_former_holder_of_an_account_has_nothing_to_fold(database: Database) -> None:
    ada, bob = on(database, ADA), on(database, BOB)
    account = held(database, (bob, date(2026, 1, 1), date(2026, 1, 2)), (ada, date(2026, 7, 1), None))
    deliver(database, ada, [row(day=date(2026, 7, 1))], account=account)

    assert with_days_before(database, CUTOFF) == {ada.person_id}


def test_days_that_are_nobodys_are_deleted_too(database: Database) -> None:
    ada = on(database)
    account = held(database, (ada, date(2026, 7, 4), None))
    deliver(database, ada, [row(day=date(2026, 7, 3), requests=5)], account=account)

    assert with_days_before(database, CUTOFF) == {ada.person_id}
    fold(database, ada)
    assert with_days_before(database, CUTOFF) == set()
    assert months(database, ada) == []


def test_old_months_are_dropped(database: Database) -> None:
    ada = on(database)
    account = held(database, (ada, date(2025, 1, 1), None))
    days = [date(2025, 9, 30), date(2025, 10, 1), date(2026, 7, 1)]
    deliver(database, ada, [row(day=day) for day in days], account=account)
    fold(database, ada)
    database.writing(lambda session: retention.drop_months_before(session, date(2025, 10, 1)))

    assert [each.day for each in months(database, ada)] == [date(2025, 10, 1), date(2026, 7, 1)]


def test_marks_of_old_events_are_dropped(database: Database) -> None:
    days = [CUTOFF - timedelta(days=1), CUTOFF, CUTOFF + timedelta(days=1)]
    for day in days:
        mark = EventMark(source_id=1, event=str(day).encode(), content=1, seen_on=day)
        database.writing(lambda session, mark=mark: session.add(mark))  # type: ignore[misc]
    database.writing(lambda session: retention.drop_event_marks_before(session, CUTOFF))

    with database.reading() as session:
        found = list(session.connection().execute(select(table_of(EventMark).c.seen_on)).scalars())
    assert sorted(found) == days[1:]


def test_series_that_were_not_seen_for_long_are_dropped(database: Database) -> None:
    days = [CUTOFF - timedelta(days=1), CUTOFF]
    for day in days:
        series = OtelSeries(source_id=1, series=str(day).encode(), started_at=1, value=1, seen_on=day)
        database.writing(lambda session, series=series: session.add(series))  # type: ignore[misc]
    database.writing(lambda session: retention.drop_series_before(session, CUTOFF))

    with database.reading() as session:
        assert list(session.connection().execute(select(table_of(OtelSeries).c.seen_on)).scalars()) == days[1:]
