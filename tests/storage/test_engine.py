"""Reading and writing from many threads: nothing is lost, all of a unit of work is kept or none."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlmodel import Session

from bot.errors import BusyError, ConfigError
from storage import bulk
from storage.engine import Database, open_database
from storage.ids import account_id, label_ids, new_id, source_id, table_of
from storage.tables import Setting, SourceDay
from tests.cast import T0
from tests.threads import at_once


def start_counting(database: Database) -> None:
    database.writing(lambda session: session.add(Setting(person_id=1, name="count", value="0", changed_at=T0)))


def count_on(session: Session) -> None:
    found = session.get_one(Setting, (1, "count"))
    found.value = str(int(found.value) + 1)
    session.add(found)


def counted(database: Database) -> int:
    with database.reading() as session:
        return int(session.get_one(Setting, (1, "count")).value)


@contextmanager
def opened(url: str, busy_seconds: float = 5.0) -> Iterator[Database]:
    database = open_database(url, busy_seconds=busy_seconds)
    try:
        yield database
    finally:
        database.dispose()


def test_of_200_increments_by_4_threads_none_is_lost(database: Database) -> None:
    start_counting(database)

    def fifty(_: int) -> None:
        for _number in range(50):
            database.writing(count_on)

    at_once(4, fifty)

    assert counted(database) == 200


def test_many_who_add_to_one_row_wait_for_each_other(database: Database) -> None:
    """Starting over instead, sixteen who push at once would turn each other away."""
    table, tries = table_of(SourceDay), [0] * 16
    one = (1, T0.date(), 2, 3, *[1] * 11, "", 0)

    def five(number: int) -> None:
        def work(session: Session) -> None:
            tries[number] += 1
            bulk.add(session, table, [one])

        for _ in range(5):
            database.adding(work)

    at_once(16, five)

    assert tries == [5] * 16
    with database.reading() as session:
        assert session.connection().execute(select(table.c.requests)).scalar_one() == 80


def test_a_serialization_failure_is_tried_again(postgresql_url: str) -> None:
    with opened(f"{postgresql_url}&options=-c%20default_transaction_isolation%3Dserializable") as database:
        start_counting(database)
        with database.reading() as session:
            assert session.connection().execute(text("SHOW transaction_isolation")).scalar() == "serializable"
        tries = 0

        def overtaken(session: Session) -> None:
            nonlocal tries
            tries += 1
            count_on(session)
            if tries == 1:
                database.writing(count_on)

        database.writing(overtaken)

        assert (counted(database), tries) == (2, 2)


def test_whoever_is_overtaken_again_and_again_is_told_to_try_later(postgresql_database: Database) -> None:
    start_counting(postgresql_database)
    tries = 0

    def overtaken(session: Session) -> None:
        nonlocal tries
        tries += 1
        count_on(session)
        postgresql_database.writing(count_on)

    with pytest.raises(BusyError, match="Nothing was stored; try again"):
        postgresql_database.writing(overtaken)

    assert counted(postgresql_database) == tries


def test_two_who_wait_for_each_other_both_come_through(postgresql_database: Database) -> None:
    for name in ("a", "b"):
        setting = Setting(person_id=1, name=name, value="", changed_at=T0)
        postgresql_database.writing(lambda session, setting=setting: session.add(setting))  # type: ignore[misc]

    def both(number: int) -> None:
        def work(session: Session) -> None:
            for name in ("ab", "ba")[number]:
                found = session.get_one(Setting, (1, name))
                found.value += str(number)
                session.flush()

        postgresql_database.writing(work)

    for _ in range(5):
        at_once(2, both)

    with postgresql_database.reading() as session:
        assert {len(session.get_one(Setting, (1, name)).value) for name in ("a", "b")} == {10}


def test_a_unit_of_work_that_fails_leaves_nothing(database: Database) -> None:
    start_counting(database)

    def work(session: Session) -> None:
        count_on(session)
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        database.writing(work)

    assert counted(database) == 0


def test_a_unit_of_work_returns_what_it_returns(database: Database) -> None:
    assert database.writing(lambda _: 42) == 42


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    start_counting(database)

    def work(session: Session) -> int:
        count_on(session)
        session.flush()
        return counted(database)

    assert database.writing(work) == 0


def test_moments_come_back_aware(database: Database) -> None:
    start_counting(database)

    with database.reading() as session:
        found = session.get_one(Setting, (1, "count")).changed_at
    assert (found, found.utcoffset()) == (T0, timedelta(0))


def test_names_get_one_id_however_many_ask_at_once(database: Database) -> None:
    names = [f"model {number}" for number in range(20)]
    found = at_once(8, lambda _: database.writing(lambda session: label_ids(session, "model", names)))

    assert found == [found[0]] * 8
    assert len(set(found[0].values())) == 20
    assert database.writing(lambda session: label_ids(session, "model", names[:2])) == {
        name: found[0][name] for name in names[:2]
    }


def test_more_names_than_fit_a_statement_are_found(sqlite_database: Database) -> None:
    names = [f"model {number}" for number in range(1_201)]
    found = sqlite_database.writing(lambda session: label_ids(session, "model", names))

    assert sqlite_database.writing(lambda session: label_ids(session, "model", names)) == found
    assert len(set(found.values())) == 1_201


def test_the_same_name_of_another_kind_owner_or_provider_is_something_else(database: Database) -> None:
    def work(session: Session) -> list[int]:
        return [
            label_ids(session, "model", ["x"])["x"],
            label_ids(session, "tool", ["x"])["x"],
            source_id(session, "ccusage", "x", owner=1),
            source_id(session, "ccusage", "x", owner=2),
            source_id(session, "push", "x"),
            account_id(session, "github", "x"),
            account_id(session, "own", "x"),
        ]

    first = database.writing(work)

    assert len(set(first)) == 7
    assert database.writing(work) == first


def test_ids_are_positive_and_fit_64_bits() -> None:
    ids = {new_id() for _ in range(1_000)}

    assert len(ids) == 1_000
    assert all(0 < each < 2**63 for each in ids)


@pytest.mark.parametrize("url", ["", "worthwhile.db", "mysql://localhost/x", "postgresql+asyncpg://localhost/x"])
def test_a_url_of_no_such_database_is_named(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^DATABASE_URL.*postgresql\+psycopg://") as caught:
        open_database(url)
    assert len(caught.value.problems) == 1


def test_a_url_without_a_driver_means_the_one_that_is_installed(postgresql_url: str) -> None:
    with opened(postgresql_url.replace("+psycopg", "")) as database:
        start_counting(database)
        assert counted(database) == 0
        assert not database.is_sqlite


def test_a_new_file_and_its_folder_are_the_bots_alone(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/data/worthwhile.db") as database:
        assert database.is_sqlite
        database.writing(lambda session: session.connection().execute(text("CREATE TABLE x (y INTEGER)")))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert "worthwhile.db-wal" in modes
    assert set(modes.values()) == {0o600}
