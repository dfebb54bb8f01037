"""What a scrape says of the database, the queue and the sources, and what it says while the database is away."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import Session

from bot.connection.state import ConnectionState
from bot.connectors.pull import PullSource
from bot.measuring.counters import MESSAGES
from bot.measuring.reading import Reading
from bot.measuring.table import METRICS
from bot.pool import AnswerPool
from bot.services import Services
from bot.web.app import web_app
from storage import listings, pulls
from storage.engine import Database, open_database
from storage.ids import source_id
from storage.planning import plan
from tests.cast import T0
from tests.senders import services_for
from tests.web.conftest import served

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Cursor(PullSource):
    kind, name = "cursor", "company"


class OtherCursor(PullSource):
    kind, name = "cursor", "other"


def on(database: Database, *sources: PullSource) -> Services:
    return replace(services_for(database), pool=AnswerPool(1, 1), sources=sources)


def scraped(services: Services) -> dict[tuple[str, ...], float]:
    with served(web_app(services)) as client:
        families = text_string_to_metric_families(client.get("/metrics").text)
        samples = [sample for family in families for sample in family.samples]
    return {(each.name, *(value for _, value in sorted(each.labels.items()))): each.value for each in samples}


def test_queue_and_sources_are_read_anew_at_each_scrape(sqlite_database: Database) -> None:
    services = on(sqlite_database, Cursor(), OtherCursor())

    def fill(session: Session) -> None:
        ours, other, gone = (source_id(session, "cursor", name) for name in ("company", "other", "of-before"))
        pulls.note_success(session, ours, T0 - HOUR)
        pulls.note_success(session, other, T0 - 2 * DAY)
        pulls.note_failure(session, other, T0 - DAY, "Cursor: HTTP 401")
        pulls.note_failure(session, gone, T0 - 30 * DAY, "Cursor: HTTP 401")
        listings.note_unmatched(session, ours, 4)
        plan(session, "digest", "2026-W47", [(1, T0 - HOUR), (2, T0 + HOUR)], T0)

    assert scraped(services)["worthwhile_outbox_oldest_due_seconds",] == 0
    sqlite_database.writing(fill)
    said = scraped(services)
    assert said["worthwhile_outbox_due",] == 1
    assert said["worthwhile_outbox_oldest_due_seconds",] == 3600
    assert said["worthwhile_source_failing_seconds", "cursor"] == DAY.total_seconds()
    assert said["worthwhile_source_last_success_timestamp_seconds", "cursor"] == (T0 - 2 * DAY).timestamp()
    assert said["worthwhile_unlinked_accounts", "cursor"] == 0

    sqlite_database.writing(lambda session: listings.note_unmatched(session, source_id(session, "cursor", "other"), 5))
    assert scraped(services)["worthwhile_unlinked_accounts", "cursor"] == 5


def test_messages_that_people_got_are_counted_in_fives_and_those_of_channels_are_not(sqlite_database: Database) -> None:
    services = on(sqlite_database)
    for kind, came_to, times in (
        ("alarm", "sent", 4),
        ("digest", "sent", 14),
        ("alarm", "dead", 1),
        ("round-up", "sent", 3),
        ("alarm", "postponed", 7),
    ):
        services.measures.count(MESSAGES, kind, came_to, by=times)
    said = {key[1:]: value for key, value in scraped(services).items() if key[0] == MESSAGES}

    assert said == {("sent", "alarm"): 0, ("sent", "digest"): 10, ("dead", "alarm"): 1, ("sent", "round-up"): 3}


def test_while_the_database_is_away_a_scrape_has_what_the_process_knows_itself(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    services = on(database)
    services.measures.acknowledged(0.2)
    said = scraped(services)
    database.dispose()

    assert said["worthwhile_database_up",] == 0
    assert said["worthwhile_acknowledgement_seconds_count",] == 1
    assert not {name for name, metric in METRICS.items() if metric.shared} & {key[0] for key in said}


def test_the_way_in_from_slack_is_told_as_it_is(sqlite_database: Database) -> None:
    services = on(sqlite_database)
    before = scraped(services)
    state = ConnectionState("socket", connected=True, last_pong_at=time.monotonic() - 100, rebuilds=2)
    said = scraped(replace(services, connection=state))

    assert before["worthwhile_connection_up", "none"] == 0
    assert "worthwhile_connection_pong_age_seconds" not in {key[0] for key in before}
    assert said["worthwhile_connection_up", "socket"] == 1
    assert said["worthwhile_connection_rebuilds_total",] == 2
    assert 100 <= said["worthwhile_connection_pong_age_seconds",] < 160


class Hanging:
    """A database that does not answer until it is told to."""

    def __init__(self) -> None:
        self.asked, self.may_answer = threading.Event(), threading.Event()

    @contextmanager
    def reading(self) -> Iterator[Any]:
        self.asked.set()
        assert self.may_answer.wait(10)
        raise ConnectionError
        yield


def test_a_database_that_hangs_holds_up_one_scrape_and_no_other() -> None:
    hanging = Hanging()
    reading = Reading(cast(Database, hanging))
    first = threading.Thread(target=lambda: _carefully(reading))
    first.start()
    assert hanging.asked.wait(10)

    assert reading.now(T0) is None
    hanging.may_answer.set()
    first.join()


def _carefully(reading: Reading) -> None:
    try:
        reading.now(T0)
    except ConnectionError:
        return


def test_a_bot_that_nobody_scrapes_does_not_load_what_writes_the_format() -> None:
    asked = "import sys, bot.app; print([name for name in sys.modules if name.startswith('prometheus')])"
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=True)

    assert ended.stdout == "[]\n"
