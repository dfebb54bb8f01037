"""What a company's keys may read at Anthropic, one small request an endpoint."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from bot.connectors import anthropic_analytics, anthropic_claude_code, anthropic_messages, anthropic_people
from bot.connectors import anthropic_spending as spending
from bot.connectors.anthropic_pages import Rows
from bot.connectors.http import Api, ReplyError
from bot.connectors.pull import Finding
from bot.errors import ConnectorError

# A day that every report has.
_DAYS_BACK: Final = timedelta(days=3)
_REFUSED: Final = frozenset({401, 403})


class _Check(NamedTuple):
    """One endpoint: what it is called, how it is asked, and what happens where it is not offered."""

    name: str
    ask: Callable[[], Rows[Any]]
    instead: str = ""


def findings(admin: Api | None, analytics: Api | None, now: datetime) -> Iterator[Finding]:
    """Yield what each endpoint answers to the key that is used for it; raises nothing of the provider's."""
    day = now.date() - _DAYS_BACK
    usage = None
    first = analytics or admin
    if first is not None:
        usage, cost = (_found(check, now) for check in _of_analytics(first, day, has_reports=admin is not None))
        yield usage
        yield cost
    if admin is None:
        yield Finding("to do", "bills, users and keys need an admin key: set ANTHROPIC_ADMIN_KEY")
        return
    for check in _of_admin(admin, day, has_analytics=usage is not None and usage.state == "ok"):
        yield _found(check, now)


def _of_analytics(api: Api, day: date, *, has_reports: bool) -> list[_Check]:
    asked = anthropic_analytics.asked_for(day, 1)
    instead = "the reports of Claude Code and of messages are read instead" if has_reports else ""
    return [
        _Check("usage analytics", lambda: anthropic_analytics.USAGE.ask(api, asked), instead),
        _Check("cost analytics", lambda: anthropic_analytics.COST.ask(api, asked), "list prices are shown instead"),
    ]


def _of_admin(api: Api, day: date, *, has_analytics: bool) -> list[_Check]:
    one = {"limit": 1}
    instead = "not needed beside the analytics" if has_analytics else ""
    return [
        _Check(
            "Claude Code",
            lambda: anthropic_claude_code.REPORT.ask(api, anthropic_claude_code.asked_for(day, 1)),
            instead,
        ),
        _Check("messages", lambda: anthropic_messages.REPORT.ask(api, anthropic_messages.asked_for(day)), instead),
        _Check("bill", lambda: spending.COSTS.ask(api, spending.costs_asked_for(day, day))),
        _Check("users", lambda: anthropic_people.USERS.ask(api, one)),
        _Check("keys", lambda: anthropic_people.KEYS.ask(api, one)),
    ]


def _found(check: _Check, now: datetime) -> Finding:
    try:
        rows = check.ask()
    except ConnectorError as error:
        reason = str(error).partition(": ")[2]
        status = error.status if isinstance(error, ReplyError) else 0
        if check.instead and status in spending.NOT_OFFERED:
            return Finding("warn", f"{check.name}: {reason}; {check.instead}")
        return Finding("to do" if status in _REFUSED else "warn", f"{check.name}: {reason}")
    return Finding("ok", check.name + _data_to(rows.refreshed_at, now))


def _data_to(refreshed_at: datetime | None, now: datetime) -> str:
    """Return until when there is data, as people read it in UTC."""
    if refreshed_at is None:
        return ""
    try:
        moment = refreshed_at.astimezone(UTC)
    except OverflowError:  # before the first day or after the last one that there is
        return ""
    day = "today" if moment.date() == now.date() else f"on {moment.day} {moment:%b}"
    return f", data to {moment:%H:%M} UTC {day}"
