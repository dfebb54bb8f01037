"""Figures about a group's cost, as they were released: in every fourth digest, in Home, and as text to pass on."""

from typing import Final

from bot.domain.money import NANO_PER_USD, usd
from bot.domain.period import MONTHS, day_and_month
from bot.domain.released import FourthWeek, GroupFigure, Issue
from bot.domain.team_digest import BlockWork, LibraryLine, TeamDigest
from bot.views.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    escape,
    foreign,
    header,
    plain_section,
    section,
    visible,
)
from bot.views.team_digest import TEAM
from bot.views.wording import listed, plural, provider_name

NOT_SHOWN: Final = (
    "*Not shown.* A figure about cost appears for groups of 18 or more of whom enough chose to be counted. How many "
    "did is never said."
)
_HOUR: Final = 60
_WORKING_DAY: Final = 8 * _HOUR


def fourth_blocks(issue: Issue) -> list[Block]:
    """Return what every fourth digest has beside the week, with who is counted and who reads it."""
    fourth = issue.fourth
    if fourth is None:
        return []
    worked = [section(what_worked_line(fourth.what_worked))] if fourth.what_worked is not None else []
    return [
        section(cost_text(fourth)),
        *worked,
        section(f"*To paste to your VP:*\n&gt; {foreign_line(vp_text(issue))}"),
        context(counted_text(fourth)),
        figure_buttons(issue.team_id, issue.digest.week.word),
    ]


def figure_buttons(team_id: int, week: str) -> Block:
    """Return the row below a figure."""
    return actions(
        button("Show as text for my VP", "vp-text", f"{team_id} {week}", command=TEAM),
        button("Why is something not shown?", "why-not-shown", command=TEAM),
    )


def cost_text(fourth: FourthWeek) -> str:
    """Return the figures of a block; what is not shown says so once, whatever the reason."""
    said = [_group_cost(fourth.cost, fourth)] if fourth.cost is not None else [NOT_SHOWN]
    if fourth.per_change is not None:
        said.append(_company_cost(fourth.per_change))
    return " ".join(said)


def _group_cost(cost: GroupFigure, fourth: FourthWeek) -> str:
    return (
        f"*Usual AI cost of {foreign(cost.group, 60)}, {day_and_month(fourth.first)} to {day_and_month(fourth.last)}:* "
        f"{dollar_range(cost)}, for those counted; very large single amounts count in part, so that nobody shows."
    )


def _company_cost(figure: GroupFigure) -> str:
    weeks = f", {_weeks(figure)}" if figure.first and figure.last else ""
    lacks = f" Not in it, since there is no bill: {_names(figure)}." if figure.without else ""
    return f"*All of {foreign(figure.group, 60)}{weeks}:* {_per_change(figure)}, from the invoices.{lacks}"


def _weeks(figure: GroupFigure) -> str:
    return f"{day_and_month(figure.first)} to {day_and_month(figure.last)}" if figure.first and figure.last else ""


def _names(figure: GroupFigure) -> str:
    return escape(listed([provider_name(kind) for kind in figure.without]))


def _per_change(figure: GroupFigure) -> str:
    return f"{dollar_range(figure)} of AI per change that stayed"


def dollar_range(figure: GroupFigure) -> str:
    """Return a range as people say it: `$7,482-11,223`, in cents where it is small."""
    cents = 0 if figure.high_nano_usd >= 10 * NANO_PER_USD else 2
    return f"${usd(figure.low_nano_usd):,.{cents}f}-{usd(figure.high_nano_usd):,.{cents}f}"


def counted_text(fourth: FourthWeek) -> str:
    """Return who is counted in a figure, who can read it, and that it stays."""
    sealed = fourth.log_mark
    mark = f" Log mark of {day_and_month(sealed.day)}: {sealed.mark}." if sealed else ""
    if fourth.cost is None:
        return f"Not changed afterwards.{mark}"
    return (
        "The cost is about people who chose to be counted; everybody in "
        f"{foreign(fourth.cost.group, 60)} can read this figure. Not changed afterwards.{mark}"
    )


def what_worked_line(line: LibraryLine) -> str:
    """Return which method others took over."""
    used = f"is now used in {plural(line.teams, 'team')}" if line.teams else "is new"
    tried = f"; {line.worked:,} of {line.tried:,} said it worked" if line.tried else ""
    return f"*What worked:* {foreign(line.title)} {used}{tried}."


def vp_text(issue: Issue) -> str:
    """Return a paragraph to pass on, as plain text."""
    fourth = issue.fourth
    if fourth is None:
        return _week_text(issue.digest)
    said = []
    if fourth.work is not None:
        said.append(_work_text(visible(issue.digest.team, 60), fourth.work, fourth))
    if fourth.what_worked is not None:
        line = fourth.what_worked
        tried = f", and {line.worked:,} of {line.tried:,} people who tried it said it worked" if line.tried else ""
        said.append(f"The method {visible(line.title)} is now in use in {plural(line.teams, 'team')}{tried}.")
    if fourth.per_change is not None:
        name, cost = visible(fourth.per_change.group, 60), dollar_range(fourth.per_change)
        said.append(f"Across {name} the AI bill came to {cost} per change that stayed.")
    said.append("We don't report usage: it follows cost, not results.")
    return " ".join(said)


def _work_text(team: str, work: BlockWork, fourth: FourthWeek) -> str:
    until = f"{fourth.last.day} {MONTHS[fourth.last.month - 1]}"
    said = f"In the four weeks to {until} {team} finished {plural(work.finished, 'change')}"
    if work.came_back == 0:
        said += ", none of which came back within 14 days"
    elif work.fewer_than_one_in is not None:
        said += f", of which fewer than 1 in {work.fewer_than_one_in} came back within 14 days"
    if work.review_minutes is not None:
        said += f"; a first review usually took {_how_long(work.review_minutes)}"
    return f"{said}."


def _how_long(minutes: int) -> str:
    """Return working minutes as people say them."""
    if minutes < _HOUR:
        return "under an hour"
    if minutes < 3 * _HOUR:
        return f"about {plural(round(minutes / _HOUR), 'hour')}"
    if minutes <= 5 * _HOUR:
        return "half a working day"
    if minutes < _WORKING_DAY + 4 * _HOUR:
        return "about a working day"
    return f"about {plural(round(minutes / _WORKING_DAY), 'working day')}"


def _week_text(digest: TeamDigest) -> str:
    changes = next((each for each in digest.kinds if each.kind == "change"), None)
    day = f"{digest.week.sunday.day} {MONTHS[digest.week.sunday.month - 1]}"
    count = plural(changes.finished if changes else 0, "change")
    return f"In the week to {day} {visible(digest.team, 60)} finished {count}."


def foreign_line(text: str) -> str:
    """Return a paragraph of plain text for mrkdwn."""
    return foreign(text, 2500)


def figures_message(issue: Issue) -> Message:
    """Return the figures alone, for the lead of a team whose weekly digest goes to a channel."""
    title = f"{visible(issue.digest.team, 60)}: the last four weeks"
    return Message(title, [header(title), *fourth_blocks(issue)])


def shared_figure_blocks(fourth: FourthWeek) -> list[Block]:
    """Return the last figure of somebody's group as Home shows it."""
    return [
        section(cost_text(fourth)),
        context(counted_text(fourth)),
        actions(button("Why is something not shown?", "why-not-shown", command=TEAM)),
    ]


def why_not_shown() -> Message:
    """Return the one text about everything that is not shown."""
    row = actions(button("The rules", "privacy"))
    about = context("Read by you. The same text stands for every reason, so that nobody can tell one from another.")
    return Message("About a figure that is not shown.", [section(NOT_SHOWN), about, row])


def vp_window_blocks(text: str) -> list[Block]:
    """Return the paragraph as plain text, to be copied."""
    note = context("Mark it and copy it. It names nobody, and every figure in it has been released to all it is about.")
    return [plain_section(text), note]
