"""Puts Larkfield's library into the database: entries, what others said, what is looked for."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace
from sqlmodel import Session

from bot.demo.company.library import SHELF, WANTED, Shelved
from bot.demo.company.people import person
from bot.demo.company.repositories import BY_TEAM
from bot.domain.outcomes.states import state
from bot.domain.people import SlackId
from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.evidence import Answer
from bot.services import Services
from storage import use_case_answers, use_case_asking, use_case_entries
from storage.finished import items_of
from storage.people import viewer_of

_FIRST_ID: Final = 101  # of entries and answers, the same every time
_DAYS_BACK: Final = timedelta(days=100)


def fill_library(services: Services) -> None:
    """Put in what people wrote and said; whoever the bot does not know yet has said nothing."""
    services.database.writing(lambda session: _fill(session, services.slack.org_id, services.now().date()))


def _fill(session: Session, org_id: str, today: date) -> None:
    handles = {each.author for each in SHELF} | {tried.handle.rstrip("_") for each in SHELF for tried in each.tried}
    known = _person_ids(session, org_id, handles | set(WANTED[1]))
    changes = _changes_that_stayed(session, today)
    answer_id = _FIRST_ID
    for id_, shelved in enumerate(SHELF, start=_FIRST_ID):
        use_case_entries.put(session, _entry(id_, shelved, known[shelved.author], today))
        for reference in changes.get(person(shelved.author).team, [])[: shelved.linked]:
            use_case_entries.link(session, id_, reference, today - timedelta(days=shelved.days_ago))
        for handle, result, days_ago in shelved.tried:
            name, answer_id = handle.rstrip("_"), answer_id + 1
            said_on = today - timedelta(days=days_ago)
            if name in known:
                answer = Answer(answer_id, known[name], person(name).team, result, said_on)
                use_case_answers.say(session, id_, answer)
    wanted, askers, days_ago = WANTED
    for asker in askers:
        use_case_asking.ask(session, _FIRST_ID, wanted, known[asker], today - timedelta(days=days_ago))


def _entry(id_: int, shelved: Shelved, author: int, today: date) -> Entry:
    day = today - timedelta(days=shelved.days_ago)
    team = person(shelved.author).team
    entry = steps.sent(
        steps.kept_draft(id_, shelved.draft, author, day), "after_scan", day, team=team, model=shelved.model
    )
    if shelved.checked_days_ago is not None:
        entry = steps.checked(entry, today - timedelta(days=shelved.checked_days_ago))
    return replace(entry, measured=shelved.measured)


def _person_ids(session: Session, org_id: str, handles: Iterable[str]) -> Mapping[str, int]:
    found = {handle: viewer_of(session, SlackId(org_id, person(handle).slack_id)) for handle in sorted(handles)}
    return {handle: viewer.person_id for handle, viewer in found.items() if viewer is not None}


def _changes_that_stayed(session: Session, today: date) -> dict[str, list[str]]:
    """Return for each team finished changes of its repositories that have stayed, the earliest first."""
    found = {}
    for team, places in BY_TEAM.items():
        items = items_of(session, places, today - _DAYS_BACK, today)
        stayed = [item for item in items if item.accepted and state(item, today) == "stayed"]
        found[team] = [item.reference for item in sorted(stayed, key=lambda item: (item.finished_on, item.reference))]
    return found
