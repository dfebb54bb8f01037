"""The one way in which an answer leaves: privately, to the person who asked."""

from typing import Any

import structlog

from bot.errors import BusyError
from bot.services import Services
from bot.views.blocks import Message
from handlers.visit import Visit
from storage.choices import note_rich_blocks_refused, rich_blocks_refused

log = structlog.get_logger()
_SURFACE = "response_url"


def reply_private(visit: Visit, message: Message, services: Services) -> None:
    """Answer *visit* so that only the person who asked sees it.

    Charts are tried first; where Slack refuses them the text version follows at once, and the
    refusal is remembered for the workspace.
    """
    if not visit.response_url:
        log.warning("answer_has_no_way_out", word=visit.word)
        return
    rich = message.has_rich and _rich_allowed(services)
    error = _post(visit, message, services, rich=rich)
    if error == "invalid_blocks" and rich:
        _remember_refusal(services)
        error = _post(visit, message, services, rich=False)
    if error is not None:
        log.error("answer_undelivered", word=visit.word, slack_error=error)


def _post(visit: Visit, message: Message, services: Services, *, rich: bool) -> str | None:
    payload: dict[str, Any] = {
        "response_type": "ephemeral",
        "replace_original": visit.replaces and not message.beside,
        "text": message.text,
        "blocks": message.blocks(rich=rich, prefix=services.command_prefix),
    }
    return services.slack.respond(visit.response_url, payload)


def _rich_allowed(services: Services) -> bool:
    try:
        with services.database.reading() as session:
            return not rich_blocks_refused(session, services.slack.org_id, _SURFACE, services.now())
    except BusyError:
        return True


def _remember_refusal(services: Services) -> None:
    try:
        services.database.writing(
            lambda session: note_rich_blocks_refused(session, services.slack.org_id, _SURFACE, services.now())
        )
    except BusyError:
        log.warning("verdict_not_kept")
