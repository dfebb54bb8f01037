"""`/teamdigest` alone, its help, and what it does not do."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from bot.domain.teams import Team
from bot.views.blocks import Block, Message, actions, button, context, foreign, section
from bot.views.help import contacts
from bot.views.team_setup import NO_NAMES, NOTIFICATION, TEAMDIGEST, example_button, first_day, place_names
from bot.views.wording import LOCK

_MOST: Final = 15  # teams in one message
_ABOUT: Final = (
    "*A weekly digest about a team's finished work and what worked.* It is about repositories and projects, not "
    f"about people. {NO_NAMES} Everybody in the team reads the same."
)


def my_teams(teams: Sequence[Team], next_days: Mapping[int, date], waiting: Sequence[Team]) -> Message:
    """Return somebody's teams; *next_days* has the next digest of those that they lead, by the team's id."""
    if not teams and not waiting:
        return _no_team()
    rows = [_row(team, next_days.get(team.id)) for team in teams[:_MOST]]
    rows += [
        section(f"*{foreign(team.name)}* waits for an operator to agree. I'll tell you.") for team in waiting[:_MOST]
    ]
    return Message(
        NOTIFICATION, [*rows, context(f"About repositories and projects, not people. {NO_NAMES}"), _buttons()]
    )


def _row(team: Team, next_day: date | None) -> Block:
    text = f"*{foreign(team.name)}* · {place_names(team.places)}"
    if next_day is None:
        return section(f"{text}\nYou are in it: its digest is in Home.")
    where = f"<#{team.channel}>" if team.channel else "your direct messages"
    settings = button("Settings", "settings", str(team.id), command=TEAMDIGEST)
    return section(f"{text}\nYou lead it. Next digest: {first_day(next_day)}, to {where}.", settings)


def _no_team() -> Message:
    text = f"{_ABOUT}\nYou lead no team here, and none that you are in has a digest yet."
    return Message(NOTIFICATION, [section(text), context(LOCK), _buttons()])


def _buttons() -> Block:
    return actions(
        button("Set one up", "create", command=TEAMDIGEST),
        example_button(),
        button("Last digest", "last", command=TEAMDIGEST),
        button("Help", "help", command=TEAMDIGEST),
    )


def help_message(helpers: Sequence[str]) -> Message:
    """Return one screen of what `/teamdigest` understands."""
    return Message(
        NOTIFICATION,
        [
            section(
                f"{_ABOUT}\n"
                "`/teamdigest` your teams\n"
                "`/teamdigest create` sets one up · `/teamdigest example` shows one with made-up figures\n"
                "`/teamdigest last` the last digest · `/teamdigest settings` places, channel, weekday, hour\n"
                "`/teamdigest stop` no more digests\n"
                "`/teamdigest adoption` is it paying off? Without a ranking"
            ),
            context(f"Questions: {contacts(helpers)}"),
            context(LOCK),
            _buttons(),
        ],
    )


def unknown_word() -> Message:
    """Return the answer to a word that is not understood."""
    text = (
        "I didn't get that. `/teamdigest` your teams · `/teamdigest create` · `/teamdigest last` · "
        "`/teamdigest settings`. Everything else is on the buttons."
    )
    return Message(NOTIFICATION, [section(text), context(LOCK), _buttons()])


def nobody_alone() -> Message:
    """Return the kind refusal to a name after the command."""
    text = f"I never show anybody's work or usage alone. A team's digest is about its repositories. {NO_NAMES}"
    return Message(NOTIFICATION, [section(text), context(LOCK), _buttons()])
