"""The list of what a person finished: each item with what became of it, its AI cost and [Not mine]."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from bot.domain.money import NANO_PER_USD, usd
from bot.domain.outcomes.person import LinkedCost, ListedItem, PersonOutcomes
from bot.domain.outcomes.states import State
from bot.domain.outcomes.work import Kind, OwnItem
from bot.domain.period import Period, day_and_month
from bot.views.blocks import Block, actions, button, context, foreign, header, modal, plain_section, section
from bot.views.links import linked
from bot.views.outcomes import LANE_WORD, kind_words
from bot.views.wording import LOCK, dollars

TITLE: Final = "Finished work"
# Slack takes 100 blocks in a window; with the headings between them these stay well below.
ITEMS_A_PAGE: Final = 40
NO_LINK: Final = "\N{EN DASH}"

_MERGED: Final[dict[Kind, str]] = {"change": "merged", "ticket": "closed", "case": "closed", "piece": "finished"}
_STATES: Final[dict[State, str]] = {
    "stayed": "stayed for 14 days",
    "came_back": "came back",
    "too_new": "too new to say",
}
_MAYBE: Final = "*May have had AI help:* AI was used in the same place on that day or in the three days before."
_ALONE: Final = "*Not counted:* nobody else accepted it."
_NOT_MINE: Final = "*Not yours, as you said:* not counted for you, and nobody else sees this."
_FOOT: Final = (
    "AI cost: what the runs that named an item came to; a dash where none did. What became of a ticket is said of "
    "everything that is part of it."
)


@dataclass(frozen=True, slots=True)
class FinishedList:
    """What a window of the list shows: a period's items, those marked as not mine, and the key of each button."""

    outcomes: PersonOutcomes
    not_mine: Sequence[OwnItem]
    keys: dict[str, str]  # by reference
    page: int = 1


class _Entry(NamedTuple):
    heading: str
    text: str
    button: dict[str, Any]


def finished_list(found: FinishedList, period_title: str) -> dict[str, Any]:
    """Return the window with one page of the list."""
    entries = list(_entries(found))
    pages = max(1, -(-len(entries) // ITEMS_A_PAGE))
    page = min(max(1, found.page), pages)
    shown = entries[(page - 1) * ITEMS_A_PAGE : page * ITEMS_A_PAGE]
    blocks: list[Block] = [header(period_title), *_sums(found), *_with_headings(shown)]
    if found.outcomes.listed:
        blocks.append(context(_FOOT))
    blocks.append(context(LOCK))
    if pages > 1:
        blocks.append(_turning(found.outcomes.period, page, pages))
    return modal(TITLE, blocks)


def _sums(found: FinishedList) -> list[Block]:
    counts = found.outcomes.counts
    if counts:
        return [section("\n".join(f"*{kind_words(each.kind, each.finished)}*" for each in counts))]
    return [plain_section("Nothing is counted as finished in these days.")]


def _entries(found: FinishedList) -> Iterable[_Entry]:
    lines, word = found.outcomes.listed, found.outcomes.period.word
    for heading, group in (
        ("", [line for line in lines if line.help != "maybe"]),
        (_MAYBE, [line for line in lines if line.help == "maybe"]),
    ):
        for line in group:
            yield _Entry(heading, _line(line), _button("Not mine", "not-my-work", word, found, line.item))
    for item in found.outcomes.merged_by_author:
        yield _Entry(_ALONE, _item(item), _button("Not mine", "not-my-work", word, found, item))
    for item in found.not_mine:
        yield _Entry(_NOT_MINE, _item(item), _button("Mine after all", "my-work", word, found, item))


def _button(label: str, word: str, period: str, found: FinishedList, item: OwnItem) -> dict[str, Any]:
    return button(label, word, f"{period} {found.page} {found.keys[item.reference]}")


def _with_headings(entries: Iterable[_Entry]) -> list[Block]:
    blocks, heading = [], ""
    for entry in entries:
        if entry.heading != heading:
            heading = entry.heading
            blocks.append(section(heading))
        blocks.append(section(entry.text, entry.button))
    return blocks


def _line(line: ListedItem) -> str:
    said = [_item(line.item)]
    if line.counts_as != line.item.reference:
        said.append(f"part of {foreign(line.counts_as)}")
    said.append(_state(line))
    if line.help == "shown":
        said.append("shows AI help")
    return " · ".join([*said, _cost(line.cost)])


def _item(item: OwnItem) -> str:
    """Return title, reference and day; a title that is no longer kept leaves the reference."""
    named = [linked(item.title, item.link), foreign(item.reference)] if item.title.strip() else []
    named = [each for each in named if each] or [linked(item.reference, item.link)]
    return " · ".join([*named, f"{_MERGED[item.kind]} {day_and_month(item.finished_on)}"])


def _state(line: ListedItem) -> str:
    back = line.item.came_back_on
    if line.state == "came_back" and back is not None and back >= line.item.finished_on:
        return f"came back {day_and_month(back)}"
    return _STATES[line.state]


def _cost(cost: LinkedCost | None) -> str:
    if cost is None:
        return NO_LINK
    if cost.nano_usd.known is None:
        return "AI cost unknown"
    least = "" if cost.nano_usd.complete else "at least "
    return f"{least}{_about(cost.nano_usd.known)} of AI, {LANE_WORD[cost.lane]}"


def _about(nano_usd: int) -> str:
    """Return an amount to the dollar, or to the cent below one."""
    if nano_usd < NANO_PER_USD:
        said = dollars(nano_usd)
        return said if said.startswith("under") else f"about {said}"
    return f"about ${usd(nano_usd):,.0f}"


def _turning(period: Period, page: int, pages: int) -> Block:
    row = []
    if page > 1:
        row.append(button("Later ones", "finished", f"{period.word} {page - 1}"))
    if page < pages:
        row.append(button("Earlier ones", "finished", f"{period.word} {page + 1}"))
    return actions(*row)
