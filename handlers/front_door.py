"""From a request of Slack's to an answer: acknowledge at once, then answer from the pool."""

import time
from concurrent.futures import Future
from hmac import compare_digest
from typing import Any, Final

import structlog
from slack_bolt import Ack

from bot.domain.people import Viewer
from bot.errors import BusyError, ConnectorError, WorthwhileError
from bot.measuring.requests import answering
from bot.services import Services
from bot.views import help as help_views
from bot.views import switching
from bot.views.blocks import Message
from bot.views.blocks import modal as window_of
from bot.views.tokens import failed, loading, working
from handlers.home import has_opened_home, publish_home
from handlers.recognising import recognise
from handlers.reply import reply_private
from handlers.visit import Visit
from handlers.waiting import ask_to_wait, keep_form, say_busy
from handlers.words import AnswerAnybody, Word

log = structlog.get_logger()
_STRANGER: Final = help_views.not_for("stranger", ())
_WINDOW_SECONDS: Final = 10.0  # Slack opens a window within three, or not at all
# A form's acknowledgement shows that its answer is coming: the answer must not be there before it.
_AFTER_THE_ACK_SECONDS: Final = 0.3


def enter(visit: Visit, word: Word, services: Services, ack: Ack) -> None:
    """Acknowledge the request and have *word* answered from the pool; nothing here waits for the database.

    A modal opens before the acknowledgement, since its trigger lives three seconds; it is the only
    call to Slack on this path. In a full pool it does not open: nobody would fill it.
    """
    if services.slack.org_id not in {visit.slack_id.org_id, visit.team_id}:
        ack(response_type="ephemeral", text=_STRANGER)
        return
    if not services.visits.lets_in(visit.slack_id):
        ask_to_wait(visit, services, ack)
        return
    window: Future[str] = Future()
    try:
        services.pool.submit(lambda: _answer(visit, word, window, services))
    except BusyError:
        say_busy(visit, services, ack)
        return
    window.set_result(_window(visit, word, services))
    ack()


def take_in(visit: Visit, word: Word, services: Services, ack: Ack) -> None:
    """Acknowledge a form that was sent, with what is to be corrected at its fields, or have it carried out.

    What comes of it fills the window that the form was in. Only a form that was made for who sends it is taken.
    """
    mark = services.marks.of_window(visit.slack_id, visit.window_id)
    strange = services.slack.org_id not in {visit.slack_id.org_id, visit.team_id}
    if strange or word.submit is None or not compare_digest(visit.window_mark.encode(), mark.encode()):
        ack(response_action="clear")
        return
    if not services.visits.lets_in(visit.slack_id):
        keep_form(visit, word, ack)
        return
    if errors := word.check(visit, services):
        ack(response_action="errors", errors=dict(errors))
        return
    acknowledged: Future[str] = Future()
    try:
        services.pool.submit(lambda: _carry_out(visit, word, acknowledged, services))
    except BusyError:
        ack(response_action="update", view=failed(word.window_title, help_views.BUSY))
        return
    ack(response_action="update", view=working(word.window_title))
    acknowledged.set_result(visit.window_id)


def _carry_out(visit: Visit, word: Word, acknowledged: "Future[str]", services: Services) -> None:
    with structlog.contextvars.bound_contextvars(word=word.name), answering(services.measures, word.label):
        home_follows = word.changes and has_opened_home(visit, services)
        view_id = acknowledged.result(_WINDOW_SECONDS)
        earliest = time.monotonic() + _AFTER_THE_ACK_SECONDS
        message = _message(visit, word.submit, services)
        time.sleep(max(0.0, earliest - time.monotonic()))
        _show_in(view_id, visit, word, _window_with(message, word, services), services)
        if home_follows:
            publish_home(visit, services)


def _window(visit: Visit, word: Word, services: Services) -> str:
    """Return the window that the answer goes into: the one that is open, a new one, or none."""
    if visit.response_url and not word.fills_window:
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
    with structlog.contextvars.bound_contextvars(word=word.name), answering(services.measures, word.label):
        home_follows = visit.from_home or (word.changes and has_opened_home(visit, services))
        view_id = window.result(_WINDOW_SECONDS)
        if view_id or word.fills_window:
            _fill(visit, word, view_id, services)
        else:
            reply_private(visit, _answered(visit, word, services), services)
        if home_follows:
            publish_home(visit, services)


def _fill(visit: Visit, word: Word, view_id: str, services: Services) -> None:
    view = _modal(visit, word, services) if view_id else {}
    _show_in(view_id, visit, word, view, services)


def _show_in(view_id: str, visit: Visit, word: Word, view: dict[str, Any], services: Services) -> None:
    """Fill the window; one that did not open or cannot be filled is said in a message, without figures."""
    try:
        if view_id:
            mark = services.marks.of_window(visit.slack_id, view_id)
            services.slack.update_view(view_id, {**view, "private_metadata": mark})
            return
    except ConnectorError as error:
        log.error("modal_not_filled", error=str(error))
    reply_private(visit, help_views.window_failed(word.window_title), services)


def _answered(visit: Visit, word: Word, services: Services) -> Message:
    if word.anybody is not None:
        return _message(visit, word.anybody, services)
    answer = word.answer

    def for_those_who_are_on(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
        if viewer is None or answer is None:
            return switching.first_screen(services.slack.profile(visit.slack_id.user_id).name)
        return answer(visit, viewer, services)

    return _message(visit, for_those_who_are_on, services)


def _message(visit: Visit, answer: AnswerAnybody | None, services: Services) -> Message:
    try:
        viewer = recognise(visit, services)
        return help_views.unknown_word() if answer is None else answer(visit, viewer, services)
    except WorthwhileError as error:
        return _said(error)
    except Exception:  # the boundary: a person reads a sentence, the operator a trace
        log.exception("answer_failed")
        return help_views.broken(services.policy.people.help)


def _window_with(message: Message, word: Word, services: Services) -> dict[str, Any]:
    return window_of(word.window_title, message.blocks(rich=False, prefix=services.command_prefix))


def _modal(visit: Visit, word: Word, services: Services) -> dict[str, Any]:
    if not word.fills_window:
        return _window_with(_answered(visit, word, services), word, services)
    try:
        viewer = recognise(visit, services)
        if word.modal_anybody is not None:
            return word.modal_anybody(visit, viewer, services)
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
