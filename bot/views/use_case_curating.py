"""What curators read, and what an author hears of it. No reader of an entry is named, and nobody who reported one."""

from collections.abc import Sequence
from typing import Any, Final

from bot.domain.use_cases.curating import MAX_REASON, version_of
from bot.domain.use_cases.entry import MAX_LENGTH, Entry
from bot.domain.use_cases.text import normal_lines
from bot.domain.use_cases.traces import Decision
from bot.views.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    entry,
    foreign,
    form,
    modal,
    plain,
    plain_section,
    section,
)
from bot.views.use_case_form import NOTIFICATION, SHOWN_AS, USECASE, fitting, private, title_of
from bot.views.wording import LOCK

TITLE: Final = "Use cases to read"
_MOST: Final = 10
_DONE: Final = {
    "published": "Published",
    "returned": "Returned",
    "archived": "Archived",
    "kept": "Kept",
    "measured": "Marked as measured",
}
NO_REASON: Final = "Say why, in a line that its author reads."
LONG_REASON: Final = f"At most {MAX_REASON} characters."


def whole(each: Entry) -> list[Block]:
    """Return every word of an entry, as it is and without any markup of its own."""
    blocks = [section(f"*{title_of(each)}*\n{foreign(each.when, MAX_LENGTH['when'])}"), _how(each)]
    lines = []
    if each.watch_out:
        lines.append(f"Watch out: {foreign(each.watch_out, MAX_LENGTH['watch_out'])}")
    if each.link:
        lines.append(f"Link: {foreign(each.link, MAX_LENGTH['link'])}")
    shown = f"Shown as: {SHOWN_AS.get(each.shown_as, 'no name')}"
    tool = " · ".join(foreign(part) for part in (each.tool, each.model) if part)
    tried = "" if each.tried else "not tried by its author"
    return [*blocks, context(" · ".join(part for part in (tool, shown, tried) if part)), *map(context, lines)]


def _how(each: Entry) -> Block:
    return plain_section(fitting(normal_lines(each.how), MAX_LENGTH["how"]).strip() or "-")


def decide_buttons(each: Entry) -> Block:
    """Return the two ways to decide about what waits; each carries which words it is about."""
    place = f"{each.id}.{version_of(each)}"
    return actions(
        button("Publish", "publish", place, command=USECASE),
        button("Return with a reason", "send-back", place, command=USECASE),
    )


def report_buttons(each: Entry) -> Block:
    """Return the two ways to decide about what was reported."""
    place = f"{each.id}.{version_of(each)}"
    return actions(
        button("Archive", "archive", place, command=USECASE),
        button("Keep", "keep", place, command=USECASE),
    )


def waits(each: Entry) -> Message:
    """Ask a curator to read an entry."""
    return Message("A use case waits for you.", [*whole(each), decide_buttons(each)])


def was_reported(each: Entry, reasons: Sequence[str]) -> Message:
    """Tell a curator that somebody says an entry should not be in the library."""
    return Message("A use case was reported.", [*_reasons(reasons), *whole(each), report_buttons(each)])


def _reasons(reasons: Sequence[str]) -> list[Block]:
    return [section(f"*Reported:* {foreign(reason, 500) or 'without a reason'}") for reason in reasons[:5]]


def to_curate(waiting: Sequence[Entry], reported: Sequence[Entry]) -> Message:
    """Return what waits for curators."""
    if not waiting and not reported:
        return private("Nothing waits for you.")
    rows: list[Block] = [_row(each, "waits to be read") for each in waiting[:_MOST]]
    rows += [_row(each, "was reported") for each in reported[:_MOST]]
    more = max(0, len(waiting) - _MOST) + max(0, len(reported) - _MOST)
    return Message(NOTIFICATION, [*rows, *([context(f"And {more} more.")] if more else []), context(LOCK)])


def _row(each: Entry, why: str) -> Block:
    return section(f"*{title_of(each)}* {why}", button("Read it", "read", str(each.id), command=USECASE))


def reading(each: Entry, reasons: Sequence[str]) -> dict[str, Any]:
    """Return the window in which a curator reads an entry and decides."""
    row = [decide_buttons(each)] if each.state == "waiting" else [report_buttons(each)] if reasons else []
    return modal(TITLE, [*_reasons(reasons), *whole(each), *row])


def reason_form(each: Entry, word: str) -> dict[str, Any]:
    """Return the form in which a curator says why an entry goes back or out of sight."""
    what = {"send-back": "goes back to its author", "archive": "is kept, out of sight"}[word]
    element = {
        "type": "plain_text_input",
        "placeholder": plain("Names a repository that not everybody may know", 150),
        "max_length": MAX_REASON,
    }
    blocks = [
        section(f"*{title_of(each)}* {what}."),
        entry("reason", "Why?", element, hint="Its author reads this."),
    ]
    label = {"send-back": "Return it", "archive": "Archive it"}[word]
    place = f"{each.id}.{version_of(each)}"
    return form(TITLE, word, blocks, submit=label, argument=place, command=USECASE)


def done(each: Entry, decision: str) -> Message:
    """Tell the curator what they decided."""
    told = {"kept": "It stays as it is; nobody is told."}.get(decision, "Its author is told.")
    return private(f"{_DONE[decision]}: *{title_of(each)}*. {told}")


def settled(each: Entry | None, last: Decision | None, by: str) -> Message:
    """Say what was decided already, and by whom."""
    if each is None or last is None:
        return private("There is nothing to decide about that any more.")
    who = f" by {foreign(by)}" if by else ""
    reason = f": {foreign(last.reason, MAX_REASON)}" if last.reason else "."
    return private(f"*{title_of(each)}* is decided already{who}. {_DONE[last.decision]}{reason}")


def has_changed(each: Entry) -> Message:
    """Say that the author changed an entry meanwhile, and show it again."""
    row = [decide_buttons(each)] if each.state == "waiting" else [report_buttons(each)]
    changed = section("*Its author changed it meanwhile.* This is what it says now:")
    return Message(NOTIFICATION, [changed, *whole(each), *row])


def was_decided(each: Entry) -> Message | None:
    """Tell the author what a curator decided, as the entry stands now."""
    reason = f": {foreign(each.reason, MAX_REASON)}" if each.reason else "."
    words = {
        "published": "is in the library now: everybody here can find it.",
        "returned": f"came back from a curator{reason}",
        "archived": f"is kept out of sight now. A curator says why{reason}",
    }
    if each.state not in words:
        return None
    edit = button("Edit", "edit", str(each.id), command=USECASE)
    mine = button("My use cases", "mine", command=USECASE)
    said = section(f"*{title_of(each)}* {words[each.state]}")
    return Message("About a use case of yours.", [said, actions(edit, mine)])
