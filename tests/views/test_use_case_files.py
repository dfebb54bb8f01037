"""The library as files: what people are shown and no more, and nothing that a spreadsheet would run."""

import csv
import io
import json
from pathlib import Path

import pytest

from bot.customer_names import load_customer_names
from bot.domain.use_cases.entry import Draft
from bot.domain.use_cases.evidence import Claims, evidence_of
from bot.errors import ConfigError
from bot.views.use_case_export import CSV_NAME, JSON_NAME, library_files
from tests.domain.use_cases.made import entry, said

EVIL = Draft(title="=HYPERLINK(1)", when="+1", how="-1\n=2", tool="@x", watch_out='"=3')


def test_the_files_have_what_people_are_shown() -> None:
    answers = [said(n) for n in range(1, 4)]
    entries = [
        (entry(10**18), evidence_of(Claims(), answers)),
        (entry(2, shown_as="nobody"), evidence_of(Claims(), answers[:2])),
    ]
    files = library_files(entries, {7: "Rui"}, {10**18: ["acme/ci#2", "acme/ci#1"]})
    first, second = json.loads(files[JSON_NAME])["use_cases"]
    rows = list(csv.DictReader(io.StringIO(files[CSV_NAME].decode("utf-8-sig"))))

    assert (first["author"], first["team"], first["worked_for"], first["tried_by"]) == ("Rui", "Platform", 3, 3)
    assert (second["author"], second["team"], second["worked_for"], second["tried_by"]) == ("", "", None, None)
    assert [row["helped_with"] for row in rows] == ["acme/ci#1 acme/ci#2", ""]
    assert [row["id"] for row in rows] == [str(10**18), "2"]
    assert "100" not in [row[name] for row in rows for name in row if name != "id"]


def test_no_cell_is_a_formula() -> None:
    files = library_files([(entry(1, EVIL), evidence_of(Claims(), []))], {7: "=cmd"}, {1: ["=1"]})
    (row,) = csv.DictReader(io.StringIO(files[CSV_NAME].decode("utf-8-sig")))

    assert {value[0] for value in row.values() if value} & set("=+-@") == set()
    assert library_files([], {}, {})[CSV_NAME] == b"\xef\xbb\xbf"


def test_the_operators_list_of_names_is_read(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("Nordwind AG\n", "utf-8")

    assert load_customer_names(str(file)).found_in("for nordwind ag")
    assert not load_customer_names("").found_in("for nordwind ag")
    with pytest.raises(ConfigError, match=r"customer_names_file: .*none.txt cannot be read: No such file"):
        load_customer_names(str(tmp_path / "none.txt"))
    file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_customer_names(str(file))
