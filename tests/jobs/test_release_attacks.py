"""What somebody tries who wants to read more than is theirs, or to keep others from reading what is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session, col
from structlog.testing import capture_logs

from bot.domain.blocks_of_weeks import Block
from bot.domain.people import SlackId
from bot.domain.released import COMPANY_CELL
from bot.domain.teams import Wish
from bot.jobs import release, team_digests
from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from bot.policy import People, Retention
from bot.slack import Slack
from bot.views.blocks import texts_of
from handlers.teamdigest import WORDS
from handlers.visit import Visit
from storage import directory, teams
from storage.engine import Database
from storage.tables import OrgHome
from tests.cast import MARKS, T0
from tests.e2e.harness import texts
from tests.jobs.team_stage import Stage
from tests.jobs.test_release import ENGINEERING, home_text, ledger, parts, prepared
from tests.promises.answers import every_answer
from tests.team_company import DUE, PLACES, PLATFORM, USERS, counted, profile_of, team_of, viewer_of

NIGHT = "S0NIGHT01"


@pytest.fixture
def users() -> list[LocalUser]:
    return USERS


@pytest.fixture
def stage(sqlite_database: Database, slack: LocalSlack, way_out: Slack) -> Stage:
    return prepared(sqlite_database, slack, way_out)


def night_shift(stage: Stage, lead: str, cost_group: str, users: list[str]) -> None:
    """Set up a team whose members are a user group's, of whatever groups of the company they are."""
    person, at = viewer_of(stage.database, lead).person_id, DUE - timedelta(days=60)
    wish = Wish("Night shift", PLACES, user_group=NIGHT)

    def put(session: Session) -> None:
        team = teams.create(session, wish, person, at, cost_group=cost_group, is_agreed=True)
        teams.put_members(session, team.id, "T0LOCAL", users)

    stage.database.writing(put)


def test_who_is_not_in_the_group_reads_its_figure_in_no_window(stage: Stage) -> None:
    """Rui is in Mo's team by a user group, and in no group of the company."""
    night_shift(stage, "U01MO", "Payments", ["U01RUI", "U01ANA"])
    stage.tick()
    rui, ana = (viewer_of(stage.database, user) for user in ("U01RUI", "U01ANA"))

    assert ENGINEERING in every_answer(stage.services, ana, "lead-sees")["lead-sees"]
    window = every_answer(stage.services, rui, "lead-sees")["lead-sees"]
    assert "Night shift, week of 9 November" in window
    assert "With it your lead got the figure about cost of a group that you are not in." in window
    assert "Engineering" not in window + home_text(stage, "U01RUI")


@pytest.mark.parametrize(("lead", "cost_group"), [("U01RUI", ""), ("U01RUI", "Engineering")])
def test_a_teams_figure_keeps_nobody_from_that_of_their_own_group(stage: Stage, lead: str, cost_group: str) -> None:
    night_shift(stage, lead, cost_group, ["U01PLAT00", "U01RUI"])
    stage.tick()

    assert "*Usual AI cost of Platform" in home_text(stage, "U01PLAT00")
    assert "*Usual AI cost of Platform" in home_text(stage, "U01PLAT02")


def test_a_lead_who_moved_away_reads_the_figure_of_their_group_of_now(stage: Stage) -> None:
    """Mo set the team up in Slack; the company's file has put Mo elsewhere since."""
    team_of(stage.database)
    mo = viewer_of(stage.database, "U01MO").person_id
    moved = update(OrgHome).where(col(OrgHome.person_id) == mo).values(group_name="Larkfield")
    stage.database.writing(lambda session: session.connection().execute(moved))
    stage.tick()
    (note,) = stage.shown("U01MO")

    assert "*Usual AI cost of Larkfield, 5 Oct to 1 Nov:*" in texts(note)
    assert "Engineering" not in texts(note)
    assert ENGINEERING in home_text(stage, "U01ANA")


def test_a_lead_from_outside_whose_team_came_after_the_release_is_told_of(stage: Stage) -> None:
    """Rui is in no group of the company; the figure is an hour old when Rui's team is set up."""
    team_of(stage.database)
    stage.tick()
    before = who(stage)
    later = team_of(stage.database, lead="U01RUI", group="Engineering", since=DUE + timedelta(hours=1))
    stage.database.writing(lambda session: teams.change(session, replace(later, weekday=2), DUE))
    kept = ledger(stage)
    stage.tick(DUE + timedelta(days=1))

    assert ENGINEERING in texts(stage.shown("U01RUI")[-1])
    assert ledger(stage) == kept
    assert "Engineering, cost, 5 Oct to 1 Nov · everybody in Engineering\n" in before["who"]
    assert "Engineering, cost, 5 Oct to 1 Nov · everybody in Engineering, one lead\n" in who(stage)["who"]
    assert "group cost Engineering, 5 Oct to 1 Nov · could be read by one lead" in who(stage)["entries"]


def who(stage: Stage) -> dict[str, str]:
    return every_answer(stage.services, viewer_of(stage.database, PLATFORM[0]), "who", "entries")


def test_a_digest_in_a_channel_says_who_reads_it_there(stage: Stage) -> None:
    team_of(stage.database, channel="C01PAYMENTS")
    stage.tick()

    assert "Read by everybody in this channel and in Payments." in texts(stage.posted()[0])
    assert "Read by everybody in Payments." in home_text(stage, "U01ANA")


def test_a_yes_of_somebody_who_is_a_guest_now_does_not_count(stage: Stage) -> None:
    """Guests are not answered, so that they could not take it back."""
    guests = [replace(profile_of(user), is_guest=True) for user in PLATFORM[:8]]
    stage.database.writing(lambda s: directory.take_page(s, guests, MARKS, T0, guests_allowed=False))
    prepared_now = release.prepare(stage.services, Block(36))
    stage.database.writing(lambda session: release.figures_in(session, stage.services, prepared_now))

    assert ledger(stage).keys() == {COMPANY_CELL}
    assert parts(stage) == []


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("settings", "You lead no team that gets a digest."),
        ("stop", "You lead no team that gets a digest, so there is none to stop."),
        ("useful", "Noted."),  # the same as for a team's digest: nobody learns which teams there are
        ("vp-text", "There is no digest of yours to tell of."),
        ("last", "You are in no team that gets a digest."),
        ("not-my-team", "You lead no team here"),
        ("agree", "I didn't get that."),
    ],
)
@pytest.mark.parametrize("number", [2**63, 10**19 - 1])
def test_a_number_that_no_team_can_have_is_nobodys(stage: Stage, word: str, told: str, number: int) -> None:
    policy = stage.services.policy.model_copy(update={"people": People(operators=("U01MO",))})
    services, asked = replace(stage.services, policy=policy), WORDS[word]
    visit = Visit(SlackId("T0LOCAL", "U01MO"), "T0LOCAL", word, str(number), "", "")
    for each in (visit, replace(visit, argument=f"{number} 2026-W46")):
        if asked.anybody is not None:
            assert told in asked.anybody(each, None, services).as_text()
        if asked.modal_anybody is not None:
            assert any(told in text for text in texts_of(asked.modal_anybody(each, None, services)))
    assert stage.outbox() == []


def test_a_block_of_which_days_are_gone_has_no_figure(stage: Stage) -> None:
    """With four weeks of days kept, those of the block's first weeks are gone before it is settled."""
    kept = stage.services.policy.model_copy(update={"retention": Retention(daily_days=28)})
    stage.services = replace(stage.services, policy=kept)
    for user in PLATFORM:
        counted(stage.database, user, 100, mark=kept.mark)
    team_of(stage.database)
    stage.tick()

    assert ledger(stage).keys() == {COMPANY_CELL}


def test_how_many_figures_are_shown_is_told_to_nobody_who_runs_a_job(stage: Stage) -> None:
    """Groups are the operator's file: with the count they could try whether enough of some people said yes."""
    stage.at = DUE + timedelta(hours=40)
    with capture_logs() as lines:
        many = team_digests.run(stage.services)

    assert len(ledger(stage)) == 4
    assert many == {"released": 0, "quiet": 0, "waiting": 0, "told": 0, "blocks": 1}
    assert [line for line in lines if "figures" in line] == []
