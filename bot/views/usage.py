"""The answer to `/mytokens`: what was finished, what it cost, where it went, how fresh and complete it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.people import Delivered
from bot.domain.period import (
    Period,
    day_and_month,
    long_day,
    month_name,
    short_day,
)
from bot.domain.summary import Summary
from bot.domain.usage import UsageRow
from bot.views.blocks import (
    Block,
    Message,
    Twin,
    actions,
    button,
    context,
    foreign,
    header,
    menu,
    section,
)
from bot.views.breakdown import where_it_went
from bot.views.cost import cost_lines, lane_lines, unpriced_lines
from bot.views.outcomes import (
    OwnWork,
    cost_per_change_lines,
    finished_blocks,
    missing_work_lines,
    not_tied_lines,
    work_freshness,
)
from bot.views.wording import (
    LOCK,
    day_or_recent,
    dollars,
    listed,
    provider_name,
    source_name,
)

NOTIFICATION = "Your AI usage is ready."
_TITLES = {
    "week": "Your last seven days",
    "4w": "Your last four weeks",
    "12w": "Your last twelve weeks",
    "today": "Your day so far",
}


def title(period: Period) -> str:
    """Return what a period is called."""
    if period.kind == "days":
        return f"Your last {period.days} days"
    if period.kind == "month":
        return f"Your {month_name(period.first)}"
    if period.kind == "this-month":
        return f"Your {month_name(period.first)} so far"
    return _TITLES[period.kind]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the figures of a period: jobs apart from the sum, and lines of the person's own limits."""

    jobs: Sequence[Block] = ()
    hint: Sequence[Block] = ()
    awaited: Sequence[str] = ()
    paused_since: date | None = None
    limits: Sequence[str] = ()
    helpers: Sequence[str] = ()


def usage_message(
    summary: Summary, deliveries: Sequence[Delivered], work: OwnWork, today: date, beside: Beside
) -> Message:
    """Return the answer for one period: what was finished first, then what it cost."""
    parts: list[Block | Twin] = [header(title(summary.period)), *finished_blocks(work, summary.period)]
    parts.append(section("\n".join(_lines(summary, deliveries, work, beside))))
    if beside.paused_since:
        parts.append(
            section(
                f"*Paused since {day_and_month(beside.paused_since)}.* What was there is still here.",
                button("Resume", "resume"),
            )
        )
    parts += where_it_went(summary)
    parts += beside.hint
    parts += beside.jobs
    parts.append(context(_freshness(deliveries, work, today)))
    parts.append(context(LOCK))
    parts.append(_buttons(summary))
    return Message(NOTIFICATION, parts)


def _lines(summary: Summary, deliveries: Sequence[Delivered], work: OwnWork, beside: Beside) -> list[str]:
    last, outcomes = summary.period.last, work.outcomes
    lines = [*cost_lines(summary), *unpriced_lines(summary.unpriced), *not_tied_lines(outcomes.not_tied)]
    lines += [*_missing(deliveries, beside.awaited, last), *missing_work_lines(work, beside.helpers, last)]
    if summary.period.kind == "12w" and work.delivered:
        lines += cost_per_change_lines(outcomes.cost_per_change, seats=bool(summary.seats.known))
    return [line for line in (*lines, *beside.limits) if line]


def nothing_yet(
    period: Period,
    deliveries: Sequence[Delivered],
    work: OwnWork,
    *,
    paused: bool,
    awaited: Sequence[str] = (),
    helpers: Sequence[str] = (),
) -> Message:
    """Return the answer where no row of usage lies in the period."""
    finished = finished_blocks(work, period)
    missing = missing_work_lines(work, helpers, period.last) if work.connected else []
    if deliveries:
        latest = max(delivered.last_day for delivered in deliveries)
        first = min(delivered.first_day for delivered in deliveries)
        reach = f"What I have runs from {short_day(first)} to {short_day(latest)}."
        text = f"*Nothing arrived for these days.* {reach}"
        row = [button("Four weeks", "show", "4w"), button("12 weeks", "show", "12w")]
    elif finished and not awaited:
        text = "*Nothing has arrived about your AI use*, so there is no cost to show."
        row = [button("Connect my laptop", "connect")]
    elif awaited:
        text = f"*Connected, waiting for the first data from {_providers(awaited)}.* Usually that takes minutes."
        row = [button("Connect my laptop", "connect")]
    else:
        text = "*Connected to nothing yet.* Nothing has arrived about you, so there is nothing to show."
        row = [button("Connect my laptop", "connect")]
    if paused:
        text, row = "*Paused.* Nothing is collected until you resume.", [button("Resume", "resume"), *row]
    return Message(
        NOTIFICATION,
        [
            header(title(period)),
            *finished,
            section("\n".join([text, *missing])),
            context(LOCK),
            actions(*row, button("Sources", "sources"), button("Help", "help")),
        ],
    )


def today_message(
    rows: Sequence[UsageRow], summary: Summary, today: date, jobs: Sequence[Block], allowance_lines: str = ""
) -> Message:
    """Return what has arrived of today."""
    if not rows and not jobs:
        text = "*Today isn't here yet.* Files and pushes arrive when they are sent; most sources only tomorrow."
    else:
        text = "*Today isn't complete.* So far:\n" + "\n".join(lane_lines(summary))
    if allowance_lines:
        text = f"{text}\n{allowance_lines}"
    return Message(
        NOTIFICATION,
        [
            header(f"{long_day(today)}, so far"),
            section(text),
            *jobs,
            context(LOCK),
            actions(button("Four weeks", "show", "4w"), button("Sources", "sources")),
        ],
    )


def _missing(deliveries: Sequence[Delivered], awaited: Sequence[str], last: date) -> list[str]:
    """Say which sources have stopped or not begun, so that nobody takes a sum of days until *last* for whole."""
    said = [f"*Waiting for the first data from {_providers(awaited)}*, so this sum is too low."] if awaited else []
    for one in deliveries:
        if one.failing_since:
            name = foreign(source_name(one.kind, one.name), 80)
            since = f"*{name}: no data since {short_day(one.last_day)}"
            late = one.last_day < last
            said.append(f"{since}*, so this sum is too low." if late else f"{since}.* This sum has what came before.")
    return said


def _providers(kinds: Sequence[str]) -> str:
    return listed([provider_name(kind) for kind in kinds])


def _freshness(deliveries: Sequence[Delivered], work: OwnWork, today: date) -> str:
    by_day: dict[date, list[str]] = {}
    for delivered in deliveries:
        by_day.setdefault(delivered.last_day, []).append(foreign(source_name(delivered.kind, delivered.name), 80))
    reach = sorted(by_day.items(), reverse=True)
    said = [f"{listed(sorted(names))} to {day_or_recent(day, today)}" for day, names in reach[:4]]
    return " · ".join([*said, *work_freshness(work, today)]) or "No source has delivered anything."


def _buttons(summary: Summary) -> Block:
    row = []
    if summary.top_day:
        day = summary.top_day
        row.append(button(f"Why {short_day(day.day)} cost {dollars(day.nano_usd)}", "why", day.day.isoformat()))
    if summary.period.kind != "12w":
        row.append(button("12 weeks", "show", "12w"))
    if summary.period.kind != "4w":
        row.append(button("Four weeks", "show", "4w"))
    row.append(button("Token details", "tokens", summary.period.word))
    more = [
        ("Sources", "sources"),
        ("Who saw what", "who"),
        ("What is kept", "privacy"),
        ("Help", "help"),
    ]
    return actions(*row, menu("More", "more", more))


def day_title(day: date) -> str:
    """Return what one day is called above its details."""
    return long_day(day)
