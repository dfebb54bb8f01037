"""Writing many rows: what is unknown stays unknown, on both engines alike."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.domain.tally import Tally
from bot.domain.usage import BIT, MEASURES
from storage import bulk
from storage.engine import Database
from storage.ids import table_of
from storage.tables import EventMark, UsageDay, UsageMonth

DAYS: Final = table_of(UsageDay)
WIDTH: Final = len(DAYS.primary_key)
MAX: Final = 2**63 - 1
ACCOUNTS: Final = count(1)

Key = tuple[Any, ...]
Row = tuple[Any, ...]


def key(account: int, model: int = 1, work: str = "") -> Key:
    return (account, date(2026, 11, 18), 2, 3, model, 5, work, 7)


def usage(account: int, *, by: str = "", partly: int = 0, model: int = 1, work: str = "", **known: Any) -> Row:
    """Return one row; what is not *known* is unknown."""
    return (*key(account, model, work), *(known.get(name) for name in MEASURES), by, partly)


def stored(database: Database, account: int) -> dict[Key, Row]:
    names = bulk.columns(DAYS)
    query = select(*(DAYS.c[name] for name in names)).where(DAYS.c.account_id == account)
    with database.reading() as session:
        return {tuple(row[:WIDTH]): tuple(row[WIDTH:]) for row in session.connection().execute(query)}


def measure(database: Database, account: int, name: str) -> int | None:
    (row,) = stored(database, account).values()
    value: int | None = row[MEASURES.index(name)]
    return value


def partly(database: Database, account: int) -> int:
    (row,) = stored(database, account).values()
    return int(row[-1])


def put(database: Database, *rows: Row) -> None:
    database.writing(lambda session: bulk.put(session, DAYS, rows))


def add(database: Database, *rows: Row) -> None:
    database.writing(lambda session: bulk.add(session, DAYS, rows))


def test_no_rows_are_no_work(database: Database) -> None:
    put(database)
    add(database)

    assert stored(database, 1) == {}


def test_a_row_that_is_put_again_replaces_the_first(database: Database) -> None:
    put(database, usage(1, requests=5, runs=2, by="vendor", partly=1))
    put(database, usage(1, requests=3))

    assert stored(database, 1) == {key(1): usage(1, requests=3)[WIDTH:]}


def test_a_row_that_is_added_again_adds_up(database: Database) -> None:
    add(database, usage(1, requests=5))
    add(database, usage(1, requests=3))

    assert (measure(database, 1, "requests"), partly(database, 1)) == (8, 0)


@pytest.mark.parametrize(("first", "second"), [({"requests": 5}, {}), ({}, {"requests": 5})])
def test_unknown_plus_known_is_partly_known(database: Database, first: dict[str, Any], second: dict[str, Any]) -> None:
    add(database, usage(1, **first))
    add(database, usage(1, **second))

    assert (measure(database, 1, "requests"), partly(database, 1)) == (5, BIT["requests"])


def test_unknown_plus_unknown_is_unknown(database: Database) -> None:
    add(database, usage(1))
    add(database, usage(1))

    assert (measure(database, 1, "requests"), partly(database, 1)) == (None, 0)


def test_what_is_partly_known_stays_so(database: Database) -> None:
    add(database, usage(1, requests=1, partly=BIT["requests"]))
    add(database, usage(1, requests=1))

    assert (measure(database, 1, "requests"), partly(database, 1)) == (2, BIT["requests"])


@pytest.mark.parametrize("write", [put, add])
def test_parts_of_one_row_in_one_batch_are_added_up(database: Database, write: Any) -> None:
    write(database, usage(1, requests=5), usage(2, requests=1), usage(1, requests=3), usage(1, runs=1))

    assert measure(database, 1, "requests") == 8
    assert measure(database, 1, "runs") == 1
    assert partly(database, 1) == BIT["requests"] | BIT["runs"]
    assert measure(database, 2, "requests") == 1


def test_the_largest_numbers_survive(database: Database) -> None:
    everything: dict[str, Any] = dict.fromkeys(MEASURES, MAX)
    put(database, usage(MAX, **everything, partly=2**11 - 1))

    assert stored(database, MAX) == {key(MAX): usage(MAX, **everything, partly=2**11 - 1)[WIDTH:]}


def test_words_of_any_script_survive(database: Database) -> None:
    work = "夜間トリアージ/ночь 'quoted' \\t \t%s :x 🦜"
    put(database, usage(1, work=work, requests=1))

    assert set(stored(database, 1)) == {key(1, work=work)}


def test_a_unit_of_work_can_write_several_batches(database: Database) -> None:
    def work(session: Any) -> None:
        bulk.put(session, DAYS, [usage(1, requests=1)])
        bulk.add(session, DAYS, [usage(1, requests=1), usage(2, requests=1)])

    database.writing(work)

    assert (measure(database, 1, "requests"), measure(database, 2, "requests")) == (2, 1)


def test_nothing_of_a_batch_is_kept_when_its_unit_of_work_fails(database: Database) -> None:
    def work(session: Any) -> None:
        bulk.put(session, DAYS, [usage(1, requests=1)])
        raise LookupError

    with pytest.raises(LookupError):
        database.writing(work)

    assert stored(database, 1) == {}


def test_an_event_that_is_known_already_stays_as_it_is(database: Database) -> None:
    marks, names = table_of(EventMark), ("source_id", "event", "content", "seen_on")
    for content in (1, 2):
        rows = [(9, b"e" * 16, content, date(2026, 11, 18)), (9, bytes([content]) * 16, 0, date(2026, 11, 18))]
        database.writing(lambda session, rows=rows: bulk.insert_new_rows(session, marks, names, rows))  # type: ignore[misc]

    with database.reading() as session:
        found = session.connection().execute(select(marks.c.event, marks.c.content).order_by(marks.c.event)).all()
    assert [tuple(row) for row in found] == [(b"\1" * 16, 0), (b"\2" * 16, 0), (b"e" * 16, 1)]


def test_months_are_written_in_the_same_way(database: Database) -> None:
    table = table_of(UsageMonth)
    row = (1, date(2026, 11, 1), 2, 3, 4, 5, 6, *range(len(MEASURES)), "vendor", 0)
    database.writing(lambda session: bulk.add(session, table, [row]))

    with database.reading() as session:
        found = session.connection().execute(select(*(table.c[name] for name in bulk.columns(table)))).one()
    assert tuple(found) == row


amounts = st.none() | st.integers(0, 10**15)
parts = st.tuples(
    st.integers(1, 3),
    st.lists(amounts, min_size=len(MEASURES), max_size=len(MEASURES)),
    st.sampled_from(["", "vendor", "gateway", "several"]),
    st.integers(0, 2 ** len(MEASURES) - 1),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(parts, max_size=5), max_size=4))
def test_adding_up_in_the_database_is_adding_up_in_the_domain(
    database: Database, batches: Sequence[Sequence[tuple[int, list[int | None], str, int]]]
) -> None:
    account = next(ACCOUNTS)
    expected: dict[Key, Tally] = {}
    for batch in batches:
        add(database, *((*key(account, model), *values, by, bits) for model, values, by, bits in batch))
        for model, values, by, bits in batch:
            expected.setdefault(key(account, model), Tally()).add(values, by, bits)

    assert stored(database, account) == {k: (*t.values, t.by, t.partly) for k, t in expected.items()}
