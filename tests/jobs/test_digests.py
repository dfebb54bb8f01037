"""The weekly note: planned when it is due, sent once, without a figure behind its button, quiet on quiet weeks."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.domain.people import Profile, SlackId, Viewer
from bot.domain.subscription import Mode
from bot.jobs import clock, digests
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from bot.policy import Digest
from bot.services import Services
from bot.slack import Slack
from storage import people
from storage import subscriptions as stored
from storage.choices import BACK_FILL, TOLD, choose, settings_of
from storage.engine import Database
from storage.erasure import erase
from storage.planning import plan
from storage.tables import JobSlot, Outbox, SlackUser
from tests.cast import MARKS, TODAY
from tests.domain.outcomes.cast import change
from tests.e2e.harness import texts
from tests.jobs.delivering import deliver
from tests.jobs.test_sync import Stand
from tests.promises.answers import services_on
from tests.threads import at_once
from tests.weeks import ANA, DUE, ITEMS, MO, WEEK, on, paid_rows, plant

HOUR = timedelta(hours=1)


class Stage:
    """Ana, who wants the note, on services whose clock is moved."""

    def __init__(self, database: Database, slack: LocalSlack, way_out: Slack) -> None:
        self.database, self.slack, self.at = database, slack, DUE
        self.services = replace(services_on(database), slack=way_out, now=lambda: self.at)

    def subscribed(self, mode: Mode = "button", profile: Any = ANA, since: datetime = DUE - 72 * HOUR) -> Viewer:
        viewer = on(self.database, profile)
        self.database.writing(lambda session: stored.subscribe(session, viewer.person_id, mode, since))
        return viewer

    def tick(self, services: Services | None = None) -> dict[str, int]:
        """Plan what is due and send it."""
        planned = digests.run(services or self.services)
        deliver(services or self.services)
        return planned

    def notes(self, user: str = "U01ANA") -> list[Shown]:
        return self.slack.shown_to(user)

    def periods(self) -> list[str]:
        with self.database.reading() as session:
            return sorted(row.period for row in session.exec(select(Outbox)))


@pytest.fixture
def stage(sqlite_database: Database, slack: LocalSlack, way_out: Slack) -> Stage:
    return Stage(sqlite_database, slack, way_out)


def test_a_note_is_planned_when_it_is_due_and_once(database: Database, slack: LocalSlack, way_out: Slack) -> None:
    stage = Stage(database, slack, way_out)
    plant(database, stage.subscribed(), paid_rows(), ITEMS)
    counts = []
    for hours in (-2, -1, 0, 1, 30, 7 * 24 - 2):
        stage.at = DUE + hours * HOUR
        counts.append(stage.tick()["planned"])

    assert counts == [0, 1, 0, 0, 0, 0]
    assert stage.periods() == ["2026-W46"]
    assert len(stage.notes()) == 1


def test_notes_of_the_same_hour_take_a_second_each_in_an_order_of_their_own(database: Database) -> None:
    services = replace(services_on(database), now=lambda: DUE)
    profiles = [
        Profile(SlackId("T0LOCAL", f"U{number}"), f"P{number}", f"p{number}@larkfield.example", ANA.tz)
        for number in range(20)
    ]
    for profile in profiles:
        person = on(database, profile).person_id
        database.writing(partial(stored.subscribe, person_id=person, mode="button", now=DUE - 72 * HOUR))
    digests.run(services)
    with database.reading() as session:
        due = {row.person_id: (row.due_at - DUE).total_seconds() for row in session.exec(select(Outbox))}

    assert set(due.values()) <= set(range(20))
    assert len(set(due.values())) > 5
    assert due == {person: services.marks.place_of(person, 20) for person in due}


def test_replicas_that_plan_at_once_plan_it_once(database: Database, slack: LocalSlack, way_out: Slack) -> None:
    stage = Stage(database, slack, way_out)
    plant(database, stage.subscribed(), paid_rows(), ITEMS)
    counts = at_once(4, lambda _: digests.run(stage.services)["planned"])

    assert sum(counts) == 1
    assert len(stage.periods()) == 1


def test_behind_the_button_nothing_of_the_week_is_in_slack(stage: Stage) -> None:
    plant(stage.database, stage.subscribed("button"), paid_rows(), ITEMS)
    stage.tick()

    (note,) = stage.notes()
    assert texts(note).splitlines()[:2] == ["Your week is ready.", "Your week is ready."]
    assert not any(
        char.isdigit() for char in note.text + "".join(b["text"]["text"] for b in note.blocks if "text" in b)
    )
    assert "Retry" not in str(note.blocks)
    assert (note.user_ids, note.public) == (("U01ANA",), False)


def test_with_figures_the_message_agrees_with_the_sums_by_hand(stage: Stage) -> None:
    plant(stage.database, stage.subscribed("figures"), paid_rows(), ITEMS)
    stage.tick()

    (note,) = stage.notes()
    said = texts(note)
    assert note.text == "Your week is ready."
    for line in (
        "Your week, 9-15 November",
        "*Finished:* 2 changes, 1 ticket",
        "• <https://git.example/PAY-12|Refunds arrive twice> (PAY-12)",
        "• <https://git.example/acme/api/431|Retry on 429> (acme/api#431)",
        "*From two weeks ago:* 2 changes have now stayed for 14 days. 1 change came back.",
        "*Cost:* $61.10 billed, more than usual for you; $37.00 of it on Tuesday.",
        "Complete to Sun 15 Nov. Small corrections can follow; Home has the latest.",
        ":lock: Only you can see this.",
    ):
        assert line in said.splitlines(), said


def test_everybody_gets_their_own(stage: Stage) -> None:
    plant(stage.database, stage.subscribed("figures"), paid_rows(), ITEMS)
    plant(stage.database, stage.subscribed("figures", MO), [], [(change(7, date(2026, 11, 11)), "Mo's own")])
    stage.at = DUE + timedelta(minutes=1)
    stage.tick()

    assert "$61.10" in texts(stage.notes("U01ANA")[-1])
    assert "Mo's own" in texts(stage.notes("U01MO")[-1])
    assert "$61.10" not in str(stage.notes("U01MO"))
    assert "Mo's own" not in str(stage.notes("U01ANA"))


@pytest.mark.parametrize("told_to", [date(2026, 11, 14), date(2026, 11, 3)])
def test_a_note_waits_36_hours_for_a_source_that_is_due_then_names_it(stage: Stage, told_to: date) -> None:
    services = replace(stage.services, sources=[Stand("anthropic", name="company")])
    viewer = stage.subscribed("figures")
    plant(stage.database, viewer, paid_rows(), ITEMS, told_to=told_to)
    counts = []
    for hours in (0, 12, 35):
        stage.at = DUE + hours * HOUR
        counts.append(stage.tick(services))
    stage.at = DUE + 46 * HOUR  # the next morning: nobody is written to at night
    last = stage.tick(services)

    assert counts == [{"planned": 0, "waiting": 1}] * 3
    assert last == {"planned": 1, "waiting": 0}
    assert "no data since" in texts(stage.notes()[-1])
    assert "so this sum is too low." in texts(stage.notes()[-1])


def test_a_note_goes_as_soon_as_the_source_has_told(stage: Stage) -> None:
    services = replace(stage.services, sources=[Stand("anthropic", name="company")])
    viewer = stage.subscribed("figures")
    plant(stage.database, viewer, paid_rows(), ITEMS, told_to=date(2026, 11, 14))
    before = stage.tick(services)
    plant(stage.database, viewer, paid_rows(), ITEMS)
    stage.at = DUE + HOUR
    after = stage.tick(services)

    assert (before["waiting"], after) == (1, {"planned": 1, "waiting": 0})
    assert "no data since" not in texts(stage.notes()[-1])


def test_of_a_week_with_nothing_to_report_nothing_is_said_until_the_fourth(stage: Stage) -> None:
    viewer = stage.subscribed("button", since=DUE)
    plant(stage.database, viewer, [])
    shown = []
    for week in range(9):
        stage.at = DUE + timedelta(weeks=week)
        stage.tick()
        shown.append(len(stage.notes()))

    assert shown == [0, 0, 0, 1, 1, 1, 1, 2, 2]
    first, second = stage.notes()
    assert "Nothing to report for four weeks, so I kept quiet. The note is still on." in texts(first)
    assert "Nothing to report for eight weeks" in texts(second)
    assert not any(char.isdigit() for char in first.text)


def test_a_week_with_something_to_report_begins_the_count_anew(stage: Stage) -> None:
    viewer = stage.subscribed("button", since=DUE)
    for week in range(6):
        stage.at = DUE + timedelta(weeks=week)
        items = [(change(week, WEEK.monday + timedelta(weeks=week)), "Something")] if week == 2 else []
        plant(stage.database, viewer, [], items)
        stage.tick()
    with stage.database.reading() as session:
        remembered = settings_of(session, viewer.person_id).get("digest_quiet")

    # in the third week the work was finished; in the fifth it had stayed
    assert [note.text for note in stage.notes()] == ["Your week is ready."] * 2
    assert remembered == "2026-W51 1"


def test_a_policy_without_quiet_weeks_has_a_note_every_week(stage: Stage) -> None:
    policy = stage.services.policy.model_copy(update={"digest": Digest(quiet_when_empty=False)})
    plant(stage.database, stage.subscribed("figures"), [])
    stage.tick(replace(stage.services, policy=policy))

    assert "*Cost:* no use of yours has arrived for this week." in texts(stage.notes()[-1])


@pytest.mark.parametrize("how", ["stop", "pause", "erase", "snooze"])
def test_who_changed_their_mind_after_it_was_planned_gets_none(stage: Stage, how: str) -> None:
    viewer = stage.subscribed("figures")
    plant(stage.database, viewer, paid_rows(), ITEMS)
    planned = digests.run(stage.services)
    person = viewer.person_id

    def change_mind(session: Session) -> None:
        {
            "stop": lambda: stored.subscribe(session, person, "none", DUE),
            "pause": lambda: people.pause(session, person, DUE),
            "erase": lambda: erase(session, person, MARKS, TODAY),
            "snooze": lambda: stored.snooze(session, person, DUE),
        }[how]()

    stage.database.writing(change_mind)
    deliver(stage.services)

    assert planned["planned"] == 1
    assert stage.notes() == []


def test_the_time_zone_that_slack_has_now_is_followed(stage: Stage) -> None:
    plant(stage.database, stage.subscribed(), paid_rows(), ITEMS)

    def move(session: Session) -> None:
        user = session.get_one(SlackUser, tuple(ANA.slack_id))
        user.tz = "America/New_York"
        session.add(user)

    stage.database.writing(move)
    before = stage.tick()["planned"]
    stage.at = DUE + 6 * HOUR

    assert (before, stage.tick()["planned"]) == (0, 1)


def test_a_time_zone_that_is_no_more_is_utc_and_said(stage: Stage) -> None:
    viewer = stage.subscribed("figures", replace(ANA, tz="Mars/Olympus"))
    plant(stage.database, viewer, paid_rows(), ITEMS)
    stage.at = DUE + HOUR
    stage.tick()

    assert "I don't know the time zone that Slack has for you, so hours are UTC." in texts(stage.notes()[-1])


def test_after_a_long_absence_of_the_bot_only_the_last_week_is_told(stage: Stage) -> None:
    plant(stage.database, stage.subscribed(), paid_rows(), ITEMS)
    stage.at = DUE + timedelta(weeks=3, days=2)
    digests.run(stage.services)

    assert stage.periods() == ["2026-W49"]


def test_the_clock_plans_once_an_hour(stage: Stage) -> None:
    plant(stage.database, stage.subscribed(), paid_rows(), ITEMS)
    for minutes in (0, 1, 59, 60):
        stage.at = DUE + timedelta(minutes=minutes)
        clock.tick_digests(stage.services)

    with stage.database.reading() as session:
        slots = sorted(slot.slot for slot in session.exec(select(JobSlot)) if slot.job == "digests")
    assert slots == ["2026-11-17T08", "2026-11-17T09"]
    assert stage.periods() == ["2026-W46"]


def test_the_news_that_the_last_weeks_came_waits_for_the_note_of_the_same_morning_and_stands_below_it(
    stage: Stage,
) -> None:
    viewer = stage.subscribed("button")
    plant(stage.database, viewer, paid_rows(), ITEMS)
    stage.at = DUE - HOUR / 2

    def tell(session: Session) -> None:
        choose(session, viewer.person_id, BACK_FILL, TOLD, stage.at)
        plan(session, BACK_FILL, "2026-11-17", [(viewer.person_id, stage.at)], stage.at)

    stage.database.writing(tell)
    stage.tick()
    before = stage.notes()
    stage.at = DUE + HOUR / 60
    stage.tick()

    (note,) = stage.notes()
    assert before == []
    assert note.text == "Your week is ready."
    assert "Show it to me" in texts(note)
    assert "Your last weeks are here" in texts(note)
    assert [block["type"] for block in note.blocks].count("divider") == 1
