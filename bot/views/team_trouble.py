"""What is said where a team's digest cannot get to whom it is for."""

from bot.views.blocks import Message, actions, button, context, foreign, section
from bot.views.team_digest import TEAM


def channel_closed(team: str, team_id: int, channel: str) -> Message:
    """Return what the lead reads whose channel does not have the bot; *channel* is an id."""
    text = (
        f"*I can't post the digest of {foreign(team, 60)} in <#{channel}>.* Invite me there, or choose another place "
        "in the settings. Everybody in the team finds it in Home meanwhile."
    )
    row = actions(
        button("Show the last digest", "last", str(team_id), command=TEAM),
        button("Settings", "settings", str(team_id), command=TEAM),
    )
    return Message("A team digest could not be posted.", [section(text), context("Only you read this."), row])


def lead_is_gone(team: str) -> Message:
    """Return what operators read about a team whose lead has left."""
    text = (
        f"*The lead of {foreign(team, 60)} is not in Slack any more*, so nobody gets its digest as a message. Name "
        "another lead in the organisation file. Everybody in the team still finds it in Home."
    )
    return Message("A team has no lead.", [section(text)])
