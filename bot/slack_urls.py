"""Addresses that Slack hands out for one use: where an answer goes, and where a file is put."""

import json
import time
from typing import Any, Final

import msgspec
import urllib3

from bot.slack_calls import NO_ANSWER

_SECONDS: Final = 10.0
_PAUSE_SECONDS: Final = 1.0
_MAX_WAIT_SECONDS: Final = 5.0
_SLACK_HOSTS: Final = ("slack.com", "slack-gov.com")


class SlackUrls:
    """Posts over kept-alive connections; to Slack only, whatever an address says."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url
        self._http = urllib3.PoolManager(num_pools=4, maxsize=64, block=True, retries=False, timeout=_SECONDS)

    def respond(self, url: str, payload: dict[str, Any]) -> str | None:
        """Post *payload* to a response_url; return None when Slack took it, else its error's name.

        A rate limit, an error of Slack's or a lost connection is tried once more.
        """
        body = msgspec.json.encode(payload)
        error = self.once(url, body)
        return self.once(url, body) if error in {"again", "ratelimited"} else error

    def once(self, url: str, body: bytes) -> str | None:
        """Post *body*, following no redirect; return None when Slack took it, else what went wrong."""
        if not self._is_slack(url):
            return "not_a_slack_url"
        try:
            answer = self._http.request(
                "POST", url, body=body, headers={"Content-Type": "application/json"}, redirect=False
            )
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
            asked = urllib3.util.parse_url(url)
        except urllib3.exceptions.LocationParseError:
            return False
        own, host = urllib3.util.parse_url(self._api_url), asked.host or ""
        if (asked.scheme, host) == (own.scheme, own.host):
            return True
        of_slack = any(host == known or host.endswith(f".{known}") for known in _SLACK_HOSTS)
        return asked.scheme == "https" and of_slack

    def close(self) -> None:
        """Close the connections."""
        self._http.clear()


def _retry_after(header: str) -> float:
    return min(float(header), _MAX_WAIT_SECONDS) if header.isdecimal() else _PAUSE_SECONDS


def _error_name(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return NO_ANSWER
    return str(answer.get("error", NO_ANSWER)) if isinstance(answer, dict) else NO_ANSWER
