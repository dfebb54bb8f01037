"""docs/security.md: every threat has a test that exists, or says why it does not apply."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "docs/security.md").read_text("utf-8")
A_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROWS: Final = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.partition("## Threats\n")[2].partition("\n## ")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| threat |")
]


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_every_threat_has_its_control_and_a_test(row: list[str]) -> None:
    threat, control, test = row

    assert threat
    assert control
    assert A_TEST.search(test) or "does not apply: " in control


@pytest.mark.parametrize(("path", "name"), sorted(set(A_TEST.findall(TEXT))))
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in names_in(path)


def test_the_table_is_read() -> None:
    assert len(ROWS) >= 30
    assert len(re.findall(r"tests/[\w/]+\.py::", TEXT)) == len(A_TEST.findall(TEXT))
