"""What a row says of itself."""

import pytest

from bot.domain.quantity import Quantity
from bot.domain.usage import BIT, MEASURES, RUN_KINDS
from tests.cast import row


@pytest.mark.parametrize("name", MEASURES)
def test_each_measure_is_known_partly_known_or_unknown(name: str) -> None:
    assert row(**{name: 5}).measure(name) == Quantity(5, True)
    assert row(**{name: 5}, partly_unknown=BIT[name]).measure(name) == Quantity(5, False)
    assert row().measure(name) == Quantity(None, False)


def test_what_is_unknown_of_one_measure_says_nothing_of_another() -> None:
    found = row(requests=5, runs=2, partly_unknown=BIT["requests"])

    assert found.measure("runs") == Quantity(2, True)


def test_each_measure_has_a_bit_of_its_own() -> None:
    assert sorted(BIT.values()) == [2**n for n in range(len(MEASURES))]


def test_a_seat_is_no_use() -> None:
    assert row(tier="seat").is_seat
    assert not row().is_seat


def test_a_person_or_nobody_known_has_not_run_on_its_own() -> None:
    assert {kind for kind in RUN_KINDS if not row(run_kind=kind).ran_on_its_own} == {"person", "unknown"}
