"""The operator's file in the database: homes are those whom the directory knows, and each load replaces the last."""

from bot.domain.organisation import Tree
from bot.domain.teams import ListedTeam
from storage import erasure, organisation, organised_people
from storage.engine import Database
from storage.ids import table_of
from storage.tables import OrgHome, OrgMember, OrgTeam
from tests.cast import MARKS, TODAY
from tests.storage.organisations import ROWS, join, load, names_of, number_of, profile


def homes(database: Database) -> dict[str, str]:
    with database.reading() as session:
        found = list(organisation.homes(session))
    assert found == sorted(found)
    return {names_of(database, [number])[0]: group for number, group in found}


def tree(database: Database) -> Tree:
    with database.reading() as session:
        return organisation.tree(session)


def refresh(database: Database) -> int:
    with database.reading() as session:
        found = organised_people.moves(session, MARKS)
    database.writing(lambda session: organised_people.make_moves(session, found))
    return found.homes


def listed(database: Database, name: str = "Payments") -> ListedTeam | None:
    with database.reading() as session:
        return organisation.listed_team(session, name)


def test_before_any_file_there_are_no_groups_and_no_homes(database: Database) -> None:
    join(database, "ana")
    with database.reading() as session:
        assert organisation.group_of(session, number_of(database, "ana")) is None
    assert (tree(database).parents, homes(database)) == ({}, {})


def test_everybody_of_the_file_whom_the_directory_knows_has_their_home(database: Database) -> None:
    join(database, "mo", "ana", "wes", "zoe")
    load(database)

    assert homes(database) == {"mo": "Payments", "ana": "Payments", "wes": "Web"}
    assert tree(database).parents["Payments"] == "Engineering"
    with database.reading() as session:
        assert organisation.group_of(session, number_of(database, "wes")) == "Web"
        assert organisation.group_of(session, number_of(database, "zoe")) is None


def test_who_joins_gets_their_home_at_night_and_who_leaves_or_moves_loses_the_old_one(database: Database) -> None:
    join(database, "mo", "ana")
    load(database)
    join(database, "wes")
    join(database, "ana", is_deleted=True)

    assert refresh(database) == 2
    assert homes(database) == {"mo": "Payments", "wes": "Web"}
    load(database, [*ROWS[:5], "member,mo@example.com,Sales", "member,wes@example.com,Web"])
    assert homes(database) == {"mo": "Sales", "wes": "Web"}
    assert refresh(database) == 2
    assert homes(database) == {"mo": "Sales", "wes": "Web"}


def test_a_file_that_is_loaded_while_the_night_looks_people_up_is_not_undone(database: Database) -> None:
    load(database)
    join(database, "mo", "sue")
    with database.reading() as session:
        found = organised_people.moves(session, MARKS)
    load(database, ["group,Sales,", "member,sue@example.com,Sales"])
    database.writing(lambda session: organised_people.make_moves(session, found))

    assert homes(database) == {"sue": "Sales"}


def test_an_address_that_was_somebody_elses_first_is_nobodys_home(database: Database) -> None:
    join(database, "mo")
    join(database, "mo", is_deleted=True)
    with_mos_address = profile("new", email="mo@example.com")
    join(database, "new", email=with_mos_address.email)
    load(database)

    assert homes(database) == {}


def test_two_users_of_one_address_are_nobody(database: Database) -> None:
    join(database, "ana")
    join(database, "twin", email="ana@example.com")
    load(database)

    assert homes(database) == {}


def test_the_file_replaces_the_one_before_as_a_whole(database: Database) -> None:
    join(database, "mo", "sue")
    load(database)
    load(database, ["group,Sales,", "member,sue@example.com,Sales"])

    assert (tree(database).parents, homes(database), listed(database)) == ({"Sales": ""}, {"sue": "Sales"}, None)


def test_mail_addresses_are_not_kept(database: Database) -> None:
    load(database)
    with database.engine.connect() as connection:
        kept = [
            str(row) for model in (OrgMember, OrgHome, OrgTeam) for row in connection.execute(table_of(model).select())
        ]

    assert len(kept) == 6
    assert not any("@" in row or "example" in row for row in kept)


def test_a_listed_team_is_found_however_its_name_is_written(database: Database) -> None:
    join(database, "mo")
    load(database)
    mo = number_of(database, "mo")
    expected = ListedTeam("Payments", ("acme/payments", "PAY"), mo, group="Payments", cost_group="Payments")

    assert (listed(database, " PAYMENTS "), listed(database, "Web")) == (expected, None)
    with database.reading() as session:
        assert organisation.listed_teams_of(session, mo) == [expected]


def test_a_lead_whom_slack_does_not_know_yet_is_the_lead_once_it_does(database: Database) -> None:
    load(database)
    before = listed(database)
    join(database, "mo")
    refresh(database)
    after = listed(database)

    assert before is not None
    assert after is not None
    assert (before.lead_person_id, after.lead_person_id) == (None, number_of(database, "mo"))


def test_who_erases_everything_has_no_home_until_the_next_night(database: Database) -> None:
    join(database, "mo", "ana")
    load(database)
    mo = number_of(database, "mo")
    database.writing(lambda session: erasure.erase(session, mo, MARKS, TODAY))
    kept = listed(database)

    assert homes(database) == {"ana": "Payments"}
    assert kept is not None
    assert kept.lead_person_id is None
    join(database, "mo")
    refresh(database)
    assert homes(database) == {"ana": "Payments", "mo": "Payments"}
