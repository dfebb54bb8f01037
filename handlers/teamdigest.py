"""`/teamdigest`: its words, and which of them was meant."""

from typing import Final

from bot.domain.people import Viewer, names_somebody
from bot.services import Services
from bot.views import team_help as views
from bot.views.blocks import Message
from handlers import report, team_agreement, team_digest, team_settings, team_setup, teams_shown
from handlers.visit import Visit
from handlers.words import Command, Word

ALL_WORDS: Final = (
    *teams_shown.WORDS,
    *team_setup.WORDS,
    *team_settings.WORDS,
    *team_agreement.WORDS,
    *team_digest.WORDS,
    *report.WORDS,
)
WORDS: Final = {word.name: word for word in ALL_WORDS}


def _nobody_alone(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    return views.nobody_alone()


def _unknown(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    return views.unknown_word()


NOBODY_ALONE: Final = Word("nobody-alone", anybody=_nobody_alone, typed=False)
UNKNOWN: Final = Word("unknown", anybody=_unknown, typed=False)


def typed_word(visit: Visit, _services: Services) -> tuple[Visit, Word]:
    """Return what a typed command means: a word, somebody's name (refused), or nothing known."""
    if names_somebody(f"{visit.word} {visit.argument}"):
        return visit, NOBODY_ALONE
    word = WORDS.get(visit.word or "teams")
    return (visit, word) if word is not None and word.typed else (visit, UNKNOWN)


COMMAND: Final = Command("teamdigest", WORDS, typed_word)
