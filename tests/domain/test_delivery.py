"""What Slack's answers mean for a message: whether it was posted, and who has to wait."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from bot.domain.delivery import Failure, Meaning, Needs, hindrance, meaning, pause_after
from bot.domain.people import SlackId, Standing, Viewer

WEEKLY: Final = Needs("digest", frozenset({"button", "figures"}))


def viewer(standing: Standing = Standing.ON, *, is_guest: bool = False) -> Viewer:
    return Viewer(1, SlackId("E0", "U0"), "Ada", "UTC", standing, is_guest)


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (Failure("ratelimited", 429, 3), Meaning.WAIT),
        (Failure("rate_limited", 200), Meaning.WAIT),
        (Failure("no_answer", 429), Meaning.WAIT),
        (Failure("unreachable (ConnectionRefusedError)", sent=False), Meaning.WAIT),
        (Failure("overslept", sent=False), Meaning.OVERSLEPT),
        (Failure("overslept", 200), Meaning.AGAIN),
        (Failure("no_answer (TimeoutError)"), Meaning.UNCERTAIN),
        (Failure("no_answer", 200), Meaning.UNCERTAIN),
        (Failure("no_answer", 403), Meaning.UNCERTAIN),
        (Failure("no_answer", 500), Meaning.UNCERTAIN),
        (Failure("invalid_blocks", 503), Meaning.UNCERTAIN),
        (Failure("internal_error", 200), Meaning.UNCERTAIN),
        (Failure("fatal_error", 200), Meaning.UNCERTAIN),
        (Failure("invalid_blocks", 200), Meaning.ROW),
        (Failure("msg_too_long", 200), Meaning.ROW),
        (Failure("channel_not_found", 200), Meaning.PERSON),
        (Failure("user_disabled", 200), Meaning.PERSON),
        (Failure("account_inactive", 200), Meaning.WORKSPACE),
        (Failure("invalid_auth", 200), Meaning.WORKSPACE),
        (Failure("token_revoked", 200), Meaning.WORKSPACE),
        (Failure("missing_scope (needs chat:write)", 200), Meaning.WORKSPACE),
        (Failure("an_error_of_next_year", 200), Meaning.AGAIN),
        (Failure("request_timeout", 200), Meaning.AGAIN),
    ],
)
def test_an_answer_is_taken_for_what_is_sure_and_no_more(failure: Failure, expected: Meaning) -> None:
    assert meaning(failure) is expected


def test_the_pause_doubles_up_to_an_hour() -> None:
    seconds = [pause_after(attempts) / timedelta(seconds=1) for attempts in (0, 1, 2, 3, 8, 1000)]

    assert seconds == [30, 30, 60, 120, 3600, 3600]


@pytest.mark.parametrize(
    ("whom", "chosen", "expected"),
    [
        (None, {"digest": "button"}, "not on"),
        (viewer(Standing.OFF), {"digest": "button"}, "not on"),
        (viewer(Standing.PAUSED), {"digest": "button"}, "paused"),
        (viewer(is_guest=True), {"digest": "button"}, "a guest"),
        (viewer(), {}, "no longer wanted"),
        (viewer(), {"digest": "no"}, "no longer wanted"),
        (viewer(), {"digest": "figures"}, ""),
    ],
)
def test_nobody_gets_a_message_that_they_do_not_want(
    whom: Viewer | None, chosen: dict[str, str], expected: str
) -> None:
    assert hindrance(whom, chosen, WEEKLY, guests_allowed=False) == expected


def test_guests_get_theirs_where_the_policy_lets_them() -> None:
    assert hindrance(viewer(is_guest=True), {}, None, guests_allowed=True) == ""


@pytest.mark.parametrize(
    ("whom", "expected"),
    [
        (viewer(Standing.OFF), ""),
        (viewer(Standing.PAUSED), ""),
        (replace(viewer(Standing.OFF), has_left=True), "not on"),
        (replace(viewer(), has_left=True), "not on"),
        (viewer(Standing.OFF, is_guest=True), "a guest"),
        (None, "not on"),
    ],
)
def test_what_is_for_anybody_goes_to_everybody_who_works_here(whom: Viewer | None, expected: str) -> None:
    assert hindrance(whom, {}, None, guests_allowed=False, anybody=True) == expected
