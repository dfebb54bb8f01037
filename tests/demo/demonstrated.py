"""The whole demo without a browser, and what people do in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import NamedTuple

from bot.demo.story import LarkfieldStory
from bot.demo.world import World, demo_world
from bot.domain.outcomes.work import OwnItem
from bot.domain.usage import UsageRow
from bot.playground.shown import Shown
from storage import usage
from storage.finished import own_items, work_deliveries_for
from tests.e2e.harness import Stage, logging_as_the_bot_does, texts


class Demo(NamedTuple):
    """A demo, and what people do in it."""

    world: World
    story: LarkfieldStory
    stage: Stage

    @property
    def today(self) -> date:
        """The demo's day."""
        return self.world.clock.now().date()

    def answer(self, user: str, words: str = "") -> str:
        """Return what the command answers, in words."""
        return texts(self.stage.ask(user, words))

    def press(self, user: str, shown: Shown, label: str) -> Shown:
        """Press a button and return the message that follows; a Home tab may be published meanwhile."""
        mark = self.stage.slack.mark()
        self.stage.press(user, shown, label)
        return [one for one in self.stage.slack.shown_to(user, mark) if one.surface != "home"][-1]

    def billed(self, user: str) -> str:
        """Return what the four weeks' answer says was billed."""
        found = re.search(r"\*(\$[\d,.]+) billed\*", self.answer(user))
        assert found is not None
        return found[1]

    def finished(self, user: str) -> list[OwnItem]:
        """Return what somebody finished, as it is stored."""
        viewer = self.stage.viewer(user)
        assert viewer is not None
        with self.world.services.database.reading() as session:
            return own_items(session, viewer.person_id, date.min, self.today)

    def has_arrived(self, user: str = "U01ANA") -> bool:
        """Whether every source has delivered for somebody."""
        services, viewer = self.world.services, self.stage.viewer(user)
        assert viewer is not None
        with services.database.reading() as session:
            used = usage.deliveries_for(session, viewer.person_id)
            worked = work_deliveries_for(session, viewer.person_id)
        return (len(used), len(worked)) == (len(services.sources), len(services.work_sources))

    def rows(self, user: str) -> list[UsageRow]:
        """Return what is stored about somebody."""
        viewer = self.stage.viewer(user)
        assert viewer is not None
        with self.world.services.database.reading() as session:
            found = usage.usage_of(session, viewer.person_id, date.min, self.today + timedelta(days=1))
        return sorted(found, key=repr)


@contextmanager
def demonstrated(ccusage: bytes | None = None) -> Iterator[Demo]:
    """Run a demo."""
    with logging_as_the_bot_does("ERROR"), demo_world(ccusage) as world:
        yield Demo(world, LarkfieldStory(world), Stage(world.slack, world.services, "", "socket"))


def usd(amount: str) -> float:
    """Return an amount that was read from a screen."""
    return float(amount.strip("$").replace(",", ""))
