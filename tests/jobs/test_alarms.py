"""Told at once: only who chose so, at most once a day, a runaway at any hour, a dear day in the morning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.connectors.push import parse
from bot.domain.hints.keys import hint_key
from bot.domain.hints.wishes import ALARMS, ALARMS_ON
from bot.intake import take_push
from bot.jobs import alarms, clock, retention
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from bot.slack import Slack
from handlers.hints import choose_alarms, say
from handlers.visit import Visit
from storage import people, usage
from storage.choices import choose
from storage.engine import Database
from storage.hints import history_of
from storage.ids import source_id
from storage.tables import Hint, Outbox, RecentRun
from tests.cast import MARKS, row
from tests.domain.hints.cast import USD
from tests.e2e.harness import texts
from tests.jobs.delivering import deliver
from tests.promises.answers import services_on
from tests.senders import PLATFORM, lines, pushed
from tests.weeks import ANA, on

NIGHT = datetime(2026, 11, 18, 2, 10, tzinfo=UTC)  # ten past three in Berlin
MINUTE = timedelta(minutes=1)


class Night:
    """Ana, whose job costs a dollar a night; and a platform that pushes a run while it runs."""

    def __init__(self, database: Database, slack: LocalSlack, way_out: Slack, *, chose: bool = True) -> None:
        self.database, self.slack, self.at, self._number = database, slack, NIGHT, 0
        self.services = replace(services_on(database), slack=way_out, now=lambda: self.at)
        self.ana = on(database)
        if chose:
            database.writing(lambda session: choose(session, self.ana.person_id, ALARMS, ALARMS_ON, NIGHT))
        database.writing(self._usual_nights)

    def _usual_nights(self, session: Session) -> None:
        account = people.own_account(session, self.ana.slack_id)
        source = source_id(session, "push", "meshclaw")
        told = {"source": "push", "source_id": source, "tool": "meshclaw", "work": "nightly-triage"}
        nights = [NIGHT.date() - timedelta(days=back) for back in range(1, 15)]
        rows = [
            row(**told, day=day, run_kind="schedule", runs=1, runs_with_result=1, billed_nano_usd=USD) for day in nights
        ]
        usage.replace_days(session, account, source, set(nights), rows, NIGHT - timedelta(days=1))

    def push(self, *occurred: datetime, cents: int = 28, **changes: Any) -> None:
        """Push what a run came to, a minute after the other; without moments just now."""
        events = []
        for moment in occurred or (self.at,):
            self._number += 1
            cost = {"amount": f"{cents / 100:.2f}", "currency": "USD", "basis": "billed"}
            told = {"event_id": f"e{self._number}", "occurred_at": moment.isoformat(), "cost": cost}
            events.append(pushed(**told | {"person": {"email": ANA.email}} | changes))
        take_push(self.services, parse(lines(*events), self.at), PLATFORM)

    def run(self, minutes: int) -> None:
        """Push so many minutes of the run, and let the clock tick then."""
        moments = [self.at + number * MINUTE for number in range(minutes)]
        self.at = moments[-1]
        self.push(*moments)
        clock.tick_alarms(self.services)
        self.at += MINUTE

    def told(self) -> list[Shown]:
        """Send what is planned; return what Ana was sent."""
        deliver(self.services)
        return self.slack.shown_to("U01ANA")

    def kept(self, table: type[Any]) -> list[Any]:
        with self.database.reading() as session:
            return list(session.exec(select(table)))


@pytest.fixture
def night(sqlite_database: Database, slack: LocalSlack, way_out: Slack) -> Night:
    return Night(sqlite_database, slack, way_out)


@pytest.fixture
def any_night(database: Database, slack: LocalSlack, way_out: Slack) -> Night:
    """On both engines."""
    return Night(database, slack, way_out)


def test_a_runaway_is_told_in_the_night_within_a_minute_of_its_data(any_night: Night) -> None:
    any_night.run(35)  # $9.80
    before = any_night.told()
    any_night.run(1)
    (shown,) = any_night.told()
    said = texts(shown)

    assert before == []
    assert shown.text == "One of your jobs may need a look."
    assert "*nightly-triage came to $10.08 billed in 35 minutes and saved no change since 03:10.*" in said
    assert "Its usual run costs about $1.00." in said
    assert "I can't stop it from here. In MeshClaw: Runs > nightly-triage > Stop." in said
    planned = next(each for each in any_night.kept(Outbox) if each.kind == "alarm")
    assert (planned.period, planned.payload) == ("2026-11-18", '{"day": "2026-11-18"}')


def test_it_is_told_once_however_long_it_goes_on_and_not_after_it_is_fine(night: Night) -> None:
    night.run(51)
    night.told()
    night.run(2)

    assert len(night.told()) == 1
    assert [each.shown_where for each in night.kept(Hint)] == ["at once"]


def test_a_run_that_saves_something_meanwhile_is_not_told_of(night: Night) -> None:
    night.run(40)
    night.push(result=True)

    assert night.told() == []


def test_of_people_who_did_not_choose_it_nothing_is_kept_by_the_minute(
    sqlite_database: Database, slack: LocalSlack, way_out: Slack
) -> None:
    night = Night(sqlite_database, slack, way_out, chose=False)
    night.run(51)

    assert (night.kept(RecentRun), night.kept(Hint), night.told()) == ([], [], [])


def test_unchoosing_deletes_the_minutes_at_once_and_stops_what_is_planned(any_night: Night) -> None:
    any_night.run(51)
    visit = Visit(any_night.ana.slack_id, "T0LOCAL", "alarms", "off", "", "t1")
    choose_alarms(visit, any_night.ana, any_night.services)

    assert any_night.kept(RecentRun) == []
    assert any_night.told() == []
    any_night.run(5)
    assert any_night.kept(RecentRun) == []


def test_minutes_are_kept_for_72_hours(any_night: Night) -> None:
    any_night.run(3)
    any_night.at += timedelta(hours=71)
    alarms.run(any_night.services)
    kept = len(any_night.kept(RecentRun))
    any_night.at += timedelta(hours=2)
    alarms.run(any_night.services)

    assert (kept, any_night.kept(RecentRun)) == (3, [])
    any_night.run(1)
    any_night.at += timedelta(hours=73)
    retention.run(any_night.services)
    assert any_night.kept(RecentRun) == []


def test_events_that_come_late_are_counted_and_tell_of_nothing(night: Night) -> None:
    night.push(*(NIGHT - timedelta(days=1) + number * MINUTE for number in range(51)))
    clock.tick_alarms(night.services)

    assert night.told() == []


def test_a_repeated_push_adds_nothing_to_its_minute(any_night: Night) -> None:
    any_night.push(event_id="same")
    any_night.push(event_id="same")
    any_night.push(cents=5, event_id="other")

    assert [each.billed_nano_usd for each in any_night.kept(RecentRun)] == [33 * 10**7]


def spend(night: Night, usd: int) -> None:
    by_hand = {"run_id": "", "trigger": "person", "work": ""}
    night.push(cents=usd * 100, **by_hand)
    clock.tick_alarms(night.services)


def test_a_dear_day_waits_for_the_morning(night: Night) -> None:
    spend(night, 60)
    at_night = night.told()
    night.at = NIGHT.replace(hour=6, minute=5)
    (shown,) = night.told()

    assert at_night == []
    assert shown.text == "One of your days may need a look."
    assert "*Today has come to $60.00 billed so far; your" in texts(shown)
    assert "Was that planned?" in texts(shown)
    night.at = NIGHT.replace(hour=12)
    spend(night, 90)
    assert len(night.told()) == 1  # one a day


def test_an_answer_is_kept_with_the_values_that_set_it_off(night: Night) -> None:
    night.run(51)
    with night.database.reading() as session:
        (told,) = history_of(session, night.ana.person_id).shown
    key = hint_key(MARKS, night.ana.person_id, told.finding)
    for argument in (f"fine runaway {key}", f"useful runaway {key[::-1]}"):
        say(Visit(night.ana.slack_id, "T0LOCAL", "hint-say", argument, "", argument), night.ana, night.services)
    with night.database.reading() as session:
        (told,) = history_of(session, night.ana.person_id).shown

    assert (told.answer, told.finding.kind, told.finding.subject) == ("fine", "runaway", "nightly-triage")
    assert told.finding.number("usual_run_nano_usd") == USD
    assert night.told() == []  # answered before it went
