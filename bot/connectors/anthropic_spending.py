"""What Anthropic billed by the day, and what its members may still spend."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.json import Decoder

from bot.connectors.anthropic_format import UnusableError, as_text, day_of, end_of, nano_usd_of_cents, start_of
from bot.connectors.anthropic_pages import Endpoint, RowDecoder
from bot.connectors.http import Api, ReplyError
from bot.connectors.pull import Allowance
from bot.domain.money import nano_usd
from bot.errors import ConnectorError

NOT_OFFERED: Final = frozenset({400, 403, 404})
_MOST_DAYS: Final = 31
# Limits that count what one member spends; those of an organisation may be a pool.
_EACH_MEMBERS_OWN: Final = frozenset({"user", "seat_tier", "rbac_group"})


class _Cost(Struct, frozen=True, gc=False):
    amount: Decimal  # cents
    currency: str | None = None


class _Bucket(Struct, frozen=True):
    starting_at: datetime
    results: list[_Cost]


class _Typed(Struct, frozen=True, gc=False):
    type: str = ""


class _Member(Struct, frozen=True, gc=False):
    type: str = ""
    user_id: str | None = None
    email_address: str | None = None
    deleted: bool = False


class _Limit(Struct, frozen=True, gc=False):
    actor: _Member
    source: _Typed
    period: str
    amount: Decimal | None  # cents, as what is spent
    period_to_date_spend: Decimal
    currency: str | None = None


COSTS: Final = Endpoint("/v1/organizations/cost_report", RowDecoder(Decoder(list[_Bucket]), Decoder(_Bucket)))
LIMITS: Final = Endpoint("/v1/organizations/spend_limits/effective", RowDecoder(Decoder(list[_Limit]), Decoder(_Limit)))


def costs_asked_for(first: date, last: date) -> dict[str, str | int | list[str]]:
    """Return the parameters of at most 31 days."""
    return {
        "starting_at": as_text(start_of(first)),
        "ending_at": as_text(end_of(last)),
        "bucket_width": "1d",
        "limit": _MOST_DAYS,
    }


def billed(api: Api, first: date, last: date) -> Iterator[tuple[date, int]]:
    """Yield what was billed for each day that has costs, in nano-USD; raises ConnectorError."""
    start = first
    while start <= last:
        end = min(last, start + timedelta(days=_MOST_DAYS - 1))
        cents: dict[date, Decimal] = {}
        for page in COSTS.pages(api, costs_asked_for(start, end)):
            for bucket in page.data:
                for cost in bucket.results:
                    day = day_of(bucket.starting_at)
                    cents[day] = cents.get(day, Decimal(0)) + _checked(api, cost)
            if page.flaws:
                raise ConnectorError(api.provider, f"{COSTS.path}: {page.flaws[0]}", permanent=False)
        yield from ((day, nano_usd(amount.scaleb(-2))) for day, amount in sorted(cents.items()) if start <= day <= end)
        start = end + timedelta(days=1)


def _checked(api: Api, cost: _Cost) -> Decimal:
    """Return the cents of a cost, less than nothing for a correction; raises ConnectorError."""
    try:
        nano_usd_of_cents(cost.amount.copy_abs(), cost.currency)
    except UnusableError as problem:
        raise ConnectorError(api.provider, f"{COSTS.path}: {problem}", permanent=False) from None
    return cost.amount


def allowances(api: Api, today: date) -> Iterator[Allowance]:
    """Yield members' own monthly limits; nothing where the plan or the key has none. Raises ConnectorError."""
    first, last = today.replace(day=1), today.replace(day=monthrange(today.year, today.month)[1])
    try:
        for page in LIMITS.pages(api, {"period[]": ["monthly"], "limit": 1000}):
            for limit in page.data:
                stated = _allowance(limit, first, last)
                if stated is not None:
                    yield stated
    except ReplyError as error:
        if error.status not in NOT_OFFERED:
            raise


def _allowance(limit: _Limit, first: date, last: date) -> Allowance | None:
    """Return a member's limit of the calendar month in UTC; None where there is none or its spend is unknown."""
    member, spent = limit.actor, limit.period_to_date_spend
    account = (member.email_address or "").strip().lower() or member.user_id
    is_members = member.type == "user_actor" and not member.deleted and limit.source.type in _EACH_MEMBERS_OWN
    if account is None or not is_members or limit.period != "monthly":
        return None
    # Nothing spent is also what is said while the spend cannot be read.
    if not limit.amount or not spent:
        return None
    try:
        limit_nano_usd = nano_usd_of_cents(limit.amount, limit.currency)
        return Allowance(account, limit_nano_usd, nano_usd_of_cents(spent, limit.currency), first, last)
    except UnusableError:
        return None
