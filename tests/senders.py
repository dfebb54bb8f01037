"""What people and platforms send in, made up for tests; and services to send it to."""

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.connectors.push import parse
from bot.connectors.push_event import Event
from bot.domain.people import Viewer
from bot.domain.pricing import PriceBook
from bot.domain.usage import MEASURES, UsageRow
from bot.policy import Policy, load_policy
from bot.services import Services
from bot.slack import Slack
from storage import usage
from storage.engine import Database
from storage.tokens import Bearer
from tests.cast import MARKS, ORG, T0, TODAY

PLATFORM: Final = Bearer("meshclaw", None)
PRICES: Final[PriceBook] = price_book(None)


class _NoSlack:
    org_id = ORG


def services_for(
    database: Database, *, now: Callable[[], datetime] = lambda: T0, policy: Policy | None = None
) -> Services:
    """Return services that have a database and a price list, and of Slack its name only."""
    return Services(
        database=database,
        policy=policy or load_policy(None),
        prices=PRICES,
        overlaps=load_overlaps(None),
        marks=MARKS,
        now=now,
        slack=cast(Slack, _NoSlack()),
        pool=cast(Any, None),
        web_url="http://127.0.0.1:8080",
    )


def pushed(**changes: Any) -> dict[str, Any]:
    """Return an event as it is sent, with what matters to a test changed; None takes a field away."""
    usual: dict[str, Any] = {
        "event_id": "run-81-3",
        "occurred_at": "2026-11-18T02:10:00Z",
        "person": {"email": "ada@example.com"},
        "tool": "meshclaw",
        "work": "nightly-triage",
        "run_id": "run-81",
        "trigger": "schedule",
        "provider": "anthropic",
        "model": "claude-sonnet-4-5",
        "tokens": {"input": 1200, "cache_read": 80000, "cache_write": 4000, "cache_write_1h": 0, "output": 900},
        "requests": 3,
        "failed_requests": 0,
    }
    return {key: value for key, value in (usual | changes).items() if value is not ...}


def lines(*events: dict[str, Any]) -> bytes:
    """Return events as lines of JSON."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def parsed(*events: dict[str, Any]) -> list[Event]:
    """Return events as the bot reads them."""
    return parse(lines(*events), T0)


def breakdown(model: str, tokens: Sequence[int] = (100, 2000, 300, 40), cost: float = 0.5) -> dict[str, Any]:
    """Return a model's part of a day: input, cache read, cache creation and output."""
    return {"modelName": model, "cost": cost, **_counts(tokens)}


def _counts(tokens: Sequence[int]) -> dict[str, int]:
    names = ("inputTokens", "cacheReadTokens", "cacheCreationTokens", "outputTokens")
    return dict(zip(names, tokens, strict=True))


def whole(models: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the totals of *models*, as ccusage prints them beside their parts."""
    names = ("inputTokens", "cacheReadTokens", "cacheCreationTokens", "outputTokens")
    totals = {name: sum(model[name] for model in models) for name in names}
    cost = sum(model["cost"] for model in models)
    return {**totals, "totalTokens": sum(totals.values()), "totalCost": cost, "modelBreakdowns": list(models)}


def unified(day: date, models: Sequence[dict[str, Any]], agents: Sequence[str] = ("claude",)) -> dict[str, Any]:
    """Return a day of the unified report."""
    return {"period": str(day), "agent": "all", "metadata": {"agents": list(agents)}, **whole(models)}


def by_agent(day: date, models_by_agent: dict[str, Sequence[dict[str, Any]]]) -> dict[str, Any]:
    """Return a day of the report with `--by-agent`."""
    agents = [{"agent": agent, **whole(models)} for agent, models in models_by_agent.items()]
    every = [model for models in models_by_agent.values() for model in models]
    return unified(day, every, list(models_by_agent)) | {"agents": agents}


def of_one_agent(day: date, models: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a day of an agent's own report."""
    return {"date": str(day), **whole(models)}


def ccusage_file(*days: dict[str, Any]) -> bytes:
    """Return a file as ccusage prints it."""
    return json.dumps({"daily": days, "totals": {"totalCost": -0.0}}).encode()


def rows_of(database: Database, viewer: Viewer) -> list[UsageRow]:
    """Return everything that is stored about a person by day."""
    with database.reading() as session:
        return usage.usage_of(session, viewer.person_id, date.min, TODAY + timedelta(days=1))


def stored(database: Database, viewer: Viewer) -> list[tuple[Any, ...]]:
    """Return what is stored about a person in a form that can be compared."""
    names = ("day", "source", "tool", "model", "run_kind", "work", *MEASURES, "list_value_by", "partly_unknown")
    return sorted((tuple(getattr(row, name) for name in names) for row in rows_of(database, viewer)), key=repr)
