"""What can be asked: one table that commands, buttons and menus share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.domain.people import Viewer
from bot.services import Services
from bot.views.blocks import Message
from handlers.visit import Visit

Answer = Callable[[Visit, Viewer, Services], Message]
AnswerAnybody = Callable[[Visit, Viewer | None, Services], Message]
Fill = Callable[[Visit, Viewer, Services], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that `/mytokens` understands; each is also a button or an option of a menu.

    Exactly one of *answer* (for people who switched on; others get the first screen), *anybody* and
    *modal* is set. A word that is not *typed* is only a button.
    """

    name: str
    answer: Answer | None = None
    anybody: AnswerAnybody | None = None
    modal: Fill | None = None
    changes: bool = False  # a Home tab that was opened is drawn anew after it
    window_title: str = "Worthwhile"
    typed: bool = True
