"""A bot whose clock is moved, on a local Slack with the small company in it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import select

from bot.domain.people import SlackId
from bot.domain.released import Issue
from bot.jobs import team_digests
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from bot.policy import People
from bot.services import Services
from bot.slack import Slack
from handlers.team_digest import in_home
from handlers.visit import Visit
from storage import released
from storage.engine import Database
from storage.tables import Outbox
from tests.jobs.delivering import deliver
from tests.promises.answers import services_on
from tests.team_company import DUE

OPERATORS = "C01GENERAL"


class Stage:
    """What a team's digest becomes, hour by hour."""

    def __init__(self, database: Database, slack: LocalSlack, way_out: Slack) -> None:
        self.database, self.slack, self.at = database, slack, DUE
        made = replace(services_on(database), slack=way_out, now=lambda: self.at)
        policy = made.policy.model_copy(update={"people": People(operator_channel=OPERATORS)})
        self.services = replace(made, policy=policy)

    def tick(self, at: datetime | None = None, services: Services | None = None) -> dict[str, int]:
        """Release what is due and send it."""
        self.at = at or self.at
        done = team_digests.run(services or self.services)
        deliver(services or self.services)
        return done

    def shown(self, user: str) -> list[Shown]:
        """Return what the bot wrote somebody by itself."""
        return [each for each in self.slack.shown_to(user) if each.surface == "dm"]

    def posted(self) -> list[Shown]:
        """Return what the bot posted in channels."""
        return [each for each in self.slack.everything_sent() if each.surface == "channel"]

    def home(self, user: str) -> list[Any]:
        """Return the groups of blocks that Home has for somebody below their own answer."""
        return list(in_home(Visit(SlackId("T0LOCAL", user), "T0LOCAL", "", "", "", ""), self.services))

    def outbox(self) -> list[tuple[str, str, str]]:
        """Return kind, state and reason of everything that was planned."""
        with self.database.reading() as session:
            return sorted((row.kind, row.state, row.last_error) for row in session.exec(select(Outbox)))

    def last(self, team_id: int) -> Issue | None:
        with self.database.reading() as session:
            shown = released.last_issue(session, team_id)
        return shown.issue if shown else None
