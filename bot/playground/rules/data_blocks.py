"""Charts and tables: data_visualization, data_table, table."""

from collections.abc import Iterator
from typing import Any, cast

from bot.playground import limits
from bot.playground.rules import rich_text
from bot.playground.rules.shapes import (
    Problem,
    Rule,
    both,
    by_type,
    flag,
    items,
    number,
    one_of,
    shape,
    text,
    unique,
    whole,
)

_label = text(limits.CHART_LABEL)


def _above_zero(value: object, at: str) -> Iterator[Problem]:
    yield from number(value, at)
    if isinstance(value, int | float) and value <= 0:
        yield Problem(at, "must be more than 0")


_segment = shape({"label": _label, "value": _above_zero})
_point = shape({"label": _label, "value": number})
_series = shape({"name": _label, "data": items(_point, limits.CHART_CATEGORIES)})
_axes = shape(
    {"categories": items(_label, limits.CHART_CATEGORIES)},
    {"x_label": text(limits.AXIS_LABEL), "y_label": text(limits.AXIS_LABEL)},
)


def _points_match_categories(value: object, at: str) -> Iterator[Problem]:
    chart = cast(dict[str, Any], value)
    categories = chart["axis_config"]["categories"]
    yield from unique(((name, f"{at}/axis_config/categories/{i}") for i, name in enumerate(categories)), "category")
    yield from unique(((one["name"], f"{at}/series/{i}/name") for i, one in enumerate(chart["series"])), "series name")
    for i, one in enumerate(chart["series"]):
        if sorted(point["label"] for point in one["data"]) != sorted(categories):
            yield Problem(f"{at}/series/{i}/data", "must have exactly one point for each category")


def _drawn(kind: str) -> Rule:
    keys: dict[str, Rule] = {
        "type": one_of(kind),
        "series": items(_series, limits.CHART_SERIES),
        "axis_config": _axes,
    }
    return both(shape(keys), _points_match_categories)


_chart: dict[str, Rule] = {kind: _drawn(kind) for kind in ("bar", "line", "area")}
_chart["pie"] = shape({"type": one_of("pie"), "segments": items(_segment, limits.CHART_SEGMENTS)})
data_visualization: dict[str, Rule] = {"title": text(limits.CHART_TITLE), "chart": by_type(_chart)}

_raw: dict[str, Rule] = {
    "raw_text": shape({"type": one_of("raw_text"), "text": text(limits.DATA_TABLE_TEXT)}),
    "raw_number": shape({"type": one_of("raw_number"), "value": number, "text": text(limits.DATA_TABLE_TEXT)}),
}
_cell = by_type({**_raw, "rich_text": rich_text.cell})
_row = items(_cell, limits.TABLE_COLUMNS)
data_table: dict[str, Rule] = {
    "caption": text(limits.DATA_TABLE_TEXT),
    "rows": items(_row, limits.DATA_TABLE_ROWS + 1, least=2),
}
data_table_options: dict[str, Rule] = {
    "page_size": whole(1, limits.DATA_TABLE_PAGE),
    "row_header_column_index": whole(0, limits.TABLE_COLUMNS - 1),
}
table: dict[str, Rule] = {"rows": items(_row, limits.TABLE_ROWS)}
table_options: dict[str, Rule] = {
    "column_settings": items(
        shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag}), limits.TABLE_COLUMNS
    )
}


def data_table_fits(value: object, at: str) -> Iterator[Problem]:
    """Checks what spans the cells: equal rows, a plain header row, the row header inside."""
    block = cast(dict[str, Any], value)
    rows = block["rows"]
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            yield Problem(f"{at}/rows/{i}", "must have as many cells as the header row")
    for i, cell in enumerate(rows[0]):
        if cell["type"] == "rich_text":
            yield Problem(f"{at}/rows/0/{i}/type", "unsupported type: rich_text")
    if block.get("row_header_column_index", 0) >= len(rows[0]):
        yield Problem(f"{at}/row_header_column_index", "must be the index of a column")
    yield from rich_text.too_long(rows, f"{at}/rows", limits.DATA_TABLE_TEXT)


def table_fits(value: object, at: str) -> Iterator[Problem]:
    """Checks that a table's text stays within what one message may carry."""
    rows = cast(dict[str, Any], value)["rows"]
    yield from rich_text.too_long(rows, f"{at}/rows", limits.TABLE_TEXT)
