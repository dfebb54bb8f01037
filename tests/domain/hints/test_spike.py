"""A dear day: found as the method's figures say, said in the person's own terms, upward only."""

from datetime import date, timedelta
from math import exp
from random import Random

import pytest

from bot.domain.hints.spike import is_spike, spike, usual_for
from tests.cast import TODAY
from tests.domain.hints.cast import USD, ago, paid, usual

_USERS, _MONTHS = 150, 6


def rates_of(log_sd: float) -> tuple[float, float]:
    """Return false alerts in a user-month, and how many days of fifteen times the median are caught."""
    chance, alerts, caught, tried = Random(11), 0, 0, 0
    for _ in range(_USERS):
        history: list[tuple[date, float]] = []
        for number in range(56 + 28 * _MONTHS):
            day = TODAY + timedelta(days=number)
            if day.weekday() > 4 or chance.random() >= 0.75:
                continue
            cost = 8 * exp(log_sd * chance.gauss(0, 1))
            if number >= 56:
                last = [(each, usd) for each, usd in history if (day - each).days <= 56]
                alerts += is_spike(cost, usual_for(day, cost, last))
                if chance.random() < 0.2:
                    tried += 1
                    caught += is_spike(8 * 15, usual_for(day, 8 * 15, last))
            history.append((day, cost))
    return alerts / (_USERS * _MONTHS), caught / tried


@pytest.mark.parametrize(
    ("log_sd", "alerts", "error", "caught"),
    [(0.5, 0.02, 0.012, 1.0), (0.7, 0.10, 0.03, 0.96), (1.0, 0.22, 0.045, 0.71)],
)
def test_false_alerts_and_catches_are_as_often_as_the_method_says(
    log_sd: float, alerts: float, error: float, caught: float
) -> None:
    false, found = rates_of(log_sd)

    assert false == pytest.approx(alerts, abs=error)
    assert found == pytest.approx(caught, abs=0.035)


def test_a_dear_tuesday_is_told_beside_usual_tuesdays() -> None:
    dear = [paid(9, 30, model="claude-opus-4-5"), paid(9, 7)]
    found = spike([*(row for row in usual() if row.day != ago(9)), *dear], ago(9))

    assert found is not None
    assert (found.subject, found.number("cost_nano_usd"), found.first, found.last) == (
        "claude-opus-4-5", 37 * USD, ago(9), ago(9),
    )  # fmt: skip
    assert found.word("usual_of") == "weekday"
    assert 6 * USD < found.number("usual_nano_usd") < 10 * USD
    assert found.saving_nano_usd is not None
    assert 27 * USD < found.saving_nano_usd < 31 * USD


@pytest.mark.parametrize(
    ("usd", "is_found"),
    [(8.0, False), (17.9, False), (24.0, False), (60.0, True), (0.01, False)],
    ids=["usual", "less than ten dollars more", "just under three times", "far above", "almost nothing"],
)
def test_only_a_day_far_above_is_found(usd: float, is_found: bool) -> None:
    assert (spike([*usual(60, 2), paid(1, usd)], ago(1)) is not None) is is_found


def test_of_few_days_only_the_guard_counts_and_no_claim_without_a_bill() -> None:
    few = usual(6, 2, 5.0)
    guarded = spike([*few, paid(1, 31)], ago(1))
    listed = [
        each.__class__(**{name: getattr(each, name) for name in each.__struct_fields__}
        | {"billed_nano_usd": None, "list_value_nano_usd": each.billed_nano_usd})
        for each in (*usual(60, 2), paid(1, 60))
    ]  # fmt: skip
    at_list = spike(listed, ago(1))

    assert guarded is not None
    assert guarded.number("guard_nano_usd") == 30 * USD
    assert spike([*few, paid(1, 29)], ago(1)) is None
    assert at_list is not None
    assert at_list.saving_nano_usd is None
