"""Somebody's own entries, how far each has come, and taking one back."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from bot.domain.period import MONTHS
from bot.domain.use_cases.curating import MAX_REASON
from bot.domain.use_cases.entry import Entry
from bot.views.blocks import Block, Message, actions, button, confirm, context, foreign, menu, modal, section
from bot.views.use_case_form import NOTIFICATION, USECASE, private, title_of
from bot.views.wording import LOCK, plural

_MOST: Final = 20
KEPT_FOR: Final = timedelta(days=28)


def mine(entries: Sequence[Entry]) -> Message:
    """Return somebody's entries."""
    if not entries:
        return private(
            "You have shared nothing yet. What worked for you last week?",
            button("Share it", "share", command=USECASE),
        )
    rows: list[Block] = [section(_line(each), _can(each)) for each in entries[:_MOST]]
    more = [context(f"And {plural(len(entries) - _MOST, 'older one')}.")] if len(entries) > _MOST else []
    return Message(
        NOTIFICATION,
        [*rows, *more, context(LOCK), actions(button("Share another", "share", command=USECASE))],
    )


def _line(each: Entry) -> str:
    return f"*{title_of(each)}*\n{state_words(each)}"


def state_words(each: Entry) -> str:
    """Return how far an entry has come, as its author reads it."""
    reason = f": {foreign(each.reason, MAX_REASON)}" if each.reason else ""
    words = {
        "draft": "Draft: nobody else sees it.",
        "waiting": "A curator reads it first.",
        "published": f"In the library since {_day(each.published_on)}.",
        "returned": f"Came back from a curator{reason}",
        "archived": f"Kept out of sight{reason}",
        "withdrawn": f"You took it back. Deleted on {_day(each.changed_on + KEPT_FOR)}.",
    }
    return words[each.state]


def _day(day: date | None) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]}" if day else "unknown"


def _can(each: Entry) -> dict[str, Any]:
    again = {"draft": "Go on", "waiting": "Edit", "published": "Edit"}.get(each.state, "Edit and share again")
    options = [(again, f"edit {each.id}")]
    if each.state != "withdrawn":
        options.append(("Take it back", f"withdraw {each.id}"))
    return menu("More", f"own-{each.id}", options, command=USECASE)


def which_to_edit(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the window in which somebody chooses what to edit."""
    blocks = [
        section(f"*{title_of(each)}*\n{state_words(each)}", button("Edit", "edit", str(each.id), command=USECASE))
        for each in entries[:_MOST]
    ]
    return modal("Your use cases", blocks or [section("You have shared nothing yet.")])


def which_to_withdraw(entries: Sequence[Entry]) -> Message:
    """Ask which entry, or this one, is to be taken back."""
    if not entries:
        return private("You have nothing to take back.")
    rows = [section(f"*{title_of(each)}*\n{state_words(each)}", take_back(each)) for each in entries[:_MOST]]
    said = "Nobody finds it any more. It stays in your list for four weeks, then it is deleted."
    return Message(NOTIFICATION, [*rows, context(said), context(LOCK)])


def take_back(each: Entry) -> dict[str, Any]:
    """Return the button that takes an entry back, and asks first."""
    asked = confirm("Take it back?", "Nobody finds it any more.", "Take it back", "Leave it")
    return button("Take it back", "take-back", str(each.id), command=USECASE, confirm=asked)


def taken_back(each: Entry) -> Message:
    """Say that an entry is the author's alone again, and until when."""
    edit = button("Share it again", "edit", str(each.id), command=USECASE)
    return private(f"*{title_of(each)}* is taken back. {state_words(each)}", edit)
