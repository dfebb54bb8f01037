"""The limits that sources state for one person's own accounts."""

from typing import Final

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.domain.allowance import Allowance, Stated
from storage.ids import table_of
from storage.tables import AccountAllowance, AccountLink, Source

_allowances, _links, _sources = table_of(AccountAllowance), table_of(AccountLink), table_of(Source)
_READ: Final = (
    select(
        _sources.c.kind,
        _allowances.c.limit_nano_usd,
        _allowances.c.spent_nano_usd,
        _allowances.c.first_day,
        _allowances.c.last_day,
        _allowances.c.seen_at,
        _links.c.to_day,
    )
    .select_from(
        _links.join(_allowances, _allowances.c.account_id == _links.c.account_id).join(
            _sources, _sources.c.id == _allowances.c.source_id
        )
    )
    .where(_links.c.person_id == bindparam("person_id"), _links.c.from_day <= _allowances.c.first_day)
    .order_by(_sources.c.kind, _allowances.c.account_id)
)


def allowances_of(session: Session, person_id: int) -> list[Stated]:
    """Return the limits on accounts that were the person's from the cycle's first day until they were stated.

    What is spent of a cycle in which somebody else had the account would tell what they spent.
    """
    found = session.connection().execute(_READ, {"person_id": person_id})
    return [
        Stated(kind, Allowance(limit, spent, first, last), seen_at)
        for kind, limit, spent, first, last, seen_at, to_day in found
        if to_day is None or seen_at.date() <= to_day
    ]
