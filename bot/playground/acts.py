"""What people do in Slack: type commands, choose shortcuts, post, open the Home tab."""

from typing import Any

from bot.playground import payloads
from bot.playground.delivery import Delivery
from bot.playground.pressing import Pressing, as_sent
from bot.playground.screens import NotPossibleError
from bot.playground.shown import Json, Shown
from bot.playground.things import LocalChannel, LocalMessage


class Acts(Pressing):
    """Everything that people do in Slack."""

    def command(
        self, user: str, name: str, text: str = "", channel: str | None = None, *, force: bool = False
    ) -> Delivery:
        """Types a slash command, in the bot's DM unless a channel is named; *force* skips who may."""
        person = self._person(user, force=force)
        place = self._place(person, channel, force=force)
        url = self.world.new_response_url(user, place.id, of_command=True)
        words = (name, payloads.escaped(self.world, text))
        payload = payloads.command(self.world, person, place, words, self.url_of(url))
        return self._deliver("slash_commands", user, payload, url)

    def shortcut(self, user: str, callback_id: str, *, force: bool = False) -> Delivery:
        """Chooses a global shortcut."""
        payload = payloads.interaction(self.world, self._person(user, force=force), "shortcut")
        more = {"callback_id": callback_id, "action_ts": self.world.new_ts()}
        return self._deliver("interactive", user, {**payload, **more})

    def message_shortcut(
        self, user: str, callback_id: str, message: Shown | LocalMessage, *, force: bool = False
    ) -> Delivery:
        """Chooses a shortcut on a message that the person can see; ephemeral messages have none."""
        person = self._person(user, force=force)
        kept = self.world.messages.get(message.channel, {}).get(message.ts)
        if kept is None or kept.ephemeral_to:
            raise NotPossibleError("there is no such message, or it is an ephemeral one")
        channel = self._place(person, kept.channel, force=force)
        url = self.world.new_response_url(user, channel.id, of_command=False, original=kept.ts)
        more = payloads.message_shortcut(self.world, channel, kept, callback_id, self.url_of(url))
        payload = payloads.interaction(self.world, person, "message_action")
        return self._deliver("interactive", user, {**payload, **more}, url)

    def say(self, user: str, channel: str, text: str, thread_ts: str = "") -> LocalMessage:
        """Posts a message as a person; the bot is told only by an event that a test sends itself."""
        place = self._place(self._person(user, external=True), channel)
        message = LocalMessage(place.id, self.world.new_ts(), user, {"text": text}, thread_ts=thread_ts)
        self.world.keep(message)
        self.world.show_in(place, {"text": text, "user": user}, ts=message.ts)
        return message

    def open_home(self, user: str, tab: str = "home") -> Delivery:
        """Opens the app's Home tab, or its Messages tab."""
        self._person(user, external=True)
        channel = self.world.direct_message(user)
        fields: Json = {"user": user, "channel": channel.id, "tab": tab}
        if tab == "home" and user in self.world.homes:
            fields["view"] = as_sent(self.world.homes[user])
        self.world.shown.acts(user)
        return self._event("app_home_opened", fields, user)

    def event(self, kind: str, **fields: Any) -> Delivery:
        """Sends an event; one that is not acknowledged is tried again at once, as Slack does."""
        return self._event(kind, fields, str(fields.get("user", "")))

    def forge_action(self, user: str, action_id: str, value: str = "", **overrides: Any) -> Delivery:
        """Sends a block_actions payload that no screen offered; *overrides* replace its top-level keys."""
        person = self.world.users[user]
        channel = self.world.direct_message(user) if not person.deleted else LocalChannel("D0GONE", "")
        url = self.world.new_response_url(user, channel.id, of_command=False)
        message = LocalMessage(channel.id, self.world.new_ts(), self.world.bot_user_id, {}, user)
        action = {
            "type": "button",
            "block_id": "forged",
            "action_id": action_id,
            "value": value,
            "text": {"type": "plain_text", "text": "forged"},
            "action_ts": self.world.new_ts(),
        }
        payload = {
            **payloads.interaction(self.world, person, "block_actions"),
            **payloads.on_message(self.world, channel, message, self.url_of(url)),
            "actions": [action],
            "state": {"values": {}},
            **overrides,
        }
        return self._deliver("interactive", user, payload, url)

    def forge_form(self, user: str, callback_id: str, values: Json, **view: Any) -> Delivery:
        """Sends a view_submission of a window that nobody opened; *view* replaces what it says of itself."""
        window: Json = {"id": "V0FORGED", "type": "modal", "callback_id": callback_id, "private_metadata": ""}
        payload = payloads.interaction(self.world, self.world.users[user], "view_submission", str(window["id"]))
        told = {**window, "state": {"values": values}, **view}
        return self._deliver("interactive", user, {**payload, "view": told, "response_urls": []})
