"""The operator's file of the organisation: read whole, or refused with every line that is wrong."""

import pytest

from bot.connectors import org_file
from bot.domain.organisation import FiledTeam
from bot.errors import InputError

USUAL = """\
group,Larkfield,
group,Engineering,Larkfield
group,Payments,Engineering
member,Ana@Larkfield.example,Payments
member,mo@larkfield.example,Payments
team,Payments,mo@larkfield.example
place,Payments,acme/payments
place,payments,PAY
"""


def parse(rows: str) -> org_file.OrgFile:
    return org_file.parse(f"what,name,value\n{rows}".encode())


def problems(rows: str) -> list[str]:
    with pytest.raises(InputError) as raised:
        parse(rows)
    return list(raised.value.rows)


def test_it_holds_groups_homes_and_teams() -> None:
    read = parse(USUAL)

    assert read.organisation.tree.parents == {"Larkfield": "", "Engineering": "Larkfield", "Payments": "Engineering"}
    assert read.organisation.homes == {"ana@larkfield.example": "Payments", "mo@larkfield.example": "Payments"}
    assert read.organisation.teams == [
        FiledTeam("Payments", "mo@larkfield.example", ("acme/payments", "PAY"), "Payments", "", "Payments", "")
    ]
    assert (read.rows, read.lead_lines, read.place_lines) == (
        8, {"mo@larkfield.example": 7}, {"acme/payments": 8, "PAY": 9}
    )  # fmt: skip


def test_a_team_may_be_a_user_group_with_a_channel_and_another_groups_cost() -> None:
    more = "members,Payments,S0614TZR7\ncost,Payments,Engineering\nchannel,Payments,C0123456789\n"

    assert parse(more + USUAL).organisation.teams == [
        FiledTeam(
            "Payments", "mo@larkfield.example", ("acme/payments", "PAY"), "", "S0614TZR7", "Engineering", "C0123456789"
        )
    ]


def test_the_order_of_rows_and_saying_a_thing_twice_change_nothing() -> None:
    usual, turned = parse(USUAL), parse("\n".join(reversed(USUAL.splitlines())) + "\n" + USUAL)

    assert turned.organisation.tree == usual.organisation.tree
    assert turned.organisation.homes == usual.organisation.homes
    assert set(turned.organisation.teams[0].places) == set(usual.organisation.teams[0].places)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("group,Web", "line 10: 2 columns where 3 belong"),
        ("grupo,Web,", "line 10: the first column is none of group, member, team, place, members, cost, channel"),
        ("group,,Engineering", "line 10: the name is none: a line of up to 60 characters"),
        ("group,Web,Enginering", "line 10: the group that it lies in is not in the file"),
        ("group,Payments,Larkfield", "line 10: the group is in line 4 already, in another group: groups would overlap"),
        (
            "member,ANA@larkfield.example,Engineering",
            "line 10: the member is in line 5 already, in another group; a person has one home",
        ),
        ("member,zoe@larkfield.example,Sales", "line 10: the member's group is not in the file"),
        ("member,zoe,Payments", "line 10: the member is no mail address"),
        ("team,Web,zoe", "line 10: the lead is no mail address"),
        ("team,PAYMENTS,ana@larkfield.example", "line 10: the team is in line 7 already, with another lead"),
        ("place,Payments,two words", "line 10: the repository or project has no name that can be one"),
        ("place,Web,acme/web", "line 10: the team is not in the file"),
        (
            "members,Payments,everybody",
            "line 10: the members are neither a group of the file nor the id of a user group in Slack",
        ),
        ("cost,Payments,Sales", "line 10: the group whose cost is shown is not in the file"),
        ("channel,Payments,#payments", "line 10: the channel is no id: C0123456789, for example"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_reason(row: str, problem: str) -> None:
    assert problems(f"{USUAL}{row}\n") == [problem]


def test_a_team_needs_places_and_members() -> None:
    assert problems("team,Web,zoe@larkfield.example\n") == [
        "line 2: nothing says who is in the team: no group has its name, and it has no row `members`",
        "line 2: the team has no row `place`: no repository and no project",
    ]


def test_a_team_with_two_answers_to_one_question_is_refused() -> None:
    assert problems(f"{USUAL}cost,Payments,Larkfield\ncost,Payments,Engineering\n") == [
        "line 11: line 10 says something else of the team already"
    ]


def test_rings_are_refused_each_in_one_line() -> None:
    rows = "group,B,A\ngroup,A,B\ngroup,C,A\ngroup,D,D\n"

    assert problems(rows) == [
        "line 3: the groups lie in a ring: A in B in A",
        "line 5: the groups lie in a ring: D in D",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "line 1: the header must be what,name,value"),
        (b"group,Web,\n", "line 1: the header must be what,name,value"),
        (b"what,name,value\ngroup,\xff,\n", "not UTF-8"),
        (b'what,name,value\ngroup,"Web,\n', "not CSV"),
    ],
)
def test_what_is_no_such_file_is_said(content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        org_file.parse(content)


def test_a_spreadsheets_mark_at_the_start_is_no_part_of_the_header() -> None:
    assert org_file.parse("\ufeffWhat, Name ,value\ngroup,Web,\n".encode()).organisation.tree.parents == {"Web": ""}
