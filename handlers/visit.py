"""A verified request from Slack, reduced to what may be used of it."""

from dataclasses import dataclass, replace
from typing import Any

from bot.domain.people import SlackId


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, with which words, and where the answer goes.

    Who asks comes from the payload that Slack signed; nothing typed, no value of a button and no
    metadata ever names the person.
    """

    slack_id: SlackId
    team_id: str
    word: str
    argument: str
    response_url: str
    trigger_id: str
    from_button: bool
    view_id: str = ""

    def with_word(self, word: str, argument: str) -> "Visit":
        """Return the same request for another word."""
        return replace(self, word=word, argument=argument)


def from_command(body: dict[str, Any]) -> Visit:
    """Return the visit of a slash command."""
    word, _, argument = _collapse(body.get("text") or "").partition(" ")
    return Visit(
        slack_id=SlackId(str(body.get("enterprise_id") or body["team_id"]), str(body["user_id"])),
        team_id=str(body["team_id"]),
        word=word.lower(),
        argument=argument,
        response_url=str(body.get("response_url") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        from_button=False,
    )


def from_action(body: dict[str, Any], action: dict[str, Any]) -> Visit:
    """Return the visit of a pressed button or a chosen option: `mytokens-WORD[:...]`, value = argument.

    An option of a menu carries the words of the command it stands for.
    """
    user, team = body["user"], body.get("team") or {}
    word = str(action["action_id"]).partition("-")[2].partition(":")[0]
    argument = str(action.get("value") or "")
    if "selected_option" in action:
        word, _, argument = str((action["selected_option"] or {}).get("value") or "").partition(" ")
    return Visit(
        slack_id=SlackId(str(_enterprise(body) or team.get("id") or user.get("team_id")), str(user["id"])),
        team_id=str(team.get("id") or user.get("team_id") or ""),
        word=word,
        argument="" if argument == "-" else argument,
        response_url=str(body.get("response_url") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        from_button=True,
        view_id=str((body.get("view") or {}).get("id") or ""),
    )


def _enterprise(body: dict[str, Any]) -> str:
    return str((body.get("enterprise") or {}).get("id") or "")


def _collapse(text: str) -> str:
    # ten megabytes of text after a command are cut before anything looks at them
    return " ".join(text[:300].split())
