"""What a rule found in one person's rows: about a job, a model or a source, never about the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

HintKind = Literal["runaway", "spike", "idle_schedule", "short_calls", "pace", "borrow"]
KINDS: Final[tuple[HintKind, ...]] = get_args(HintKind)
# Values by a name that carries the unit: whole numbers, names, days. Never a time of day.
Evidence = Mapping[str, int | str]

# Unasked, a saving below this is not worth a line.
MATERIAL_NANO_USD: Final = 5_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: what set it off, from *first* to *last* (both included).

    *saving_nano_usd* is what could at most be saved in 28 days of what is billed; None where nothing is
    billed or nothing is claimed.
    """

    kind: HintKind
    subject: str
    evidence: Evidence
    saving_nano_usd: int | None
    first: date
    last: date

    def number(self, name: str) -> int:
        """Return a whole number of the evidence; 0 where there is none of that name."""
        value = self.evidence.get(name, 0)
        return value if isinstance(value, int) else 0

    def word(self, name: str) -> str:
        """Return a name or day of the evidence; empty where there is none."""
        value = self.evidence.get(name, "")
        return value if isinstance(value, str) else ""


def one_figure(nano_usd: int) -> int:
    """Return an amount rounded down to one significant figure, in nano-USD; 0 below a cent."""
    cents = max(0, nano_usd) // 10_000_000
    size: int = 10 ** (len(str(cents)) - 1)
    return cents // size * size * 10_000_000


def claimed(nano_usd: int | None) -> int | None:
    """Return a saving that may be claimed: at least a cent of what is billed; else None."""
    return nano_usd if nano_usd is not None and one_figure(nano_usd) else None
