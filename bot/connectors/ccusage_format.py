"""The shapes that `ccusage daily --json` prints, decoded and validated."""

from datetime import date, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct, field

from bot.connectors.push import BYTE_ORDER_MARK
from bot.errors import InputError

MAX_BYTES: Final = 64 * 2**20
MAKE_AGAIN: Final = "make it again with `ccusage daily --json --timezone UTC`."
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")

Count = Annotated[int, Meta(ge=0, le=10**12)]
Usd = Annotated[float, Meta(ge=0, le=1e9)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Counts(Struct, rename="camel", frozen=True, kw_only=True, gc=False):
    """Tokens; codex's own report calls what was read from the cache *cached input*."""

    input_tokens: Count
    output_tokens: Count
    cache_creation_tokens: Count = 0
    cache_read_tokens: Count = 0
    cached_input_tokens: Count = 0


class Model(Counts, rename="camel", frozen=True, kw_only=True, gc=False):
    """A model's part of a day."""

    model_name: Name
    cost: Usd | None = None


class Part(Counts, rename="camel", frozen=True, kw_only=True):
    """An agent's part of a day, or the whole day."""

    agent: Name = "all"
    total_cost: Usd | None = None
    cost_usd: Usd | None = field(default=None, name="costUSD")  # in codex's own report
    model_breakdowns: list[Model] = []
    models: dict[Name, Counts] = {}  # in codex's own report, without costs


class Metadata(Struct, frozen=True):
    """What the unified report says about a day."""

    agents: list[Name] = []


class Day(Part, rename="camel", frozen=True, kw_only=True):
    """One day: the unified report names it *period*, an agent's own report *date*."""

    period: date | None = None
    date_: date | None = field(default=None, name="date")
    metadata: Metadata = Metadata()
    agents: list[Part] = []

    @property
    def day(self) -> date:
        """The day, under either name; `read_days` has seen to it that there is one."""
        return self.period or self.date_ or date.min


class _Report(Struct, frozen=True):
    daily: list[Day]


_decoder: Final = msgspec.json.Decoder(_Report)


def read_days(content: bytes, today: date) -> list[Day]:
    """Return the file's days; raises InputError that names the place of what cannot be used."""
    if len(content) > MAX_BYTES:
        raise InputError(f"The file is larger than {MAX_BYTES >> 20} MiB: give `ccusage` a later `--since`.")
    if content.startswith(_UTF_16):
        raise InputError("The file is UTF-16, as some shells write it: save it as UTF-8.")
    try:
        days = _decoder.decode(content.removeprefix(BYTE_ORDER_MARK)).daily
    except msgspec.ValidationError as error:
        raise InputError(f"The file is not what ccusage prints: {error}; {MAKE_AGAIN}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"The file is not whole JSON in UTF-8: {error}; {MAKE_AGAIN}") from None
    _check(days, today)
    return days


def _check(days: list[Day], today: date) -> None:
    seen: set[date] = set()
    for number, each in enumerate(days):
        place = f"$.daily[{number}]"
        if each.period is None and each.date_ is None:
            raise InputError(f"The file is not what ccusage prints: {place} names no day; {MAKE_AGAIN}")
        if each.day in seen:
            raise InputError(f"{each.day} is in the file twice, at {place} again; {MAKE_AGAIN}")
        if each.day > today + timedelta(days=1):
            raise InputError(f"{each.day} at {place} lies in the future: set the machine's clock and {MAKE_AGAIN}")
        if not all(name.isprintable() for name in _names(each)):
            raise InputError(f"A name at {place} has characters that cannot be printed; {MAKE_AGAIN}")
        seen.add(each.day)


def _names(day: Day) -> list[str]:
    parts = (day, *day.agents)
    models = [model.model_name for part in parts for model in part.model_breakdowns]
    return [*models, *(name for part in parts for name in part.models), *(part.agent for part in parts)]
