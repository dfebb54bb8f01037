"""Asking Slack itself whether it would take every message that the bot can send."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.doctor.every_message import Example, every_message
from bot.errors import ConnectorError
from bot.slack_calls import call_patiently
from bot.views import doctor_live as views
from bot.views.doctor import Line

_MOST_REFUSED: Final = 10  # more say nothing new
# What Slack says of blocks that it would refuse; anything else is about the call.
_NO: Final = frozenset({"invalid_blocks", "invalid_arguments", "invalid_blocks_format", "msg_blocks_too_long"})


def live_lines(
    client: WebClient, pause: Callable[[float], None], examples: Callable[[], Iterable[Example]] = every_message
) -> Iterator[Line]:
    """Yield what Slack refuses, of made-up messages that go nowhere; raises ConnectorError when it does not answer.

    The same content is asked about once. Slack limits how fast it is asked; *pause* waits as long as it says.
    """
    asked: set[str] = set()
    refused = 0
    for example in examples():
        content = json.dumps(example.content, sort_keys=True)
        if content in asked or refused == _MOST_REFUSED:
            continue
        asked.add(content)
        if problem := _problem(client, example, pause):
            refused += 1
            yield views.refused(example.name, problem)
    if not refused:
        yield views.all_taken(len(asked))


def _problem(client: WebClient, example: Example, pause: Callable[[float], None]) -> str:
    """Return why Slack would refuse an example, empty where it would take it."""
    given: dict[str, Any] = {"message": {"blocks": example.content}}
    if example.surface != "message":
        given = {"view": example.content}
    try:
        call_patiently(lambda: client.blocks_validate(**given), pause)
    except ConnectorError as error:
        cause = error.__cause__
        if not error.permanent or not isinstance(cause, SlackApiError) or str(cause.response.get("error")) not in _NO:
            raise
        found = (cause.response.get("response_metadata") or {}).get("messages") or cause.response.get("errors") or [""]
        return f"{cause.response['error']} {found[0]}".strip()
    return ""
