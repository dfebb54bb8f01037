"""What a story brings to the page: a clock, steps that type for you, switches that prove a promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# One thing that a step does on the page, in order:
#   ("as", PANE, USER_ID)              becomes somebody
#   ("open", PANE, PLACE)              goes to a channel id, "home" or "messages"
#   ("type", PANE, WORDS)              types into the composer and sends
#   ("press", PANE, LABEL)             presses the newest button, link or submit button with these words
#   ("press", PANE, LABEL, "if there") the same, where there is one: what was answered once is not asked again
#   ("choose", PANE, MENU, OPTION)     opens a menu or list, named by its words, and chooses from it
#   ("fill", PANE, LABEL, WORDS)       types into a field of the open window, in the place of what is there
#   ("cut", PANE, LABEL, WORDS)        takes words out of a field of the open window
#   ("shortcut", PANE, NAME)           chooses a global shortcut
#   ("share", PANE, TEXT, NAME)        chooses a message shortcut on the newest message with that text
#   ("close", PANE)                    closes the open window
#   ("clock", BUTTON_ID)               presses a button of the clock
#   ("switch", SWITCH_ID[, TO])        flips a switch, or puts it "on" or "off" wherever it stands
#   ("wait", PANE, TEXT)               waits until the open window, or else the pane, shows that text; after "type", in
#                                      a new message
#   ("show", PANE, TEXT)               scrolls to the last place with that text
#   ("run", VERB)                      runs a verb of the command line and shows what it prints
# PANE is "left" or "right".
Act = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the rail: its label, what it does, and what to look at while it does.

    A *part* of the rail begins with a step that names it.
    """

    label: str
    acts: Sequence[Act]
    look: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button of the clock."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch that proves a promise: *explains* says what to look for."""

    id: str
    label: str
    explains: str
    on: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Who sits in a pane at first, and where: a channel id, "home", "messages", or "" for the first channel."""

    user: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the story's own, which opens beside this one: its name in the address, and the words of its link."""

    name: str
    label: str


class Story(Protocol):
    """Supplies what stands around the two panes; pressing may take a while and runs off the page's thread."""

    @property
    def banner(self) -> str:
        """One line that says that all of it is made up."""

    @property
    def starts(self) -> tuple[Start, Start]:
        """The left pane and the right one, at first."""

    @property
    def steps(self) -> Sequence[Step]:
        """The rail "Three minutes"."""

    @property
    def switches(self) -> Sequence[Switch]:
        """The switches as they stand."""

    def clock_text(self) -> str:
        """What the clock shows."""

    def clock_buttons(self) -> Sequence[Button]:
        """The buttons beside the clock."""

    def press_clock(self, button_id: str) -> str:
        """Lets time pass; returns what happened, in one line."""

    def flip(self, switch_id: str) -> str:
        """Flips a switch; returns what happened, in one line."""

    def run(self, verb: str) -> str:
        """Runs a verb of the command line; returns what it prints."""

    @property
    def pages(self) -> Sequence[Page]:
        """Pages of its own, linked below the rail."""

    def page(self, name: str) -> str | None:
        """One of them as HTML without a script, complete in itself; None where there is none yet."""
