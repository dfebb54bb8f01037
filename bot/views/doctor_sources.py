"""What `doctor` says of the sources: what a key may read, how fresh, what could not be used, how far from the bill."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from bot.domain.period import MONTHS
from bot.domain.reconciliation import ComparedMonth
from bot.views.alerts import gap_to_bill
from bot.views.doctor import Line, State
from bot.views.wording import day_or_recent, plural, provider_name

# Fewer would tell something about single people.
_MIN_UNMATCHED: Final = 5
_MOST_FLAWS: Final = 10
_HOW: Final = {
    "anthropic": "an owner of your Anthropic organisation makes an Admin API key",
    "openai": "an owner of your OpenAI organisation makes an admin key",
    "cursor": "an admin of your Cursor team makes an Admin API key",
    "copilot": "an owner of your GitHub organisation makes a token that may read Copilot metrics and billing; "
    "GITHUB_ORG names the organisation",
    "litellm": "whoever runs your LiteLLM gateway gives you an admin key; LITELLM_URL is its address",
    "kiro": "have Kiro write its user reports to a folder or s3://bucket/prefix",
    "bedrock": "have Bedrock write its invocation logs to a folder or s3://bucket/prefix",
    "github": "an owner of your GitHub organisation makes a token that may read pull requests, issues and members; "
    "GITHUB_ORG names the organisation",
    "gitlab": "an owner of your GitLab group makes a token with read_api; GITLAB_GROUP names the group",
    "jira": "whoever may browse all projects in Jira makes an API token; JIRA_EMAIL and JIRA_TOKEN are that account's",
    "linear": "an admin of your Linear workspace makes a personal API key",
}
_WITHOUT_GAP: Final = {"no bill": "none to compare with", "too few": "too few people to say"}


def not_connected(kind: str, setting: str) -> Line:
    """Return what would connect a source of this kind."""
    how = _HOW.get(kind, "ask for a key")
    return Line(provider_name(kind), "to do", "not connected", f"if your company uses it: {how}; then {setting}")


def finding(kind: str, state: State, text: str) -> Line:
    """Return what a source itself found out about its key."""
    return Line(provider_name(kind), state, text)


def never_asked(kind: str) -> Line:
    """Return that a source has not been asked yet."""
    step = f"`worthwhile sync --source {kind}` asks it now, the running bot within the hour"
    return Line(provider_name(kind), "to do", "connected, not asked yet", step)


def fails(kind: str, since: datetime, error: str, now: datetime) -> Line:
    """Return since when a source does not answer, and how it failed last."""
    step = f"docs/sources.md says what the key has to read; `worthwhile sync --source {kind}` tries it again"
    return Line(provider_name(kind), "fail", f"no answer since {_moment(since, now)}: {error}", step)


def answers(kind: str, asked_at: datetime, data_to: date | None, now: datetime) -> Line:
    """Return when a source was last asked, and how far its data reach; one that nobody asks is noticed."""
    today = now.date()
    data = "no data of anybody yet" if data_to is None else f"data to {day_or_recent(data_to, today)}"
    text = f"{data}, last asked {_moment(asked_at, now)}"
    if (now - asked_at).days >= 1:
        return Line(provider_name(kind), "warn", text, "is the bot running? It asks every hour")
    return Line(provider_name(kind), "ok", text)


def _moment(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M} UTC {day_or_recent(at.date(), now.date())}"


def flaws(kind: str, found: Mapping[str, int]) -> list[Line]:
    """Return a line for each thing that could not be used in the last days."""
    name = provider_name(kind)
    lines = [
        Line(name, "warn", f"{flaw} ({plural(count, 'time')})") for flaw, count in list(found.items())[:_MOST_FLAWS]
    ]
    if len(found) > _MOST_FLAWS:
        lines.append(Line(name, "warn", f"and {len(found) - _MOST_FLAWS} more kinds of rows that could not be used"))
    return lines


def unmatched(kind: str, count: int | None) -> list[Line]:
    """Return how many accounts match nobody in the directory, from five on."""
    if count is None or count < _MIN_UNMATCHED:
        return []
    text = f"{count:,} identities match nobody in the directory: import --format accounts"
    return [Line(provider_name(kind), "warn", text)]


def bills(kind: str, months: Sequence[ComparedMonth], today: date) -> list[Line]:
    """Return how far the last full month and the current one are from the bill, in per cent."""
    if not months:
        return []
    differs = any(each.reconciled.verdict == "differs" and each.tells_on(today) for each in months)
    said = {each.reconciled.verdict: _WITHOUT_GAP.get(each.reconciled.verdict, "") for each in months}
    text = "; ".join(_bill(each) for each in months) if len(said) > 1 or "" in said.values() else said.popitem()[1]
    if not differs:
        return [Line(provider_name(kind), "ok", f"bill: {text}")]
    step = "docs/sources.md says what a source cannot give; what it did not give lately stands with it"
    return [Line(provider_name(kind), "warn", f"bill: {text}", step)]


def _bill(compared: ComparedMonth) -> str:
    month, (verdict, lane, gap) = compared.month.first, compared.reconciled
    if gap is None:
        return f"{MONTHS[month.month - 1]}: {_WITHOUT_GAP[verdict]}"
    return gap_to_bill(month, lane, gap)
