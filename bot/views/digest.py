"""The weekly note to a person: behind a button, or with its figures."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from bot.domain.digest import Digest, Reach
from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.states import State, Work
from bot.domain.outcomes.work import KINDS, OwnItem
from bot.domain.people import Delivered
from bot.domain.period import WEEKDAYS, day_and_month, long_day, short_day
from bot.domain.subscription import is_zone
from bot.domain.summary import Summary
from bot.views.blocks import Block, Message, Twin, actions, button, context, foreign, header, section
from bot.views.cost import lane_lines, unpriced_lines
from bot.views.digest_chart import usual_weeks_chart
from bot.views.links import linked
from bot.views.outcomes import LANE_WORD, kind_count
from bot.views.wording import LOCK, dollars, listed, money, provider_name, source_name

READY: Final = "Your week is ready."
HOURS_BY_UTC: Final = "I don't know the time zone that Slack has for you, so hours are UTC."
_MOST_TITLES: Final = 5
_MOST_BEFORE_SMALL_PRINT: Final = 5  # blocks, of which one may be a chart
_ROOM: Final = 2400  # of a section's 3,000 characters, for titles with their links
_USAGE_GONE_AFTER: Final = 28  # days that an upload of one's own may be old and still be named


def pointer(week: IsoWeek) -> Message:
    """Return the note behind a button: it holds nothing of the week."""
    return Message(
        READY,
        [
            section(READY),
            context(LOCK),
            actions(button("Show it to me", "digest-show", week.word), button("Change or stop", "digest")),
        ],
    )


def digest_message(digest: Digest, reach: Reach, tz: str, extra: Sequence[Block | Twin] = ()) -> Message:
    """Return what the week came to: finished work, what became of earlier work, cost, how fresh and complete.

    *extra* is what is worth a look and what is there to borrow, a block each; it follows the cost.
    """
    lines = [*_finished_lines(digest, reach), *_earlier_lines(digest.earlier)]
    parts: list[Block | Twin] = [header(f"Your week, {_span(digest.week)}")]
    if lines:
        parts.append(section("\n".join(lines)))
    parts.append(section("\n".join([*_cost_lines(digest), *_missing_lines(reach, digest.week)])))
    if digest.more_than_usual and len(parts) + len(extra) < _MOST_BEFORE_SMALL_PRINT:
        parts.append(usual_weeks_chart(digest))
    small_print = context(_freshness(reach, digest.week), "" if is_zone(tz) else HOURS_BY_UTC, LOCK)
    return Message(READY, [*parts, *extra, small_print, _buttons(digest.week)])


def _buttons(week: IsoWeek) -> Block:
    return actions(
        button("Details", "show", "4w"),
        button("Useful", "digest-useful", f"{week.word} yes"),
        button("Not useful", "digest-useful", f"{week.word} no"),
        button("Change or stop", "digest"),
    )


def _span(week: IsoWeek) -> str:
    first, last = week.monday, week.sunday
    if first.month == last.month:
        return f"{first.day}-{long_day(last).partition(' ')[2]}"
    return f"{long_day(first).partition(' ')[2]} to {long_day(last).partition(' ')[2]}"


def _finished_lines(digest: Digest, reach: Reach) -> list[str]:
    if not digest.finished:
        return ["*Finished:* nothing is recorded for this week."] if reach.work else []
    came_back = sum(work.state == "came_back" for work in digest.finished)
    back = f" · {came_back:,} came back" if came_back else ""
    return [f"*Finished:* {', '.join(_counts(digest.finished))}{back}", *_titles(digest.finished)]


def _counts(works: Sequence[Work[OwnItem]]) -> list[str]:
    """Return how many there are of each kind; kinds are never added."""
    numbers = [(kind, sum(work.kind == kind for work in works)) for kind in KINDS]
    return [kind_count(kind, number) for kind, number in numbers if number]


def _titles(works: Sequence[Work[OwnItem]]) -> list[str]:
    """Return a line for each work, the latest first, as far as there is room, and how many more there are."""
    latest = sorted(works, key=lambda work: (-work.finished_on.toordinal(), KINDS.index(work.kind), work.reference))
    lines: list[str] = []
    for work in latest[:_MOST_TITLES]:
        line = f"• {_title(work)}"
        if sum(map(len, lines)) + len(line) > _ROOM:
            break
        lines.append(line)
    left = len(works) - len(lines)
    return [*lines, f"• and {left:,} more"] if left else lines


def _title(work: Work[OwnItem]) -> str:
    item = work.items[-1]
    title = linked(item.title, item.link) if item.title.strip() else ""
    return f"{title} ({foreign(item.reference)})" if title else linked(item.reference, item.link)


def _earlier_lines(works: Sequence[Work[OwnItem]]) -> list[str]:
    stayed, came_back = _of(works, "stayed"), _of(works, "came_back")
    said = []
    if stayed:
        said.append(f"{listed(_counts(stayed))} {'has' if len(stayed) == 1 else 'have'} now stayed for 14 days.")
    if came_back:
        said.append(f"{listed(_counts(came_back))} came back.")
    elif stayed:
        said.append("None came back.")
    return [f"*From two weeks ago:* {' '.join(said)}"] if said else []


def _of(works: Iterable[Work[OwnItem]], state: State) -> list[Work[OwnItem]]:
    return [work for work in works if work.state == state]


def _cost_lines(digest: Digest) -> list[str]:
    cost = digest.cost
    said = [f"*Cost:* {_cost(cost)}{_more(digest)}."]
    if cost.lines and cost.lane == "billed":
        said += lane_lines(cost)[1:]
    return [*said, *unpriced_lines(cost.unpriced)]


def _cost(cost: Summary) -> str:
    if not cost.lines:
        return "no use of yours has arrived for this week"
    if cost.cost.unknown:
        return "unknown, nothing that arrived has a price"
    if cost.only_seats:
        return f"{money(cost.cost)} billed, your seat"
    at_list = ", what was billed is unknown" if cost.lane == "list" else ""
    return f"{money(cost.cost)} {LANE_WORD[cost.lane]}{at_list}"


def _more(digest: Digest) -> str:
    if not digest.more_than_usual:
        return ""
    day = digest.day_that_made_it
    made = f"; {dollars(day.nano_usd)} of it on {WEEKDAYS[day.day.weekday()]}" if day else ""
    return f", more than usual for you{made}"


def _missing_lines(reach: Reach, week: IsoWeek) -> list[str]:
    """Say what has not come, so that nobody takes the figures for whole."""
    works = {each.source_id for each in reach.work}
    said = []
    if reach.waiting:
        names = foreign(listed([provider_name(kind) for kind in reach.waiting]), 200)
        said.append(f"*Waiting for the first data from {names}*, so this is too low.")
    for each in reach.late:
        lacks = "finished work may be missing" if each.source_id in works else "this sum is too low"
        # what came before the week is the same as nothing of it
        said.append(f"*{_name(each)}: no data since {_day(each.last_day, week)}*, so {lacks}.")
    return said


def _freshness(reach: Reach, week: IsoWeek) -> str:
    """Return to when the sources reach: `Complete to Sun 15 Nov, Copilot to Thu 12 Nov.`"""
    told = [each for each in (*reach.usage, *reach.work) if (week.monday - each.last_day).days < _USAGE_GONE_AFTER]
    whole = [each for each in told if each.last_day >= week.sunday]
    said = [f"Complete to {short_day(week.sunday)}"] if whole else []
    by_day: dict[date, set[str]] = {}
    for each in told:
        if each.last_day < week.sunday:
            by_day.setdefault(each.last_day, set()).add(_name(each))
    said += [f"{listed(sorted(names))} to {_day(day, week)}" for day, names in sorted(by_day.items(), reverse=True)[:4]]
    reached = f"{', '.join(said)}. " if said else ""
    return f"{reached}Small corrections can follow; Home has the latest."


def _name(delivered: Delivered) -> str:
    return foreign(source_name(delivered.kind, delivered.name), 80)


def _day(day: date, week: IsoWeek) -> str:
    return short_day(day) if (week.sunday - day).days < _USAGE_GONE_AFTER else day_and_month(day)
