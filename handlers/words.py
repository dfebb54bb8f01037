"""What can be asked: tables that typed commands, buttons, menus and forms share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.people import Viewer
from bot.services import Services
from bot.views.blocks import Message
from handlers.visit import Visit

Answer = Callable[[Visit, Viewer, Services], Message]
AnswerAnybody = Callable[[Visit, Viewer | None, Services], Message]
Fill = Callable[[Visit, Viewer, Services], dict[str, Any]]
FillForAnybody = Callable[[Visit, Viewer | None, Services], dict[str, Any]]
Check = Callable[[Visit, Services], Mapping[str, str]]
CHANGE: Final = "a-change"


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that a command understands; each is also a button, an option of a menu, or a form that was sent.

    At most one of *answer* (for people who switched on; others get the first screen), *anybody*, *modal*
    (for people who switched on) and *modal_anybody* is set. A word that is not *typed* is only a button.

    A form that was sent goes to *submit*, once *check* has found nothing to correct: what *check* returns
    stands at the fields, by their names. It is answered before Slack is, so it looks at what was filled in
    and nowhere else.
    """

    name: str
    answer: Answer | None = None
    anybody: AnswerAnybody | None = None
    modal: Fill | None = None
    modal_anybody: FillForAnybody | None = None
    submit: AnswerAnybody | None = None
    check: Check = lambda _visit, _services: {}
    changes: bool = False  # a Home tab that was opened is drawn anew after it
    window_title: str = "Worthwhile"
    typed: bool = True

    @property
    def fills_window(self) -> bool:
        """Return whether asking for it opens a window."""
        return self.modal is not None or self.modal_anybody is not None

    @property
    def label(self) -> str:
        """Return under which word it is measured: what somebody decides is not told apart."""
        return CHANGE if self.changes else self.name


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command: the words that it understands, and what was meant by what somebody typed after it."""

    name: str
    words: Mapping[str, Word]
    meant: Callable[[Visit, Services], tuple[Visit, Word]]
