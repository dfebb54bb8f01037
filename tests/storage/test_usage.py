"""Usage rows: read for their owner alone, replaced by scope."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from bot.domain.people import Delivered
from bot.domain.usage import MEASURES
from storage import usage as stored
from storage.engine import Database
from storage.ids import source_id, table_of
from storage.tables import SourceDay
from tests.cast import ADA, BOB, EVE, T0, TODAY, own_account, row, switched_on
from tests.storage.usage_of_people import deliver, held, months, usage

DAY = timedelta(days=1)
YESTERDAY, BEFORE = TODAY - DAY, TODAY - 2 * DAY


def test_what_was_delivered_is_what_is_read(database: Database) -> None:
    ada = switched_on(database)
    known = {name: number for number, name in enumerate(MEASURES, start=10**12)}
    rows = [
        row(day=YESTERDAY, **known, run_kind="person", work="acme/api", tier="batch", list_value_by="vendor"),
        row(day=BEFORE, partly_unknown=3),
    ]
    sent = deliver(database, ada, rows)

    assert usage(database, ada) == [replace(each, source_id=sent.source) for each in reversed(rows)]


def test_only_the_days_that_were_asked_for_are_read(database: Database) -> None:
    ada = switched_on(database)
    deliver(database, ada, [row(day=TODAY - n * DAY, requests=n) for n in range(5)])

    assert [each.requests for each in usage(database, ada, TODAY - 3 * DAY, TODAY - DAY)] == [3, 2, 1]


def test_nobody_reads_another_persons_rows(database: Database) -> None:
    ada, bob, eve = (switched_on(database, who) for who in (ADA, BOB, EVE))
    deliver(database, ada, [row(requests=1)])
    deliver(database, bob, [row(requests=2)])

    assert [each.requests for each in usage(database, ada)] == [1]
    assert [each.requests for each in usage(database, bob)] == [2]
    assert usage(database, eve) == []


def test_an_account_shows_each_holder_their_own_days(database: Database) -> None:
    ada, bob, eve = (switched_on(database, who) for who in (ADA, BOB, EVE))
    account = held(
        database,
        (ada, TODAY - 20 * DAY, TODAY - 15 * DAY),
        (bob, TODAY - 12 * DAY, TODAY - 10 * DAY),
    )
    deliver(database, ada, [row(day=TODAY - n * DAY, requests=n) for n in range(30)], account=account)

    assert [each.requests for each in usage(database, ada)] == [20, 19, 18, 17, 16, 15]
    assert [each.requests for each in usage(database, bob)] == [12, 11, 10]
    assert usage(database, eve) == []


def test_how_many_rows_are_kept_counts_ones_own_alone(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    account = held(
        database,
        (ada, TODAY - 20 * DAY, TODAY - 15 * DAY),
        (bob, TODAY - 12 * DAY, TODAY - 10 * DAY),
    )
    deliver(database, ada, [row(day=TODAY - n * DAY, requests=n) for n in range(30)], account=account)

    with database.reading() as session:
        assert stored.kept_days(session, ada.person_id) == (6, TODAY - 20 * DAY)
        assert stored.kept_days(session, bob.person_id) == (3, TODAY - 12 * DAY)
        assert stored.kept_days(session, 1) == (0, None)


def test_a_second_delivery_changes_nothing(database: Database) -> None:
    ada = switched_on(database)
    rows = [row(requests=5, work="a"), row(requests=6, work="b")]
    deliver(database, ada, rows)
    once = usage(database, ada)
    deliver(database, ada, rows)

    assert usage(database, ada) == once


def test_a_revised_day_holds_exactly_what_the_source_says_now(database: Database) -> None:
    ada = switched_on(database)
    deliver(database, ada, [row(requests=5, work="a"), row(requests=6, work="b")])
    deliver(database, ada, [row(requests=7, work="b"), row(requests=1, work="c")])

    assert {each.work: each.requests for each in usage(database, ada)} == {"b": 7, "c": 1}


def test_parts_of_one_row_are_added_up(database: Database) -> None:
    ada = switched_on(database)
    deliver(database, ada, [row(requests=5), row(requests=6)])

    assert [each.requests for each in usage(database, ada)] == [11]


def test_a_day_that_is_now_empty_is_emptied(database: Database) -> None:
    ada = switched_on(database)
    deliver(database, ada, [row(day=YESTERDAY), row(day=BEFORE)])
    deliver(database, ada, [row(day=YESTERDAY)], days={YESTERDAY, BEFORE})

    assert [each.day for each in usage(database, ada)] == [YESTERDAY]


def test_days_outside_the_delivery_stay(database: Database) -> None:
    ada = switched_on(database)
    deliver(database, ada, [row(day=BEFORE, requests=1), row(day=YESTERDAY, requests=2)])
    deliver(database, ada, [row(day=YESTERDAY, requests=3)])

    assert [(each.day, each.requests) for each in usage(database, ada)] == [(BEFORE, 1), (YESTERDAY, 3)]


def test_another_machines_rows_stay(database: Database) -> None:
    ada = switched_on(database)
    deliver(database, ada, [row(requests=1)], machine="laptop")
    deliver(database, ada, [row(requests=2)], machine="desktop")
    deliver(database, ada, [row(requests=3)], machine="laptop")

    assert sorted(each.requests or 0 for each in usage(database, ada)) == [2, 3]


def test_another_persons_rows_stay(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    deliver(database, bob, [row(requests=2)])
    deliver(database, ada, [row(requests=1)])

    assert [each.requests for each in usage(database, bob)] == [2]


def test_another_account_at_the_same_source_stays(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    source = database.writing(lambda session: source_id(session, "anthropic", "acme"))
    for who, requests in ((ada, 1), (bob, 2), (ada, 3)):
        account, rows = own_account(database, who), [row(source="anthropic", source_id=source, requests=requests)]
        database.writing(
            lambda session, account=account, rows=rows: stored.replace_days(  # type: ignore[misc]
                session, account, source, {rows[0].day}, rows, T0
            )
        )

    assert [(each.source, each.requests) for each in usage(database, ada)] == [("anthropic", 3)]
    assert [(each.source, each.requests) for each in usage(database, bob)] == [("anthropic", 2)]


def test_a_delivery_without_days_replaces_nothing(database: Database) -> None:
    ada = switched_on(database)
    deliver(database, ada, [row(requests=1)])
    deliver(database, ada, [], now=T0 + DAY)

    assert [each.requests for each in usage(database, ada)] == [1]
    with database.reading() as session:
        assert [each.received_at for each in stored.deliveries_for(session, ada.person_id)] == [T0]


def test_pushed_rows_add_to_what_is_there(database: Database) -> None:
    ada = switched_on(database)
    account = own_account(database, ada)
    for requests in (5, 6, None):
        source = database.writing(lambda session: source_id(session, "push", "meshclaw"))
        rows = [(account, row(requests=requests, source="push", source_id=source))]
        database.writing(lambda session, rows=rows: stored.add_rows(session, rows))  # type: ignore[misc]

    (found,) = usage(database, ada)
    assert found.measure("requests") == (11, False)


def test_sums_over_everybody_are_added_up_by_day_model_and_kind_of_run(database: Database) -> None:
    source = database.writing(lambda session: source_id(session, "push", "meshclaw"))
    rows = [
        row(source_id=source, requests=1, work="a"),
        row(source_id=source, requests=2, work="b"),
        row(source_id=source, requests=4, model="other"),
        row(source_id=source, requests=8, run_kind="schedule"),
    ]
    database.writing(lambda session: stored.add_source_days(session, rows))
    database.writing(lambda session: stored.add_source_days(session, rows))

    with database.reading() as session:
        found = session.connection().execute(select(table_of(SourceDay).c.requests)).scalars()
        assert sorted(found) == [6, 8, 16]


def test_a_delivery_is_remembered_as_far_as_it_ever_reached(database: Database) -> None:
    ada = switched_on(database)
    sent = deliver(database, ada, [row(day=BEFORE)])
    deliver(database, ada, [row(day=YESTERDAY)], now=T0 + DAY)
    deliver(database, ada, [row(day=BEFORE)], machine="desktop", now=T0 - DAY)

    with database.reading() as session:
        first, second = stored.deliveries_for(session, ada.person_id)
    assert first == Delivered("ccusage", sent.source, "laptop", BEFORE, YESTERDAY, T0 + DAY)
    assert (second.name, second.received_at) == ("desktop", T0 - DAY)


def test_deliveries_are_listed_for_ones_own_days_alone(database: Database) -> None:
    ada, bob, eve = (switched_on(database, who) for who in (ADA, BOB, EVE))
    account = held(
        database,
        (ada, TODAY - 20 * DAY, TODAY - 15 * DAY),
        (eve, TODAY - 12 * DAY, TODAY - 10 * DAY),
    )
    deliver(database, ada, [row(day=TODAY - 18 * DAY), row(day=TODAY - 14 * DAY)], account=account)

    with database.reading() as session:
        assert [(each.first_day, each.last_day) for each in stored.deliveries_for(session, ada.person_id)] == [
            (TODAY - 18 * DAY, TODAY - 15 * DAY)
        ]
        assert stored.deliveries_for(session, bob.person_id) == []
        assert stored.deliveries_for(session, eve.person_id) == []


def test_a_delivery_is_listed_once_for_somebody_who_came_back(database: Database) -> None:
    ada = switched_on(database)
    account = held(
        database,
        (ada, TODAY - 20 * DAY, TODAY - 15 * DAY),
        (ada, TODAY - 12 * DAY, TODAY - 10 * DAY),
    )
    deliver(database, ada, [row(day=TODAY - 18 * DAY), row(day=TODAY - 11 * DAY)], account=account)

    with database.reading() as session:
        assert len(stored.deliveries_for(session, ada.person_id)) == 1


def test_nothing_is_read_for_nobody(database: Database) -> None:
    ada = switched_on(database)

    assert usage(database, ada) == []
    assert months(database, ada) == []


@pytest.mark.parametrize("number", [0, 2**63 - 1])
def test_any_count_survives(database: Database, number: int) -> None:
    ada = switched_on(database)
    deliver(database, ada, [row(**dict.fromkeys(MEASURES, number))])

    (found,) = usage(database, ada)
    assert {getattr(found, name) for name in MEASURES} == {number}
