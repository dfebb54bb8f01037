"""What an operator agrees to is what the message said, and places of the file are for the lead whom it names."""

from dataclasses import replace

import pytest

from bot.domain.people import SlackId
from bot.domain.teams import ASKED, Team
from bot.jobs.kind import ToPerson
from bot.jobs.kinds import KINDS
from bot.policy import People
from bot.services import Services
from handlers import team_settings
from handlers.teamdigest import WORDS
from handlers.visit import Visit
from storage import teams
from storage.engine import Database
from storage.tables import OrgTeam
from tests.promises.answers import services_on
from tests.team_company import founded, team_of, viewer_of

SAM, MO = "U01RUI", "U01MO"


@pytest.fixture
def services(sqlite_database: Database) -> Services:
    founded(sqlite_database)
    made = services_on(sqlite_database)
    return replace(made, policy=made.policy.model_copy(update={"people": People(operators=(SAM,))}))


def wish(services: Services, team: Team, *places: str) -> None:
    """Let the lead send the settings with these places."""
    fields = {"places": "\n".join(places), "channel": "", "weekday": "usual", "hour": "usual"}
    visit = Visit(SlackId("T0LOCAL", MO), "T0LOCAL", "settings", str(team.id), "", f"send {places}", fields=fields)
    team_settings.save(visit, None, services)


def asked(services: Services, team: Team) -> list[dict[str, str]]:
    """Return the buttons of the question as an operator gets it now."""
    kind, sam = KINDS[ASKED], viewer_of(services.database, SAM)
    assert isinstance(kind, ToPerson)
    message = kind.compose(services, sam, {"team": str(team.id)})
    assert message is not None
    return next(block["elements"] for block in message.blocks(rich=False) if block["type"] == "actions")


def press(services: Services, button: dict[str, str]) -> str:
    word = button["action_id"].removeprefix("teamdigest-").partition(":")[0]
    answer = WORDS[word].anybody
    assert answer is not None
    visit = Visit(
        SlackId("T0LOCAL", SAM),
        "T0LOCAL",
        word,
        button["value"],
        "",
        button["action_id"],
        from_button=True,
    )
    return answer(visit, None, services).as_text()


def places_now(services: Services, team: Team) -> tuple[str, ...]:
    with services.database.reading() as session:
        found = teams.team_of_id(session, team.id)
    assert found is not None
    return found.places


@pytest.mark.parametrize("number", [0, 1])
def test_an_answer_to_an_earlier_wish_settles_no_later_one(services: Services, number: int) -> None:
    team = team_of(services.database)
    before = places_now(services, team)
    wish(services, team, *before, "acme/web")
    first = asked(services, team)[number]
    wish(services, team, *before, "acme/pay-of-everybody")
    said = press(services, first)

    assert places_now(services, team) == before
    assert "asked for something else since" in said
    assert press(services, asked(services, team)[0]) != said
    assert places_now(services, team) == (*before, "acme/pay-of-everybody")


def test_places_that_the_file_gives_another_lead_need_an_operator(services: Services) -> None:
    team = team_of(services.database)
    other = viewer_of(services.database, "U01PLAT00").person_id
    listed = OrgTeam(name_key="payments", name="Payments", lead_mark=b"x" * 16, lead_person_id=other, places="acme/x")
    services.database.writing(lambda session: session.add(listed))
    wish(services, team, "acme/x")

    assert places_now(services, team) == team.places
