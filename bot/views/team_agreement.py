"""What operators are asked and told about teams, and what the lead hears of it."""

from collections.abc import Sequence

from bot.domain.teams import Pending, Team, wish_mark
from bot.views.blocks import Message, actions, button, context, foreign, section
from bot.views.help import contacts
from bot.views.team_setup import (
    NO_NAMES,
    TEAMDIGEST,
    counted_members,
    place_names,
    private,
    where_it_goes,
)


def ask_to_agree(asked: Pending, lead: str, number: int) -> Message:
    """Ask an operator to agree to a team, or to its other places; *number* is how many people are in it now."""
    team = asked.team
    what = "sets up a digest for" if asked.is_new else "asks for other places for"
    where = where_it_goes(team, "its lead's")
    argument = f"{team.id} {wish_mark(team.places)}"
    return Message(
        "A lead asks for a team digest.",
        [
            section(
                f"*{foreign(lead)} {what} {foreign(team.name)}:* {place_names(team.places)}.\n"
                f"In it: {members(team)}, {counted_members(number)}. {where}"
            ),
            context(f"A weekly digest about finished work of these repositories and projects. {NO_NAMES}"),
            actions(
                button("Agree", "agree", argument, command=TEAMDIGEST),
                button("Decline", "decline", argument, command=TEAMDIGEST),
            ),
        ],
    )


def members(team: Team) -> str:
    """Return who is in a team, as a group."""
    if team.user_group:
        return f"a user group in Slack ({team.user_group})"
    return f"the group {foreign(team.group)}"


def agreed(team: Team) -> Message:
    """Tell the operator that the team is set up."""
    text = f"*{foreign(team.name)} is set up* for {place_names(team.places)}. Its lead is told."
    return private(text)


def declined(team: Team) -> Message:
    """Tell the operator that nothing was set up."""
    return private(f"Declined: {foreign(team.name)}. Its lead is told.")


def settled() -> Message:
    """Say that there is nothing left to agree to."""
    return private("That is settled already.")


def asked_anew() -> Message:
    """Say that the lead has asked for something else since the message that was answered."""
    return private("The lead has asked for something else since: answer the later message.")


def operators_only(operators: Sequence[str]) -> Message:
    """Say who can agree to a team."""
    return private(f"That is for those who run this bot: {contacts(operators)}.")


def was_declined(team: Team, operators: Sequence[str], *, is_new: bool) -> Message:
    """Tell the lead that an operator did not agree."""
    what = "is not set up" if is_new else "keeps its repositories and projects"
    text = f"*{foreign(team.name)} {what}:* an operator declined. Questions: {contacts(operators)}"
    return Message("About your team digest.", [section(text)])


def says_not_mine(team: Team, name: str) -> Message:
    """Tell the operators that somebody says a team is not theirs."""
    source = (
        f"Its members are {members(team)}: correct it there."
        if team.user_group
        else f"Its members are {members(team)} of the company's file: correct it, and load it again."
    )
    return Message(
        "Somebody is in the wrong team.",
        [
            section(f"*{foreign(name)} says: {foreign(team.name)} is not my team.* {source}"),
            context("Nothing changed."),
        ],
    )


def sent_not_mine(operators: Sequence[str]) -> Message:
    """Tell the person that the operators know."""
    text = f"Sent to {contacts(operators)}. Nothing changes until the company's file or the user group is corrected."
    return private(text)


def user_group_is_gone(team: Team) -> Message:
    """Tell the operators that the user group of a team is no longer in Slack."""
    text = (
        f"*The user group of {foreign(team.name)} is gone from Slack* ({team.user_group}). "
        "Its members stay as they were last read. Its lead can stop the digest and set it up with another group."
    )
    return Message("A team's user group is gone.", [section(text), context("Told once.")])
