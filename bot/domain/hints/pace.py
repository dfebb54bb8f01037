"""A limit of one's own that would be used up early, on the path of one's own last days (rule N9). Upward only."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from bot.domain.allowance import Stated, ends_early_on
from bot.domain.hints.days import HISTORY_DAYS, Days, days_of
from bot.domain.hints.finding import Finding
from bot.domain.period import month_of
from bot.domain.summary import Lane
from bot.domain.usage import UsageRow

LEAST_CHANCE_PERCENT: Final = 80
LEAST_WORKDAYS: Final = 5
LAST_ACTIVE_DAYS: Final = 20
_LEAST_ACTIVE_DAYS: Final = 10
_SHARE_DAYS: Final = 28
_PATHS: Final = 400
BUDGET: Final = "budget"


class _Limit(NamedTuple):
    """What may be spent until the end of *last*, and what of it is spent, in nano-USD."""

    subject: str
    limit_nano_usd: int
    spent_nano_usd: int
    first: date
    last: date


class Path(NamedTuple):
    """How likely a limit is used up before its last day is over, and about when."""

    chance_percent: int
    ends_on: date | None


def budget_pace(
    rows: Sequence[UsageRow], budget_nano_usd: int, today: date, days: Days | None = None
) -> Finding | None:
    """Return the month's budget that the person set, if it would end before the month does.

    One that is above its limit already is said beside the figures, and no path any more.
    """
    month = month_of(today)
    days = days or days_of(rows)
    in_month = [row for row in rows if month.contains(row.day)]
    lane: Lane = "billed" if any(row.billed_nano_usd is not None for row in in_month) else "list"
    name = "billed_nano_usd" if lane == "billed" else "list_value_nano_usd"
    spent = sum(getattr(row, name) or 0 for row in in_month)  # seats included, as where the budget is shown
    limit = _Limit(BUDGET, budget_nano_usd, spent, month.first, month.last)
    return _finding(limit, days.of(lane), today)


def allowance_pace(rows: Iterable[UsageRow], stated: Stated, now: datetime) -> Finding | None:
    """Return an allowance of the person's own that would end early, by what was stated and by their own days."""
    if ends_early_on(stated, now) is None:
        return None
    allowance = stated.allowance
    days = days_of(row for row in rows if row.source == stated.source)
    limit = _Limit(stated.source, allowance.limit_nano_usd, allowance.spent_nano_usd, allowance.first, allowance.last)
    return _finding(limit, days.billed or days.listed, now.date())


def _finding(limit: _Limit, costs: dict[date, int], today: date) -> Finding | None:
    left = [today + timedelta(days=number) for number in range((limit.last - today).days + 1)]
    if sum(day.weekday() < 5 for day in left) < LEAST_WORKDAYS or limit.spent_nano_usd >= limit.limit_nano_usd:
        return None
    since = today - timedelta(days=HISTORY_DAYS)
    active = [day for day in sorted(costs) if since <= day < today and costs[day] > 0][-LAST_ACTIVE_DAYS:]
    if len(active) < _LEAST_ACTIVE_DAYS:
        return None
    path = path_of(limit.limit_nano_usd - limit.spent_nano_usd, [costs[day] for day in active], active, left)
    if path.chance_percent < LEAST_CHANCE_PERCENT or path.ends_on is None:
        return None
    values: dict[str, int | str] = {
        "limit_nano_usd": limit.limit_nano_usd,
        "spent_nano_usd": limit.spent_nano_usd,
        "chance_percent": path.chance_percent,
        "ends_on": path.ends_on.isoformat(),
        "active_days": len(active),
    }
    return Finding("pace", limit.subject, values, None, limit.first, limit.last)


def path_of(left_nano_usd: int, costs: Sequence[int], active: Sequence[date], days: Sequence[date]) -> Path:
    """Return how likely *days* come to what is left, drawing from the costs of *active* days.

    Whether there is use on a day is drawn by how often there was on weekdays and at weekends of the last four
    weeks before. Always the same draws for the same day: more use never makes it look less likely.
    """
    by_workday = _shares(active, days[0])
    shares = [by_workday[day.weekday() < 5] for day in days]
    chance = Random(days[0].toordinal())  # noqa: S311  a simulation
    draw, ordered = chance.random, sorted(costs)
    size, ends = len(ordered), [0] * len(days)
    for _ in range(_PATHS):
        left = left_nano_usd
        for place, share in enumerate(shares):
            is_used, which = draw() < share, draw()
            if is_used:
                left -= ordered[int(which * size)]
                if left <= 0:
                    ends[place] += 1
                    _skip(chance, 2 * (len(days) - place - 1))
                    break
    return Path(sum(ends) * 100 // _PATHS, _middle(ends, days))


def _skip(chance: Random, draws: int) -> None:
    """Use up draws, so that each path has its own whatever came before."""
    for _ in range(draws):
        chance.random()


def _shares(active: Sequence[date], today: date) -> dict[bool, float]:
    window = [today - timedelta(days=back) for back in range(1, _SHARE_DAYS + 1)]
    used = set(active)
    shares = {}
    for is_workday in (True, False):
        same = [day for day in window if (day.weekday() < 5) is is_workday]
        shares[is_workday] = sum(day in used for day in same) / len(same)
    return shares


def _middle(ends: Sequence[int], days: Sequence[date]) -> date | None:
    """Return the day by which half of the paths that end have ended."""
    so_far, half = 0, sum(ends) / 2
    for number, day in zip(ends, days, strict=True):
        so_far += number
        if so_far and so_far >= half:
            return day
    return None
