"""Sends what an OpenClaw gateway used on days that are over to the bot, by session and model.

Needs Python 3.11 and nothing else. Run it daily where `openclaw gateway call` works, with the token in
the environment variable TOKEN. A repeat is harmless: each event has an id of its own.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

_GATEWAY: Final = "openclaw gateway call"
_EVENTS_A_REQUEST: Final = 5_000
_KEPT_DAYS: Final = 30
_SLACK_USER: Final = re.compile(r"[UW][A-Z0-9]{8,}")
_DREAMS: Final = frozenset({"dreaming", "dream", "memory"})
# Ways in which somebody at a keyboard begins a session.
_BY_HAND: Final = frozenset({"operator", "channel", "talk"})
Json = dict[str, Any]


class UnusableError(Exception):
    """Something that stops the script; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Send the days asked for and return the exit status."""
    options = _options(arguments)
    token = os.environ.get("TOKEN", "")
    today = datetime.now(UTC).date()
    try:
        if not token:
            raise UnusableError("TOKEN is not set: it is the bot's token, from `worthwhile token create`.")
        for back in range(options.days, 0, -1):
            _send_day(options, token, today - timedelta(days=back))
    except UnusableError as error:
        sys.stderr.write(f"openclaw_usage: {error}\n")
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("openclaw_usage.py", description="Sends OpenClaw's usage of past days to the bot.")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where the bot is")
    parser.add_argument("--days", type=int, default=7, choices=range(1, _KEPT_DAYS + 1), help="days, up to yesterday")
    parser.add_argument("--person", default="", help="the mail address of whose gateway it is, if it is one person's")
    parser.add_argument("--command", default=_GATEWAY, help="what calls the gateway")
    parser.add_argument("--limit", type=int, default=1_000, help="sessions that are asked for at once")
    return parser.parse_args(arguments)


def _send_day(options: argparse.Namespace, token: str, day: date) -> None:
    usage = _ask(options.command, day, options.limit)
    found = list(events(usage, day, options.person))
    taken = {"read": 0, "repeated": 0, "conflicts": 0}
    for start in range(0, len(found), _EVENTS_A_REQUEST):
        answer = _push(options.url, token, found[start : start + _EVENTS_A_REQUEST])
        taken["read"] += answer["read"]
        taken["repeated"] += answer["repeated"]
        taken["conflicts"] += len(answer["conflicts"])
    sys.stdout.write(f"{day}: " + ", ".join(f"{count} {name}" for name, count in taken.items()) + "\n")


def _ask(command: str, day: date, limit: int) -> Json:
    """Ask the gateway for one UTC day, since its sums by model are over all days asked for."""
    parameters = {"startDate": f"{day}", "endDate": f"{day}", "mode": "utc", "agentScope": "all", "limit": limit}
    words = [*shlex.split(command), "sessions.usage", "--params", json.dumps(parameters), "--json"]
    try:
        ended = subprocess.run(words, capture_output=True, check=True, timeout=300)  # noqa: S603
        usage = json.loads(ended.stdout, parse_float=Decimal)
    except (OSError, subprocess.SubprocessError) as error:
        raise UnusableError(f"`{command}` failed ({type(error).__name__}): does it work when typed?") from None
    except ValueError:
        raise UnusableError(f"`{command}` printed no JSON: this script knows OpenClaw 2026.9.") from None
    sessions = usage.get("sessions") if isinstance(usage, dict) else None
    if not isinstance(sessions, list):
        raise UnusableError(f"`{command}` printed no sessions: this script knows OpenClaw 2026.9.")
    if len(sessions) >= limit:
        raise UnusableError(f"{day} has {limit} sessions or more, so some may be missing: raise --limit.")
    return {"sessions": sessions}


def events(usage: Json, day: date, person: str = "") -> Iterator[Json]:
    """Yield an event for each session and model that *usage*, asked of *day* alone, tells of."""
    for session in usage["sessions"]:
        used = session.get("usage")
        if not used:
            continue
        days = {part.get("date") for part in used.get("dailyBreakdown") or ()}
        if days - {f"{day}"}:
            raise UnusableError(f"the gateway told of other days than {day}: this script knows OpenClaw 2026.9.")
        for part in used.get("modelUsage") or ():
            yield _event(session, used, part, day, person)


def _event(session: Json, used: Json, part: Json, day: date, person: str) -> Json:
    key, totals = str(session.get("key", "")), part.get("totals") or {}
    provider, model = str(part.get("provider") or ""), str(part.get("model") or "unknown")
    run = re.search(r":run:([^:]+)", key)
    job = re.search(r"(?:^|:)cron:([^:]+)", key)
    event = {
        "event_id": _short(f"{day}/{session.get('agentId', '')}/{session.get('sessionId') or key}/{provider}/{model}"),
        "occurred_at": f"{day}T12:00:00Z",
        "person": _person(session, person),
        "tool": "openclaw",
        "model": model,
        "provider": provider,
        "trigger": trigger(session),
        "work": job[1] if job else "",
        "run_id": run[1] if run else "",
        "tokens": {
            "input": totals.get("input"),
            "cache_read": totals.get("cacheRead"),
            "cache_write": totals.get("cacheWrite"),
            "output": totals.get("output"),
        },
        "requests": part.get("count"),
    }
    cost = totals.get("totalCost")
    if cost is not None and not used.get("missingCostEntries"):  # otherwise the bot values the tokens itself
        event["cost"] = {"amount": f"{Decimal(str(cost)):f}", "currency": "USD", "basis": "estimate"}
    return event


def _short(text: str) -> str:
    """Return a text that fits an event's id: the end of a session's name tells it from others."""
    return text if len(text) <= 200 else text[:60] + text[-140:]


def _person(session: Json, person: str) -> Json:
    """Return whose a session is: the gateway's one person, or who began it in Slack, or a name of the gateway's."""
    if person:
        return {"email": person}
    actor = session.get("createdActor") or {}
    name = str(actor.get("id") or "")
    if actor.get("type") != "human" or not name:
        return {"external_id": f"openclaw:{session.get('agentId') or 'gateway'}"}
    if session.get("channel") == "slack" and _SLACK_USER.fullmatch(name):
        return {"slack_user_id": name}
    return {"email": name} if "@" in name else {"external_id": f"openclaw:{name}"}


def trigger(session: Json) -> str:
    """Return what began a session: its key says so for automation; a person only where it is said that one did."""
    words = str(session.get("key", "")).lower().split(":")
    if _DREAMS & {part for word in words for part in re.split(r"[-_/]", word)}:
        return "dream"
    for word, kind in (("heartbeat", "heartbeat"), ("subagent", "subagent"), ("cron", "schedule"), ("hook", "webhook")):
        if word in words:
            return kind
    by_hand = session.get("createdVia") in _BY_HAND
    return "person" if by_hand or (session.get("createdActor") or {}).get("type") == "human" else "unknown"


def _push(url: str, token: str, events: Sequence[Json]) -> Json:
    body = "".join(json.dumps(event) + "\n" for event in events).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    request = urllib.request.Request(f"{url.rstrip('/')}/v1/usage", body, headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            told: Json = json.load(answer)
    except urllib.error.HTTPError as error:
        raise UnusableError(f"the bot answered {error.code}: {_reason(error)}") from None
    except OSError:
        raise UnusableError(f"no bot answers at {url}: check --url, then run this again.") from None
    return told


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        told = json.load(error)
        return "; ".join([str(told["error"]), *told.get("rows", [])[:3]])
    except (ValueError, KeyError, TypeError):
        return "run this again later."


if __name__ == "__main__":
    sys.exit(main())
