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
    replaces: bool = False  # the answer takes the place of an ephemeral message that the button is in
    from_button: bool = False
    window_id: str = ""  # the open window that the button is in
    window_mark: str = ""  # what binds that window to a person
    from_home: bool = False

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
    )


def from_action(body: dict[str, Any], action: dict[str, Any]) -> Visit:
    """Return the visit of a pressed button or a chosen option: `mytokens-WORD[:...]`, value = argument.

    An option of a menu carries the words of the command it stands for.
    """
    word = str(action["action_id"]).partition("-")[2].partition(":")[0]
    argument = str(action.get("value") or "")
    if "selected_option" in action:
        word, _, argument = str((action["selected_option"] or {}).get("value") or "").partition(" ")
    view = body.get("view") or {}
    return replace(
        _of_interaction(body),
        word=word,
        argument="" if argument == "-" else argument,
        # a public message must never give way to a private answer
        replaces=bool((body.get("container") or {}).get("is_ephemeral")),
        from_button=True,
        window_id=str(view.get("id") or "") if view.get("type") == "modal" else "",
        window_mark=str(view.get("private_metadata") or ""),
        from_home=view.get("type") == "home",
    )


def from_shortcut(body: dict[str, Any], word: str) -> Visit:
    """Return the visit of a global shortcut, which stands for *word*."""
    return replace(_of_interaction(body), word=word)


def from_event(body: dict[str, Any]) -> Visit:
    """Return the visit of an event; it has no trigger and no way to answer."""
    org, team = str(body.get("enterprise_id") or body["team_id"]), str(body["team_id"])
    return Visit(SlackId(org, str(body["event"]["user"])), team, "", "", "", "")


def _of_interaction(body: dict[str, Any]) -> Visit:
    user, team = body["user"], body.get("team") or {}
    team_id = str(team.get("id") or user.get("team_id") or "")
    org_id = str((body.get("enterprise") or {}).get("id") or team_id)
    response_url, trigger_id = str(body.get("response_url") or ""), str(body.get("trigger_id") or "")
    return Visit(SlackId(org_id, str(user["id"])), team_id, "", "", response_url, trigger_id)


def _collapse(text: str) -> str:
    # ten megabytes of text after a command are cut before anything looks at them
    return " ".join(text[:300].split())
