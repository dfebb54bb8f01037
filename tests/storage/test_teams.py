"""Teams: who is in them, who leads them, what an operator is asked, and what the file changes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.export import Organised
from bot.domain.teams import Pending, Team, Wish
from storage import erasure, organisation, people, teams
from storage.engine import Database
from storage.export import everything_about
from tests.cast import MARKS, ORG, T0, TODAY
from tests.storage.organisations import ROWS, join, load, names_of, number_of, profile

WISH = Wish("Payments", ("acme/payments", "PAY"), group="Payments")
LATER = T0 + timedelta(hours=1)


def create(database: Database, wish: Wish = WISH, lead: str = "mo", **how: Any) -> Team:
    usual: dict[str, Any] = {"cost_group": "Payments", "is_agreed": True}
    number = number_of(database, lead)
    return database.writing(lambda session: teams.create(session, wish, number, T0, **usual | how))


def running(database: Database) -> list[Team]:
    with database.reading() as session:
        return teams.running_teams(session)


def members(database: Database, team: Team) -> list[str]:
    with database.reading() as session:
        found = teams.members(session, team.id)
    assert found == sorted(found)
    return names_of(database, found)


def names_of_teams_of(database: Database, name: str) -> list[str]:
    with database.reading() as session:
        return [team.name for team in teams.teams_of(session, number_of(database, name))]


def company(database: Database) -> None:
    join(database, "mo", "ana", "wes", "edna", "sue")
    load(database)


def test_a_team_that_was_agreed_to_runs_and_is_its_leads_and_its_members(database: Database) -> None:
    company(database)
    team = create(database)

    assert running(database) == [team]
    assert (team.places, team.channel, team.since) == (("acme/payments", "PAY"), "", T0)
    assert members(database, team) == ["ana", "mo"]
    assert {name: names_of_teams_of(database, name) for name in ("mo", "ana", "wes", "edna")} == {
        "mo": ["Payments"], "ana": ["Payments"], "wes": [], "edna": []
    }  # fmt: skip


def test_a_group_has_everybody_who_lies_in_it_and_its_lead_need_not(database: Database) -> None:
    company(database)
    team = create(database, Wish("Engineering", ("acme/web",), group="Engineering"), lead="sue")

    assert members(database, team) == ["ana", "edna", "mo", "wes"]
    assert names_of_teams_of(database, "sue") == ["Engineering"]
    assert names_of_teams_of(database, "wes") == ["Engineering"]


def test_who_has_left_is_in_no_team(database: Database) -> None:
    company(database)
    team = create(database)
    join(database, "ana", is_deleted=True)

    assert members(database, team) == ["mo"]


def test_a_user_groups_members_are_those_whom_the_directory_knows(database: Database) -> None:
    company(database)
    team = create(database, WISH._replace(group="", user_group="S0PAY"))

    def put(*users: str) -> int:
        return database.writing(lambda session: teams.put_members(session, team.id, ORG, users))

    assert members(database, team) == []
    assert put("U0ANA", "U0WES", "U0UNKNOWN") == 2
    assert members(database, team) == ["ana", "wes"]
    assert put("U0ANA", "U0SUE") == 2
    assert members(database, team) == ["ana", "sue"]
    assert names_of_teams_of(database, "wes") == []


def test_that_a_user_group_is_gone_is_news_once(database: Database) -> None:
    company(database)
    team = create(database, WISH._replace(group="", user_group="S0PAY"))

    def note(*, gone: bool) -> bool:
        return database.writing(lambda session: teams.note_user_group(session, team.id, gone=gone))

    assert [note(gone=False), note(gone=True), note(gone=True), note(gone=False), note(gone=True)] == [
        False, True, False, True, True
    ]  # fmt: skip


def test_a_team_that_waits_for_an_operator_gets_nothing_until_one_agrees(database: Database) -> None:
    company(database)
    asked = create(database, is_agreed=False)

    def pending() -> Pending | None:
        with database.reading() as session:
            return teams.pending(session, asked.id)

    assert (running(database), members(database, asked)) == ([], [])
    with database.reading() as session:
        assert teams.name_is_taken(session, "payments")
    assert pending() == Pending(asked, is_new=True)
    agreed = database.writing(lambda session: teams.agree(session, asked.id, LATER))
    assert agreed is not None
    assert (agreed.since, running(database), pending()) == (LATER, [agreed], None)
    assert agreed.places_since is None, "they are those that it began with"
    assert database.writing(lambda session: teams.agree(session, asked.id, LATER)) is None
    assert database.writing(lambda session: teams.decline(session, asked.id)) is None
    assert running(database) == [agreed]


def test_a_declined_team_never_runs_and_its_name_is_free(database: Database) -> None:
    company(database)
    asked = create(database, is_agreed=False)
    database.writing(lambda session: teams.decline(session, asked.id))

    assert database.writing(lambda session: teams.agree(session, asked.id, LATER)) is None
    with database.reading() as session:
        assert not teams.name_is_taken(session, "payments")
    assert running(database) == []


def test_other_places_wait_while_the_team_goes_on(database: Database) -> None:
    company(database)
    team = create(database)
    wider = ("acme/payments", "acme/web")

    def ask() -> None:
        database.writing(lambda session: teams.ask_for_places(session, team.id, wider))

    ask()
    assert running(database) == [team]
    with database.reading() as session:
        pending = teams.pending(session, team.id)
    assert pending is not None
    assert (pending.is_new, pending.team.places) == (False, wider)
    database.writing(lambda session: teams.decline(session, team.id))
    assert running(database) == [team]
    ask()
    agreed = database.writing(lambda session: teams.agree(session, team.id, LATER))
    assert agreed is not None
    assert (agreed.places, agreed.since, agreed.places_changed_at) == (wider, T0, LATER)


def test_settings_change_what_is_given_and_a_stopped_team_is_gone(database: Database) -> None:
    company(database)
    team = create(database)
    wished = replace(team, weekday=3, hour=14, channel="C0PAY", places=("PAY",))

    assert database.writing(lambda session: teams.change(session, wished, T0))
    assert running(database) == [replace(wished, places_changed_at=T0)]
    assert database.writing(lambda session: teams.change(session, team, LATER))
    assert running(database) == [replace(team, places_changed_at=LATER)]
    other_order = replace(team, places=team.places[::-1], weekday=2)
    assert database.writing(lambda session: teams.change(session, other_order, LATER + timedelta(days=7)))
    assert running(database) == [replace(other_order, places_changed_at=LATER)]
    assert database.writing(lambda session: teams.stop(session, team.id))
    assert not database.writing(lambda session: teams.stop(session, team.id))
    assert not database.writing(lambda session: teams.change(session, wished, LATER))
    assert (running(database), members(database, team), names_of_teams_of(database, "mo")) == ([], [], [])
    with database.reading() as session:
        assert teams.team_of_id(session, team.id) is None


def test_a_team_of_the_file_stops_with_it_and_one_made_in_slack_stays(database: Database) -> None:
    company(database)
    create(database, from_file=True)
    made = create(database, Wish("Web", ("acme/web",), group="Web"), lead="wes")
    load(database, ROWS[:10])

    assert running(database) == [made]


def test_a_team_of_the_file_follows_it(database: Database) -> None:
    company(database)
    team = create(database, from_file=True)
    narrower = ("acme/payments",)
    database.writing(lambda session: teams.change(session, replace(team, places=narrower, weekday=4), LATER))
    load(database, [*ROWS, "cost,Payments,Engineering", "members,Payments,S0PAYMENTS"])
    [followed] = running(database)

    assert (followed.places, followed.weekday) == (narrower, 4), "what the file says as before is the lead's"
    assert (followed.cost_group, followed.group, followed.user_group) == ("Engineering", "", "S0PAYMENTS")
    load(database, [*ROWS[:10], "team,Payments,ana@example.com", "place,Payments,acme/new"])
    [followed] = running(database)
    assert (followed.places, followed.places_changed_at) == (("acme/new",), T0)
    assert followed.lead_person_id == number_of(database, "ana")


def test_a_lead_who_erases_everything_takes_their_teams_along(database: Database) -> None:
    company(database)
    create(database)
    of_group = create(database, Wish("Web", ("acme/web",), user_group="S0WEB"), lead="wes")
    database.writing(lambda session: teams.put_members(session, of_group.id, ORG, ["U0MO", "U0SUE"]))
    mo = number_of(database, "mo")
    database.writing(lambda session: erasure.erase(session, mo, MARKS, TODAY))

    assert running(database) == [of_group]
    assert members(database, of_group) == ["sue"]
    with database.reading() as session:
        assert organisation.group_of(session, mo) is None


def test_ones_own_file_has_ones_group_and_teams(database: Database) -> None:
    company(database)
    create(database)
    nights = create(database, Wish("Nights", ("acme/web",), user_group="S0NIGHT01"), lead="wes", is_agreed=False)
    database.writing(lambda session: teams.put_members(session, nights.id, ORG, ["U0MO"]))

    def organised(name: str) -> Organised:
        with database.reading() as session:
            viewer = people.viewer_of(session, profile(name).slack_id)
            assert viewer is not None
            stored = everything_about(session, viewer, MARKS)
        assert stored is not None
        return stored.organised

    assert organised("mo") == Organised(
        "Payments", ["Payments"], [("Nights", "asked", False), ("Payments", "running", True)]
    )
    assert organised("ana") == Organised("Payments", [], [])
