"""Copilot's report of one day: a line for each person, as GitHub's signed links give it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Final

from msgspec import DecodeError, Raw, Struct
from msgspec.json import Decoder

from bot.connectors.estimates import VENDOR
from bot.connectors.github_api import PROVIDER
from bot.connectors.http import MAX_REPLY
from bot.connectors.pull import ReportedDay, ReportedRow
from bot.domain.money import MAX_NANO_USD, nano_usd
from bot.domain.usage import BIT, UsageRow
from bot.errors import ConnectorError

TOOL: Final = "copilot"
_BATCH: Final = 1000
_MOST: Final = 10**12
# What an AI credit costs beyond the ones that seats include, in USD.
_CREDIT_USD: Final = Decimal("0.01")
_MOST_CREDITS: Final = Decimal(MAX_NANO_USD) / 10**9 / _CREDIT_USD


class _TokenUsage(Struct, frozen=True, gc=False):
    output_tokens_sum: int | None = None


class _Totals(Struct, frozen=True, gc=False):
    token_usage: _TokenUsage | None = None


class _UserDay(Struct, frozen=True, gc=False):
    day: str | None = None
    user_id: int | str | None = None
    user_login: str | None = None
    user_initiated_interaction_count: int | None = None
    ai_credits_used: Decimal | None = None  # absent before GitHub counted them, which is not 0
    totals_by_cli: _Totals | None = None
    totals_by_copilot_app: _Totals | None = None


class _UnusableError(Exception):
    """Says why a line cannot be used."""


_USER_DAY: Final = Decoder(_UserDay)
_ARRAY: Final = Decoder(list[Raw])


def batches_of(lines: Iterable[bytes | Raw], reported: ReportedDay) -> Iterator[Sequence[ReportedRow]]:
    """Yield a report's rows in batches; lines that cannot be used are flaws of *reported*.

    A person has one line a day. That of somebody in two organizations may come twice: it counts once.
    """
    seen: dict[int | str, int] = {}
    batch: list[ReportedRow] = []
    for line in lines:
        try:
            user = _USER_DAY.decode(line)
            row = _row(user, reported.day)
        except (DecodeError, UnicodeDecodeError, RecursionError):
            reported.flawed("a line that is not as agreed")
        except _UnusableError as problem:
            reported.flawed(str(problem))
        else:
            if _is_new(user, seen, reported):
                batch.append(ReportedRow((user.user_login or "").strip().lower() or None, row))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def rows_in(lines: Iterator[bytes]) -> Iterator[bytes | Raw]:
    """Yield the JSON of each row, be it a line or an element of one array; raises ConnectorError."""
    first = next((line for line in lines if line.strip()), b"").removeprefix(b"\xef\xbb\xbf")
    if first.lstrip()[:1] == b"<":
        raise ConnectorError(PROVIDER, "a report's link answers a web page instead of a report", permanent=False)
    every = chain([first], lines)
    if first.lstrip()[:1] == b"[":
        yield from _array(every)
    else:
        yield from (line for line in every if line.strip())


def _array(lines: Iterable[bytes]) -> list[Raw]:
    size, parts = 0, []
    for line in lines:
        size += len(line)
        if size > MAX_REPLY:
            raise ConnectorError(PROVIDER, "a report is one array that is too large to hold", permanent=True)
        parts.append(line)
    try:
        return _ARRAY.decode(b"\n".join(parts))
    except (DecodeError, UnicodeDecodeError, RecursionError):
        raise ConnectorError(PROVIDER, "a report is neither lines nor an array", permanent=False) from None


def _is_new(user: _UserDay, seen: dict[int | str, int], reported: ReportedDay) -> bool:
    """Return whether this is the first line about a person; nobody knows who stands behind a null."""
    who = user.user_login if user.user_id is None else user.user_id
    if who is None:
        return True
    content, before = hash(user), seen.get(who)
    if before is None:
        seen[who] = content
    elif before == content:
        reported.flaws["a row that came twice"] += 1
    else:
        reported.flawed("two different lines about one person")
    return before is None


def _row(user: _UserDay, day: date) -> UsageRow:
    """Return a line as a row; raises _UnusableError that says why it cannot be used."""
    if user.day is not None and user.day != day.isoformat():
        raise _UnusableError("a line of another day")
    output = _output_tokens(user)
    value = _list_value(user.ai_credits_used)
    return UsageRow(
        day,
        TOOL,
        0,
        TOOL,
        TOOL,
        "person",
        output_tokens=output,
        requests=_counted(user.user_initiated_interaction_count),
        list_value_nano_usd=value,
        list_value_by="" if value is None else VENDOR,
        partly_unknown=0 if output is None else BIT["output_tokens"],
    )


def _output_tokens(user: _UserDay) -> int | None:
    """Return what the command line and the app wrote, which is never all: of editors no tokens are told.

    What they read is told with the cache's part in it, and so belongs to no class.
    """
    told = [
        totals.token_usage.output_tokens_sum
        for totals in (user.totals_by_cli, user.totals_by_copilot_app)
        if totals is not None and totals.token_usage is not None
    ]
    known = [count for count in map(_counted, told) if count is not None]
    return sum(known) if known else None


def _counted(count: int | None) -> int | None:
    if count is not None and not 0 <= count <= _MOST:
        raise _UnusableError("a line with an impossible count")
    return count


def _list_value(credits: Decimal | None) -> int | None:
    if credits is None:
        return None
    if not credits.is_finite() or not 0 <= credits <= _MOST_CREDITS:
        raise _UnusableError("a line with an impossible amount")
    return nano_usd(credits * _CREDIT_USD)
