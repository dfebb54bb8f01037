"""Rules value by value: stricter at once, looser after 14 days, and every change with its date."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rules import (
    Change,
    PolicyRules,
    Said,
    Version,
    changes,
    file_history,
    history_of,
    rules_in_force,
    rules_mark,
    strictness,
    waiting,
)

DAY = timedelta(days=1)
FIRST = date(2026, 11, 1)
STRICTER = {
    ("sharing", "min_people"): (12, 15),
    ("sharing", "min_roster"): (18, 20),
    ("sharing", "cap"): (3.0, 2.5),
    ("sharing", "band"): (1.5, 2.0),
    ("retention", "daily_days"): (105, 70),
    ("retention", "monthly_months"): (13, 6),
    ("retention", "raw_hours"): (72, 24),
    ("retention", "leaver_days"): (30, 10),
    ("retention", "ledger_days"): (760, 400),
}


def rules(part: str = "sharing", name: str = "min_people", value: Any = 12) -> PolicyRules:
    return {part: {name: value}}


def people(in_force: PolicyRules) -> Any:
    return in_force["sharing"]["min_people"]


@pytest.mark.parametrize(("place", "values"), STRICTER.items())
def test_which_side_is_stricter(place: tuple[str, str], values: tuple[Any, Any]) -> None:
    loose, strict = values

    assert strictness(*place, loose, strict) == "stricter"
    assert strictness(*place, strict, loose) == "looser"
    assert strictness(*place, loose, loose) == "no rule"
    assert strictness(*place, None, loose) == "no rule"


@pytest.mark.parametrize(("place", "values"), STRICTER.items())
def test_a_stricter_value_is_in_force_at_once_and_a_looser_one_after_14_days(
    place: tuple[str, str], values: tuple[Any, Any]
) -> None:
    loose, strict = (rules(*place, value) for value in values)
    tightened = [Said(FIRST, loose), Said(FIRST + 5 * DAY, strict)]
    loosened = [Said(FIRST, strict), Said(FIRST + 5 * DAY, loose)]

    assert rules_in_force(tightened, FIRST + 5 * DAY) == strict
    assert waiting(tightened, FIRST + 5 * DAY) == []
    assert rules_in_force(loosened, FIRST + 18 * DAY) == strict
    assert rules_in_force(loosened, FIRST + 19 * DAY) == loose
    assert waiting(loosened, FIRST + 18 * DAY) == [(*place, values[1], values[0], FIRST + 19 * DAY)]
    assert waiting(loosened, FIRST + 19 * DAY) == []


def test_what_has_no_strict_side_is_in_force_at_once() -> None:
    said = [Said(FIRST, {"digest": {"hour": 9}}), Said(FIRST, {"digest": {"hour": 8}})]

    assert rules_in_force(said, FIRST) == {"digest": {"hour": 8}}
    assert changes(said[0].rules, said[1].rules) == [Change("digest", "hour", 9, 8, "no rule")]


def test_loosening_in_steps_waits_for_each_step() -> None:
    said = [Said(FIRST, rules(value=20)), Said(FIRST + DAY, rules(value=16)), Said(FIRST + 4 * DAY, rules(value=12))]

    in_force = [people(rules_in_force(said, FIRST + days * DAY)) for days in (4, 14, 15, 17, 18)]
    assert in_force == [20, 20, 16, 16, 12]
    assert waiting(said, FIRST + 15 * DAY)[0].from_day == FIRST + 18 * DAY


def test_the_first_policy_of_a_new_bot_and_a_new_value_wait_for_nothing() -> None:
    assert rules_in_force([Said(FIRST, rules(value=12))], FIRST) == rules(value=12)
    assert rules_in_force([Said(FIRST, {"sharing": {}}), Said(FIRST, rules())], FIRST) == rules()


@given(
    st.lists(st.tuples(st.integers(12, 30), st.integers(0, 20)), min_size=1, max_size=8),
    st.integers(0, 40),
)
def test_nothing_looser_is_ever_in_force_than_anything_said_within_14_days(
    steps: list[tuple[int, int]], later: int
) -> None:
    said, day = [], FIRST
    for value, after in steps:
        day += after * DAY
        said.append(Said(day, rules(value=value)))
    today = day + later * DAY
    until = [after.since for after in said[1:]] + [today + DAY]
    recent = [people(each.rules) for each, end in zip(said, until, strict=True) if end > today - 14 * DAY]

    assert people(rules_in_force(said, today)) == max(recent)


def test_every_change_is_listed_with_its_date_and_mark_the_latest_first() -> None:
    strict, loose = rules(value=15), rules(value=12)
    versions = [
        Version(FIRST, "a", strict, strict, FIRST),
        Version(FIRST + DAY, "a", strict, loose, FIRST + DAY),  # the file is looser, and waits
        Version(FIRST + 15 * DAY, "b", loose, loose, FIRST + DAY),
    ]

    assert history_of(versions) == [
        (FIRST + 15 * DAY, "b", [Change("sharing", "min_people", 15, 12, "looser")]),
        (FIRST, "a", ()),
    ]
    assert file_history(versions) == [Said(FIRST, strict), Said(FIRST + DAY, loose)]
    assert history_of([]) == []


def test_the_mark_is_of_the_rules_alone() -> None:
    assert rules_mark({"b": {"x": 1}, "a": {"y": 2}}) == rules_mark({"a": {"y": 2}, "b": {"x": 1}})
    assert rules_mark(rules(value=12)) != rules_mark(rules(value=13))
