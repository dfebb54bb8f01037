"""A stand-in for a LiteLLM proxy: daily activity that it adds up page by page as the proxy does, and its users."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.providers.standin import Asked, Reply, StandIn

METRICS = (
    "spend",
    "prompt_tokens",
    "completion_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "api_requests",
    "failed_requests",
)
PARAMETERS = {"start_date", "end_date", "page", "page_size", "include_current_utc_day"}


@dataclass(frozen=True)
class Spent:
    """One row of the proxy's table of a day; *prompt* has what the cache read and wrote in it."""

    day: date
    user_id: str
    key: str
    model: str
    spend: Decimal
    prompt: int
    output: int
    read: int = 0
    written: int = 0
    requests: int = 1
    failed: int = 0

    def metrics(self) -> dict[str, Any]:
        """Return the row's sums under the proxy's names, all requests in one."""
        values = (self.spend, self.prompt, self.output, self.read, self.written, self.requests, self.failed)
        return dict(zip(METRICS, values, strict=True))


class LiteLLMStandIn(StandIn):
    """Told what was spent, who the users are and whose the keys are."""

    def __init__(self) -> None:
        super().__init__()
        self.key = "sk-admin"
        self.spent: list[Spent] = []
        self.users: list[dict[str, Any]] = []
        self.keys: dict[str, dict[str, Any]] = {}  # what is said of a key, by its hash
        self.tells_keys_by_model = True
        self.rows_a_page = 1000  # fewer than are asked for: as if the table were larger
        self.denied: Mapping[str, int] = {}
        self.routes["GET", "/user/daily/activity"] = self._admin(self._activity)
        self.routes["GET", "/user/list"] = self._admin(self._users)

    def _admin(self, route: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
        def guarded(asked: Asked) -> Reply:
            if asked.headers.get("authorization") != f"Bearer {self.key}":
                return Reply({"error": {"message": "Invalid proxy server token sk-...1234"}}, 401)
            if asked.path in self.denied:
                return Reply({"detail": {"error": "only proxy admins"}}, self.denied[asked.path])
            return route(asked)

        return guarded

    def _activity(self, asked: Asked) -> Reply:
        size, number = int(asked.one("page_size", "50")), int(asked.one("page", "1"))
        if set(asked.query) - PARAMETERS or not 1 <= size <= 1000 or number < 1:
            return Reply({"detail": "not a parameter"}, 422)
        first, last = date.fromisoformat(asked.one("start_date")), date.fromisoformat(asked.one("end_date"))
        size = min(size, self.rows_a_page)
        rows = sorted((row for row in self.spent if first <= row.day <= last), key=lambda row: row.day, reverse=True)
        page, rest = rows[(number - 1) * size : number * size], rows[number * size :]
        days = sorted({row.day for row in page}, reverse=True)
        pages = -(-len(rows) // size)
        return Reply(
            {
                "results": [self._day(day, [row for row in page if row.day == day]) for day in days],
                "metadata": {"page": number, "total_pages": pages, "has_more": bool(rest), "total_spend": 0.0},
            }
        )

    def _day(self, day: date, rows: Sequence[Spent]) -> dict[str, Any]:
        by_key, by_model = _grouped(rows, lambda row: row.key), _grouped(rows, lambda row: row.model)
        breakdown = {
            "models": {model: self._part(some) for model, some in by_model.items() if model},
            "entities": {user: self._part(some) for user, some in _grouped(rows, lambda row: row.user_id).items()},
            "api_keys": {key: {**_sums(some), "metadata": self.keys.get(key, {})} for key, some in by_key.items()},
            "providers": {},
        }
        return {"date": day.isoformat(), **_sums(rows), "breakdown": breakdown}

    def _part(self, rows: Sequence[Spent]) -> dict[str, Any]:
        by_key = _grouped(rows, lambda row: row.key) if self.tells_keys_by_model else {}
        keys = {key: {**_sums(some), "metadata": {"key_alias": None}} for key, some in by_key.items()}
        return {**_sums(rows), "metadata": {}, "api_key_breakdown": keys}

    def _users(self, asked: Asked) -> Reply:
        size, number = int(asked.one("page_size", "25")), int(asked.one("page", "1"))
        if set(asked.query) - {"page", "page_size"} or not 1 <= size <= 100:
            return Reply({"detail": "not a parameter"}, 422)
        page = self.users[(number - 1) * size : number * size]
        return Reply({"users": page, "page": number, "total_pages": -(-len(self.users) // size)})


def _grouped(rows: Sequence[Spent], key: Callable[[Spent], str]) -> dict[str, list[Spent]]:
    return {name: [row for row in rows if key(row) == name] for name in sorted({key(row) for row in rows})}


def _sums(rows: Sequence[Spent]) -> dict[str, Any]:
    """Add rows up as the proxy does: money as floats."""
    each = [row.metrics() for row in rows]
    sums = {name: sum(float(one[name]) if name == "spend" else one[name] for one in each) for name in METRICS}
    return {"metrics": {**sums, "total_tokens": sums["prompt_tokens"] + sums["completion_tokens"]}}
