"""What operators are told, as kinds of messages: one to each by direct message, one to their channel."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from bot.domain.people import Viewer
from bot.jobs.kind import Kind, Payload, ToChannel, ToPerson
from bot.services import Services
from bot.views.blocks import Message
from storage.operator_mail import IN_CHANNEL

Compose = Callable[[Services, Payload], Message | None]
_LATE: Final = timedelta(days=7)  # it is composed from what stands when it goes


def kinds_for_operators(name: str, compose: Compose) -> Mapping[str, Kind]:
    """Return the two kinds under which operators are told one thing; `storage.operator_mail` plans one of them."""

    def to_person(services: Services, _viewer: Viewer, payload: Payload) -> Message | None:
        return compose(services, payload)

    return {
        name: ToPerson(to_person, late=_LATE, anybody=True),
        f"{name}{IN_CHANNEL}": ToChannel(compose, late=_LATE),
    }
