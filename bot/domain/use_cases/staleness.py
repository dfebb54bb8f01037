"""When an entry may no longer be right: its author is asked once, and what nobody stands for is archived."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.evidence import Answer, counted
from bot.domain.use_cases.rank import low_end_of

QUIET_DAYS: Final = 26 * 7
ANSWER_DAYS: Final = 28  # how long the author has
_SELDOM_WORKS: Final = 0.3
_KNOWN_WELL: Final = 8
_DATE: Final = re.compile(r"[-@]?20\d{2}-?\d{2}-?\d{2}|[-@]latest$")
_NUMBER: Final = re.compile(r"(?<![a-z\d])[vro]?(\d{1,2})(?:[.-]\d{1,2})*(?![\da-z])")


def generation_of(model: str) -> tuple[str, int] | None:
    """Return a model's family and the number of its generation; None where the name has no number.

    `claude-sonnet-4-5` is claude-sonnet 4, `gpt-5.1-codex` is gpt-codex 5.
    """
    name = _DATE.sub("", model.lower().rpartition("/")[2])
    match = _NUMBER.search(name)
    if match is None:
        return None
    family = re.sub(r"[-_.\s]+", "-", name[: match.start()] + name[match.end() :]).strip("-")
    return (family, int(match[1])) if family else None


def generation_changed_on(model: str, first_seen: Mapping[str, date]) -> date | None:
    """Return since when a later generation of a *model*'s family is in use; None while there is none.

    *first_seen* says on which day the company first used which model.
    """
    own = generation_of(model)
    if own is None:
        return None
    later = [day for other, day in first_seen.items() if _is_later(generation_of(other), own)]
    return min(later, default=None)


def _is_later(other: tuple[str, int] | None, own: tuple[str, int]) -> bool:
    return other is not None and other[0] == own[0] and other[1] > own[1]


def still_right_on(entry: Entry, answers: Iterable[Answer]) -> date:
    """Return when anybody last stood for an entry: by publishing it, by saying it is right, by making it work."""
    worked = [answer.day for answer in answers if answer.result == "yes"]
    return max(day for day in (entry.made_on, entry.published_on, entry.checked_on, *worked) if day is not None)


def asks_still_right(entry: Entry, answers: Iterable[Answer], changed_on: date | None, today: date) -> bool:
    """Return whether to ask the author now: once after the generation changed, and once after 26 quiet weeks."""
    if entry.state != "published" or entry.person_id is None:
        return False
    said = list(answers)
    right_on = still_right_on(entry, said)
    if changed_on is not None and right_on < changed_on <= today:
        return not _asked_since(entry, changed_on)
    quiet_since = max([right_on, *(answer.day for answer in said)])
    return today - quiet_since >= timedelta(days=QUIET_DAYS) and not _asked_since(entry, quiet_since)


def _asked_since(entry: Entry, day: date) -> bool:
    return entry.asked_on is not None and entry.asked_on >= day


def is_to_be_archived(entry: Entry, answers: Iterable[Answer], today: date) -> bool:
    """Return whether nobody stands for an entry: four weeks after its author was asked, or 26 without one.

    Or it seldom works: the low end of its share is below 0.3, of answers that weigh 8. It is kept, out of sight.
    """
    if entry.state != "published":
        return False
    said = list(answers)
    right_on = still_right_on(entry, said)
    known, low = low_end_of(counted(said, entry.person_id), today)
    if known >= _KNOWN_WELL and low < _SELDOM_WORKS:
        return True
    if entry.person_id is None:
        return today - right_on >= timedelta(days=QUIET_DAYS + ANSWER_DAYS)
    unanswered = entry.asked_on is not None and right_on < entry.asked_on
    return unanswered and today - (entry.asked_on or today) >= timedelta(days=ANSWER_DAYS)
