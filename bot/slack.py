"""The way out to Slack: the few methods that the bot calls, with errors in our words."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
import urllib3
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.people import Profile, SlackId
from bot.errors import ConnectorError

_PROFILE_SECONDS: Final = 600
_PROFILES: Final = 10_000
_RESPOND_SECONDS: Final = 10.0
_MAX_WAIT_SECONDS: Final = 5.0
_SLACK_HOSTS: Final = ("slack.com", "slack-gov.com")
# Errors that another try cannot mend.
_PASSING: Final = frozenset({"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"})

log = structlog.get_logger()


class Slack:
    """One workspace (or organisation) as seen by the bot's token; safe to share between threads."""

    def __init__(self, client: WebClient, *, org_id: str, team_id: str, bot_user_id: str) -> None:
        self.client = client
        self.org_id = org_id
        self.team_id = team_id
        self.bot_user_id = bot_user_id
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
            return None
        if answer.status == 429:
            time.sleep(min(float(answer.headers.get("Retry-After", "1")), _MAX_WAIT_SECONDS))
            return "ratelimited"
        return "again" if answer.status >= 500 else _error_name(answer.data)

    def _is_slack(self, url: str) -> bool:
        host = urlsplit(url).hostname or ""
        own = urlsplit(self.client.base_url).hostname
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
        return str(_call(lambda: self.client.views_open(trigger_id=trigger_id, view=view))["view"]["id"])

    def update_view(self, view_id: str, view: dict[str, Any]) -> None:
        """Fill a modal that is open."""
        _call(lambda: self.client.views_update(view_id=view_id, view=view))

    def post_dm(self, user_id: str, text: str, blocks: list[dict[str, Any]]) -> str:
        """Post to the app's direct messages with a user and return the channel."""
        answer = _call(
            lambda: self.client.chat_postMessage(
                channel=user_id, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )
        )
        return str(answer["channel"])

    def send_file(self, user_id: str, filename: str, content: bytes, text: str, blocks: list[dict[str, Any]]) -> str:
        """Put a file, and a message beside it, into the app's direct messages with a user; return the file's id.

        The upload is asked for first, so that without the scope nothing is posted.
        """
        ticket = _call(lambda: self.client.files_getUploadURLExternal(filename=filename, length=len(content)))
        error = self._post(str(ticket["upload_url"]), content)
        if error is not None:
            raise ConnectorError("Slack", f"upload: {error}", permanent=False)
        channel = self.post_dm(user_id, text, blocks)
        file: dict[str, str | None] = {"id": str(ticket["file_id"]), "title": filename}
        _call(lambda: self.client.files_completeUploadExternal(files=[file], channel_id=channel))
        return str(file["id"])

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
    """Ask Slack who the token is and return the way out; raises ConnectorError."""
    # No retries by the SDK: it would post a message twice after a reset connection.
    client = WebClient(token=token, base_url=api_url, retry_handlers=[], timeout=20)
    answer = _call(client.auth_test)
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
    except SlackApiError as error:
        name = _api_error(error)
        raise ConnectorError("Slack", name, permanent=name not in _PASSING) from error
    except (SlackClientError, OSError) as error:
        raise ConnectorError("Slack", f"no answer ({type(error).__name__})", permanent=False) from error


def _api_error(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    name = data.get("error", "unknown_error") if isinstance(data, dict) else "not an answer of Slack's"
    needed = f" (needs {data['needed']})" if isinstance(data, dict) and data.get("needed") else ""
    return f"{name}{needed}"


def _error_name(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return "no_answer"
    return str(answer.get("error", "no_answer")) if isinstance(answer, dict) else "no_answer"


def offline(org_id: str) -> Slack:
    """Return a way out that leads nowhere, for work that needs the organisation's id and no call."""
    return Slack(WebClient(token="", retry_handlers=[]), org_id=org_id, team_id=org_id, bot_user_id="")
