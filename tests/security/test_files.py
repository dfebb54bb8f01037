"""No file that people download has a cell that a spreadsheet would run."""

import csv
import io
import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.export import table_csv

# What a spreadsheet takes for the beginning of a formula, or drops before one.
_RUN: Final = re.compile(r'^[\s"\x00]*[=+\-@]')
_LEADS: Final = "=+-@\t\r\n\x00\"' |%"
_NASTY: Final = st.text(alphabet=_LEADS + "cmd!A1()", max_size=12)


def cells(text: str) -> list[str]:
    """Return the cells of the only row below the header."""
    _, row = csv.reader(io.StringIO(text, newline=""))
    return row


@given(_NASTY, st.lists(_NASTY, max_size=3))
def test_whatever_a_text_begins_with_its_cell_is_no_formula_and_comes_back(text: str, several: list[str]) -> None:
    one, many = cells(table_csv([{"work": text, "links": several}]))
    joined = " ".join(several)

    for cell, written in ((one, text), (many, joined)):
        assert not _RUN.match(cell)
        assert cell.removeprefix("'") == written.removeprefix("'")


@pytest.mark.parametrize("lead", "=+-@\t\r\n\x00")
def test_every_lead_that_is_dangerous_is_quoted(lead: str) -> None:
    assert cells(table_csv([{"work": f"{lead}1+1"}])) == [f"'{lead}1+1"]
    assert cells(table_csv([{"links": [f"{lead}1", "2"]}])) == [f"'{lead}1 2"]


def test_numbers_stay_numbers() -> None:
    assert cells(table_csv([{"cost": -3, "unknown": None, "billed_usd": "12.50"}])) == ["-3", "", "12.50"]
