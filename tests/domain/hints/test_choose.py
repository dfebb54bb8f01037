"""The governor: asked for, the best; unasked, rarely, and never what was waved away."""

from typing import Any

import pytest

from bot.domain.hints.choose import Answer, History, Shown, Where, asked_for, at_once, is_muted, unasked
from bot.domain.hints.finding import Finding
from tests.cast import TODAY
from tests.domain.hints.cast import a_finding, ago

LONG_KNOWN = ago(200)
IDLE = a_finding()
SHORT = a_finding("short_calls", 8, "opus")
SPIKE = a_finding("spike", 29, "opus", first=ago(2), last=ago(2))
RUNAWAY = a_finding("runaway", 28, "bump", evidence={"run": "ab"})
PACE = a_finding("pace", None, "budget")


def shown(finding: Finding, back: int, answer: Answer = "", where: Where = "digest") -> Shown:
    return Shown(finding, ago(back), where, "", answer)


def in_note(*findings: Finding, history: History | None = None, **changes: Any) -> Finding | None:
    told: dict[str, Any] = {"known_from": LONG_KNOWN, "is_complete": True}
    return unasked(findings, history or History(), TODAY, **told | changes)


def test_asked_for_the_best_is_shown_and_a_run_that_runs_away_first() -> None:
    assert asked_for([SHORT, IDLE, PACE], History(), TODAY) == IDLE
    assert asked_for([SHORT, SPIKE, RUNAWAY], History(), TODAY) == RUNAWAY
    assert asked_for([], History(), TODAY) is None
    assert asked_for([IDLE], History([shown(IDLE, 1)]), TODAY) == IDLE  # shown is not waved away


@pytest.mark.parametrize("answer", ["not_useful", "not_now", "fine", "planned"])
def test_what_was_waved_away_is_not_repeated_and_something_else_takes_its_place(answer: Answer) -> None:
    history = History([shown(IDLE, 3, answer, "asked")])
    other_job = a_finding(subject="another job", usd=5)

    assert asked_for([IDLE, SHORT], history, TODAY) == SHORT
    assert asked_for([IDLE, other_job], history, TODAY) == other_job


@pytest.mark.parametrize(
    ("history", "found"),
    [
        (History(), IDLE),
        (History([shown(SHORT, 3)]), None),  # one a calendar week: that was Monday
        (History([shown(SHORT, 4)]), IDLE),
        (History([shown(IDLE, 27)]), SHORT),  # 28 days a kind
        (History([shown(IDLE, 28)]), IDLE),
        (History([shown(IDLE, 55, "not_now")]), SHORT),
        (History([shown(IDLE, 56, "not_now")]), IDLE),
        (History([shown(IDLE, 200, "not_now"), shown(IDLE, 111, "not_now")]), SHORT),
        (History([shown(IDLE, 200, "not_now"), shown(IDLE, 112, "not_now")]), IDLE),
        (History([shown(IDLE, 300, "not_now"), shown(IDLE, 250, "not_now"), shown(IDLE, 112, "not_now")]), IDLE),
        (History([shown(IDLE, 90, "not_useful"), shown(IDLE, 40, "not_useful")]), SHORT),
        (History([shown(IDLE, 90, "not_useful")]), IDLE),
        (History(muted={"idle_schedule", "short_calls"}), None),
        (History([shown(IDLE, 3, "useful", "asked")]), SHORT),
    ],
)
def test_unasked_there_is_one_a_week_and_a_kind_rests(history: History, found: Finding | None) -> None:
    assert in_note(IDLE, SHORT, history=history) == found


@pytest.mark.parametrize(
    ("known_back", "is_complete", "is_told"),
    [(13, True, False), (14, True, True), (200, False, False), (200, True, True)],
)
def test_before_two_weeks_are_known_and_while_data_is_missing_it_is_silent(
    known_back: int, is_complete: bool, is_told: bool
) -> None:
    assert (in_note(IDLE, known_from=ago(known_back), is_complete=is_complete) is not None) is is_told
    assert in_note(IDLE, known_from=None) is None


def test_unasked_only_what_is_material() -> None:
    assert in_note(a_finding(usd=4.99)) is None
    assert in_note(a_finding(usd=None)) is None  # not billed: no saving is claimed
    assert in_note(a_finding(usd=5)) is not None
    assert in_note(RUNAWAY) is None  # of hours ago by the time a note comes
    assert in_note(PACE, a_finding(usd=5)) == a_finding(usd=5)
    assert in_note(PACE) == PACE


def test_at_once_there_is_one_a_day_and_nothing_twice() -> None:
    again = a_finding("runaway", 28, "bump", evidence={"run": "cd"})
    other_day = a_finding("spike", 60, "opus", first=TODAY, last=TODAY)
    told = [shown(RUNAWAY, 1, where="at once")]

    assert at_once([IDLE, SHORT], History(), TODAY) is None
    assert at_once([SPIKE, RUNAWAY], History(), TODAY) == RUNAWAY
    assert at_once([RUNAWAY], History(told), TODAY) is None
    assert at_once([again], History(told), TODAY) == again
    assert at_once([again], History([shown(SPIKE, 0, where="at once")]), TODAY) is None
    assert at_once([other_day], History([shown(SPIKE, 6, where="at once")]), TODAY) is None
    assert at_once([other_day], History([shown(SPIKE, 7, where="at once")]), TODAY) == other_day
    assert at_once([SPIKE], History(planned={SPIKE.last}), TODAY) is None
    assert at_once([RUNAWAY], History(muted={"runaway"}), TODAY) is None


def test_a_day_that_was_planned_is_not_a_spike_anywhere() -> None:
    assert asked_for([SPIKE], History(planned={ago(2)}), TODAY) is None
    assert in_note(SPIKE, history=History(planned={ago(2)})) is None
    assert asked_for([SPIKE], History(planned={ago(3)}), TODAY) == SPIKE


def test_twice_not_useful_mutes_a_kind_and_no_other() -> None:
    history = History([shown(IDLE, 90, "not_useful"), shown(a_finding(subject="b"), 9, "not_useful", "asked")])

    assert is_muted("idle_schedule", history)
    assert not is_muted("short_calls", history)
