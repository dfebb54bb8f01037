"""The manifest asks for exactly what the bot uses: commands, scopes, buttons, and no event that nobody takes."""

import inspect
import re
from typing import Any

import pytest
import yaml

from bot import cli, slack, slack_delivery, slack_groups
from bot.manifest import manifest
from bot.playground.methods.table import METHODS
from bot.playground.world import DEFAULT_SCOPES, OPTIONAL_SCOPES
from handlers.commands import COMMANDS
from handlers.register import ROUTES
from tests.e2e.harness import Log

_SDK_CALL = re.compile(r"\bclient\.([a-z]+_[a-zA-Z]+)|_at_once\.([a-z]+_[a-zA-Z]+)")


def methods_used() -> set[str]:
    """Return every method of the Web API that the way out to Slack calls."""
    source = "".join(inspect.getsource(module) for module in (slack, slack_delivery, slack_groups))
    names = {first or second for first, second in _SDK_CALL.findall(source)}
    return {name.replace("_", ".", 1) for name in names} - {"base.url"}


def read(text: str) -> dict[str, Any]:
    """Return a manifest as Slack reads it."""
    parsed: dict[str, Any] = yaml.safe_load(text)
    return parsed


@pytest.fixture
def packaged() -> dict[str, Any]:
    """The manifest for Socket Mode without a prefix."""
    return read(manifest("", None))


def scopes_of(parsed: dict[str, Any]) -> set[str]:
    """Return everything that the manifest asks for."""
    scopes = parsed["oauth_config"]["scopes"]
    return {*scopes["bot"], *scopes.get("bot_optional", [])}


def test_the_methods_that_are_used_are_found() -> None:
    """Without this the comparison could pass on an empty list."""
    assert {"auth.test", "users.info", "users.list", "views.open", "views.update", "chat.postMessage"} <= methods_used()
    assert methods_used() <= METHODS.keys()


def test_every_command_is_in_the_manifest_and_no_other(packaged: dict[str, Any]) -> None:
    commands = {command["command"] for command in packaged["features"]["slash_commands"]}

    assert commands == {f"/{route.name}" for route in ROUTES if route.kind == "command"}
    assert all(command["should_escape"] for command in packaged["features"]["slash_commands"])


def test_the_scopes_are_those_of_the_methods_and_what_goes_with_them(packaged: dict[str, Any]) -> None:
    needed = {scope for method in methods_used() for scope in METHODS[method].scopes}
    with_commands = {"commands"} if any(route.kind == "command" for route in ROUTES) else set()
    # for the address that users.info tells; and conversations.history and .info ask by the kind of conversation
    beside = {"users:read.email", "im:history", "channels:read", "groups:read"}

    assert scopes_of(packaged) == needed | with_commands | beside
    assert set(packaged["oauth_config"]["scopes"]["bot"]) == set(DEFAULT_SCOPES)
    assert packaged["oauth_config"]["scopes"]["bot_optional"] == sorted(OPTIONAL_SCOPES)


def test_buttons_shortcuts_and_events_are_those_that_somebody_takes(packaged: dict[str, Any]) -> None:
    names = {kind: {route.name for route in ROUTES if route.kind == kind} for kind in ("action", "shortcut", "event")}
    features, settings = packaged["features"], packaged["settings"]

    assert settings["interactivity"]["is_enabled"] is bool(names["action"] or names["shortcut"])
    assert set(settings.get("event_subscriptions", {}).get("bot_events", [])) == names["event"]
    assert {shortcut["callback_id"] for shortcut in features.get("shortcuts", [])} == names["shortcut"]
    assert features["app_home"]["home_tab_enabled"] is ("app_home_opened" in names["event"])
    assert features["app_home"]["messages_tab_enabled"] is True


def test_an_organisation_can_install_it_for_all_its_workspaces(packaged: dict[str, Any]) -> None:
    assert packaged["settings"]["org_deploy_enabled"] is True


@pytest.mark.parametrize("prefix", ["", "ai"])
@pytest.mark.parametrize("url", [None, "https://bot.larkfield.example", "https://bot.larkfield.example/"])
def test_the_verb_prints_it_for_each_transport_and_prefix(
    log: Log, monkeypatch: pytest.MonkeyPatch, prefix: str, url: str | None
) -> None:
    monkeypatch.setenv("COMMAND_PREFIX", prefix)
    status = cli.main(["manifest", *(["--url", url] if url else [])])
    parsed = read(log.text)
    commands = parsed["features"]["slash_commands"]
    endpoint = "https://bot.larkfield.example/slack/events" if url else None

    assert status == 0
    assert {command["command"] for command in commands} == {f"/{prefix}{name}" for name in COMMANDS}
    assert {command.get("url") for command in commands} == {endpoint}
    assert parsed["settings"]["interactivity"].get("request_url") == endpoint
    assert parsed["settings"].get("event_subscriptions", {}).get("request_url") == endpoint
    assert parsed["settings"]["socket_mode_enabled"] is (url is None)
    assert scopes_of(parsed) == scopes_of(read(manifest("", None)))


@pytest.mark.parametrize(
    "url", ["http://bot.larkfield.example", "bot.larkfield.example", "https://", "https://a b\nx: y"]
)
def test_an_address_that_slack_does_not_call_is_one_line(log: Log, url: str) -> None:
    status = cli.main(["manifest", "--url", url])

    assert status == 1
    (line,) = log.lines()
    assert "--url" in line
