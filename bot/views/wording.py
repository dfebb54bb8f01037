"""How amounts, counts, days and tools are said."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.money import usd
from bot.domain.period import short_day
from bot.domain.quantity import Quantity
from bot.views.blocks import visible

LOCK: Final = ":lock: Only you can see this."
UNKNOWN: Final = "unknown"

_TOOLS: Final = {
    "claude-code": "Claude Code",
    "codex": "Codex",
    "gemini-cli": "Gemini CLI",
    "opencode": "OpenCode",
    "openclaw": "OpenClaw",
    "meshclaw": "MeshClaw",
    "cursor": "Cursor",
    "copilot": "Copilot",
    "anthropic-api": "Anthropic API",
    "bedrock": "Bedrock",
    "claude-chat": "Claude",
    "claude-cowork": "Claude Cowork",
    "kiro": "Kiro",
    "litellm": "LiteLLM",
    "openai-api": "OpenAI API",
}
_PROVIDERS: Final = {
    "anthropic": "Anthropic",
    "cursor": "Cursor",
    "copilot": "GitHub Copilot",
    "external": "your company's platforms",
    "github": "GitHub",
    "gitlab": "GitLab",
    "openai": "OpenAI",
    "outcomes": "your company's own systems",
    "meshclaw": "MeshClaw",
    "bedrock": "Bedrock",
    "jira": "Jira",
    "kiro": "Kiro",
    "linear": "Linear",
    "litellm": "LiteLLM",
    "otel": "telemetry",
    "otel-metrics": "telemetry (metrics)",
}
_ESTIMATORS: Final = {
    "ccusage": "ccusage",
    "sender": "whoever sent it",
    "price list": "the public price list",
    "vendor": "the vendor",
    "gateway": "the gateway",
    "contract": "your company's contract prices",
    "several": "several estimates",
}


def tool_name(tool: str) -> str:
    """Return a tool as people call it."""
    return _TOOLS.get(tool, visible(tool, 40))


def estimator_name(by: str) -> str:
    """Return who estimated a list value."""
    return _ESTIMATORS.get(by, visible(by, 40))


def dollars(nano: int) -> str:
    """Return an amount to the cent; what is less than a cent is said to be."""
    amount = usd(nano)
    if amount and abs(amount) < Decimal("0.005"):
        return "under $0.01"
    sign = "-" if amount < 0 else ""
    return f"{sign}${abs(amount):,.2f}"


def about_dollars(nano: int) -> str:
    """Return an amount to the dollar, or to the cent below ten dollars."""
    return dollars(nano) if abs(nano) < 10 * 10**9 else f"${usd(nano):,.0f}"


def money(quantity: Quantity) -> str:
    """Return a sum of money; what is partly unknown is "at least", what is unknown says so."""
    if quantity.known is None:
        return UNKNOWN
    return dollars(quantity.known) if quantity.complete else f"at least {dollars(quantity.known)}"


def count(quantity: Quantity) -> str:
    """Return a count in full; what is partly unknown is "at least", what is unknown says so."""
    if quantity.known is None:
        return UNKNOWN
    return f"{quantity.known:,}" if quantity.complete else f"at least {quantity.known:,}"


def rounded(number: int) -> str:
    """Return a large count as people say it: `41 million`, `132,000`."""
    if number >= 10_000_000:
        return f"{number / 1_000_000:,.0f} million"
    if number >= 1_000_000:
        return f"{number / 1_000_000:.1f} million"
    if number >= 10_000:
        return f"{round(number, -3):,}"
    return f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: list[str], last: str = "and") -> str:
    """Return names as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else ""


def day_or_recent(day: date, today: date) -> str:
    """Return a day as people say it: today, yesterday, or `Wed 18 Nov`."""
    if day == today:
        return "today"
    return "yesterday" if day == today - timedelta(days=1) else short_day(day)


def part_of_day(at: datetime, tz: str) -> str:
    """Return a time of today by the clocks of *tz* (of UTC where that is unknown): `this morning`."""
    try:
        hour = at.astimezone(ZoneInfo(tz)).hour
    except (ZoneInfoNotFoundError, ValueError):
        hour = at.hour
    return "this morning" if hour < 12 else "this afternoon" if hour < 18 else "this evening"


def day_hours(tz: str, now: datetime) -> str:
    """Return when a UTC day begins where the person lives; empty where that is midnight or unknown."""
    try:
        local = now.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(ZoneInfo(tz))
    except (ZoneInfoNotFoundError, ValueError):
        return ""
    start = f"{local.hour}:{local.minute:02}"
    return "" if start == "0:00" else f"Days run {start}-{start} your time."


def source_name(kind: str, name: str) -> str:
    """Return a source as people know it, as plain text."""
    if kind == "ccusage":
        return f"ccusage from {visible(name, 40)}"
    if kind == "push":
        return f"pushed by {visible(name, 40)}"
    return provider_name(kind)


def provider_name(kind: str) -> str:
    """Return a provider that is asked, as people call it."""
    return _PROVIDERS.get(kind, visible(kind, 40))
