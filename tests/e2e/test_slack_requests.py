"""What may arrive at `/slack/events`: signed, fresh, small and sensible; all else is turned away without a trace."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlencode

import httpx2
import pytest

from bot.playground.delivery import signature
from bot.playground.local_slack import LocalSlack
from bot.web.slack_http import MAX_BODY_BYTES
from tests.e2e.figures import days_back
from tests.e2e.harness import Log, Stage, Transport, staged, texts, until
from tests.loopback import NO_CERTIFICATES

FORM = "application/x-www-form-urlencoded"
SIGNATURE, TIMESTAMP = "X-Slack-Signature", "X-Slack-Request-Timestamp"
FRESH: Mapping[str, str | bytes] = {}
CANARY = "canary-in-the-body"
HUGE = 10 * 2**20


@pytest.fixture(scope="module")
def http_stage(new_database: Callable[[], str]) -> Iterator[Stage]:
    """A bot that takes Slack's requests by HTTP."""
    with staged(LocalSlack(), new_database(), "http") as stage:
        yield stage


def send(
    stage: Stage, body: bytes, *, age: float = 0, content_type: str = FORM, changed: Mapping[str, str | bytes] = FRESH
) -> httpx2.Response:
    """Post a body with the headers that Slack would send, but for what is *changed*; an empty one is left out."""
    timestamp = str(int(time.time() - age))
    headers: dict[str, str | bytes] = {
        "Content-Type": content_type,
        TIMESTAMP: timestamp,
        SIGNATURE: signature(stage.slack.signing_secret, timestamp, body),
        **changed,
    }
    kept = [
        (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in headers.items()
        if value
    ]
    return httpx2.post(
        f"{stage.services.web_url}/slack/events", content=body, headers=kept, timeout=20, verify=NO_CERTIFICATES
    )


def command_body(stage: Stage, user: str, words: str = "") -> bytes:
    """Return the body of a typed command."""
    place = stage.slack.world.channels["C01GENERAL"]
    url = stage.slack.url_of(stage.slack.world.new_response_url(user, place.id, of_command=True))
    fields = {"command": "/mytokens", "text": words, "user_id": user, "team_id": "T0LOCAL", "response_url": url}
    return urlencode({**fields, "trigger_id": "1.2.3", "channel_id": place.id, "canary": CANARY}).encode()


def test_what_is_signed_and_fresh_is_taken(http_stage: Stage) -> None:
    """Without this the others could pass on a bot that takes nothing."""
    user = http_stage.someone_on()
    for age in (0, 290, -290):
        before = http_stage.slack.mark()
        answer = send(http_stage, command_body(http_stage, user, "help"), age=age)
        http_stage.settle()
        assert answer.status_code == 200
        assert "the last four weeks to yesterday" in texts(http_stage.slack.shown_to(user, before)[-1])


@pytest.mark.parametrize(
    "forged",
    [
        {SIGNATURE: ""},
        {TIMESTAMP: ""},
        {SIGNATURE: "", TIMESTAMP: ""},
        {SIGNATURE: "v0=" + "0" * 64},
        {SIGNATURE: "v0="},
        {SIGNATURE: b"v0=\xe9"},
        {TIMESTAMP: "yesterday"},
        {TIMESTAMP: "-1"},
        {TIMESTAMP: "9" * 40},
        {TIMESTAMP: b"\xb2\xb3"},
        {TIMESTAMP: "1e9"},
    ],
)
def test_what_is_not_signed_by_slack_is_unauthorised(
    http_stage: Stage, log: Log, forged: dict[str, str | bytes]
) -> None:
    user = http_stage.someone_on()
    before = http_stage.slack.mark()
    answer = send(http_stage, command_body(http_stage, user), changed=forged)
    http_stage.settle()

    assert answer.status_code == 401
    assert not http_stage.slack.shown_to(user, before)
    _assert_quiet(log, answer)


@pytest.mark.parametrize("age", [301, 3600, -303])
def test_what_is_older_than_five_minutes_is_unauthorised(http_stage: Stage, log: Log, age: float) -> None:
    user = http_stage.someone_on()
    answer = send(http_stage, command_body(http_stage, user), age=age)

    assert answer.status_code == 401
    _assert_quiet(log, answer)


def test_a_body_that_was_changed_on_the_way_is_unauthorised(http_stage: Stage, log: Log) -> None:
    body = command_body(http_stage, "U01ANA")
    timestamp = str(int(time.time()))
    signed = signature(http_stage.slack.signing_secret, timestamp, body)
    answer = send(http_stage, body.replace(b"U01ANA", b"U01MO"), changed={SIGNATURE: signed, TIMESTAMP: timestamp})

    assert answer.status_code == 401
    _assert_quiet(log, answer)


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, HUGE])
def test_a_body_over_a_mebibyte_is_too_large(http_stage: Stage, log: Log, size: int) -> None:
    body = (CANARY.encode() * (size // len(CANARY) + 1))[:size]
    answer = send(http_stage, body)

    assert answer.status_code == 413
    _assert_quiet(log, answer)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b""),
        (FORM, b"canary-in-the-body"),
        (FORM, b"payload=canary-in-the-body"),
        (FORM, b"payload=%7B%22type%22%3A%22block_actions%22%7D&x=canary-in-the-body"),
        (FORM, b"payload=%5B%5D"),
        (FORM, b"payload=null"),
        (FORM, b"command=%2Fother&text=canary-in-the-body&user_id=U01ANA&team_id=T0LOCAL"),
        (FORM, b"\xff\xfe\x00canary-in-the-body"),
        ("application/json", b"canary-in-the-body"),
        ("application/json", b'{"canary-in-the-body":'),
        ("application/json", b"[]"),
        ("application/json", b"null"),
        ("application/json", b'"canary-in-the-body"'),
        ("application/json", b'{"type":"event_callback","event":{"type":"message","text":"canary-in-the-body"}}'),
        ("application/json", b'{"type":"event_callback","event":null,"x":"canary-in-the-body"}'),
        ("application/json", b"[" * 100_000),
        ("text/plain", b"canary-in-the-body"),
        ("multipart/form-data; boundary=x", b"--x\r\ncanary-in-the-body"),
    ],
)
def test_nonsense_that_is_signed_is_turned_away_without_a_traceback(
    http_stage: Stage, log: Log, content_type: str, body: bytes
) -> None:
    answer = send(http_stage, body, content_type=content_type)

    assert 400 <= answer.status_code < 500
    _assert_quiet(log, answer)
    assert http_stage.ask("U01ANA", "help").surface == "ephemeral"


def test_slacks_own_check_of_the_address_is_answered(http_stage: Stage) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "a-challenge", "token": "t"}).encode()
    answer = send(http_stage, body, content_type="application/json")

    assert answer.status_code == 200
    assert "a-challenge" in answer.text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_nothing_but_a_post_is_taken(http_stage: Stage, method: str) -> None:
    assert httpx2.request(method, f"{http_stage.services.web_url}/slack/events").status_code == 405


def test_over_a_socket_there_is_no_such_path(transport: Transport, stage: Stage) -> None:
    answer = httpx2.post(f"{stage.services.web_url}/slack/events", content=b"")

    assert answer.status_code == {"http": 401, "socket": 404}[transport]


@pytest.mark.parametrize("size", [900_000, HUGE])
def test_a_very_long_text_after_a_command_harms_nothing(
    stage: Stage, log: Log, size: int, transport: Transport
) -> None:
    user = stage.someone_on()
    token = stage.token_of(user)
    before = stage.slack.mark()
    delivery = stage.slack.command(user, "/mytokens", CANARY + "x" * size)
    stage.settle()
    shown = stage.slack.shown_to(user, before)

    if size == HUGE:  # more than Slack ever sends: not taken, and the next question is
        assert delivery.status == {"http": 413, "socket": None}[transport]
        assert until(lambda: stage.slack.command(user, "/mytokens", "help").acked, 20)
    else:
        assert delivery.ack_seconds < 3
        assert "I didn't get that." in texts(shown[-1])
        assert len(json.dumps(shown[-1].raw)) < 5_000
    assert CANARY not in log.text
    stage.send_ccusage(token, days_back(1, 2))
    # what was asked while the connection was new may still be answered in between
    assert until(lambda: "$2.70" in texts(stage.ask(user)))


def _assert_quiet(log: Log, answer: httpx2.Response) -> None:
    assert CANARY not in answer.text
    assert CANARY not in log.text
    assert "Traceback" not in log.text
    assert len(log.text.splitlines()) <= 1, log.text
