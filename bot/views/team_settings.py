"""A team's settings: what it covers, where it goes and when; and stopping it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from bot.domain.period import WEEKDAYS
from bot.domain.subscription import HOURS
from bot.domain.teams import Team
from bot.views.blocks import Message, actions, button, confirm, context, entry, foreign, form, modal, plain, section
from bot.views.help import contacts
from bot.views.team_setup import (
    NOTIFICATION,
    TEAMDIGEST,
    channel_entry,
    first_day,
    place_names,
    places_entry,
    private,
    where_it_goes,
)
from bot.views.wording import LOCK

TITLE: Final = "Team digest settings"
USUAL: Final = "usual"


def settings_form(team: Team, reported: Sequence[str], usual: tuple[int, int]) -> dict[str, Any]:
    """Return a team's settings; *usual* is the policy's weekday and hour."""
    weekday, hour = usual
    days = [(name, str(number)) for number, name in enumerate(WEEKDAYS)]
    hours = [(f"{each}:00", str(each)) for each in HOURS]
    blocks = [
        section(f"*{foreign(team.name)}*"),
        places_entry(reported, team.places),
        channel_entry(team.channel),
        entry("weekday", "Weekday", _choice([(f"As usual ({WEEKDAYS[weekday]})", USUAL), *days], team.weekday)),
        entry("hour", "Hour, by your clock", _choice([(f"As usual ({hour}:00)", USUAL), *hours], team.hour)),
        actions(stop_button(team, "Stop this digest")),
    ]
    return form(TITLE, "settings", blocks, submit="Save", argument=str(team.id), command=TEAMDIGEST)


def _choice(options: Sequence[tuple[str, str]], chosen: int | None) -> dict[str, Any]:
    offered = [{"text": plain(label, 75), "value": value} for label, value in options]
    initial = next((each for each in offered if each["value"] == str(chosen)), offered[0])
    return {"type": "static_select", "options": offered, "initial_option": initial}


def stop_button(team: Team, label: str) -> dict[str, Any]:
    """Return the button that stops a team's digest."""
    ask = confirm("Stop the digest?", "It can be set up again. What was sent stays where it is.", "Stop it", "Keep it")
    return button(label, "stop", str(team.id), command=TEAMDIGEST, confirm=ask)


def which_team(teams: Sequence[Team]) -> dict[str, Any]:
    """Return a window in which the lead of several teams chooses one."""
    rows = [
        section(f"*{foreign(team.name)}* · {place_names(team.places)}", _settings_button(team)) for team in teams[:40]
    ]
    return modal(TITLE, rows)


def _settings_button(team: Team) -> dict[str, Any]:
    return button("Settings", "settings", str(team.id), command=TEAMDIGEST)


def leads_none() -> dict[str, Any]:
    """Return the window of somebody who leads no team."""
    create = button("Set one up", "create", command=TEAMDIGEST)
    return modal(TITLE, [section("You lead no team that gets a digest. Settings are its lead's."), actions(create)])


def saved(team: Team, next_day: date) -> Message:
    """Say how a team's digest is set now."""
    text = (
        f"*{foreign(team.name)}* for {place_names(team.places)}. Next digest: {first_day(next_day)}. "
        f"{where_it_goes(team)}"
    )
    return private(f"Saved. {text}", _settings_button(team))


def places_asked(team: Team, operators: Sequence[str]) -> Message:
    """Say that other places wait for an operator, and what stays until then."""
    text = (
        f"Sent to {contacts(operators)}. I'll tell you. Until then the digest of {foreign(team.name)} stays with "
        f"{place_names(team.places)}; the rest is saved."
    )
    return private(text)


def not_saved(problem: str, team: Team) -> Message:
    """Return why nothing was saved."""
    return private(f"{problem} Nothing was saved.", _settings_button(team))


def stopped(team: Team) -> Message:
    """Say that a team gets no more digests."""
    create = button("Set one up", "create", command=TEAMDIGEST)
    return private(f"Stopped: no more digests for {foreign(team.name)}.", create)


def which_to_stop(teams: Sequence[Team]) -> Message:
    """Ask a lead which digest to stop."""
    if not teams:
        return private("You lead no team that gets a digest, so there is none to stop.")
    rows = [
        section(f"*{foreign(team.name)}* · {place_names(team.places)}", stop_button(team, "Stop it"))
        for team in teams[:40]
    ]
    return Message(NOTIFICATION, [*rows, context(LOCK)])
