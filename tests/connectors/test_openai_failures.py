"""What the source makes of OpenAI refusing, repeating and answering something else; and of the environment."""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.connectors.http import ReplyError
from bot.connectors.openai_client import openai_api
from bot.connectors.openai_source import OpenAISource
from bot.connectors.pull import ReportedDay
from bot.errors import ConnectorError
from tests.providers.openai import Charge, OpenAIStandIn, Use, bucket, seconds
from tests.providers.standin import Reply, StandIn

DAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
ROW = {"user_id": "user-ada", "model": "gpt-5", "input_tokens": 5, "num_model_requests": 1}
OTHER = {**ROW, "user_id": "user-bob"}


@pytest.fixture
def openai() -> Iterator[OpenAIStandIn]:
    stand = OpenAIStandIn()
    with stand:
        stand.used = [Use(DAY, "user-ada", "key-1", "gpt-5", {"input_tokens": 5, "num_model_requests": 1})]
        stand.charges = [Charge(DAY, "user-ada", "gpt-5, input", Decimal("0.5"))]
        yield stand


@pytest.fixture
def source(openai: OpenAIStandIn) -> Iterator[OpenAISource]:
    source = source_at(openai)
    yield source
    source.close()


def source_at(stand: StandIn, retries: int = 3) -> OpenAISource:
    return OpenAISource(openai_api(f"{stand.url}/v1", "admin-key", retries=retries), lambda *_: None, lambda: NOW)


def read(source: OpenAISource) -> tuple[ReportedDay, int]:
    (day,) = source.reported_days(DAY, DAY)
    return day, sum(len(batch) for batch in day.batches)


def page(*results: Any, following: str | None = None, start: int = seconds(DAY)) -> Reply:
    return Reply({"data": [bucket(start, list(results))], "has_more": following is not None, "next_page": following})


@pytest.mark.parametrize(
    ("reply", "line", "permanent"),
    [
        (Reply({"error": {"message": "sk-admin-1234 is wrong"}}, 401), "the key is refused (401 for ", True),
        (Reply({"error": {}}, 403), "the key may not read /v1/organization/usage/completions (403)", True),
        (Reply({"error": {}}, 404), "HTTP 404 for /v1/organization/usage/completions", True),
        (Reply({"error": {}}, 302, {"Location": "http://127.0.0.1:1/elsewhere"}), "HTTP 302 for ", True),
        (Reply({"error": {}}, 429, {"Retry-After": "7200"}), "too many requests (429 for ", False),
        (Reply({"error": {}}, 503, {"Retry-After": "7200"}), "HTTP 503 for ", False),
        (Reply("<html>Sign in</html>"), "answered a web page instead of JSON; is the address right?", False),
        (Reply("{"), "answered something else than was agreed", False),
        (Reply({"data": 1}), "answered something else than was agreed", False),
        (Reply(b"\xff\xfe"), "answered something else than was agreed", False),
    ],
)
def test_a_refusal_is_one_plain_line(
    openai: OpenAIStandIn, source: OpenAISource, reply: Reply, line: str, permanent: bool
) -> None:
    openai.faults.append(reply)
    with pytest.raises(ConnectorError) as refused:
        read(source)
    assert line in str(refused.value)
    assert refused.value.permanent is permanent
    assert "sk-admin" not in str(refused.value)
    assert len(openai.asked) == 1


def test_a_wrong_key_and_a_missing_scope_are_told_apart(openai: OpenAIStandIn, source: OpenAISource) -> None:
    openai.denied = {"/v1/organization/costs"}
    with pytest.raises(ReplyError, match=r"the key may not read /v1/organization/costs \(403\)"):
        read(source)
    openai.key = "another"
    with pytest.raises(ReplyError, match=r"Make a new one, then OPENAI_ADMIN_KEY"):
        read(source)


def test_silence_is_told_without_an_address() -> None:
    with OpenAIStandIn() as gone:
        pass
    with closing(source_at(gone, retries=0)) as source, pytest.raises(ReplyError) as silent:
        read(source)
    assert str(silent.value) == "OpenAI: no answer (ConnectError)"
    assert not silent.value.permanent


def test_the_wait_that_is_asked_for_is_kept(
    openai: OpenAIStandIn, source: OpenAISource, caplog: pytest.LogCaptureFixture
) -> None:
    openai.faults.extend(Reply({"error": {}}, status, {"Retry-After": "0.0625"}) for status in (429, 503, 500))
    with caplog.at_level(logging.INFO, "openai"):
        assert read(source)[1] == 2
    assert [line[:35] for line in caplog.messages if "Retrying" in line] == [
        "Retrying request in 0.062500 seconds"[:35]
    ] * 3


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([page(ROW, following="a"), page(ROW, following="b")], id="the same results"),
        pytest.param([page(ROW, following="a"), page(OTHER, following="a")], id="a cursor twice"),
        pytest.param([page(following="a"), page(following="b"), page(following="a")], id="a cursor again"),
        pytest.param([Reply({"data": [], "has_more": True})], id="more without a cursor"),
    ],
)
def test_a_page_that_repeats_is_an_error(openai: OpenAIStandIn, source: OpenAISource, pages: list[Reply]) -> None:
    openai.faults.extend(pages)
    with pytest.raises(ConnectorError, match="repeats a page"):
        read(source)


def test_a_cursor_that_expired_before_anything_was_told_starts_again_once(
    openai: OpenAIStandIn, source: OpenAISource
) -> None:
    openai.faults.extend([page(following="a"), Reply({}, 410)])
    assert read(source)[1] == 2
    openai.faults.extend([page(following="a"), Reply({}, 410), page(following="a"), Reply({}, 410)])
    with pytest.raises(ConnectorError, match="has expired"):
        read(source)


def test_a_cursor_that_expires_in_the_middle_is_for_the_next_run(openai: OpenAIStandIn, source: OpenAISource) -> None:
    openai.faults.extend([page(ROW, following="a"), Reply({}, 410)])
    with pytest.raises(ConnectorError, match="has expired") as expired:
        read(source)
    assert not expired.value.permanent


def test_a_row_of_another_day_is_left_out(openai: OpenAIStandIn, source: OpenAISource) -> None:
    openai.faults.append(page(ROW, start=0))
    day, rows = read(source)
    assert (day.flaws, day.complete, rows) == ({"a row of another day than was asked": 1}, False, 1)


def test_costs_refused_in_the_middle_are_no_costs_of_half_a_day(openai: OpenAIStandIn, source: OpenAISource) -> None:
    charge = {"amount": {"value": 1, "currency": "usd"}, "line_item": "gpt-5, input"}
    openai.faults.extend([page() for _ in range(6)] + [page(charge, following="a"), Reply({}, 400)])
    with pytest.raises(ReplyError, match="HTTP 400"):
        read(source)


def test_no_environment_variable_is_followed(openai: OpenAIStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "BASE_URL", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "http://127.0.0.1:1/theirs")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer theirs\nX-Theirs: 1\nHost: elsewhere")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/cert.pem")
    monkeypatch.setenv("NO_PROXY", "")
    with closing(source_at(openai)) as source:
        assert read(source)[1] == 2
    sent = {"host", "user-agent", "accept", "accept-encoding", "authorization", "x-stainless-raw-response"}
    for asked in openai.asked:
        assert set(asked.headers) <= sent
        assert asked.headers["authorization"] == "Bearer admin-key"
        assert asked.headers["host"] == openai.url.removeprefix("http://")


@pytest.mark.parametrize(
    ("denied", "states"),
    [
        ("", ["ok", "ok", "ok", "ok"]),
        ("/v1/organization/usage/completions", ["to do", "ok", "ok", "ok"]),
        ("/v1/organization/costs", ["ok", "to do", "ok", "ok"]),
        ("/v1/organization/users", ["ok", "ok", "to do", "ok"]),
        ("/v1/organization/projects", ["ok", "ok", "ok", "to do"]),
    ],
)
def test_findings_say_what_the_key_may_read(
    openai: OpenAIStandIn, source: OpenAISource, denied: str, states: list[str]
) -> None:
    openai.denied = {denied}
    assert [finding.state for finding in source.findings()] == states
    assert len(openai.asked) == 4


def test_findings_name_the_last_day_with_data_and_costs_that_cannot_be_told(
    openai: OpenAIStandIn, source: OpenAISource
) -> None:
    openai.costs_by_person = False
    usage, costs, *_ = source.findings()
    assert usage == ("ok", "usage, data to 2026-11-10")
    assert (costs.state, "by person here (400)" in costs.text) == ("warn", True)
    openai.used = [Use(NOW.date(), "user-ada", "key-1", "gpt-5", {})]
    assert next(source.findings()).text == "usage, data to today"
    openai.used = []
    assert next(source.findings()).state == "warn"


def test_findings_never_raise(openai: OpenAIStandIn, source: OpenAISource) -> None:
    openai.faults.extend(Reply("<html>") for _ in range(4))
    assert {finding.state for finding in source.findings()} == {"warn"}
