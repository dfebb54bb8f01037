"""160 made-up people, sixty of them with names, and the channels they are in."""

import re
from collections import Counter

import pytest

from bot.demo.company.people import everybody, local_channels, local_users, person, with_names
from bot.playground.people import MADE_UP_PEOPLE


def test_there_are_160_of_whom_60_have_names() -> None:
    assert (len(everybody()), len(with_names())) == (160, 60)


@pytest.mark.parametrize(
    ("team", "size"), [("Payments", 10), ("Platform", 25), ("Mobile", 24), ("Data", 4), ("Support", 14), ("Office", 6)]
)
def test_the_teams_have_the_sizes_of_the_demo(team: str, size: int) -> None:
    assert sum(each.team == team for each in everybody()) == size


def test_engineering_is_above_a_hundred() -> None:
    assert sum("Engineering" in each.groups for each in everybody()) > 100


def test_nobody_is_named_twice() -> None:
    for attribute in ("name", "handle", "email", "slack_id"):
        twice = Counter(getattr(each, attribute) for each in with_names())
        assert max(twice.values()) == 1, attribute
    assert len({each.email for each in everybody()}) == 160


def test_no_address_could_be_real() -> None:
    assert {each.email.rpartition(".")[2] for each in everybody()} == {"example"}
    assert all(re.fullmatch(r"[a-z]+@larkfield\.example", each.email) for each in with_names() if not each.is_guest)


@pytest.mark.parametrize(
    ("handle", "team"),
    [
        ("ana", "Payments"),
        ("mo", "Payments"),
        ("rui", "Platform"),
        ("dag", "Platform"),
        ("tove", "Platform"),
        ("nils", "Mobile"),
        ("bo", "Mobile"),
        *((handle, "Office") for handle in ("vera", "ines", "sam", "kit", "lea", "gus")),
    ],
)
def test_everyone_of_the_story_is_there(handle: str, team: str) -> None:
    assert (person(handle).team, bool(person(handle).name)) == (team, True)


def test_the_local_slack_knows_those_with_names_as_it_did() -> None:
    users = {user.id: user for user in local_users()}
    before = {user.id: user for user in MADE_UP_PEOPLE if user.id in users}

    assert len(users) == 60
    assert {"U01ANA", "U01MO", "U01RUI", "U01SAM", "U01INES", "U01VERA", "U01GUS"} == set(before)
    assert {(user.name, user.email, user.tz) for user in before.values()} == {
        (users[user].name, users[user].email, users[user].tz) for user in before
    }
    assert [user.id for user in users.values() if user.is_guest] == ["U01GUS"]
    assert max(Counter(user.handle for user in users.values()).values()) == 1


def test_leads_lead_their_own_team() -> None:
    assert {each.handle for each in everybody() if each.leads} == {"mo", "rui", "aoife", "elif", "carla"}


def test_the_bot_is_in_one_channel_only() -> None:
    channels = {channel.name: channel for channel in local_channels("U0BOT")}

    assert [name for name, channel in channels.items() if "U0BOT" in channel.members] == ["payments"]
    assert len(channels["payments"].members) == 11
    assert {"U01RUI"} == channels["platform"].members & {"U01RUI", "U01ANA", "U01NILS"}
    assert len(channels["general"].members) == 60
    assert not channels["private-room"].public
