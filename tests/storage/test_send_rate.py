"""The bucket in the database: shared by all replicas, and no two take the same token."""

from datetime import timedelta

from bot.domain.pace import Pace
from storage import send_rate
from storage.engine import Database
from tests.cast import ORG, T0
from tests.threads import at_once

PACE = Pace()
LATER = T0 + timedelta(seconds=30)


def take(database: Database, pace: Pace = PACE, org: str = ORG, at_: float = 0) -> float:
    now = T0 + timedelta(seconds=at_)
    return database.adding(lambda session: send_rate.take_token(session, org, pace, now))


def test_of_replicas_that_ask_at_once_one_gets_the_token(database: Database) -> None:
    waits = at_once(6, lambda _: take(database))

    assert sorted(waits) == [0.0, *[1.0] * 5]
    assert take(database, at_=1) == 0.0


def test_every_workspace_has_its_own(database: Database) -> None:
    assert [take(database), take(database, org="T0OTHER"), take(database)] == [0.0, 0.0, 1.0]


def test_what_slack_asks_for_holds_for_all_replicas(database: Database) -> None:
    take(database)
    database.adding(lambda session: send_rate.slower(session, ORG, PACE, T0, 30))
    with database.reading() as session:
        waits = [send_rate.blocked_seconds(session, ORG, at) for at in (T0, LATER)]
        other = send_rate.blocked_seconds(session, "T0OTHER", T0)

    assert (waits, other) == ([30.0, 0.0], 0.0)
    assert take(database, at_=10) == 20.0
    assert [take(database, at_=30), take(database, at_=30)] == [0.0, 2.0]  # half as fast from then on


def test_successes_of_replicas_at_the_same_moment_all_count(database: Database) -> None:
    pace = Pace(start=1, most=5, gain=0.5)
    at_once(4, lambda _: database.adding(lambda session: send_rate.faster(session, ORG, pace, T0)))
    take(database, pace)

    assert 0.3 < take(database, pace) < 0.5  # 1, 1.5, 1.83, 2.11, 2.34 a second


def test_a_block_takes_nothing_from_the_rate(database: Database) -> None:
    database.adding(lambda session: send_rate.block(session, ORG, PACE, T0, 30))

    assert [take(database, at_=29), take(database, at_=30), take(database, at_=30)] == [1.0, 0.0, 1.0]
