"""What a digest is made of, read for the one person whose week it is."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from bot.domain.counting import Overlaps, count_once
from bot.domain.digest import USUAL_WEEKS, Digest, Reach, digest_of
from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.sources import WORK_SOURCES
from bot.domain.people import Asked, Delivered, Viewer, awaited
from bot.domain.subscription import behind
from storage.finished import own_items
from storage.links import links_of
from storage.own_marks import own_marks
from storage.usage import all_deliveries_for, usage_of


class OwnWeek(NamedTuple):
    """A person's week, how far each source reaches, and the kinds of those that know them and have told nothing."""

    digest: Digest
    deliveries: list[Delivered]
    waiting: list[str]

    def reach(self, due: Collection[str]) -> Reach:
        """Return how far the sources reach; *due* are the kinds that should have told of the whole week."""
        return Reach(
            usage=[each for each in self.deliveries if each.kind not in WORK_SOURCES],
            work=[each for each in self.deliveries if each.kind in WORK_SOURCES],
            late=behind(self.deliveries, due, self.digest.week),
            waiting=self.waiting,
        )


def read_week(
    session: Session, viewer: Viewer, week: IsoWeek, today: date, overlaps: Overlaps, asked: Sequence[Asked] = ()
) -> OwnWeek:
    """Return what *week* came to for the person, as known on *today*; *asked* are the sources that are asked."""
    person_id = viewer.person_id
    deliveries = all_deliveries_for(session, person_id)
    used = usage_of(session, person_id, week.before(USUAL_WEEKS).monday, week.sunday)
    digest = digest_of(
        week,
        own_items(session, person_id, date.min, today),
        count_once(used, overlaps).counted,
        [each for each in deliveries if each.kind not in WORK_SOURCES],
        today,
        own_marks(session, person_id),
    )
    return OwnWeek(digest, deliveries, awaited(asked, links_of(session, person_id), deliveries))
