"""Accounts at tools, the operator's file and Slack's directory, for the end-to-end tests."""

from collections.abc import Iterator
from datetime import timedelta

from bot.connectors.pull import ListedAccount, PullSource, ReportedDay, ReportedRow
from bot.domain.people import Link
from bot.jobs.assigning import take_accounts
from bot.playground.methods.users import user_json
from storage import links
from tests.cast import TODAY, row
from tests.e2e.harness import Stage


class Copilot(PullSource):
    """A source whose rows call people by a login; what it lists and reports is up to the test."""

    kind, name, provider = "copilot", "company", "github"

    def __init__(self) -> None:
        self.listed: list[ListedAccount] = []
        self.used: set[str] = set()

    def accounts(self) -> Iterator[ListedAccount]:
        yield from self.listed

    def reported_days(self, first: object, last: object) -> Iterator[ReportedDay]:
        day = TODAY - timedelta(days=1)
        used = row(day=day, source="copilot", tool="copilot", model="gpt-5", billed_nano_usd=4_560_000_000)
        yield ReportedDay(day, [[ReportedRow(name, used) for name in sorted(self.used)]])


def give(stage: Stage, user: str, name: str, provider: str = "github") -> None:
    """Load the operator's file with one row for *user*."""
    email = stage.slack.world.users[user].email
    take_accounts(stage.services, f"provider,account,person\n{provider},{name},{email}\n".encode())


def linked(stage: Stage, user: str) -> list[Link]:
    viewer = stage.viewer(user)
    assert viewer is not None
    with stage.services.database.reading() as session:
        return [link for link in links.links_of(session, viewer.person_id) if link.provider != "own"]


def off_but_known(stage: Stage, **more: str) -> str:
    """Let somebody join whom the directory names by an event."""
    user = stage.newcomer(**more)
    tell(stage, user)
    return user


def tell(stage: Stage, user: str) -> None:
    """Let Slack say what it knows of a user now."""
    stage.slack.event("user_change", user=user_json(stage.slack.world, stage.slack.world.users[user]))
    stage.settle()
