"""What needs a look: each condition by itself, at its bound, told once a day, and said to be over when it is."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.troubles import Facts, Room, Trouble, over, told_today, troubles
from tests.cast import T0

FINE = Facts(
    at=T0,
    failing_since={},
    due_since=None,
    given_up_in_a_day=0,
    room=None,
    late_acknowledgements=0,
    rebuilds=0,
)
DAY, HOUR, GIB = timedelta(days=1), timedelta(hours=1), 2**30
TODAY, YESTERDAY = date(2026, 11, 20), date(2026, 11, 19)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"failing_since": {"cursor/company": T0 - DAY}}, []),
        ({"failing_since": {"cursor/company": T0 - DAY - HOUR, "jira/company": T0 - HOUR}}, ["source cursor/company"]),
        ({"due_since": T0 - 3 * HOUR}, []),
        ({"due_since": T0 - 4 * HOUR}, ["outbox"]),
        ({"given_up_in_a_day": 4}, []),
        ({"given_up_in_a_day": 5}, ["given-up"]),
        ({"room": Room(499 * 2**20, 20 * GIB)}, ["disk"]),
        ({"room": Room(501 * 2**20, 20 * GIB)}, []),
        ({"room": Room(60 * 2**20, GIB)}, []),  # a small disk that is not full
        ({"room": Room(40 * 2**20, GIB)}, ["disk"]),
        ({"late_acknowledgements": 1}, ["late-acks"]),
        ({"rebuilds": 2}, []),
        ({"rebuilds": 3}, ["rebuilds"]),
    ],
)
def test_each_condition_is_told_from_its_bound_on(facts: dict[str, Any], expected: list[str]) -> None:
    assert [each.key for each in troubles(FINE._replace(**facts))] == expected


def test_a_trouble_is_told_once_a_day_and_once_that_it_is_over() -> None:
    cursor, disk, acks = Trouble("source", "cursor/company"), Trouble("disk"), Trouble("late-acks")
    told = {cursor.key: YESTERDAY, disk.key: TODAY, acks.key: YESTERDAY}

    assert told_today([cursor, disk, acks], told, TODAY) == [cursor, acks]
    assert over([cursor, disk], told) == []  # nobody knows when another process's late answers are over
    assert over([acks], told) == [cursor, disk]
