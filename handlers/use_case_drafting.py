"""[Keep as draft], and [Fill it in] by a text model, on its author's click alone: both from what stands in the form."""

from typing import Any, Final

from sqlmodel import Session

from bot.domain.money import nano_usd
from bot.domain.people import Viewer
from bot.domain.use_cases import steps
from bot.domain.use_cases.drafted import ASKED, TextModel, most_nano_usd, taken, to_give_back
from bot.domain.use_cases.entry import Draft, Entry, may_change
from bot.errors import ConnectorError
from bot.services import Services
from bot.views import use_case_form as views
from bot.views.tokens import working
from bot.views.use_case_form import Sheet
from bot.views.wording import tool_name
from handlers.changes import change_once
from handlers.team_access import is_id, who_asks_now
from handlers.use_case_sharing import draft_in, problems_in, tools_of, tools_to_choose
from handlers.visit import Visit
from handlers.words import Word
from storage import text_spending, use_case_entries


def _sheet(visit: Visit, viewer: Viewer | None, services: Services) -> Sheet:
    """Return the form as it stands in front of the person; what a button carries is its id, drawing and word."""
    id_, _, rest = visit.argument.partition(".")
    drawing, _, word = rest.partition(".")
    own = [tool_name(each.tool) for each in tools_of(viewer, services)]
    return Sheet(
        id=id_ if is_id(id_) else "0",
        draft=draft_in(visit.fields),
        tools=tools_to_choose(own, services),
        word="edit" if word == "edit" else "share",
        drawing=int(drawing) if is_id(drawing) else 0,
        text_model=services.text_model.name if services.text_model and word != "edit" else "",
    )


def keep(visit: Visit, viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Keep what was filled in as a draft, which may have gaps but nothing that it must not hold."""
    sheet = _sheet(visit, viewer, services)
    draft = sheet.draft
    problems = [each for each in problems_in(draft, services) if each.kind != "missing"]
    if problems or not any((draft.title, draft.when, draft.how)):
        notes = views.correct_first(problems) or [views.NOTHING_TYPED]
        return views.share_form(sheet._replace(notes=notes, text_model=""))
    profile = services.slack.profile(visit.slack_id.user_id)
    found: list[Entry | None] = []

    def work(session: Session) -> None:
        author = who_asks_now(session, profile, services)
        found.append(_keep(session, author, int(sheet.id), draft, services))

    change_once(visit, services, work)
    kept = found[-1] if found else None
    return views.window(views.is_kept(kept) if kept else views.not_yours())


def _keep(session: Session, author: Viewer, id_: int, draft: Draft, services: Services) -> Entry | None:
    before = use_case_entries.entry_of(session, id_)
    if not id_ or (before is not None and not may_change(before, author.person_id)):
        return None
    if before is not None and before.state == "published":  # a form that is older than that
        return None
    kept = steps.kept_draft(id_, draft, author.person_id, services.now().date(), before)
    use_case_entries.put(session, kept)
    return kept


def fill(visit: Visit, viewer: Viewer | None, services: Services) -> dict[str, Any]:
    """Have the text model split what stands in the form; where that does not help, the form is as it was."""
    sheet = _sheet(visit, viewer, services)
    model, message = services.text_model, _message(sheet.draft)
    if model is None or not message:
        notes = [views.not_drafted(model.name, "empty")] if model else []
        return views.share_form(sheet._replace(notes=notes))
    problems = [each for each in problems_in(sheet.draft, services) if each.kind not in {"missing", "too_long"}]
    problems = [each for each in problems if each.kind != "not_a_link"]
    if problems:  # a text model is somebody else, too
        return views.share_form(sheet._replace(notes=views.correct_first(problems)))
    _say_that_it_takes_a_moment(visit, services)
    draft, note = _asked(model, message, sheet.draft, services)
    return views.share_form(sheet._replace(draft=draft, notes=[note], drawing=sheet.drawing + 1))


def _message(draft: Draft) -> str:
    """Return what stands in the form, each line once: splitting repeats the first in the title."""
    how = draft.how
    others = [text for text in (getattr(draft, name) for name in ASKED) if text and text not in how]
    return "\n".join([*(text.rstrip("…") for text in others), how]).strip()


def _say_that_it_takes_a_moment(visit: Visit, services: Services) -> None:
    """Show in the person's own window that it is being worked at, so that nothing is typed that would be lost."""
    mark = services.marks.of_window(visit.slack_id, visit.window_id)
    if visit.window_id and visit.window_mark == mark:
        try:
            services.slack.update_view(visit.window_id, {**working(views.TITLE), "private_metadata": mark})
        except ConnectorError:
            return


def _asked(model: TextModel, message: str, before: Draft, services: Services) -> tuple[Draft, str]:
    day = services.now().date()
    rates = services.prices("", model.name, day, "")
    most, limit = most_nano_usd(rates), nano_usd(services.policy.use_cases.text_usd_a_day)
    if not services.database.writing(lambda session: text_spending.set_aside(session, day, most, limit)):
        return before, views.not_drafted(model.name, "budget")
    reply = model.ask(message)
    back = to_give_back(reply, rates)
    services.database.writing(lambda session: text_spending.give_back(session, day, back))
    if reply.trouble:
        return before, views.not_drafted(model.name, reply.trouble)
    drafted = taken(message, reply.fields, before, services.customers)
    return drafted.draft, views.drafted(model.name, drafted.left_out)


WORDS: Final = (
    Word("keep-draft", modal_anybody=keep, window_title=views.TITLE, changes=True, typed=False),
    Word("fill", modal_anybody=fill, window_title=views.TITLE, typed=False),
)
