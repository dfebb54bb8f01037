"""What is known of a team's places: what was finished there, when last, and which sources tell of them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.place import PlaceOutcomes, place_outcomes
from bot.domain.outcomes.sources import ASKED
from bot.domain.outcomes.weeks import WEEKS
from bot.domain.team_digest import ToldBy
from storage.finished import items_of
from storage.holders import in_parts
from storage.ids import table_of
from storage.tables import Change, Source, SourceState

_changes, _sources, _states = table_of(Change), table_of(Source), table_of(SourceState)
# The last settled week is two back, and what is usual is told from 12 before it; a ticket may have older pieces.
_WEEKS_BACK: Final = 2 + WEEKS + 4
_SPANS: Final = select(_changes.c.place, func.min(_changes.c.finished_on), func.max(_changes.c.finished_on)).group_by(
    _changes.c.place
)
_SOURCE_IDS: Final = select(_changes.c.source_id).distinct()
_TOLD_BY: Final = (
    select(_sources.c.kind, _sources.c.name, _states.c.last_success_at)
    .select_from(_sources.outerjoin(_states, _states.c.source_id == _sources.c.id))
    .order_by(_sources.c.kind, _sources.c.name)
)


class PlacesRead(NamedTuple):
    """What was finished in places, when last in each, and how far the sources that tell of them reach."""

    outcomes: PlaceOutcomes
    last_finished: dict[str, date]
    told_by: list[ToldBy]


def read_places(
    session: Session,
    places: Collection[str],
    week: IsoWeek,
    today: date,
    due: Collection[str],
    places_since: date | None = None,
) -> PlacesRead:
    """Return what is known on *today* of *places* up to *week*, over everybody.

    Weeks before *places_since*, when they were told of with other places, are left out. A source of a kind that is
    *due* is late while it has not told of the whole week.
    """
    spans = {place: (first, last) for place, first, last in in_parts(session, _SPANS, _changes.c.place, places)}
    known_from = min((first for first, _ in spans.values()), default=today)
    items = items_of(session, places, week.before(_WEEKS_BACK).monday, today)
    return PlacesRead(
        outcomes=place_outcomes(
            items, week.monday, today, known_from - timedelta(days=known_from.weekday()), places_since
        ),
        last_finished={place: last for place, (_, last) in spans.items()},
        told_by=_told_by(session, spans, week, due),
    )


def _told_by(session: Session, places: Collection[str], week: IsoWeek, due: Collection[str]) -> list[ToldBy]:
    ids = {source for (source,) in in_parts(session, _SOURCE_IDS, _changes.c.place, places)}
    rows = in_parts(session, _TOLD_BY, _sources.c.id, sorted(ids))
    return [_source(kind, name, answered_at, week, due) for kind, name, answered_at in rows]


def _source(kind: str, name: str, answered_at: datetime | None, week: IsoWeek, due: Collection[str]) -> ToldBy:
    if kind not in ASKED:
        return ToldBy(kind, name, week.sunday)  # it sends what it has; nobody can say what it has not
    complete_to = None if answered_at is None else answered_at.date() - timedelta(days=1)
    late = kind in due and (complete_to is None or complete_to < week.sunday)
    return ToldBy(kind, name, complete_to, late)
