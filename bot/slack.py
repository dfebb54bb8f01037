"""The way out to Slack: the few methods that the bot calls, with errors in our words."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Final

import structlog
from slack_sdk import WebClient

from bot.domain.delivery import Failure, Missing, Posted
from bot.domain.people import Profile, SlackId
from bot.domain.teams import UserGroup
from bot.errors import ConfigError, ConnectorError
from bot.slack_calls import Client, Counts, call, call_twice, counted
from bot.slack_delivery import look_for, post_once
from bot.slack_groups import look_for_channel, read_user_groups
from bot.slack_late import LateClient
from bot.slack_org import merged, org_teams, pages
from bot.slack_urls import SlackUrls

_PROFILE_SECONDS: Final = 600
_PROFILES: Final = 10_000
_WINDOW_SECONDS: Final = 2
# A message in hand is finished at shutdown, which has ten seconds.
DELIVERY_SECONDS: Final = 8

log = structlog.get_logger()


class Slack:
    """One workspace (or organisation) as seen by the bot's token; safe to share between threads."""

    def __init__(
        self,
        client: WebClient,
        *,
        org_id: str,
        team_id: str,
        bot_user_id: str,
        pause: Callable[[float], None] = time.sleep,
        delivery_seconds: int = DELIVERY_SECONDS,
        is_org_wide: bool = False,
    ) -> None:
        self.counts: Counts = lambda _method, _error: None  # the composition root puts a counter here
        self.client = self._counted(client)
        self.org_id = org_id
        self.team_id = team_id
        self.is_org_wide = is_org_wide  # installed for every workspace of an Enterprise Grid organisation at once
        self.bot_user_id = bot_user_id
        # An acknowledgement waits for a window to open, and has three seconds itself.
        self._at_once = self._counted(
            WebClient(token=client.token, base_url=client.base_url, retry_handlers=[], timeout=_WINDOW_SECONDS)
        )
        self._once = self._counted(
            WebClient(token=client.token, base_url=client.base_url, retry_handlers=[], timeout=delivery_seconds)
        )
        self._delivery_seconds = delivery_seconds
        self._urls = SlackUrls(client.base_url)
        self._pause = pause
        self._profiles: dict[str, tuple[float, Profile]] = {}
        self._org_teams: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def _counted(self, client: Client) -> Client:
        return counted(client, lambda method, error: self.counts(method, error))

    def respond(self, url: str, payload: dict[str, Any]) -> str | None:
        """Post *payload* to a response_url; return None when Slack took it, else its error's name."""
        error = self._urls.respond(url, payload)
        self.counts("response_url", error)
        return error

    def profile(self, user_id: str) -> Profile:
        """Return what Slack says of a user, at most ten minutes old."""
        with self._lock:
            at, found = self._profiles.get(user_id, (0.0, None))
        if found is not None and time.monotonic() - at < _PROFILE_SECONDS:
            return found
        answer = call(lambda: self.client.users_info(user=user_id))
        found = self.profile_in(answer["user"])
        self.take_note_of(found)
        return found

    def pages_of_profiles(self) -> Iterator[Sequence[Profile]]:
        """Yield everybody in the directory, a page at a time; where Slack says so, wait before the next.

        An organisation is listed workspace by workspace: who has left one of them is still there if another has them.
        """
        if not self.is_org_wide:
            yield from map(self._profiles_in, pages("users.list", self.client.users_list, self._pause))
            return
        teams = org_teams(self.client, self._pause)
        self._org_teams = frozenset(teams)
        yield from merged(
            map(self._profiles_in, pages("users.list", partial(self.client.users_list, team_id=team), self._pause))
            for team in teams
        )

    def _profiles_in(self, page: Mapping[str, Any]) -> Sequence[Profile]:
        return [self.profile_in(user) for user in page["members"]]

    def user_groups(self) -> Mapping[str, UserGroup]:
        """Return the user groups that are in use, by id; raises ConnectorError, permanent without the scope for it."""
        if not self.is_org_wide:
            return read_user_groups(self.client)
        groups = (read_user_groups(self.client, team) for team in org_teams(self.client, self._pause))
        return {name: group for each in groups for name, group in each.items()}

    def is_in_channel(self, channel: str) -> bool | None:
        """Return whether the bot is in a channel; None where the workspace did not grant the scope to ask."""
        return look_for_channel(self.client, channel)

    def take_note_of(self, profile: Profile) -> None:
        """Remember what Slack has just said of a user, in the place of what it said before."""
        with self._lock:
            if len(self._profiles) >= _PROFILES:
                self._profiles.clear()
            self._profiles[profile.slack_id.user_id] = (time.monotonic(), profile)

    def profile_in(self, user: dict[str, Any]) -> Profile:
        """Return what a user object of Slack's says."""
        details = user.get("profile") or {}
        org = (user.get("enterprise_user") or {}).get("enterprise_id")
        home = org == self.org_id if org else user.get("team_id") in {None, self.team_id, self.org_id, *self._org_teams}
        return Profile(
            slack_id=SlackId(self.org_id, str(user["id"])),
            name=details.get("display_name")
            or details.get("real_name")
            or user.get("real_name")
            or user.get("name", ""),
            email=details.get("email") or None,
            tz=user.get("tz") or "UTC",
            is_deleted=bool(user.get("deleted")),
            is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
            is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            is_stranger=bool(user.get("is_stranger")) or not home,
        )

    def open_view(self, trigger_id: str, view: dict[str, Any]) -> str:
        """Open a modal and return its id."""
        return str(call(lambda: self._at_once.views_open(trigger_id=trigger_id, view=view))["view"]["id"])

    def update_view(self, view_id: str, view: dict[str, Any]) -> None:
        """Fill a modal that is open, with one more try where that can help; one that was closed is fine."""
        try:
            call_twice(lambda: self.client.views_update(view_id=view_id, view=view))
        except ConnectorError as error:
            if "not_found" not in str(error):
                raise

    def publish_home(self, user_id: str, view: dict[str, Any], opened_hash: str = "") -> None:
        """Publish a user's Home tab; with *opened_hash* only if it is still the one that was opened."""
        more = {"hash": opened_hash} if opened_hash else {}
        call(lambda: self.client.views_publish(user_id=user_id, view=view, **more))

    def post_dm(self, user_id: str, text: str, blocks: list[dict[str, Any]]) -> str:
        """Post to the app's direct messages with a user and return the channel."""
        return self._post_dm(user_id, text, blocks)[0]

    def _post_dm(self, user_id: str, text: str, blocks: list[dict[str, Any]]) -> tuple[str, str]:
        answer = call(
            lambda: self.client.chat_postMessage(
                channel=user_id, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )
        )
        return str(answer["channel"]), str(answer["ts"])

    def post_to_channel(self, channel: str, text: str, blocks: list[dict[str, Any]]) -> None:
        """Post to a channel that the bot is in; raises ConnectorError that says what to do where it is not."""
        try:
            self.post_dm(channel, text, blocks)
        except ConnectorError as error:
            if "not_in_channel" in str(error) or "channel_not_found" in str(error):
                raise ConnectorError("Slack", f"{channel}: invite me there first", permanent=True) from error
            raise

    def deliver(
        self,
        address: str,
        text: str,
        blocks: list[dict[str, Any]],
        mark: str,
        may_go: Callable[[], bool] = lambda: True,
    ) -> Posted | Failure:
        """Post to a user or channel a message that *mark* recognises; never raises, never tries again by itself.

        *may_go* is asked as late as possible, on the open connection; when it says no, nothing is posted.
        """
        late = LateClient(self.client.token or "", self.client.base_url, self._delivery_seconds, may_go)
        client = self._counted(late)
        return post_once(client, address, text, blocks, mark)

    def find_delivery(self, address: str, mark: str, since: datetime, channel: str = "") -> Posted | Missing | Failure:
        """Look for a message that may have been posted since then; *channel* is the conversation if it is known."""
        return look_for(self._once, address, mark, since, channel)

    def send_file(self, user_id: str, filename: str, content: bytes, text: str, blocks: list[dict[str, Any]]) -> str:
        """Put a file, and a message beside it, into the app's direct messages with a user; return the file's id.

        The upload is asked for first, so that without the scope nothing is posted. When the file cannot
        be shared, the message is taken back and the file deleted.
        """
        ticket = call(lambda: self.client.files_getUploadURLExternal(filename=filename, length=len(content)))
        error = self._urls.once(str(ticket["upload_url"]), content)
        if error is not None:
            raise ConnectorError("Slack", f"upload: {error}", permanent=False)
        channel, ts = self._post_dm(user_id, text, blocks)
        file: dict[str, str | None] = {"id": str(ticket["file_id"]), "title": filename}
        try:
            call(lambda: self.client.files_completeUploadExternal(files=[file], channel_id=channel))
        except ConnectorError:
            self._take_back(channel, ts, str(file["id"]))
            raise
        return str(file["id"])

    def _take_back(self, channel: str, ts: str, file_id: str) -> None:
        for undo in (
            lambda: self.client.chat_delete(channel=channel, ts=ts),
            lambda: self.client.files_delete(file=file_id),  # it may have been shared all the same
        ):
            with suppress(ConnectorError):
                call_twice(undo)

    def delete_file(self, file_id: str) -> None:
        """Delete a file; one that is gone already is fine."""
        try:
            call(lambda: self.client.files_delete(file=file_id))
        except ConnectorError as error:
            if "file_deleted" not in str(error) and "file_not_found" not in str(error):
                raise

    def close(self) -> None:
        """Close what is kept open."""
        self._urls.close()


def connect(
    token: str,
    api_url: str,
    pause: Callable[[float], None] = time.sleep,
    delivery_seconds: int = DELIVERY_SECONDS,
) -> Slack:
    """Ask Slack who the token is and return the way out, which waits with *pause*; raises ConfigError.

    A message that the bot sends on its own is given up for uncertain after *delivery_seconds*.
    """
    # No retries by the SDK: it would post a message twice after a reset connection.
    client = WebClient(token=token, base_url=api_url, retry_handlers=[], timeout=20)
    try:
        answer = call(client.auth_test)
    except ConnectorError as error:
        if error.permanent:
            problem = f"SLACK_BOT_TOKEN: {error}. Copy the bot token (xoxb-...) from your Slack app's page."
        else:
            problem = f"SLACK_API_URL: {error}. Can this machine reach {api_url}?"
        raise ConfigError(problem) from error
    team_id = str(answer["team_id"])
    return Slack(
        client,
        org_id=str(answer.get("enterprise_id") or team_id),
        team_id=team_id,
        bot_user_id=str(answer.get("user_id") or ""),
        pause=pause,
        delivery_seconds=delivery_seconds,
        is_org_wide=bool(answer.get("is_enterprise_install")),
    )


def offline(org_id: str) -> Slack:
    """Return a way out that leads nowhere, for work that needs the organisation's id and no call."""
    return Slack(WebClient(token="", retry_handlers=[]), org_id=org_id, team_id=org_id, bot_user_id="")
