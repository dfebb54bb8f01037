"""What people do on the page, brought to the local Slack."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from bot.playground.delivery import Delivery
from bot.playground.local_slack import LocalSlack
from bot.playground.page.forms import missing, typed, typed_values
from bot.playground.page.manifest import Manifest
from bot.playground.page.memory import Memory
from bot.playground.page.panes import HOME, MESSAGES
from bot.playground.page.story import Story
from bot.playground.screens import NotPossibleError, find, with_ids
from bot.playground.shown import Json, Shown
from bot.playground.things import LocalMessage

_NOT_REACHED: Final = "We had some trouble connecting. Try again?"
_NO_SHOWN: Final = -1


class Act(msgspec.Struct):
    """One act, as the browser sends it."""

    act: str
    user: str = ""
    place: str = ""
    channel: str = ""
    ts: str = ""
    view: str = ""
    block_id: str = ""
    action_id: str = ""
    value: Any = None
    text: str = ""
    id: str = ""
    everything: bool = False
    fields: dict[str, dict[str, Any]] = {}


class Actor:
    """Does what a person did on the page; returns what to tell them, or nothing."""

    def __init__(self, slack: LocalSlack, manifest: Manifest, memory: Memory, story: Story | None) -> None:
        self._slack, self._manifest, self._memory, self._story = slack, manifest, memory, story
        self._acts: dict[str, Callable[[Act], str]] = {
            "visit": self._visit,
            "send": self._send,
            "use": self._use,
            "fill": self._fill,
            "submit": self._submit,
            "close": self._close,
            "shortcut": self._shortcut,
            "share": self._share,
            "clock": lambda act: self._story.press_clock(act.id) if self._story else "",
            "switch": lambda act: self._story.flip(act.id) if self._story else "",
            "run": lambda act: self._story.run(act.id) if self._story else "",
        }

    def do(self, act: Act) -> str:
        """Does an act; raises NotPossibleError where Slack would not let the person do it."""
        if act.act not in self._acts:
            raise NotPossibleError(f"there is no {act.act!r} here")
        said = self._acts[act.act](act)
        self._slack.world.shown.touch()
        return said

    def _visit(self, act: Act) -> str:
        if act.place in (HOME, MESSAGES):
            self._slack.open_home(act.user, act.place)
        return ""

    def _send(self, act: Act) -> str:
        name, _, words = act.text.strip().partition(" ")
        if not name.startswith("/"):
            self._slack.say(act.user, act.channel, act.text.strip())
        elif name not in [command.name for command in self._manifest.commands]:
            text = (
                f"`{name}` is not a valid command. In Slack, all messages that start with the `/` "
                "character are interpreted as commands."
            )
            self._memory.notice(self._slack.world, act.user, act.channel, text)
        else:
            delivery = self._slack.command(act.user, name, words.strip(), channel=act.channel)
            if delivery.error:
                text = f"`{name}` failed with the error `{delivery.error}`"
                self._memory.notice(self._slack.world, act.user, act.channel, text)
        return ""

    def _use(self, act: Act) -> str:
        if act.view:
            self._fill(act)
            blocks, shown = self._view(act)["blocks"], _screen(act, (act.user,))
        else:
            message = self._message(act)
            readers = (
                {message.ephemeral_to} if message.ephemeral_to else self._slack.world.channels[act.channel].members
            )
            blocks, shown = with_ids(message.body.get("blocks") or []), _screen(act, tuple(readers))
        _, element = find(blocks, act.action_id, block_id=act.block_id)
        if element["type"] in ("button", "icon_button"):
            delivery = self._slack.click(act.user, shown, act.action_id, block_id=act.block_id)
        else:
            chosen = typed(element, act.value, self._slack.world.users[act.user].tz)
            delivery = self._slack.click(act.user, shown, act.action_id, option=chosen, block_id=act.block_id)
        return _told(delivery)

    def _message(self, act: Act) -> LocalMessage:
        message = self._slack.world.messages.get(act.channel, {}).get(act.ts)
        if message is None or message.ephemeral_to not in ("", act.user):
            raise NotPossibleError("that message is gone")
        return message

    def _view(self, act: Act) -> Json:
        world = self._slack.world
        views = [*world.modals.get(act.user, []), *filter(None, [world.homes.get(act.user)])]
        for view in views:
            if view["id"] == act.view:
                return view
        raise NotPossibleError("that window is closed")

    def _fields(self, act: Act) -> dict[str, dict[str, Any]]:
        zone = self._slack.world.users[act.user].tz
        return typed_values(self._view(act)["blocks"], act.fields, zone)

    def _fill(self, act: Act) -> str:
        """Keeps what was typed, so that it is still there after a reload; Home tabs have nothing to keep."""
        open_now = self._slack.world.modals.get(act.user)
        if act.fields and open_now and open_now[-1]["id"] == act.view:
            self._slack.fill(act.user, self._fields(act))
        return ""

    def _submit(self, act: Act) -> str:
        view, values = self._slack.top_modal(act.user), self._fields(act)
        if view["id"] != act.view:
            raise NotPossibleError("another window is in front of that one")
        empty = missing(view, values)
        if empty:
            self._slack.fill(act.user, values)
            self._memory.settle_form(act.view, empty)
            return ""
        self._memory.settle_form(act.view)
        delivery = self._slack.submit(act.user, values)
        answer = delivery.ack_body if isinstance(delivery.ack_body, dict) else {}
        errors = answer.get("errors") if answer.get("response_action") == "errors" else None
        self._memory.settle_form(act.view, errors, _told(delivery))
        return ""

    def _close(self, act: Act) -> str:
        if self._slack.top_modal(act.user)["id"] == act.view:  # a second click must not close the one below
            self._slack.close(act.user, everything=act.everything)
        return ""

    def _shortcut(self, act: Act) -> str:
        return _told(self._slack.shortcut(act.user, act.id))

    def _share(self, act: Act) -> str:
        return _told(self._slack.message_shortcut(act.user, act.id, self._message(act)))


def _screen(act: Act, readers: tuple[str, ...]) -> Shown:
    if act.view:
        return Shown(_NO_SHOWN, readers, "modal", [], "", {}, view_id=act.view)
    return Shown(_NO_SHOWN, readers, "channel", [], "", {}, ts=act.ts, channel=act.channel)


def _told(delivery: Delivery) -> str:
    return f"{_NOT_REACHED} ({delivery.error})" if delivery.error else ""
