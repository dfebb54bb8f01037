"""User groups and channels as Slack tells them, for workspaces that granted the optional scopes."""

from collections.abc import Mapping
from functools import partial

from slack_sdk import WebClient

from bot.domain.teams import UserGroup
from bot.errors import ConnectorError
from bot.slack_calls import call, call_twice


def read_user_groups(client: WebClient, team_id: str = "") -> Mapping[str, UserGroup]:
    """Return the user groups that are in use, by id, with who is in them; in an organisation those of one workspace.

    Raises ConnectorError, permanent where the workspace did not grant the scope for it.
    """
    answer = call_twice(partial(client.usergroups_list, include_users=True, team_id=team_id or None))
    found = (_user_group(each) for each in answer["usergroups"] if not each.get("date_delete"))
    return {each.id: each for each in found}


def _user_group(told: Mapping[str, object]) -> UserGroup:
    users = told.get("users")
    members = tuple(str(user) for user in users) if isinstance(users, list) else ()
    handle = str(told.get("handle") or told["id"])
    return UserGroup(str(told["id"]), handle, str(told.get("name") or handle), members)


def look_for_channel(client: WebClient, channel: str) -> bool | None:
    """Return whether the bot is in a channel; None where the workspace did not grant the scope to ask.

    Of a private channel that it is not in, Slack says that there is none.
    """
    try:
        told = call(partial(client.conversations_info, channel=channel))["channel"]
    except ConnectorError as error:
        if "missing_scope" in str(error):
            return None
        if "channel_not_found" in str(error):
            return False
        raise
    return bool(told.get("is_member")) and not told.get("is_archived")
