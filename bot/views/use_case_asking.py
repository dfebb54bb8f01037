"""What people look for and the library does not have."""

from collections.abc import Sequence
from typing import Any, Final

from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.traces import Wanted
from bot.views.blocks import Block, Message, actions, button, context, foreign, section, visible
from bot.views.use_case_cards import USECASE, open_button
from bot.views.wording import LOCK, plural

LOOKING_FOR: Final = "What people look for."
_MOST: Final = 10


def noted(wanted: Wanted) -> Message:
    """Return that something is looked for from now on."""
    text = (
        f"*Looking for:* {foreign(wanted.wanted, 200)}\nIt stands in the next round-ups, without your name. When "
        "somebody shares it, I'll tell you."
    )
    row = actions(button("Not any more", "not-wanted", str(wanted.id), command=USECASE))
    return Message(LOOKING_FOR, [section(text), context(LOCK), row])


def is_wanted_already(wanted: Wanted) -> Message:
    """Return that others look for the same."""
    text = f"*Looked for already:* {foreign(wanted.wanted, 200)} · {asked_by(wanted)}"
    return Message(LOOKING_FOR, [section(text), context(LOCK), actions(_i_too(wanted), i_have_one(wanted))])


def perhaps(words: str, entries: Sequence[Entry]) -> Message:
    """Return what the library has that is like what somebody looks for."""
    rows = [
        section(f"*{foreign(each.title) or '-'}*\n{foreign(each.when, 200)}", open_button(each.id)) for each in entries
    ]
    anyway = button("None of these: ask for it", "ask-anyway", visible(words, 200), command=USECASE)
    return Message(LOOKING_FOR, [section("Is it one of these?"), *rows, context(LOCK), actions(anyway)])


def looked_for(wanted: Sequence[Wanted]) -> Message:
    """Return everything that is looked for, and how to ask."""
    how = "`/usecase ask WORDS` puts what you look for into the round-ups, without your name."
    if not wanted:
        return Message(LOOKING_FOR, [section(f"Nobody looks for anything now. {how}"), context(LOCK)])
    rows: list[Block] = []
    for each in wanted[:_MOST]:
        rows += [section(wanted_line(each)), actions(_i_too(each), i_have_one(each))]
    return Message(LOOKING_FOR, [*rows, context(f"{how} {LOCK}")])


def wanted_line(wanted: Wanted) -> str:
    """Return what is looked for, and by how many."""
    return f"*Looking for:* {foreign(wanted.wanted, 200)} · {asked_by(wanted)}"


def asked_by(wanted: Wanted) -> str:
    """Return how many look for it."""
    return f"asked by {plural(wanted.people, 'person', 'people')}"


def i_have_one(wanted: Wanted) -> dict[str, Any]:
    """Return the button that opens the form to share what is looked for."""
    return button("I have one", "share", f"wanted:{wanted.id}", command=USECASE)


def _i_too(wanted: Wanted) -> dict[str, Any]:
    return button("I want it too", "want-too", str(wanted.id), command=USECASE)


def not_wanted() -> Message:
    """Return that somebody looks for it no more."""
    return Message(LOOKING_FOR, [section("Fine. It is off your list."), context(LOCK)])


def no_longer_open() -> Message:
    """Return that it is found or closed."""
    text = "That is not looked for any more: somebody shared it, or nobody wants it."
    row = actions(button("Find it", "find", command=USECASE))
    return Message(LOOKING_FOR, [section(text), context(LOCK), row])


def refused(line: str) -> Message:
    """Return why what somebody looks for is not put where everybody reads it."""
    return Message(LOOKING_FOR, [section(f"Not asked. {line}"), context(LOCK)])


def was_found(wanted: Wanted, each: Entry) -> Message:
    """Return what those are told who looked for what somebody has shared now."""
    text = f"*Somebody shared what you were looking for* ({foreign(wanted.wanted, 200)}):\n*{foreign(each.title)}*"
    row = actions(open_button(each.id), button("I'll try it", "try", str(each.id), command=USECASE))
    return Message("Somebody shared what you were looking for.", [section(text), context(LOCK), row])
