"""A small company for tests of what is released: Payments and Platform in Engineering, with work, cost and consents.

Mo leads Payments and Ana is in it; neither has switched anything on. Platform has 20 people, all on and counted.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlmodel import Session

from bot.connectors import org_file
from bot.domain.outcomes.work import FinishedItem
from bot.domain.people import Profile, SlackId, Viewer
from bot.domain.teams import Team, Wish
from bot.playground.people import MADE_UP_PEOPLE
from bot.playground.things import LocalUser
from bot.policy import load_policy
from storage import choices, directory, finished, organisation, people, pulls, teams, usage
from storage.engine import Database
from storage.ids import source_id
from tests.cast import DAILY_DAYS, MARKS, T0, row
from tests.domain.outcomes.cast import change, ticket

USD: Final = 10**9
WEEK: Final = date(2026, 11, 9)  # carries the block of 5 October to 1 November
DUE: Final = datetime(2026, 11, 17, 9, tzinfo=UTC)  # Tuesday 9:00 in London
CALM: Final = date(2026, 11, 16)  # a week that carries nothing
CALM_DUE: Final = DUE + timedelta(weeks=1)
PLATFORM: Final = tuple(f"U01PLAT{number:02}" for number in range(20))
USERS: Final = [
    *MADE_UP_PEOPLE,
    *(LocalUser(user, f"Plat{user[-2:]} Person", f"{user.lower()}@larkfield.example") for user in PLATFORM),
]
_GROUPS: Final = (
    "group,Larkfield,",
    "group,Engineering,Larkfield",
    "group,Payments,Engineering",
    "group,Platform,Engineering",
)
# In no group of the file: with them the company is large enough for a figure of its own.
_ELSEWHERE: Final = [
    Profile(SlackId("T0LOCAL", f"U01ELSE{number:02}"), f"Else{number} Person", f"else{number}@larkfield.example", "UTC")
    for number in range(17)
]
PLACES: Final = ("acme/payments", "acme/ledger")


def profile_of(user: str) -> Profile:
    """Return somebody of the local Slack's directory."""
    found = next(each for each in USERS if each.id == user)
    tz = "Europe/London" if user in {"U01MO", "U01ANA"} else "UTC"
    return Profile(SlackId("T0LOCAL", user), found.name, found.email, tz)


def viewer_of(database: Database, user: str) -> Viewer:
    """Return who a user is to the bot."""
    with database.reading() as session:
        viewer = people.viewer_of(session, SlackId("T0LOCAL", user))
    assert viewer is not None
    return viewer


def founded(database: Database, platform: Sequence[str] = PLATFORM) -> None:
    """Let everybody be in the directory and in the company's file."""
    everybody = ("U01MO", "U01ANA", "U01RUI", *platform)
    profiles = [*map(profile_of, everybody), *_ELSEWHERE]
    database.writing(lambda session: directory.take_page(session, profiles, MARKS, T0, guests_allowed=False))
    groups = dict.fromkeys(platform, "Platform") | {"U01MO": "Payments", "U01ANA": "Payments"}
    members = [f"member,{profile_of(user).email},{group}" for user, group in groups.items()]
    read = org_file.parse("\n".join(["what,name,value", *_GROUPS, *members]).encode())
    database.writing(lambda session: organisation.replace_organisation(session, read.organisation, MARKS, T0))


def team_of(
    database: Database,
    *,
    channel: str = "",
    lead: str = "U01MO",
    group: str = "Payments",
    since: datetime | None = None,
) -> Team:
    """Set up a team as its lead does."""
    person, at = viewer_of(database, lead).person_id, since or DUE - timedelta(days=60)
    wish = Wish(group, PLACES, group=group, channel=channel)
    return database.writing(lambda session: teams.create(session, wish, person, at, cost_group=group, is_agreed=True))


def worked(database: Database, *, told_on: datetime = DUE, more: Sequence[FinishedItem] = ()) -> None:
    """Let GitHub have told, up to yesterday, of ten changes a week by four authors, of which one came back."""
    items = [*weekly_work(), *more]

    def store(session: Session) -> None:
        github = source_id(session, "github", "company")
        finished.put_items(session, github, items)
        pulls.note_success(session, github, told_on)

    database.writing(store)


def weekly_work(weeks: int = 18, last: date = CALM) -> list[FinishedItem]:
    """Return ten changes a week, of which the tenth came back, and two tickets."""
    found: list[FinishedItem] = []
    for back in range(weeks):
        monday = last - timedelta(weeks=back)
        for number in range(10):
            day = monday + timedelta(days=number % 5)
            returned = day + timedelta(days=2) if number == 9 else None
            found.append(
                change(
                    100 * back + number,
                    day,
                    place=PLACES[number % 2],
                    author=bytes([number % 4]) * 16,
                    came_back_on=returned,
                    lines=40 + 10 * number,
                    minutes_open=600 + 60 * number,
                    minutes_to_first_review=120 + 30 * number,
                    reviewed=number != 5,
                )
            )
        found += [ticket(10 * back + number, monday, place=PLACES[0], author=b"t" * 16) for number in range(2)]
    return found


def counted(database: Database, user: str, cost_usd: int, *, says: str = "yes", mark: str = "") -> Viewer:
    """Let somebody be on, say whether they may be counted, and have cost so much in the block of October."""
    viewer = database.writing(
        lambda s: people.switch_on(s, profile_of(user), MARKS, T0 - timedelta(days=90), DAILY_DAYS)
    )
    policy = mark or load_policy(None).mark

    def fill(session: Session) -> None:
        choices.choose(session, viewer.person_id, "counted", says, T0)
        choices.choose(session, viewer.person_id, "counted_under_policy", policy, T0)
        account = people.own_account(session, viewer.slack_id)
        source = source_id(session, "anthropic", "company")
        day = date(2026, 10, 14)
        used = row(day=day, source="anthropic", source_id=source, billed_nano_usd=cost_usd * USD)
        usage.replace_days(session, account, source, {day}, [used] if cost_usd else [], T0)

    database.writing(fill)
    return viewer


def everybody_counted(database: Database, cost_usd: int = 100) -> None:
    """Let all of Platform be counted, each at the same cost."""
    for user in PLATFORM:
        counted(database, user, cost_usd)


def billed(database: Database, usd: int) -> None:
    """Let Anthropic's own report of cost have so much in October."""
    database.writing(
        lambda session: pulls.note_bills(
            session, source_id(session, "anthropic", "company"), {date(2026, 8, 10): 0, date(2026, 10, 20): usd * USD}
        )
    )
