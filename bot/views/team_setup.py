"""Setting a team up: the form, what is wrong with what was filled in, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.domain.period import MONTHS, WEEKDAYS
from bot.domain.teams import MAX_NAME, MAX_PLACES, Team
from bot.views.blocks import Block, Message, actions, button, context, entry, foreign, form, plain, section, visible
from bot.views.help import contacts
from bot.views.wording import LOCK, listed, plural

TEAMDIGEST: Final = "teamdigest"
TITLE: Final = "Set up a team digest"
NOTIFICATION: Final = "About team digests."
NO_NAMES: Final = "It has no names and no AI usage."
# As many options as Slack takes in one list.
_MOST_OPTIONS: Final = 100
_OPTION: Final = 75
_VALUE: Final = 150

BAD_NAME: Final = f"A name of one line, with up to {MAX_NAME} characters."
NO_PLACES: Final = "Name at least one repository or project."
TOO_MANY_PLACES: Final = f"Up to {MAX_PLACES} repositories and projects."
BAD_PLACE: Final = "One repository or project a line, as its system calls it: acme/api, PAY."
NO_MEMBERS: Final = "Choose who is in the team."


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen from: places that sources have reported, groups of the file, user groups by id."""

    places: Sequence[str] = ()
    groups: Sequence[str] = ()
    user_groups: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form already."""

    name: str = ""
    places: Sequence[str] = ()
    members: str = ""
    channel: str = ""


def setup_form(offered: Offered, filled: Filled) -> dict[str, Any]:
    """Return the form that sets a team up."""
    blocks = [
        section("*A weekly digest about your team's finished work and what worked.* No names, no AI usage."),
        entry("name", "Team", _text(filled.name[:MAX_NAME], "Payments", MAX_NAME)),
        places_entry(offered.places, filled.places),
        _members_entry(offered, filled.members),
        channel_entry(filled.channel),
        context("Everybody in the team finds the same digest in Home."),
    ]
    return form(TITLE, "create", blocks, submit="Set it up", command=TEAMDIGEST)


def places_entry(reported: Sequence[str], chosen: Sequence[str]) -> Block:
    """Return the field for repositories and projects: to choose from a few that are known, else to be typed."""
    known = sorted({*reported, *chosen})
    if not known or len(known) > _MOST_OPTIONS or any(len(place) > _OPTION for place in known):
        element = {**_text("\n".join(chosen), "acme/payments", 3000), "multiline": True}
        return entry("places", "Repositories and projects", element, hint=BAD_PLACE)
    element = {
        "type": "multi_static_select",
        "placeholder": plain("Type to search", 150),
        "options": [_option(place, place) for place in known],
        "max_selected_items": MAX_PLACES,
    }
    if chosen:
        element["initial_options"] = [_option(place, place) for place in chosen]
    return entry("places", "Repositories and projects", element, hint="What your connected systems have reported.")


def _members_entry(offered: Offered, chosen: str) -> Block:
    options = [_option(group, f"group {group}") for group in offered.groups]
    options += [_option(f"{label} (user group)", f"slack {id_}") for id_, label in offered.user_groups]
    if not options or len(options) > _MOST_OPTIONS:
        hint = "The name of a group of the company's file, or the id of a user group in Slack."
        return entry("members", "Who is in it", _text(chosen.removeprefix("group "), "Payments", _VALUE), hint=hint)
    element = {"type": "static_select", "placeholder": plain("Choose a group", 150), "options": options}
    initial = [option for option in options if option["value"] == chosen]
    return entry("members", "Who is in it", {**element, "initial_option": initial[0]} if initial else element)


def channel_entry(chosen: str) -> Block:
    """Return the field for where the digest goes."""
    element: dict[str, Any] = {
        "type": "conversations_select",
        "placeholder": plain("My direct messages", 150),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    if chosen:
        element["initial_conversation"] = chosen
    hint = "Empty: to your direct messages. To post in a channel I must be in it: invite me there first."
    return entry("channel", "Where it goes", element, hint=hint, optional=True)


def _text(initial: str, example: str, most: int) -> dict[str, Any]:
    element = {"type": "plain_text_input", "placeholder": plain(example, 150), "max_length": most}
    return {**element, "initial_value": initial} if initial else element


def _option(label: str, value: str) -> dict[str, Any]:
    return {"text": plain(visible(label, _OPTION) or "-", _OPTION), "value": value}


def private(text: str, *buttons: dict[str, Any]) -> Message:
    """Return an answer of one paragraph, which only the person who asked sees."""
    row = [actions(*buttons)] if buttons else []
    return Message(NOTIFICATION, [section(text), context(LOCK), *row])


def is_set_up(team: Team, first: date) -> Message:
    """Say that a team gets digests from a day on, and what they are."""
    return Message(
        NOTIFICATION,
        [
            section(
                f"*{foreign(team.name, MAX_NAME)} is set up* for {place_names(team.places)}. "
                f"First digest: {first_day(first)}. Everybody in the team finds the same digest in Home. {NO_NAMES}"
            ),
            context(where_it_goes(team)),
            context(LOCK),
            actions(example_button(), button("Settings", "settings", str(team.id), command=TEAMDIGEST)),
        ],
    )


def example_button() -> dict[str, Any]:
    """Return the button that shows a digest with made-up figures."""
    return button("See an example", "example", command=TEAMDIGEST)


def first_day(day: date) -> str:
    """Return a day as the confirmation says it: `Tue 24 November`."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1]}"


def where_it_goes(team: Team, whose: str = "your") -> str:
    """Say where a team's digest goes; *whose* are the direct messages, for who reads it."""
    return f"It goes to <#{team.channel}>." if team.channel else f"It goes to {whose} direct messages."


def place_names(places: Sequence[str]) -> str:
    """Return places as a sentence lists them; of many the first."""
    shown = [foreign(place) for place in places[:6]]
    more = len(places) - len(shown)
    return listed([*shown, f"{more} more"] if more else shown)


def with_unreported(message: Message, places: Sequence[str]) -> Message:
    """Return the confirmation with the places of which nothing has been reported yet."""
    if not places:
        return message
    line = f"Nothing has been reported of {place_names(places)} yet. Is that how their system calls them?"
    first, *others = message.parts
    return Message(message.text, [first, context(line), *others])


def sent_to(operators: Sequence[str]) -> Message:
    """Say that an operator has to agree first."""
    return private(f"Sent to {contacts(operators)}. I'll tell you.")


def nobody_to_ask(helpers: Sequence[str]) -> Message:
    """Say that an operator has to agree, and that I can reach none."""
    text = f"An operator has to agree to this, and I can reach none. Ask {contacts(helpers)}."
    return private(text)


def not_yet(problem: str, again: str = "") -> Message:
    """Return why a team was not set up, and the way back into the form with what was filled in (*again*)."""
    back = button("Back to the form", "create", again, command=TEAMDIGEST)
    return private(f"{problem} Nothing was set up yet.", back)


def name_taken(name: str) -> str:
    """Say that a team of that name is there already."""
    return f"A team called {foreign(name, MAX_NAME)} is set up already."


def somebody_elses(name: str) -> str:
    """Say that the company's file names another lead."""
    return f"The company's file names somebody else as the lead of {foreign(name, MAX_NAME)}."


def invite_me(channel: str) -> str:
    """Say that the bot is not in a channel."""
    return f"*Invite me here first:* <#{channel}>."


def no_such_group(name: str) -> str:
    """Say that there is no such group."""
    return f"No group of the company's file, and no user group in Slack, is called {foreign(name) or 'that'}."


def counted_members(number: int) -> str:
    """Return how many are in a team."""
    return plural(number, "person", "people")
