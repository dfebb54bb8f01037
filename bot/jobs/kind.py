"""What a kind of message is that the bot sends on its own: how it is composed, and what must stand for it to go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.delivery import Needs
from bot.domain.people import Viewer
from bot.services import Services
from bot.views.blocks import Message

Payload = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ToPerson:
    """A message to somebody who is on; composed when it goes, and None when there is nothing to say.

    It does not go in their night, nor once it is *late*; of a kind with *newest_only* an earlier one does
    not go when a later one is due. One that *folds* goes inside the first message to the same person on the
    morning on which it is due, if there is one. One for *anybody* goes to employees who are not on, too. One
    that was chosen to come *at_night* as well goes at any hour, and nothing goes inside it.
    """

    compose: Callable[[Services, Viewer, Payload], Message | None]
    needs: Needs | None = None
    late: timedelta = timedelta(hours=24)
    newest_only: bool = False
    folds: bool = False
    anybody: bool = False
    at_night: bool = False


@dataclass(frozen=True, slots=True)
class ToChannel:
    """A message to a channel; composed when it goes, and None when there is nothing to say any more."""

    compose: Callable[[Services, Payload], Message | None]
    late: timedelta = timedelta(hours=24)
    newest_only: bool = False


Kind = ToPerson | ToChannel
