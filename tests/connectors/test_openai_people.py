"""Whose OpenAI's user ids and keys are, and that the published example replies are understood."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.connectors.openai_client import openai_api
from bot.connectors.openai_source import OpenAISource
from bot.connectors.pull import NO_MODEL, ListedAccount
from bot.errors import ConnectorError
from tests.providers.openai import OpenAIStandIn
from tests.providers.standin import Asked, Reply

SAMPLES = Path(__file__).parents[1] / "providers/samples/openai"
SAMPLE_DAY = date(2024, 11, 1)


@pytest.fixture
def openai() -> Iterator[OpenAIStandIn]:
    stand = OpenAIStandIn()
    with stand:
        stand.members = [
            {"id": "user-ada", "email": "ada@example.com", "role": "owner", "is_service_account": False},
            {"id": "user-bob", "email": "", "name": "Bob"},
            {"id": "svc-ci", "is_service_account": True},
        ]
        stand.keys = {
            "proj-1": [_key("key-1", {"type": "user", "user": {"id": "user-ada", "email": "ada@example.com"}})],
            "proj-2": [_key("key-ci", {"type": "service_account", "service_account": {"id": "svc-ci"}})],
        }
        yield stand


@pytest.fixture
def source(openai: OpenAIStandIn) -> Iterator[OpenAISource]:
    now = datetime(2026, 11, 16, 12, tzinfo=UTC)
    source = OpenAISource(openai_api(f"{openai.url}/v1", openai.key), lambda *_: None, lambda: now)
    yield source
    source.close()


def _key(name: str, owner: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "object": "organization.project.api_key", "redacted_value": "sk-a...b", "owner": owner}


def test_members_service_accounts_and_keys_are_listed(source: OpenAISource) -> None:
    assert list(source.accounts()) == [
        ListedAccount("user-ada", "ada@example.com"),
        ListedAccount("user-bob", None),
        ListedAccount("svc-ci", None, "service"),
        ListedAccount("key-1", "ada@example.com", "key"),
        ListedAccount("key-ci", None, "key"),
    ]


def test_a_list_is_read_over_all_its_pages(openai: OpenAIStandIn, source: OpenAISource) -> None:
    openai.members = [{"id": f"user-{number}", "email": f"{number}@example.com"} for number in range(250)]
    assert [one.name for one in source.accounts()][:250] == [one["id"] for one in openai.members]
    assert openai.paths().count("/v1/organization/users") == 3


def test_a_list_that_repeats_is_an_error(openai: OpenAIStandIn, source: OpenAISource) -> None:
    openai.faults.extend(Reply({"data": [], "has_more": True, "last_id": "user-ada"}) for _ in range(2))
    with pytest.raises(ConnectorError, match="repeats a page"):
        list(source.accounts())


def test_somebody_who_cannot_be_read_hides_nobody_else(openai: OpenAIStandIn, source: OpenAISource) -> None:
    openai.faults.append(Reply({"data": [{"id": 7}, None, {"id": "user-cy", "new": 1}], "has_more": False}))
    assert next(source.accounts()).name == "user-cy"


def _published(name: str) -> Callable[[Asked], Reply]:
    return lambda asked: Reply((SAMPLES / name).read_bytes() if "page" not in asked.query else {"data": []})


def test_the_published_examples_are_understood(openai: OpenAIStandIn, source: OpenAISource) -> None:
    for path in SAMPLES.glob("usage_*.json"):
        kind = path.stem.removeprefix("usage_")
        openai.routes["GET", f"/v1/organization/usage/{kind}"] = _published(path.name)
    openai.routes["GET", "/v1/organization/costs"] = _published("costs.json")
    openai.routes["GET", "/v1/organization/users"] = _published("users.json")
    openai.routes["GET", "/v1/organization/projects/*"] = _published("projects_PROJECT_api_keys.json")
    (day,) = source.reported_days(SAMPLE_DAY, SAMPLE_DAY)
    rows = [one.row for batch in day.batches for one in batch]
    assert (day.flaws, day.complete) == ({}, True)
    assert {row.model for row in rows} == {NO_MODEL}
    assert [row.uncached_input_tokens for row in rows] == [500, 16, 16, None, None, None, 0]
    assert [row.requests for row in rows] == [5, 2, 2, 2, 1, 1, 0]
    assert rows[-1].billed_nano_usd == 60_000_000
    assert dict(source.billed(SAMPLE_DAY, SAMPLE_DAY)) == {SAMPLE_DAY: 60_000_000}
    assert {one.name for one in source.accounts()} == {"user_abc", "key_abc"}
