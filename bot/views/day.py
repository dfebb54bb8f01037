"""The answer to `/mytokens why`: the arithmetic of one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from bot.domain.day import DayAnswer, ModelCost, Part, Parts
from bot.domain.period import WEEKDAYS, long_day
from bot.domain.why import WhyLine
from bot.views.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    foreign,
    header,
    plain_section,
    section,
    visible,
)
from bot.views.why_lines import why_blocks
from bot.views.wording import LOCK, about_dollars, count, dollars, money, rounded, tool_name

NOTIFICATION = "What made that day's cost."
# Below this a line about re-reading is not worth a person's time.
_WORTH_A_LINE_NANO_USD = 500_000_000
_MAX_OTHERS = 6


@dataclass(frozen=True, slots=True)
class BesideDay:
    """What stands beside a day's cost: shared jobs, what could have been without, [It was planned], the best hint."""

    jobs: Sequence[Block] = ()
    lines: Sequence[WhyLine] = ()
    planned: bool = False
    hint: Sequence[Block] = ()


_NOTHING_BESIDE: Final = BesideDay()


def day_message(answer: DayAnswer, today: date, hours: str, beside: BesideDay = _NOTHING_BESIDE) -> Message:
    """Return what made the day's cost; *hours* says when a UTC day begins where the person lives."""
    blocks: list[Block] = [header(f"{_said(answer.day, today)}: {_amount(answer)}")]
    explained, others = _split(answer.models)
    if explained:
        blocks += _explained(explained)
    if others:
        blocks.append(_others(others, alone=explained is None))
    blocks += _option(explained)
    blocks += why_blocks(beside.lines)
    if answer.unpriced:
        names = ", ".join(visible(model, 60) for model in answer.unpriced[:5])
        blocks.append(plain_section(f"Price unknown: {names}. Not in the sum."))
    blocks += beside.hint
    blocks += beside.jobs
    blocks.append(context(_small_print(answer, explained, hours)))
    blocks += [context(LOCK), _buttons(answer.day, today, *_planned(answer, planned=beside.planned))]
    return Message(NOTIFICATION, blocks)


def _said(day: date, today: date) -> str:
    return long_day(day) if day.year == today.year else f"{long_day(day)} {day.year}"


def _amount(answer: DayAnswer) -> str:
    if answer.cost.unknown:
        return "cost unknown"
    return f"{money(answer.cost)} {'billed' if answer.lane == 'billed' else 'at list price'}"


def empty_day(day: date, today: date, jobs: Sequence[Block] = (), hint: Sequence[Block] = ()) -> Message:
    """Return the answer for a day of which nothing is known beside *jobs* that are shared."""
    text = "no cost of your own: only shared jobs ran." if jobs else "no usage arrived for that day."
    parts = [section(f"*{_said(day, today)}:* {text}"), *hint, *jobs, context(LOCK), _buttons(day, today)]
    return Message(NOTIFICATION, parts)


def _split(models: tuple[ModelCost, ...]) -> tuple[ModelCost | None, tuple[ModelCost, ...]]:
    """Return the largest line if its parts are known, and the others."""
    if models and models[0].parts is not None:
        return models[0], models[1:]
    return None, models


def _explained(model: ModelCost) -> list[Block]:
    parts = model.parts
    if parts is None:
        return []
    name = _name(model)
    blocks = []
    if parts.reread.nano_usd >= _WORTH_A_LINE_NANO_USD:
        blocks.append(
            section(
                f"*{dollars(parts.reread.nano_usd)} was re-reading earlier conversation* ({name})\n"
                f"{_reread_arithmetic(model, parts.reread)}"
            )
        )
        blocks.append(section(f"*{dollars(parts.new_text_nano_usd)} was new text and answers on it:* {_new(parts)}"))
        return blocks
    return [section(f"*{money(model.cost)}* on {name}: re-reading {dollars(parts.reread.nano_usd)}, {_new(parts)}")]


def _option(model: ModelCost | None) -> list[Block]:
    """Return the one thing worth a look, where re-reading was both worth a line and most of it."""
    parts = model.parts if model else None
    if parts is None or parts.reread.nano_usd < _WORTH_A_LINE_NANO_USD:
        return []
    if parts.reread.nano_usd <= parts.new_text_nano_usd:
        return []
    half = about_dollars(parts.reread.nano_usd // 2)
    return [
        section(
            "*One option:* a fresh session when the task changes. At half the length the first line "
            f"would have been about {half}. Your call."
        )
    ]


def _reread_arithmetic(model: ModelCost, reread: Part) -> str:
    price = f"{rounded(reread.tokens)} × {_per_million(reread.usd_per_token)} a million."
    if not model.requests.known or not model.requests.complete:
        return f"Tokens read again from the cache: {price}"
    each = rounded(reread.tokens // model.requests.known)
    return f"{count(model.requests)} requests carried about {each} tokens of earlier text each: {price}"


def _per_million(usd_per_token: Decimal) -> str:
    price = (usd_per_token * 1_000_000).normalize()
    return f"${price:,.2f}" if price == round(price, 2) else f"${price:f}"


def _new(parts: Parts) -> str:
    said = []
    written = sum(part.nano_usd for part in parts.written)
    if written:
        said.append(f"written to the cache {dollars(written)}")
    if parts.new_input.nano_usd:
        said.append(f"new input {dollars(parts.new_input.nano_usd)}")
    if parts.answers.nano_usd:
        said.append(f"answers {dollars(parts.answers.nano_usd)}")
    return ", ".join(said) or "nothing"


def _others(others: tuple[ModelCost, ...], *, alone: bool) -> Block:
    said = [f"{_name(model)} {money(model.cost)}" for model in others[:_MAX_OTHERS]]
    if len(others) > _MAX_OTHERS:
        said.append(f"and {len(others) - _MAX_OTHERS} more")
    return section(f"*{'What it was' if alone else 'Everything else'}:* {' · '.join(said)}")


def _name(model: ModelCost) -> str:
    if model.job:
        return f"{foreign(model.job, 40)} (ran on its own)"
    return f"{foreign(tool_name(model.tool), 40)} on {foreign(model.model, 60)}"


def _small_print(answer: DayAnswer, explained: ModelCost | None, hours: str) -> str:
    said = []
    weekday = WEEKDAYS[answer.day.weekday()]
    usual, cost = answer.usual_nano_usd, answer.cost.known
    if usual is not None and cost is not None and cost > usual:
        said.append(f"Your {weekday}s are usually about {about_dollars(usual)}.")
    if explained and explained.parts:
        percent = max(1, round(explained.parts.gap * 100))
        said.append(
            "The split is worked out from token counts and the list prices of that day, and agrees with the "
            f"amount within {percent} %."
        )
    elif answer.models:
        said.append("Not split by kind of token: the prices known here do not explain the amount.")
    return " ".join([*said, hours]).strip() or "From the daily rows that are kept about you."


def _planned(answer: DayAnswer, *, planned: bool) -> list[dict[str, Any]]:
    """Return the way to say that a day above usual was planned, and back."""
    day = answer.day.isoformat()
    if planned:
        return [button("Planned by you: undo", "planned", f"{day} off")]
    usual, cost = answer.usual_nano_usd, answer.cost.known
    above = usual is not None and cost is not None and cost > usual
    return [button("It was planned", "planned", day)] if above else []


def _buttons(day: date, today: date, *first: dict[str, Any]) -> Block:
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    row = [button("The day before", "why", before.isoformat())]
    if after <= today:
        row.append(button("The day after", "why", after.isoformat()))
    return actions(*first, *row, button("Token details", "tokens", day.isoformat()), button("Four weeks", "show", "4w"))
