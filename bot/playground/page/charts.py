"""Where the lines, bars and slices of a chart stand, for the template that draws them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.playground.shown import Json

WIDTH, HEIGHT = 440, 230
_LEFT, _RIGHT, _TOP = 52, 8, 12
_LETTER: Final = 5.7  # how wide a letter of an axis label is, about
_COLOURS: Final = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar, a line with its points, an area or a slice: a path, and the words that it stands for."""

    path: str
    colour: int
    words: str
    kind: str = "fill"


@dataclass(frozen=True, slots=True)
class Label:
    """Words on an axis; *turned* when they would not fit beside each other."""

    x: float
    y: float
    words: str
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that is drawn, and *description*: the same in words."""

    title: str
    kind: str
    width: int
    height: int
    marks: Sequence[Mark]
    legend: Sequence[tuple[int, str]]
    description: str
    ticks: Sequence[Label] = ()
    labels: Sequence[Label] = ()
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    bottom: float = 0
    zero: float = 0
    x_label: str = ""
    y_label: str = ""


def chart_of(block: Json) -> Chart:
    """Returns the geometry of a data_visualization block."""
    return _pie(block) if block["chart"]["type"] == "pie" else _with_axes(block)


def number(value: float) -> str:
    """Returns a number as a person writes it: 1,234.5."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def ticks_for(low: float, high: float) -> list[float]:
    """Returns four to seven round numbers from at most *low* to at least *high*, zero among them."""
    low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        high = low + 1
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class _Frame:
    categories: Sequence[str]
    ticks: Sequence[float]
    bottom: float

    @property
    def band(self) -> float:
        return (WIDTH - _LEFT - _RIGHT) / len(self.categories)

    def x(self, index: int) -> float:
        return round(_LEFT + self.band * (index + 0.5), 2)

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return round(self.bottom - (value - low) / (high - low) * (self.bottom - _TOP), 2)


def _with_axes(block: Json) -> Chart:
    chart, axes = block["chart"], block["chart"]["axis_config"]
    categories = axes["categories"]
    rows = [(one["name"], {point["label"]: point["value"] for point in one["data"]}) for one in chart["series"]]
    series = [(name, [float(values[category]) for category in categories]) for name, values in rows]
    every = [value for _, values in series for value in values]
    turned = max(map(len, categories)) * _LETTER > (WIDTH - _LEFT - _RIGHT) / len(categories) - 3
    room = 22 + (min(max(map(len, categories)), 20) * _LETTER * 0.72 if turned else 0) + 16 * bool(axes.get("x_label"))
    frame = _Frame(categories, ticks_for(min(every), max(every)), HEIGHT - room)
    draw = {"bar": _bars, "line": _lines, "area": _areas}[chart["type"]]
    return Chart(
        title=block["title"],
        kind=chart["type"],
        width=WIDTH,
        height=HEIGHT,
        marks=draw(frame, series),
        legend=[(index % _COLOURS, name) for index, (name, _) in enumerate(series)],
        description=_described(chart["type"], categories, series),
        ticks=[Label(_LEFT - 6, frame.y(tick), number(tick)) for tick in frame.ticks],
        labels=[Label(frame.x(i), frame.bottom + 15, name, turned) for i, name in enumerate(categories)],
        bottom=frame.bottom,
        zero=frame.y(0),
        x_label=axes.get("x_label", ""),
        y_label=axes.get("y_label", ""),
    )


Series = Sequence[tuple[str, Sequence[float]]]


def _bars(frame: _Frame, series: Series) -> list[Mark]:
    room = frame.band * 0.76
    each = min(room / len(series), 34)
    marks = []
    for place, (name, values) in enumerate(series):
        for index, value in enumerate(values):
            left = frame.x(index) + (place - len(series) / 2) * each
            top, base = frame.y(value), frame.y(0)
            path = f"M{left:.2f} {base}V{top}H{left + each * 0.92:.2f}V{base}Z"
            words = f"{name}, {frame.categories[index]}: {number(value)}"
            marks.append(Mark(path, place % _COLOURS, words))
    return marks


def _lines(frame: _Frame, series: Series) -> list[Mark]:
    marks = []
    for place, (name, values) in enumerate(series):
        points = [(frame.x(index), frame.y(value)) for index, value in enumerate(values)]
        marks.append(Mark(_through(points), place % _COLOURS, name, "line"))
        for index, (x, y) in enumerate(points):
            dot = f"M{x - 3} {y}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0Z"
            marks.append(Mark(dot, place % _COLOURS, f"{name}, {frame.categories[index]}: {number(values[index])}"))
    return marks


def _areas(frame: _Frame, series: Series) -> list[Mark]:
    shades = []
    for place, (name, values) in enumerate(series):
        points = [(frame.x(index), frame.y(value)) for index, value in enumerate(values)]
        base = frame.y(0)
        path = f"{_through(points)}L{points[-1][0]} {base}L{points[0][0]} {base}Z"
        shades.append(Mark(path, place % _COLOURS, name, "shade"))
    return shades + _lines(frame, series)


def _through(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _described(kind: str, categories: Sequence[str], series: Series) -> str:
    said = [
        f"{name}: "
        + ", ".join(f"{category} {number(value)}" for category, value in zip(categories, values, strict=True))
        for name, values in series
    ]
    return f"{kind.capitalize()} chart. " + ". ".join(said) + "."


def _pie(block: Json) -> Chart:
    segments = [(one["label"], float(one["value"])) for one in block["chart"]["segments"]]
    total = sum(value for _, value in segments)
    marks, turn = [], 0.0
    for place, (label, value) in enumerate(segments):
        share = value / total
        words = f"{label}: {number(value)} ({share:.0%})"
        marks.append(Mark(_slice(turn, turn + share), place % _COLOURS, words))
        turn += share
    legend = [(place % _COLOURS, mark.words) for place, mark in enumerate(marks)]
    description = "Pie chart. " + ", ".join(mark.words for mark in marks) + "."
    return Chart(block["title"], "pie", WIDTH, 190, marks, legend, description)


def _slice(start: float, end: float) -> str:
    x, y, radius = WIDTH / 2, 95, 84
    if end - start > 0.9999:  # an arc from a point to itself would be nothing
        return f"M{x - radius} {y}a{radius} {radius} 0 1 1 {2 * radius} 0a{radius} {radius} 0 1 1 {-2 * radius} 0Z"
    edges = [(x + radius * math.sin(math.tau * at), y - radius * math.cos(math.tau * at)) for at in (start, end)]
    (x1, y1), (x2, y2) = edges
    return f"M{x} {y}L{x1:.2f} {y1:.2f}A{radius} {radius} 0 {int(end - start > 0.5)} 1 {x2:.2f} {y2:.2f}Z"
