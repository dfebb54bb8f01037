"""A stand-in for OpenAI's admin API: usage and costs that it groups and pages as asked, members, projects, keys."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from tests.providers.standin import Asked, Reply, StandIn

DAY_SECONDS = 86_400
BY_MODEL = {"project_id", "user_id", "api_key_id", "model"}
GROUPS = {
    "completions": BY_MODEL | {"batch", "service_tier"},
    "embeddings": BY_MODEL,
    "moderations": BY_MODEL,
    "images": BY_MODEL | {"size", "source"},
    "audio_speeches": BY_MODEL,
    "audio_transcriptions": BY_MODEL,
}
COST_GROUPS = {"project_id", "user_id", "line_item", "api_key_id"}
PARAMETERS = {"start_time", "end_time", "bucket_width", "limit", "page", "group_by[]"}


@dataclass(frozen=True)
class Use:
    """What one key used of one model on one day; *counts* under the provider's own names."""

    day: date
    user_id: str | None
    api_key_id: str | None
    model: str | None
    counts: Mapping[str, int | None]
    kind: str = "completions"
    batch: bool = False
    service_tier: str | None = "default"


@dataclass(frozen=True)
class Charge:
    """What one person was charged for one line item on one day."""

    day: date
    user_id: str | None
    line_item: str
    usd: Decimal
    currency: str = "usd"


class OpenAIStandIn(StandIn):
    """Told what was used and charged; *rows_a_page* cuts days in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.key = "admin-key"
        self.rows_a_page = 1000
        self.used: list[Use] = []
        self.charges: list[Charge] = []
        self.members: list[dict[str, Any]] = []
        self.keys: dict[str, list[dict[str, Any]]] = {}  # by project
        self.denied: set[str] = set()
        self.costs_by_person = True
        self.extra: defaultdict[str, list[Any]] = defaultdict(list)  # results put into a day, by kind
        for kind in GROUPS:
            self.routes["GET", f"/v1/organization/usage/{kind}"] = self._admin(self._usage)
        self.routes["GET", "/v1/organization/costs"] = self._admin(self._costs)
        self.routes["GET", "/v1/organization/users"] = self._admin(lambda asked: _listed(asked, self.members))
        self.routes["GET", "/v1/organization/projects"] = self._admin(
            lambda asked: _listed(asked, [{"id": name, "object": "organization.project"} for name in self.keys])
        )
        self.routes["GET", "/v1/organization/projects/*"] = self._admin(
            lambda asked: _listed(asked, self.keys[asked.path.split("/")[4]])
        )

    def _admin(self, route: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
        def guarded(asked: Asked) -> Reply:
            if asked.headers.get("authorization") != f"Bearer {self.key}":
                return Reply({"error": {"message": "Incorrect API key provided: sk-admin-1234"}}, 401)
            if asked.path in self.denied:
                return Reply({"error": {"message": "Missing scopes: api.usage.read"}}, 403)
            return route(asked)

        return guarded

    def _usage(self, asked: Asked) -> Reply:
        kind = asked.path.rpartition("/")[2]
        return self._report(asked, kind, GROUPS[kind], 31, self._usage_of)

    def _costs(self, asked: Asked) -> Reply:
        if "user_id" in asked.query.get("group_by[]", []) and not self.costs_by_person:
            return Reply({"error": {"message": "user_id cannot be combined here"}}, 400)
        return self._report(asked, "costs", COST_GROUPS, 180, self._costs_of)

    def _report(self, asked: Asked, kind: str, groups: set[str], most: int, results_of: Any) -> Reply:
        """Cut the results of all days into pages, each with its days as buckets."""
        grouped = asked.query.get("group_by[]", [])
        limit = int(asked.one("limit", "7"))
        if set(asked.query) - PARAMETERS or set(grouped) - groups or asked.one("bucket_width", "1d") != "1d":
            return Reply({"error": {"message": "unknown parameter"}}, 400)
        if not 1 <= limit <= most:
            return Reply({"error": {"message": "limit is out of range"}}, 400)
        start, end = int(asked.one("start_time")), int(asked.one("end_time"))
        days = range(start, end, DAY_SECONDS)[:limit]
        everything = [(day, one) for day in days for one in [*results_of(day, kind, grouped), *self.extra[kind]]]
        skip = int(asked.one("page", "page_0").removeprefix("page_"))
        page, rest = everything[skip : skip + self.rows_a_page], everything[skip + self.rows_a_page :]
        buckets = [bucket(day, [result for where, result in page if where == day]) for day in days]
        following = f"page_{skip + self.rows_a_page}" if rest else None
        return Reply({"object": "page", "data": buckets, "has_more": bool(rest), "next_page": following})

    def _usage_of(self, start: int, kind: str, grouped: Sequence[str]) -> list[dict[str, Any]]:
        sums: defaultdict[tuple[Any, ...], dict[str, int | None]] = defaultdict(dict)
        for use in self.used:
            if use.kind == kind and seconds(use.day) == start:
                into = sums[tuple(getattr(use, name, None) for name in grouped)]
                for name, count in use.counts.items():
                    into[name] = None if count is None else (into.get(name) or 0) + count
        nothing = dict.fromkeys(GROUPS[kind])
        named = f"organization.usage.{kind}.result"
        return [{"object": named, **nothing, **dict(zip(grouped, key, strict=True)), **s} for key, s in sums.items()]

    def _costs_of(self, start: int, kind: str, grouped: Sequence[str]) -> list[dict[str, Any]]:
        sums: defaultdict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
        for charge in self.charges:
            if seconds(charge.day) == start:
                sums[(charge.currency, *(getattr(charge, name, None) for name in grouped))] += charge.usd
        return [
            {
                "object": "organization.costs.result",
                "amount": {"value": float(usd), "currency": key[0]},
                **dict.fromkeys(COST_GROUPS),
                **dict(zip(grouped, key[1:], strict=True)),
            }
            for key, usd in sums.items()
        ]


def bucket(start: int, results: list[Any]) -> dict[str, Any]:
    """Return the results of one day as the API wraps them."""
    return {"object": "bucket", "start_time": start, "end_time": start + DAY_SECONDS, "results": results}


def seconds(day: date) -> int:
    """Return when a day begins in UTC."""
    return int(datetime.combine(day, time(), UTC).timestamp())


def _listed(asked: Asked, items: Sequence[dict[str, Any]]) -> Reply:
    """Return one page of a list, after the id that is asked for."""
    if set(asked.query) - {"limit", "after"} or not 1 <= int(asked.one("limit", "20")) <= 100:
        return Reply({"error": {"message": "unknown parameter"}}, 400)
    ids = [item["id"] for item in items]
    start = ids.index(asked.one("after")) + 1 if "after" in asked.query else 0
    page = items[start : start + int(asked.one("limit", "20"))]
    more = start + len(page) < len(items)
    return Reply({"object": "list", "data": page, "has_more": more, "last_id": page[-1]["id"] if page else None})
