"""Telemetry counts for whom it is about and nobody else, and what nobody may keep is not kept."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.web.app import web_app
from storage.engine import Database
from tests.cast import ADA, BOB, switched_on
from tests.senders import services_for
from tests.telemetry import Json, counter, logs, protobuf, spans, together
from tests.web.conftest import served
from tests.web.telemetry_bot import CALL, EVENT, JSON, POINT, PROTOBUF, TOKENS, Bot


@pytest.fixture
def bot(sqlite_database: Database) -> Iterator[Bot]:
    """The application over SQLite, at the time of the tests."""
    with served(web_app(services_for(sqlite_database))) as client:
        yield Bot(client, sqlite_database)


def test_of_people_who_are_not_on_only_the_sum_over_everybody_is_kept(bot: Bot) -> None:
    switched_on(bot.database)
    stranger = {"user.email": "stranger@example.com"}
    for signal, made in {
        "metrics": counter(TOKENS, (POINT, 9.0), (POINT | stranger, 5.0), (POINT | {"user.email": ...}, 3.0)),
        "logs": logs(EVENT, EVENT | stranger, EVENT | {"user.email": ...}),
    }.items():
        assert bot.said(signal, made) == {}
    assert bot.total() == 9 + 9
    assert bot.total(table="source_day") == (9 + 5 + 3) + 27
    assert _file_has(bot.database, b"stranger") is False


@pytest.mark.parametrize(
    ("signal", "name", "make"),
    [
        ("metrics", "rejectedDataPoints", lambda told: counter(TOKENS, (POINT | told, 9.0))),
        (
            "metrics",
            "rejectedDataPoints",
            lambda told: counter(TOKENS, (POINT | told, 9.0), start="1", cumulative=True),
        ),
        ("logs", "rejectedLogRecords", lambda told: logs(EVENT | told)),
        ("traces", "rejectedSpans", lambda told: spans(CALL | told)),
    ],
)
def test_a_persons_own_token_takes_nobody_elses(bot: Bot, signal: str, name: str, make: Callable[[Json], Json]) -> None:
    ada = switched_on(bot.database, ADA)
    switched_on(bot.database, BOB)
    own = bot.token("my laptop", ada.person_id)
    request = together(
        make({}), make({"user.email": ...}), make({"user.email": "bob@example.com"}), make({"user.email": "x@y"})
    )

    told = bot.said(signal, request, own)["partialSuccess"]

    assert told == {name: "2", "errorMessage": "2 of somebody else, and this token is one person's"}
    assert bot.total() == 18
    assert bot.total(table="source_day") is None
    assert not _file_has(bot.database, b"x@y")


def test_a_persons_own_token_stores_nothing_while_they_are_not_on(bot: Bot) -> None:
    ada = switched_on(bot.database)
    own = bot.token("my laptop", ada.person_id)
    with bot.database.engine.begin() as connection:
        connection.execute(text("UPDATE person SET paused_at = created_at"))
    assert bot.said("logs", logs(EVENT), own) == bot.said("metrics", counter(TOKENS, (POINT, 9.0)), own) == {}
    assert (bot.total(), bot.total(table="source_day")) == (None, None)


# what must never be kept


def _file_has(database: Database, words: bytes) -> bool:
    path = Path(str(database.engine.url.database))
    return any(words in each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


CANARY: Final = "the secret of the purple heron"


def _with_prompts_everywhere() -> dict[str, Json]:
    hidden: dict[str, Any] = {
        "prompt": CANARY,
        "tool_input": CANARY,
        "tool_parameters": CANARY,
        "gen_ai.input.messages": [CANARY],
        "gen_ai.output.messages": CANARY,
        CANARY: "a value",
        "user.name": CANARY,
        "event.body": CANARY,
    }
    event = logs(EVENT | hidden | {"body": CANARY}, {"event.name": "user_prompt", **hidden, "body": CANARY})
    call = spans(CALL | hidden, **hidden)
    span = call["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    span |= {
        "name": CANARY,
        "events": [{"name": CANARY, "attributes": [{"key": CANARY}]}],
        "status": {"message": CANARY},
    }
    point = counter(TOKENS, (POINT | hidden, 9.0), **hidden)
    metric = point["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]
    metric |= {"description": CANARY, "unit": CANARY}
    bad = together(event, logs(EVENT | hidden | {"input_tokens": CANARY}))
    return {"logs": bad, "traces": call, "metrics": point}


@pytest.mark.parametrize("encoded", [JSON, PROTOBUF], ids=["json", "protobuf"])
def test_a_prompt_reaches_neither_the_database_nor_a_log_nor_an_answer(
    bot: Bot, encoded: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    switched_on(bot.database)
    with capture_logs() as said, caplog.at_level(logging.DEBUG):
        answers = ""
        for signal, request in _with_prompts_everywhere().items():
            body = json.dumps(request).encode() if encoded is JSON else protobuf(signal, request)
            answer = bot.client.post(f"/v1/{signal}", content=body, headers=encoded | bot.operator)
            assert answer.status_code == 200
            answers += answer.text

    assert bot.total() == 9 * 3
    assert _file_has(bot.database, b"claude-opus-4-7")
    assert not _file_has(bot.database, CANARY.encode())
    assert {entry["event"] for entry in said} == {"telemetry_counted", "telemetry_sent"}
    logged = re.sub(r"0x[0-9a-f]+", "", caplog.text).replace("opentelemetry-collector", "")  # addresses are by chance
    for word in (CANARY, "ada", "claude-opus", "collector", "ww_"):
        assert word not in answers + repr(said) + logged
