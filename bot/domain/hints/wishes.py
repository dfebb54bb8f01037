"""What somebody chose about hints: to be told at once, and kinds that they muted."""

from collections.abc import Mapping
from typing import Final

from bot.domain.delivery import Needs
from bot.domain.hints.finding import KINDS, HintKind

# The names under which choices are kept.
ALARMS: Final = "alarms"
ALARMS_ON: Final = "on"
MUTED: Final = "yes"
WANTED_AGAIN: Final = "no"
_MUTED: Final = "hint_muted_"
TOLD_AT_ONCE: Final = Needs(ALARMS, frozenset({ALARMS_ON}))


def wants_alarms(settings: Mapping[str, str]) -> bool:
    """Return whether the person chose to be told at once about a runaway job or a spike; off until chosen."""
    return settings.get(ALARMS) == ALARMS_ON


def muted_name(kind: HintKind) -> str:
    """Return the name under which it is kept that a kind is muted."""
    return f"{_MUTED}{kind}"


def kinds_with(settings: Mapping[str, str], choice: str) -> frozenset[HintKind]:
    """Return the kinds of which *settings* say so: that they are muted, or wanted again."""
    return frozenset(kind for kind in KINDS if settings.get(muted_name(kind)) == choice)


def hint_kind(word: str) -> HintKind | None:
    """Return the kind of hint that *word* names."""
    return next((kind for kind in KINDS if kind == word), None)
