"""The rules of hints with their thresholds, what would switch one on, and which are muted."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from bot.domain.hints import borrow, idle_schedule, pace, runaway, short_calls, spike
from bot.domain.hints.choose import COOL_DOWN_DAYS, KNOWN_DAYS
from bot.domain.hints.finding import KINDS, MATERIAL_NANO_USD, HintKind
from bot.domain.hints.rules import SwitchedOff
from bot.views.blocks import Block, button, context, modal, section
from bot.views.hint_words import round_dollars
from bot.views.wording import LOCK, about_dollars

NAMES: Final[dict[HintKind, str]] = {
    "runaway": "A job that runs away",
    "spike": "A day far above usual",
    "idle_schedule": "A job that changes nothing",
    "short_calls": "Short calls on a large model",
    "pace": "A limit of your own that ends early",
    "borrow": "Something to borrow",
}
_RUNAWAY_MINUTES: Final = int(runaway.WITHOUT_PROGRESS.total_seconds()) // 60
_RULES: Final[dict[HintKind, str]] = {
    "runaway": (
        f"a run that started on its own, at least {about_dollars(runaway.LEAST_COST_NANO_USD)}, "
        f"{_RUNAWAY_MINUTES} minutes without a result, and in the last hour {runaway.TIMES_USUAL} times what nine of "
        f"ten of its runs stay below (from telemetry, its days); of a new job "
        f"{about_dollars(runaway.NEW_JOB_NANO_USD_AN_HOUR)} an hour."
    ),
    "spike": (
        f"a day of at least {spike.TIMES_USUAL} times what is usual for you on that weekday, "
        f"${spike.LEAST_MORE_USD:.0f} above it, and beyond what your days scatter in eight weeks; while fewer than "
        f"{spike.LEAST_ACTIVE_DAYS} days are known, {about_dollars(spike.GUARD_NANO_USD)}."
    ),
    "idle_schedule": (
        f"a job that runs by the clock, {idle_schedule.LEAST_RUNS} or more runs in {idle_schedule.WINDOW_DAYS} days, "
        f"at least {idle_schedule.LEAST_WITHOUT_PERCENT // 10} of 10 without a saved change."
    ),
    "short_calls": (
        f"{short_calls.LEAST_CALLS} or more calls of a large model in {short_calls.WINDOW_DAYS} days and at least "
        f"{short_calls.LEAST_SHARE_PERCENT} in 100 of its calls, on average at most "
        f"{short_calls.MOST_INPUT_TOKENS:,} tokens in and {short_calls.MOST_OUTPUT_TOKENS} out."
    ),
    "pace": (
        f"a budget you set, or an allowance of yours alone, that ends early on at least {pace.LEAST_CHANCE_PERCENT} of "
        f"100 paths drawn from your own last {pace.LAST_ACTIVE_DAYS} days with use, while {pace.LEAST_WORKDAYS} or "
        "more workdays are left."
    ),
    "borrow": (
        f"a use case of another team, for a tool that you use, that you have not seen, and that worked for "
        f"{borrow.LEAST_WORKED_PERCENT // 10} of 10 or more of at least {borrow.LEAST_TRIED} people who tried it."
    ),
}
_WAITS_FOR: Final = {
    "alarms": "choose to be told at once in `/mytokens digest`",
    "runs": (
        "a platform that pushes its runs while they run, with `run_id` and `trigger`; or telemetry that says what ran "
        "on its own: Claude Code with its entry point, `codex exec`, or anything with `worthwhile.trigger`"
    ),
    "days": f"{spike.LEAST_ACTIVE_DAYS} days with use",
    "results": "a platform that says which runs had a result: `result` or `outcomes` in what it pushes",
    "requests": "a source that counts requests and tokens by model",
    "limit": "set a budget of your own, as in `/mytokens budget $200`",
    "library": "an entry in `/usecase` that has worked for others",
}


def rule_line(kind: HintKind) -> str:
    """Return the rule behind a kind of hint, with its thresholds."""
    return _RULES[kind]


def rules_window(muted: Collection[str]) -> dict[str, Any]:
    """Return the window with all rules, each with what is chosen about it."""
    blocks: list[Block] = []
    for kind in KINDS:
        off = kind in muted
        toggle = button("Unmute" if off else "Mute", "hint-toggle", f"{kind} off" if off else kind)
        blocks.append(section(f"*{NAMES[kind]}*{' (muted)' if off else ''}: {_RULES[kind]}", toggle))
    when = (
        f"Unasked at most one a week, in the weekly note: none before {KNOWN_DAYS} days of your data are known, none "
        f"while data is missing, each kind once in {COOL_DOWN_DAYS} days, and from {round_dollars(MATERIAL_NANO_USD)} "
        "in four weeks on. When you ask, the best one. At once only if you chose so. Nobody else gets any of them."
    )
    return modal("All rules", [*blocks, context(when), context(LOCK)])


def waiting_lines(off: Iterable[SwitchedOff]) -> list[str]:
    """Return what would switch on the hints that have no data, a line each."""
    return [f"{NAMES[each.kind]}: {_WAITS_FOR[each.waits_for]}" for each in off]


def waiting_blocks(off: Sequence[SwitchedOff]) -> list[Block]:
    """Return which hints are off and what would switch them on; nothing where all have their data."""
    return (
        [section("\n".join(["*Hints that are off, and what would switch them on:*", *waiting_lines(off)]))]
        if off
        else []
    )
