"""What somebody reads of a hint and says of it: theirs alone, undone where they wish, in the note in its time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.hints.keys import hint_key
from bot.domain.iso_week import week_of
from bot.domain.people import Viewer
from bot.domain.usage import UsageRow
from bot.jobs import digests
from bot.jobs.hinting import keep_hint
from bot.services import Services
from bot.views.blocks import Message
from handlers import digest as digest_words
from handlers import hints, usage
from handlers.sources import sources
from handlers.visit import Visit
from handlers.words import Answer
from storage import people
from storage.choices import choose
from storage.engine import Database
from storage.export import everything_about
from storage.hints import history_of
from storage.ids import source_id
from storage.usage import replace_days
from tests.cast import ADA, BOB, MARKS, ORG, T0, TODAY, switched_on
from tests.domain.hints.cast import USD, a_finding, ago, calls, nights, usual
from tests.promises.answers import services_on, strings

IDLE = "ran 28 times in four weeks and changed something 3 times"
SHORT = "mostly short calls ran on *claude-opus-4-5* in two weeks"


class Desk:
    """Ada, on since long ago, and what she types and presses."""

    def __init__(
        self, database: Database, rows: Sequence[UsageRow], *, on_for: int = 60, known_days: int = 105
    ) -> None:
        self.database, self.presses, self.now, self._known_days = database, 0, T0, known_days
        self.services: Services = replace(services_on(database), now=lambda: self.now)
        self.viewer: Viewer = switched_on(database, ADA, T0 - timedelta(days=on_for))
        database.writing(lambda session: self._fill(session, rows))

    def _fill(self, session: Any, rows: Sequence[UsageRow]) -> None:
        account = people.own_account(session, ADA.slack_id)
        for kind in {row.source for row in rows}:
            source = source_id(session, kind, "company")
            own = [each for each in rows if each.source == kind]
            told = [
                UsageRow(**{name: getattr(each, name) for name in each.__struct_fields__} | {"source_id": source})
                for each in own
            ]
            replace_days(session, account, source, {ago(back) for back in range(self._known_days + 1)}, told, T0)

    def ask(self, answer: Answer, argument: str = "", viewer: Viewer | None = None) -> str:
        """Return what a word answers, in words."""
        return _said(self.message(answer, argument, viewer))

    def message(self, answer: Answer, argument: str = "", viewer: Viewer | None = None) -> Message:
        self.presses += 1
        who = viewer or self.viewer
        return answer(Visit(who.slack_id, ORG, "w", argument, "", f"t{self.presses}"), who, self.services)

    def hint(self, kind: str, subject: str) -> str:
        """Return what Ada's button about a hint carries."""
        return f"{kind} {hint_key(MARKS, self.viewer.person_id, a_finding(kind, subject=subject))}"  # type: ignore[arg-type]


def _said(message: Message) -> str:
    return "\n".join([message.text, *strings(message.blocks(rich=False))])


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    return Desk(
        sqlite_database, [*usual(60, 1, 3), *nights(28, 1, results=(13, 20, 24)), *(calls(n) for n in range(1, 9))]
    )


def test_the_best_hint_stands_in_the_answer_and_its_values_behind_why(desk: Desk) -> None:
    answer = desk.message(usage.show)
    asked = next(each for each in answer.parts if "Worth a look" in str(each))
    why = desk.ask(hints.why_this, asked["accessory"]["value"])  # type: ignore[index]

    assert IDLE in _said(answer)
    assert "could save up to $20 in four weeks. Your call." in _said(answer)
    assert "*Rule:* a job that runs by the clock, 5 or more runs in 14 days, at least 8 of 10 without" in why
    assert "*Yours:* 14 runs from 5 Nov to 18 Nov, 13 without a result." in why
    assert "$14.00 was billed for that in these 14 days. The part of those without a result, doubled" in why
    assert "Nobody else gets this message." in why


def test_a_key_that_is_somebody_elses_leads_nowhere(desk: Desk) -> None:
    bob = switched_on(desk.database, BOB)
    button = desk.hint("idle_schedule", "nightly-triage")

    finding = a_finding(subject="nightly-triage")
    assert hint_key(MARKS, desk.viewer.person_id, finding) != hint_key(MARKS, bob.person_id, finding)
    assert "14 runs" in desk.ask(hints.why_this, button)
    assert "That has passed" in desk.ask(hints.why_this, button, bob)
    desk.ask(hints.say, f"useful {button}", bob)
    with desk.database.reading() as session:
        assert history_of(session, bob.person_id).shown == []
        assert history_of(session, desk.viewer.person_id).shown == []


def test_what_is_not_useful_gives_way_and_twice_mutes_its_kind_until_it_is_wanted_again(desk: Desk) -> None:
    button = desk.hint("idle_schedule", "nightly-triage")
    once = desk.ask(hints.say, f"not_useful {button}")
    after_once = desk.ask(usage.show)
    desk.now = T0 + timedelta(days=1)
    twice = desk.ask(hints.say, f"not_useful {button}")
    rules = strings(hints.rules(Visit(ADA.slack_id, ORG, "w", "", "", "t"), desk.viewer, desk.services))
    again = desk.ask(hints.mute, "idle_schedule off")
    with desk.database.reading() as session:
        history = history_of(session, desk.viewer.person_id)

    assert "Noted, for you alone" in once
    assert IDLE not in after_once
    assert SHORT in after_once
    assert "muted now" in twice
    assert any("*A job that changes nothing* (muted)" in each for each in rules)
    assert "This kind is on again." in again
    assert (list(history.muted), list(history.wanted)) == ([], ["idle_schedule"])


def test_a_muted_kind_is_not_shown_to_who_asks_either(desk: Desk) -> None:
    desk.ask(hints.mute, "idle_schedule")
    desk.ask(hints.mute, "short_calls")

    assert "Worth a look" not in desk.ask(usage.show)
    assert "hint_muted_idle_schedule" in str(_export(desk).settings)


def _export(desk: Desk) -> Any:
    with desk.database.reading() as session:
        return everything_about(session, desk.viewer, MARKS)


def test_a_day_that_was_planned_is_said_to_be_and_taken_back(sqlite_database: Database) -> None:
    rows = [each for each in usual(60, 3) if each.day != ago(9)]
    dear = [replace_cost(each) for each in usual(9, 9)]
    desk = Desk(sqlite_database, [*rows, *dear])
    first = desk.message(usage.why, ago(9).isoformat())
    planned = desk.message(hints.plan_day, ago(9).isoformat())
    marks = _export(desk).marks
    undone = desk.message(hints.plan_day, f"{ago(9).isoformat()} off")

    assert "It was planned" in str(first.parts)
    assert "Planned by you: undo" in str(planned.parts)
    assert marks == [("planned", ago(9).isoformat(), T0)]
    assert "It was planned" in str(undone.parts)


def replace_cost(row: UsageRow) -> UsageRow:
    return UsageRow(**{name: getattr(row, name) for name in row.__struct_fields__} | {"billed_nano_usd": 60 * USD})


def subscribe(desk: Desk, mode: str) -> None:
    desk.database.writing(
        lambda session: choose(session, desk.viewer.person_id, "digest", mode, T0 - timedelta(days=9))
    )


def compose(desk: Desk) -> Message | None:
    return digests.compose(desk.services, desk.viewer, {"week": "2026-W46"})


@pytest.mark.parametrize("mode", ["button", "figures"])
def test_the_note_has_the_hint_it_was_sent_with_and_no_second_one_for_four_weeks(
    sqlite_database: Database, mode: str
) -> None:
    dear_week = [replace_cost(each) for each in usual(9, 9)]
    rows = [each for each in usual(80, 1, 3) if each.day != ago(9)]
    short = [calls(back, 110) for back in range(1, 9)]
    desk = Desk(sqlite_database, [*rows, *dear_week, *nights(28, 1, results=(13, 20, 24)), *short])
    subscribe(desk, mode)
    note = compose(desk)
    again = compose(desk)
    opened = desk.ask(digest_words.show_week, "2026-W46")

    assert note is not None
    assert (IDLE in _said(note)) is (mode == "figures")
    assert again == note
    assert IDLE in opened
    (stored,) = _export(desk).hints
    assert (stored["shown_where"], stored["period"], stored["shown_on"]) == ("digest", "2026-W46", TODAY)
    assert '"runs": 14' in stored["trigger_values"]
    desk.now = T0 + timedelta(days=7)
    desk.ask(digest_words.show_week, "2026-W47")
    compose(desk)
    assert len(_export(desk).hints) == 1  # neither opening it nor sending it late adds one


@pytest.mark.parametrize(("known_days", "is_told"), [(13, False), (14, True), (105, True)])
def test_the_first_note_has_a_hint_once_two_weeks_are_known_also_from_before_it_was_switched_on(
    sqlite_database: Database, known_days: int, is_told: bool
) -> None:
    rows = nights(min(known_days, 28), 1, results=(13,))
    desk = Desk(sqlite_database, rows, on_for=5, known_days=known_days)
    keep_hint(desk.services, desk.viewer, week_of(ago(7)), is_complete=True)

    assert [each["kind"] for each in _export(desk).hints] == ["idle_schedule"] * is_told


def test_why_shows_the_best_hint_too_but_not_that_its_own_day_stands_out(sqlite_database: Database) -> None:
    rows = [each for each in usual(60, 1, 3) if each.day != ago(2)]
    desk = Desk(sqlite_database, [*rows, *(replace_cost(each) for each in usual(2, 2))])
    of_the_day, of_another = desk.ask(usage.why, ago(2).isoformat()), desk.ask(usage.why, ago(3).isoformat())
    without_use = desk.ask(usage.why, "2026-11-15")

    assert "Worth a look" not in of_the_day
    assert "*Worth a look:* *Tuesday came to $60.00 billed" in of_another
    assert "Worth a look" in without_use


def test_sources_say_what_would_switch_a_hint_on(sqlite_database: Database) -> None:
    silent = Desk(sqlite_database, nights(28, 1, results=()))
    said = silent.ask(sources)

    assert "A job that runs away: choose to be told at once in `/mytokens digest`" in said
    assert "A job that changes nothing: a platform that says which runs had a result" in said
    assert "A limit of your own that ends early: set a budget of your own" in said
