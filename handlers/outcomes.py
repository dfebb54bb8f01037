"""What a person finished: read beside their cost, and listed in a window with [Not mine]."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from hmac import compare_digest
from typing import Any, Final, NamedTuple

from sqlmodel import Session

from bot.domain.counting import count_once
from bot.domain.outcomes.links import OwnMarks, StatedLink
from bot.domain.outcomes.person import PersonOutcomes, person_outcomes
from bot.domain.outcomes.work import OwnItem
from bot.domain.people import Delivered, Standing, Viewer
from bot.domain.period import Period, parse_period
from bot.domain.usage import UsageRow
from bot.services import Services
from bot.views.finished_list import TITLE, FinishedList, finished_list
from bot.views.outcomes import OwnWork
from bot.views.usage import title
from handlers.accounts import questions_for
from handlers.changes import change_once
from handlers.visit import Visit
from handlers.words import Word
from storage.finished import own_items, work_deliveries_for
from storage.finished_links import links_stated_for
from storage.links import links_of
from storage.own_marks import drop_mark, own_marks, put_mark
from storage.usage import deliveries_for, usage_of


class Finished(NamedTuple):
    """Everything that a person finished, what runs stated of it, and what the person marked."""

    items: list[OwnItem]
    links: list[StatedLink]
    marks: OwnMarks
    delivered: list[Delivered]


def read_finished(session: Session, viewer: Viewer, today: date) -> Finished:
    """Return what is known of the person's finished work, of all times: a ticket counts once."""
    person_id = viewer.person_id
    return Finished(
        items=(items := own_items(session, person_id, date.min, today)),
        links=links_stated_for(session, person_id, date.min, today) if items else [],
        marks=own_marks(session, person_id),
        delivered=work_deliveries_for(session, person_id),
    )


def first_day_used(finished: Finished, period: Period, today: date, services: Services) -> date:
    """Return from which day on usage matters to what is said of finished work in *period*."""
    if not finished.items:
        return period.first
    return min(period.first, today - timedelta(days=services.policy.retention.daily_days))


def outcomes_of(
    finished: Finished, rows: Sequence[UsageRow], deliveries: Sequence[Delivered], period: Period, today: date
) -> PersonOutcomes:
    """Return what was finished in *period*; *rows* are counted once, *deliveries* those of usage."""
    known_from = max(
        min((each.first_day for each in deliveries), default=today),
        min((each.first_day for each in finished.delivered), default=today),
    )
    return person_outcomes(finished.items, rows, finished.links, period, today, known_from, finished.marks)


def own_work(
    session: Session, viewer: Viewer, services: Services, finished: Finished, outcomes: PersonOutcomes
) -> OwnWork:
    """Return what was finished together with which systems of record say so, or could."""
    arrived = {each.kind for each in finished.delivered}
    linked = {link.provider for link in links_of(session, viewer.person_id) if link.to_day is None}
    providers = {each.kind: each.provider or each.kind for each in services.work_sources}
    known = [kind for kind, provider in providers.items() if provider in linked]
    waiting = [kind for kind in known if kind not in arrived and viewer.standing is not Standing.PAUSED]
    asked = not known and not arrived and _is_asked(session, viewer, services, set(providers.values()))
    connected = list(dict.fromkeys([*providers, *sorted(arrived)]))
    return OwnWork(outcomes, connected, waiting, finished.delivered, viewer.tz, asked)


def _is_asked(session: Session, viewer: Viewer, services: Services, providers: Collection[str]) -> bool:
    """Return whether the person has still to say whether an account where work is recorded is theirs."""
    return any(asked.question.provider in providers for asked in questions_for(session, viewer, services))


def show_list(visit: Visit, viewer: Viewer, services: Services) -> dict[str, Any]:
    """Fill the window with a page of what was finished in a period."""
    period, page, _ = _asked(visit.argument, services.now().date())
    return _list(viewer, services, period, page)


def not_my_work(visit: Visit, viewer: Viewer, services: Services) -> dict[str, Any]:
    """Mark one of the person's own items as not theirs, and draw the list again."""
    return _mark(visit, viewer, services, theirs=False)


def my_work(visit: Visit, viewer: Viewer, services: Services) -> dict[str, Any]:
    """Take such a mark back, and draw the list again."""
    return _mark(visit, viewer, services, theirs=True)


def _mark(visit: Visit, viewer: Viewer, services: Services, *, theirs: bool) -> dict[str, Any]:
    now = services.now()
    period, page, key = _asked(visit.argument, now.date())

    def keep(session: Session) -> None:
        for item in own_items(session, viewer.person_id, date.min, now.date()):
            if not compare_digest(_key_of(services, viewer, item).encode(), key.encode()):
                continue
            if theirs:
                drop_mark(session, viewer.person_id, "not_mine", item.reference)
            else:
                put_mark(session, viewer.person_id, "not_mine", item.reference, now)

    change_once(visit, services, keep)
    return _list(viewer, services, period, page)


def _key_of(services: Services, viewer: Viewer, item: OwnItem) -> str:
    """Return the key under which a button of the person names an item; nobody else's leads anywhere."""
    return services.marks.of_request("item", str(viewer.person_id), item.reference).hex()


def _asked(argument: str, today: date) -> tuple[Period, int, str]:
    """Return which period, page and item a button means; what is not understood is the usual."""
    word, page, key = [*argument.split(" ", 2), "", "", ""][:3]
    usual = Period("4w", today - timedelta(days=28), today - timedelta(days=1))
    return parse_period(word, today) or usual, int(page) if page.isdecimal() and len(page) < 4 else 1, key


def _list(viewer: Viewer, services: Services, period: Period, page: int) -> dict[str, Any]:
    today = services.now().date()
    with services.database.reading() as session:
        finished = read_finished(session, viewer, today)
        first = first_day_used(finished, period, today, services)
        rows = count_once(usage_of(session, viewer.person_id, first, today), services.overlaps).counted
        deliveries = deliveries_for(session, viewer.person_id)
    marked = [item for item in finished.items if item.reference in finished.marks.not_mine]
    found = FinishedList(
        outcomes=outcomes_of(finished, rows, deliveries, period, today),
        not_mine=[item for item in reversed(marked) if period.contains(item.finished_on)],
        keys={item.reference: _key_of(services, viewer, item) for item in finished.items},
        page=page,
    )
    return finished_list(found, title(period))


WORDS: Final = (
    Word("finished", modal=show_list, window_title=TITLE, typed=False),
    Word("not-my-work", modal=not_my_work, window_title=TITLE, typed=False, changes=True),
    Word("my-work", modal=my_work, window_title=TITLE, typed=False, changes=True),
)
