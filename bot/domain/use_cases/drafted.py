"""What a text model wrote from a message: taken field by field, and only as far as the message says it. Pure.

A model may stall, make things up, or obey what stands in the message. What it may add to a message is an order
and fewer words: no link, no number and hardly a word of its own.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from msgspec.structs import replace

from bot.domain.money import nano_usd
from bot.domain.pricing import Rates
from bot.domain.use_cases.entry import Draft, FieldName, normal, problems_of
from bot.domain.use_cases.scan import CustomerNames, scan
from bot.domain.use_cases.search import words_of
from bot.domain.use_cases.text import bare

Trouble = Literal["", "silent", "refused", "junk"]

# What a model is asked for; the tool is the author's to choose.
ASKED: Final[tuple[FieldName, ...]] = ("title", "when", "how", "link", "watch_out")
MAX_INPUT: Final = 16_000  # bytes that are sent at most, and a token is a byte at least
MAX_OUTPUT_TOKENS: Final = 1_500
# Where nobody knows the price: that of the dearest models, so that a limit holds all the same.
_DEAREST_INPUT_USD: Final = Decimal("0.00002")
_DEAREST_OUTPUT_USD: Final = Decimal("0.0001")
_OWN_WORDS: Final = 0.5  # of a field's words at least so many are the message's
_STEM: Final = 4

_STEP: Final = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)
_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_SAID_NUMBER: Final = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety"
    r"|hundred|thousand|million|dozen|half|twice|percent)\b",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://[^\s<>\"|)]+|\b(?:[\w-]+\.)+[a-z]{2,24}\b(?:/[^\s<>\"|)]*)?|[\w.-]+/[\w.-]+[#!]\d+",
    re.IGNORECASE,
)


class Reply(NamedTuple):
    """What a model answered: fields by name, or what went wrong; token counts where it told them."""

    fields: Mapping[str, str]
    trouble: Trouble = ""
    input_tokens: int | None = None
    output_tokens: int | None = None


class TextModel(NamedTuple):
    """A text model: its name, and asking it to split a message; asking raises nothing and takes ten seconds at most."""

    name: str
    ask: Callable[[str], Reply]


class Drafted(NamedTuple):
    """What the author gets: *left_out* are the fields of which the model's words were not taken."""

    draft: Draft
    left_out: tuple[FieldName, ...] = ()


def taken(message: str, answer: Mapping[str, str], before: Draft, customers: CustomerNames) -> Drafted:
    """Return *before* with the fields of a model's *answer* that say nothing which the *message* does not."""
    draft, left_out = before, []
    for name in ASKED:
        new = normal(replace(before, **{name: answer.get(name, "")}))
        text = getattr(new, name)
        if not text or text == getattr(before, name):
            continue
        # in this order: looking through a text that is far too long takes minutes
        wrong = any(problem.field == name for problem in problems_of(new))
        wrong = wrong or any(problem.field == name for problem in scan(new, customers))
        if wrong or not is_of_message(text, message):
            left_out.append(name)
        else:
            draft = replace(draft, **{name: text})
    return Drafted(draft, tuple(left_out))


def is_of_message(text: str, message: str) -> bool:
    """Return whether every link and number of a *text* is in the *message*, and most of its words."""
    said, whole = bare(text), bare(message)
    if not _all_in(_LINK, said, whole) or not _all_in(_SAID_NUMBER, said, whole):
        return False
    if not _all_in(_NUMBER, _LINK.sub(" ", _STEP.sub(" ", said)), whole):
        return False
    known, own = {word[:_STEM] for word in words_of(whole)}, words_of(said)
    return sum(word[:_STEM] in known for word in own) >= _OWN_WORDS * len(own)


def _all_in(pattern: re.Pattern[str], text: str, message: str) -> bool:
    return _found(pattern, text) <= _found(pattern, message)


def _found(pattern: re.Pattern[str], text: str) -> set[str]:
    return {match.rstrip(".,;:!?").casefold() for match in _matches(pattern, text)}


def _matches(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    return (match[0] for match in pattern.finditer(text))


def cost_nano_usd(input_tokens: int, output_tokens: int, rates: Rates | None) -> int:
    """Return what asking cost at list price, in nano-USD; where the price is unknown, as dear as the dearest."""
    each_in = _DEAREST_INPUT_USD if rates is None else rates.uncached_input_usd
    each_out = _DEAREST_OUTPUT_USD if rates is None else rates.output_usd
    return nano_usd(input_tokens * each_in + output_tokens * each_out)


def most_nano_usd(rates: Rates | None) -> int:
    """Return what asking once can cost at most."""
    return cost_nano_usd(MAX_INPUT, MAX_OUTPUT_TOKENS, rates)


def to_give_back(reply: Reply, rates: Rates | None) -> int:
    """Return how much of what was set aside for asking is free again; where it is not known what was used, nothing.

    A server that refuses has done nothing.
    """
    if reply.trouble == "refused":
        return most_nano_usd(rates)
    if reply.input_tokens is None or reply.output_tokens is None:
        return 0
    return max(0, most_nano_usd(rates) - cost_nano_usd(reply.input_tokens, reply.output_tokens, rates))
