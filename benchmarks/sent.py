"""Made-up pushes and files of ccusage, as a company of 10,000 people sends them; always the same ones."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from typing import Any, Final

from sqlmodel import Session

from bot.domain.marks import Marks
from bot.domain.people import SlackId
from storage.ids import insert_new, new_id
from storage.people import OWN_PROVIDER, own_account_name
from storage.tables import Account, AccountLink, EmailHolder, Person, SlackUser

NOW: Final = datetime(2026, 11, 19, 9, 40, tzinfo=UTC)
ORG: Final = "E0ACME"
PEOPLE: Final = 10_000
MARKS: Final = Marks(b"of the benchmarks")
_MODELS: Final = (
    ("anthropic", "claude-sonnet-4-5"),
    ("anthropic", "claude-opus-4-5"),
    ("anthropic", "claude-haiku-4-5"),
    ("openai", "gpt-5.5"),
    ("google", "gemini-2.5-pro"),
)
_WORKS: Final = ("nightly-triage", "memory", "reply-drafts", "review", "deploy", "docs", "tests", "inbox")
_TOOLS: Final = ("meshclaw", "openclaw")
_TRIGGERS: Final = ("schedule", "heartbeat", "person", "webhook")


def hire(session: Session, people: int = PEOPLE) -> None:
    """Make *people* who are on."""
    ids = [new_id() for _ in range(people)]
    slack_ids = [SlackId(ORG, f"U{number:06}") for number in range(people)]
    emails = [f"person{number}@example.com" for number in range(people)]
    accounts = [new_id() for _ in range(people)]
    everybody = list(zip(ids, slack_ids, emails, accounts, strict=True))
    insert_new(session, Person, [{"id": id_, "created_at": NOW, "switched_on_at": NOW} for id_ in ids])
    insert_new(
        session,
        SlackUser,
        [
            {
                "org_id": ORG,
                "user_id": slack_id.user_id,
                "person_id": id_,
                "name": "",
                "email": email,
                "tz": "UTC",
                "is_deleted": False,
                "is_guest": False,
                "checked_at": NOW,
            }
            for id_, slack_id, email, _ in everybody
        ],
    )
    names = [own_account_name(slack_id) for slack_id in slack_ids]
    insert_new(
        session,
        Account,
        [{"provider": OWN_PROVIDER, "name": name, "id": id_} for name, id_ in zip(names, accounts, strict=True)],
    )
    insert_new(
        session,
        AccountLink,
        [
            {"account_id": account, "person_id": id_, "from_day": date(2026, 1, 1), "how": "", "by": ""}
            for id_, _, _, account in everybody
        ],
    )
    insert_new(
        session,
        EmailHolder,
        [
            {"email_mark": MARKS.of_email(email), "slack_mark": MARKS.of_slack(slack_id)}
            for _, slack_id, email, _ in everybody
        ],
    )


def event_lines(seed: int) -> Iterator[bytes]:
    """Yield events without end, each a line: runs of three to nine events, two kinds of job a person."""
    chance = random.Random(seed)
    jobs = [_job(chance) for _ in range(2 * PEOPLE)]
    for run in count():
        number = chance.randrange(len(jobs))
        began = NOW - timedelta(seconds=chance.randrange(3600, 30 * 86400))
        last = chance.randrange(2, 9)
        for step in range(last + 1):
            event = {
                "event_id": f"run-{seed}-{run}-{step}",
                "occurred_at": (began + timedelta(seconds=30 * step)).isoformat(),
                "person": {"email": f"person{number // 2}@example.com"},
                "run_id": f"run-{seed}-{run}",
                **jobs[number],
                **_amounts(chance),
            }
            if number % 3 == 0:
                event["cost"] = {"amount": f"{chance.random():.4f}", "currency": "USD", "basis": "billed"}
            if step == last and chance.random() < 0.3:
                event["outcomes"] = ["acme/api#412"]
            yield json.dumps(event, separators=(",", ":")).encode() + b"\n"


def _job(chance: random.Random) -> dict[str, str]:
    provider, model = _MODELS[int(chance.random() ** 2 * len(_MODELS))]
    return {
        "tool": chance.choice(_TOOLS),
        "work": chance.choice(_WORKS),
        "trigger": chance.choice(_TRIGGERS),
        "provider": provider,
        "model": model,
    }


def _amounts(chance: random.Random) -> dict[str, Any]:
    return {
        "tokens": {
            "input": chance.randrange(5_000),
            "cache_read": chance.randrange(200_000),
            "cache_write": chance.randrange(9_000),
            "cache_write_1h": 0,
            "output": chance.randrange(3_000),
        },
        "requests": chance.randrange(1, 9),
        "failed_requests": 0,
    }


def requests(seed: int, number: int, events: int) -> list[bytes]:
    """Return the bodies of *number* requests of *events* each."""
    lines = event_lines(seed)
    return [b"".join(islice(lines, events)) for _ in range(number)]


def ccusage_files(seed: int, number: int, days: int, agents: int) -> list[bytes]:
    """Return files of ccusage, by agent, with four models an agent on each day."""
    chance = random.Random(seed)
    first = NOW.date() - timedelta(days=days)
    return [
        json.dumps({"daily": [_day(chance, first + timedelta(days=day), agents) for day in range(days)]}).encode()
        for _ in range(number)
    ]


def _day(chance: random.Random, day: date, agents: int) -> dict[str, Any]:
    parts = [
        {"agent": agent, **_totals([_model(chance, model) for _, model in _MODELS[:4]])}
        for agent in ("claude", "codex", "opencode", "goose")[:agents]
    ]
    models = [model for part in parts for model in part["modelBreakdowns"]]
    return {"period": day.isoformat(), "agent": "all", "agents": parts, **_totals(models)}


def _model(chance: random.Random, model: str) -> dict[str, Any]:
    return {
        "modelName": model,
        "inputTokens": chance.randrange(20_000),
        "cacheReadTokens": chance.randrange(2_000_000),
        "cacheCreationTokens": chance.randrange(200_000),
        "outputTokens": chance.randrange(60_000),
        "cost": chance.random() * 5 + 0.01,
    }


def _totals(models: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("inputTokens", "cacheReadTokens", "cacheCreationTokens", "outputTokens")
    totals: dict[str, Any] = {name: sum(model[name] for model in models) for name in names}
    return {**totals, "totalCost": sum(model["cost"] for model in models), "modelBreakdowns": models}
