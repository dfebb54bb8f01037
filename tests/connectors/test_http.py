"""Asking a provider by HTTP: patience where it asks for it, plain errors, and nothing that is secret in them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
import pytest

from bot.connectors import http
from bot.connectors.http import Api, ReplyError
from bot.errors import ConnectorError
from tests.providers.standin import Reply, StandIn

ANYTHING = msgspec.json.Decoder(dict[str, Any])
KEY = "a-key-that-nobody-may-read"


@pytest.fixture
def stand() -> Iterator[StandIn]:
    with StandIn() as stand:
        stand.routes["GET", "/usage"] = lambda _asked: Reply({"fine": True})
        stand.routes["GET", "/elsewhere"] = lambda _asked: Reply(status=302, headers={"Location": f"{stand.url}/usage"})
        yield stand


Make = Callable[..., Api]


@pytest.fixture
def api() -> Iterator[Make]:
    """Makes clients that are closed when the test ends."""
    with ExitStack() as closing:

        def make(stand: StandIn, pauses: list[float] | None = None, **more: Any) -> Api:
            waited = [] if pauses is None else pauses
            asking = Api("Somebody", stand.url, {"x-api-key": KEY}, setting="SOMEBODY_KEY", pause=waited.append, **more)
            closing.callback(asking.close)
            return asking

        yield make


def failure(asking: Api, path: str = "/usage") -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        asking.get(path, ANYTHING)
    assert KEY not in str(caught.value)
    return caught.value


def test_an_answer_is_decoded_and_the_key_is_sent(stand: StandIn, api: Make) -> None:
    assert api(stand).get("/usage", ANYTHING, {"day": "2026-11-10", "group_by[]": ["actor", "model"]}) == {"fine": True}
    assert stand.asked[0].headers["x-api-key"] == KEY
    assert stand.asked[0].query == {"day": ["2026-11-10"], "group_by[]": ["actor", "model"]}


def test_a_provider_is_waited_for_as_long_as_it_asks(stand: StandIn, api: Make) -> None:
    pauses: list[float] = []
    stand.faults += [Reply(status=429, headers={"Retry-After": "7"}), Reply(status=503)]

    assert api(stand, pauses).get("/usage", ANYTHING) == {"fine": True}
    assert pauses == [7.0, 4.0]


def test_retry_after_may_be_a_date(stand: StandIn, api: Make) -> None:
    pauses: list[float] = []
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=30))
    stand.faults.append(Reply(status=429, headers={"Retry-After": until}))
    api(stand, pauses).get("/usage", ANYTHING)

    assert 25 < pauses[0] <= 30


def test_who_asks_for_more_patience_than_there_is_is_asked_by_the_next_run(stand: StandIn, api: Make) -> None:
    pauses: list[float] = []
    stand.faults.append(Reply(status=429, headers={"Retry-After": "3600"}))
    error = failure(api(stand, pauses))

    assert str(error) == "Somebody: too many requests (429 for /usage); the next run goes on"
    assert (error.permanent, pauses) == (False, [])


def test_a_provider_that_stays_busy_is_given_up(stand: StandIn, api: Make) -> None:
    pauses: list[float] = []
    stand.faults += [Reply(status=500)] * 4

    assert str(failure(api(stand, pauses))) == "Somebody: HTTP 500 for /usage"
    assert (len(stand.asked), pauses) == (4, [2.0, 4.0, 8.0])


@pytest.mark.parametrize(
    ("status", "said", "permanent"),
    [
        (401, "the key is refused (401 for /usage): it may have been revoked. Make a new one, then SOMEBODY_KEY", True),
        (403, "the key may not read /usage (403): a scope is missing, or the plan does not have it", True),
        (404, "HTTP 404 for /usage", True),
        (410, "the page cursor of /usage has expired (410)", True),
        (302, "HTTP 302 for /usage", True),
    ],
)
def test_what_trying_again_does_not_mend_is_said_at_once(
    stand: StandIn, api: Make, status: int, said: str, permanent: bool
) -> None:
    stand.faults.append(Reply({"error": f"your key {KEY} is bad"}, status))
    error = failure(api(stand))

    assert isinstance(error, ReplyError)
    assert (str(error), error.permanent, error.status) == (f"Somebody: {said}", permanent, status)
    assert len(stand.asked) == 1


def test_a_redirect_is_not_followed_with_the_key(stand: StandIn, api: Make) -> None:
    assert str(failure(api(stand), "/elsewhere")) == "Somebody: HTTP 302 for /elsewhere"
    assert stand.paths() == ["/elsewhere"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("\n<html><body>Sign in</body></html>", "answered a web page instead of JSON; is the address right?"),
        ("[1, 2", "answered something else than was agreed"),
        ("[1, 2]", "answered something else than was agreed"),
        (b'{"a": "\xff"}', "answered something else than was agreed"),
    ],
    ids=["a web page", "cut off", "another shape", "not UTF-8"],
)
def test_what_is_no_answer_is_said_to_be_none(stand: StandIn, api: Make, body: str | bytes, said: str) -> None:
    stand.faults.append(Reply(body))

    assert str(failure(api(stand))) == f"Somebody: /usage {said}"


def test_a_reply_without_end_is_not_read_to_its_end(stand: StandIn, api: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_REPLY", 1 << 17)
    stand.faults.append(Reply(b" " * (1 << 18)))

    assert str(failure(api(stand))).startswith("Somebody: /usage answered more than ")


def test_nobody_there_is_no_answer(api: Make) -> None:
    with StandIn() as gone:
        asking = api(gone)
    error = failure(asking)

    assert str(error) == "Somebody: no answer (ConnectError)"
    assert not error.permanent


def test_what_a_signed_link_carries_is_in_no_error(stand: StandIn, api: Make) -> None:
    error = failure(api(stand), f"{stand.url}/report?signature={KEY}")

    assert str(error) == f"Somebody: HTTP 404 for {stand.url}/report"


def test_proxies_of_the_environment_are_not_asked(stand: StandIn, api: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    assert api(stand).get("/usage", ANYTHING) == {"fine": True}


def test_a_stated_limit_is_kept(stand: StandIn, api: Make) -> None:
    pauses: list[float] = []
    asking = api(stand, pauses, per_minute=20)
    for _ in range(3):
        asking.get("/usage", ANYTHING)

    assert [round(pause) for pause in pauses] == [3, 6]  # no time passes while the pauses are only noted
