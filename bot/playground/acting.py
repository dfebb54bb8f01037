"""Who may act where, and how an act reaches the bot."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.playground import payloads
from bot.playground.acks import settle
from bot.playground.delivery import Courier, Delivery, Kind
from bot.playground.screens import NotPossibleError
from bot.playground.shown import Json
from bot.playground.things import LocalChannel, LocalUser, ResponseUrl
from bot.playground.world import World


class Acting:
    """Brings what a person did to the bot, and shows them what follows from the acknowledgement."""

    def __init__(self, world: World, courier: Courier) -> None:
        self.world, self.courier = world, courier

    def repeat(self, delivery: Delivery) -> Delivery:
        """Brings a delivery once more, byte for byte, with the same signature or envelope id."""
        again = replace(delivery)
        self.world.shown.acts(delivery.user)
        self.courier.bring(again)
        settle(self.world, again)
        return again

    def url_of(self, url: ResponseUrl) -> str:
        """Returns the address of a response_url."""
        return f"{self.world.base_url}respond/{url.id}"

    def _deliver(self, kind: Kind, user: str, payload: Json, url: ResponseUrl | None = None) -> Delivery:
        delivery = Delivery(kind, user, payload, trigger_id=str(payload.get("trigger_id", "")))
        if url is not None:
            delivery.response_url, delivery.response_url_id = self.url_of(url), url.id
        self.world.shown.acts(user)
        self.courier.send(delivery)
        settle(self.world, delivery)
        return delivery

    def _event(self, kind: str, fields: Mapping[str, Any], user: str) -> Delivery:
        delivery = Delivery("events_api", user, payloads.event(self.world, kind, fields))
        self.courier.send(delivery)
        if not delivery.acked and not delivery.no_retry:
            reason = "http_timeout" if delivery.error == "operation_timeout" else "http_error"
            delivery.envelope_id = ""  # a retry comes in an envelope of its own
            self.courier.send(delivery, retry=(1, reason))
        return delivery

    def _person(self, user: str, *, force: bool = False, external: bool = False) -> LocalUser:
        person = self.world.users.get(user)
        if person is None:
            raise NotPossibleError(f"there is no {user}")
        if not force and (person.deleted or person.is_bot):
            raise NotPossibleError(f"{person.name} cannot do anything in Slack")
        if person.is_stranger and not (force or external):
            raise NotPossibleError(f"{person.name} is from elsewhere: commands and shortcuts are not offered")
        return person

    def _place(self, person: LocalUser, channel: str | None, *, force: bool = False) -> LocalChannel:
        if channel is None:
            return self.world.direct_message(person.id)
        place = self.world.channels.get(channel)
        if place is None:
            raise NotPossibleError(f"there is no channel {channel}")
        if person.id not in place.members and not force:
            raise NotPossibleError(f"{person.name} is not in {place.name}")
        return place
