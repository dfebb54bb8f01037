"""Blocks as readable plain text; what can be pressed or filled in gets a number."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.playground.block_rules import elements_of
from bot.playground.screens import label_of, options_of, with_ids
from bot.playground.shown import Json, Shown
from bot.playground.tables import chart_lines, table_lines

_LABELS = {
    "ephemeral": "(only visible to you)",
    "ack": "(only visible to you)",
    "dm": "(direct message)",
    "channel": "(in the channel)",
    "modal": "(window)",
    "home": "(Home tab)",
    "file": "(file)",
}
_MARKED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


@dataclass
class Page:
    """Text, and the elements behind its numbers: number n is element n - 1."""

    names: Mapping[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    elements: list[tuple[Shown, Json, Json]] = field(default_factory=list)  # (where, block, element)

    @property
    def text(self) -> str:
        """The whole page."""
        return "\n".join(self.lines)

    def number(self, shown: Shown, block: Json, element: Json) -> str:
        """Returns the number of an element, giving it the next one."""
        self.elements.append((shown, block, element))
        return f"[{len(self.elements)}]"


def add(page: Page, shown: Shown) -> None:
    """Adds something shown to a page."""
    visible_to_all = shown.surface == "ack" and len(shown.user_ids) != 1
    label = "(in the channel)" if visible_to_all else _LABELS[shown.surface]
    page.lines.append(label if shown.surface != "modal" else f"{label} {shown.text}".rstrip())
    if not shown.blocks:
        page.lines.append(readable(shown.text, page.names))
    for block in with_ids(shown.blocks):
        _add_block(page, shown, block)
    for name in shown.raw.get("contents", {}):
        page.lines.append(f"  file: {name}")


def readable(words: str, names: Mapping[str, str]) -> str:
    """Returns mrkdwn as a person reads it: mentions by name, links by label, dates by fallback."""

    def plain(match: re.Match[str]) -> str:
        sign, inside, label = match[1], match[2], match[3]
        if sign == "@":
            return f"@{names.get(inside, inside)}"
        if sign == "#":
            return f"#{label or names.get(inside, inside)}"
        if sign == "!":
            return label or f"@{inside.split('^')[0]}"
        return f"{label} ({inside})" if label else inside

    return html.unescape(_MARKED.sub(plain, words))


def _words(page: Page, text: Json | None) -> str:
    if not text:
        return ""
    if text.get("type") == "mrkdwn":
        return readable(text["text"], page.names)
    return str(text.get("text", ""))


def _add_block(page: Page, shown: Shown, block: Json) -> None:
    drawn = _DRAWN.get(block["type"])
    if drawn:
        page.lines += drawn(page, block)
    if block["type"] == "container":
        for child in block["child_blocks"]:
            _add_block(page, shown, child)
    if block["type"] == "carousel":
        for card in block["elements"]:
            page.lines += _card(page, card)
    elements = [element for element, _ in elements_of(block)]
    if block["type"] == "input":
        page.lines.append(_field(page, shown, block))
    elif elements:
        page.lines.append("  ".join(_control(page, shown, block, element) for element in elements))


def _control(page: Page, shown: Shown, block: Json, element: Json) -> str:
    number = page.number(shown, block, element)
    choices = [option["text"]["text"] for option in options_of(element)]
    if not choices:
        return f"{number} {label_of(element)}{f' ({link})' if (link := element.get('url')) else ''}"
    return f"{number} {label_of(element) or 'choose'}: {' / '.join(choices)}"


def _field(page: Page, shown: Shown, block: Json) -> str:
    element = block["element"]
    number = page.number(shown, block, element)
    choices = [option["text"]["text"] for option in options_of(element)]
    hint = f": {' / '.join(choices)}" if choices else ": ____"
    optional = " (optional)" if block.get("optional") else ""
    return f"{number} {_words(page, block['label'])}{optional}{hint}"


def _section(page: Page, block: Json) -> list[str]:
    lines = [_words(page, block["text"])] if "text" in block else []
    return lines + [f"  {_words(page, words)}" for words in block.get("fields", [])]


def _header(page: Page, block: Json) -> list[str]:
    words = _words(page, block["text"])
    return ["", words, "=" * len(words)]


def _context(page: Page, block: Json) -> list[str]:
    words = [one.get("alt_text") or _words(page, one) for one in block["elements"]]
    return [f"  · {' · '.join(words)}"]


def _card(page: Page, block: Json) -> list[str]:
    parts = [_words(page, block.get(key)) for key in ("title", "subtitle", "body", "subtext")]
    return [f"| {line}" for part in parts if part for line in part.splitlines()]


def _container(page: Page, block: Json) -> list[str]:
    return [f"-- {_words(page, block.get('title')) or _rich(block.get('rich_text_title', {}), page)} --"]


def _rich(block: Json, page: Page) -> str:
    return "\n".join(_rich_part(part, page) for part in block.get("elements", []))


def _rich_part(part: Json, page: Page) -> str:
    kind = part["type"]
    if kind == "rich_text_list":
        return "\n".join(f"  - {_rich_part(item, page)}" for item in part["elements"])
    words = "".join(_inline(one, page.names) for one in part["elements"])
    return "\n".join(f"> {line}" for line in words.splitlines()) if kind == "rich_text_quote" else words


def _inline(one: Json, names: Mapping[str, str]) -> str:
    if one["type"] == "user":
        return f"@{names.get(one['user_id'], one['user_id'])}"
    if one["type"] == "emoji":
        return f":{one['name']}:"
    return str(one.get("text") or one.get("fallback") or one.get("url") or one.get("range") or "")


_DRAWN: dict[str, Callable[[Page, Json], Sequence[str]]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "divider": lambda page, block: ["-" * 40],
    "image": lambda page, block: [f"[picture: {block['alt_text']}]"],
    "markdown": lambda page, block: [str(block["text"])],
    "alert": lambda page, block: [f"! {_words(page, block['text'])}"],
    "rich_text": lambda page, block: [_rich(block, page)],
    "card": _card,
    "container": _container,
    "data_visualization": lambda page, block: chart_lines(block),
    "data_table": lambda page, block: [str(block["caption"]), *table_lines(cells(block, page))],
    "table": lambda page, block: table_lines(cells(block, page)),
}


def cells(block: Json, page: Page) -> list[list[str]]:
    """Returns the words in the cells of a table."""
    return [[str(cell.get("text") or _rich(cell, page)) for cell in row] for row in block["rows"]]
