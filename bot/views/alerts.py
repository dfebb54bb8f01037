"""What operators are told in their channel: never a person, never an amount."""

from datetime import date
from decimal import Decimal

from bot.domain.period import MONTHS
from bot.domain.summary import Lane
from bot.views.blocks import Message, context, foreign, section
from bot.views.wording import provider_name


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
