"""Calling the Web API: Slack's errors in our words, and which of them another try may mend."""

import re
import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, Final, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.errors import ConnectorError

NO_ANSWER: Final = "no_answer"  # what came was not Slack's
# What the SDK raises of an answer that breaks off, has an unknown alphabet, or is JSON but no object.
UNREADABLE: Final = (HTTPException, UnicodeError, LookupError, AttributeError)
_PAUSE_SECONDS: Final = 1.0
_PATIENT_TRIES: Final = 10
_PATIENT_SECONDS: Final = 5.0
_MOST_SECONDS: Final = 300.0
_NAME: Final = re.compile(r"\w{1,80}")
# Errors that another try may mend.
_PASSING: Final = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout", NO_ANSWER}
)

Client = TypeVar("Client", bound=WebClient)
Counts = Callable[[str, str | None], None]  # a method's name, and Slack's name for what went wrong, if anything did


def counted(client: Client, counts: Counts) -> Client:
    """Return *client*, which from now on tells *counts* of each call when it is over."""
    ask = client.api_call

    def api_call(api_method: str, **given: Any) -> Any:
        error: str | None = NO_ANSWER
        try:
            answer = ask(api_method, **given)
            error = None
            return answer
        except SlackApiError as refused:
            error = _api_error(refused)
            raise
        finally:
            counts(api_method, error)

    client.api_call = api_call  # type: ignore[method-assign]  # the one way through which all of its methods go
    return client


def call(method: Callable[[], Any]) -> Any:
    """Return what a method of the SDK answers; raises ConnectorError with Slack's own name for what went wrong."""
    try:
        return method()
    except (SlackClientError, OSError, *UNREADABLE) as error:
        name = error_name(error)
        passing = name in _PASSING or not isinstance(error, SlackApiError)
        raise ConnectorError("Slack", name, permanent=not passing) from error


def call_twice(method: Callable[[], Any]) -> Any:
    """Call what may be repeated without harm, a second time after a pause where that can help."""
    try:
        return call(method)
    except ConnectorError as error:
        if error.permanent:
            raise
    time.sleep(_PAUSE_SECONDS)
    return call(method)


def call_patiently(method: Callable[[], Any], pause: Callable[[float], None]) -> Any:
    """Call what may be repeated without harm and may take its time, waiting as long as Slack asks for.

    Raises ConnectorError when another try is of no use, or when Slack does not answer for long.
    """
    for _ in range(_PATIENT_TRIES - 1):
        try:
            return call(method)
        except ConnectorError as error:
            if error.permanent:
                raise
            pause(_seconds_to_wait(error.__cause__))
    return call(method)


def _seconds_to_wait(error: object) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    asked = str(said[0] if isinstance(said, list) else said)
    return min(float(asked), _MOST_SECONDS) if asked.isdecimal() else _PATIENT_SECONDS


def error_name(error: Exception) -> str:
    """Return Slack's own name for what went wrong, or that there was no answer."""
    return _api_error(error) if isinstance(error, SlackApiError) else f"no answer ({type(error).__name__})"


def _api_error(error: SlackApiError) -> str:
    data = getattr(error.response, "data", None)
    name = data.get("error") if isinstance(data, dict) else None
    if not name or not _NAME.fullmatch(str(name)):  # the SDK puts a body that is not JSON there
        return NO_ANSWER
    needed = f" (needs {data['needed']})" if isinstance(data, dict) and data.get("needed") else ""
    return f"{name}{needed}"
