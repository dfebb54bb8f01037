"""What can be asked: every period, one day's arithmetic, sources, a budget, the rules, and what is declined."""

import json
from datetime import timedelta

import pytest

from bot.playground.shown import Shown
from tests.cast import TODAY
from tests.e2e.figures import days_back, dear_day
from tests.e2e.harness import Stage, texts
from tests.senders import ccusage_file

UNKNOWN = "I didn't get that."
LOCK = ":lock: Only you can see this."
OWN_ONLY = "I only ever show you your own."


@pytest.fixture(scope="module")
def ada(stage: Stage) -> str:
    """Somebody with $1.35 on each of the last hundred days."""
    user = stage.someone_on("Ada Lovelace", email=f"ada.{stage.transport}@larkfield.example")
    assert stage.send_ccusage(stage.token_of(user), days_back(1, 100)).status_code == 200
    return user


@pytest.mark.parametrize(
    ("words", "title", "total"),
    [
        ("", "Your last four weeks", "$37.80"),
        ("4w", "Your last four weeks", "$37.80"),
        ("week", "Your last seven days", "$9.45"),
        ("7d", "Your last seven days", "$9.45"),
        ("30d", "Your last 30 days", "$40.50"),
        ("12w", "Your last twelve weeks", "$113.40"),
        ("90d", "Your last 90 days", "$121.50"),
        ("month", "Your November 2026 so far", "$24.30"),
        ("2026-11", "Your November 2026 so far", "$24.30"),
        ("2026-10", "Your October 2026", "$41.85"),
        ("  WEEK ", "Your last seven days", "$9.45"),
    ],
)
def test_every_period_has_its_own_total(stage: Stage, ada: str, words: str, title: str, total: str) -> None:
    answer = texts(stage.ask(ada, words))

    assert title in answer
    assert f"*{total} at list price*" in answer
    assert LOCK in answer


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("today", "Today isn't here yet."),
        ("2026-06", "What I have runs from Tue 11 Aug to Wed 18 Nov."),
        ("2027-01", UNKNOWN),
        ("2026-13", UNKNOWN),
        ("week 2026-10", UNKNOWN),
        ("leaderboard", UNKNOWN),
        ("token", UNKNOWN),
        ("erase", UNKNOWN),
        ("on", UNKNOWN),
        ("why someday", UNKNOWN),
        ("why 2026-11-20", UNKNOWN),
        ("help", "`/mytokens why` what made your most expensive day"),
        ("who", "*Your own numbers:* nobody but you."),
        ("privacy", "300 daily rows since Tue 11 Aug"),
        ("sources", "ccusage from laptop"),
        ("connect", "You have one; a new one replaces it."),
        ("digest", "*A short note once a week?*"),
    ],
)
def test_every_word_has_its_answer(stage: Stage, ada: str, words: str, said: str) -> None:
    answer = texts(stage.ask(ada, words))

    assert said in answer
    assert LOCK in answer


def test_nothing_but_a_button_erases_or_makes_a_token(stage: Stage, ada: str) -> None:
    for words in ("erase", "token", "withdraw", "on", "delete-file", "counted yes"):
        assert UNKNOWN in texts(stage.ask(ada, words))

    assert "$37.80" in texts(stage.ask(ada))


@pytest.mark.parametrize("words", ["why", "why tuesday", "why tue", "why 2026-11-10", "why yesterday"])
def test_why_names_each_part_of_the_day(stage: Stage, ada: str, words: str) -> None:
    answer = texts(stage.ask(ada, words))

    assert "$1.35 at list price" in answer
    assert "Claude Code on claude-opus-4-5 $1.00" in answer
    assert "Claude Code on claude-sonnet-4-5 $0.10" in answer
    assert "Codex on gpt-5.1-codex $0.25" in answer


def test_why_shows_the_arithmetic_where_prices_explain_the_amount(stage: Stage) -> None:
    user = stage.someone_on()
    day = TODAY - timedelta(days=2)
    stage.send_ccusage(stage.token_of(user), ccusage_file(dear_day(day), dear_day(day - timedelta(days=1))))
    answer = texts(stage.ask(user, "why tuesday"))

    assert "Tuesday 17 November: $24.55 at list price" in answer
    assert "*$20.50 was re-reading earlier conversation* (Claude Code on claude-opus-4-5)" in answer
    assert "41 million × $0.50 a million" in answer
    assert "written to the cache $2.50, new input $0.05, answers $1.50" in answer
    assert "would have been about $10. Your call." in answer


def test_why_of_a_day_without_usage_says_so(stage: Stage, ada: str) -> None:
    assert "no usage arrived for that day." in texts(stage.ask(ada, "why 2026-07-01"))


def test_the_buttons_of_a_day_walk_to_the_days_beside_it(stage: Stage, ada: str) -> None:
    tuesday = stage.ask(ada, "why 2026-11-17")

    assert "Monday 16 November" in texts(stage.press(ada, tuesday, "The day before"))
    assert "Wednesday 18 November" in texts(stage.press(ada, stage.ask(ada, "why 2026-11-17"), "The day after"))


def test_every_button_and_option_of_the_answer_works(stage: Stage, ada: str) -> None:
    """In Slack a pressed button's answer takes the place of the message, so each is pressed on a new one."""
    for label, follows in _buttons_of(stage.ask(ada)).items():
        if label == "Token details":
            continue  # a modal, tested by itself
        assert follows in texts(stage.press(ada, stage.ask(ada), label)), label
    for option, follows in {
        "who": "Who saw",
        "privacy": "What is kept",
        "sources": "Where your",
        "help": "budget",
    }.items():
        assert follows in texts(stage.press(ada, stage.ask(ada), "mytokens-more", option=option)), option


def _buttons_of(shown: Shown) -> dict[str, str]:
    elements = [each for block in shown.blocks for each in block.get("elements", []) if each["type"] == "button"]
    elements = [each for each in elements if not each["action_id"].startswith("mytokens-digest")]  # asked of newcomers
    follows = {"12 weeks": "Your last twelve weeks", "Four weeks": "Your last four weeks", "Token details": ""}
    found = {each["text"]["text"]: follows.get(each["text"]["text"], "$1.35 at list price") for each in elements}
    assert len(found) >= 3
    return found


def test_an_answer_to_a_button_takes_the_place_of_the_message(stage: Stage, ada: str) -> None:
    first = stage.ask(ada)

    assert stage.press(ada, first, "12 weeks").replaces == first.ts


def test_a_budget_is_set_shown_exceeded_and_dropped(stage: Stage) -> None:
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 30))
    set_to = texts(stage.ask(user, "budget $200"))
    shown = texts(stage.ask(user, "budget"))
    beside = texts(stage.ask(user))
    lower = texts(stage.ask(user, "budget 20,50"))
    dropped = stage.press(user, stage.ask(user, "budget"), "Drop the budget")

    assert "The budget you set: $200.00 a month. November so far: $24.30 at list price." in set_to
    assert set_to == shown
    assert "The budget you set: $200.00 a month." in beside
    assert "The budget you set: $20.50 a month. November so far: $24.30 at list price, above it." in lower
    assert "*No budget set.*" in texts(dropped)
    assert "budget you set" not in texts(stage.ask(user))


@pytest.mark.parametrize("amount", ["lots", "0", "-5", "$", "1.000,50", "99999999999", "€20", "NaN", "1e9", "$5 $6"])
def test_an_amount_that_is_none_changes_no_budget(stage: Stage, amount: str) -> None:
    user = stage.someone_on()
    stage.ask(user, "budget $7")

    assert "I didn't get that amount." in texts(stage.ask(user, f"budget {amount}"))
    assert "$7.00" in texts(stage.ask(user, "budget"))


@pytest.mark.parametrize(
    "words",
    ["@mo", "why @mo", "<@U01MO>", "week @mo", "of mo@larkfield.example", "budget @mo $5", "@nobody", "help @mo"],
)
def test_somebody_elses_name_is_declined_kindly(stage: Stage, ada: str, words: str) -> None:
    answer = stage.ask(ada, words)
    mine = stage.press(ada, answer, "Show mine")

    assert OWN_ONLY in texts(answer)
    assert "$" not in texts(answer)
    assert "$37.80" in texts(mine)


@pytest.mark.parametrize("words", ["mo", "Mo Adeyemi", "why mo", "U01MO", "of mo", "#payments", "for everyone"])
def test_a_bare_name_gets_no_figure(stage: Stage, ada: str, words: str) -> None:
    answer = texts(stage.ask(ada, words))

    assert UNKNOWN in answer
    assert "$" not in answer


@pytest.mark.parametrize("word", ["privacy", "who", "help"])
def test_the_rules_are_open_to_those_who_are_not_on(stage: Stage, word: str) -> None:
    user = stage.newcomer()
    answer = texts(stage.ask(user, word))

    assert "No usage is collected about you yet." not in answer
    assert stage.viewer(user) is None


@pytest.mark.parametrize("word", ["", "week", "why", "sources", "budget $5", "connect", "export", "pause", "forget"])
def test_everything_else_offers_to_switch_on_first(stage: Stage, word: str) -> None:
    user = stage.newcomer()

    assert "No usage is collected about you yet." in texts(stage.ask(user, word))
    assert stage.viewer(user) is None


def test_privacy_differs_before_and_after_switching_on(stage: Stage) -> None:
    user = stage.newcomer()
    off = stage.ask(user, "privacy")
    stage.press(user, off, "Switch it on")
    on = texts(stage.ask(user, "privacy"))

    assert "*Kept about your use:* nothing." in texts(off)
    assert "*Kept:* no daily rows" in on
    assert "your own uploads" in on
    assert "*Collecting*\non" in on


def test_choices_are_kept_and_shown_and_can_be_changed(stage: Stage) -> None:
    user = stage.someone_on()
    asked = stage.press(user, stage.ask(user, "privacy"), "Weekly note and counting")
    note = stage.press(user, asked, "Yes, behind a button")
    counted = stage.press(user, note, "Count me in")
    left_out = stage.press(user, counted, "Leave me out")
    kept = texts(stage.ask(user, "privacy"))

    assert "You chose: Count me in." in texts(counted)
    assert "You chose: Leave me out." in texts(left_out)
    assert "*Weekly note*\nYes, behind a button" in kept
    assert "*Counted in group cost*\nLeave me out" in kept


def test_notifications_have_no_figure(stage: Stage, ada: str) -> None:
    for words in ("", "week", "why", "budget", "privacy", "sources", "today"):
        text = stage.ask(ada, words).text
        assert text
        assert not any(char.isdigit() for char in text), text


def test_every_message_of_an_answer_is_ephemeral(stage: Stage, ada: str) -> None:
    for words in ("", "why", "privacy", "sources"):
        assert stage.ask(ada, words).raw["response_type"] == "ephemeral"


def test_nothing_in_an_answer_is_a_number_that_adds_tokens_up(stage: Stage, ada: str) -> None:
    """Four kinds of tokens a day and model; their sum must not be anywhere."""
    sums = ["436,001", "20,801", "456,802", "3,500", "460,302"]
    for words in ("", "week", "why", "12w", "privacy"):
        said = json.dumps(stage.ask(ada, words).raw)
        assert not [each for each in sums if each in said]
