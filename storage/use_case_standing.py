"""What the order of the library hangs on, for all published entries at once and without their texts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlmodel import Session

from bot.domain.outcomes.states import state
from bot.domain.outcomes.work import FinishedItem
from bot.domain.use_cases.borrowing import Offer
from bot.domain.use_cases.evidence import Answer, Claims
from bot.domain.use_cases.rank import Candidate
from bot.domain.use_cases.staleness import generation_changed_on
from storage.finished import held
from storage.holders import in_parts
from storage.ids import table_of
from storage.tables import Label, SourceDay, UseCase, UseCaseLink
from storage.use_case_answers import answers_of, answers_published

_entries, _links = table_of(UseCase), table_of(UseCaseLink)
_days, _labels = table_of(SourceDay), table_of(Label)
_STANDING: Final = ("id", "published_on", "person_id", "tried", "measured", "model", "tool", "team")


def offers(session: Session, today: date, ids: Collection[int] | None = None) -> list[Offer]:
    """Return all published entries, or those of *ids* that are, as far as their order hangs on them."""
    query = select(*(_entries.c[name] for name in _STANDING)).where(_entries.c.state == "published")
    rows = _rows(session, query, _entries.c.id, ids)
    answers = answers_published(session) if ids is None else answers_of(session, ids)
    linked = stayed_with(session, today, ids)
    seen = models_first_seen(session)
    changed = {model: generation_changed_on(model, seen) for model in {row.model for row in rows}}
    return [_offer(row, answers.get(row.id, ()), linked.get(row.id, 0), changed[row.model]) for row in rows]


def _offer(row: Any, answers: Sequence[Answer], linked: int, changed_on: date | None) -> Offer:
    claims = Claims(tried=row.tried, linked=linked, measured=bool(row.measured))
    candidate = Candidate(row.id, row.published_on, answers, claims, row.person_id, changed_on)
    return Offer(candidate, row.tool, row.team)


def links_of(session: Session, ids: Collection[int] | None = None) -> dict[int, list[str]]:
    """Return what each entry, or each of *ids*, helped with: references of finished items."""
    query = select(_links.c.use_case_id, _links.c.reference)
    found: dict[int, list[str]] = {}
    for id_, reference in _rows(session, query, _links.c.use_case_id, ids):
        found.setdefault(id_, []).append(reference)
    return found


def stayed_with(session: Session, today: date, ids: Collection[int] | None = None) -> dict[int, int]:
    """Return how many finished items each entry helped with that were accepted and have stayed."""
    links = links_of(session, ids)
    items = held(session, {reference for references in links.values() for reference in references})
    stayed = _stayed(items.values(), today)
    return {id_: sum(reference in stayed for reference in references) for id_, references in links.items()}


def _stayed(items: Iterable[FinishedItem], today: date) -> set[str]:
    return {item.reference for item in items if item.accepted and state(item, today) == "stayed"}


def models_first_seen(session: Session) -> Mapping[str, date]:
    """Return on which day the company's sources first told of each model, over everybody."""
    query = (
        select(_labels.c.name, func.min(_days.c.day))
        .join(_labels, and_(_labels.c.id == _days.c.model_id, _labels.c.kind == "model"))
        .group_by(_labels.c.name)
    )
    return {name: day for name, day in session.connection().execute(query) if name}


def _rows(session: Session, query: Select[Any], column: ColumnElement[Any], ids: Collection[int] | None) -> list[Any]:
    """Return the rows of *query*: all, or those whose *column* is one of *ids*."""
    if ids is None:
        return list(session.connection().execute(query))
    return list(in_parts(session, query, column, ids))
