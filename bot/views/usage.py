"""The answer to `/mytokens`: cost, where it went, how fresh and complete it is."""

from collections.abc import Sequence
from datetime import date

from bot.domain.people import Delivered
from bot.domain.period import (
    Period,
    day_and_month,
    long_day,
    month_name,
    short_day,
)
from bot.domain.quantity import Quantity
from bot.domain.summary import NotInSum, Summary, Unpriced
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
    plain_section,
    section,
    visible,
)
from bot.views.breakdown import where_it_went
from bot.views.wording import (
    LOCK,
    UNKNOWN,
    about_dollars,
    count,
    day_or_recent,
    dollars,
    estimator_name,
    listed,
    money,
    plural,
    provider_name,
    source_name,
    tool_name,
)

NOTIFICATION = "Your AI usage is ready."
NO_OUTCOMES = (
    "I can't see finished work yet: that needs a system that records it, such as GitHub or Jira, "
    "and this version connects to none."
)
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


def usage_message(
    summary: Summary,
    deliveries: Sequence[Delivered],
    today: date,
    *,
    awaited: Sequence[str] = (),
    paused_since: date | None = None,
    budget_line: str = "",
) -> Message:
    """Return the answer for one period."""
    parts: list[Block | Twin] = [header(title(summary.period))]
    if paused_since:
        parts.append(
            section(
                f"*Paused since {day_and_month(paused_since)}.* What was there is still here.",
                button("Resume", "resume"),
            )
        )
    lines = [*_cost_lines(summary), *_missing(deliveries, awaited, summary.period.last), budget_line, NO_OUTCOMES]
    parts.append(section("\n".join(line for line in lines if line)))
    parts += where_it_went(summary)
    parts += _unpriced(summary.unpriced)
    parts.append(context(_freshness(summary, deliveries, today)))
    parts.append(context(LOCK))
    parts.append(_buttons(summary))
    return Message(NOTIFICATION, parts)


def nothing_yet(
    period: Period, deliveries: Sequence[Delivered], today: date, *, paused: bool, awaited: Sequence[str] = ()
) -> Message:
    """Return the answer where no row lies in the period."""
    if deliveries:
        latest = max(delivered.last_day for delivered in deliveries)
        first = min(delivered.first_day for delivered in deliveries)
        reach = f"What I have runs from {short_day(first)} to {short_day(latest)}."
        text = f"*Nothing arrived for these days.* {reach}"
        row = [button("Four weeks", "show", "4w"), button("12 weeks", "show", "12w")]
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
            section(text),
            context(LOCK),
            actions(*row, button("Sources", "sources"), button("Help", "help")),
        ],
    )


def today_message(rows: Sequence[UsageRow], summary: Summary, today: date) -> Message:
    """Return what has arrived of today."""
    if not rows:
        text = "*Today isn't here yet.* Files and pushes arrive when they are sent; most sources only tomorrow."
    else:
        text = "*Today isn't complete.* So far:\n" + "\n".join(_lane_lines(summary))
    return Message(
        NOTIFICATION,
        [
            header(f"{long_day(today)}, so far"),
            section(text),
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


def _cost_lines(summary: Summary) -> list[str]:
    lines = _lane_lines(summary)
    if summary.before is not None and summary.before.known:
        lines[0] += f" {_before_name(summary.period)}: {money(summary.before)}."
    return lines


def _lane_lines(summary: Summary) -> list[str]:
    if summary.only_seats:
        return [_only_seats(summary)]
    if summary.cost.unknown:
        return [f"*Cost {UNKNOWN}*: nothing that arrived has a price."]
    if summary.lane == "list":
        by = listed([estimator_name(name) for name in summary.estimators if name])
        return [
            f"*{money(summary.cost)} at list price*, worked out by {by}. What was billed is {UNKNOWN}: "
            "no source that bills is connected."
        ]
    seats = f", {money(summary.seats)} of it seats" if summary.seats.known else ""
    return [f"*{money(summary.cost)} billed*{seats}.", *_beside(summary.not_in_sum)]


def _only_seats(summary: Summary) -> str:
    at_list = summary.use_at_list
    value = ""
    if at_list.known:
        least = "" if at_list.complete else "at least "
        amount = f"{least}about {about_dollars(at_list.known)}"
        value = f" At list price your use would be {amount}; nobody is billed this."
    return f"*{money(summary.cost)} billed*, your seat; nothing is billed per use for you.{value}"


def _beside(not_in_sum: Sequence[NotInSum]) -> list[str]:
    if not not_in_sum:
        return []
    said = [
        f"{foreign(tool_name(entry.tool))}, about {about_dollars(entry.nano_usd.known or 0)} at list price"
        for entry in not_in_sum
    ]
    return [f"Not in this sum: {listed(said)} (not billed by itself, as far as I can see)."]


def _before_name(period: Period) -> str:
    names = {"week": "The seven days before", "4w": "The four weeks before", "12w": "The twelve weeks before"}
    if period.kind == "month":
        return "The month before"
    return names.get(period.kind, f"The {period.days} days before")


def _unpriced(unpriced: Sequence[Unpriced]) -> list[Block]:
    if not unpriced:
        return []
    said = [f"{visible(entry.model, 60)}{_requests(entry.requests)}" for entry in unpriced[:5]]
    more = f", and {plural(len(unpriced) - 5, 'more model')}" if len(unpriced) > 5 else ""
    return [plain_section(f"Price unknown: {'; '.join(said)}{more}. Not in the sum.")]


def _requests(requests: Quantity) -> str:
    if requests.known is None:
        return ""
    return ", 1 request" if requests.known == 1 and requests.complete else f", {count(requests)} requests"


def _freshness(summary: Summary, deliveries: Sequence[Delivered], today: date) -> str:
    by_day: dict[date, list[str]] = {}
    for delivered in deliveries:
        by_day.setdefault(delivered.last_day, []).append(foreign(source_name(delivered.kind, delivered.name), 80))
    reach = sorted(by_day.items(), reverse=True)
    said = [f"{listed(sorted(names))} to {day_or_recent(day, today)}" for day, names in reach[:4]]
    return " · ".join(said) or "No source has delivered anything."


def _buttons(summary: Summary) -> Block:
    row = []
    if summary.top_day:
        day = summary.top_day
        row.append(button(f"Why {short_day(day.day)} cost {dollars(day.nano_usd)}", "why", day.day.isoformat()))
    if summary.period.kind != "12w":
        row.append(button("12 weeks", "show", "12w"))
    if summary.period.kind != "4w":
        row.append(button("Four weeks", "show", "4w"))
    row.append(button("Token details", "tokens", _period_word(summary.period)))
    more = [
        ("Sources", "sources"),
        ("Who saw what", "who"),
        ("What is kept", "privacy"),
        ("Help", "help"),
    ]
    return actions(*row, menu("More", "more", more))


def _period_word(period: Period) -> str:
    if period.kind == "month":
        return f"{period.first:%Y-%m}"
    return {"days": f"{period.days}d", "this-month": "month"}.get(period.kind, period.kind)


def day_title(day: date) -> str:
    """Return what one day is called above its details."""
    return long_day(day)
