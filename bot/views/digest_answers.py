"""What is said around the weekly note: that it is still on, that a week is gone, that an answer is noted."""

from typing import Final

from bot.domain.iso_week import IsoWeek
from bot.domain.period import day_and_month
from bot.views.blocks import Message, actions, button, context, section
from bot.views.wording import LOCK, plural

ABOUT: Final = "About your weekly note."
_NUMBERS: Final = {4: "four", 8: "eight", 12: "twelve"}


def still_on(weeks: int) -> Message:
    """Return the one line after so many quiet weeks."""
    text = f"Nothing to report for {_NUMBERS.get(weeks, str(weeks))} weeks, so I kept quiet. The note is still on."
    return Message(
        ABOUT,
        [section(text), context(LOCK), actions(button("Keep it", "digest-keep"), button("Stop", "digest", "none"))],
    )


def kept_on(next_one: str) -> Message:
    """Return the answer to [Keep it]."""
    text = f"It stays on. {next_one}"
    return Message(ABOUT, [section(text), context(LOCK), actions(button("Change or stop", "digest"))], beside=True)


def no_longer_kept(week: IsoWeek, daily_days: int) -> Message:
    """Return what somebody reads who opens the note of a week whose days are gone."""
    text = (
        f"The week of {day_and_month(week.monday)} {week.monday.year} is too long ago: days are kept for "
        f"{plural(daily_days // 7, 'week')}."
    )
    row = actions(button("Four weeks", "show", "4w"), button("12 weeks", "show", "12w"))
    return Message(ABOUT, [section(text), context(LOCK), row])


def noted(*, useful: bool) -> Message:
    """Return the answer to [Useful] and [Not useful]."""
    text = "Noted, for you alone: nobody else sees it."
    row = [] if useful else [actions(button("Change or stop", "digest"))]
    return Message(ABOUT, [section(text), context(LOCK), *row], beside=True)
