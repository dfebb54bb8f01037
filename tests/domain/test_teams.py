"""When a team is set up at once, who has to agree, and whose it is."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.subscription import Usual
from bot.domain.teams import (
    ListedTeam,
    Team,
    Verdict,
    Wish,
    channel_in,
    is_name,
    is_place,
    is_user_group,
    may_manage,
    members_as_chosen,
    members_in,
    name_key,
    next_at,
    places_in,
    places_need_agreement,
    verdict,
)

MO, ANA = 1, 2
PLACES = ("acme/payments", "acme/ledger", "PAY")
WISH = Wish("Payments", PLACES, group="Payments")
LISTED = ListedTeam("Payments", ("PAY", "acme/ledger", "acme/payments"), MO, group="Payments")
TEAM = Team(7, "Payments", PLACES, "", MO, "Payments")


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        pytest.param(Verdict.AT_ONCE, {}, id="the file has it with these places"),
        pytest.param(Verdict.ASK, {"listed": None}, id="the file does not have it"),
        pytest.param(Verdict.AT_ONCE, {"listed": None, "has_operators": False}, id="nobody is named who could agree"),
        pytest.param(Verdict.ASK, {"wish": WISH._replace(places=("acme/web",))}, id="other places than in the file"),
        pytest.param(Verdict.ASK, {"wish": WISH._replace(places=PLACES[:1])}, id="fewer places than in the file"),
        pytest.param(Verdict.ASK, {"wish": WISH._replace(group="Web")}, id="other members than in the file"),
        pytest.param(Verdict.SOMEBODY_ELSES, {"lead_person_id": ANA}, id="the file names another lead"),
        pytest.param(
            Verdict.SOMEBODY_ELSES,
            {"lead_person_id": ANA, "has_operators": False},
            id="the file names another lead, without operators",
        ),
        pytest.param(
            Verdict.SOMEBODY_ELSES, {"listed": LISTED._replace(lead_person_id=None)}, id="the file's lead is not known"
        ),
        pytest.param(Verdict.NAME_TAKEN, {"is_taken": True}, id="there is one already"),
    ],
)
def test_who_has_to_agree(expected: Verdict, changes: dict[str, Any]) -> None:
    usual: dict[str, Any] = {
        "wish": WISH, "lead_person_id": MO, "listed": LISTED, "is_taken": False, "has_operators": True
    }  # fmt: skip

    assert verdict(**usual | changes) is expected


@pytest.mark.parametrize(
    ("needed", "places", "listed", "has_operators"),
    [
        (False, PLACES[:1], None, True),
        (True, (*PLACES, "acme/web"), None, True),
        (False, (*PLACES, "acme/web"), None, False),
        (False, ("acme/web",), LISTED._replace(places=("acme/web",)), True),
    ],
)
def test_fewer_places_need_nobody_and_new_ones_an_operator(
    needed: bool, places: tuple[str, ...], listed: ListedTeam | None, has_operators: bool
) -> None:
    assert places_need_agreement(TEAM, places, listed, has_operators=has_operators) is needed


def test_a_team_is_its_leads_to_change() -> None:
    assert may_manage(TEAM, MO)
    assert not may_manage(TEAM, ANA)


def test_names_are_the_same_however_they_are_written() -> None:
    assert name_key("  Payments   Core ") == name_key("PAYMENTS core")
    assert name_key("Straße") == name_key("STRASSE")


@pytest.mark.parametrize("name", ["", " Payments", "x" * 61, "Pay\nments", "Pay\u202ements"])
def test_what_is_no_name(name: str) -> None:
    assert is_name("Payments & Ledger")
    assert not is_name(name)


@pytest.mark.parametrize("place", ["", "acme payments", "x" * 201, "acme/\u200b"])
def test_what_is_no_place(place: str) -> None:
    assert is_place("acme/payments")
    assert not is_place(place)


def test_typed_places_are_one_a_line_or_with_commas_each_once() -> None:
    assert places_in("acme/a, PAY\n acme/b  acme/a\n\n") == ("acme/a", "PAY", "acme/b")


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("C0123456789", "C0123456789"),
        (" <#C0123456789|payments> ", "C0123456789"),
        ("<#G0123456789|>", "G0123456789"),
        ("payments", None),
        ("#payments", None),
        ("U0123456789", None),
        ("D0123456789", None),
    ],
)
def test_a_channel_is_named_by_its_id(text: str, channel: str | None) -> None:
    assert channel_in(text) == channel


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("group Payments Core", ("Payments Core", "")),
        ("slack S0614TZR7", ("", "S0614TZR7")),
        (" Payments ", ("Payments", "")),
        ("S0614TZR7", ("", "S0614TZR7")),
        ("slack everybody", ("slack everybody", "")),
        ("", ("", "")),
    ],
)
def test_members_are_chosen_or_typed(text: str, members: tuple[str, str]) -> None:
    assert members_in(text) == members
    if any(members):
        assert members_in(members_as_chosen(*members)) == members


def test_the_next_digest_is_as_usual_unless_the_team_chose() -> None:
    usual, now = Usual(1, 9), datetime(2026, 11, 19, 9, 40, tzinfo=UTC)

    assert next_at(TEAM, usual, "Europe/London", now) == datetime(2026, 11, 24, 9, tzinfo=UTC)
    chosen = replace(TEAM, weekday=0, hour=0)
    assert next_at(chosen, usual, "America/New_York", now) == datetime(2026, 11, 23, 5, tzinfo=UTC)


def test_a_user_group_is_known_by_its_id() -> None:
    assert is_user_group("S0614TZR7")
    assert not is_user_group("Support")
    assert not is_user_group("C0123456789")
