"""What a period came to: billed or at list price, never both in one sum."""

from collections.abc import Sequence

from bot.domain.period import Period
from bot.domain.quantity import Quantity
from bot.domain.summary import NotInSum, Summary, Unpriced
from bot.views.blocks import foreign
from bot.views.wording import UNKNOWN, about_dollars, count, estimator_name, listed, money, plural, tool_name


def cost_lines(summary: Summary) -> list[str]:
    """Return what a period came to, what the one before came to, and what is not in the sum."""
    lines = lane_lines(summary)
    if summary.before is not None and summary.before.known:
        lines[0] += f" {_before_name(summary.period)}: {money(summary.before)}."
    return lines


def lane_lines(summary: Summary) -> list[str]:
    """Return what a period came to, in its lane, and what stands beside it in the other."""
    if not summary.lines:
        return ["*No cost of your own*: in these days only shared jobs ran."]
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


def unpriced_lines(unpriced: Sequence[Unpriced]) -> list[str]:
    """Return the models without a price, and that they are not in the sum."""
    if not unpriced:
        return []
    said = [f"{foreign(entry.model, 60)}{_requests(entry.requests)}" for entry in unpriced[:5]]
    more = f", and {plural(len(unpriced) - 5, 'more model')}" if len(unpriced) > 5 else ""
    return [f"Price unknown: {'; '.join(said)}{more}. Not in the sum."]


def _requests(requests: Quantity) -> str:
    if requests.known is None:
        return ""
    return ", 1 request" if requests.known == 1 and requests.complete else f", {count(requests)} requests"
