"""What people do with a screen: press, fill in, submit, close."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground import payloads
from bot.playground.acting import Acting
from bot.playground.delivery import Delivery
from bot.playground.screens import (
    NotPossibleError,
    action_of,
    cannot_submit,
    filled,
    find,
    state_values,
    with_ids,
)
from bot.playground.shown import Json, Shown
from bot.playground.things import LocalUser, ResponseUrl

Typed = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Use:
    """Which element is used, and how."""

    wanted: str
    value: str | None
    option: Any
    block_id: str | None


class Pressing(Acting):
    """Turns using a screen into a delivery; refuses what Slack's own windows would not let a person do."""

    def click(
        self,
        user: str,
        shown: Shown,
        action_id: str,
        value: str | None = None,
        option: Any = None,
        block_id: str | None = None,
    ) -> Delivery:
        """Uses an element of what was shown, named by action_id or by the words on it.

        *value* picks among buttons that share an action_id, or is what is typed; *option* is what
        is chosen: an option's value or words, a list of them, an id, a date.
        """
        person = self._person(user, external=True)
        if not self.can_see(user, shown):
            raise NotPossibleError(f"{user} cannot see that")
        use = Use(action_id, value, option, block_id)
        return self._use_view(person, shown, use) if shown.view_id else self._use_message(person, shown, use)

    def fill(self, user: str, values: Typed) -> None:
        """Types into the top modal without sending it: {"block_id": {"action_id": value}}."""
        view = self.top_modal(user)
        with self.world.lock:
            view["state"]["values"] = filled(view["blocks"], view["state"]["values"], dict(values))

    def submit(self, user: str, values: Typed | None = None, *, force: bool = False) -> Delivery:
        """Presses the submit button of the top modal; *force* skips Slack's own checks of the fields."""
        person = self._person(user, external=True)
        self.fill(user, values or {})
        view = self.top_modal(user)
        view["state"]["values"] = state_values(view["blocks"], view["state"]["values"])
        reasons = cannot_submit(view["blocks"], view["state"]["values"])
        if reasons and not force:
            raise NotPossibleError("; ".join(reasons))
        if view["submit"] is None and not force:
            raise NotPossibleError("this modal has nothing to submit")
        payload = payloads.interaction(self.world, person, "view_submission", view["id"])
        return self._deliver("interactive", user, {**payload, "view": as_sent(view), "response_urls": []})

    def close(self, user: str, *, everything: bool = False) -> Delivery | None:
        """Closes the top modal, or all; the bot hears of it only when the view asked to be told."""
        person = self._person(user, external=True)
        view = self.top_modal(user)
        with self.world.lock:
            stack = self.world.modals[user]
            del stack[0 if everything else len(stack) - 1 :]
        self.world.shown.touch()
        if not view["notify_on_close"]:
            return None
        payload = payloads.interaction(self.world, person, "view_closed", view["id"])
        return self._deliver("interactive", user, {**payload, "view": as_sent(view), "is_cleared": everything})

    def top_modal(self, user: str) -> Json:
        """Returns the modal in front of a person."""
        stack = self.world.modals.get(user)
        if not stack:
            raise NotPossibleError(f"no modal is open for {user}")
        return stack[-1]

    def can_see(self, user: str, shown: Shown) -> bool:
        """Says whether something was shown where a person could see it."""
        return user in shown.user_ids or (shown.public and self.world.opens_public_channels(user))

    def _use_view(self, person: LocalUser, shown: Shown, use: Use) -> Delivery:
        home = self.world.homes.get(person.id)
        view = home if home and home["id"] == shown.view_id else self.top_modal(person.id)
        if view["id"] != shown.view_id:
            raise NotPossibleError("that modal is closed, or another one is in front of it")
        block, element = find(view["blocks"], use.wanted, use.value, use.block_id)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise NotPossibleError(f"{use.wanted} tells the bot nothing before the modal is submitted")
        action = action_of(block, element, use.value, use.option)
        typed = view["state"]["values"]
        if element["type"] not in ("button", "overflow"):
            typed = {**typed, block["block_id"]: {**typed.get(block["block_id"], {}), **_now_held(action)}}
        view["state"]["values"] = state_values(view["blocks"], typed)
        payload = payloads.interaction(self.world, person, "block_actions", view["id"])
        return self._act(person, {**payload, **payloads.on_view(as_sent(view))}, action)

    def _use_message(self, person: LocalUser, shown: Shown, use: Use) -> Delivery:
        message = self.world.messages.get(shown.channel, {}).get(shown.ts)
        if message is None:
            raise NotPossibleError("that message is gone")
        blocks = with_ids(message.body.get("blocks") or [])
        block, element = find(blocks, use.wanted, use.value, use.block_id)
        action = action_of(block, element, use.value, use.option)
        channel = self.world.channels[shown.channel]
        url = self.world.new_response_url(person.id, channel.id, of_command=False, original=message.ts)
        payload = payloads.interaction(self.world, person, "block_actions")
        payload |= payloads.on_message(self.world, channel, message, self.url_of(url))
        payload["state"] = {"values": state_values(blocks, {block["block_id"]: _now_held(action)})}
        return self._act(person, payload, action, url)

    def _act(self, person: LocalUser, payload: Json, action: Json, url: ResponseUrl | None = None) -> Delivery:
        actions = [{**action, "action_ts": self.world.new_ts()}]
        return self._deliver("interactive", person.id, {**payload, "actions": actions}, url)


def as_sent(view: Json) -> Json:
    """What is sent is how the view was at that moment."""
    return {**view, "state": {"values": dict(view["state"]["values"])}}


def _now_held(action: Json) -> Json:
    held = {key: value for key, value in action.items() if key not in ("block_id", "action_id")}
    return {action["action_id"]: held}
