"""One app for every workspace of an Enterprise Grid organisation: people are the organisation's, wherever they type."""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from bot.domain.people import SlackId
from bot.jobs import directory
from bot.playground import payloads
from bot.playground.delivery import Delivery
from bot.playground.local_slack import LocalSlack
from bot.playground.world import DEFAULT_SCOPES
from tests.e2e.figures import days_back
from tests.e2e.harness import TRANSPORTS, Stage, Transport, staged, texts

ORG: Final = "E0LOCAL"
HOME, SECOND = "T0LOCAL", "T0SECOND"


@pytest.fixture(scope="module", params=TRANSPORTS)
def org(request: pytest.FixtureRequest, new_database: Callable[[], str]) -> Iterator[Stage]:
    """A bot that is installed for the whole organisation, over each transport."""
    transport: Transport = request.param
    scopes = (*DEFAULT_SCOPES, "usergroups:read")
    slack = LocalSlack(scopes=scopes, enterprise_id=ORG, org_teams=(HOME, SECOND))
    with staged(slack, new_database(), transport) as stage:
        yield stage


@pytest.mark.parametrize("team", [HOME, SECOND])
def test_people_of_each_workspace_switch_on_ask_and_read(org: Stage, team: str) -> None:
    """A command, buttons, a window, the Home tab and a direct message, none of which names a workspace."""
    user = org.someone_on(team_id=team)
    org.send_ccusage(org.token_of(user), days_back(1, 28))
    before, calls = org.slack.mark(), len(org.slack.calls)

    assert "*$37.80 at list price*" in texts(org.ask(user))
    assert org.slack.shortcut(user, "show_my_usage").acked
    assert org.slack.open_home(user).acked
    org.settle()
    org.services.slack.post_dm(user, "Hello.", [])
    seen = {shown.surface: texts(shown) for shown in org.slack.shown_to(user, before)}
    assert {"ephemeral", "modal", "home", "dm"} <= seen.keys()
    assert "$37.80" in seen["home"]  # an event names the organisation only with whom it is sent for
    assert not [call.method for call in org.slack.calls[calls:] if call.args.get("team_id")]
    viewer = org.viewer(user)
    assert viewer is not None
    assert viewer.slack_id == SlackId(ORG, user)


def test_people_of_another_organisation_are_refused_whatever_they_are_in(org: Stage) -> None:
    stranger = org.newcomer(is_stranger=True, team_id="T0ELSEWHERE")
    org.slack.command(stranger, "/mytokens", "", channel="C01GENERAL", force=True)
    org.settle()

    assert org.viewer(stranger) is None
    for team, enterprise in (("T0ELSEWHERE", {"enterprise_id": "E0ELSEWHERE"}), (HOME, {"enterprise_id": None})):
        said = command_of(org, org.newcomer(), team_id=team, **enterprise)
        assert "This works for people of the company" in json.dumps(said.ack_body)


def command_of(stage: Stage, user: str, **changes: Any) -> Delivery:
    """Bring a command whose payload differs in some keys from what this organisation would send."""
    world = stage.slack.world
    place = world.channels["C01GENERAL"]
    url = world.new_response_url(user, place.id, of_command=True)
    payload = payloads.command(world, world.users[user], place, ("/mytokens", ""), stage.slack.url_of(url))
    return stage.slack.courier.send(Delivery("slash_commands", user, {**payload, **changes}))


def test_the_directory_is_read_workspace_by_workspace_and_who_changed_has_not_left(org: Stage) -> None:
    here, moved, left = (org.someone_on(team_id=team) for team in (HOME, SECOND, SECOND))
    world = org.slack.world
    world.formerly = {HOME: {moved}, SECOND: {left}}
    world.usergroups = {"S01": {"users": [here]}, "S02": {"team_id": SECOND, "users": [moved]}}
    mark = len(org.slack.calls)
    directory.run(org.services)
    asked = [call.args.get("team_id") for call in org.slack.calls[mark:] if call.method == "users.list"]

    assert set(asked) == {HOME, SECOND}
    standing = [viewer is not None and viewer.has_left for viewer in map(org.viewer, (here, moved, left))]
    assert standing == [False, False, True]
    assert set(org.services.slack.user_groups()) == {"S01", "S02"}
