"""Yours alone, whatever one is: what Ana cost reaches no lead, operator, report reader or colleague, and not Ines.

Ana's amount is planted alone and counted in her group's figure. Everything that is registered is walked as
everybody else: words, windows, the Home tab, and what the bot sends on its own after every job has run.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import pytest

from bot.domain.chain import FIGURE
from bot.jobs.clock import JOBS
from bot.playground.local_slack import LocalSlack
from bot.policy import People
from bot.services import Services
from bot.slack import connect
from handlers.home import publish_home
from handlers.visit import Visit
from storage.access_log import entries_of
from storage.engine import Database
from storage.released import figures_with
from tests.jobs.delivering import deliver
from tests.promises.answers import every_answer, services_on
from tests.team_company import (
    CALM_DUE,
    DUE,
    PLATFORM,
    USERS,
    counted,
    everybody_counted,
    founded,
    team_of,
    viewer_of,
    worked,
)

ANA: Final = PLATFORM[0]
SAM, VERA, LEAD, COLLEAGUE = PLATFORM[1:5]
MO, INES = "U01MO", "U01RUI"  # neither is on, and Ines is in no group
OTHERS: Final = (MO, INES, SAM, VERA, LEAD, COLLEAGUE)
# What Ana cost, which nothing else comes to, and how its first digits would be said.
COST_USD: Final = 7391
CANARIES: Final = ("7391", "7,391", "7.39", "7,39", "$7.4", "7,400")


@dataclass
class Company:
    """Platform, all counted and Ana with the canary; it has a lead, and so has Payments next to it."""

    services: Services
    database: Database
    slack: LocalSlack

    def run_everything(self) -> None:
        """Let every job run when digests are due and a week later, and send what they planned."""
        for at in (DUE, CALM_DUE):
            self.services = replace(self.services, now=lambda at=at: at)  # type: ignore[misc]
            for job in JOBS.values():
                job(self.services)
            deliver(self.services)

    def answers(self, user: str) -> dict[str, str]:
        """Return what every word answers to somebody, and their Home tab."""
        viewer = viewer_of(self.database, user)
        publish_home(Visit(viewer.slack_id, "T0LOCAL", "", "", "", ""), self.services)
        return every_answer(self.services, viewer)

    def sent_to(self, user: str) -> str:
        """Return everything that somebody was shown by Slack, in channels too."""
        shown = [each for each in self.slack.everything_sent() if user in each.user_ids or each.public]
        return json.dumps([each.raw for each in shown], ensure_ascii=False)


@pytest.fixture
def larkfield(sqlite_database: Database) -> Iterator[Company]:
    founded(sqlite_database)
    everybody_counted(sqlite_database)
    counted(sqlite_database, ANA, COST_USD)
    worked(sqlite_database)
    for lead, group in ((MO, "Payments"), (LEAD, "Platform")):
        team_of(sqlite_database, lead=lead, group=group)
    roles = People(operators=(SAM,), report_readers=(VERA,), help=(SAM,), operator_channel="C01GENERAL")
    with LocalSlack(users=USERS).running() as slack:
        way_out = connect(slack.bot_token, slack.api_url)
        base = services_on(sqlite_database, DUE)
        policy = base.policy.model_copy(update={"people": roles})
        yield Company(replace(base, policy=policy, slack=way_out), sqlite_database, slack)
        way_out.close()


def test_what_somebody_cost_reaches_nobody_else_whatever_they_are(larkfield: Company) -> None:
    larkfield.run_everything()
    leaks = []
    for user in OTHERS:
        said = {**larkfield.answers(user), "was sent": larkfield.sent_to(user)}
        assert {"who", "privacy", "rules", "entries", "lead-sees"} <= said.keys()
        leaks += [(user, asked, canary) for asked, text in said.items() for canary in CANARIES if canary in text]

    assert leaks == []


def test_the_canary_is_really_there_and_really_counted(larkfield: Company) -> None:
    """Without this the other could pass on an empty company."""
    larkfield.run_everything()
    ana = viewer_of(larkfield.database, ANA)
    with larkfield.database.reading() as session:
        figures = figures_with(session, ana.person_id)
        logged = entries_of(session, [FIGURE])
    said = every_answer(larkfield.services, ana, "show 12w", "who", "entries", "lead-sees")

    assert "7,391" in said["show 12w"]
    assert figures
    assert logged
    assert "Platform, cost, 5 Oct to 1 Nov · everybody in Platform" in said["who"]
    assert "Log mark today: " in said["who"]
    assert "could be read by everybody in Platform, one report reader" in said["entries"]
    assert "Platform, week of 9 November" in said["lead-sees"] or "Platform, week of 16 November" in said["lead-sees"]


def test_who_tells_somebody_who_is_counted_in_nothing_that_there_is_nothing(larkfield: Company) -> None:
    larkfield.run_everything()
    said = every_answer(larkfield.services, viewer_of(larkfield.database, INES), "who", "entries", "lead-sees")

    assert "*Figures you are counted in:* none." in said["who"]
    assert "Platform" not in said["entries"]
    assert "made-up example" in said["lead-sees"]
