"""The demo's weekly notes: [next digest] lets the time pass until one is due, and it arrives for its person alone."""

from bot.playground.shown import Shown
from tests.demo.demonstrated import Demo, demonstrated
from tests.e2e.harness import texts, until

ANA, MO = "U01ANA", "U01MO"


def switch_on(demo: Demo) -> None:
    post = next(shown for shown in demo.stage.slack.shown_to(ANA) if "New: see what your AI use costs" in texts(shown))
    first = demo.press(ANA, post, "See mine (only you will see it)")
    demo.press(ANA, demo.press(ANA, first, "Switch it on"), "Yes")
    assert until(demo.has_arrived)


def next_digest(demo: Demo) -> tuple[str, list[Shown]]:
    """Press the clock's button; return what it says, and what the bot then wrote to Ana."""
    mark = demo.stage.slack.mark()
    said = demo.story.press_clock("digest")
    return said, [shown for shown in demo.stage.slack.shown_to(ANA, mark) if shown.surface == "dm"]


def test_the_next_digest_brings_ana_her_week_and_nobody_else_anything() -> None:
    with demonstrated() as demo:
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
