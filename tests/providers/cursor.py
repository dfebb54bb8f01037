"""A stand-in for a Cursor team's Admin API: events with fractional cents, members and their limits."""

import base64
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.providers.standin import Asked, Reply, StandIn

KEY = "crsr_made-up"
_DAY_MS = 24 * 3600 * 1000
_EVENT_FILTERS = {"startDate", "endDate", "page", "pageSize", "email", "userId", "serviceAccountId", "hostingType"}
_SPEND_FILTERS = {"page", "pageSize", "searchTerm", "sortBy", "sortDirection"}

Json = dict[str, Any]


def event(when: datetime, email: str | None = "ada@example.com", /, **more: Any) -> Json:
    """Return an event that a person is charged 21.36232 cents for; *more* replaces fields or adds them."""
    usage = {
        "inputTokens": 126,
        "outputTokens": 450,
        "cacheWriteTokens": 6112,
        "cacheReadTokens": 11964,
        "totalCents": 20.18232,
    }
    return {
        "timestamp": str(int(when.timestamp() * 1000)),
        "userEmail": email,
        "model": "claude-4.5-sonnet",
        "kind": "Usage-based",
        "maxMode": False,
        "requestsCosts": 1.4,
        "isTokenBasedCall": True,
        "isChargeable": True,
        "isHeadless": False,
        "tokenUsage": usage,
        "chargedCents": 21.36232,
    } | more


def spender(email: str, /, **more: Any) -> Json:
    """Return a member's spend without any limit; *more* replaces fields or adds them."""
    return {
        "userId": f"user_{email[:3]}",
        "email": email,
        "name": "Somebody",
        "role": "member",
        "spendCents": 0,
        "overallSpendCents": 1234.5678,
        "hardLimitOverrideDollars": 0,
        "monthlyLimitDollars": None,
    } | more


class CursorTeam(StandIn):
    """A team: put events into *events* and members into *members* and *spenders*."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Json] = []
        self.members: list[Json] = []
        self.spenders: list[Json] = []
        self.cycle_start = datetime(2026, 10, 31, 9, tzinfo=UTC)
        self.is_enterprise = True
        self.largest_page = 1000  # smaller splits days in tests
        self.routes = {
            ("POST", "/teams/filtered-usage-events"): self._events,
            ("POST", "/teams/spend"): self._spend,
            ("GET", "/teams/members"): self._members,
        }

    def answer(self, asked: Asked) -> Reply:
        """Return the reply, a refusal without the key or the plan."""
        reply = super().answer(asked)
        right = base64.b64encode(f"{KEY}:".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {right}":
            return Reply({"error": "Unauthorized", "message": "Invalid API key"}, 401)
        if not self.is_enterprise:
            return Reply({"error": "Forbidden", "message": "Enterprise access required"}, 403)
        return reply

    def cents(self, field: str, **where: Any) -> Decimal:
        """Return the sum of *field* over the events that have the fields of *where*."""
        chosen = (one for one in self.events if where.items() <= one.items())
        return sum((Decimal(str(one[field])) for one in chosen), Decimal(0))

    def tokens(self) -> Counter[str]:
        """Return the sums of all token fields."""
        sums: Counter[str] = Counter()
        for one in self.events:
            sums.update({name: count for name, count in one.get("tokenUsage", {}).items() if name != "totalCents"})
        return sums

    def _events(self, asked: Asked) -> Reply:
        wanted = asked.json
        size = wanted.get("pageSize", 100)
        first, last = wanted["startDate"], wanted["endDate"]
        if set(wanted) - _EVENT_FILTERS or size > 1000 or wanted["page"] < 1 or last - first > 30 * _DAY_MS:
            return Reply({"error": "Bad Request", "message": "a parameter is not valid"}, 400)
        found = [one for one in self.events if first <= int(one["timestamp"]) <= last]
        shown, pages = _page(found, wanted["page"], min(size, self.largest_page))
        pagination = {
            "numPages": pages,
            "currentPage": wanted["page"],
            "pageSize": size,
            "hasNextPage": wanted["page"] < pages,
            "hasPreviousPage": wanted["page"] > 1,
        }
        period = {"startDate": first, "endDate": last}
        return Reply(
            {
                "totalUsageEventsCount": len(found),
                "pagination": pagination,
                "usageEvents": shown,
                "period": period,
            }
        )

    def _spend(self, asked: Asked) -> Reply:
        wanted = asked.json
        if set(wanted) - _SPEND_FILTERS:
            return Reply({"error": "Bad Request", "message": "a parameter is not valid"}, 400)
        shown, pages = _page(self.spenders, wanted["page"], min(wanted["pageSize"], self.largest_page))
        start = int(self.cycle_start.timestamp() * 1000)
        return Reply(
            {
                "teamMemberSpend": shown,
                "subscriptionCycleStart": start,
                "totalMembers": len(self.spenders),
                "totalPages": pages,
            }
        )

    def _members(self, asked: Asked) -> Reply:
        return Reply({"teamMembers": self.members})


def _page(everything: Sequence[Json], number: int, size: int) -> tuple[Sequence[Json], int]:
    pages = max(1, -(-len(everything) // size))
    return everything[(number - 1) * size : number * size], pages
