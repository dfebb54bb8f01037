"""`/mytokens`: its words, and which of them was meant."""

from typing import Final

from bot.domain.people import Viewer, names_somebody
from bot.domain.period import parse_period
from bot.services import Services
from bot.views import help as views
from bot.views.blocks import Message
from handlers import (
    account,
    accounts,
    digest,
    digest_settings,
    export,
    hints,
    outcomes,
    privacy,
    shared_jobs,
    sources,
    switching,
    usage,
)
from handlers.visit import Visit
from handlers.words import Command, Word

ALL_WORDS: Final = (
    *usage.WORDS,
    *outcomes.WORDS,
    *shared_jobs.WORDS,
    *switching.WORDS,
    *digest_settings.WORDS,
    *digest.WORDS,
    *hints.WORDS,
    *account.WORDS,
    *privacy.WORDS,
    *accounts.WORDS,
    *sources.WORDS,
    *export.WORDS,
)
WORDS: Final = {word.name: word for word in ALL_WORDS}


def _own_only(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    return views.only_your_own()


def _unknown(_visit: Visit, _viewer: Viewer | None, _services: Services) -> Message:
    return views.unknown_word()


OWN_ONLY: Final = Word("own-only", anybody=_own_only, typed=False)
UNKNOWN: Final = Word("unknown", anybody=_unknown, typed=False)


def typed_word(visit: Visit, services: Services) -> tuple[Visit, Word]:
    """Return what a typed command means: a word, a period, somebody's name (refused), or nothing known."""
    if names_somebody(f"{visit.word} {visit.argument}"):
        return visit, OWN_ONLY
    word = WORDS.get(visit.word)
    if word is not None and word.typed:
        return visit, word
    if parse_period(visit.word, services.now().date()) is not None and not visit.argument:
        return visit.with_word("show", visit.word), WORDS["show"]
    return visit, UNKNOWN


COMMAND: Final = Command("mytokens", WORDS, typed_word)
