"""Usage of one machine by day, tool and model, from what `ccusage daily --json` prints. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import sub
from typing import Final, NamedTuple

from bot.connectors.ccusage_format import Counts, Day, Part, read_days
from bot.domain.money import nano_usd
from bot.domain.usage import BIT, UsageRow

SOURCE: Final = "ccusage"
SEVERAL_TOOLS: Final = "several tools"
UNNAMED_TOOL: Final = "coding agent"
NOT_TOLD: Final = "not told"  # the model of what a day has beyond its models
BY_AGENT_NOTE: Final = (
    "Several tools are added up in the file: `ccusage daily --json --by-agent --timezone UTC` tells them apart."
)
MORE_NOTE: Final = "On some days the models add up to more than ccusage's own totals; the models were taken."
_TOOLS: Final = {"claude": "claude-code", "gemini": "gemini-cli"}  # any other has the agent's own name
_TOOLS_OF_MODELS: Final = (
    (re.compile(r"claude-"), "claude-code"),
    (re.compile(r"gpt-|o\d|codex"), "codex"),
    (re.compile(r"gemini-"), "gemini-cli"),
)
_NOISE_USD: Final = 0.001  # sums of floats differ in their last digits; so little is no cost of its own


class Report(NamedTuple):
    """The rows of each day in the file, and what its sender should know about it."""

    days: dict[date, list[UsageRow]]
    notes: Sequence[str]


class _Part(NamedTuple):
    """Tokens in the order of the first five measures, and USD as ccusage printed it."""

    tokens: tuple[int, ...]
    usd: float | None


# (tool, model) -> its parts of one day
_Parts = defaultdict[tuple[str, str], list[_Part]]


def parse(content: bytes, today: date) -> Report:
    """Return what the file says: per day and model the same tokens and cost as ccusage.

    The source instance of the rows is left open (0). Raises InputError that names the place.
    """
    days = read_days(content, today)
    tool_of_file = _tool_of({name for day in days for name in _model_names(day)})
    notes: dict[str, None] = {}
    rows = {day.day: _rows(day, _tool_of_day(day, tool_of_file), notes) for day in days}
    return Report(rows, tuple(notes))


def _rows(day: Day, tool: str, notes: dict[str, None]) -> list[UsageRow]:
    parts: _Parts = defaultdict(list)
    for part in day.agents:
        _add_models(parts, part, _TOOLS.get(part.agent, part.agent), notes)
    if day.agents:
        _add_rest(parts, tool, _whole(day), [_whole(part) for part in day.agents], notes)
    else:
        _add_models(parts, day, tool, notes)
    if any(tool == SEVERAL_TOOLS for tool, _ in parts):
        notes[BY_AGENT_NOTE] = None
    return [_row(day.day, *names, same) for names, same in parts.items()]


def _row(day: date, tool: str, model: str, same: Sequence[_Part]) -> UsageRow:
    costs = [_cost(part) for part in same]
    known = [cost for cost in costs if cost is not None]
    tokens = same[0].tokens if len(same) == 1 else tuple(map(sum, zip(*(part.tokens for part in same), strict=True)))
    return UsageRow(
        day,
        SOURCE,
        0,
        tool,
        model,
        uncached_input_tokens=tokens[0],
        cache_read_tokens=tokens[1],
        cache_write_tokens=tokens[2],
        cache_write_1h_tokens=tokens[3],
        output_tokens=tokens[4],
        list_value_nano_usd=sum(known) if known else None,
        list_value_by=SOURCE if known else "",
        partly_unknown=BIT["list_value_nano_usd"] if 0 < len(known) < len(costs) else 0,
    )


def _add_models(parts: _Parts, whole: Part, tool: str, notes: dict[str, None]) -> None:
    models = [(model.model_name, _Part(_tokens(model), model.cost)) for model in whole.model_breakdowns]
    if not models:
        # codex's own report tells the day's cost only; one model alone has it all
        alone = _whole(whole).usd if len(whole.models) == 1 else None
        models = [(name, _Part(_tokens(counts), alone)) for name, counts in whole.models.items()]
    for name, part in models:
        parts[tool, name].append(part)
    _add_rest(parts, tool, _whole(whole), [part for _, part in models], notes)


def _add_rest(parts: _Parts, tool: str, whole: _Part, told: Sequence[_Part], notes: dict[str, None]) -> None:
    """Add what *whole* has beyond what is *told*, so that the day's total stays what ccusage says."""
    covered = map(sum, zip(*[part.tokens for part in told], strict=True)) if told else (0,) * 5
    rest = tuple(map(sub, whole.tokens, covered))
    if min(rest) < 0:
        notes[MORE_NOTE] = None
        rest = tuple(max(0, count) for count in rest)
    usd = (whole.usd or 0) - sum([part.usd or 0 for part in told])
    if any(rest) or usd > _NOISE_USD:
        parts[tool, NOT_TOLD].append(_Part(rest, usd if usd > _NOISE_USD else None))


def _whole(part: Part) -> _Part:
    return _Part(_tokens(part), part.total_cost if part.cost_usd is None else part.cost_usd)


def _cost(part: _Part) -> int | None:
    if part.usd is None or (part.usd == 0 and any(part.tokens)):
        return None  # ccusage prints 0 for a model whose price it does not know
    return nano_usd(Decimal(repr(part.usd)))


def _tokens(counts: Counts) -> tuple[int, ...]:
    read = counts.cache_read_tokens + counts.cached_input_tokens
    # ccusage does not tell the two lifetimes of what is written to the cache apart: all of it is
    # stored as the ordinary one
    return (counts.input_tokens, read, counts.cache_creation_tokens, 0, counts.output_tokens)


def _model_names(day: Day) -> Iterable[str]:
    return (*(model.model_name for model in day.model_breakdowns), *day.models)


def _tool_of_day(day: Day, tool_of_file: str) -> str:
    agents = set(day.metadata.agents) or ({day.agent} - {"all"})
    if len(agents) == 1:
        return next(_TOOLS.get(agent, agent) for agent in agents)
    return SEVERAL_TOOLS if agents or day.agents else tool_of_file


def _tool_of(models: Iterable[str]) -> str:
    """Return the tool that all *models* belong to; an agent's own report does not name the agent."""
    named = [model for model in models if not model.startswith("<")]  # "<synthetic>" is no model
    for pattern, tool in _TOOLS_OF_MODELS:
        if named and all(pattern.match(model) for model in named):
            return tool
    return UNNAMED_TOOL
