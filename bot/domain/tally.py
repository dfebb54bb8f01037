"""Adding usage rows up without losing sight of what is unknown."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from bot.domain.usage import BIT, MEASURES, UsageRow

K = TypeVar("K", bound=Hashable)
_BITS = tuple(BIT[name] for name in MEASURES)


class Tally:
    """Sums of every measure; what some part did not know is marked as partly unknown."""

    __slots__ = ("by", "count", "partly", "values")

    def __init__(self) -> None:
        self.values: list[int | None] = [None] * len(MEASURES)
        self.partly = 0
        self.by = ""
        self.count = 0

    def add(self, values: Sequence[int | None], by: str = "", partly: int = 0) -> None:
        """Add one part: its measures in the order of MEASURES, and who estimated its list value."""
        if self.count == 0:
            self.values, self.partly, self.by, self.count = list(values), partly, by, 1
            return
        sums = self.values
        for position, value in enumerate(values):
            old = sums[position]
            if value is None:
                if old is not None:
                    partly |= _BITS[position]
            elif old is None:
                sums[position] = value
                partly |= _BITS[position]
            else:
                sums[position] = old + value
        self.partly |= partly
        self.count += 1
        if by and by != self.by:
            self.by = "several" if self.by else by


def measures(row: UsageRow) -> list[int | None]:
    """Return the row's measures in the order of MEASURES."""
    return [getattr(row, name) for name in MEASURES]


def sum_rows(rows: Iterable[UsageRow], key: Callable[[UsageRow], K]) -> dict[K, Tally]:
    """Add *rows* up by *key*."""
    sums: dict[K, Tally] = {}
    for row in rows:
        sums.setdefault(key(row), Tally()).add(measures(row), row.list_value_by, row.partly_unknown)
    return sums
