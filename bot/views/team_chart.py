"""What stayed of a team's work, week by week: a chart, and bars of text in its place."""

from collections.abc import Sequence
from typing import Final

from bot.domain.period import day_and_month
from bot.domain.team_digest import KindWeek
from bot.views.blocks import Block, Twin, preformatted

_BAR_CELLS: Final = 20


def stayed_chart(kind: KindWeek) -> Twin:
    """Return the settled weeks of one kind, the oldest first."""
    labels = [day_and_month(monday) for monday, _ in kind.stayed_by_week]
    values = [stayed for _, stayed in kind.stayed_by_week]
    what = {"change": "Changes", "ticket": "Tickets", "case": "Support cases", "piece": "Pieces of work"}[kind.kind]
    title = f"{what} that stayed, by week"
    data = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    chart: Block = {
        "type": "data_visualization",
        "title": title,
        "chart": {
            "type": "bar",
            "series": [{"name": "Stayed", "data": data}],
            "axis_config": {"categories": labels, "x_label": "Week from", "y_label": what},
        },
    }
    return Twin(chart, (preformatted(_bars(labels, values), title=title),))


def _bars(labels: Sequence[str], values: Sequence[int]) -> str:
    most, width = max(*values, 1), max(map(len, labels))
    return "\n".join(
        f"{label:<{width}} {'█' * _cells(value, most):<{_BAR_CELLS}} {value:,}"
        for label, value in zip(labels, values, strict=True)
    )


def _cells(value: int, most: int) -> int:
    return -(-value * _BAR_CELLS // most)
