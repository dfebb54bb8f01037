"""A small organisation for tests of what lies in the database."""

from collections.abc import Sequence
from typing import Any

from bot.connectors import org_file
from bot.domain.people import Profile, SlackId
from storage import directory, organisation, people
from storage.engine import Database
from tests.cast import MARKS, ORG, T0

ROWS = (
    "group,Larkfield,",
    "group,Engineering,Larkfield",
    "group,Payments,Engineering",
    "group,Web,Engineering",
    "group,Sales,Larkfield",
    "member,mo@example.com,Payments",
    "member,ana@example.com,Payments",
    "member,wes@example.com,Web",
    "member,edna@example.com,Engineering",
    "member,sue@example.com,Sales",
    "team,Payments,mo@example.com",
    "place,Payments,acme/payments",
    "place,Payments,PAY",
)


def profile(name: str, **changes: Any) -> Profile:
    """Return somebody of Slack's directory, by a short name."""
    usual: dict[str, Any] = {
        "slack_id": SlackId(ORG, f"U0{name.upper()}"),
        "name": name.title(),
        "email": f"{name}@example.com",
        "tz": "UTC",
    }
    return Profile(**usual | changes)


def join(database: Database, *names: str, **changes: Any) -> None:
    """Let people be in Slack's directory."""
    page = [profile(name, **changes) for name in names]
    database.writing(lambda session: directory.take_page(session, page, MARKS, T0, guests_allowed=False))


def number_of(database: Database, name: str) -> int:
    """Return the number of somebody of the directory."""
    with database.reading() as session:
        viewer = people.viewer_of(session, profile(name).slack_id)
    assert viewer is not None
    return viewer.person_id


def load(database: Database, rows: Sequence[str] = ROWS) -> None:
    """Load an organisation's file."""
    read = org_file.parse("\n".join(["what,name,value", *rows]).encode())
    database.writing(lambda session: organisation.replace_organisation(session, read.organisation, MARKS, T0))


def names_of(database: Database, numbers: Sequence[int]) -> list[str]:
    """Return how these persons are called, in small letters."""
    with database.reading() as session:
        found = [people.by_person_id(session, number) for number in numbers]
    return sorted(each.name.lower() for each in found if each is not None)
