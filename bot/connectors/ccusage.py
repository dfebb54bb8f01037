"""Usage of one machine by day, tool and model, from what `ccusage daily --json` prints. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from bot.connectors.ccusage_format import Counts, Day, Part, read_days
from bot.domain.money import nano_usd
from bot.domain.tally import Tally
from bot.domain.usage import MEASURES, UsageRow

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
# Sums of floats differ in their last digits; a tenth of a cent is no cost of its own.
_NOISE_NANO_USD: Final = 1_000_000
_UNTOLD: Final = (None,) * (len(MEASURES) - 6)


class Report(NamedTuple):
    """The rows of each day in the file, and what its sender should know about it."""

    days: dict[date, list[UsageRow]]
    notes: Sequence[str]


class _Amount(NamedTuple):
    """Tokens in the order of the first five measures, and nano-USD; None is unknown."""

    tokens: tuple[int, ...]
    cost: int | None


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
    tallies: dict[tuple[str, str], Tally] = {}
    for part in day.agents:
        _add_part(tallies, part, _TOOLS.get(part.agent, part.agent), notes)
    if day.agents:
        _add_rest(tallies, tool, _whole(day), [_whole(part) for part in day.agents], notes)
    else:
        _add_part(tallies, day, tool, notes)
    if any(tool == SEVERAL_TOOLS for tool, _ in tallies):
        notes[BY_AGENT_NOTE] = None
    return [_row(day.day, *names, total) for names, total in tallies.items()]


def _row(day: date, tool: str, model: str, total: Tally) -> UsageRow:
    uncached_input, cache_read, cache_write, cache_write_1h, output = total.values[:5]
    return UsageRow(
        day,
        SOURCE,
        0,
        tool,
        model,
        uncached_input_tokens=uncached_input,
        cache_read_tokens=cache_read,
        cache_write_tokens=cache_write,
        cache_write_1h_tokens=cache_write_1h,
        output_tokens=output,
        list_value_nano_usd=total.values[-1],
        list_value_by=total.by,
        partly_unknown=total.partly,
    )


def _add_part(tallies: dict[tuple[str, str], Tally], part: Part, tool: str, notes: dict[str, None]) -> None:
    whole = _whole(part)
    models = [(model.model_name, _amount(model, model.cost)) for model in part.model_breakdowns]
    if not models:
        # codex's own report tells the day's cost only; one model alone has it all
        alone = whole.cost if len(part.models) == 1 else None
        models = [(name, _Amount(_tokens(counts), alone)) for name, counts in part.models.items()]
    for name, amount in models:
        _add(tallies, tool, name, amount)
    _add_rest(tallies, tool, whole, [amount for _, amount in models], notes)


def _add_rest(
    tallies: dict[tuple[str, str], Tally],
    tool: str,
    whole: _Amount,
    parts: Sequence[_Amount],
    notes: dict[str, None],
) -> None:
    """Add what *whole* has beyond its *parts*, so that the day's total stays what ccusage says."""
    covered = map(sum, zip(*(part.tokens for part in parts), strict=True)) if parts else (0,) * 5
    rest = [all_ - some for all_, some in zip(whole.tokens, covered, strict=True)]
    if min(rest) < 0:
        notes[MORE_NOTE] = None
    tokens = tuple(max(0, count) for count in rest)
    cost = (whole.cost or 0) - sum(part.cost or 0 for part in parts)
    if any(tokens) or cost > _NOISE_NANO_USD:
        _add(tallies, tool, NOT_TOLD, _Amount(tokens, cost if cost > _NOISE_NANO_USD else None))


def _add(tallies: dict[tuple[str, str], Tally], tool: str, model: str, amount: _Amount) -> None:
    by = "" if amount.cost is None else SOURCE
    tallies.setdefault((tool, model), Tally()).add((*amount.tokens, *_UNTOLD, amount.cost), by)


def _whole(part: Part) -> _Amount:
    return _amount(part, part.total_cost if part.cost_usd is None else part.cost_usd)


def _amount(counts: Counts, usd: float | None) -> _Amount:
    tokens = _tokens(counts)
    if usd is None or (usd == 0 and any(tokens)):
        return _Amount(tokens, None)  # ccusage prints 0 for a model whose price it does not know
    return _Amount(tokens, nano_usd(Decimal(repr(usd))))


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
