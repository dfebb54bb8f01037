"""Who is in a Cursor team, and the limits of their own on what they may spend."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.json import Decoder

from bot.connectors.http import Api
from bot.connectors.pull import Allowance, ListedAccount
from bot.domain.money import MAX_NANO_USD, NANO_PER_USD, nano_usd
from bot.errors import ConnectorError

MEMBERS_PATH: Final = "/teams/members"
SPEND_PATH: Final = "/teams/spend"
_PAGE_SIZE: Final = 100
_MAX_CENTS: Final = Decimal(MAX_NANO_USD) / 10**7
_MAX_DOLLARS: Final = Decimal(MAX_NANO_USD) / NANO_PER_USD
_LATEST_MS: Final = 4_102_444_800_000  # the year 2100


class _Member(Struct, frozen=True, gc=False):
    email: str | None = None


class Members(Struct, frozen=True, rename="camel"):
    """Everybody who is or was in the team."""

    team_members: list[_Member]


class _MemberSpend(Struct, frozen=True, gc=False, rename="camel"):
    email: str | None = None
    spend_cents: Decimal | None = None  # on demand, beyond what seats include
    overall_spend_cents: Decimal | None = None  # that and what seats include
    effective_per_user_limit_dollars: Decimal | None = None  # what is enforced
    hard_limit_override_dollars: Decimal | None = None  # 0 is none
    monthly_limit_dollars: Decimal | None = None


class Spend(Struct, frozen=True, rename="camel"):
    """A page of what members spent in the billing cycle that runs."""

    team_member_spend: list[_MemberSpend]
    subscription_cycle_start: int
    total_pages: int = 1


_MEMBERS: Final = Decoder(Members)
_SPEND: Final = Decoder(Spend)


def members(api: Api) -> Iterator[ListedAccount]:
    """Yield every account with a mail address; those removed too: what they used is still theirs."""
    for member in api.get(MEMBERS_PATH, _MEMBERS).team_members:
        email = (member.email or "").strip().lower()
        if email:
            yield ListedAccount(email, email)


def spend_page(api: Api, page: int, size: int = _PAGE_SIZE) -> Spend:
    """Return a page, the first is 1; raises ConnectorError."""
    return api.post(SPEND_PATH, _SPEND, {"page": page, "pageSize": size})


def allowances(api: Api) -> Iterator[Allowance]:
    """Yield the limits that are enforced for one person alone, in the billing cycle that runs."""
    before: list[_MemberSpend] = []
    number = 1
    while True:
        page = spend_page(api, number)
        if number > 1 and page.team_member_spend == before:
            raise ConnectorError(api.provider, f"{SPEND_PATH} repeats a page", permanent=False)
        first, last = _cycle(api, page.subscription_cycle_start)
        for member in page.team_member_spend:
            allowance = _allowance(member, first, last)
            if allowance is not None:
                yield allowance
        if number >= page.total_pages:
            return
        before, number = page.team_member_spend, number + 1


def _allowance(member: _MemberSpend, first: date, last: date) -> Allowance | None:
    account = (member.email or "").strip().lower()
    limit, spent = _limit_dollars(member), _spent_cents(member)
    if not account or limit is None or spent is None:
        return None
    return Allowance(account, nano_usd(limit), nano_usd(spent / 100), first, last)


def _limit_dollars(member: _MemberSpend) -> Decimal | None:
    """Return the limit that is enforced, else what it is made of: the override where there is one."""
    limit = member.effective_per_user_limit_dollars
    if limit is None:
        limit = member.hard_limit_override_dollars or member.monthly_limit_dollars
    return limit if limit is not None and limit.is_finite() and 0 < limit <= _MAX_DOLLARS else None


def _spent_cents(member: _MemberSpend) -> Decimal | None:
    """Return what counts: limits of members are for pooled usage, where all of it does."""
    spent = member.spend_cents if member.overall_spend_cents is None else member.overall_spend_cents
    return spent if spent is not None and spent.is_finite() and 0 <= spent <= _MAX_CENTS else None


def _cycle(api: Api, start_ms: int) -> tuple[date, date]:
    """Return the first and the last day of the cycle, which is a month."""
    if not 0 < start_ms < _LATEST_MS:
        raise ConnectorError(api.provider, f"{SPEND_PATH} names no billing cycle", permanent=False)
    first = datetime.fromtimestamp(start_ms / 1000, UTC).date()
    year, month = (first.year + 1, 1) if first.month == 12 else (first.year, first.month + 1)
    again = date(year, month, min(first.day, monthrange(year, month)[1]))
    return first, again - timedelta(days=1)
