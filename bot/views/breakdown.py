"""Where the cost went: a bar a line, and a chart by week where Slack takes one."""

from collections.abc import Sequence
from typing import Any

from bot.domain.money import usd
from bot.domain.period import day_and_month, short_day
from bot.domain.summary import Line, Summary
from bot.domain.weekly import Weekly
from bot.views.blocks import Block, Twin, preformatted, visible
from bot.views.wording import dollars, money, tool_name

_BAR_CELLS = 12  # a line with a name, an amount and a note fits a narrow pane


def where_it_went(summary: Summary) -> list[Block | Twin]:
    """Return the lines as text bars, and the weeks as a chart; without a cost nothing."""
    if not summary.lines:
        return []
    text = bars(summary.lines)
    if summary.top_day:
        day = summary.top_day
        text += f"\nMost expensive day: {short_day(day.day)}, {dollars(day.nano_usd)}"
    parts: list[Block | Twin] = [preformatted(text, title="Where it went")]
    if summary.weekly.weeks:
        parts.append(Twin(_chart(summary.weekly, summary.lane)))
    return parts


def bars(lines: Sequence[Line]) -> str:
    """Return a bar a line, scaled to the largest, with names, amounts and what ran on its own."""
    amounts = [line.nano_usd.known or 0 for line in lines]
    largest = max([*amounts, 1])
    names = [_line_name(line) for line in lines]
    width = min(24, max(len(name) for name in names))
    texts = [money(line.nano_usd) for line in lines]
    right = max(len(text) for text in texts)
    drawn = []
    for line, amount, name, text in zip(lines, amounts, names, texts, strict=True):
        cells = max(1, round(_BAR_CELLS * amount / largest)) if amount > 0 else 0
        bar = "█" * cells + "░" * (_BAR_CELLS - cells)
        note = "  ran on its own" if line.kind == "job" else ""
        drawn.append(f"{visible(name, width):<{width}}  {bar}  {text:>{right}}{note}")
    return "\n".join(drawn)


def _line_name(line: Line) -> str:
    if line.kind == "rest":
        return "everything else"
    if line.kind == "seat":
        return f"{tool_name(line.name)} seat"
    return tool_name(line.name)


def _chart(weekly: Weekly, lane: str) -> Block:
    labels = [day_and_month(week) for week in weekly.weeks]
    series: list[dict[str, Any]] = [
        {
            "name": visible(tool_name(name) if name else "Other", 20),
            "data": [
                {"label": label, "value": float(round(usd(value), 2))}
                for label, value in zip(labels, values, strict=True)
            ],
        }
        for name, values in weekly.series
    ]
    word = "billed" if lane == "billed" else "at list price"
    return {
        "type": "data_visualization",
        "title": f"Cost per week (USD, {word})",
        "chart": {
            "type": "bar",
            "series": _unique_names(series),
            "axis_config": {"categories": labels, "x_label": "Week from", "y_label": "USD"},
        },
    }


def _unique_names(series: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Number series whose names are the same once cut to the chart's 20 characters."""
    seen: set[str] = set()
    for number, one in enumerate(series, start=1):
        name = str(one["name"])
        if name in seen:
            one["name"] = f"{name[:16]} ({number})"
        seen.add(str(one["name"]))
    return series
