"""What events add up to is what each alone says, to the nano-USD; unknown survives."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connectors.push_event import Event
from bot.connectors.push_measures import Basis, add_up, basis_of, list_price
from bot.domain.pricing import Rates, Tokens, list_value_nano_usd
from bot.domain.tally import Tally
from tests.senders import PRICES, parsed, pushed

SONNET = PRICES("", "claude-sonnet-4-5", date(2026, 11, 18), "")
# finer than a nano-USD a token, so that each event's amount is rounded
FINE = Rates(*(Decimal(rate) for rate in ("0.0000000375", "0.0000000005", "0.0000000015", "0", "0.0000012345678")))


def cost(amount: str, basis: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD", "basis": basis}


@pytest.mark.parametrize(
    ("given_cost", "own", "basis", "billed", "listed", "by"),
    [
        pytest.param(..., False, Basis.PRICE_LIST, None, 56_100_000, "price list", id="missing: the list"),
        pytest.param(None, False, Basis.UNKNOWN, None, None, "", id="null: unknown"),
        pytest.param(cost("0.0912", "billed"), False, Basis.BILLED, 91_200_000, 56_100_000, "price list", id="billed"),
        pytest.param(cost("0.0912", "billed"), True, Basis.SENDER, None, 91_200_000, "sender", id="billed, own token"),
        pytest.param(cost("0.2", "list"), False, Basis.SENDER, None, 200_000_000, "sender", id="list"),
        pytest.param(cost("0.2", "estimate"), False, Basis.SENDER, None, 200_000_000, "sender", id="estimate"),
        pytest.param(
            cost("0.2", "vendor_list_estimate"), False, Basis.SENDER, None, 200_000_000, "sender", id="vendor's"
        ),
    ],
)
def test_money_goes_into_its_lane(
    given_cost: Any, own: bool, basis: Basis, billed: int | None, listed: int | None, by: str
) -> None:
    (event,) = parsed(pushed(cost=given_cost))
    assert basis_of(event, own=own) is basis
    values, said_by, partly = add_up([event], basis, list_price(SONNET), (1, 0))
    assert (tuple(values[9:]), said_by, partly) == ((billed, listed), by, 0)


def test_without_a_price_the_list_value_is_unknown() -> None:
    values, by, _ = add_up(parsed(pushed()), Basis.PRICE_LIST, None, (1, 0))
    assert (values[-1], by) == (None, "")


@pytest.mark.parametrize(
    ("tokens", "kept"),
    [
        ({"input": 1, "cache_read": 2, "cache_write": 3, "cache_write_1h": 4, "output": 5}, (1, 2, 3, 4, 5)),
        ({"input": 1, "cache_read": 2, "cache_write": 3, "output": 5}, (1, 2, 3, 0, 5)),
        ({"input": 1, "output": 5}, (1, None, None, None, 5)),
        ({}, (None,) * 5),
    ],
)
def test_token_classes_that_were_not_told_are_unknown(tokens: dict[str, int], kept: tuple[int | None, ...]) -> None:
    values, _, _ = add_up(parsed(pushed(tokens=tokens)), Basis.PRICE_LIST, list_price(SONNET), (1, 0))
    assert tuple(values[:5]) == kept
    assert (values[-1] is None) is (None in kept)


_counts = st.none() | st.integers(0, 10**7)
_events = st.lists(
    st.builds(
        pushed,
        tokens=st.fixed_dictionaries(
            {name: _counts for name in ("input", "cache_read", "cache_write", "cache_write_1h", "output")}
        ),
        requests=_counts,
        failed_requests=_counts,
    ),
    min_size=1,
    max_size=6,
)


def alone(event: Event, rates: Rates | None) -> list[int | None]:
    tokens = event.tokens
    write_1h = 0 if tokens.cache_write_1h is None and tokens.cache_write is not None else tokens.cache_write_1h
    counts = Tokens(tokens.input, tokens.cache_read, tokens.cache_write, write_1h, tokens.output)
    return [*counts, event.requests, event.failed_requests, 0, 0, None, list_value_nano_usd(counts, rates)]


@pytest.mark.parametrize("rates", [SONNET, FINE, None], ids=["whole nano-USD", "finer", "unknown"])
@given(sent=_events)
def test_a_sum_is_what_its_events_are_one_by_one(rates: Rates | None, sent: Sequence[dict[str, Any]]) -> None:
    events = parsed(*sent)
    expected = Tally()
    for event in events:
        part = alone(event, rates)
        expected.add(part, "" if part[-1] is None else "price list")
    values, by, partly = add_up(events, Basis.PRICE_LIST, list_price(rates), (0, 0))
    assert (list(values), by, partly) == (expected.values, expected.by, expected.partly)
