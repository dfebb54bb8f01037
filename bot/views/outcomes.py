"""What a person finished, above what it cost: counts by kind, cost per change, and what is missing to see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from bot.domain.money import NANO_PER_USD, usd
from bot.domain.outcomes.cost_per_change import MIN_STAYED, CostPerChange
from bot.domain.outcomes.not_tied import NotTied
from bot.domain.outcomes.person import KindCounts, PersonOutcomes
from bot.domain.outcomes.rounding import Likely
from bot.domain.outcomes.work import Kind
from bot.domain.people import Delivered
from bot.domain.period import Period, day_and_month, short_day
from bot.domain.summary import Lane
from bot.views.blocks import Block, button, escape, foreign, section
from bot.views.help import contacts
from bot.views.wording import (
    about_dollars,
    day_or_recent,
    dollars,
    listed,
    part_of_day,
    plural,
    provider_name,
    source_name,
)

LANE_WORD: Final[dict[Lane, str]] = {"billed": "billed", "list": "at list price"}


class _Words(NamedTuple):
    one: str
    many: str
    done: str  # what is said of it once it is finished


_KINDS: Final[dict[Kind, _Words]] = {
    "change": _Words("change", "changes", "finished"),
    "ticket": _Words("ticket", "tickets", "closed"),
    "case": _Words("support case", "support cases", "closed"),
    "piece": _Words("piece of work", "pieces of work", "finished"),
}


@dataclass(frozen=True, slots=True)
class OwnWork:
    """What somebody finished, and which systems of record say so.

    *connected* are the kinds of systems of record, *waiting* those that know an account of the person and
    have brought nothing yet, *delivered* what the others brought. *asked* says that the person has not
    answered yet whether an account there is theirs. Clocks are those of *tz*.
    """

    outcomes: PersonOutcomes
    connected: Sequence[str] = ()
    waiting: Sequence[str] = ()
    delivered: Sequence[Delivered] = ()
    tz: str = "UTC"
    asked: bool = False


def kind_count(kind: Kind, number: int) -> str:
    """Return a number of items by what they are: `7 changes`."""
    return plural(number, _KINDS[kind].one, _KINDS[kind].many)


def kind_words(kind: Kind, number: int) -> str:
    """Return a number of finished items with what is said of them: `7 changes finished`."""
    return f"{kind_count(kind, number)} {_KINDS[kind].done}"


def finished_blocks(work: OwnWork, period: Period) -> list[Block]:
    """Return the finished work by kind, with the way to its list; nothing where nothing was finished."""
    found = work.outcomes
    if not found.counts and not found.merged_by_author:
        return []
    lines = [line for number, counts in enumerate(found.counts) for line in _kind_lines(counts, first=number == 0)]
    alone = len(found.merged_by_author)
    if alone and lines:
        lines.append(f"Not counted: {alone:,} that nobody else accepted")
    elif alone:
        lines.append(f"*{alone:,} merged, not counted:* nobody else accepted {'it' if alone == 1 else 'them'}")
    return [section("\n".join(lines), button("See the list", "finished", period.word))]


def _kind_lines(counts: KindCounts, *, first: bool) -> list[str]:
    line = f"*{kind_words(counts.kind, counts.finished)}*{_help(counts)}"
    if first:
        return [line, _states(counts)]
    return [line if not counts.came_back else f"{line} · {counts.came_back:,} came back"]


def _help(counts: KindCounts) -> str:
    said = []
    if counts.shows_help:
        said.append(f"{counts.shows_help:,} {'shows' if counts.shows_help == 1 else 'show'} AI help")
    if counts.may_have_had_help:
        said.append(f"{counts.may_have_had_help:,} may have had {'some' if said else 'AI help'}")
    return "".join(f", {each}" for each in said)


def _states(counts: KindCounts) -> str:
    said = []
    if counts.stayed:
        said.append(f"{counts.stayed:,} {'has' if counts.stayed == 1 else 'have'} stayed for 14 days")
    if counts.came_back or counts.stayed:
        said.append(f"{counts.came_back:,} came back" if counts.came_back else "none came back")
    if counts.too_new:
        said.append(f"{counts.too_new:,} {'is' if counts.too_new == 1 else 'are'} too new to say")
    return " · ".join(said)


def missing_work_lines(work: OwnWork, helpers: Sequence[str], last: date) -> list[str]:
    """Say what would be needed to see finished work until *last*, and which of its sources have stopped."""
    if not work.connected:
        return ["I can't see finished work for you yet: no ticket system or repository is connected."]
    if work.asked:
        return []  # whose an account is has to be answered first, and that is asked above
    if not work.waiting and not work.delivered:
        names, knows = _names(work.connected), "knows" if len(work.connected) == 1 else "know"
        return [
            f"I can't see finished work for you yet: {names} {knows} no account of yours. "
            f"To have one linked, ask {contacts(helpers)}."
        ]
    said = []
    if work.waiting:
        said.append(f"*Waiting for {_names(work.waiting)}*, so finished work may be missing.")
    said += [_stopped(each, last) for each in work.delivered if each.failing_since]
    if work.delivered and not work.outcomes.counts:
        names = _names(sorted({each.kind for each in work.delivered}))
        said.append(f"No finished work is recorded for these days ({names}).")
    return said


def _stopped(delivered: Delivered, last: date) -> str:
    name = foreign(source_name(delivered.kind, delivered.name))
    late = ", so finished work may be missing" if delivered.last_day < last else ""
    return f"*{name}: nothing new since {short_day(delivered.last_day)}*{late}."


def work_freshness(work: OwnWork, today: date) -> list[str]:
    """Return to when each system of record told of finished work: `GitHub to this morning`."""
    by_time: dict[str, set[str]] = {}
    for each in work.delivered:
        said = day_or_recent(each.last_day, today)
        if each.received_at.date() == today and each.last_day >= today - timedelta(days=1):
            said = part_of_day(each.received_at, work.tz)  # today is asked for too, but never said to be complete
        by_time.setdefault(said, set()).add(source_name(each.kind, each.name))
    return [f"{foreign(listed(sorted(names)), 200)} to {said}" for said, names in by_time.items()]


def _names(kinds: Sequence[str]) -> str:
    return escape(listed([provider_name(kind) for kind in kinds]))


def cost_per_change_lines(found: CostPerChange | None, *, seats: bool) -> list[str]:
    """Return the cost per finished change with its range and arithmetic, or why there is none."""
    if found is None:
        return ["Too new for a cost per change: no week that I know is 14 days over."]
    words = _KINDS[found.kind]
    days = f"{day_and_month(found.first)} to {day_and_month(found.last)}"
    if found.stayed < MIN_STAYED:
        so_far = f"{found.stayed:,}" if found.stayed else "none"
        return [f"Too few for a cost per {words.one}: {so_far} so far, from {MIN_STAYED}."]
    if found.each is None:
        return [f"No cost per {words.one}: what the AI cost from {days} is unknown."]
    least, lane = "" if found.cost.complete else "at least ", LANE_WORD[found.lane]
    total = f"{least}{about_dollars(found.cost.known or 0)} {lane}{', seats included' if seats else ''}"
    return [
        f"*AI cost per {words.done} {words.one}: {least}{_likely(found.each)}.* All your AI cost ({total}) divided by "
        f"all {found.stayed:,} {words.many} that stayed, with or without AI; {days}."
    ]


def not_tied_lines(found: NotTied | None) -> list[str]:
    """Return how much of the cost is not tied to finished work yet; nothing where no range can be given."""
    if found is None or not found.high:
        return []
    amount = _range(found.low, found.high) if found.low else f"Up to {_amount(found.high)}"
    lane = "of what was billed" if found.lane == "billed" else "at list price"
    return [f"{amount} {lane} is not tied to finished work yet."]


def _likely(each: Likely) -> str:
    if each.high < NANO_PER_USD // 100:
        return "under $0.01"
    return f"about {_amount(each.about)}, likely {_range(each.low, each.high)}"


def _range(low: int, high: int) -> str:
    if _amount(low) == _amount(high):
        return _amount(low)
    return f"{_amount(low)}-{_amount(high).removeprefix('$')}"


def _amount(nano_usd: int) -> str:
    """Return an amount that is rounded already: cents only where it has some and is small."""
    whole = nano_usd >= 10 * NANO_PER_USD or nano_usd % NANO_PER_USD == 0
    return f"${usd(nano_usd):,.0f}" if whole and nano_usd else dollars(nano_usd)
