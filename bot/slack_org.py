"""Lists of Slack's in pages, and what an organisation of several workspaces adds to them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from slack_sdk import WebClient

from bot.domain.people import Profile
from bot.errors import ConnectorError
from bot.slack_calls import call_patiently

_PAGE: Final = 200  # as many as Slack recommends at once
Pause = Callable[[float], None]


def pages(name: str, method: Callable[..., Any], pause: Pause) -> Iterator[Mapping[str, Any]]:
    """Yield the pages of a list, waiting as Slack asks; raises ConnectorError when the same page comes again."""
    cursor = ""
    while True:
        answer = call_patiently(partial(method, limit=_PAGE, cursor=cursor), pause)
        yield answer
        before, cursor = cursor, (answer.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return
        if cursor == before:
            raise ConnectorError("Slack", f"{name} repeats a page", permanent=False)


def org_teams(client: WebClient, pause: Pause) -> list[str]:
    """Return the ids of the organisation's workspaces that the app is installed in."""
    found = pages("auth.teams.list", client.auth_teams_list, pause)
    return [str(team["id"]) for page in found for team in page["teams"]]


def merged(workspaces: Iterable[Iterable[Sequence[Profile]]]) -> Iterator[Sequence[Profile]]:
    """Yield the pages of all workspaces, each person as of one who is there; only who is in none comes as deleted.

    Slack lists somebody who has left one workspace there as deleted. Those are held back to the end.
    """
    active: set[str] = set()
    gone: dict[str, Profile] = {}
    for workspace in workspaces:
        for page in workspace:
            here = [profile for profile in page if not profile.is_deleted]
            active.update(profile.slack_id.user_id for profile in here)
            gone.update({profile.slack_id.user_id: profile for profile in page if profile.is_deleted})
            yield here
    left = [profile for user_id, profile in gone.items() if user_id not in active]
    for start in range(0, len(left), _PAGE):
        yield left[start : start + _PAGE]
