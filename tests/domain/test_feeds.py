"""In which money a source's figures are, and which of several sources counts."""

from datetime import date

import pytest

from bot.domain.feeds import Believed, believed_of, money_of
from bot.domain.usage import SEAT_TIER, UsageRow
from tests.cast import row

OVERLAPS = {"claude-code": ("anthropic", "litellm", "ccusage")}


@pytest.mark.parametrize(
    ("rows", "money"),
    [
        ([row()], []),
        ([row(billed_nano_usd=1)], ["billed"]),
        ([row(billed_nano_usd=0)], ["billed"]),
        ([row(billed_nano_usd=1, list_value_nano_usd=2, list_value_by="vendor")], ["billed"]),
        ([row(billed_nano_usd=1, tier=SEAT_TIER)], ["seat"]),
        ([row(list_value_nano_usd=2, list_value_by="vendor")], ["vendor"]),
        (
            [
                row(list_value_nano_usd=2, list_value_by="vendor"),
                row(billed_nano_usd=1, tier=SEAT_TIER),
                row(billed_nano_usd=1),
                row(list_value_nano_usd=2, list_value_by="contract"),
                row(),
            ],
            ["billed", "seat", "contract", "vendor"],
        ),
    ],
)
def test_what_was_billed_comes_before_what_was_estimated(rows: list[UsageRow], money: list[str]) -> None:
    assert money_of(rows) == {1: money}


def test_each_source_has_its_own_money() -> None:
    rows = [row(billed_nano_usd=1), row(source_id=2, list_value_nano_usd=1, list_value_by="gateway")]

    assert money_of(rows) == {1: ["billed"], 2: ["gateway"]}
    assert money_of([]) == {}


def test_the_source_that_counts_is_named_beside_those_that_reported_the_same() -> None:
    rows = [
        *(row(source=kind) for kind in ("ccusage", "litellm", "anthropic")),
        row(source="ccusage", day=date(2026, 11, 17)),
        row(source="cursor", tool="cursor"),
    ]

    assert believed_of(rows, OVERLAPS) == [
        Believed("claude-code", ["anthropic", "ccusage"], ["ccusage", "litellm"]),
        Believed("cursor", ["cursor"], []),
    ]
