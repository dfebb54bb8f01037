"""What an author is told of their use cases: what became of them in a week, and whether they are still right."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.domain.iso_week import IsoWeek
from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.evidence import Evidence
from bot.domain.use_cases.news import EntryNews, Thanks
from bot.views.blocks import Block, Message, actions, button, context, foreign, modal, plain_section, section, visible
from bot.views.use_case_cards import NOTIFICATION, USECASE, open_button
from bot.views.wording import LOCK, plural

_NEWS: Final = "News of a use case that you shared."
_ASKS: Final = "A question about a use case that you shared."
_WORDS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
_MOST_ENTRIES: Final = 3
_MOST_LINES: Final = 3  # of thanks, and of reasons, of one entry


def news_message(news: Sequence[tuple[Entry, EntryNews]], names: Mapping[int, str], week: IsoWeek) -> Message:
    """Return an author's week; *names* are of those who added theirs to a line."""
    parts: list[Block] = []
    for each, what in news[:_MOST_ENTRIES]:
        parts += _entry(each, what, names, week)
    return Message(_NEWS, [*parts, context(f"Answers are counted without names. At most once a week. {LOCK}")])


def _entry(each: Entry, what: EntryNews, names: Mapping[int, str], week: IsoWeek) -> list[Block]:
    lines = [f"{_used(each, what)} {_worked(what)}", *(_thanks(line, names) for line in what.thanks[:_MOST_LINES])]
    row = actions(open_button(each.id), button("Tell my team", "tell-team", str(each.id), command=USECASE))
    reasons = [_reason(each, number, said, week) for number, said in enumerate(what.reasons[:_MOST_LINES])]
    return [section("\n".join(lines)), *reasons, row]


def _used(each: Entry, what: EntryNews) -> str:
    who = f"{_number(what.people)} {'person' if what.people == 1 else 'people'}"
    where = f" in {_number(what.teams).lower()} {'team' if what.teams == 1 else 'teams'}" if what.teams else ""
    return f"*{who}{where} used {foreign(each.title)} last week.*"


def _worked(what: EntryNews) -> str:
    if what.worked is None:
        return "For how many it worked is said from three answers on."
    if what.worked == what.people:
        return "It worked for them." if what.people == 1 else f"It worked for all {_number(what.people).lower()}."
    if not what.worked:
        return "It did not fully work for them." if what.people == 1 else "It did not fully work for any of them."
    return f"It worked for {_number(what.worked).lower()} of them."


def _number(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else f"{number:,}"


def _thanks(line: Thanks, names: Mapping[int, str]) -> str:
    name = names.get(line.person_id, "") if line.person_id is not None else ""
    who = f" ({foreign(name, 60)})" if name else ""
    return f"&gt; {foreign(line.line, 300)}{who}"


def _reason(each: Entry, number: int, said: str, week: IsoWeek) -> Block:
    add = button("Add it", "add-warning", f"{each.id} {week.word} {number}", command=USECASE)
    return section(f"Add '{foreign(said, 300)}' to 'Watch out'?", add)


def tell_team_window(each: Entry, evidence: Evidence) -> dict[str, Any]:
    """Return a text about an entry to be copied; nothing is posted."""
    tried = ""
    if evidence.worked_for is not None:
        where = f", in {plural(evidence.teams, 'team')}" if evidence.teams else ""
        tried = f" {evidence.worked_for} of {evidence.tried_by} who tried it said it worked{where}."
    title = visible(each.title, 80)
    text = f"{title}: {visible(each.when, 300)}{tried} To read it: `/usecase find {title}`"
    note = context("Mark it and copy it to where your team talks. Nothing is posted for you.")
    return modal("Tell my team", [plain_section(text), note])


def warning_added(each: Entry) -> Message:
    """Return that a line stands in an entry now."""
    text = f"Added to 'Watch out' of *{foreign(each.title)}*: {foreign(each.watch_out, 300)}"
    return Message(NOTIFICATION, [section(text), context(LOCK), _own_buttons(each)], beside=True)


def warning_not_added(each: Entry) -> Message:
    """Return that there is no room for a line."""
    text = (
        f"'Watch out' of *{foreign(each.title)}* has no room for it. Nothing was changed; [Edit] lets you shorten it."
    )
    return Message(NOTIFICATION, [section(text), context(LOCK), _own_buttons(each)], beside=True)


def nothing_to_add() -> Message:
    """Return that a line to add is not there any more."""
    return Message(NOTIFICATION, [section("That is not there any more. Nothing was changed."), context(LOCK)])


def _own_buttons(each: Entry) -> Block:
    return actions(open_button(each.id), button("Edit", "edit", str(each.id), command=USECASE))


def still_right(each: Entry, *, newer_model: bool) -> Message:
    """Return the question whether an entry is still right, asked once."""
    why = (
        "There is a newer generation of its model."
        if newer_model
        else "Nobody has said anything of it for half a year."
    )
    text = f"*{foreign(each.title)}*: still right? {why}"
    note = context(f"Without an answer it is archived after four weeks: kept for you, shown to nobody else. {LOCK}")
    return Message(_ASKS, [section(text), note, _still_right_buttons(str(each.id))])


def _still_right_buttons(id_: str) -> Block:
    return actions(
        button("Still right", "still-right", id_, command=USECASE),
        button("Archive it", "archive-own", id_, command=USECASE),
        button("Edit", "edit", id_, command=USECASE),
    )


def is_right() -> Message:
    """Return the answer to [Still right]."""
    return Message(NOTIFICATION, [section("Thanks. Its card says so from today."), context(LOCK)])


def is_archived(each: Entry) -> Message:
    """Return the answer to [Archive it]."""
    text = f"*{foreign(each.title)}* is archived: kept for you, shown to nobody else."
    row = actions(button("Still right after all", "still-right", str(each.id), command=USECASE))
    return Message(NOTIFICATION, [section(text), context(LOCK), row])


def not_yours() -> Message:
    """Return that an entry is not the asker's to change."""
    return Message(NOTIFICATION, [section("Only its author can do that."), context(LOCK)])
