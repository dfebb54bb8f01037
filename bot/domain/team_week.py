"""When a team's digest is due, how long it may wait for its sources, and until when it is made up for."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from bot.domain.iso_week import IsoWeek
from bot.domain.subscription import LONGEST_WAIT, Subscription, Usual, covered_week, last_due
from bot.domain.teams import Team

# A digest that could not go at its hour, as while the bot was away, goes up to so long afterwards.
CATCH_UP: Final = timedelta(hours=24)


class DueDigest(NamedTuple):
    """A team's digest: since when it is due, and which week it is about."""

    team: Team
    due_at: datetime
    week: IsoWeek

    def is_too_late(self, now: datetime, *, waited: bool) -> bool:
        """Return whether it does not go any more; one that *waited* for its sources had longer."""
        last = self.due_at + (LONGEST_WAIT if waited else timedelta())
        return now > last + CATCH_UP

    def may_wait(self, now: datetime) -> bool:
        """Return whether it may still wait for sources that have not told of the whole week."""
        return now < self.due_at + LONGEST_WAIT


def due_digest(team: Team, tz: str, usual: Usual, now: datetime) -> DueDigest | None:
    """Return the last digest of *team* that was due up to *now* by the clocks of *tz*; None if none was."""
    weekday = usual.weekday if team.weekday is None else team.weekday
    hour = usual.hour if team.hour is None else team.hour
    due_at = last_due(Subscription("button", weekday, hour, since=team.since), tz, now)
    return None if due_at is None else DueDigest(team, due_at, covered_week(due_at, tz))
