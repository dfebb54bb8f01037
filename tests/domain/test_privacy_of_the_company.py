"""What a change came to in the whole company: from forty people on, as a range."""

import pytest

from bot.domain.company_cost import company_cost_per_change
from bot.domain.privacy import Figure, Rules, band
from bot.domain.quantity import Quantity

USD = 1_000_000_000


@pytest.mark.parametrize(
    ("billed", "stayed", "people", "found"),
    [
        (Quantity(1_700 * USD, True), 100, 150, band(17 * USD, 1.5)),
        (Quantity(1_700 * USD, True), 100, 40, band(17 * USD, 1.5**5)),
        (Quantity(1_700 * USD, True), 100, 39, None),
        (Quantity(1_700 * USD, True), 4, 160, None),
        (Quantity(1_700 * USD, True), 0, 160, None),
        (Quantity(1_700 * USD, False), 100, 160, None),
        (Quantity(None, False), 100, 160, None),
        (Quantity(0, True), 100, 160, None),
    ],
)
def test_the_company_s_figure_needs_its_people_its_changes_and_its_whole_bill(
    billed: Quantity, stayed: int, people: int, found: Figure | None
) -> None:
    assert company_cost_per_change(billed, stayed, people, Rules()) == found


@pytest.mark.parametrize(
    ("people", "ratio"),
    [(40, 1.5**5), (99, 1.5**5), (100, 1.5**2), (149, 1.5**2), (150, 1.5)],
)
def test_the_fewer_people_the_wider_the_range(people: int, ratio: float) -> None:
    assert company_cost_per_change(Quantity(1_700 * USD, True), 100, people, Rules()) == band(17 * USD, ratio)


def test_a_stricter_policy_holds_for_the_company_too() -> None:
    strict = Rules(min_roster=160, band=2.0)
    assert company_cost_per_change(Quantity(1_700 * USD, True), 100, 159, strict) is None
    assert company_cost_per_change(Quantity(1_700 * USD, True), 100, 160, strict) == Figure(16 * USD, 32 * USD)
