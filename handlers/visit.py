"""A verified request from Slack, reduced to what may be used of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from bot.domain.people import SlackId

# Text of a message or a field that is longer is cut; Slack takes no more in one.
_LONGEST: Final = 40_000


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
    command: str = "mytokens"  # whose words they are
    channel_id: str = ""  # where it was typed
    fields: Mapping[str, str] = field(default_factory=dict)  # of a form that was sent; several choices a line each
    quoted: str = ""  # the text of the message that a shortcut was chosen on
    quoted_by: Literal["", "self", "colleague", "stranger"] = ""  # who wrote that message

    def with_word(self, word: str, argument: str) -> "Visit":
        """Return the same request for another word."""
        return replace(self, word=word, argument=argument)


def from_command(body: dict[str, Any], command: str) -> Visit:
    """Return the visit of a slash command, by its name without a prefix."""
    word, _, argument = _collapse(body.get("text") or "").partition(" ")
    return Visit(
        slack_id=SlackId(str(body.get("enterprise_id") or body["team_id"]), str(body["user_id"])),
        team_id=str(body.get("team_id") or ""),
        word=word.lower(),
        argument=argument,
        response_url=str(body.get("response_url") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        command=command,
        channel_id=str(body.get("channel_id") or ""),
    )


def from_action(body: dict[str, Any], action: dict[str, Any]) -> Visit:
    """Return the visit of a pressed button or a chosen option: `COMMAND-WORD[:...]`, value = argument.

    An option of a menu carries the words of the command it stands for.
    """
    command, word, _ = _id_parts(str(action["action_id"]))
    argument = str(action.get("value") or "")
    if "selected_option" in action:
        word, _, argument = str((action["selected_option"] or {}).get("value") or "").partition(" ")
    view = body.get("view") or {}
    return replace(
        _of_interaction(body),
        command=command,
        word=word,
        argument="" if argument == "-" else argument,
        # a public message must never give way to a private answer
        replaces=bool((body.get("container") or {}).get("is_ephemeral")),
        from_button=True,
        window_id=str(view.get("id") or "") if view.get("type") == "modal" else "",
        window_mark=str(view.get("private_metadata") or ""),
        from_home=view.get("type") == "home",
        fields=_filled_in((view.get("state") or {}).get("values") or {}),
    )


def from_submission(body: dict[str, Any]) -> Visit:
    """Return the visit of a form that was sent: `COMMAND-WORD[:ARGUMENT]`."""
    view = body["view"]
    command, word, argument = _id_parts(str(view.get("callback_id") or ""))
    return replace(
        _of_interaction(body),
        command=command,
        word=word,
        argument=argument,
        window_id=str(view["id"]),
        window_mark=str(view.get("private_metadata") or ""),
        fields=_filled_in((view.get("state") or {}).get("values") or {}),
    )


def from_shortcut(body: dict[str, Any], command: str, word: str) -> Visit:
    """Return the visit of a shortcut, global or on a message, which stands for *word* of a command."""
    message = body.get("message") or {}
    # the answer goes into a window: a message's own response_url is not for it
    return replace(
        _of_interaction(body),
        command=command,
        word=word,
        channel_id=str((body.get("channel") or {}).get("id") or ""),
        quoted=str(message.get("text") or "")[:_LONGEST],
        quoted_by=_writer_of(message, body) if message else "",
        response_url="",
    )


def from_event(body: dict[str, Any]) -> Visit:
    """Return the visit of an event; it has no trigger and no way to answer."""
    team = str(body.get("team_id") or "")
    return Visit(SlackId(_org_of_event(body) or team, str(body["event"]["user"])), team, "", "", "", "")


def _org_of_event(body: dict[str, Any]) -> str:
    """Return the organisation that an event is of; Slack names it outside, or only with whom it is sent for."""
    authorized: dict[str, Any] = next(iter(body.get("authorizations") or [{}]))
    return str(body.get("enterprise_id") or authorized.get("enterprise_id") or "")


def _writer_of(message: Mapping[str, Any], body: dict[str, Any]) -> Literal["self", "colleague", "stranger"]:
    """Return who wrote a message: somebody of another company where Slack names another workspace with it."""
    user, homes = body["user"], {(body.get("team") or {}).get("id"), (body.get("enterprise") or {}).get("id")}
    teams = {message.get("user_team"), message.get("source_team"), message.get("team")} - {None, ""}
    if message.get("user") == user["id"]:
        return "self"
    return "stranger" if teams and not teams & {*homes, user.get("team_id")} else "colleague"


def _of_interaction(body: dict[str, Any]) -> Visit:
    user, team = body["user"], body.get("team") or {}
    team_id = str(team.get("id") or user.get("team_id") or "")
    org_id = str((body.get("enterprise") or {}).get("id") or team_id)
    response_url, trigger_id = str(body.get("response_url") or ""), str(body.get("trigger_id") or "")
    return Visit(SlackId(org_id, str(user["id"])), team_id, "", "", response_url, trigger_id)


def _id_parts(action_id: str) -> tuple[str, str, str]:
    command, _, rest = action_id.partition("-")
    word, _, argument = rest.partition(":")
    return command, word, argument


def _filled_in(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {
        name: "\n".join(_chosen(state))[:_LONGEST] for name, elements in values.items() for state in elements.values()
    }


def _chosen(state: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an element of a form holds: its text, or the values that were chosen."""
    for key in ("value", "selected_conversation", "selected_channel", "selected_user"):
        if state.get(key):
            yield str(state[key])
    options = [state["selected_option"]] if state.get("selected_option") else state.get("selected_options") or []
    yield from (str(option["value"]) for option in options)
    for key in ("selected_conversations", "selected_channels", "selected_users"):
        yield from map(str, state.get(key) or [])


def _collapse(text: str) -> str:
    # ten megabytes of text after a command are cut before anything looks at them
    return " ".join(text[:300].split())
