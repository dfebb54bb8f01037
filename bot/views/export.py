"""A person's own data as a file: one JSON object, and its tables as CSV that no spreadsheet executes."""

import csv
import io
import json
import zipfile
from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")


def export_zip(data: dict[str, Any]) -> bytes:
    """Return a ZIP with `my-data.json` and one CSV for each table in it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", json.dumps(data, indent=1, ensure_ascii=False))
        for name, rows in data.items():
            if isinstance(rows, list) and rows:
                archive.writestr(f"{name}.csv", table_csv(rows))
    return target.getvalue()


def table_csv(rows: list[dict[str, Any]]) -> str:
    """Return *rows* as CSV; text that a spreadsheet would take for a formula is quoted with an apostrophe."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
    return target.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    if isinstance(value, str | list) and text.lstrip('" ').startswith(_FORMULA):
        return f"'{text}"
    return text
