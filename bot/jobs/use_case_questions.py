"""What people are asked and told about entries: whether it worked, what became of theirs, whether it is still right."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.domain.due import local_hour, zone
from bot.domain.iso_week import IsoWeek, parse_iso_week
from bot.domain.people import Viewer
from bot.domain.subscription import Subscription, covered_week, last_due, usual_time
from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.evidence import Answer
from bot.domain.use_cases.news import news_of
from bot.domain.use_cases.staleness import asks_still_right, generation_changed_on, is_to_be_archived
from bot.domain.use_cases.traces import Try
from bot.jobs.kind import Kind, Payload, ToPerson
from bot.jobs.operators import kinds_for_operators
from bot.services import Services
from bot.views import use_case_asking, use_case_cards, use_case_news, use_case_trying
from bot.views.blocks import Message
from storage.people import by_person_id
from storage.planning import plan
from storage.use_case_answers import answers_of, answers_published, authors_answered, said_to
from storage.use_case_asking import wanted_one
from storage.use_case_curating import reports_open
from storage.use_case_entries import entries, entries_published, entry_of, put
from storage.use_case_mail import FOUND, NEWS, QUESTION, STILL_RIGHT, TO_OPERATORS, promised, tell_askers
from storage.use_case_standing import models_first_seen
from storage.use_case_tries import settle, tries_due, try_of

_LATE: Final = timedelta(days=6)


def ask_who_tried(services: Services) -> int:
    """Plan the one question to everybody who wanted to try an entry a week ago; return how many."""
    with services.database.reading() as session:
        due = tries_due(session, services.now().date())
    return sum(services.database.writing(partial(_ask, services=services, tried=each)) for each in due)


def _ask(session: Session, services: Services, tried: Try) -> bool:
    """Plan the question, unless somebody else did or they answered meanwhile."""
    person = by_person_id(session, tried.person_id)
    if person is None or try_of(session, tried.person_id, tried.use_case_id) != tried:
        return False
    settle(session, tried.person_id, tried.use_case_id, "asked")
    now, period = services.now(), f"{tried.use_case_id} {tried.said_on.isoformat()}"
    due = [(person.person_id, _this_morning(services, person.tz))]
    return plan(session, QUESTION, period, due, now, payload={"entry": str(tried.use_case_id)}) == 1


def _this_morning(services: Services, tz: str) -> datetime:
    """Return the hour at which notes usually come, today by somebody's clock, or now where that is past."""
    now = services.now()
    return max(now, local_hour(now.astimezone(zone(tz)).date(), services.policy.digest.hour, tz))


def tell_who_looked(services: Services) -> int:
    """Plan a word to those whose wish was answered by an entry that is published now; return how many are told."""
    now = services.now()
    with services.database.reading() as session:
        found = promised(session)
    works = [partial(tell_askers, wanted_id=wanted_id, entry_id=entry_id, now=now) for wanted_id, entry_id in found]
    return sum(services.database.writing(work) for work in works)


def tell_authors(services: Services) -> int:
    """Plan the weekly line to every author of whose entries somebody said something; return how many.

    It comes at the usual time of weekly notes, by the author's clock.
    """
    now = services.now()
    week = IsoWeek(now.date() - timedelta(days=now.weekday())).before()
    rules = services.policy.digest
    usual = usual_time(rules.weekday, rules.hour)
    planned = 0
    with services.database.reading() as session:
        found = [by_person_id(session, id_) for id_ in authors_answered(session, week.monday, week.sunday)]
    for author in found:
        due = None if author is None else last_due(Subscription("button", *usual), author.tz, now)
        if author is None or due is None or covered_week(due, author.tz) != week:
            continue
        put_one = partial(plan, kind=NEWS, period=week.word, due=[(author.person_id, due)], now=now)
        planned += services.database.writing(partial(put_one, payload={"week": week.word}))
    return planned


def ask_still_right(services: Services) -> dict[str, int]:
    """Plan the question to authors whose entries may no longer be right, and archive those nobody stands for."""
    today, done = services.now().date(), {"asked": 0, "archived": 0}
    with services.database.reading() as session:
        found, said, seen = entries_published(session), answers_published(session), models_first_seen(session)
    for entry in found:
        answers, changed_on = said.get(entry.id, []), generation_changed_on(entry.model, seen)
        if is_to_be_archived(entry, answers, today):
            done["archived"] += services.database.writing(partial(_archive, id_=entry.id, today=today))
        elif asks_still_right(entry, answers, changed_on, today):
            one = partial(_ask_author, services=services, id_=entry.id, changed_on=changed_on)
            done["asked"] += services.database.writing(one)
    return done


def _archive(session: Session, id_: int, today: date) -> bool:
    entry, said = _now(session, id_)
    if entry is None or not is_to_be_archived(entry, said, today):
        return False
    put(session, steps.archived(entry, "", today))
    return True


def _now(session: Session, id_: int) -> tuple[Entry | None, list[Answer]]:
    return entry_of(session, id_), answers_of(session, [id_])[id_]


def _ask_author(session: Session, services: Services, id_: int, changed_on: date | None) -> bool:
    entry, said = _now(session, id_)
    now = services.now()
    author = by_person_id(session, entry.person_id) if entry and entry.person_id else None
    if entry is None or author is None or not asks_still_right(entry, said, changed_on, now.date()):
        return False
    put(session, steps.asked(entry, now.date()))
    payload = {"entry": str(id_), "newer": "yes" if changed_on and changed_on <= now.date() else ""}
    due = [(author.person_id, _this_morning(services, author.tz))]
    return plan(session, STILL_RIGHT, f"{id_} {now.date().isoformat()}", due, now, payload=payload) == 1


def _question(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    """Ask whether an entry worked; nothing once they said so, or it is gone."""
    id_ = int(payload["entry"])
    with services.database.reading() as session:
        entry, tried = entry_of(session, id_), try_of(session, viewer.person_id, id_)
    if entry is None or entry.state != "published" or tried is None or tried.state != "asked":
        return None
    return use_case_trying.question(entry.title, id_)


def _news(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    """Tell an author what became of their entries in a week."""
    week = parse_iso_week(payload["week"])
    if week is None:
        return None
    with services.database.reading() as session:
        news = news_of(week, said_to(session, viewer.person_id), viewer.person_id)
        theirs = entries(session, [each.use_case_id for each in news])
        persons = {line.person_id for each in news for line in each.thanks if line.person_id is not None}
        names = {id_: found.name for id_ in sorted(persons) if (found := by_person_id(session, id_))}
    told = [(theirs[each.use_case_id], each) for each in news if each.use_case_id in theirs]
    return use_case_news.news_message(told, names, week) if told else None


def _still_right(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
    with services.database.reading() as session:
        entry = entry_of(session, int(payload["entry"]))
    if entry is None or entry.state != "published" or entry.person_id != viewer.person_id or entry.asked_on is None:
        return None
    if entry.checked_on is not None and entry.checked_on > entry.asked_on:
        return None
    return use_case_news.still_right(entry, newer_model=payload["newer"] == "yes")


def _found(services: Services, _viewer: Viewer, payload: Payload) -> Message | None:
    with services.database.reading() as session:
        wanted, entry = wanted_one(session, int(payload["wanted"])), entry_of(session, int(payload["entry"]))
    if wanted is None or entry is None or entry.state != "published":
        return None
    return use_case_asking.was_found(wanted, entry)


def _reported(services: Services, payload: Payload) -> Message | None:
    with services.database.reading() as session:
        entry = entry_of(session, int(payload["entry"]))
        said = next((each for each in reports_open(session) if str(each.id) == payload["report"]), None)
    if entry is None or said is None:
        return None
    return use_case_cards.reported_to_operators(entry, said.reason)


KINDS: Final[Mapping[str, Kind]] = {
    QUESTION: ToPerson(_question, late=_LATE, folds=True, anybody=True),
    NEWS: ToPerson(_news, late=_LATE, newest_only=True, folds=True, anybody=True),
    STILL_RIGHT: ToPerson(_still_right, late=_LATE, folds=True, anybody=True),
    FOUND: ToPerson(_found, late=_LATE, folds=True, anybody=True),
    **kinds_for_operators(TO_OPERATORS, _reported),
}
