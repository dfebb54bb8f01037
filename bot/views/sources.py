"""Where a person's figures come from: each source, how fresh it is, in which money, and which one counts."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.domain.feeds import BILLED, SEAT, Believed, Feed, Silent
from bot.domain.hints.rules import SwitchedOff
from bot.domain.period import short_day
from bot.views.blocks import Block, Message, Twin, actions, button, context, data_table, foreign, header, section
from bot.views.help import contacts
from bot.views.hint_rules import waiting_blocks
from bot.views.wording import LOCK, day_or_recent, listed, plural, provider_name, source_name, tool_name

NOTIFICATION: Final = "About your sources."
_MOST_LINES: Final = 15
_HEAD: Final = ("Source", "How fresh", "Money", "Beside the bill")
_SENT_IN: Final = frozenset({"ccusage", "push", "otel", "otel-metrics"})
_MONEY: Final = {
    BILLED: "billed",
    SEAT: "billed (your seat)",
    "vendor": "the vendor's own estimate",
    "gateway": "the gateway's estimate",
    "sender": "priced by its sender",
    "contract": "at your company's contract prices",
    "ccusage": "at list price, by ccusage",
}
_BILL: Final = {
    "matches": "matches billing within 5 %",
    "differs": "does not match billing",
    "no bill": "no bill to compare with",
}
# What is sent in has no name of a company's; by these words it is known in a sentence.
_KINDS: Final = {"push": "pushed events", "ccusage": "ccusage"}


def sources_message(
    feeds: Sequence[Feed],
    silent: Sequence[Silent],
    believed: Sequence[Believed],
    helpers: Sequence[str],
    today: date,
    hints_off: Sequence[SwitchedOff] = (),
) -> Message:
    """Return what is connected, how fresh it is, what its money is, and which source counts for which tool."""
    blocks: list[Block | Twin] = [header("Where your figures come from")]
    if feeds or silent:
        blocks.append(_table(feeds, silent, today))
    else:
        blocks.append(section("*Connected to nothing yet.* Nothing has arrived about you."))
    blocks += _differing(feeds, helpers)
    counting = [_believed(each) for each in believed if not _goes_without_saying(each)]
    if counting:
        blocks.append(section(_within(counting, "more tool")))
    blocks += waiting_blocks(hints_off)
    blocks.append(context("Days are UTC. What several sources report is counted once; the others are kept to compare."))
    return Message(
        NOTIFICATION,
        [*blocks, context(LOCK), actions(button("Connect my laptop", "connect"), button("Four weeks", "show", "4w"))],
    )


def _table(feeds: Sequence[Feed], silent: Sequence[Silent], today: date) -> Twin:
    rows = [_row(feed, today) for feed in feeds[:100]]
    rows += [(provider_name(each.kind), _nothing_yet(each), "", "") for each in silent]
    lines = [f"*{foreign(name)}*: {' · '.join(cell for cell in cells if cell)}" for name, *cells in rows]
    # a column in which nothing is said is left out
    said = [column for column in zip(_HEAD, *rows, strict=True) if any(column[1:])]
    head, *cells = zip(*said, strict=True)
    return data_table("Your sources", head, cells, [section(_within(lines, "more source"))])


def _row(feed: Feed, today: date) -> tuple[str, str, str, str]:
    one = feed.delivered
    return source_name(one.kind, one.name), _reach(feed, today), _money(feed.money), _BILL.get(feed.verdict, "")


def _reach(feed: Feed, today: date) -> str:
    one = feed.delivered
    if one.kind in _SENT_IN:
        return f"days to {short_day(one.last_day)}, sent {day_or_recent(one.received_at.date(), today)}"
    reach = f"complete to {short_day(one.last_day)}"
    if one.failing_since:
        return f"no answer since {day_or_recent(one.failing_since.date(), today)}, {reach}"
    return reach


def _money(money: Sequence[str] | None) -> str:
    if money is None:
        return "no use of yours"
    said = list(dict.fromkeys(_MONEY.get(each, "at list price") for each in money))
    return ", some ".join(said) or "no price"


def _nothing_yet(silent: Silent) -> str:
    return "waiting for its first data about you" if silent.knows else "connected, nothing about you"


def _differing(feeds: Sequence[Feed], helpers: Sequence[str]) -> list[Block]:
    names = [foreign(provider_name(each.delivered.kind)) for each in feeds if each.verdict == "differs"]
    if not names:
        return []
    do = "does" if len(names) == 1 else "do"
    return [section(f"*{listed(names)} {do} not match billing*, so these figures may be off. Ask {contacts(helpers)}.")]


def _goes_without_saying(believed: Believed) -> bool:
    """Whether a tool's own provider is all that ever reported it."""
    only = [*believed.counted, *believed.also_reported]
    return len(only) == 1 and tool_name(believed.tool) == provider_name(only[0])


def _believed(believed: Believed) -> str:
    line = f"{foreign(tool_name(believed.tool))}: from {_listed(believed.counted, 'or')}"
    if len(believed.counted) > 1:
        line += ", one a day"
    others = [kind for kind in believed.also_reported if kind not in believed.counted]
    return f"{line}; also reported by {_listed(others, 'and')}, counted once" if others else line


def _listed(kinds: Sequence[str], last: str) -> str:
    return foreign(listed([_KINDS.get(kind) or provider_name(kind) for kind in kinds], last), 200)


def _within(lines: Sequence[str], more: str) -> str:
    """Return as many lines as people read, and how many there are beside them."""
    rest = len(lines) - _MOST_LINES
    said = [*lines[:_MOST_LINES], *([f"and {plural(rest, more)}"] if rest > 0 else [])]
    return "\n".join(said)
