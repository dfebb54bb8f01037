"""What the page itself remembers: what Slack's own client would say and know, and the bot never hears of."""

import threading
from collections import defaultdict
from collections.abc import Mapping

from bot.playground.things import LocalMessage
from bot.playground.world import World

SLACKBOT = "USLACKBOT"
_MOST_NOTICES = 50


class Memory:
    """Holds notices of Slackbot's, errors under fields, and what each person has read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._notices: defaultdict[tuple[str, str], list[LocalMessage]] = defaultdict(list)
        self._read: dict[tuple[str, str], str] = {}
        self._errors: dict[str, Mapping[str, str]] = {}
        self._trouble: dict[str, str] = {}

    def notice(self, world: World, user: str, channel: str, text: str) -> None:
        """Lets Slackbot say something to one person."""
        message = LocalMessage(channel, world.new_ts(), SLACKBOT, {"text": text}, ephemeral_to=user)
        with self._lock:
            self._notices[user, channel] = [*self._notices[user, channel], message][-_MOST_NOTICES:]
        world.shown.touch()

    def notices(self, user: str, channel: str) -> list[LocalMessage]:
        """Returns what Slackbot said to a person in a channel."""
        return self._notices.get((user, channel), [])

    def reads(self, user: str, channel: str, ts: str) -> None:
        """Remembers that a person has seen everything up to there."""
        self._read[user, channel] = max(ts, self._read.get((user, channel), ""))

    def read_to(self, user: str, channel: str) -> str:
        """Returns the last message that a person has seen; empty when none."""
        return self._read.get((user, channel), "")

    def settle_form(self, view_id: str, errors: Mapping[str, str] | None = None, trouble: str = "") -> None:
        """Remembers what stands under the fields of a form, and above its buttons, until it is sent again."""
        self._errors[view_id], self._trouble[view_id] = dict(errors or {}), trouble

    def errors(self, view_id: str) -> Mapping[str, str]:
        """Returns what stands under the fields, by block_id."""
        return self._errors.get(view_id, {})

    def trouble(self, view_id: str) -> str:
        """Returns what stands above the buttons."""
        return self._trouble.get(view_id, "")
