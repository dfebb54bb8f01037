"""The organisation's report in Slack: to its readers, in a channel, and what everybody may read of it."""

from collections.abc import Sequence
from typing import Final

from bot.domain.period import short_day
from bot.domain.report.content import CompanyReport, RunOut
from bot.views.blocks import Block, Message, Twin, actions, button, context, foreign, header, section
from bot.views.report_chart import curve_chart
from bot.views.report_words import (
    CURVE,
    Chapter,
    Said,
    chapters_for_channel,
    chapters_for_everybody,
    chapters_for_readers,
    title_of,
)
from bot.views.team_digest import TEAM
from bot.views.wording import about_dollars

NOTIFICATION: Final = "The four-week report is ready."
BUDGET: Final = "About the month's budget."
_ROOM: Final = 1000  # characters of one line


def reader_message(report: CompanyReport) -> Message:
    """Return the whole report, for one of its readers."""
    return Message(
        NOTIFICATION,
        [
            header(title_of(report)),
            *_told(chapters_for_readers(report), report),
            context(
                "From invoices, repositories and people who chose to be counted; very large single amounts count in "
                "part. No figure is about a person.",
                f"Read by those whom the policy names for it. {_mark(report)}",
            ),
            _buttons(),
        ],
    )


def channel_message(report: CompanyReport) -> Message:
    """Return the report for a channel: finished work and methods, nothing about people's use and no cost."""
    return Message(
        NOTIFICATION,
        [
            header(title_of(report)),
            *_told(chapters_for_channel(report), report),
            context(
                "From repositories. What is about people who chose to be counted stands in Home, for everybody in the "
                "company; what it cost is for the report's readers.",
                f"Nobody is counted here; read by everybody in this channel. {_mark(report)}",
            ),
        ],
    )


def shared_blocks(report: CompanyReport) -> list[Block | Twin]:
    """Return what everybody in the company finds of it in Home."""
    return [header(title_of(report)), *_told(chapters_for_everybody(report), report), _shared_context(report), _why()]


def _shared_context(report: CompanyReport) -> Block:
    about = "About people who chose to be counted; everybody in the company can read the same. Not changed afterwards."
    return context(about, _mark(report))


def _told(chapters: Sequence[Chapter], report: CompanyReport) -> list[Block | Twin]:
    """Return a block a chapter; the curve's chart stands below its words."""
    parts: list[Block | Twin] = []
    for chapter in chapters:
        parts.append(section("\n".join([f"*{chapter.heading}*", *map(_line, chapter.lines)])))
        if chapter.heading == CURVE and report.curve is not None:
            parts.append(curve_chart(report.curve.curve))
    return parts


def _line(said: Said) -> str:
    return f"• *{foreign(said.first, _ROOM)}* {foreign(said.rest, _ROOM)}".rstrip()


def _mark(report: CompanyReport) -> str:
    sealed = report.log_mark
    return f"Log mark of {short_day(sealed.day)}: {sealed.mark}." if sealed else ""


def _why() -> Block:
    return actions(button("Why is something not shown?", "why-not-shown", command=TEAM))


def _buttons() -> Block:
    return actions(
        button("What worked, and where it could go next", "find", command="usecase"),
        button("Why is something not shown?", "why-not-shown", command=TEAM),
    )


def run_out_message(run_out: RunOut) -> Message:
    """Return the word to the report's readers that the month's budget will not last at the pace so far."""
    on = short_day(run_out.on) if run_out.on else "the last day of the month"
    budget, month = about_dollars(run_out.budget_nano_usd), f"{run_out.month:%Y-%m}"
    return Message(
        BUDGET,
        [
            section(
                f"*At the pace so far the month's budget of {budget} is spent on {on}.* "
                "It is the company's own bill over the days that are known, and no forecast of what the rest will be. "
                "Your call."
            ),
            context("The budget is the policy's; from invoices, about nobody. Read by the readers of the report."),
            actions(
                button("Seen, no more this month", "budget-seen", month, command=TEAM),
                button("Remind me in a week", "budget-later", month, command=TEAM),
            ),
        ],
    )


def budget_noted(*, later: bool) -> Message:
    """Return the answer to the buttons below the word about the budget."""
    text = (
        "I'll say it again in a week if it still looks like that." if later else "Noted. No more about it this month."
    )
    return Message(BUDGET, [section(text), context("For all readers of the report.")])


def for_readers_only() -> Message:
    """Return the answer to somebody who is no reader of the report."""
    return Message(BUDGET, [section("This is for the readers of the report whom the policy names.")])
