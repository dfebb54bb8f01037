"""From a request of Slack's to an answer: acknowledge at once, then answer from the pool."""

from concurrent.futures import Future
from hmac import compare_digest
from typing import Any, Final

import structlog
from slack_bolt import Ack

from bot.errors import BusyError, ConnectorError, WorthwhileError
from bot.services import Services
from bot.views import help as help_views
from bot.views import switching
from bot.views.blocks import Message
from bot.views.blocks import modal as window_of
from bot.views.tokens import failed, loading
from handlers.home import has_opened_home, publish_home
from handlers.recognising import recognise
from handlers.reply import reply_private
from handlers.visit import Visit
from handlers.words import Word

log = structlog.get_logger()
_STRANGER: Final = help_views.not_for("stranger", ())
_WINDOW_SECONDS: Final = 10.0  # Slack opens a window within three, or not at all


def enter(visit: Visit, word: Word, services: Services, ack: Ack) -> None:
    """Acknowledge the request and have *word* answered from the pool; nothing here waits for the database.

    A modal opens before the acknowledgement, since its trigger lives three seconds; it is the only
    call to Slack on this path. In a full pool it does not open: nobody would fill it.
    """
    if services.slack.org_id not in {visit.slack_id.org_id, visit.team_id}:
        ack(response_type="ephemeral", text=_STRANGER)
        return
    window: Future[str] = Future()
    try:
        services.pool.submit(lambda: _answer(visit, word, window, services))
    except BusyError:
        _say_busy(visit, services, ack)
        return
    window.set_result(_window(visit, word, services))
    ack()


def _say_busy(visit: Visit, services: Services, ack: Ack) -> None:
    if visit.from_button:  # what acknowledges a button is not shown to anybody
        services.pool.note(lambda: reply_private(visit, help_views.busy(), services))
        ack()
    else:
        ack(response_type="ephemeral", text=help_views.BUSY)


def _window(visit: Visit, word: Word, services: Services) -> str:
    """Return the window that the answer goes into: the one that is open, a new one, or none."""
    if visit.response_url and word.modal is None:
        return ""
    mark = services.marks.of_window(visit.slack_id, visit.window_id)
    if visit.window_id and compare_digest(visit.window_mark.encode(), mark.encode()):
        return visit.window_id
    try:
        return services.slack.open_view(visit.trigger_id, loading(word.window_title))
    except ConnectorError as error:
        log.warning("modal_not_opened", word=word.name, error=str(error))
        return ""


def _answer(visit: Visit, word: Word, window: "Future[str]", services: Services) -> None:
    with structlog.contextvars.bound_contextvars(word=word.name):
        home_follows = visit.from_home or (word.changes and has_opened_home(visit, services))
        view_id = window.result(_WINDOW_SECONDS)
        if view_id or word.modal:
            _fill(visit, word, view_id, services)
        else:
            reply_private(visit, _message(visit, word, services), services)
        if home_follows:
            publish_home(visit, services)


def _fill(visit: Visit, word: Word, view_id: str, services: Services) -> None:
    """Fill the window; one that did not open or cannot be filled is said in a message, without figures."""
    try:
        if view_id:
            mark = services.marks.of_window(visit.slack_id, view_id)
            services.slack.update_view(view_id, {**_modal(visit, word, services), "private_metadata": mark})
            return
    except ConnectorError as error:
        log.error("modal_not_filled", error=str(error))
    reply_private(visit, help_views.window_failed(word.window_title), services)


def _message(visit: Visit, word: Word, services: Services) -> Message:
    try:
        viewer = recognise(visit, services)
        if word.anybody is not None:
            return word.anybody(visit, viewer, services)
        if viewer is None or word.answer is None:
            return switching.first_screen(services.slack.profile(visit.slack_id.user_id).name)
        return word.answer(visit, viewer, services)
    except WorthwhileError as error:
        return _said(error)
    except Exception:  # the boundary: a person reads a sentence, the operator a trace
        log.exception("answer_failed")
        return help_views.broken(services.policy.people.help)


def _modal(visit: Visit, word: Word, services: Services) -> dict[str, Any]:
    if word.modal is None:
        return window_of(
            word.window_title, _message(visit, word, services).blocks(rich=False, prefix=services.command_prefix)
        )
    try:
        viewer = recognise(visit, services)
        if viewer is None or word.modal is None:
            return failed(word.window_title, "Nothing is collected about you yet.")
        return word.modal(visit, viewer, services)
    except WorthwhileError as error:
        return failed(word.window_title, _line(error))
    except Exception:  # the same boundary, for what is shown in a modal
        log.exception("answer_failed")
        return failed(word.window_title, "That didn't work on my side; nothing is lost. Try again in a few minutes.")


def _said(error: WorthwhileError) -> Message:
    if isinstance(error, BusyError):
        log.warning("database_away", reason=str(error))
        return help_views.database_away()
    return help_views.sentence(_line(error))


def _line(error: WorthwhileError) -> str:
    if isinstance(error, ConnectorError):
        log.error("slack_failed", error=str(error))
        return "Slack didn't answer me; nothing is lost. Try again in a few minutes."
    if isinstance(error, BusyError):
        return "I can't reach my figures right now; nothing is lost. Try again in a few minutes."
    return str(error)
