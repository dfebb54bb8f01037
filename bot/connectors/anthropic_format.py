"""What Anthropic's reports say: the fields that are read, their bounds, and their words in ours."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from bot.connectors.pull import NO_MODEL
from bot.domain.money import MAX_NANO_USD, NANO_PER_USD
from bot.domain.pricing import Tokens

KIND: Final = "anthropic"
CLAUDE_CODE: Final = "claude-code"
API_TOOL: Final = "anthropic-api"
IMPOSSIBLE_AMOUNT: Final = "a row with an impossible amount"
OTHER_CURRENCY: Final = "a row in another currency than USD"
OTHER_DAY: Final = "a row of another day than was asked for"
_NANO_PER_CENT: Final = NANO_PER_USD // 100
_MOST_DIGITS: Final = 20  # beyond them there is nothing to multiply
_USD: Final = (None, "USD")
_LONGEST_NAME: Final = 200
_LONGEST_TOOL: Final = 64
_NAMES_REMEMBERED: Final = 1024
_TOOLS: Final = {
    "claude_code": CLAUDE_CODE,
    "chat": "claude-chat",
    "chat_cowork_unified": "claude-chat",
    "cowork": "claude-cowork",
    "claude_tag": "claude-tag",
    "messages_api": API_TOOL,
    "message_batches_api": API_TOOL,
}

Count = Annotated[int, Meta(ge=0, le=10**12)]


class CacheCreation(Struct, frozen=True, gc=False):
    """Tokens written to the cache, by how long they stay."""

    five_minutes: Count | None = field(default=None, name="ephemeral_5m_input_tokens")
    one_hour: Count | None = field(default=None, name="ephemeral_1h_input_tokens")


class TokenCounts(Struct, frozen=True, gc=False):
    """Tokens and requests of a row; input is without what the cache holds."""

    uncached_input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation: CacheCreation | None = None
    output_tokens: Count | None = None
    requests: Count | None = None

    @property
    def tokens(self) -> Tokens:
        """The tokens by class."""
        written = self.cache_creation
        return Tokens(
            self.uncached_input_tokens,
            self.cache_read_input_tokens,
            written.five_minutes if written else None,
            written.one_hour if written else None,
            self.output_tokens,
        )


class UnusableError(Exception):
    """Says why a row cannot be used."""


def nano_usd_of_cents(cents: Decimal, currency: str | None) -> int:
    """Return cents in nano-USD; raises UnusableError for another currency or an impossible amount."""
    if currency not in _USD and (currency or "").upper() != "USD":
        raise UnusableError(OTHER_CURRENCY)
    if not cents.is_finite() or cents.adjusted() > _MOST_DIGITS:
        raise UnusableError(IMPOSSIBLE_AMOUNT)
    amount = round(cents * _NANO_PER_CENT)
    if not 0 <= amount <= MAX_NANO_USD:
        raise UnusableError(IMPOSSIBLE_AMOUNT)
    return amount


@lru_cache(_NAMES_REMEMBERED)
def model_name(model: str | None) -> str:
    """Return a model's name as it can be shown, NO_MODEL where there is none."""
    return printable(model or "", _LONGEST_NAME) or NO_MODEL


@lru_cache(_NAMES_REMEMBERED)
def tool_of(product: str | None) -> str:
    """Return the tool that a product is here."""
    name = printable(product or "", _LONGEST_TOOL).lower()
    if not name:
        return API_TOOL
    return _TOOLS.get(name) or f"claude-{name.replace('_', '-')}"


def printable(text: str, longest: int) -> str:
    """Return the characters of *text* that can be shown, at most *longest*."""
    return "".join(character for character in text if character.isprintable()).strip()[:longest].strip()


def day_of(moment: datetime) -> date:
    """Return the UTC day of *moment*; one without a time zone is in UTC."""
    return (moment if moment.tzinfo is None else moment.astimezone(UTC)).date()


def start_of(day: date) -> datetime:
    """Return the first moment of *day*."""
    return datetime.combine(day, time(), UTC)


def end_of(day: date) -> datetime:
    """Return the moment that *day* is over."""
    return start_of(day + timedelta(days=1))


def as_text(moment: datetime) -> str:
    """Return an aware UTC moment as the API takes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
