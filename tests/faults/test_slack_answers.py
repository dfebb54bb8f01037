"""Whatever Slack answers, or breaks off: a message goes once, and where it has to wait one line says why."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from structlog.testing import capture_logs

from bot.domain.people import Profile, SlackId
from bot.errors import ConnectorError
from bot.playground.faults import refused, silent
from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from bot.slack import connect
from bot.slack_calls import call
from storage.engine import Database
from tests.cast import T0
from tests.faults.tampering import Line, Spoil, cut, line_to, with_body
from tests.jobs.delivering import Clock
from tests.jobs.test_delivery import ANA, CHANNEL, MAY_LOOK, MO, POST, RUI, Post, made_post

USERS = [LocalUser(f"U{number:03}", f"Person {number}", "") for number in range(40)]

UNCLEAR: dict[str, Spoil] = {
    "half a body": cut(0.5),
    "all but the last byte": lambda answer: answer[:-1],
    "a head alone": cut(0),
    "half a head": lambda answer: answer[:20],
    "nothing": lambda _answer: b"",
    "an empty body": with_body(b""),
    "no JSON": with_body(b"OK"),
    "a list": with_body(b"[]"),
    "a word": with_body(b'"ok"'),
    "null": with_body(b"null"),
    "ok and nothing else": with_body(b'{"ok": true}'),
    "an object without ok": with_body(b"{}"),
    "bytes that are no text": with_body(b"\xff\xfe{"),
    "an unknown alphabet": with_body(b'{"ok":true}', b"200 OK", b"Content-Type: application/json; charset=klingon"),
    "not HTTP": lambda _answer: b"SSH-2.0-OpenSSH_9.9\r\n",
    "500": with_body(b"upstream", b"500 Internal Server Error"),
    "502": with_body(b"<html>", b"502 Bad Gateway"),
    "503": with_body(b"", b"503 Service Unavailable"),
    "504": with_body(b'{"ok":false,"error":"timeout"}', b"504 Gateway Timeout"),
    "internal_error": with_body(b'{"ok":false,"error":"internal_error"}'),
    "service_unavailable": with_body(b'{"ok":false,"error":"service_unavailable"}'),
}


@pytest.fixture
def crowd(sqlite_database: Database) -> Iterator[Post]:
    """A post with forty people."""
    clock = Clock(T0)
    with LocalSlack(USERS, (), MAY_LOOK, clock=lambda: clock().timestamp()).running() as slack:
        made, way_out = made_post(sqlite_database, slack, clock)
        yield made
        way_out.close()


@pytest.fixture
def line(crowd: Post) -> Iterator[Line]:
    """Slack by a line that can spoil an answer."""
    with line_to(crowd.slack.world.base_url) as made:
        way_out = connect(crowd.slack.bot_token, made.api_url, delivery_seconds=1)
        crowd.services = replace(crowd.services, slack=way_out)
        yield made
        way_out.close()


@pytest.mark.parametrize("goes_through", [True, False], ids=["carried out", "not carried out"])
@pytest.mark.parametrize("resets", [False, True], ids=["closed", "reset"])
def test_an_answer_that_says_nothing_clear_is_looked_up_and_the_message_goes_once(
    crowd: Post, line: Line, goes_through: bool, resets: bool
) -> None:
    for number, name in enumerate(UNCLEAR, start=1):
        user = USERS[number]
        profile = Profile(SlackId("T0LOCAL", user.id), user.name, f"{user.id}@larkfield.example", "UTC")
        crowd.plan(profile)
        line.spoil_next(UNCLEAR[name], goes_through=goes_through, resets=resets)
        ends = [crowd.run(), crowd.run_after(seconds=11), crowd.run_after(seconds=11)]

        assert ends[0] == {"uncertain": 1}, name
        assert ends[1] == ({"found": 1} if goes_through else {"not_found": 1, "sent": 1}), name
        assert (crowd.read_by(profile), crowd.states()) == ([1], {"sent": number}), name
    assert line.spoiled == len(UNCLEAR)


def test_an_answer_that_says_nothing_clear_to_any_other_question_is_one_plain_error(crowd: Post, line: Line) -> None:
    for name, spoil in UNCLEAR.items():
        line.spoil_next(spoil, goes_through=True, method="users.info")
        asking = partial(crowd.services.slack.client.users_info, user=USERS[1].id)
        if name == "ok and nothing else":
            call(asking)
            continue
        with pytest.raises(ConnectorError, match=r"^Slack: (no answer|no_answer|internal_error|service|timeout)"):
            call(asking)


@pytest.fixture
def post(sqlite_database: Database) -> Iterator[Post]:
    clock = Clock(T0)
    with LocalSlack(scopes=MAY_LOOK, clock=lambda: clock().timestamp()).running() as slack:
        made, way_out = made_post(sqlite_database, slack, clock)
        yield made
        way_out.close()


@pytest.mark.parametrize(("header", "seconds"), [((b"Retry-After: 1",), 1), ((b"Retry-After: 30",), 30), ((), 30)])
def test_after_429_nobody_sends_until_slack_said_and_one_line_says_so(
    crowd: Post, line: Line, header: tuple[bytes, ...], seconds: int
) -> None:
    crowd.plan(*[Profile(SlackId("T0LOCAL", user.id), user.name, f"{user.id}@x.example", "UTC") for user in USERS[:3]])
    limited = with_body(b'{"ok":false,"error":"ratelimited"}', b"429 Too Many Requests", *header)
    line.spoil_next(limited, goes_through=False, resets=False)
    with capture_logs() as logs:
        ends = [crowd.run(), crowd.run_after(seconds=seconds - 0.5), crowd.run_after(seconds=1)]

    assert ends == [{"waiting": 1}, {}, {"sent": 3}]
    (said,) = [each for each in logs if each["event"] == "sending_waits"]
    assert (said["error"], said["seconds"], said["log_level"]) == ("ratelimited", seconds, "warning")


@pytest.mark.parametrize("error", ["token_revoked", "missing_scope", "account_inactive", "invalid_auth"])
@pytest.mark.parametrize("channel", [CHANNEL, ""], ids=["operators have a channel", "none"])
def test_a_bot_that_is_refused_in_mid_batch_stops_says_so_once_and_goes_on_later_without_doubling(
    post: Post, error: str, channel: str
) -> None:
    post.with_policy("people", operator_channel=channel)
    post.plan(ANA, MO, RUI)
    post.slack.faults.next(POST, silent(0))
    post.slack.faults.next(POST, refused(error))
    with capture_logs() as logs:
        stopped = [post.run(), post.run(), post.run_after(minutes=4)]
    refused_calls = len(post.slack.calls_of(POST))
    resumed = post.run_after(minutes=2)

    assert stopped == [{"sent": 1, "stopped": 1}, {}, {}]
    assert refused_calls == 2  # one that went, and one that was refused
    assert [(each["log_level"], each["error"]) for each in logs if each["event"] == "slack_refuses_the_bot"] == [
        ("error", error)
    ]
    assert resumed == {"sent": 3 if channel else 2}
    shown = post.slack.everything_sent()
    assert sorted(each.text for each in shown if each.text == "A note.") == ["A note."] * 3
    assert [each.text for each in shown].count("Messages were held back.") == (1 if channel else 0)
