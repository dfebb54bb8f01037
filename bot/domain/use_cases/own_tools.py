"""Which tools somebody uses, and which model with each: what a form is filled with before its author looks."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from bot.domain.usage import UsageRow


class OwnTool(NamedTuple):
    """A tool, and the model that its user had with it last; nothing where unknown."""

    tool: str
    model: str


def own_tools(rows: Iterable[UsageRow]) -> list[OwnTool]:
    """Return somebody's tools, the one of most days first, whatever was done or spent on a day."""
    seen = list(rows)
    days = Counter(tool for tool, _ in {(row.tool, row.day) for row in seen if row.tool})
    last = {row.tool: row.model for row in sorted(seen, key=lambda row: (row.day, row.model)) if row.model}
    ordered = sorted(days, key=lambda tool: (-days[tool], tool))
    return [OwnTool(tool, last.get(tool, "")) for tool in ordered]
