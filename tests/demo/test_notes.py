"""The demo's notes and alarms: the time passes until one is due, and it arrives for its person alone."""

import re
from collections.abc import Iterator

import pytest

from bot.demo.company.jobs import RUNAWAY_JOB
from bot.playground.shown import Shown
from tests.demo.demonstrated import Demo, demonstrated
from tests.e2e.harness import texts, until
from tests.promises.test_outcomes_before_volume import NEVER, without_allowed

pytestmark = pytest.mark.xdist_group("the notes of the demo")
ARRIVED = "Your last weeks are here."
ANA, MO, DAG = "U01ANA", "U01MO", "U01DAG"
SOME = ("U01MO", "U01TOVE", "U01IVA", "U01BO", "U01RUI")


def switch_on(demo: Demo) -> None:
    post = next(shown for shown in demo.stage.slack.shown_to(ANA) if "New: see what your AI use costs" in texts(shown))
    first = demo.press(ANA, post, "See mine (only you will see it)")
    demo.press(ANA, demo.press(ANA, first, "Switch it on"), "Yes")
    assert until(demo.has_arrived, 60)
    # the word that it is all there comes by itself, a little later
    assert until(lambda: any(shown.text == ARRIVED for shown in demo.stage.slack.shown_to(ANA)), 60)


def next_digest(demo: Demo) -> tuple[str, list[Shown]]:
    """Press the clock's button; return what it says, and what the bot then wrote to Ana."""
    mark = demo.stage.slack.mark()
    said = demo.story.press_clock("digest")
    return said, [shown for shown in demo.stage.slack.shown_to(ANA, mark) if shown.surface == "dm"]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with demonstrated() as running:
        yield running


def test_the_next_digest_brings_ana_her_week_and_nobody_else_anything(demo: Demo) -> None:
    switch_on(demo)
    unasked, nothing = next_digest(demo)  # she has not chosen it yet
    demo.stage.press(ANA, demo.stage.ask(ANA, "digest"), "Yes, behind a button")
    told, notes = next_digest(demo)
    opened = texts(demo.press(ANA, notes[-1], "Show it to me"))
    story = demo.stage.slack.forge_action(ANA, "mytokens-digest-show:2026-W46", "2026-W46")
    assert story.acked
    demo.stage.settle()
    week_46 = texts(demo.stage.slack.shown_to(ANA)[-1])

    assert ("Tuesday 24 November" in unasked, nothing) == (True, [])
    assert "Tuesday 1 December" in told
    assert [note.text for note in notes] == ["Your week is ready."]
    assert "Your week, 23-29 November" in opened
    assert "*Finished:* 2 changes, 1 ticket" in week_46
    assert "*Cost:* $61.10 billed, more than usual for you; $37.00 of it on Tuesday." in week_46
    assert not [shown for shown in demo.stage.slack.shown_to(MO) if "Your week" in texts(shown)]


def test_dag_is_told_in_the_night_and_nobody_else_is(demo: Demo) -> None:
    choices = demo.stage.ask(DAG, "digest")
    chosen = texts(demo.press(DAG, choices, "Yes, tell me at once"))
    mark = demo.stage.slack.mark()
    demo.story.press_clock("week")
    told = [
        shown for shown in demo.stage.slack.shown_to(DAG, mark) if shown.text == "One of your jobs may need a look."
    ]

    assert "You chose: Yes, tell me at once." in chosen
    (alarm,) = told
    assert f"*{RUNAWAY_JOB} came to $10.08 billed" in texts(alarm) or f"*{RUNAWAY_JOB} came to $14.28 billed" in texts(
        alarm
    )
    assert f"In MeshClaw: Runs > {RUNAWAY_JOB} > Stop." in texts(alarm)
    why = texts(demo.press(DAG, alarm, "Why am I seeing this?"))
    assert "*Rule:* a run that started on its own, at least $10" in why
    assert not any("look" in shown.text for user in SOME for shown in demo.stage.slack.shown_to(user, mark))


def test_inflating_improves_nothing_anywhere(demo: Demo) -> None:
    before = {user: demo.answer(user) for user in (*SOME, DAG)}
    demo.story.flip("inflate")
    after = {user: demo.answer(user) for user in (*SOME, DAG)}
    demo.story.flip("inflate")

    assert {user: after[user] for user in SOME} == {user: before[user] for user in SOME}
    assert not NEVER.search(without_allowed(after[DAG])), after[DAG]
    look = next(line for line in after[DAG].splitlines() if "Worth a look" in line)
    # Which is worth most depends on the day: the job that changes little, or what a day came to.
    assert re.search(r"dependency-bump|c[ao]me to \$", look), look
