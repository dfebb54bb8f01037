"""Adding usage rows up without losing sight of what is unknown."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import attrgetter
from typing import TypeVar

from bot.domain.quantity import Quantity, total
from bot.domain.usage import BIT, MEASURES, UsageRow

K = TypeVar("K", bound=Hashable)
_BITS = tuple(BIT[name] for name in MEASURES)
_measures_of = attrgetter(*MEASURES)


class Tally:
    """Sums of every measure; what some part did not know is marked as partly unknown."""

    __slots__ = ("by", "count", "partly", "values")

    def __init__(self) -> None:
        self.values: list[int | None] = [None] * len(MEASURES)
        self.partly = 0
        self.by = ""
        self.count = 0

    def add(self, values: Sequence[int | None], by: str = "", partly: int = 0, *, piece: bool = False) -> None:
        """Add one part: its measures in the order of MEASURES, and who estimated its list value.

        Of a *piece* None says nothing; of any other part it is unknown.
        """
        if self.count == 0:
            self.values, self.partly, self.by, self.count = list(values), partly, by, 1
            return
        sums = self.values
        said = partly
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
        self.partly |= said if piece else partly
        self.count += 1
        if by and by != self.by:
            self.by = "several" if self.by else by

    def add_rows(self, rows: Sequence[UsageRow], *, pieces: bool = False) -> None:
        """Add many rows at once, as one after the other would be."""
        columns = list(zip(*map(_measures_of, rows), strict=True))
        partly = 0
        for bits in {row.partly_unknown for row in rows}:
            partly |= bits
        sums: list[int | None] = []
        for column, bit in zip(columns, _BITS, strict=True):
            if None not in column:
                sums.append(sum(column))
                continue
            known = [value for value in column if value is not None]
            sums.append(sum(known) if known else None)
            partly |= bit if known and not pieces else 0
        by = {row.list_value_by for row in rows} - {""}
        self.add(sums, "several" if len(by) > 1 else next(iter(by), ""), partly, piece=pieces)


def measures(row: UsageRow) -> list[int | None]:
    """Return the row's measures in the order of MEASURES."""
    return [getattr(row, name) for name in MEASURES]


def sum_rows(rows: Iterable[UsageRow], key: Callable[[UsageRow], K]) -> dict[K, Tally]:
    """Add *rows* up by *key*."""
    sums: dict[K, Tally] = {}
    for row in rows:
        sums.setdefault(key(row), Tally()).add(measures(row), row.list_value_by, row.partly_unknown)
    return sums


def tokens_by_model(rows: Iterable[UsageRow]) -> dict[tuple[str, str], tuple[Quantity, Quantity, Quantity, Quantity]]:
    """Return, by (tool, model), new input, written to cache (both lifetimes), read from cache, and output.

    Ordered by tool and model: an order by volume would be a ranking.
    """
    groups: dict[tuple[str, str], list[UsageRow]] = {}
    for row in rows:
        if not row.is_seat:
            groups.setdefault((row.tool, row.model), []).append(row)
    return {key: _four_kinds(group) for key, group in sorted(groups.items())}


def _four_kinds(rows: list[UsageRow]) -> tuple[Quantity, Quantity, Quantity, Quantity]:
    def of(name: str) -> Quantity:
        return total(row.measure(name) for row in rows)

    written = of("cache_write_tokens") + of("cache_write_1h_tokens")
    return of("uncached_input_tokens"), written, of("cache_read_tokens"), of("output_tokens")
