"""Who could see something that includes a person: in short, every entry, and exactly what their lead sees."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from bot.domain.blocks_of_weeks import Block as FourWeeks
from bot.domain.blocks_of_weeks import block_of, parse_block
from bot.domain.chain import LoggedRow, Readers, SealedMark, readers_of
from bot.domain.iso_week import parse_iso_week
from bot.domain.money import NANO_PER_USD
from bot.domain.period import day_and_month
from bot.domain.released import COMPANY_CELL, FourthWeek, GroupFigure, Issue, Released
from bot.domain.report.counted import CURVE_CELL, PART_CELLS
from bot.views.blocks import Block, Message, actions, button, context, foreign, header, modal, section
from bot.views.team_answers import example_digest
from bot.views.team_digest import digest_parts, shared_with
from bot.views.team_figures import cost_text, counted_text
from bot.views.wording import LOCK, listed, plural

NOTIFICATION: Final = "Who saw something that includes you."
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_OF_THE_COMPANY: Final = {
    COMPANY_CELL: "cost per change",
    CURVE_CELL: "spend and finished work as multiples",
    PART_CELLS["at_keyboard"]: "cost at the keyboard",
    PART_CELLS["on_its_own"]: "cost of what ran on its own",
    PART_CELLS["unknown"]: "cost of what was started by nobody knows whom",
    PART_CELLS["not_tied"]: "cost not tied to finished work yet",
    PART_CELLS["without_result"]: "cost of what ran on its own and saved nothing",
}
_MOST_FIGURES: Final = 12
_MOST_FILES: Final = 5
_MOST_TEAMS: Final = 3
_MOST_BLOCKS: Final = 90
_PAGE: Final = 25
_DAYS: Final = 90  # with their marks
_ANOTHER_GROUPS: Final = "With it your lead got the figure about cost of a group that you are not in."
_KINDS: Final = {
    "figure": "a figure about cost was released",
    "team_digest": "your team's digest was released",
    "export": "a file of your own data was made for you",
    "export_deleted": "you deleted your files",
    "policy": "rules came into force",
}


def who_message(
    figures: Sequence[Released], files: Sequence[tuple[datetime, datetime | None]], tools: Sequence[str], log_mark: str
) -> Message:
    """Return what includes a person and who could read it; *files* are when they were made and deleted."""
    made = " · ".join(_file(at, deleted) for at, deleted in files[:_MOST_FILES]) or "none"
    whose = listed([foreign(tool, 40) for tool in tools]) if tools else "the connected tools"
    return Message(
        NOTIFICATION,
        [
            header("Who saw something that includes you"),
            section("*Your own numbers:* nobody but you."),
            section("\n".join(_figure_lines(figures))),
            section(f"*Files:* {made}"),
            context(f"Not covered: the admin pages of {whose}, and whoever runs the database."),
            context(f"Log mark today: {log_mark}."),
            context(LOCK),
            actions(
                button("Every entry", "entries"),
                button("Show what my lead sees", "lead-sees"),
                button("What is kept", "privacy"),
            ),
        ],
    )


def _file(at: datetime, deleted: datetime | None) -> str:
    gone = f", deleted {day_and_month(deleted.date())}" if deleted else ""
    return f"your own export, {day_and_month(at.date())}{gone}"


def _figure_lines(figures: Sequence[Released]) -> list[str]:
    if not figures:
        return ["*Figures you are counted in:* none."]
    lines = ["*Figures you are counted in* (as a range)"]
    lines += [
        f"{cell_words(each.cell, each.group)}, {_weeks(each.block)} · {readers_words(each.readers)}"
        for each in figures[:_MOST_FIGURES]
    ]
    if len(figures) > _MOST_FIGURES:
        lines.append(
            f"{plural(len(figures) - _MOST_FIGURES, 'earlier figure')}: under [Every entry] and in your export"
        )
    return lines


def cell_words(cell: str, group: str) -> str:
    """Return what a released figure is about."""
    whole = _OF_THE_COMPANY.get(cell)
    return f"All of the company, {whole}" if whole else f"{foreign(group, 60)}, cost"


def _period(word: str) -> str:
    block, week = parse_block(word), parse_iso_week(word)
    if block is not None:
        return _weeks(block)
    return foreign(word, 40) if week is None else f"week of {day_and_month(week.monday)}"


def _weeks(block: FourWeeks) -> str:
    return f"{day_and_month(block.first)} to {day_and_month(block.last)}"


def readers_words(stored: str) -> str:
    """Return who could read it: everybody of a group, and others by role and number."""
    readers = readers_of(stored)
    return foreign(stored, 200) if readers is None else ", ".join(_by_role(readers))


def _by_role(readers: Readers) -> list[str]:
    said = [f"everybody in {foreign(readers.everybody_in, 60)}"] if readers.everybody_in else []
    if readers.leads:
        said.append(f"{_number(readers.leads)} {'lead' if readers.leads == 1 else 'leads'}")
    if readers.report_readers:
        said.append(
            f"{_number(readers.report_readers)} report {'reader' if readers.report_readers == 1 else 'readers'}"
        )
    return said or ["nobody"]


def _number(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def entries_window(
    rows: Sequence[LoggedRow], page: int, log_mark: str, sealed: Sequence[SealedMark] = ()
) -> dict[str, Any]:
    """Return a page, counted from 0, of the rows of the log that are about a person or about everybody.

    With them go the marks of the days that are *sealed*, the latest first, to compare with what was printed.
    """
    shown = rows[page * _PAGE : (page + 1) * _PAGE]
    days = sealed[page * _DAYS : (page + 1) * _DAYS]
    is_last = len(rows) <= (page + 1) * _PAGE and len(sealed) <= (page + 1) * _DAYS
    lines = [_entry_line(row) for row in shown] or ["Nothing is in the log about you yet."]
    around = [button("Newer", "entries", str(page - 1))] if page else []
    around += [] if is_last else [button("Older", "entries", str(page + 1))]
    return modal(
        "Every entry",
        [
            section("\n".join(lines)),
            *([section(_marks_text(days))] if days else []),
            *([actions(*around)] if around else []),
            context(
                "The latest first. Each day's entries are chained to the day before; a day's mark is final from the "
                f"following night. Log mark today: {log_mark}."
            ),
            context(LOCK),
        ],
    )


def _marks_text(sealed: Sequence[SealedMark]) -> str:
    """Return the marks of days, the year where it begins."""
    said = [
        f"{_date(each.day) if number == 0 or each.day.year != sealed[number - 1].day.year else day_and_month(each.day)}"
        f" {each.mark}"
        for number, each in enumerate(sealed)
    ]
    return f"*Log marks of days that are over:* {' · '.join(said)}"


def _entry_line(row: LoggedRow) -> str:
    entry = row.entry
    if entry is None:
        return f"{_date(row.day)} · no longer kept"
    said = [_date(row.day), _KINDS.get(entry.kind, foreign(entry.kind, 40))]
    if entry.cell:
        said.append(f"{foreign(entry.cell, 80)}, {_period(entry.period)}")
    if entry.readers:
        said.append(f"could be read by {readers_words(entry.readers)}")
    if entry.policy_mark:
        said.append(f"policy {entry.policy_mark}")
    return " · ".join(said)


def _date(day: date) -> str:
    return f"{day_and_month(day)} {day.year}"


def example_issue(monday: date) -> Issue:
    """Return the made-up digest of a week, with a made-up figure about cost."""
    cost = GroupFigure("the harbour's group (made up)", 7_700 * NANO_PER_USD, 11_500 * NANO_PER_USD)
    block = block_of(monday - timedelta(weeks=5))
    return Issue(0, example_digest(monday), FourthWeek(block.first, block.last, cost, None, None, None, None))


def lead_window(
    issues: Sequence[tuple[str, Issue | None]], monday: date, with_another_groups: Collection[str] = ()
) -> dict[str, Any]:
    """Return the last digest of each of a person's teams, word for word; where there is none, a made-up one.

    To the leads of the teams *with_another_groups* figure it went with one of a group that the person is not in.
    """
    shown = [(name, issue) for name, issue in issues if issue is not None]
    blocks: list[Block] = [
        section("*About you alone:* nothing. What your lead's own `/mytokens` shows is about your lead."),
    ]
    for name, issue in shown[:_MOST_TEAMS]:
        blocks += [context("The last digest, as your lead and everybody in the team got it:"), *_issue(issue)]
        blocks += [context(_ANOTHER_GROUPS)] if name in with_another_groups else []
    without = [name for name, issue in issues if issue is None]
    blocks += [section(f"*{foreign(name, 60)}:* no digest has been released yet.") for name in without]
    if not shown:
        blocks += [
            context("*A made-up example:* no team, person or figure in it is real."),
            *_issue(example_issue(monday)),
        ]
    return modal("What my lead sees", [*blocks[:_MOST_BLOCKS], context(LOCK)])


def _issue(issue: Issue) -> list[Block]:
    parts = Message("", digest_parts(issue.digest)).blocks(rich=False)
    figures = [section(cost_text(issue.fourth)), context(counted_text(issue.fourth))] if issue.fourth else []
    return [*(_without_button(part) for part in parts), *figures, shared_with(issue.digest)]


def _without_button(block: Block) -> Block:
    """Return a block without the button of a digest: pressed in here it would leave the window."""
    return {key: value for key, value in block.items() if key != "accessory"}
