"""Who is in a Linear workspace, and what of it a key may see."""

from collections.abc import Iterator
from typing import Final

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from bot.connectors.linear_api import Connection, LinearApi
from bot.connectors.pull import Finding, ListedAccount
from bot.errors import ConnectorError

# Those who left too: what they finished is still theirs.
_USERS_QUERY: Final = """
query($after: String) {
  users(first: 100, after: $after, includeDisabled: true) {
    nodes { id email active app }
    pageInfo { hasNextPage endCursor }
  }
}
"""
_TEAMS_QUERY: Final = """
query {
  teams(first: 100) { nodes { id } pageInfo { hasNextPage } }
  users(first: 1) { nodes { id } }
}
"""


class _User(Struct, frozen=True, gc=False):
    id: str
    email: str | None = None
    app: bool = False


class _Seen(Struct, frozen=True):
    teams: Connection
    users: Connection


class _Answer(Struct, frozen=True):
    data: _Seen


_USER: Final = Decoder(_User)
_ANSWER: Final = Decoder(_Answer)


def people(api: LinearApi) -> Iterator[ListedAccount]:
    """Yield everybody but apps, with their mail address; raises ConnectorError."""
    for raw in api.listed("users", _USERS_QUERY, {}):
        try:
            user = _USER.decode(raw)
        except (DecodeError, UnicodeDecodeError):
            continue  # somebody who cannot be read is not known by mail address, and nothing else
        if not user.app:
            yield ListedAccount(user.id, user.email or None)


def findings(api: LinearApi) -> Iterator[Finding]:
    """Ask for teams and people; raises nothing of Linear's."""
    try:
        seen = api.ask(_TEAMS_QUERY, {}, _ANSWER).data
    except ConnectorError as error:
        yield Finding("to do", str(error))
        return
    teams = len(seen.teams.nodes)
    many = "over " if seen.teams.page_info.has_next_page else ""
    if teams:
        yield Finding("ok", f"finished issues of {many}{teams} team{'' if teams == 1 else 's'}")
    else:
        yield Finding("to do", "Linear: the key of LINEAR_API_KEY sees no team: make one with access to all teams")
    if seen.users.nodes:
        yield Finding("ok", "people with their mail addresses")
    else:
        yield Finding("to do", "Linear: the key of LINEAR_API_KEY sees nobody: make one that may read")
