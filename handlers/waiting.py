"""Who is asked to wait, since there is too much to do, or since they ask faster than one person is answered."""

from typing import Final

import structlog
from slack_bolt import Ack

from bot.services import Services
from bot.views.help import BUSY, MOMENT, beside
from bot.views.tokens import failed
from handlers.reply import reply_private
from handlers.visit import Visit
from handlers.words import Word

log: Final = structlog.get_logger()


def say_busy(visit: Visit, services: Services, ack: Ack) -> None:
    """Acknowledge by saying that there is too much to do."""
    _say(BUSY, visit, services, ack)


def ask_to_wait(visit: Visit, services: Services, ack: Ack) -> None:
    """Acknowledge by asking to wait, once; what follows at once is acknowledged and nothing more."""
    if services.visits.tells(visit.slack_id):
        log.warning("asked_too_often")
        _say(MOMENT, visit, services, ack)
    else:
        ack()


def keep_form(visit: Visit, word: Word, ack: Ack) -> None:
    """Ask to wait without losing what was typed into the form."""
    field = next(iter(visit.fields), "")
    if field:
        ack(response_action="errors", errors={field: MOMENT})
    else:
        ack(response_action="update", view=failed(word.window_title, MOMENT))


def _say(words: str, visit: Visit, services: Services, ack: Ack) -> None:
    if visit.from_button:  # what acknowledges a button is not shown to anybody
        services.pool.note(lambda: reply_private(visit, beside(words), services))
        ack()
    else:
        ack(response_type="ephemeral", text=words)
