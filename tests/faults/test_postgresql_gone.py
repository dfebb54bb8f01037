"""PostgreSQL falls silent, or is killed and comes back: people are told in time, and nothing is half done."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select
from structlog.testing import capture_logs

from bot.errors import BusyError
from bot.jobs import digests, sync
from bot.playground.local_slack import LocalSlack
from storage import subscriptions
from storage.engine import Database, open_database
from storage.tables import Outbox, SourceDay
from tests.cast import ADA, T0
from tests.e2e.figures import days_back
from tests.e2e.harness import Log, staged, texts
from tests.e2e.test_database_faults import SORRY
from tests.faults.silent_line import Line, line_to
from tests.jobs.delivering import Clock
from tests.jobs.test_delivery import ANA, MAY_LOOK, MO, made_post
from tests.jobs.test_sync import DAILY_DAYS, Stand, on, rows_of, with_source
from tests.postgresql import PostgreSQL, running_postgresql
from tests.promises.answers import services_on
from tests.threads import at_once
from tests.weeks import DUE
from tests.weeks import on as on_since

ACK_SECONDS = 3.0
BRIEF = 2.0  # as short as libpq keeps to
HOUR = timedelta(hours=1)


@pytest.fixture
def line(postgresql_url: str) -> Iterator[Line]:
    with line_to(postgresql_url) as made:
        yield made


def test_while_postgresql_says_nothing_people_are_acknowledged_told_so_and_answered_afterwards(
    line: Line, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes seven seconds: that is how long the bot waits for a server that takes connections and says nothing."""
    monkeypatch.setattr("bot.app.open_database", lambda url: open_database(url, busy_seconds=BRIEF))
    with staged(LocalSlack(), line.url, "http") as stage:
        user = stage.someone_on()
        token = stage.token_of(user)
        stage.send_ccusage(token, days_back(1, 28))
        before = stage.slack.mark()
        with line.silent():
            deliveries = at_once(4, lambda _: stage.slack.command(user, "/mytokens", ""))
            stage.settle()
            told = stage.slack.shown_to(user, before)
            failed = stage.send_ccusage(token, days_back(1, 2))
        again = stage.ask(user)

    assert [each.error for each in deliveries if not each.acked] == []
    assert max(each.ack_seconds for each in deliveries) < ACK_SECONDS
    assert [SORRY in texts(each) for each in told] == [True] * 4
    assert failed.status_code == 503
    assert "*$37.80 at list price*" in texts(again)
    assert {event["event"] for event in log.events("warning")} >= {"database_away"}
    assert "Traceback" not in log.text


@pytest.fixture(scope="module")
def crashing() -> Iterator[PostgreSQL]:
    """A server of this module alone; it is killed."""
    with running_postgresql() as server:
        yield server


@dataclass
class Crash:
    """Kills the server once, just before the so-manieth statement that has some words in it."""

    server: PostgreSQL
    words: str = "-"
    times: int = 1
    came: bool = False

    def __call__(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self.times -= self.words in statement
        if self.times == 0 and not self.came:
            self.came = True
            self.server.crash()


@pytest.fixture
def crash(crashing: PostgreSQL) -> Crash:
    return Crash(crashing)


@pytest.fixture
def database(crashing: PostgreSQL, crash: Crash) -> Iterator[Database]:
    """A database on it, over which what is committed is safe, as in life; the others' server is faster."""
    with crashing.migrated() as url:
        opened = open_database(f"{url}&options=-c%20synchronous_commit%3Don")
        event.listen(opened.engine, "before_cursor_execute", crash)
        try:
            yield opened
        finally:
            opened.dispose()


def stored(database: Database, table: Any) -> list[Any]:
    with database.reading() as session:
        return sorted(session.exec(select(table)), key=str)


def test_a_server_killed_while_a_day_is_swapped_in_leaves_the_day_as_it_was(database: Database, crash: Crash) -> None:
    ada = on(database, ADA)
    services = with_source(database, stand := Stand())
    sync.run(services)
    before = rows_of(database, ada), stored(database, SourceDay)
    stand.nano_usd, crash.words = 9, "INSERT INTO source_total"
    with pytest.raises(BusyError, match="locked or away"):
        sync.run(services)
    after = rows_of(database, ada), stored(database, SourceDay)
    sync.run(services)

    assert crash.came
    assert after == before
    assert Counter(each.billed_nano_usd for each in rows_of(database, ada)) == {5: DAILY_DAYS - 3, 9: 3}
    assert {each.billed_nano_usd for each in stored(database, SourceDay)} == {4 * 9}


def test_a_server_killed_while_notes_are_planned_plans_all_of_them_or_none_and_then_each_once(
    database: Database, crash: Crash
) -> None:
    for profile in (ANA, MO):
        person = on_since(database, profile).person_id
        database.writing(partial(subscriptions.subscribe, person_id=person, mode="button", now=DUE - HOUR))
    services = replace(services_on(database), now=lambda: DUE)
    crash.words = "INSERT INTO outbox"
    with pytest.raises(BusyError, match="locked or away"):
        digests.run(services)
    none = stored(database, Outbox)

    assert (crash.came, none) == (True, [])
    assert [digests.run(services)["planned"] for _ in range(2)] == [2, 0]


@pytest.mark.parametrize("at", [2, 3], ids=["before the call", "after the call"])
def test_a_server_killed_while_messages_go_doubles_and_loses_none(database: Database, crash: Crash, at: int) -> None:
    clock = Clock(T0)
    with LocalSlack(scopes=MAY_LOOK, clock=lambda: clock().timestamp()).running() as slack:
        post, way_out = made_post(database, slack, clock)
        post.plan(ANA, MO)
        crash.words, crash.times = "UPDATE outbox", at
        with capture_logs() as logs:
            post.run()
            ends = [post.run_after(seconds=70) for _ in range(3)]
        way_out.close()

    assert crash.came
    assert [line["event"] for line in logs].count("delivery_held_up") == 1
    assert (post.read_by(ANA, MO), post.states()) == ([1, 1], {"sent": 2}), ends
