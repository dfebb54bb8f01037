"""The values that set a hint off, for `Why am I seeing this?`."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.domain.hints.finding import Finding, HintKind
from bot.domain.period import day_and_month
from bot.views.blocks import foreign
from bot.views.hint_words import up_to, usual_line
from bot.views.wording import about_dollars, dollars, plural, tool_name


def values_line(finding: Finding) -> str:
    """Return the person's own values beside the rule."""
    return _VALUES[finding.kind](finding)


def _days(finding: Finding) -> str:
    return f"{day_and_month(finding.first)} to {day_and_month(finding.last)}"


def _claim(finding: Finding, what: str) -> str:
    saving = up_to(finding)
    if not saving:
        return "No saving is claimed: nothing of it is billed by itself."
    billed = dollars(finding.number("billed_nano_usd"))
    doubled = f"{what}, doubled for four weeks and rounded down: up to {saving}."
    return f"{billed} was billed for that in these 14 days. {doubled}"


def _idle(finding: Finding) -> str:
    runs, without = plural(finding.number("runs"), "run"), finding.number("runs_without_result")
    claim = _claim(finding, "The part of those without a result")
    return f"{runs} from {_days(finding)}, {without:,} without a result. {claim}"


def _short_calls(finding: Finding) -> str:
    number = finding.number
    return (
        f"{number('calls'):,} of {number('calls_on_model'):,} calls from {_days(finding)}; on average new input "
        f"{number('new_input_tokens_a_call'):,}, read from the cache {number('cache_read_tokens_a_call'):,}, written "
        f"to it {number('cache_write_tokens_a_call'):,}, answers {number('output_tokens_a_call'):,} tokens a call. "
        "Single calls are not kept: these are averages of a day and model, compared with "
        f"{foreign(finding.word('smaller_model'), 60)}. {_claim(finding, 'What that one would have cost less')}"
    )


def _spike(finding: Finding) -> str:
    known, cost = plural(finding.number("active_days"), "day"), dollars(finding.number("cost_nano_usd"))
    if usual := finding.number("usual_nano_usd"):
        return f"{cost}; by the {known} with use before it, about {about_dollars(usual)} is usual."
    guard = about_dollars(finding.number("guard_nano_usd"))
    return f"{cost}; {known} with use known before it. While there are so few, what counts is {guard}."


def _pace(finding: Finding) -> str:
    spent, limit = dollars(finding.number("spent_nano_usd")), dollars(finding.number("limit_nano_usd"))
    reach = f"{finding.number('chance_percent')} of 100 paths drawn from your own last days reach it"
    return f"{spent} of {limit} so far; {reach} before {day_and_month(finding.last)}."


def _borrow(finding: Finding) -> str:
    tool = foreign(tool_name(finding.word("tool")), 40)
    return f"you use {tool}; {finding.number('worked')} of {finding.number('tried')} said it worked."


def _runaway(finding: Finding) -> str:
    hour, before = dollars(finding.number("last_hour_nano_usd")), usual_line(finding) or "The job is new here."
    without = plural(finding.number("minutes_without_result"), "minute")
    return f"{hour} in the last hour, {without} without a result. {before}"


_VALUES: Final[Mapping[HintKind, Callable[[Finding], str]]] = {
    "runaway": _runaway,
    "spike": _spike,
    "idle_schedule": _idle,
    "short_calls": _short_calls,
    "pace": _pace,
    "borrow": _borrow,
}
