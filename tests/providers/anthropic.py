"""A stand-in for Anthropic's Admin API: it holds what was used, and groups, pages and refuses as asked."""

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from bot.connectors.anthropic import AnthropicSource, anthropic_api
from bot.connectors.http import Api
from bot.connectors.prices import price_book
from bot.connectors.pull import ReportedDay, ReportedRow
from bot.domain.tally import Tally, measures
from bot.domain.usage import MEASURES
from tests.providers.standin import Asked, Reply, StandIn

PRICES: Final = price_book(None)
ADMIN_KEY: Final = "sk-ant-admin01-made-up"
ANALYTICS_KEY: Final = "sk-ant-analytics-made-up"
BETA: Final = "analytics-usage-cost-2026-08-24"
USAGE, COST = "/v1/organizations/analytics/usage", "/v1/organizations/analytics/cost"
CLAUDE_CODE, MESSAGES = "/v1/organizations/usage_report/claude_code", "/v1/organizations/usage_report/messages"
BILL, LIMITS = "/v1/organizations/cost_report", "/v1/organizations/spend_limits/effective"
USERS, KEYS = "/v1/organizations/users", "/v1/organizations/api_keys"
_ANALYTICS_PARAMETERS: Final = {"starting_at", "ending_at", "time_bucket_width", "group_by[]", "limit", "page"}
PARAMETERS: Final = {
    USAGE: _ANALYTICS_PARAMETERS,
    COST: _ANALYTICS_PARAMETERS,
    CLAUDE_CODE: {"starting_at", "limit", "page"},
    MESSAGES: {"starting_at", "ending_at", "bucket_width", "group_by[]", "limit", "page"},
    BILL: {"starting_at", "ending_at", "bucket_width", "group_by[]", "limit", "page"},
    LIMITS: {"period[]", "user_ids[]", "limit", "page"},
    USERS: {"limit", "after_id", "before_id", "email"},
    KEYS: {"limit", "after_id", "before_id", "status"},
}

Json = dict[str, Any]


@dataclass(frozen=True)
class Work:
    """What an actor did in a day with a model in a product, in tokens by class, and what it cost in cents."""

    day: date
    actor: Json | None = None
    model: str | None = "claude-opus-4-7"
    product: str | None = "claude_code"
    category: str | None = None
    tokens: tuple[int, int, int, int, int] = (9000, 200_000, 15_000, 40, 4000)  # in, read, 5 min, 1 h, out
    requests: int | None = 31
    amount: str = "41.5025"
    list_amount: str = "45.25"


def user(email: str | None, user_id: str = "user_01ADA") -> Json:
    """Return a user as an actor."""
    return {"type": "user_actor", "user_id": user_id, "email_address": email, "name": "Ada", "deleted": email is None}


@dataclass(frozen=True)
class Message:
    """What went through the API in a day, by all that it can be grouped by."""

    day: date
    api_key_id: str | None = "apikey_1"
    account_id: str | None = None
    service_account_id: str | None = None
    model: str | None = "claude-sonnet-4-5"
    service_tier: str | None = "standard"
    context_window: str | None = "0-200k"
    tokens: tuple[int, int, int, int, int] = (1000, 500, 100, 0, 200)


@dataclass
class Held:
    """What the organisation has; tests put it here and revise it."""

    work: list[Work] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    claude_code: dict[date, list[Json]] = field(default_factory=dict)
    bill: dict[date, list[Json]] = field(default_factory=dict)
    users: list[Json] = field(default_factory=list)
    keys: list[Json] = field(default_factory=list)
    limits: list[Json] = field(default_factory=list)
    refreshed_at: str | None = "2026-11-20T08:10:00Z"


class AnthropicStandIn(StandIn):
    """An organisation: *refused* has the status of what a key may not ask; pages hold *most* rows at most."""

    def __init__(self) -> None:
        super().__init__()
        self.held = Held()
        self.keys = {ADMIN_KEY, ANALYTICS_KEY}
        self.refused: dict[tuple[str, str], int] = {}  # (key, path) -> status
        self.most = 1000
        self.expired = 0  # how many cursors to call expired
        self.rows: dict[str, Callable[[Asked], list[Json]]] = {
            USAGE: self._usage,
            COST: self._cost,
            CLAUDE_CODE: lambda asked: self.held.claude_code.get(date.fromisoformat(asked.one("starting_at")), []),
            MESSAGES: self._messages,
            BILL: self._bill,
            LIMITS: lambda _: self.held.limits,
            USERS: lambda _: self.held.users,
            KEYS: lambda _: self.held.keys,
        }
        for path in self.rows:
            self.routes["GET", path] = self._answer

    def _answer(self, asked: Asked) -> Reply:
        status = self._refusal(asked)
        if status:
            return Reply({"type": "error", "error": {"message": "no"}}, status)
        listing = asked.path in (USERS, KEYS)
        rows = self.rows[asked.path](asked)
        start = self._start(asked, rows) if listing else self._from_cursor(asked)
        if isinstance(start, Reply):
            return start
        end = start + min(int(asked.one("limit", "7")), self.most)
        page: Json = {"data": rows[start:end]}
        if listing:
            return Reply(page | {"has_more": end < len(rows), "last_id": rows[:end][-1]["id"] if rows else None})
        page["next_page"] = _cursor(asked, end) if end < len(rows) else None
        if asked.path != LIMITS:
            page["has_more"] = end < len(rows)
        if asked.path in (USAGE, COST) and self.held.refreshed_at:
            page["data_refreshed_at"] = self.held.refreshed_at
        return Reply(page)

    def _refusal(self, asked: Asked) -> int:
        key = asked.headers.get("x-api-key", "")
        if key not in self.keys:
            return 401
        if (key, asked.path) in self.refused:
            return self.refused[key, asked.path]
        is_odd = (
            asked.headers.get("anthropic-version") != "2023-06-01"
            or not set(asked.query) <= PARAMETERS[asked.path]
            or (asked.path in (USAGE, COST) and asked.headers.get("anthropic-beta") != BETA)
            or not 1 <= int(asked.one("limit", "7")) <= (31 if asked.path in (BILL, MESSAGES) else 1000)
        )
        return 400 if is_odd or ("ending_at" in asked.query and not _may_span(asked)) else 0

    def _from_cursor(self, asked: Asked) -> int | Reply:
        cursor = asked.one("page")
        if not cursor:
            return 0
        if self.expired:
            self.expired -= 1
            return Reply({"error": "expired"}, 410)
        start, _, parameters = base64.b64decode(cursor).decode().partition("|")
        return int(start) if parameters == _parameters(asked) else Reply({"error": "other parameters"}, 400)

    @staticmethod
    def _start(asked: Asked, rows: Sequence[Json]) -> int:
        after = asked.one("after_id")
        return [row["id"] for row in rows].index(after) + 1 if after else 0

    def _usage(self, asked: Asked) -> list[Json]:
        return [
            item | {"usage": _counts([work.tokens for work in works]) | {"requests": _sum(w.requests for w in works)}}
            for item, works in self._grouped(asked)
            if works[0].model is not None
        ]

    def _cost(self, asked: Asked) -> list[Json]:
        return [
            item
            | {
                "cost": {
                    "amount": str(sum(Decimal(work.amount) for work in works)),
                    "list_amount": str(sum(Decimal(work.list_amount) for work in works)),
                    "currency": "USD",
                    "requests": _sum(work.requests for work in works),
                }
            }
            for item, works in self._grouped(asked)
        ]

    def _grouped(self, asked: Asked) -> list[tuple[Json, list[Work]]]:
        """Return what was asked for by group; each actor that cannot be named is a row of its own."""
        first, end = _span(asked)
        groups: dict[Any, tuple[Json, list[Work]]] = {}
        for number, work in enumerate(self.held.work):
            if not first <= work.day < end:
                continue
            every = {
                "actor": work.actor,
                "model": work.model,
                "product": work.product,
                "claude_tag_category": work.category,
            }
            group = {name: value if name in asked.query["group_by[]"] else None for name, value in every.items()}
            item = _bucket(work.day) | {"group": group}
            key = (work.day, str(group), number if work.actor is None else None)
            groups.setdefault(key, (item, []))[1].append(work)
        return list(groups.values())

    def _messages(self, asked: Asked) -> list[Json]:
        first, end = _span(asked)
        buckets: dict[date, list[Json]] = {first + timedelta(days=n): [] for n in range((end - first).days)}
        for message in self.held.messages:
            if message.day in buckets:
                names = {name: getattr(message, name) for name in asked.query["group_by[]"]}
                buckets[message.day].append(_counts([message.tokens]) | {"workspace_id": None} | names)
        return [_bucket(day) | {"results": results} for day, results in buckets.items()]

    def _bill(self, asked: Asked) -> list[Json]:
        first, end = _span(asked)
        days = [first + timedelta(days=number) for number in range((end - first).days)]
        return [_bucket(day) | {"results": self.held.bill.get(day, [])} for day in days]


def _span(asked: Asked) -> tuple[date, date]:
    return datetime.fromisoformat(asked.one("starting_at")).date(), datetime.fromisoformat(
        asked.one("ending_at")
    ).date()


def _may_span(asked: Asked) -> bool:
    first, end = _span(asked)
    width = asked.one("time_bucket_width" if asked.path in (USAGE, COST) else "bucket_width")
    earliest = date(2026, 1, 1) if asked.path in (USAGE, COST) else date(2023, 1, 1)
    return width == "1d" and earliest <= first < end <= first + timedelta(days=31)


def _bucket(day: date) -> Json:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return {"starting_at": start.isoformat(), "ending_at": (start + timedelta(days=1)).isoformat()}


def _counts(tokens: Sequence[tuple[int, int, int, int, int]]) -> Json:
    uncached, read, five_minutes, one_hour, out = (sum(column) for column in zip(*tokens, strict=True))
    return {
        "uncached_input_tokens": uncached,
        "cache_read_input_tokens": read,
        "cache_creation": {"ephemeral_5m_input_tokens": five_minutes, "ephemeral_1h_input_tokens": one_hour},
        "output_tokens": out,
        "server_tool_use": {"web_search_requests": 0},
    }


def _sum(requests: Any) -> int | None:
    known = list(requests)
    return None if None in known else sum(known)


def _parameters(asked: Asked) -> str:
    return str(sorted((name, values) for name, values in asked.query.items() if name != "page"))


def _cursor(asked: Asked, start: int) -> str:
    return base64.b64encode(f"{start}|{_parameters(asked)}".encode()).decode()


@contextmanager
def organisation() -> Iterator["Organisation"]:
    """Run a stand-in and give what asks it."""
    stand = AnthropicStandIn()
    with stand:
        org = Organisation(stand)
        try:
            yield org
        finally:
            org.close()


class Organisation:
    """A stand-in, the sources that ask it, and the clock they have."""

    def __init__(self, stand: AnthropicStandIn) -> None:
        self.stand, self.held = stand, stand.held
        self.now = datetime(2026, 11, 20, 9, tzinfo=UTC)
        self.pauses: list[float] = []
        self._sources: list[AnthropicSource] = []

    def source(self, *, admin: str | None = ADMIN_KEY, analytics: str | None = None) -> AnthropicSource:
        """Return a source with the keys that are given."""
        made = AnthropicSource(
            self._api(admin, "ANTHROPIC_ADMIN_KEY"),
            self._api(analytics, "ANTHROPIC_ANALYTICS_KEY"),
            PRICES,
            lambda: self.now,
        )
        self._sources.append(made)
        return made

    def without_analytics(self) -> AnthropicSource:
        """Return a source whose admin key may not read the analytics."""
        self.stand.refused[ADMIN_KEY, USAGE] = 404
        return self.source()

    def _api(self, key: str | None, setting: str) -> Api | None:
        return None if key is None else anthropic_api(self.stand.url, key, setting, self.pauses.append)

    def close(self) -> None:
        """Close every source."""
        for source in self._sources:
            source.close()


class Read(NamedTuple):
    """A day as it was read: its rows, added up as they are kept."""

    day: date
    rows: list[ReportedRow]
    sums: dict[tuple[str | None, str, str, str, str], dict[str, int | None]]
    complete: bool
    flaws: dict[str, int]


def read(source: AnthropicSource, first: date, last: date | None = None) -> list[Read]:
    """Return the days that *source* reports, read to the end."""
    return [_read(reported) for reported in source.reported_days(first, last or first)]


def _read(reported: ReportedDay) -> Read:
    rows = [row for batch in reported.batches for row in batch]
    tallies: dict[tuple[str | None, str, str, str, str], Tally] = {}
    for account, row, _ in rows:
        key = (account, row.tool, row.model, row.run_kind, row.tier)
        tallies.setdefault(key, Tally()).add(measures(row), row.list_value_by, piece=reported.pieces)
    sums = {key: dict(zip(MEASURES, tally.values, strict=True)) for key, tally in tallies.items()}
    return Read(reported.day, rows, sums, reported.complete, dict(reported.flaws))
