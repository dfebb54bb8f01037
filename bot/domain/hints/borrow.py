"""A way of working that others have used with the same tool, to borrow (rule N13). It never means more use."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.domain.hints.finding import Finding
from bot.domain.usage import UsageRow

WINDOW_DAYS: Final = 28
LEAST_TRIED: Final = 3
LEAST_WORKED_PERCENT: Final = 60


class Borrowable(NamedTuple):
    """An entry of the library as a hint needs it: *worked* of *tried* people, its author's own use aside."""

    id: str
    title: str
    tool: str
    team: str
    worked: int
    tried: int


def borrow(
    rows: Iterable[UsageRow], candidates: Iterable[Borrowable], own_teams: Collection[str], seen: Collection[str],
    today: date,
) -> Finding | None:  # fmt: skip
    """Return the first of *candidates*, in the library's own order, that fits: another team's, for a tool in use.

    *seen* are the ids of entries that the person has opened, tried or been shown.
    """
    first = today - timedelta(days=WINDOW_DAYS)
    tools = {row.tool for row in rows if first <= row.day < today and not row.is_seat}
    fitting = (each for each in candidates if each.tool in tools and _is_new(each, own_teams, seen) and _worked(each))
    best = next(fitting, None)
    if best is None:
        return None
    values: dict[str, int | str] = {
        "entry": best.id,
        "title": best.title,
        "tool": best.tool,
        "team": best.team,
        "worked": best.worked,
        "tried": best.tried,
    }
    return Finding("borrow", best.id, values, None, first, today - timedelta(days=1))


def _is_new(each: Borrowable, own_teams: Collection[str], seen: Collection[str]) -> bool:
    return each.id not in seen and each.team not in own_teams


def _worked(each: Borrowable) -> bool:
    return each.tried >= LEAST_TRIED and each.worked * 100 >= LEAST_WORKED_PERCENT * each.tried
