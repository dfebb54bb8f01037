"""The weekly note's switches: how, on which weekday, at what hour, a rest of four weeks; and its offer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.domain.period import WEEKDAYS, short_day
from bot.domain.subscription import HOURS, Subscription
from bot.views.blocks import Block, Message, actions, button, context, section, select
from bot.views.digest import HOURS_BY_UTC

DIGEST_CHOICES: Sequence[tuple[str, str]] = (
    ("button", "Yes, behind a button"),
    ("figures", "Yes, with figures in the message"),
    ("none", "No"),
)
_QUESTION: Final = "*A short note once a week?* What you finished, what it cost, one thing worth a look."
IN_SLACK: Final = (
    "Messages in Slack can be exported by workspace owners; behind a button nothing of yours is stored there."
)


@dataclass(frozen=True, slots=True)
class NoteSettings:
    """How somebody has set the note; *next_at* is when the next one comes, by their own clock."""

    subscription: Subscription
    next_at: datetime
    rests: bool = False
    knows_zone: bool = True


def note_blocks(note: NoteSettings) -> list[Block]:
    """Return the question with what was chosen, and once the note is on its weekday, hour and rest."""
    chosen = note.subscription
    label = dict(DIGEST_CHOICES).get(chosen.mode or "")
    said = [_QUESTION, *([f"You chose: {label}."] if label else [])]
    if chosen.is_on:
        said.append(next_one(note))
    blocks = [section("\n".join(said)), actions(*_modes())]
    if not chosen.is_on:
        return blocks
    blocks.append(actions(_weekdays(chosen), _hours(chosen), _rest(note)))
    return blocks if note.knows_zone else [*blocks, context(HOURS_BY_UTC)]


def next_one(note: NoteSettings) -> str:
    """Say when the next note comes."""
    at = note.next_at
    day = f"{short_day(at.date())}, {at:%H:%M}{'' if note.knows_zone else ' UTC'}"
    if note.rests:
        return f"It rests; the next one comes {day}."
    return f"The next one comes {day}, or up to 36 hours later when a source is late."


def _modes() -> list[dict[str, Any]]:
    return [button(label, "digest", value) for value, label in DIGEST_CHOICES]


def _weekdays(chosen: Subscription) -> dict[str, Any]:
    options = [(name, f"digest-day {name.lower()}") for name in WEEKDAYS]
    return _with_initial(select("Weekday", "digest-day", options), chosen.weekday)


def _hours(chosen: Subscription) -> dict[str, Any]:
    options = [(f"{hour}:00", f"digest-hour {hour}") for hour in HOURS]
    return _with_initial(
        select("Hour", "digest-hour", options), chosen.hour - HOURS.start if chosen.hour in HOURS else None
    )


def _with_initial(menu: dict[str, Any], position: int | None) -> dict[str, Any]:
    return menu if position is None else {**menu, "initial_option": menu["options"][position]}


def _rest(note: NoteSettings) -> dict[str, Any]:
    if note.rests:
        return button("Wake it up now", "digest-snooze", "off")
    return button("Rest for four weeks", "digest-snooze", "on")


def with_offer(message: Message) -> Message:
    """Return an answer with the question whether the note is wanted below it."""
    return replace(message, parts=[*message.parts, section(f"{_QUESTION}\n{IN_SLACK}"), actions(*_modes())])
