"""A team's week: what was finished in its repositories and projects, fixed once and shown to everybody in it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from math import gcd
from typing import Final

from msgspec import Struct

from bot.domain.blocks_of_weeks import Block
from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.flow import Flow, Part
from bot.domain.outcomes.place import KindWeeks, PlaceOutcomes, WeekCounts
from bot.domain.outcomes.weeks import WEEKS
from bot.domain.outcomes.work import Kind

# Shares are said as "fewer than 1 in so many".
_ONE_IN: Final = (20, 10, 5, 4, 3, 2)


class KindWeek(Struct, frozen=True):
    """One kind of finished work in a week, and what became of that of two weeks before.

    The latter, the usual range and the weeks are None or empty where too few authors stand behind them.
    """

    kind: Kind
    finished: int
    earlier_stayed: int | None = None
    earlier_came_back: int | None = None
    usual_stayed: tuple[int, int] | None = None
    stayed_by_week: tuple[tuple[date, int], ...] = ()  # 12 settled weeks by their Mondays, the oldest first


class ToldBy(Struct, frozen=True):
    """A source that tells of the team's places; None where it has never told of a whole day."""

    kind: str
    name: str
    complete_to: date | None
    late: bool = False  # it should have told of the whole week


class SilentPlace(Struct, frozen=True):
    """A place of the team's in which nothing was finished for 12 weeks; None where nothing ever was."""

    place: str
    last_finished_on: date | None


class LibraryLine(Struct, frozen=True):
    """A use case as a digest names it: whose team shared it, and what those said who tried it."""

    entry: str  # opens it
    title: str
    team: str = ""
    tried: int = 0
    worked: int = 0
    teams: int = 0


class TeamDigest(Struct, frozen=True):
    """What a team's week came to. Nothing in it is about a person, and nothing about use."""

    team: str
    monday: date
    places: tuple[str, ...]
    kinds: tuple[KindWeek, ...]
    flow: Flow | None
    told_by: tuple[ToldBy, ...] = ()
    silent: tuple[SilentPlace, ...] = ()
    shared: tuple[LibraryLine, ...] = ()
    worth_borrowing: tuple[LibraryLine, ...] = ()
    places_since: date | None = None  # weeks before it, with other places, are left out of it

    @property
    def week(self) -> IsoWeek:
        """Return the week that it is about."""
        return IsoWeek(self.monday)

    @property
    def worth_saying(self) -> bool:
        """Return whether anything was finished, shared or is new to borrow."""
        return any(each.finished for each in self.kinds) or bool(self.shared or self.worth_borrowing)


class BlockWork(Struct, frozen=True):
    """What a team finished in a block that is settled: changes, how many came back, how fast a first review came.

    *fewer_than_one_in* bounds the part that came back; None where it is half or more. What only many authors
    stand behind is None without them.
    """

    finished: int
    came_back: int | None
    fewer_than_one_in: int | None
    review_minutes: int | None  # working minutes, usual for 12 weeks


def team_digest(
    team: str,
    places: Sequence[str],
    week: IsoWeek,
    found: PlaceOutcomes,
    *,
    told_by: Sequence[ToldBy] = (),
    last_finished: Mapping[str, date] | None = None,
    shared: Sequence[LibraryLine] = (),
    worth_borrowing: Sequence[LibraryLine] = (),
) -> TeamDigest:
    """Return the digest of *week* from what was *found* in the team's *places* over everybody.

    *last_finished* says of places when anything was last finished there; one that it lacks has never had any.
    """
    return TeamDigest(
        team=team,
        monday=week.monday,
        places=tuple(places),
        kinds=tuple(_kind_week(each, week, found.last_settled) for each in found.kinds),
        flow=found.flow,
        told_by=tuple(told_by),
        silent=tuple(silent_places(places, last_finished or {}, week)),
        shared=tuple(shared),
        worth_borrowing=tuple(worth_borrowing),
        places_since=_cut_at(found, week),
    )


def _cut_at(found: PlaceOutcomes, week: IsoWeek) -> date | None:
    """Return from when on weeks are told of, where some of those are left out that a digest would have."""
    since, first = found.places_since, week.before(2 + WEEKS).monday
    return since if since is not None and since > first else None


def _kind_week(kind: KindWeeks, week: IsoWeek, last_settled: date) -> KindWeek:
    by_monday = {each.monday: each for each in kind.weeks}
    this, earlier = by_monday.get(week.monday), by_monday.get(week.before(2).monday)
    if earlier is None or earlier.monday > last_settled:
        earlier = WeekCounts(week.monday, 0, None, None, None)
    settled = [each for each in kind.weeks if each.monday <= last_settled][-WEEKS:]
    return KindWeek(
        kind=kind.kind,
        finished=this.finished if this else 0,
        earlier_stayed=earlier.stayed,
        earlier_came_back=earlier.came_back,
        usual_stayed=kind.usual_stayed,
        stayed_by_week=tuple((each.monday, each.stayed) for each in settled if each.stayed is not None),
    )


def silent_places(places: Collection[str], last_finished: Mapping[str, date], week: IsoWeek) -> list[SilentPlace]:
    """Return the *places* in which nothing was finished in the 12 weeks up to *week*."""
    since = week.before(WEEKS - 1).monday
    return [
        SilentPlace(place, last_finished.get(place))
        for place in places
        if place not in last_finished or last_finished[place] < since
    ]


def block_work(found: PlaceOutcomes, block: Block) -> BlockWork | None:
    """Return what the changes of *block* came to; None where there are none, or not all of it is settled yet.

    So it is of a block that began before the places became those of now.
    """
    if found.places_since is not None and block.first < found.places_since:
        return None
    weeks = [
        week for kind in found.kinds if kind.kind == "change" for week in kind.weeks if block.contains(week.monday)
    ]
    finished = sum(week.finished for week in weeks)
    if not finished or found.last_settled < max(week.monday for week in weeks):
        return None
    returned = [week.came_back for week in weeks]
    came_back = None if None in returned else sum(each or 0 for each in returned)
    review = found.flow.first_review_minutes if found.flow else None
    bound = None if came_back is None else fewer_than_one_in(came_back, finished)
    return BlockWork(finished, came_back, bound, review.median if review else None)


def in_lowest_terms(part: Part) -> Part:
    """Return the same share in the smallest whole numbers: 12 of 132 is 1 of 11."""
    by = gcd(part.part, part.whole) or 1
    return Part(part.part // by, part.whole // by)


def fewer_than_one_in(part: int, whole: int) -> int | None:
    """Return the largest of a few numbers n for which *part* is less than one in n of *whole*; None if of none."""
    return next((number for number in _ONE_IN if part * number < whole), None)
