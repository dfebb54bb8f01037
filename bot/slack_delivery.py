"""Posting a message once: no retries of the SDK's, a mark to find it again by, and looking for it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.delivery import OVERSLEPT, Failure, Meaning, Missing, Posted, meaning
from bot.slack_calls import UNREADABLE, error_name
from bot.slack_late import OversleptError

EVENT_TYPE: Final = "worthwhile_delivery"
_PAGE: Final = 200
_MOST_PAGES: Final = 20


def post_once(client: WebClient, address: str, text: str, blocks: list[dict[str, Any]], mark: str) -> Posted | Failure:
    """Post a message that carries *mark*, in its metadata and as its first block's id; never twice."""
    marked = [{**block, "block_id": mark} if number == 0 else block for number, block in enumerate(blocks)]
    answer = _told(
        lambda: client.chat_postMessage(
            channel=address,
            text=text,
            blocks=marked,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"mark": mark}},
            unfurl_links=False,
            unfurl_media=False,
        )
    )
    if isinstance(answer, Failure):
        return answer
    channel, ts = answer.get("channel"), answer.get("ts")
    return Posted(str(channel), str(ts)) if channel and ts else Failure("no_answer", 200)


def look_for(client: WebClient, address: str, mark: str, since: datetime, channel: str) -> Posted | Missing | Failure:
    """Look for the message with *mark* among those posted to *address* since then.

    *channel* is the app's conversation with a user as far as it is known; else it is asked for. A
    Failure passes; where the app may not look, that is said instead.
    """
    if not channel and address.startswith(("U", "W")):
        opened = _told(lambda: client.conversations_open(users=[address]))
        if isinstance(opened, Failure):
            return _of_looking(opened)
        channel = str(opened["channel"]["id"])
    return _look_in(client, channel or address, mark, since)


def _look_in(client: WebClient, channel: str, mark: str, since: datetime) -> Posted | Missing | Failure:
    cursor = ""
    for _ in range(_MOST_PAGES):
        page = _told(
            lambda cursor=cursor: client.conversations_history(  # type: ignore[misc]
                channel=channel,
                oldest=f"{since.timestamp():.6f}",
                limit=_PAGE,
                cursor=cursor or None,
                include_all_metadata=True,
            )
        )
        if isinstance(page, Failure):
            return _of_looking(page)
        for message in page.get("messages") or []:
            if _has(message, mark):
                return Posted(channel, str(message["ts"]))
        before, cursor = cursor, (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return Missing.NOT_THERE
        if cursor == before:
            break
    return Missing.CANNOT_LOOK  # more was said there than can be read


def _has(message: dict[str, Any], mark: str) -> bool:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    blocks = message.get("blocks") or [{}]
    return mark in (payload.get("mark"), blocks[0].get("block_id"))


def _of_looking(failure: Failure) -> Missing | Failure:
    name = failure.error.partition(" ")[0]
    refused = meaning(failure) in {Meaning.AGAIN, Meaning.ROW, Meaning.PERSON}
    may_not = name in {"missing_scope", "no_permission", "not_allowed_token_type"}
    return Missing.CANNOT_LOOK if refused or may_not else failure


def _told(method: Callable[[], Any]) -> dict[str, Any] | Failure:
    """Return what Slack answers, or what came instead."""
    try:
        data = method().data
    except SlackApiError as error:
        return Failure(error_name(error), error.response.status_code, _retry_after(error))
    except URLError as error:  # raised before the request has left in whole, never after
        if isinstance(error.reason, OversleptError):
            return Failure(OVERSLEPT, sent=False)
        return Failure(f"unreachable ({type(error.reason).__name__})", sent=False)
    except (SlackClientError, OSError, ValueError, *UNREADABLE) as error:
        return Failure(f"no_answer ({type(error).__name__})")
    return data if isinstance(data, dict) else Failure("no_answer", 200)


def _retry_after(error: SlackApiError) -> float | None:
    headers = {str(name).lower(): value for name, value in (error.response.headers or {}).items()}
    with suppress(TypeError, ValueError):
        return max(0.0, float(headers["retry-after"])) if "retry-after" in headers else None
    return None
