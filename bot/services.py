"""What handlers and jobs may reach."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.connectors.finished import WorkSource
from bot.connectors.pull import PullSource
from bot.domain.counting import Overlaps
from bot.domain.marks import Marks
from bot.domain.people import Asked
from bot.domain.pricing import PriceBook
from bot.policy import Policy
from bot.pool import AnswerPool
from bot.slack import Slack
from storage.engine import Database

Source = PullSource | WorkSource


@dataclass(frozen=True, slots=True)
class Services:
    """One of each, made by the composition root; shared by every thread."""

    database: Database
    policy: Policy
    prices: PriceBook
    overlaps: Overlaps
    marks: Marks
    now: Callable[[], datetime]  # aware, UTC
    slack: Slack
    pool: AnswerPool
    web_url: str  # where pushes arrive, as people can type it
    sources: Sequence[PullSource] = ()
    work_sources: Sequence[WorkSource] = ()
    backfill: Callable[[], None] = lambda: None  # asks the sources soon, for those newly on
    command_prefix: str = ""

    @property
    def all_sources(self) -> list[Source]:
        """The sources that are asked, of usage and of finished work."""
        return [*self.sources, *self.work_sources]

    @property
    def asked(self) -> list[Asked]:
        """The sources of usage that are asked, and whose accounts they name."""
        return [Asked(source.kind, source.provider or source.kind) for source in self.sources]
