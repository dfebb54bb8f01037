"""How far a series has counted is remembered, and rivals wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from sqlalchemy import text

from bot.domain.series import Reached
from storage import series
from storage.engine import Database

TODAY = date(2026, 11, 19)
ONE, TWO = b"1" * 16, b"2" * 16


def advance(database: Database, *told: tuple[bytes, Reached], source: int = 1, today: date = TODAY) -> list[int]:
    return database.adding(lambda session: series.advance(session, source, told, today))


def test_a_series_goes_on_where_it_was(database: Database) -> None:
    assert advance(database, (ONE, Reached(5, 10)), (TWO, Reached(5, 7))) == [10, 7]
    assert advance(database, (ONE, Reached(5, 12)), (TWO, Reached(5, 7)), (ONE, Reached(5, 15))) == [2, 0, 3]
    assert advance(database, (ONE, Reached(5, 15)), source=2) == [15]
    assert advance(database) == []


def test_a_series_that_is_still_heard_of_is_not_forgotten(database: Database) -> None:
    advance(database, (ONE, Reached(5, 10)))
    advance(database, (ONE, Reached(5, 10)), today=TODAY + timedelta(days=30))
    with database.reading() as session:
        (seen_on,) = session.connection().execute(text("SELECT seen_on FROM otel_series")).one()
    assert str(seen_on) == str(TODAY + timedelta(days=30))


def test_a_thousand_series_are_read_as_one_is(database: Database) -> None:
    told = [(number.to_bytes(16, "big"), Reached(5, number)) for number in range(1_200)]
    assert advance(database, *told) == list(range(1_200))
    assert advance(database, *told) == [0] * 1_200


def test_rivals_with_the_same_values_add_them_once(database: Database) -> None:
    told = [(number.to_bytes(16, "big"), Reached(5, 10)) for number in range(50)]
    with ThreadPoolExecutor(6) as threads:
        added = list(threads.map(lambda _: sum(advance(database, *told)), range(12)))
        more = [(series, Reached(5, 30)) for series, _ in told]
        added_more = list(threads.map(lambda _: sum(advance(database, *more)), range(12)))
    assert (sum(added), sum(added_more)) == (500, 1_000)
