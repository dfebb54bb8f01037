"""The way to Slack: the token, what it may do, and whether this machine knows the time."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from bot.manifest import scopes
from bot.slack import Slack
from bot.slack_calls import call
from bot.views import doctor as views
from bot.views.doctor import Line

# The clocks of two machines and the way between them.
_MOST_SECONDS: Final = 60


def slack_lines(slack: Slack, now: datetime) -> Iterator[Line]:
    """Yield which scopes the token lacks, and how far the clock is off; raises ConnectorError."""
    answer = call(slack.client.auth_test)
    headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    yield from _scopes(headers)
    yield from _clock(headers, now)


def _scopes(headers: Mapping[str, str]) -> list[Line]:
    said = headers.get("x-oauth-scopes")
    if said is None:
        return [views.scopes_unknown()]
    has, wanted = {scope.strip() for scope in said.split(",")}, scopes()
    return views.scopes(sorted(wanted.required - has), sorted(wanted.optional - has))


def _clock(headers: Mapping[str, str], now: datetime) -> list[Line]:
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
        ahead = round((now - theirs).total_seconds())
    except (TypeError, ValueError):  # none, one that is no date, or one without a zone
        return []
    return [views.clock(ahead, _MOST_SECONDS)]
