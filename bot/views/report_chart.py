"""How finished work went with spend, drawn: as a chart in Slack with bars of text in its place, and as SVG on paper."""

import re
import sys
from collections.abc import Sequence
from math import ceil, log10
from typing import Any, Final

from bot.domain.money import usd
from bot.domain.report.content import Bill
from bot.domain.report.curve import Curve
from bot.views.blocks import Block, Twin, preformatted
from bot.views.wording import provider_name

TITLE: Final = "Finished work that stayed, by spend"
_CELLS: Final = 20
_INK: Final = ("#1d5b8f", "#8a8f98")
_TEN_TIMES: Final = 10.0
_STEPS: Final = 40
_DASHED: Final = {"width": 2, "dasharray": "5, 5"}
_SCRIPTS: Final = re.compile(r"<script.*?</script>|<script[^>]*/>|<!--.*?-->", re.DOTALL)


def curve_chart(curve: Curve) -> Twin:
    """Return the curve's groups, from those that spent least: multiples of the middle group's."""
    labels = [_times(spend) for spend, _ in curve.bins]
    values = [finished for _, finished in curve.bins]
    labels = _apart(labels)
    chart: Block = {
        "type": "data_visualization",
        "title": TITLE,
        "chart": {
            "type": "bar",
            "series": [
                {
                    "name": "Finished work",
                    "data": [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)],
                }
            ],
            "axis_config": {
                "categories": labels,
                "x_label": "Spend, as a multiple of the middle group's",
                "y_label": "Finished work",
            },
        },
    }
    return Twin(chart, (preformatted(_bars(labels, values), title=f"{TITLE} (the middle group is 1)"),))


def _times(multiple: float) -> str:
    return f"x{multiple:g}"


def _apart(labels: Sequence[str]) -> list[str]:
    """Return labels of which no two are the same: a chart tells its places apart by them."""
    seen: dict[str, int] = {}
    found = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found


def _bars(labels: Sequence[str], values: Sequence[float]) -> str:
    most, width = max(*values, 1.0), max(map(len, labels))
    return "\n".join(
        f"{label:<{width}} {'█' * round(value * _CELLS / most):<{_CELLS}} {value:g}"
        for label, value in zip(labels, values, strict=True)
    )


def curve_svg(curve: Curve) -> str:
    """Return the curve as SVG, with what a large study published as a line to compare with."""
    pygal = _library()
    published = _published(curve)
    most = ceil(2 * max(finished for _, finished in (*curve.bins, *published))) / 2
    chart = pygal.XY(
        title=TITLE,
        x_title="Spend, as a multiple of the middle group's",
        y_title="Finished work, as a multiple",
        range=(0, most),
        y_labels=[half / 2 for half in range(int(most * 2) + 1)],
        legend_at_bottom=True,
        **_plain(380),
    )
    chart.add("This company, a dot a group", list(curve.bins), stroke=False, dots_size=5)
    chart.add("Published: ten times for twice", published, show_dots=False, stroke_style=_DASHED)
    return _svg(chart)


def _published(curve: Curve) -> list[tuple[float, float]]:
    """Return places of the curve on which ten times the spend goes with twice the finished work."""
    first, last = curve.bins[0][0], max(_TEN_TIMES, curve.bins[-1][0])
    spends = [first + (last - first) * step / _STEPS for step in range(_STEPS + 1)]
    return [(round(spend, 2), round(spend ** log10(2), 3)) for spend in spends]


def bill_svg(bill: Bill) -> str:
    """Return what was billed by source as SVG."""
    pygal = _library()
    rows = list(reversed(bill.by_source))
    chart = pygal.HorizontalBar(
        title="Billed by source",
        show_legend=False,
        print_values=True,
        show_x_labels=False,
        show_x_guides=False,
        value_formatter=lambda amount: f"${amount:,.0f}",
        **_plain(110 + 45 * len(rows)),
    )
    chart.x_labels = [provider_name(each.source) if each.source else "other" for each in rows]
    chart.add("Billed", [float(usd(each.nano_usd)) for each in rows])
    return _svg(chart)


def _library() -> Any:
    """Return what draws; loaded here alone, since a bot that prints no page does without it.

    It leaves a finder of plug-ins in Python's imports that current versions warn about.
    """
    import pygal

    sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, pygal.PluginImportFixer)]
    return pygal


def _plain(height: int) -> dict[str, object]:
    """Return how every chart looks: nothing from elsewhere, and readable in black and white."""
    from pygal.style import Style

    small = dict.fromkeys(("label", "major_label", "legend", "value"), 13)
    sizes = {f"{what}_font_size": size for what, size in {**small, "title": 16}.items()}
    style = Style(
        background="white",
        plot_background="white",
        colors=_INK,
        font_family="sans-serif",
        value_font_family="sans-serif",
        guide_stroke_color="#dddddd",
        major_guide_stroke_color="#dddddd",
        value_colors=("#1d1c1d",),
        **sizes,
    )
    return {
        "style": style,
        "js": [],
        "disable_xml_declaration": True,
        "explicit_size": True,
        "width": 720,
        "height": height,
    }


def _svg(chart: Any) -> str:
    """Return a chart without its script, which only moves things, and without its comments."""
    return _SCRIPTS.sub("", chart.render(is_unicode=True))
