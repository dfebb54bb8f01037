"""What runs that named finished items came to: added by pushes, read for one person."""

from collections.abc import Mapping
from datetime import date
from operator import attrgetter
from typing import Final

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session

from bot.domain.outcomes.links import StatedLink
from bot.domain.usage import MEASURES, STANDARD_TIER, UsageRow
from storage import bulk
from storage.ids import label_ids, table_of
from storage.tables import AccountLink, OutcomeLink, Source
from storage.usage import names_of

_stated, _links, _sources = table_of(OutcomeLink), table_of(AccountLink), table_of(Source)
_measures_of: Final = attrgetter(*MEASURES)
_OWN: Final = (
    select(
        _stated.c.reference,
        _stated.c.day,
        _sources.c.kind,
        *(_stated.c[name] for name in ("source_id", "tool_id", "run_kind_id", "work")),
        *(_stated.c[name] for name in (*MEASURES, "list_value_by", "partly_unknown")),
    )
    .select_from(
        _links.join(_stated, _stated.c.account_id == _links.c.account_id).join(
            _sources, _sources.c.id == _stated.c.source_id
        )
    )
    .where(
        _links.c.person_id == bindparam("person_id"),
        _stated.c.day.between(bindparam("first"), bindparam("last")),
        _stated.c.day >= _links.c.from_day,
        or_(_links.c.to_day.is_(None), _stated.c.day <= _links.c.to_day),
    )
)


def add_links(session: Session, links: Mapping[int, list[StatedLink]]) -> None:
    """Add what links state, by account, to what earlier runs of the day stated."""
    used = [link.used for stated in links.values() for link in stated]
    tools, kinds = (label_ids(session, name, {getattr(row, name) for row in used}) for name in ("tool", "run_kind"))
    rows = [
        (
            account,
            link.reference,
            link.used.day,
            link.used.source_id,
            tools[link.used.tool],
            kinds[link.used.run_kind],
            link.used.work,
            *_measures_of(link.used),
            link.used.list_value_by,
            link.used.partly_unknown,
        )
        for account, stated in links.items()
        for link in stated
    ]
    bulk.add(session, _stated, rows)


def links_stated_for(session: Session, person_id: int, first: date, last: date) -> list[StatedLink]:
    """Return what the person's runs from *first* to *last* stated; models and tiers are not kept."""
    asked = {"person_id": person_id, "first": first, "last": last}
    found = session.connection().execute(_OWN, asked).all()
    names = names_of(session, {id_ for row in found for id_ in (row.tool_id, row.run_kind_id)})
    return [
        StatedLink(
            row.reference,
            UsageRow(
                row.day,
                row.kind,
                row.source_id,
                names[row.tool_id],
                "",
                names[row.run_kind_id],
                row.work,
                STANDARD_TIER,
                *row[7:],
            ),
        )
        for row in found
    ]
