"""Larkfield's organisation, as its operator's file has it."""

from bot.connectors import org_file
from bot.demo.company.organisation import organisation_file
from bot.demo.company.people import COMPANY, everybody
from bot.domain.organisation import FiledTeam, sizes


def test_everybody_employed_has_one_home_and_engineering_is_above_a_hundred() -> None:
    organisation = org_file.parse(organisation_file()).organisation
    number = sizes(organisation.tree, enumerate(organisation.homes.values()))

    assert organisation.homes.keys() == {each.email for each in everybody() if not each.is_guest}
    assert organisation.tree.tops() == [COMPANY]
    assert number[COMPANY] == len(organisation.homes) == 159
    assert {group: number[group] for group in ("Payments", "Platform", "Data", "Support")} == {
        "Payments": 10, "Platform": 25, "Data": 4, "Support": 14
    }  # fmt: skip
    assert number["Engineering"] > 100


def test_payments_is_a_team_of_mos_with_its_repositories() -> None:
    teams = {team.name: team for team in org_file.parse(organisation_file()).organisation.teams}

    assert teams["Payments"] == FiledTeam(
        "Payments", "mo@larkfield.example", ("acme/payments", "acme/ledger"), "Payments", "", "Payments"
    )
    assert teams.keys() == {"Payments", "Platform", "Mobile", "Data", "Support"}
