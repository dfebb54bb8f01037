"""What the library does by itself: due questions, authors' news, what may no longer be right, round-ups."""

from collections.abc import Callable, Mapping
from typing import Final

import structlog

from bot.jobs import use_case_questions, use_case_round_up
from bot.jobs.kind import Kind
from bot.services import Services

log = structlog.get_logger()


def run(services: Services) -> dict[str, int]:
    """Plan everything that is due and was not planned before; return how many of each, and how many were archived."""
    done = {
        "questions": _guarded(lambda: use_case_questions.ask_who_tried(services)),
        "found": _guarded(lambda: use_case_questions.tell_who_looked(services)),
        "authors": _guarded(lambda: use_case_questions.tell_authors(services)),
        "round_ups": _guarded(lambda: use_case_round_up.round_up_channels(services)),
    }
    return done | use_case_questions.ask_still_right(services)


def _guarded(work: Callable[[], int]) -> int:
    try:
        return work()
    except Exception:  # one kind holds up no other
        log.exception("use_cases_failed")
        return 0


KINDS: Final[Mapping[str, Kind]] = {**use_case_questions.KINDS, **use_case_round_up.KINDS}
