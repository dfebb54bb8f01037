"""Adding rows up without losing sight of what is unknown."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quantity import Quantity, total
from bot.domain.tally import Tally, measures, sum_rows
from bot.domain.usage import BIT, MEASURES, UsageRow
from tests.cast import row

amounts = st.none() | st.integers(0, 10**15)


@st.composite
def usage(draw: st.DrawFn) -> UsageRow:
    known = {name: draw(amounts) for name in MEASURES}
    partly = sum(BIT[name] for name in MEASURES if known[name] is not None and draw(st.booleans()))
    by = draw(st.sampled_from(["", "vendor", "gateway"]))
    return row(**known, partly_unknown=partly, list_value_by=by, model=draw(st.sampled_from("ab")))


def tally(*rows: UsageRow) -> Tally:
    return sum_rows(rows, lambda _: None)[None]


def read(summed: Tally) -> dict[str, Quantity]:
    """Return the sums as a row that holds them says them."""
    known = dict(zip(MEASURES, summed.values, strict=True))
    stored = row(**known, partly_unknown=summed.partly)
    return {name: stored.measure(name) for name in MEASURES}


def test_nothing_has_no_sums() -> None:
    assert sum_rows([], lambda each: each.day) == {}


def test_rows_are_added_up_by_key() -> None:
    rows = [row(model="a", requests=1), row(model="b", requests=2), row(model="a", requests=4)]
    found = sum_rows(rows, lambda each: each.model)

    assert {model: (t.values[MEASURES.index("requests")], t.count) for model, t in found.items()} == {
        "a": (5, 2),
        "b": (2, 1),
    }


def test_measures_are_in_the_order_in_which_they_are_stored() -> None:
    known = {name: position for position, name in enumerate(MEASURES)}

    assert measures(row(**known)) == list(range(len(MEASURES)))


def test_who_estimated_is_named_while_it_is_one() -> None:
    def by(*names: str) -> str:
        return tally(*(row(list_value_by=name) for name in names)).by

    assert by("", "") == ""
    assert by("vendor", "", "vendor") == "vendor"
    assert by("", "vendor") == "vendor"
    assert by("vendor", "gateway") == by("vendor", "gateway", "vendor") == "several"


@given(st.lists(usage(), min_size=1))
def test_what_is_unknown_survives_as_in_a_total(rows: list[UsageRow]) -> None:
    assert read(tally(*rows)) == {name: total(each.measure(name) for each in rows) for name in MEASURES}


@given(st.lists(usage(), min_size=1), st.lists(usage(), min_size=1))
def test_sums_of_sums_are_sums(first: list[UsageRow], second: list[UsageRow]) -> None:
    parts = Tally()
    for each in (tally(*first), tally(*second)):
        parts.add(each.values, each.by, each.partly)

    assert read(parts) == read(tally(*first, *second))
    assert parts.by == tally(*first, *second).by


@given(st.lists(usage(), min_size=1))
def test_the_order_of_rows_decides_nothing(rows: list[UsageRow]) -> None:
    assert read(tally(*rows)) == read(tally(*reversed(rows)))
    assert tally(*rows).by == tally(*reversed(rows)).by
