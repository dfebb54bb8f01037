"""What doctor says of the rules in force, and of the log of who could see what."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.domain.chain import Broken, SealedMark
from bot.domain.period import day_and_month
from bot.domain.rules import Waiting
from bot.views.doctor import Line, fine
from bot.views.rules_page import value_words

_POLICY: Final = "Policy"
_LOG: Final = "Log"
_WHAT: Final = {
    "row": "an entry of {day} is not as it was written",
    "missing": "{day} is missing from the chain",
    "printed": "the mark of {day} is not the one that went out with a figure: days were taken away or written anew",
    "hash": "the entries of {day} do not give the hash of that day: one was added, moved or taken away",
}
_STEP: Final = "go back to a backup, and tell those who agreed to the rules; marks in older messages tell from when"


def not_read_yet() -> Line:
    """Return that the bot has not started since the policy file changed."""
    return Line(
        _POLICY, "warn", "the file has changed since the bot was started", "restart the bot, which reads it then"
    )


def rules_waiting(waits: Sequence[Waiting]) -> list[Line]:
    """Return which values of the file are not in force yet, and from when they are."""
    lines = []
    for each in waits:
        now, asked = (value_words(each.part, each.name, value) for value in (each.in_force, each.asked))
        text = f"[{each.part}] {each.name} is {now} in force; the file's {asked} waits until {_day(each.from_day)}"
        lines.append(Line(_POLICY, "warn", text, "nothing: a loosened value waits 14 days, and everybody reads of it"))
    return lines


def rules_in_force(mark: str) -> Line:
    """Return which rules are in force."""
    return fine(_POLICY, f"in force now: mark {mark}")


def log_sound(last: SealedMark | None) -> Line:
    """Return that the log is as it was written, and up to which day that is for good."""
    until = f" up to {_day(last.day)}" if last is not None else "; no day of it is over yet"
    return fine(_LOG, f"the chain of who could see what is whole{until}")


def log_broken(broken: Broken) -> Line:
    """Return what is wrong with the log, and on which day."""
    return Line(_LOG, "fail", _WHAT[broken.what].format(day=_day(broken.day)), _STEP)


def _day(day: date) -> str:
    return f"{day_and_month(day)} {day.year}"
