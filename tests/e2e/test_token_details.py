"""Token details: a window that opens at once, four kinds by model, and no sum."""

from bot.playground.faults import silent
from bot.playground.shown import Shown
from tests.e2e.figures import days_back
from tests.e2e.harness import Stage, only_over, texts

transport = only_over("socket")

TITLE = "Token details"


def test_the_window_opens_at_once_and_is_filled(stage: Stage) -> None:
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 40))
    answer = stage.ask(user)
    before = stage.slack.mark()
    filled = stage.press(user, answer, TITLE)
    opened = stage.slack.shown_to(user, before)[0]

    assert (opened.surface, opened.text) == ("modal", TITLE)
    assert "One moment, your figures are coming." in texts(opened)
    assert filled.view_id == opened.view_id
    assert "*New input*\n28,028" in texts(filled)
    assert "*Read from cache*\n11,200,000" in texts(filled)
    assert "*Written to cache*\n840,000" in texts(filled)
    assert "*Output*\n140,000" in texts(filled)


def test_there_is_no_sum_and_it_says_why(stage: Stage) -> None:
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 40))
    filled = texts(stage.press(user, stage.ask(user), TITLE))

    assert "There is no total on purpose" in filled
    assert "12,208,028" not in filled  # Opus: all four kinds
    assert "12,874,000" not in filled
    assert "total" not in filled.replace("There is no total on purpose", "").lower()


def test_the_window_of_a_day_shows_that_day(stage: Stage) -> None:
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 40))
    filled = texts(stage.press(user, stage.ask(user, "why 2026-11-10"), TITLE))

    assert "*Tuesday 10 November*" in filled
    assert "*New input*\n1,001" in filled


def test_the_window_of_each_period_shows_that_period(stage: Stage) -> None:
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 100))
    for words, title, output in (
        ("week", "Your last seven days", "35,000"),
        ("30d", "Your last 30 days", "150,000"),
        ("month", "Your November 2026 so far", "90,000"),
        ("2026-10", "Your October 2026", "155,000"),
    ):
        filled = texts(stage.press(user, stage.ask(user, words), TITLE))
        assert f"*{title}*" in filled
        assert f"*Output*\n{output}" in filled


def test_somebody_who_is_not_on_gets_a_window_without_figures(stage: Stage) -> None:
    user = stage.newcomer()
    before = stage.slack.mark()
    stage.answer(user, before, stage.slack.forge_action(user, "mytokens-tokens:4w", "4w"))
    shown = stage.slack.shown_to(user, before)[-1]

    assert shown.surface == "modal"
    assert "Nothing is collected about you yet." in texts(shown)
    assert stage.viewer(user) is None


def test_a_window_that_cannot_open_gets_its_figures_nowhere_else(stage: Stage) -> None:
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 10))
    answer = stage.ask(user)
    before, calls = stage.slack.mark(), len(stage.slack.calls)
    delivery = stage.slack.forge_action(user, "mytokens-tokens:4w", "4w", trigger_id="1.2.expired")
    stage.settle()

    assert delivery.acked
    assert stage.calls_since(calls, "views.open") == ["expired_trigger_id"]
    assert "claude-opus-4-5" not in "".join(texts(shown) for shown in stage.slack.shown_to(user, before))
    assert answer.surface == "ephemeral"


def test_a_window_that_slack_opens_too_late_holds_no_acknowledgement_up(stage: Stage) -> None:
    user = stage.someone_on()
    stage.slack.faults.next("views.open", silent(6))
    delivery = stage.slack.click(user, _details_of(stage, user), TITLE)
    stage.settle()

    assert delivery.acked
    assert delivery.ack_seconds < 3
    assert "Slack didn't show the window; nothing is lost." in texts(stage.slack.shown_to(user)[-1])


def _details_of(stage: Stage, user: str) -> Shown:
    stage.send_ccusage(stage.token_of(user), days_back(1, 3))
    return stage.ask(user)
