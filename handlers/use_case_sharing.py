"""`/usecase share` and the shortcut on a message: the form, the check of it, and an entry's way into the library."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.people import Profile, Standing, Viewer
from bot.domain.use_cases import steps
from bot.domain.use_cases.curating import WAITS, publish_rule, version_of
from bot.domain.use_cases.entry import (
    MAX_LENGTH,
    Draft,
    Entry,
    Problem,
    ShownAs,
    may_change,
    normal,
    problems_of,
    shown_author,
)
from bot.domain.use_cases.linking import reference_of
from bot.domain.use_cases.own_tools import OwnTool, own_tools
from bot.domain.use_cases.scan import scan
from bot.domain.use_cases.splitting import split_message
from bot.domain.use_cases.traces import Wanted
from bot.services import Services
from bot.views import use_case_form as views
from bot.views.blocks import Message
from bot.views.use_case_form import NO_TOOL, NOT_TRIED, SHOWN_AS, Sheet
from bot.views.use_case_words import problems_by_field
from bot.views.wording import tool_name
from handlers.changes import change_once
from handlers.team_access import is_id, who_asks_now
from handlers.visit import Visit
from handlers.words import Word
from storage import finished, use_case_curating, use_case_entries
from storage.ids import new_id
from storage.operator_mail import Operators, plan_for_operators
from storage.people import viewer_of
from storage.usage import usage_of
from storage.use_case_asking import wanted_one
from storage.use_case_lending import team_name_of
from storage.use_case_mail import tell_askers
from storage.use_case_search import similar_to

_USED_WITHIN: Final = timedelta(days=28)
_SENT: Final = {"published", "waiting"}


class Outcome(NamedTuple):
    """What came of an entry that was sent; *close_to* is one that says nearly the same, if the author has to choose."""

    entry: Entry
    close_to: Entry | None = None
    again: bool = False


def open_form(visit: Visit, viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Return the form: empty, or filled in from the message that the shortcut was chosen on."""
    own = [tool_name(each.tool) for each in tools_of(viewer, services)]
    known = tools_to_choose(own, services)
    draft, notes = _from_message(visit, known)
    if not draft.tool and own:
        draft = replace(draft, tool=own[0])
    model = services.text_model.name if services.text_model and visit.quoted_by == "self" and draft.how else ""
    wanted = _wanted(visit, services)
    if wanted is not None:
        notes = [*notes, views.looked_for(wanted.wanted)]
    id_, answers = str(new_id()), str(wanted.id) if wanted else ""
    return views.share_form(Sheet(id_, draft, known, notes=notes, text_model=model, wanted=answers))


def _wanted(visit: Visit, services: Services) -> Wanted | None:
    """Return what the person wants to answer, where they came from what others look for: `wanted:ID`."""
    kind, _, id_ = visit.argument.partition(":")
    if kind != "wanted" or not is_id(id_):
        return None
    with services.database.reading() as session:
        wanted = wanted_one(session, int(id_))
    return wanted if wanted is not None and wanted.state == "open" else None


def _from_message(visit: Visit, tools: list[str]) -> tuple[Draft, list[str]]:
    if not visit.quoted_by:
        return Draft(), []
    if visit.quoted_by == "stranger":
        return Draft(), [views.FROM_ELSEWHERE]
    draft = split_message(visit.quoted, tools)
    if not draft.how.strip():
        return Draft(), [views.NOTHING_IN_IT]
    return draft, [] if visit.quoted_by == "self" else [views.FROM_SOMEBODY]


def tools_of(viewer: Viewer | None, services: Services) -> list[OwnTool]:
    """Return the tools of somebody who is on, the one of most days first; nobody else's are known."""
    if viewer is None or viewer.standing is Standing.OFF:
        return []
    today = services.now().date()
    with services.database.reading() as session:
        return own_tools(usage_of(session, viewer.person_id, today - _USED_WITHIN, today))


def tools_to_choose(own: list[str], services: Services) -> list[str]:
    """Return the names of tools, one's own first."""
    return list(dict.fromkeys([*own, *sorted(tool_name(tool) for tool in services.overlaps), "Copilot", "Claude"]))


def draft_in(fields: Mapping[str, str]) -> Draft:
    """Return what was filled in, as it would be kept."""
    shown: ShownAs = next((each for each in SHOWN_AS if each == fields.get("shown_as")), "me")
    said = {name: fields.get(name, "") for name in MAX_LENGTH}
    tool = "" if said["tool"] == NO_TOOL else said["tool"]
    tried = fields.get("tried", "") != NOT_TRIED
    return normal(Draft(**{**said, "tool": tool}, shown_as=shown, tried=tried))


def problems_in(draft: Draft, services: Services) -> list[Problem]:
    """Return what is wrong with a draft: what it must not hold first, so that this is what a field says."""
    return [*scan(draft, services.customers), *problems_of(draft)]


def check(visit: Visit, services: Services) -> Mapping[str, str]:
    """Return what is to be corrected, by field; nothing is stored before it is."""
    problems = problems_in(draft_in(visit.fields), services)
    return {str(field): line for field, line in problems_by_field(problems).items()}


def share(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Let an entry into the library, or to the curators, or ask where it belongs; the same form twice is one entry."""
    id_, _, wanted = visit.argument.partition(".")
    return send(visit, services, id_, draft_in(visit.fields), wanted)


def send(visit: Visit, services: Services, id_: str, draft: Draft, wanted: str = "") -> Message:
    """Send what was filled in for the entry of that id, new or the person's own; it may answer what is *wanted*."""
    if not is_id(id_) or problems_in(draft, services):
        return views.not_yours()
    profile = services.slack.profile(visit.slack_id.user_id)
    outcomes: list[Outcome | None] = []

    def work(session: Session) -> None:
        outcomes.append(_send(session, services, profile, int(id_), draft))
        if outcomes[-1] is not None and is_id(wanted):
            tell_askers(session, int(wanted), int(id_), services.now())

    change_once(visit, services, work)
    return _after(outcomes, visit, services, id_)


def _after(outcomes: list[Outcome | None], visit: Visit, services: Services, id_: str) -> Message:
    """Say what came of it; of a request that came twice, how the entry stands."""
    outcome = outcomes[-1] if outcomes else _standing(visit, services, id_)
    if outcome is None:
        return views.not_yours()
    if outcome.close_to is not None:
        return views.looks_close(outcome.entry, outcome.close_to, shown_author(outcome.close_to)[1])
    if outcome.entry.state == "published":
        return views.is_shared(outcome.entry, again=outcome.again)
    if outcome.entry.state == "waiting":
        return views.goes_to_curators(outcome.entry, services.policy.people.curators, services.policy.people.help)
    return views.is_kept(outcome.entry) if outcome.entry.state == "draft" else views.not_yours()


def _standing(visit: Visit, services: Services, id_: str) -> Outcome | None:
    with services.database.reading() as session:
        entry = own_entry(session, visit, id_)
    return Outcome(entry) if entry else None


def own_entry(session: Session, visit: Visit, id_: str) -> Entry | None:
    """Return the entry of that id, if the person who asks wrote it."""
    viewer = viewer_of(session, visit.slack_id)
    entry = use_case_entries.entry_of(session, int(id_)) if is_id(id_) else None
    return entry if viewer and entry and may_change(entry, viewer.person_id) else None


def _send(session: Session, services: Services, profile: Profile, id_: int, draft: Draft) -> Outcome | None:
    author = who_asks_now(session, profile, services)
    before = use_case_entries.entry_of(session, id_)
    if before is not None and not may_change(before, author.person_id):
        return None
    today = services.now().date()
    if before is not None and steps.edited(before, draft, before.changed_on) == before and before.state in _SENT:
        return Outcome(before)  # the same words once more
    if before is not None and before.state == "published":
        return _send_again(session, services, author, before, draft)
    entry = steps.kept_draft(id_, draft, author.person_id, today, before)
    close_to = _nearest(session, entry) if entry.variant_of is None else None
    if close_to is not None:
        use_case_entries.put(session, entry)
        return Outcome(entry, close_to)
    return let_in(session, services, author, entry)


def _send_again(session: Session, services: Services, author: Viewer, before: Entry, draft: Draft) -> Outcome:
    """Put other words in the place of those that are published; under the policy a curator reads them first."""
    entry = steps.edited(before, draft, services.now().date())
    if _rule(session, services, entry) == "after_curator" and entry != before:
        return let_in(session, services, author, entry)
    _put(session, services, entry)
    return Outcome(entry, again=True)


def let_in(session: Session, services: Services, author: Viewer, entry: Entry) -> Outcome:
    """Publish an entry, or let it wait for the curators and tell them."""
    now, team = services.now(), team_name_of(session, author.person_id)
    model = _model(session, author, entry.tool, services)
    entry = steps.sent(entry, _rule(session, services, entry), now.date(), team=team, model=model)
    _put(session, services, entry)
    if entry.state == "waiting":
        _tell_curators(session, services, entry)
    return Outcome(entry)


def _rule(session: Session, services: Services, entry: Entry) -> steps.Publish:
    decided = use_case_curating.decisions_about(session, entry.id)
    return publish_rule(services.policy.use_cases.publish, decided, services.policy.people.curators)


def _tell_curators(session: Session, services: Services, entry: Entry) -> None:
    """Plan a word to every curator, once for the same words until somebody decides about them."""
    curators = Operators(services.slack.org_id, services.policy.people.curators, "")
    decided = len(use_case_curating.decisions_about(session, entry.id))
    period, payload = f"{entry.id} {version_of(entry)} {decided}", {"entry": str(entry.id)}
    plan_for_operators(session, curators, WAITS, period, services.now(), payload)


def _put(session: Session, services: Services, entry: Entry) -> None:
    use_case_entries.put(session, entry)
    use_case_entries.unlink(session, entry.id)
    reference = reference_of(entry.link)
    if reference and finished.held(session, [reference]):
        use_case_entries.link(session, entry.id, reference, services.now().date())


def _nearest(session: Session, entry: Entry) -> Entry | None:
    found = similar_to(session, entry, but=[entry.id])
    return use_case_entries.entry_of(session, found[0].id) if found else None


def _model(session: Session, author: Viewer, tool: str, services: Services) -> str:
    if author.standing is Standing.OFF:
        return ""
    today = services.now().date()
    own = own_tools(usage_of(session, author.person_id, today - _USED_WITHIN, today))
    return next((each.model for each in own if tool_name(each.tool) == tool), "")


def add_to(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Let an entry in beside the one that it is close to, as its author chose."""
    return _chosen(visit, services)


def keep_separate(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Let an entry in by itself, as its author chose."""
    return _chosen(visit, services)


def _chosen(visit: Visit, services: Services) -> Message:
    """Let a draft in; what the button carries is its id, and that of the entry that it is added to."""
    id_, _, other = visit.argument.partition(".")
    outcomes: list[Outcome | None] = []

    def work(session: Session) -> None:
        entry = own_entry(session, visit, id_)
        author = viewer_of(session, visit.slack_id)
        if entry is None or author is None or entry.state != "draft" or problems_in(entry, services):
            outcomes.append(Outcome(entry) if entry else None)
            return
        beside = use_case_entries.entry_of(session, int(other)) if is_id(other) else None
        if beside is not None and beside.state == "published":
            entry = replace(entry, variant_of=beside.variant_of or beside.id)
        outcomes.append(let_in(session, services, author, entry))

    change_once(visit, services, work)
    return _after(outcomes, visit, services, id_)


WORDS: Final = (
    Word("share", modal_anybody=open_form, submit=share, check=check, window_title=views.TITLE, changes=True),
    Word("add-to", anybody=add_to, changes=True, typed=False),
    Word("keep-separate", anybody=keep_separate, changes=True, typed=False),
)
