"""The form for a team fits into what Slack takes, however many places and groups there are."""

import re
from typing import Any

import pytest

from bot.domain.teams import Pending, Team
from bot.playground.block_rules import problems, view_problems
from bot.views import team_agreement, team_help, team_settings, team_setup
from bot.views.blocks import Message
from bot.views.team_setup import Filled, Offered
from tests.cast import TODAY

MARKUP = "<!channel> *bold* <@U01ANA>"
TEAM = Team(7, "Payments", ("acme/payments", "PAY"), "", 1, "Engineering", group="Payments")
STRANGE = Team(8, MARKUP, tuple(f"acme/{number}" for number in range(30)), "C01PAYMENTS", 1, "", user_group="S0NIGHT01")


def element(view: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(block["element"] for block in view["blocks"] if block.get("block_id") == name)
    return found


@pytest.mark.parametrize(
    ("places", "kind"),
    [
        ([], "plain_text_input"),
        (["acme/api", "PAY"], "multi_static_select"),
        ([f"acme/{number}" for number in range(100)], "multi_static_select"),
        ([f"acme/{number}" for number in range(101)], "plain_text_input"),
        (["acme/" + "x" * 80], "plain_text_input"),
    ],
)
def test_a_few_places_are_chosen_and_many_are_typed(places: list[str], kind: str) -> None:
    view = team_setup.setup_form(Offered(places), Filled(places=places[:2]))

    assert view_problems(view) == []
    assert element(view, "places")["type"] == kind


@pytest.mark.parametrize(
    ("groups", "kind"),
    [([], "plain_text_input"), (["Payments"], "static_select"), ([f"G{n}" for n in range(101)], "plain_text_input")],
)
def test_groups_are_chosen_where_slack_takes_them_all(groups: list[str], kind: str) -> None:
    filled = Filled("Payments", ["PAY"], "group Payments", "C01PAYMENTS")
    view = team_setup.setup_form(Offered(["acme/api"], groups), filled)

    assert view_problems(view) == []
    assert element(view, "members")["type"] == kind
    assert ("initial_option" in element(view, "members")) == (kind == "static_select")
    assert len(element(view, "places")["initial_options"]) == 1


def test_settings_begin_with_what_is_chosen() -> None:
    view = team_settings.settings_form(TEAM, ["acme/api"], (1, 9))
    assert view_problems(view) == []
    assert element(view, "weekday")["initial_option"]["text"]["text"] == "As usual (Tuesday)"
    assert element(view, "hour")["initial_option"]["value"] == "usual"


MESSAGES = {
    "set up": team_setup.with_unreported(team_setup.is_set_up(STRANGE, TODAY), STRANGE.places),
    "not yet": team_setup.not_yet(team_setup.no_such_group(MARKUP), "name=" + "x" * 1800),
    "asked": team_agreement.ask_to_agree(Pending(STRANGE, is_new=True), MARKUP, 3),
    "declined": team_agreement.was_declined(STRANGE, ["U01SAM"], is_new=False),
    "not mine": team_agreement.says_not_mine(STRANGE, MARKUP),
    "gone": team_agreement.user_group_is_gone(STRANGE),
    "saved": team_settings.saved(STRANGE, TODAY),
    "which": team_settings.which_to_stop([STRANGE] * 60),
    "mine": team_help.my_teams([STRANGE] * 60, {8: TODAY}, [STRANGE] * 60),
    "none": team_help.my_teams([], {}, []),
    "help": team_help.help_message(["U01SAM"]),
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_every_message_fits_and_no_name_of_somebodys_pings(message: Message) -> None:
    blocks = message.blocks(rich=True)

    assert problems(blocks, "message") == []
    assert "<!channel>" not in str(blocks)
    assert "<@U01ANA>" not in str(blocks)
    assert re.search(r"\d", message.text) is None
