"""A SQLite file has one host."""

from datetime import timedelta

import pytest

from bot.errors import ConfigError
from storage import hosts
from storage.engine import Database
from tests.cast import T0


def claim(database: Database, host: str, minutes: int = 0) -> None:
    database.writing(lambda session: hosts.claim_host(session, host, T0 + timedelta(minutes=minutes)))


def test_a_second_host_is_refused_by_name(sqlite_database: Database) -> None:
    claim(sqlite_database, "alpha")

    with pytest.raises(ConfigError, match="in use on alpha") as caught:
        claim(sqlite_database, "beta", minutes=2)
    assert len(caught.value.problems) == 1


def test_the_same_host_goes_on(sqlite_database: Database) -> None:
    for minutes in range(5):
        claim(sqlite_database, "alpha", minutes)


def test_another_host_may_follow_when_the_first_has_gone(sqlite_database: Database) -> None:
    claim(sqlite_database, "alpha")
    claim(sqlite_database, "beta", minutes=3)

    with pytest.raises(ConfigError, match="in use on beta"):
        claim(sqlite_database, "alpha", minutes=4)
