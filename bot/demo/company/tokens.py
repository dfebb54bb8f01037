"""From an amount to the counts of tokens that come to it, and from counts to a row with its price."""

from datetime import date
from typing import Final, NamedTuple

from bot.domain.pricing import PriceBook, Tokens, list_value_nano_usd
from bot.domain.usage import RunKind, UsageRow

OPUS: Final = "claude-opus-4-5"
SONNET: Final = "claude-sonnet-4-5"
HAIKU: Final = "claude-haiku-4-5"
CODEX: Final = "gpt-5-codex"
PREVIEW: Final = "falcon-preview-2"  # a made-up model that no price list knows
PRICE_LIST: Final = "price list"

# Nano-USD for a token: new input, read from cache, written to it, output. They only find counts that
# come to an amount; what the counts cost is then asked of the price book.
_NANO: Final[dict[str, tuple[int, int, int, int]]] = {
    OPUS: (5_000, 500, 6_250, 25_000),
    SONNET: (3_000, 300, 3_750, 15_000),
    HAIKU: (1_000, 100, 1_250, 5_000),
    CODEX: (1_250, 125, 1_250, 10_000),
    PREVIEW: (2_000, 200, 2_500, 12_000),
}
_NANO_PER_CENT: Final = 10_000_000


class Shape(NamedTuple):
    """How work looks: shares of cost by class (the rest is output), and input of all kinds in a request."""

    new_input: float
    cache_read: float
    cache_write: float
    input_per_request: int
    written_for_an_hour: bool = False


LONG_SESSIONS: Final = Shape(0.03, 0.50, 0.20, 62_000)
AGENT: Final = Shape(0.06, 0.42, 0.22, 38_000)
UNCACHED: Final = Shape(0.66, 0.03, 0.04, 21_000)
NEVER_REREAD: Final = Shape(0.02, 0.01, 0.76, 24_000)
SHORT_CALLS: Final = Shape(0.61, 0.0, 0.0, 1_400)
CODEX_SESSIONS: Final = Shape(0.22, 0.38, 0.0, 40_000)


class Work(NamedTuple):
    """Tokens and the requests that carried them."""

    tokens: Tokens
    requests: int


def work_of(cents: int, model: str, shape: Shape) -> Work:
    """Return work on *model* that comes to *cents*, short of it by less than one cheapest token."""
    left = cents * _NANO_PER_CENT
    new, read, write, output = _NANO[model]
    counts = [
        int(left * share) // price
        for share, price in ((shape.new_input, new), (shape.cache_read, read), (shape.cache_write, write))
    ]
    left -= counts[0] * new + counts[1] * read + counts[2] * write
    answers, left = divmod(left, output)
    if shape.cache_read:
        counts[1] += left // read
    carried = sum(counts)
    written, hourly = (0, counts[2] * write // (2 * new)) if shape.written_for_an_hour else (counts[2], 0)
    return Work(Tokens(counts[0], counts[1], written, hourly, answers), max(1, carried // shape.input_per_request))


class Label(NamedTuple):
    """Which tool and model a row is about, and what started it."""

    source: str
    tool: str
    model: str
    run_kind: RunKind = "person"
    work: str = ""


def priced_row(
    day: date, label: Label, work: Work, prices: PriceBook, *, billed: bool = True, failed: int | None = None
) -> UsageRow:
    """Return the row of *work*, at list price; *billed* says whether that is what the provider billed.

    The source instance is left open (0), as in every report.
    """
    tokens = work.tokens
    provider = "openai" if label.tool == "codex" else "anthropic"
    value = list_value_nano_usd(tokens, prices(provider, label.model, day, "standard"))
    return UsageRow(
        day,
        label.source,
        0,
        label.tool,
        label.model,
        label.run_kind,
        label.work,
        uncached_input_tokens=tokens.uncached_input,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write,
        cache_write_1h_tokens=tokens.cache_write_1h,
        output_tokens=tokens.output,
        requests=work.requests,
        failed_requests=failed,
        billed_nano_usd=value if billed else None,
        list_value_nano_usd=value,
        list_value_by="" if value is None else PRICE_LIST,
    )
