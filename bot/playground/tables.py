"""Small tables and charts, drawn with characters."""

from collections.abc import Sequence

from bot.playground.shown import Json

BAR = 20  # characters of the longest bar


def table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """Returns a table with a rule under its first row; the first column is words, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    return [
        f"  {lines[0]}",
        "  " + "  ".join("-" * width for width in widths),
        *(f"  {x}" for x in lines[1:]),
    ]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = zip(row, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]


def chart_lines(block: Json) -> list[str]:
    """Returns a chart as a table: a row for each category or segment, bars where there is one series."""
    chart = block["chart"]
    if chart["type"] == "pie":
        pairs = [(segment["label"], segment["value"]) for segment in chart["segments"]]
        return [f"{block['title']} (pie)", *_bars(pairs)]
    categories = chart["axis_config"]["categories"]
    series = [(one["name"], {p["label"]: p["value"] for p in one["data"]}) for one in chart["series"]]
    title = f"{block['title']} ({chart['type']})"
    if len(series) == 1:
        name, values = series[0]
        return [f"{title}: {name}", *_bars([(category, values[category]) for category in categories])]
    head = [chart["axis_config"].get("x_label", ""), *(name for name, _ in series)]
    rows = [[category, *(f"{values[category]:g}" for _, values in series)] for category in categories]
    return [title, *table_lines([head, *rows])]


def _bars(pairs: Sequence[tuple[str, float]]) -> list[str]:
    most = max((value for _, value in pairs), default=0)
    width = max(len(label) for label, _ in pairs)
    return [
        f"  {label.ljust(width)}  {'█' * round(BAR * max(value, 0) / most) if most > 0 else ''} {value:g}"
        for label, value in pairs
    ]
