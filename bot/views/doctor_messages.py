"""What `worthwhile doctor` says of the bot's own messages: counts by kind and reason, and the next step."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.domain.delivery import Undelivered
from bot.views.doctor import Line, fine
from bot.views.wording import plural

_NAME: Final = "Messages"
# Longer than this only a company of many thousands waits on an ordinary morning.
_LONG: Final = timedelta(hours=3)
_IN_THE_LOG: Final = "the log says more: look for message_given_up and message_not_composed"
# The next step, by how the reason begins.
_STEPS: Final = {
    "uncertain": "with the optional scopes im:history and im:write the bot could look for them",
    "too late": "see in the log whether the bot was down, or Slack refused it, when they were due",
    "not_in_channel": "invite the bot to the channel",
    "channel_not_found": "invite the bot to the channel, if it is one",
    "is_archived": "name another channel",
    "user_disabled": "nothing has to be done: they have left",
    "user_not_found": "nothing has to be done: they have left",
}


def undelivered(found: Sequence[Undelivered], days: int) -> list[Line]:
    """Return a line for each kind and reason; where there is none, that there is none."""
    if not found:
        return [fine(_NAME, f"none was skipped or given up in the last {plural(days, 'day')}")]
    return [_line(each, days) for each in found]


def _line(each: Undelivered, days: int) -> Line:
    what = "given up" if each.given_up else "skipped"
    text = f"{each.kind}: {each.number:,} {what} in the last {plural(days, 'day')}, {each.why or 'no reason is known'}"
    step = next((step for begins, step in _STEPS.items() if each.why.startswith(begins)), _IN_THE_LOG)
    return Line(_NAME, "warn", text, step)


def waiting(waited: timedelta) -> Line:
    """Return how long the oldest message has waited that is due."""
    text = f"the oldest that is due has waited {_span(waited)}"
    if waited < _LONG:
        return fine(_NAME, text)
    return Line(_NAME, "warn", text, "see that the bot runs; its log says what holds messages up")


def _span(waited: timedelta) -> str:
    if waited < timedelta(hours=1):
        return plural(waited // timedelta(minutes=1), "minute")
    if waited < timedelta(days=2):
        return plural(waited // timedelta(hours=1), "hour")
    return plural(waited.days, "day")
