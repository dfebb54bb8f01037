"""A run that runs away is seen in telemetry too, of people who chose it and of runs that started on their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlmodel import select

from bot.domain.hints.finding import Finding
from bot.domain.hints.wishes import ALARMS, ALARMS_ON
from bot.domain.people import Viewer
from bot.jobs import alarms
from bot.web.app import web_app
from storage.choices import choose
from storage.engine import Database
from storage.hints import history_of
from storage.known_rows import read_known
from storage.tables import RecentRun
from tests.cast import T0, switched_on
from tests.promises.answers import strings
from tests.senders import services_for
from tests.telemetry import Json, counter, logs, spans
from tests.web.conftest import served
from tests.web.telemetry_bot import ADAS, CALL, EVENT, TOKENS, Bot

NIGHTLY: Final[dict[str, Any]] = {"worthwhile.trigger": "schedule", "worthwhile.work": "nightly-triage"}
SDK: Final = {"app.entrypoint": "sdk-cli", "query_source": "main"}
SESSION: Final = "session-of-the-heron"
MODEL: Final = {"model": "claude-opus-4-7", "session.id": SESSION, **ADAS}


class Night(Bot):
    """A bot, and Ada, who chose to be told at once or did not."""

    ada: Viewer

    def work(self, told: Json | None = None, *, minutes: int = 51, **resource: Any) -> None:
        """Send a request a minute over /v1/logs, $0.28 each, the last one just now."""
        record = EVENT | {"session.id": SESSION, "cost_usd": "0.28"} | (told or {})
        times = [T0 - timedelta(minutes=back) for back in range(minutes)]
        assert self.said("logs", logs(*(record | {"time": at} for at in times), **resource)) == {}

    def saves(self, ago: int, metric: str = "commit.count", told: Json | None = None, **how: Any) -> None:
        """Send over /v1/metrics that something was saved so many minutes ago."""
        point = (MODEL | SDK | (told or {}), how.pop("value", 1.0))
        at = T0 - timedelta(minutes=ago)
        assert self.said("metrics", counter(f"claude_code.{metric}", point, at=at, **how)) == {}

    def told(self) -> list[Finding]:
        """Let the clock tick; return what Ada is told."""
        alarms.run(services_for(self.database))
        with self.database.reading() as session:
            return [each.finding for each in history_of(session, self.ada.person_id).shown]

    def kept(self) -> list[RecentRun]:
        with self.database.reading() as session:
            return list(session.exec(select(RecentRun)))


@contextmanager
def night_on(database: Database, *, chose: bool = True) -> Iterator[Night]:
    with served(web_app(services_for(database))) as client:
        night = Night(client, database)
        night.ada = switched_on(database, now=T0 - timedelta(days=60))
        if chose:
            database.writing(lambda session: choose(session, night.ada.person_id, ALARMS, ALARMS_ON, T0))
        yield night


@pytest.fixture
def night(sqlite_database: Database) -> Iterator[Night]:
    with night_on(sqlite_database) as running:
        yield running


@pytest.fixture
def any_night(database: Database) -> Iterator[Night]:
    """On both engines."""
    with night_on(database) as running:
        yield running


def test_what_the_resource_marks_as_a_job_is_told_of_in_the_night(any_night: Night) -> None:
    any_night.work({"query_source": "main"}, **NIGHTLY)
    (found,) = any_night.told()
    message = alarms.compose(services_for(any_night.database), any_night.ada, {"day": T0.date().isoformat()})

    assert (found.kind, found.subject, found.word("tool")) == ("runaway", "nightly-triage", "claude-code")
    assert found.number("cost_nano_usd") == 51 * 28 * 10**7
    assert message is not None
    said = strings(message.blocks(rich=False))
    assert said[:2] == [
        "*nightly-triage came to $14.28 at list price in 50 minutes and told of no saved change since 09:50.*",
        "I can't stop it from here. It can be stopped on the machine where it runs.",
    ]
    with any_night.database.reading() as session:
        known = read_known(session, any_night.ada.person_id, T0, services_for(any_night.database).prices, {})
    assert {(row.run_kind, row.work, row.runs) for row in known.rows} == {("schedule", "nightly-triage", None)}


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        ({}, {"query_source": "main", "app.entrypoint": "cli"}),
        ({}, {"query_source": "subagent", "app.entrypoint": "claude-vscode"}),
        ({}, {"query_source": "subagent"}),
        ({}, {}),
        ({"worthwhile.trigger": "person"}, SDK),
    ],
    ids=["at the keyboard", "its subagents", "subagents of nobody knows what", "unknown", "said to be a person's"],
)
def test_a_run_that_is_not_said_to_be_on_its_own_is_neither_told_of_nor_kept(
    night: Night, resource: Json, told: Json
) -> None:
    night.work(told, **resource)

    assert (night.told(), night.kept()) == ([], [])
    night.work(SDK | {"session.id": "another"})
    assert len(night.told()) == 1


@pytest.mark.parametrize(
    ("saved", "is_told"),
    [
        ({"ago": 10}, False),
        ({"ago": 10, "metric": "code_edit_tool.decision", "told": {"decision": "accept"}}, False),
        ({"ago": 10, "metric": "code_edit_tool.decision", "told": {"decision": "reject"}}, True),
        ({"ago": 40}, True),
        ({"ago": 10, "told": {"session.id": "another"}}, True),
        ({"ago": 10, "value": 0.0}, True),
    ],
)
def test_what_its_counters_say_it_saved_is_progress_of_the_same_run(
    any_night: Night, saved: dict[str, Any], is_told: bool
) -> None:
    any_night.saves(**saved)
    any_night.work(SDK)

    assert bool(any_night.told()) is is_told


def test_counters_alone_tell_of_it_and_are_not_added_to_the_events(night: Night) -> None:
    for back in range(51):
        at = T0 - timedelta(minutes=back)
        night.said("metrics", counter("claude_code.cost.usage", (MODEL | SDK, 0.28), at=at))
    (found,) = night.told()
    night.work(SDK, minutes=40)
    services = services_for(night.database)
    with night.database.reading() as session:
        known = read_known(session, night.ada.person_id, T0, services.prices, services.overlaps)

    assert (found.number("cost_nano_usd"), found.subject) == (51 * 28 * 10**7, "claude-code")
    assert {run.source: sum(nano for _, nano in run.minutes) for run in known.runs} == {
        "otel": 40 * 28 * 10**7,
        "otel-metrics": 51 * 28 * 10**7,
    }
    assert len({run.run for run in known.runs}) == 1
    assert len(night.told()) == 1  # the same run


def test_a_series_that_only_repeats_how_far_it_came_saves_nothing(night: Night) -> None:
    for ago in (45, 30, 15, 1):
        night.saves(ago, start="1", cumulative=True)
    night.work(SDK)

    assert len(night.told()) == 1


@pytest.mark.parametrize("chose", [True, False])
def test_a_time_of_day_is_kept_of_nobody_but_who_chose_it_and_a_sessions_name_of_nobody(
    sqlite_database: Database, chose: bool
) -> None:
    at = T0.replace(hour=4, minute=37)
    call = CALL | {"gen_ai.conversation.id": SESSION, "time": at}
    with night_on(sqlite_database, chose=chose) as night:
        night.said("logs", logs(EVENT | SDK | {"session.id": SESSION, "time": at}, **NIGHTLY))
        night.said("traces", spans(call, **NIGHTLY))
        for name in ("claude_code.cost.usage", "claude_code.commit.count", TOKENS):
            point = (MODEL | SDK | {"type": "input"}, 1.0)
            night.said("metrics", counter(name, point, at=at, **NIGHTLY))
            night.said("metrics", counter(name, point, at=at, start="1", cumulative=True, **NIGHTLY))

        assert {each.minute for each in night.kept()} == ({at} if chose else set())
        assert _file_has(night.database, b"04:37") is chose
        assert not _file_has(night.database, SESSION.encode())
        assert night.total() is not None


def _file_has(database: Database, words: bytes) -> bool:
    path = Path(str(database.engine.url.database))
    return any(words in each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
