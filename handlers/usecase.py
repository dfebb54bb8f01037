"""`/usecase`: its words, and which of them was meant."""

from typing import Final

from bot.domain.people import Viewer, names_somebody
from bot.services import Services
from bot.views import use_case_help as views
from bot.views.blocks import Message
from handlers import (
    use_case_asking,
    use_case_curating,
    use_case_drafting,
    use_case_export,
    use_case_finding,
    use_case_mine,
    use_case_news,
    use_case_round_ups,
    use_case_sharing,
    use_case_trying,
)
from handlers.use_case_curating import curates
from handlers.visit import Visit
from handlers.words import Command, Word


def show_help(visit: Visit, _viewer: Viewer | None, services: Services) -> Message:
    """Return one screen of what can be typed."""
    return views.help_message(services.policy.people.help, curates=curates(visit, services))


def _nobody_alone(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    return views.nobody_alone()


def _unknown(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    return views.unknown_word()


NOBODY_ALONE: Final = Word("nobody-alone", anybody=_nobody_alone, typed=False)
UNKNOWN: Final = Word("unknown", anybody=_unknown, typed=False)

ALL_WORDS: Final = (
    Word("help", anybody=show_help),
    *use_case_sharing.WORDS,
    *use_case_drafting.WORDS,
    *use_case_mine.WORDS,
    *use_case_curating.WORDS,
    *use_case_finding.WORDS,
    *use_case_trying.WORDS,
    *use_case_asking.WORDS,
    *use_case_news.WORDS,
    *use_case_round_ups.WORDS,
    *use_case_export.WORDS,
)
WORDS: Final = {word.name: word for word in ALL_WORDS}


def typed_word(visit: Visit, _services: Services) -> tuple[Visit, Word]:
    """Return what a typed command means: a word, somebody's name (refused), or nothing known."""
    if names_somebody(f"{visit.word} {visit.argument}"):
        return visit, NOBODY_ALONE
    word = WORDS.get(visit.word or "find")
    return (visit, word) if word is not None and word.typed else (visit, UNKNOWN)


COMMAND: Final = Command("usecase", WORDS, typed_word)
