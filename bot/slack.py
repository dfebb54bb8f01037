"""The way out to Slack: the few methods that the bot calls, with errors in our words."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final

import structlog
import urllib3
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.people import Profile, SlackId
from bot.errors import ConfigError, ConnectorError

_PROFILE_SECONDS: Final = 600
_PROFILES: Final = 10_000
_RESPOND_SECONDS: Final = 10.0
_MAX_WAIT_SECONDS: Final = 5.0
_WINDOW_SECONDS: Final = 2
_PAUSE_SECONDS: Final = 1.0
_SLACK_HOSTS: Final = ("slack.com", "slack-gov.com")
_NO_ANSWER: Final = "no_answer"  # what came was not Slack's
_NAME: Final = re.compile(r"\w{1,80}")
# Errors that another try may mend.
_PASSING: Final = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", _NO_ANSWER}
)

log = structlog.get_logger()


class Slack:
    """One workspace (or organisation) as seen by the bot's token; safe to share between threads."""

    def __init__(self, client: WebClient, *, org_id: str, team_id: str, bot_user_id: str) -> None:
        self.client = client
        self.org_id = org_id
        self.team_id = team_id
        self.bot_user_id = bot_user_id
        # An acknowledgement waits for a window to open, and has three seconds itself.
        self._at_once = WebClient(
            token=client.token, base_url=client.base_url, retry_handlers=[], timeout=_WINDOW_SECONDS
        )
        self._http = urllib3.PoolManager(num_pools=4, maxsize=64, block=True, retries=False, timeout=_RESPOND_SECONDS)
        self._profiles: dict[str, tuple[float, Profile]] = {}
        self._lock = threading.Lock()

    def respond(self, url: str, payload: dict[str, Any]) -> str | None:
        """Post *payload* to a response_url; return None when Slack took it, else its error's name.

        A rate limit, an error of Slack's or a lost connection is tried once more.
        """
        if not self._is_slack(url):
            return "not_a_slack_url"
        body = json.dumps(payload, separators=(",", ":")).encode()
        error = self._post(url, body)
        return self._post(url, body) if error in {"again", "ratelimited"} else error

    def _post(self, url: str, body: bytes) -> str | None:
        try:
            answer = self._http.request("POST", url, body=body, headers={"Content-Type": "application/json"})
        except urllib3.exceptions.HTTPError:
            return "again"
        if answer.status == 200:
            return "again" if answer.data.startswith(b"<") else None  # a web page is a proxy's, not Slack's
        if answer.status == 429:
            time.sleep(_retry_after(answer.headers.get("Retry-After", "")))
            return "ratelimited"
        return "again" if answer.status >= 500 else _error_name(answer.data)

    def _is_slack(self, url: str) -> bool:
        # The same parser as for the request: another could read another host in it.
        try:
            host = urllib3.util.parse_url(url).host or ""
        except urllib3.exceptions.LocationParseError:
            return False
        own = urllib3.util.parse_url(self.client.base_url).host
        return host == own or any(host == known or host.endswith(f".{known}") for known in _SLACK_HOSTS)

    def profile(self, user_id: str) -> Profile:
        """Return what Slack says of a user, at most ten minutes old."""
        with self._lock:
            at, found = self._profiles.get(user_id, (0.0, None))
        if found is not None and time.monotonic() - at < _PROFILE_SECONDS:
            return found
        answer = _call(lambda: self.client.users_info(user=user_id))
        found = self._profile(answer["user"])
        with self._lock:
            if len(self._profiles) >= _PROFILES:
                self._profiles.clear()
            self._profiles[user_id] = (time.monotonic(), found)
        return found

    def profiles(self) -> Iterator[Profile]:
        """Yield everybody in the directory, page by page."""
        cursor = ""
        while True:
            answer = _call(partial(self.client.users_list, limit=200, cursor=cursor))
            yield from (self._profile(user) for user in answer["members"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _profile(self, user: dict[str, Any]) -> Profile:
        details = user.get("profile") or {}
        home = user.get("team_id") in {None, self.team_id, self.org_id}
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
        return str(_call(lambda: self._at_once.views_open(trigger_id=trigger_id, view=view))["view"]["id"])

    def update_view(self, view_id: str, view: dict[str, Any]) -> None:
        """Fill a modal that is open, with one more try where that can help; one that was closed is fine."""
        try:
            _call_twice(lambda: self.client.views_update(view_id=view_id, view=view))
        except ConnectorError as error:
            if "not_found" not in str(error):
                raise

    def publish_home(self, user_id: str, view: dict[str, Any], opened_hash: str = "") -> None:
        """Publish a user's Home tab; with *opened_hash* only if it is still the one that was opened."""
        more = {"hash": opened_hash} if opened_hash else {}
        _call(lambda: self.client.views_publish(user_id=user_id, view=view, **more))

    def post_dm(self, user_id: str, text: str, blocks: list[dict[str, Any]]) -> str:
        """Post to the app's direct messages with a user and return the channel."""
        return self._post_dm(user_id, text, blocks)[0]

    def _post_dm(self, user_id: str, text: str, blocks: list[dict[str, Any]]) -> tuple[str, str]:
        answer = _call(
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

    def send_file(self, user_id: str, filename: str, content: bytes, text: str, blocks: list[dict[str, Any]]) -> str:
        """Put a file, and a message beside it, into the app's direct messages with a user; return the file's id.

        The upload is asked for first, so that without the scope nothing is posted. When the file cannot
        be shared, the message is taken back and the file deleted.
        """
        ticket = _call(lambda: self.client.files_getUploadURLExternal(filename=filename, length=len(content)))
        error = self._post(str(ticket["upload_url"]), content)
        if error is not None:
            raise ConnectorError("Slack", f"upload: {error}", permanent=False)
        channel, ts = self._post_dm(user_id, text, blocks)
        file: dict[str, str | None] = {"id": str(ticket["file_id"]), "title": filename}
        try:
            _call(lambda: self.client.files_completeUploadExternal(files=[file], channel_id=channel))
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
                _call_twice(undo)

    def delete_file(self, file_id: str) -> None:
        """Delete a file; one that is gone already is fine."""
        try:
            _call(lambda: self.client.files_delete(file=file_id))
        except ConnectorError as error:
            if "file_deleted" not in str(error) and "file_not_found" not in str(error):
                raise

    def close(self) -> None:
        """Close what is kept open."""
        self._http.clear()


def connect(token: str, api_url: str) -> Slack:
    """Ask Slack who the token is and return the way out; raises ConfigError."""
    # No retries by the SDK: it would post a message twice after a reset connection.
    client = WebClient(token=token, base_url=api_url, retry_handlers=[], timeout=20)
    try:
        answer = _call(client.auth_test)
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
    )


def _call(method: Callable[[], Any]) -> Any:
    try:
        return method()
    except (SlackClientError, OSError) as error:
        name = error_name(error)
        passing = name in _PASSING or not isinstance(error, SlackApiError)
        raise ConnectorError("Slack", name, permanent=not passing) from error


def error_name(error: Exception) -> str:
    """Return Slack's own name for what went wrong, or that there was no answer."""
    return _api_error(error) if isinstance(error, SlackApiError) else f"no answer ({type(error).__name__})"


def _call_twice(method: Callable[[], Any]) -> Any:
    """Call what may be repeated without harm, a second time after a pause where that can help."""
    try:
        return _call(method)
    except ConnectorError as error:
        if error.permanent:
            raise
    time.sleep(_PAUSE_SECONDS)
    return _call(method)


def _retry_after(header: str) -> float:
    return min(float(header), _MAX_WAIT_SECONDS) if header.isdecimal() else _PAUSE_SECONDS


def _api_error(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    name = data.get("error") if isinstance(data, dict) else None
    if not name or not _NAME.fullmatch(str(name)):  # the SDK puts a body that is not JSON there
        return _NO_ANSWER
    needed = f" (needs {data['needed']})" if isinstance(data, dict) and data.get("needed") else ""
    return f"{name}{needed}"


def _error_name(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return _NO_ANSWER
    return str(answer.get("error", _NO_ANSWER)) if isinstance(answer, dict) else _NO_ANSWER


def offline(org_id: str) -> Slack:
    """Return a way out that leads nowhere, for work that needs the organisation's id and no call."""
    return Slack(WebClient(token="", retry_handlers=[]), org_id=org_id, team_id=org_id, bot_user_id="")
