"""What operators are told in their channel: never a person, never an amount."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from bot.domain.period import MONTHS
from bot.domain.summary import Lane
from bot.domain.troubles import DISK, GIVEN_UP, LATE_ACKS, OUTBOX, REBUILDS, SOURCE, Trouble
from bot.views.blocks import Message, context, foreign, section
from bot.views.wording import provider_name

# What is the matter, and what it means for people, by condition.
_TROUBLES: Final[Mapping[str, tuple[str, str]]] = {
    SOURCE: (
        "{about} has not answered for more than a day.",
        "What people see from it stops there, and their answers say so. `worthwhile doctor` has what it said last.",
    ),
    OUTBOX: (
        "Messages of mine have been waiting for more than three hours.",
        "Digests and notes are late; answers to commands are not. `worthwhile doctor` says since when, the log why.",
    ),
    GIVEN_UP: (
        "I gave up five or more messages in the last day.",
        "Who they were for did not get them. `worthwhile doctor` has why, by kind.",
    ),
    DISK: (
        "The disk under the database is nearly full.",
        "Once it is, nothing more is stored, and commands that change something fail. Free some space soon.",
    ),
    LATE_ACKS: (
        "Slack waited more than three seconds for me today.",
        "Whoever asked then read an error, and may have tried again. Is this machine short of processor time?",
    ),
    REBUILDS: (
        "I had to make my connection to Slack anew three times or more today.",
        "Commands may have been missed in between. Is the way out to Slack, or a proxy on it, dropping connections?",
    ),
}
_OVER: Final[Mapping[str, str]] = {
    SOURCE: "{about} answers again; the days between are asked for.",
    OUTBOX: "My messages go out again.",
    GIVEN_UP: "Fewer than five messages were given up in the last day.",
    DISK: "There is room on the disk under the database again.",
}
_WHAT_TO_DO: Final = (
    "About the bot, not about people. Told once a day. What to do: `docs/operate.md`, When an alert fires."
)


def needs_a_look(trouble: Trouble) -> Message:
    """Return the alert that something needs a look, and what it means for people."""
    what, means = _TROUBLES[trouble.name]
    said = what.format(about=_source(trouble))
    return Message("The bot needs a look.", [section(f"*{said}* {means}"), context(_WHAT_TO_DO)])


def is_over(trouble: Trouble) -> Message:
    """Return that what needed a look is over."""
    said = _OVER[trouble.name].format(about=_source(trouble))
    return Message("Something about the bot is over.", [section(f"*Over:* {said}"), context(_WHAT_TO_DO)])


def _source(trouble: Trouble) -> str:
    """Return the source's name, with which one of its kind where a company may have several."""
    kind, _, name = trouble.about.partition("/")
    return foreign(provider_name(kind) if name in {"", "company"} else f"{provider_name(kind)} ({name})")


def gap_to_bill(month: date, lane: Lane, gap_per_cent: Decimal) -> str:
    """Return how far a month's reports are from the bill, in per cent."""
    by = abs(round(gap_per_cent, 1))
    where = "more than" if gap_per_cent > 0 else "short of"
    what = f"{MONTHS[month.month - 1]}: " + ("" if lane == "billed" else "at list price ")
    return f"{what}{by} % {where} the bill" if by else f"{what}agrees with the bill"


def bill_differs(kind: str, month: date, lane: Lane, gap_per_cent: Decimal) -> Message:
    """Return the alert that a source's reports are far from its bill."""
    gap = gap_to_bill(month, lane, gap_per_cent)
    return Message(
        "A source does not match its bill.",
        [
            section(
                f"*{foreign(provider_name(kind))} does not match its bill.* {gap}. What people are shown from this "
                "source may be off by as much. `worthwhile doctor` has what the source could not give."
            ),
            context("About everybody whom the source reports, 12 or more; no amounts. Told once a month."),
        ],
    )


def sending_stopped(error: str) -> Message:
    """Return the alert that Slack refused the bot for a reason that somebody had to mend."""
    return Message(
        "Messages were held back.",
        [
            section(
                f"*I could not send messages of my own: Slack answered {foreign(error)}.* They were held back and "
                "are going out again now; what was due for more than a day is left out."
            ),
            context("Digests and notes to people, not answers to commands. Told once a day."),
        ],
    )
