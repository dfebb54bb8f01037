"""The arithmetic behind a day's avoidable cost: text sent in full, cache writes nobody read, failures, priority."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from bot.domain.money import NANO_PER_USD, nano_usd
from bot.domain.pricing import PriceBook, Rates
from bot.domain.quantity import Quantity, total
from bot.domain.summary import cost_of
from bot.domain.usage import STANDARD_TIER, UsageRow

WhyKind = Literal["sent_in_full", "written_unread", "failed", "priority"]

# Below this a line is not worth a person's time.
LEAST_NANO_USD: Final = NANO_PER_USD // 2
MOST_LINES: Final = 2
# What of the input is read from the cache where a stable beginning is reused.
_REACHABLE_SHARE: Final = Decimal("0.7")
_LOW_SHARE: Final = Decimal("0.5")
_LEAST_REQUESTS: Final = 50
_LEAST_TOKENS_A_REQUEST: Final = 5_000  # shorter requests have no beginning that is worth keeping
# Reads for each token written that make the writing worth its price: for five minutes, for an hour.
_PAYS_OFF: Final = Decimal("0.3"), Decimal("1.2")
_LEAST_FAILED: Final = 20
_FAILED_PART: Final = 4  # one of so many
_PRIORITY_TIERS: Final = frozenset({"priority", "fast"})
_CLASSES: Final = (
    "uncached_input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
)


class Counts(NamedTuple):
    """Tokens of a line's rows, each class by itself."""

    new_input: int
    reread: int
    written: int
    written_1h: int
    answers: int


class WhyLine(NamedTuple):
    """One line of arithmetic: how many (tokens of one class, requests, per cent) of how many, and what that cost."""

    kind: WhyKind
    tool: str
    model: str
    job: str
    number: int
    of: int
    nano_usd: int


def why_lines(rows: Iterable[UsageRow], prices: PriceBook) -> list[WhyLine]:
    """Return the day's avoidable costs, the largest first, two at most; *rows* are a day's own, counted once.

    Of a tool and model (or job) whose prices or counts are not all known nothing is said.
    """
    groups: dict[tuple[str, str, str, str], list[UsageRow]] = {}
    for row in rows:
        if not row.is_seat:
            key = (row.tool, row.model, (row.work or row.tool) if row.ran_on_its_own else "", row.tier)
            groups.setdefault(key, []).append(row)
    found = [line for (*names, tier), group in groups.items() for line in _lines(names, tier, group, prices)]
    worth = [line for line in found if line.nano_usd >= LEAST_NANO_USD]
    return sorted(worth, key=lambda line: (-line.nano_usd, line))[:MOST_LINES]


def _lines(names: Sequence[str], tier: str, rows: Sequence[UsageRow], prices: PriceBook) -> list[WhyLine]:
    tool, model, job = names
    found = [("failed", *_failed(rows))]
    rates, counts = prices("", model, rows[0].day, tier), _counts(rows)
    if rates is not None and counts is not None:
        requests = total(row.measure("requests") for row in rows)
        found.append(("sent_in_full", *_sent_in_full(counts, rates, requests)))
        found.append(("written_unread", *_written_unread(counts, rates)))
        standard = prices("", model, rows[0].day, STANDARD_TIER)
        if job and tier in _PRIORITY_TIERS and standard is not None:
            found.append(("priority", *_priority(counts, rates, standard, requests)))
    return [
        WhyLine(kind, tool, model, job, number, of, nano)  # type: ignore[arg-type]
        for kind, number, of, nano in found
        if nano
    ]


def _counts(rows: Sequence[UsageRow]) -> Counts | None:
    sums = [total(row.measure(name) for row in rows) for name in _CLASSES]
    return Counts(*(each.known or 0 for each in sums)) if all(each.complete for each in sums) else None


_Arithmetic = tuple[int, int, int]  # number, of, nano-USD; no line where nothing is avoidable
_NOTHING: Final[_Arithmetic] = (0, 0, 0)


def _sent_in_full(counts: Counts, rates: Rates, requests: Quantity) -> _Arithmetic:
    """Return what reading seven of ten input tokens from the cache would have saved, where less than five were."""
    sent = counts.new_input + counts.reread + counts.written + counts.written_1h
    asked = requests.known or 0
    if not requests.complete or asked < _LEAST_REQUESTS or sent < asked * _LEAST_TOKENS_A_REQUEST:
        return _NOTHING
    share, in_full = Decimal(counts.reread) / sent, sent - counts.reread
    if share >= _LOW_SHARE or not counts.new_input:
        return _NOTHING
    paid = (
        counts.new_input * rates.uncached_input_usd
        + counts.written * rates.cache_write_usd
        + counts.written_1h * rates.cache_write_1h_usd
    )
    saved = (_REACHABLE_SHARE - share) * sent * (paid / in_full - rates.cache_read_usd)
    return int((1 - share) * 100), 100, max(0, nano_usd(saved))


def _written_unread(counts: Counts, rates: Rates) -> _Arithmetic:
    """Return what writing to the cache cost beyond new input, and beyond what reading it saved."""
    five_minutes, hour = _PAYS_OFF
    if counts.reread >= five_minutes * counts.written + hour * counts.written_1h:
        return _NOTHING
    extra = (
        counts.written * (rates.cache_write_usd - rates.uncached_input_usd)
        + counts.written_1h * (rates.cache_write_1h_usd - rates.uncached_input_usd)
        - counts.reread * (rates.uncached_input_usd - rates.cache_read_usd)
    )
    return counts.written + counts.written_1h, counts.reread, max(0, nano_usd(extra))


def _failed(rows: Sequence[UsageRow]) -> _Arithmetic:
    """Return how many requests failed, and what so many come to at the day's average."""
    failed, asked = (total(row.measure(name) for row in rows) for name in ("failed_requests", "requests"))
    cost = cost_of(rows)[1].known
    if not failed.known or not asked.known or not (failed.complete and asked.complete) or not cost:
        return _NOTHING
    if failed.known < _LEAST_FAILED or failed.known * _FAILED_PART < asked.known:
        return _NOTHING
    return failed.known, asked.known, cost * min(failed.known, asked.known) // asked.known


def _priority(counts: Counts, rates: Rates, standard: Rates, requests: Quantity) -> _Arithmetic:
    """Return what the same tokens would have cost less at the usual speed."""
    less = sum((count * (fast - usual) for count, fast, usual in zip(counts, rates, standard, strict=True)), Decimal(0))
    return requests.known or 0, 0, max(0, nano_usd(less))
