"""Whose an account is: what a person answers, takes off themselves and takes back, and asking for help with it."""

from collections.abc import Sequence
from datetime import date
from hmac import compare_digest
from typing import Final

from sqlmodel import Session

from bot.domain.accounts import Denied, Question
from bot.domain.people import Link, SlackId, Standing, Viewer
from bot.errors import ConnectorError
from bot.services import Services
from bot.views import accounts as views
from bot.views.blocks import Message
from handlers.changes import change_once
from handlers.visit import Visit
from handlers.words import Word
from storage import assignments, choices, denials, links, listings, people
from storage.directory import email_of

_OWN: Final = people.OWN_PROVIDER
_ASKED: Final = "asked_to_link"


def key_of(services: Services, viewer: Viewer, provider: str, name: str) -> str:
    """Return the key under which a button of the person names an account; nobody else's leads anywhere."""
    return services.marks.of_request("account", str(viewer.person_id), provider, name).hex()


def questions_for(session: Session, viewer: Viewer, services: Services) -> list[views.Asked]:
    """Return what is asked of the person: accounts that the operator's file gives them."""
    if viewer.standing is not Standing.ON:
        return []
    found = assignments.open_questions(session, viewer, services.marks)
    return [views.Asked(each, key_of(services, viewer, each.provider, each.name)) for each in found]


def own_accounts(session: Session, viewer: Viewer, services: Services) -> list[views.OwnAccount]:
    """Return the person's accounts, each with every link of it."""
    by_account: dict[tuple[str, str], list[Link]] = {}
    for link in links.links_of(session, viewer.person_id):
        by_account.setdefault((link.provider, link.name), []).append(link)
    return [
        views.OwnAccount(*account, theirs, "" if account[0] == _OWN else key_of(services, viewer, *account))
        for account, theirs in by_account.items()
    ]


def denied_accounts(session: Session, viewer: Viewer, services: Services) -> list[views.NotMine]:
    """Return the accounts that the person denied."""
    return [
        views.NotMine(each, key_of(services, viewer, each.provider, each.name))
        for each in denials.denied_of(session, viewer.person_id)
    ]


def unknown_for(session: Session, viewer: Viewer, services: Services) -> views.Unknown | None:
    """Return that none of the connected tools knows the person, None where one does or none is connected."""
    asked = services.asked
    if not asked or viewer.standing is not Standing.ON:
        return None
    if listings.is_known(session, viewer.person_id, {source.provider for source in asked}):
        return None
    helper = _helper(session, viewer, services)
    asked_on = choices.settings_of(session, viewer.person_id).get(_ASKED)
    return views.Unknown(
        email=email_of(session, viewer.slack_id) or "",
        tools=list(dict.fromkeys(source.kind for source in asked)),
        helper=helper[1] if helper else "",
        asked_on=date.fromisoformat(asked_on) if helper and asked_on else None,
    )


def _helper(session: Session, viewer: Viewer, services: Services) -> tuple[str, str] | None:
    """Return the user id and the name of who helps the person; nobody is their own help."""
    for user_id in services.policy.people.help:
        if user_id != viewer.slack_id.user_id:
            known = people.viewer_of(session, SlackId(services.slack.org_id, user_id))
            return user_id, known.name if known else "the help contact"
    return None


def say_whose(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Keep the answer to a question that is asked of this person; any other account is out of reach."""
    said, _, key = visit.argument.partition(" ")
    settled: list[Question] = []

    def keep(session: Session) -> None:
        asked = questions_for(session, viewer, services) if said in {"yes", "no"} else []
        settled[:] = [question for question, wanted in asked if _same(wanted, key)]
        for question in settled:
            _keep_answer(session, viewer, services, question, yes=said == "yes")

    change_once(visit, services, keep)
    if not settled:
        return views.no_such_account()
    if said == "yes":
        services.backfill()
    with services.database.reading() as session:
        return views.answered(settled[-1], questions_for(session, viewer, services), yes=said == "yes")


def _keep_answer(session: Session, viewer: Viewer, services: Services, question: Question, *, yes: bool) -> None:
    if yes:
        choices.unchoose(session, viewer.person_id, links.denial(question.provider, question.name))
        assignments.answer(session, viewer, question, yes=True)
        return
    mark = assignments.own_mark(session, viewer.slack_id, services.marks)
    denials.deny(session, viewer.person_id, mark, question.provider, question.name, services.now())


def _same(wanted: str, key: str) -> bool:
    return compare_digest(wanted.encode(), key.encode())


def not_mine(visit: Visit, viewer: Viewer, services: Services) -> bool:
    """Take an account off the person, with what it brought; return whether it was theirs."""
    found: list[views.OwnAccount] = []

    def take_off(session: Session) -> None:
        theirs = own_accounts(session, viewer, services)
        found[:] = [each for each in theirs if each.key and _same(each.key, visit.argument)]
        mark = assignments.own_mark(session, viewer.slack_id, services.marks)
        for each in found:
            denials.deny(session, viewer.person_id, mark, each.provider, each.name, services.now())

    change_once(visit, services, take_off)
    return bool(found)


def take_back(visit: Visit, viewer: Viewer, services: Services) -> bool:
    """Give the person an account back that they took off themselves; return whether they had."""
    found: list[Denied] = []

    def give_back(session: Session) -> None:
        theirs = denied_accounts(session, viewer, services)
        found[:] = [each.denied for each in theirs if _same(each.key, visit.argument)]
        mark = assignments.own_mark(session, viewer.slack_id, services.marks)
        for each in found:
            denials.take_back(session, viewer.person_id, mark, each.provider, each.name)

    if change_once(visit, services, give_back) and found:
        services.backfill()
    return bool(found)


def ask_to_link(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Send the help contact the person's name and which tools are connected, once."""
    with services.database.reading() as session:
        unknown = unknown_for(session, viewer, services)
        helper = _helper(session, viewer, services)
    if unknown is None or helper is None:
        return views.nothing_to_ask()
    if not _claim(visit, viewer, services):
        return views.helper_asked(helper[1])
    _send(helper[0], viewer, unknown.tools, services)
    return views.helper_asked(helper[1])


def _claim(visit: Visit, viewer: Viewer, services: Services) -> bool:
    """Remember that the person asks; return whether they had not before."""
    first = [False]
    now = services.now()

    def note(session: Session) -> None:
        first[0] = choices.choose_first(session, viewer.person_id, _ASKED, now.date().isoformat(), now)

    return change_once(visit, services, note) and first[0]


def _send(user_id: str, viewer: Viewer, tools: Sequence[str], services: Services) -> None:
    request = views.request_to_link(viewer.slack_id.user_id, tools)
    try:
        services.slack.post_dm(user_id, request.text, request.blocks(rich=False))
    except ConnectorError:
        services.database.writing(lambda session: choices.unchoose(session, viewer.person_id, _ASKED))
        raise


WORDS: Final = (
    Word("whose", answer=say_whose, typed=False, changes=True),
    Word("ask-to-link", answer=ask_to_link, typed=False, changes=True),
)
