"""What was used: one row a day, as every source is normalised to."""

from datetime import date
from typing import Final, Literal

from msgspec import Struct

from bot.domain.quantity import Quantity

RunKind = Literal["person", "schedule", "heartbeat", "dream", "webhook", "subagent", "service", "unknown"]

RUN_KINDS: Final[tuple[RunKind, ...]] = (
    "person",
    "schedule",
    "heartbeat",
    "dream",
    "webhook",
    "subagent",
    "service",
    "unknown",
)
ON_ITS_OWN: Final = frozenset({"schedule", "heartbeat", "dream", "webhook", "subagent", "service"})

# The measures in the order in which they are stored; a row's partly_unknown has bit n set when some of
# what was added up in measure n was unknown.
MEASURES: Final = (
    "uncached_input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "requests",
    "failed_requests",
    "runs",
    "runs_with_result",
    "billed_nano_usd",
    "list_value_nano_usd",
)
TOKEN_MEASURES: Final = MEASURES[:5]
BIT: Final = {name: 1 << position for position, name in enumerate(MEASURES)}

SEAT_TIER: Final = "seat"
STANDARD_TIER: Final = "standard"


class UsageRow(Struct, frozen=True, gc=False):
    """One day of one account at one source, by tool, model, kind of run, work and tier.

    Tokens are four classes that are never added (the cache-write class comes with two lifetimes).
    None is unknown. The two money lanes are nano-USD and never added: *billed* is the provider's
    ledger or a share of a seat, *list_value* an estimate by whoever *list_value_by* names.
    """

    day: date
    source: str  # kind of source: "ccusage", "push"
    source_id: int
    tool: str
    model: str
    run_kind: RunKind = "unknown"
    work: str = ""
    tier: str = STANDARD_TIER
    uncached_input_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    output_tokens: int | None = None
    requests: int | None = None
    failed_requests: int | None = None
    runs: int | None = None
    runs_with_result: int | None = None
    billed_nano_usd: int | None = None
    list_value_nano_usd: int | None = None
    list_value_by: str = ""
    partly_unknown: int = 0

    def measure(self, name: str) -> Quantity:
        """Return measure *name* with what is known of it."""
        value: int | None = getattr(self, name)
        return Quantity(value, value is not None and not self.partly_unknown & BIT[name])

    @property
    def is_seat(self) -> bool:
        """Whether the row is a day's share of a seat and no use."""
        return self.tier == SEAT_TIER

    @property
    def ran_on_its_own(self) -> bool:
        """Whether a schedule or another program started the work."""
        return self.run_kind in ON_ITS_OWN
