"""The rules of a policy, value by value: which is stricter, which are in force, and which wait until when.

A value that the policy file loosens waits 14 days: in force is the strictest of what the file has said in
that time. So a tightened value is in force at once, and a loosened one cannot be slipped in between.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final, Literal, NamedTuple

PolicyRules = Mapping[str, Mapping[str, Any]]  # part -> name -> value, as the policy file has them
Strictness = Literal["stricter", "looser", "no rule"]
WAITS_DAYS: Final = 14

WAITING_PARTS: Final = ("sharing", "retention")
# Whether more or less of it protects people more. What is not here has no strict side and is in force at once.
_STRICTER: Final[Mapping[tuple[str, str], Literal["more", "less"]]] = {
    ("sharing", "min_people"): "more",
    ("sharing", "min_roster"): "more",
    ("sharing", "cap"): "less",
    ("sharing", "band"): "more",
    ("retention", "daily_days"): "less",
    ("retention", "monthly_months"): "less",
    ("retention", "raw_hours"): "less",
    ("retention", "leaver_days"): "less",
    ("retention", "ledger_days"): "less",
}


class Said(NamedTuple):
    """What the policy file said from a day on."""

    since: date
    rules: PolicyRules


class Version(NamedTuple):
    """Rules that came into force, and what the file said then."""

    in_force_from: date
    mark: str
    rules: PolicyRules
    file_rules: PolicyRules
    first_seen: date  # the day from which the file said so


class Change(NamedTuple):
    """A value that differs between two policies; None where one of them does not know it."""

    part: str
    name: str
    before: Any
    after: Any
    how: Strictness


class Waiting(NamedTuple):
    """A loosened value, and the day from which it will be in force."""

    part: str
    name: str
    in_force: Any
    asked: Any
    from_day: date


def rules_mark(rules: PolicyRules) -> str:
    """Return eight hex digits that change whenever a rule changes: of SHA-256 over the rules as JSON."""
    digest = sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()
    return f"{digest[:4]}-{digest[4:8]}"


def strictness(part: str, name: str, before: Any, after: Any) -> Strictness:
    """Return what becomes of people's protection where a value changes."""
    stricter = _STRICTER.get((part, name))
    if stricter is None or before is None or after is None or before == after:
        return "no rule"
    return "stricter" if (after > before) == (stricter == "more") else "looser"


def changes(before: PolicyRules, after: PolicyRules) -> list[Change]:
    """Return every value that differs, by its place in the file."""
    found = []
    for part, name in sorted(_places(before) | _places(after)):
        old, new = _value(before, part, name), _value(after, part, name)
        if old != new:
            found.append(Change(part, name, old, new, strictness(part, name, old, new)))
    return found


def _places(rules: PolicyRules) -> set[tuple[str, str]]:
    return {(part, name) for part, values in rules.items() for name in values}


def _value(rules: PolicyRules, part: str, name: str) -> Any:
    return rules.get(part, {}).get(name)


def rules_in_force(history: Sequence[Said], today: date) -> PolicyRules:
    """Return the rules of *today*; the last of *history*, which is in order, is what the file says now."""
    now = history[-1].rules
    in_force = {part: dict(values) for part, values in now.items()}
    for part, name in _STRICTER:
        if name in in_force.get(part, {}):
            in_force[part][name] = _strictest(history, part, name, today)
    return in_force


def _strictest(history: Sequence[Said], part: str, name: str, today: date) -> Any:
    """Return the strictest value that the file has said in the last 14 days; it says one until it says another."""
    found = history[-1].rules[part][name]
    for value, until in _earlier(history, part, name):
        if until + timedelta(days=WAITS_DAYS) > today and strictness(part, name, found, value) == "stricter":
            found = value
    return found


def _earlier(history: Sequence[Said], part: str, name: str) -> list[tuple[Any, date]]:
    """Return what the file said before, each with the day on which it said something else."""
    return [(_value(said.rules, part, name), after.since) for said, after in pairwise(history)]


def waiting(history: Sequence[Said], today: date) -> list[Waiting]:
    """Return every loosened value that is not in force yet."""
    asked, in_force = history[-1].rules, rules_in_force(history, today)
    found = []
    for part, name in _STRICTER:
        wanted, now = _value(asked, part, name), _value(in_force, part, name)
        if wanted != now:
            found.append(Waiting(part, name, now, wanted, _free_on(history, part, name)))
    return found


def _free_on(history: Sequence[Said], part: str, name: str) -> date:
    """Return the day on which nothing stricter than the file's value is within 14 days any more."""
    asked = history[-1].rules[part][name]
    until = [end for value, end in _earlier(history, part, name) if strictness(part, name, asked, value) == "stricter"]
    return max(until) + timedelta(days=WAITS_DAYS)


class DatedChange(NamedTuple):
    """What changed on the day on which rules came into force; nothing in it is the first policy."""

    day: date
    mark: str
    changes: Sequence[Change]


def history_of(versions: Sequence[Version]) -> list[DatedChange]:
    """Return every policy that was in force with what it changed, the latest first."""
    if not versions:
        return []
    first = versions[0]
    found = [DatedChange(first.in_force_from, first.mark, ())]
    found += [
        DatedChange(after.in_force_from, after.mark, changes(before.rules, after.rules))
        for before, after in pairwise(versions)
        if before.rules != after.rules
    ]
    return found[::-1]


def file_history(versions: Sequence[Version]) -> list[Said]:
    """Return what the file has said, in order, each from the day on which it was first read."""
    said: list[Said] = []
    for version in versions:
        if not said or said[-1].rules != version.file_rules:
            said.append(Said(version.first_seen, version.file_rules))
    return said
