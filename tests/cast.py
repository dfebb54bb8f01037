"""The cast: Ada, who uses the bot; Bob, her colleague; Eve, who must see nothing of either."""

from datetime import UTC, date, datetime
from typing import Any, Final

from bot.domain.marks import Marks
from bot.domain.people import Profile, SlackId, Viewer
from bot.domain.usage import UsageRow
from storage import people
from storage.engine import Database

T0: Final = datetime(2026, 11, 19, 9, 40, tzinfo=UTC)  # a Thursday
TODAY: Final = T0.date()
DAILY_DAYS: Final = 105

ORG: Final = "E0ACME"
ADA: Final = Profile(SlackId(ORG, "U0ADA"), "Ada Lovelace", "ada@example.com", "Europe/Berlin")
BOB: Final = Profile(SlackId(ORG, "U0BOB"), "Bob Marsh", "bob@example.com", "America/New_York")
EVE: Final = Profile(SlackId(ORG, "U0EVE"), "Eve Stone", "eve@example.com", "Asia/Tokyo")

MARKS: Final = Marks(b"a secret of the tests, nobody else's")


def row(**changes: Any) -> UsageRow:
    """Return one day of usage, with what matters to a test changed."""
    usual: dict[str, Any] = {
        "day": date(2026, 11, 18),
        "source": "ccusage",
        "source_id": 1,
        "tool": "claude-code",
        "model": "claude-sonnet-4-5",
    }
    return UsageRow(**usual | changes)


def switched_on(database: Database, profile: Profile = ADA, now: datetime = T0) -> Viewer:
    """Switch *profile* on and return who they are to the bot."""
    return database.writing(lambda session: people.switch_on(session, profile, MARKS, now, DAILY_DAYS))


def own_account(database: Database, viewer: Viewer) -> int:
    """Return the account that the viewer's own uploads hang on."""
    return database.writing(lambda session: people.own_account(session, viewer.slack_id))
