"""What each source holds of everybody's use, in its own words, and what that is in ours."""

import gzip
import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from bot.domain.money import seat_share_nano_usd
from bot.domain.usage import SEAT_TIER, STANDARD_TIER
from tests.providers.anthropic import AnthropicStandIn, Work
from tests.providers.anthropic import user as actor
from tests.providers.cursor import CursorTeam, event
from tests.providers.github import GitHub, user_day
from tests.providers.litellm import LiteLLMStandIn, Spent
from tests.providers.openai import Charge, OpenAIStandIn, Use

# Three people, a member who was removed, a key that several share, and rows of nobody.
PEOPLE: Final = ("ada", "bob", "eve")
EVERYBODY: Final = (*PEOPLE, "gone", "shared", "nobody")
NOVA: Final = "amazon.nova-lite-v1:0"
_ACCOUNT: Final = "AWSLogs/111122223333"

Amounts = Mapping[tuple[date, str], int]


class Fact(NamedTuple):
    """What a source holds of somebody on a day, in our terms; a measure that is not named is unknown."""

    source: str
    day: date
    who: str
    tool: str
    model: str
    run_kind: str
    figures: Mapping[str, int]
    tier: str = STANDARD_TIER


def tokens(uncached: int, read: int, written: int, written_1h: int, output: int) -> dict[str, int]:
    """Return the four classes under our names."""
    names = ("uncached_input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens")
    return {**dict(zip(names, (uncached, read, written, written_1h), strict=True)), "output_tokens": output}


def priced(uncached: int, read: int, written: int, written_1h: int, output: int) -> dict[str, int]:
    """Return tokens with what they cost by the prices of the company's own file."""
    nano = 1000 * uncached + 100 * read + 1250 * written + 2000 * written_1h + 10_000 * output
    return tokens(uncached, read, written, written_1h, output) | {"list_value_nano_usd": nano}


def email(who: str) -> str:
    """Return somebody's mail address."""
    return f"{who}@example.com"


def anthropic_holds(stand: AnthropicStandIn, amounts: Amounts) -> Iterator[Fact]:
    """Let Anthropic's analytics hold it; yield what that is."""
    actors: dict[str, Any] = {who: actor(email(who), f"user_{who}") for who in PEOPLE}
    actors["gone"] = actor(None, "user_gone")
    actors["shared"] = {"type": "api_actor", "api_key_id": "apikey_shared"}
    kinds = {"shared": "service", "nobody": "unknown"}
    stand.held.work.clear()
    for (day, who), n in amounts.items():
        counts = (9 * n, 200 * n, 15 * n, 4 * n, 5 * n)
        money = {"amount": f"{n}.5025", "list_amount": f"{n}.75"}  # cents
        stand.held.work.append(Work(day, actors.get(who), "claude-opus-4-7", tokens=counts, requests=n, **money))
        figures = tokens(*counts) | {"requests": n, "billed_nano_usd": n * 10**7 + 5_025_000}
        figures["list_value_nano_usd"] = n * 10**7 + 7_500_000
        yield Fact("anthropic", day, who, "claude-code", "claude-opus-4-7", kinds.get(who, "person"), figures)


def openai_holds(stand: OpenAIStandIn, amounts: Amounts) -> Iterator[Fact]:
    """Let OpenAI hold it as usage and costs; yield what that is."""
    stand.used.clear()
    stand.charges.clear()
    for (day, who), n in amounts.items():
        user = None if who in ("shared", "nobody") else f"user-{who}"
        key = None if who == "nobody" else f"key_{who}"
        counts = {"input_tokens": 10 * n, "input_cached_tokens": 4 * n, "input_uncached_tokens": 6 * n}
        more = {"output_tokens": 3 * n, "num_model_requests": n}
        stand.used.append(Use(day, user, key, "gpt-5", counts | more))
        stand.charges.append(Charge(day, user, "gpt-5, input", Decimal(f"{n}.25")))
        figures = priced(6 * n, 4 * n, 0, 0, 3 * n) | {"requests": n}
        figures["billed_nano_usd"] = n * 10**9 + 250_000_000
        yield Fact("openai", day, who, "openai-api", "gpt-5", "unknown", figures)


def cursor_holds(stand: CursorTeam, amounts: Amounts) -> Iterator[Fact]:
    """Let Cursor hold it, each time as two events alike; yield what that is."""
    stand.events.clear()
    for (day, who), n in amounts.items():
        counts = {"inputTokens": 126 * n, "outputTokens": 45 * n, "cacheWriteTokens": 61 * n, "cacheReadTokens": n}
        more = {"serviceAccountId": "sa_shared"} if who == "shared" else {}
        one = event(
            datetime.combine(day, time(10), UTC),
            None if who in ("shared", "nobody") else email(who),
            model="composer-1",
            tokenUsage=counts | {"totalCents": float(f"{n}.18232")},
            chargedCents=float(f"{n}.36232"),
            **more,
        )
        stand.events += [one, one | {"timestamp": str(int(one["timestamp"]) + 1)}]
        figures = tokens(252 * n, 2 * n, 122 * n, 0, 90 * n) | {"requests": 2}
        figures["billed_nano_usd"] = 2 * (n * 10**7 + 3_623_200)
        figures["list_value_nano_usd"] = 2 * (n * 10**7 + 1_823_200)
        yield Fact("cursor", day, who, "cursor", "composer-1", "service" if more else "person", figures)


def copilot_holds(stand: GitHub, amounts: Amounts) -> Iterator[Fact]:
    """Let GitHub hold it in its reports, where a key has no place; yield what that is, and the seats' shares."""
    stand.reports.clear()
    for (day, who), n in amounts.items():
        if who == "shared":  # GitHub's report has logins only
            continue
        said: dict[str, Any] = {"user_initiated_interaction_count": n, "ai_credits_used": n + 0.5}
        login = None if who == "nobody" else f"{who}-hub"
        stand.reports.setdefault(day, []).append(user_day(day, login, **said))
        figures = {"requests": n, "list_value_nano_usd": n * 10**7 + 5_000_000}
        yield Fact("copilot", day, who, "copilot", "copilot", "person", figures)
    for day in stand.reports:
        share = {"billed_nano_usd": seat_share_nano_usd(19 * 10**9, day)}
        yield from (Fact("copilot", day, who, "copilot", "copilot", "person", share, SEAT_TIER) for who in PEOPLE)


def litellm_holds(stand: LiteLLMStandIn, amounts: Amounts) -> Iterator[Fact]:
    """Let the gateway hold it; yield what that is."""
    stand.spent.clear()
    for (day, who), n in amounts.items():
        user = stand.keys[f"hash-{who}"]["user_id"]
        spend = Decimal(f"{n}.125")
        counts = {"prompt": 100 * n, "output": 7 * n, "read": 60 * n, "written": 10 * n, "requests": n, "failed": 1}
        stand.spent.append(Spent(day, user, f"hash-{who}", "gpt-5-mini", spend, **counts))
        figures = tokens(30 * n, 60 * n, 10 * n, 0, 7 * n) | {"requests": n, "failed_requests": 1}
        figures["list_value_nano_usd"] = n * 10**9 + 125_000_000
        yield Fact("litellm", day, who, "litellm", "gpt-5-mini", "unknown", figures)


def kiro_holds(folder: Path, amounts: Amounts) -> Iterator[Fact]:
    """Write it as Kiro's reports, where a key has no place; yield what that is."""
    lines: dict[date, list[str]] = {}
    for (day, who), n in amounts.items():
        if who == "shared":  # Kiro's report has users only
            continue
        user, address = "" if who == "nobody" else f"kiro-{who}", email(who) if who in PEOPLE else ""
        lines.setdefault(day, []).append(f"{day},{user},KIRO_IDE,{n},{address},{n}\n")
        yield Fact("kiro", day, who, "kiro", "auto", "person", {"requests": n})
    header = "Date,UserId,Client_Type,Total_Messages,User_Email,auto_messages\n"
    files = {
        f"KiroLogs/user_report/us-east-1/{day:%Y/%m/%d}/00/KIRO_IDE_1_user_report_{day:%Y%m%d}0200.csv": (
            header + "".join(rows)
        ).encode()
        for day, rows in lines.items()
    }
    _written(folder, files)


def bedrock_holds(folder: Path, amounts: Amounts) -> Iterator[Fact]:
    """Write it as Bedrock's logs; yield what that is."""
    records: dict[date, list[bytes]] = {}
    for (day, who), n in amounts.items():
        role = "arn:aws:sts::111122223333:assumed-role/Dev"
        arns = {"shared": "arn:aws:iam::111122223333:role/ci", "nobody": None}
        record = {
            "schemaType": "ModelInvocationLog",
            "timestamp": f"{day}T10:00:00Z",
            "requestId": f"{day}-{who}",
            "modelId": NOVA,
            "identity": {"arn": arns.get(who, f"{role}/{email(who)}")},
            "input": {
                "inputTokenCount": 12 * n,
                "cacheReadInputTokenCount": 20 * n,
                "cacheWriteInputTokenCount": 3 * n,
            },
            "output": {"outputTokenCount": 4 * n},
        }
        records.setdefault(day, []).append(json.dumps(record).encode())
        figures = priced(12 * n, 20 * n, 3 * n, 0, 4 * n) | {"requests": 1, "failed_requests": 0}
        yield Fact("bedrock", day, who, "bedrock", NOVA, "service" if who in arns else "person", figures)
    files = {
        f"BedrockModelInvocationLogs/us-east-1/{day:%Y/%m/%d}/10/{day:%Y%m%d}T100000000Z_1.json.gz": gzip.compress(
            b"\n".join(lines)
        )
        for day, lines in records.items()
    }
    _written(folder, files)


def _written(folder: Path, files: Mapping[str, bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        path = folder / _ACCOUNT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
