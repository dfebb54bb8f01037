"""The cost of a week beside that of the weeks before it: a chart, and bars of text in its place."""

from bot.domain.digest import Digest
from bot.domain.money import usd
from bot.domain.period import day_and_month
from bot.domain.quantity import Quantity
from bot.domain.summary import Line
from bot.views.blocks import Twin, preformatted
from bot.views.breakdown import bars
from bot.views.outcomes import LANE_WORD


def usual_weeks_chart(digest: Digest) -> Twin:
    """Return the week's cost beside the weeks that were compared, the oldest first."""
    weeks = [*digest.usual_weeks, (digest.week, digest.cost.cost.known or 0)]
    labels = [day_and_month(week.monday) for week, _ in weeks]
    values = [nano_usd for _, nano_usd in weeks]
    title = f"Cost per week (USD, {LANE_WORD[digest.cost.lane]})"
    chart = {
        "type": "data_visualization",
        "title": title,
        "chart": {
            "type": "bar",
            "series": [
                {
                    "name": "Cost",
                    "data": [
                        {"label": label, "value": float(round(usd(value), 2))}
                        for label, value in zip(labels, values, strict=True)
                    ],
                }
            ],
            "axis_config": {"categories": labels, "x_label": "Week from", "y_label": "USD"},
        },
    }
    lines = [Line(label, "tool", Quantity(value, True)) for label, value in zip(labels, values, strict=True)]
    return Twin(chart, (preformatted(bars(lines), title=title),))
