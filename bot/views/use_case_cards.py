"""Entries of the library as people find them: cards, their prompts as text, and the states in which there are none."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from bot.domain.period import day_and_month
from bot.domain.team_digest import LibraryLine
from bot.domain.use_cases.entry import Entry, shown_author
from bot.domain.use_cases.evidence import Evidence
from bot.domain.use_cases.text import normal_lines
from bot.views.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    divider,
    entry,
    foreign,
    form,
    header,
    menu,
    modal,
    plain,
    preformatted,
    section,
    visible,
)
from bot.views.links import linked
from bot.views.team_digest import tried_line
from bot.views.use_case_words import evidence_line
from bot.views.wording import LOCK

USECASE: Final = "usecase"  # whose words the buttons are
NOTIFICATION: Final = "From the library of use cases."
TITLE: Final = "Use cases"
ORDER: Final = (
    "In order of what worked for other teams. No likes, no views. Typed by colleagues: read it before you run it."
)
_IN_A_LIST: Final = 500  # characters of how it is done
_OPENED: Final = 1500
_A_LINE: Final = 400
_MOST_VARIANTS: Final = 3
_MOST_ADDRESS: Final = 120


class Card(NamedTuple):
    """An entry as somebody sees it; *author* is a name only where the author shows it and can be asked."""

    entry: Entry
    evidence: Evidence
    author: str = ""
    is_own: bool = False


def page(cards: Sequence[Card], words: str, more: str) -> Message:
    """Return some cards below each other; *more* asks for the next page and is empty where there is none."""
    title = f"About '{visible(words, 60)}'" if words else "Worth borrowing"
    parts: list[Block] = [header(title)]
    for card in cards:
        parts += [*_card(card, _IN_A_LIST), divider()]
    row = [button("More", "more", more, command=USECASE)] if more else []
    row += [share_button(), button("Mine", "mine", command=USECASE), button("Help", "help", command=USECASE)]
    return Message(NOTIFICATION, [*parts, context(f"{ORDER} {LOCK}"), actions(*row)])


def opened(card: Card, variants: Iterable[Entry] = ()) -> Message:
    """Return one entry in full, with those whose authors added theirs to it."""
    others = [
        section(f"*Another way:* {foreign(each.title)}", open_button(each.id))
        for each, _ in zip(variants, range(_MOST_VARIANTS), strict=False)
    ]
    return Message(NOTIFICATION, [*_card(card, _OPENED), *others, context(LOCK)])


def share_button(label: str = "Share one") -> dict[str, Any]:
    """Return the button that opens the form to share one."""
    return button(label, "share", command=USECASE)


def open_button(entry_id: int | str, label: str = "Open") -> dict[str, Any]:
    """Return the button that shows an entry."""
    return button(label, "open", str(entry_id), command=USECASE)


def _card(card: Card, most: int) -> list[Block]:
    each, id_ = card.entry, str(card.entry.id)
    how = {"type": "section", "text": plain(shown_lines(each.how, most) or "-")}
    how["accessory"] = button("Show the prompt as text", "prompt", id_, command=USECASE)
    watch_out = f"\nWatch out: {foreign(each.watch_out, 300)}" if each.watch_out.strip() else ""
    return [
        section(f"*{foreign(each.title) or '-'}*\n{foreign(each.when, 300)}"),
        how,
        section(f"{evidence_line(card.evidence)}{watch_out}"),
        context(_about(card)),
        *_buttons(card, id_),
    ]


def _buttons(card: Card, id_: str) -> list[Block]:
    if card.is_own:
        return [actions(button("Edit", "edit", id_, command=USECASE))]
    if card.entry.state != "published":
        return []
    row = [button("I'll try it", "try", id_, command=USECASE), button("I tried it", "tried", id_, command=USECASE)]
    if card.author:
        row.append(button(f"Ask {first_name(card.author)}", "author", id_, command=USECASE))
    return [actions(*row, menu("More", f"about:{id_}", [("Report", f"report {id_}")], command=USECASE))]


def first_name(name: str) -> str:
    """Return what a button calls somebody, as plain text."""
    return visible(next(iter(visible(name, 80).split()), "the author"), 30)


def _about(card: Card) -> str:
    each = card.entry
    person, team = shown_author(each)
    tool = ", ".join(foreign(part, 60) for part in (each.tool, each.model) if part.strip())
    name = card.author if person is not None else ""
    who = ", ".join(foreign(part, 60) for part in (name, team) if part) or "shared without a name"
    link = f"helped with {linked(each.link, each.link, _MOST_ADDRESS)}" if each.link else ""
    own = "yours" if card.is_own else ""
    return " · ".join(part for part in (tool, who, own, _still_right(each), link) if part)


def _still_right(each: Entry) -> str:
    if each.checked_on is None:
        return ""
    word = "shared" if each.checked_on == each.published_on else "still right"
    return f"{word} on {day_and_month(each.checked_on)}"


def shown_lines(text: str, most: int) -> str:
    """Return somebody else's lines as plain text, without what cannot be seen; what is longer is cut."""
    lines = "\n".join(visible(line, _A_LINE) for line in text.split("\n")).strip()
    return lines if len(lines) <= most else f"{lines[: most - 1].rstrip()}…"


def prompt_window(each: Entry) -> dict[str, Any]:
    """Return what an entry says to do, as its author typed it, to be copied."""
    note = context("Mark it and copy it. A colleague typed it: read it before you run it.")
    return modal("The prompt as text", [preformatted(normal_lines(each.how)[:3000].strip() or "-"), note])


def ask_author_window(each: Entry, name: str, user_id: str) -> dict[str, Any]:
    """Return who shared an entry under their name, and how to reach them."""
    said = f"*{foreign(name)}* shared *{foreign(each.title)}* under their own name."
    how = f"Press the name to write to them: <@{user_id}>. Nobody is told that you looked."
    return modal("Ask the author", [section(f"{said}\n{how}"), context(LOCK)])


def no_author_window() -> dict[str, Any]:
    """Return that there is nobody to ask."""
    return modal("Ask the author", [section("This one is shared without a name, or is not in the library any more.")])


def report_form(each: Entry) -> dict[str, Any]:
    """Return the form in which somebody says that an entry should not be in the library."""
    reason = {"type": "plain_text_input", "multiline": True, "max_length": 500}
    about = section(
        f"*{foreign(each.title) or '-'}*\nIt goes to the people who look after the library, without your name."
    )
    blocks = [about, entry("reason", "What is wrong with it?", reason)]
    return form("Report a use case", "report", blocks, submit="Send", argument=str(each.id), command=USECASE)


def reported() -> Message:
    """Return the answer to a report."""
    text = "Thanks. Those who look after the library read it; it stays until they decide."
    return Message(NOTIFICATION, [section(text), context(LOCK)])


def reported_to_operators(each: Entry, reason: str) -> Message:
    """Return what operators are told once of a reported entry where no curators are named; not by whom."""
    text = f"*Somebody reported a use case:* {foreign(each.title)}\n&gt; {foreign(reason, 500)}"
    note = context("Nobody is named under `curators` in the policy's `[people]`; those who are can archive it.")
    return Message("A use case was reported.", [section(text), note, actions(open_button(each.id))])


def gone() -> Message:
    """Return that an entry cannot be read."""
    row = actions(button("Find others", "find", command=USECASE))
    return Message(NOTIFICATION, [section("This use case is not in the library any more."), context(LOCK), row])


def gone_window() -> dict[str, Any]:
    """Return the same as a window."""
    return modal(TITLE, [section("This use case is not in the library any more.")])


def nothing_about(words: str) -> Message:
    """Return that a search found nothing."""
    ask = button("Ask for it", "ask", visible(words, 200), command=USECASE)
    text = f"Nothing about '{foreign(words)}' yet. [Ask for it] puts it in the next round-up."
    return Message(NOTIFICATION, [section(text), context(LOCK), actions(ask, share_button())])


def no_more() -> Message:
    """Return that there is no such page."""
    row = actions(button("From the first", "find", command=USECASE))
    return Message(NOTIFICATION, [section("That was all."), context(LOCK), row])


def library_empty() -> Message:
    """Return that there is no entry at all."""
    text = "Nothing here yet. The first three are the hardest: what saved you an hour last week?"
    return Message(NOTIFICATION, [section(text), context(LOCK), actions(share_button("Share it"))])


def borrow_block(line: LibraryLine) -> Block:
    """Return the one to borrow in somebody's own note."""
    return section(f"*To borrow:* {_line(line)}", open_button(line.entry))


def home_part(line: LibraryLine) -> list[Block]:
    """Return the one to borrow in Home."""
    return [
        section(f"*Worth borrowing:* {_line(line)}", open_button(line.entry)),
        context(f"From another team, by what others said who tried it. {LOCK}"),
        actions(share_button(), button("All of them", "find", command=USECASE)),
    ]


def _line(line: LibraryLine) -> str:
    team = f" ({foreign(line.team, 60)})" if line.team else ""
    return f"{foreign(line.title)}{team}. {tried_line(line)}"
