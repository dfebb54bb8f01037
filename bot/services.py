"""What handlers and jobs may reach."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.connection.state import ConnectionState
from bot.connectors.finished import WorkSource
from bot.connectors.pull import PullSource
from bot.domain.counting import Overlaps
from bot.domain.marks import Marks
from bot.domain.people import Asked
from bot.domain.pricing import PriceBook
from bot.domain.use_cases.drafted import TextModel
from bot.domain.use_cases.scan import NO_CUSTOMERS, CustomerNames
from bot.limits import Visits
from bot.measuring.counters import Measures
from bot.policy import Policy
from bot.policy_in_force import PolicyInForce
from bot.pool import AnswerPool
from bot.slack import Slack
from storage.engine import Database
from storage.operator_mail import Operators

Source = PullSource | WorkSource


@dataclass(frozen=True, slots=True)
class Services:
    """One of each, made by the composition root; shared by every thread."""

    database: Database
    policy: Policy | PolicyInForce
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
    customers: CustomerNames = NO_CUSTOMERS  # what no entry of the library may name
    text_model: TextModel | None = None  # drafts an entry from a message, where one is configured
    connection: ConnectionState = field(default_factory=ConnectionState)  # the way in from Slack, for reports
    measures: Measures = field(default_factory=Measures)  # what this process counts of itself
    visits: Visits = field(default_factory=Visits)  # how often one person may ask

    @property
    def all_sources(self) -> list[Source]:
        """The sources that are asked, of usage and of finished work."""
        return [*self.sources, *self.work_sources]

    @property
    def operators(self) -> Operators:
        """Who runs the bot, as the policy names them."""
        named = self.policy.people
        return Operators(self.slack.org_id, named.operators, named.operator_channel)

    @property
    def asked(self) -> list[Asked]:
        """The sources of usage that are asked, and whose accounts they name."""
        return [Asked(source.kind, source.provider or source.kind) for source in self.sources]
