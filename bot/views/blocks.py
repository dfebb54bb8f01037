"""Block Kit as plain dicts: the SDK's models drop the newest blocks.

Text from people and providers never becomes markup: it goes into plain_text or rich_text elements,
or through `foreign`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Block = dict[str, Any]

MAX_SECTION: Final = 3000
MAX_ID: Final = 255
MYTOKENS: Final = "mytokens"
_INVISIBLE: Final = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
# mrkdwn has no escape for these four; a look-alike cannot start a format
_LOOKALIKES: Final = str.maketrans({"*": "\N{ASTERISK OPERATOR}", "~": "\N{TILDE OPERATOR}", "`": "'"})
# a raw cell is said not to be parsed; where that is not proved, nothing in it may look like a mention or link
_RAW: Final = _LOOKALIKES | str.maketrans({"<": "‹", ">": "›"})
_COMMAND: Final = re.compile(r"`/(mytokens|teamdigest|usecase)\b")
_EDGE_UNDERSCORE: Final = re.compile(r"(?<!\w)_|_(?!\w)")


@dataclass(frozen=True, slots=True)
class Twin:
    """A block that some workspaces refuse, and what stands in its place there."""

    rich: Block
    plain: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A private message: *text* is the notification and never has a figure.

    One that goes *beside* what was pressed leaves it in its place.
    """

    text: str
    parts: Sequence[Block | Twin] = field(default_factory=tuple)
    beside: bool = False

    def blocks(self, *, rich: bool, prefix: str = "") -> list[Block]:
        """Return the blocks, with charts and tables where *rich*, else with what stands for them.

        Commands are named with the *prefix* that they have in this workspace.
        """
        found: list[Block] = []
        for part in self.parts:
            if isinstance(part, Twin):
                found += [part.rich] if rich else list(part.plain)
            else:
                found.append(part)
        return [_with_prefix(block, prefix) for block in found] if prefix else found

    def as_text(self) -> str:
        """Return it for a terminal."""
        return "\n".join(texts_of(self.blocks(rich=False)))

    @property
    def has_rich(self) -> bool:
        """Whether any block might be refused."""
        return any(isinstance(part, Twin) for part in self.parts)


def texts_of(value: Any) -> list[str]:
    """Return the texts of blocks in reading order."""
    if isinstance(value, list):
        return [text for inner in value for text in texts_of(inner)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) else []
    return own + [text for key, inner in value.items() if key != "confirm" for text in texts_of(inner)]


def escape(text: str) -> str:
    """Return *text* so that mrkdwn neither mentions nor links: exactly & < > are escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def visible(text: str, most: int = 200) -> str:
    """Return somebody else's text on one line without invisible or direction-changing characters."""
    kept = "".join(" " if char in "\n\t" else char for char in text if char in "\n\t" or _shown(char))
    kept = " ".join(kept.split())
    return kept if len(kept) <= most else kept[: most - 1] + "…"


def _shown(char: str) -> bool:
    return unicodedata.category(char) not in _INVISIBLE


def foreign(text: str, most: int = 80) -> str:
    """Return somebody else's text for mrkdwn: cut, without markup of its own, then escaped."""
    harmless = visible(text, most).translate(_LOOKALIKES)
    return escape(_EDGE_UNDERSCORE.sub("\N{FULLWIDTH LOW LINE}", harmless))


def plain(text: str, most: int = 3000) -> dict[str, Any]:
    """Return a plain_text object: no mentions, links or emoji codes."""
    return {"type": "plain_text", "text": text[:most], "emoji": False}


def mrkdwn(text: str) -> dict[str, Any]:
    """Return a mrkdwn object that links nothing by itself."""
    return {"type": "mrkdwn", "text": text[:MAX_SECTION], "verbatim": True}


def header(text: str) -> Block:
    """Return a header."""
    return {"type": "header", "text": plain(text, 150)}


def section(text: str, accessory: dict[str, Any] | None = None) -> Block:
    """Return a section of mrkdwn, with a button beside it if given."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory:
        block["accessory"] = accessory
    return block


def fields(texts: Sequence[str]) -> Block:
    """Return a section of up to ten short texts in two columns."""
    return {"type": "section", "fields": [mrkdwn(text[:2000]) for text in texts[:10]]}


def plain_section(text: str) -> Block:
    """Return a section whose text is shown as it is."""
    return {"type": "section", "text": plain(text)}


def context(*texts: str) -> Block:
    """Return small print of mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts if text]}


def preformatted(text: str, title: str = "") -> Block:
    """Return text in equal-width letters under a bold title; nothing in it can be markup."""
    elements: list[dict[str, Any]] = []
    if title:
        bold = {"type": "text", "text": title, "style": {"bold": True}}
        elements.append({"type": "rich_text_section", "elements": [bold]})
    elements.append({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]})
    return {"type": "rich_text", "elements": elements}


def data_table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], plain: Sequence[Block]) -> Twin:
    """Return a table that people can sort, and *plain* for where Slack takes none; the first column names the row."""
    cells = [[_raw_cell(text) for text in row] for row in (head, *rows)]
    table = {"type": "data_table", "caption": caption, "rows": cells, "page_size": 10, "row_header_column_index": 0}
    return Twin(table, tuple(plain))


def _raw_cell(text: str) -> Block:
    return {"type": "raw_text", "text": visible(text, 200).translate(_RAW) or "-"}


def divider() -> Block:
    """Return a line."""
    return {"type": "divider"}


def actions(*elements: dict[str, Any]) -> Block:
    """Return a row of buttons and menus."""
    return {"type": "actions", "elements": list(elements)}


def button(
    label: str, word: str, argument: str = "", *, command: str = MYTOKENS, confirm: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return a button that does what `/COMMAND WORD ARGUMENT` does."""
    element: dict[str, Any] = {
        "type": "button",
        "text": plain(label, 75),
        "action_id": action_id(word, argument, command),
        "value": argument or "-",
    }
    if confirm:
        element["confirm"] = confirm
    return element


def action_id(word: str, argument: str = "", command: str = MYTOKENS) -> str:
    """Return the id of what starts *word*; the argument only keeps two buttons of a row apart."""
    return f"{command}-{word}:{argument}"[:MAX_ID] if argument else f"{command}-{word}"


def menu(label: str, word: str, options: Sequence[tuple[str, str]], *, command: str = MYTOKENS) -> dict[str, Any]:
    """Return a ⋯ menu of up to five (label, command words)."""
    return {
        "type": "overflow",
        "action_id": action_id(word, command=command),
        "options": [{"text": plain(text, 75), "value": value} for text, value in options[:5]],
    }


def select(label: str, word: str, options: Sequence[tuple[str, str]], *, command: str = MYTOKENS) -> dict[str, Any]:
    """Return a list of up to a hundred (label, command words) to choose one from; *label* stands in it before."""
    return {
        "type": "static_select",
        "action_id": action_id(word, command=command),
        "placeholder": plain(label, 150),
        "options": [{"text": plain(text, 75), "value": value} for text, value in options[:100]],
    }


def confirm(title: str, text: str, yes: str, no: str) -> dict[str, Any]:
    """Return the question that a button asks before it acts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def modal(title: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """Return a modal that only shows something."""
    return {"type": "modal", "title": plain(title, 24), "close": plain("Close", 24), "blocks": list(blocks)}


def form(
    title: str,
    word: str,
    blocks: Sequence[Block],
    *,
    submit: str,
    argument: str = "",
    command: str = MYTOKENS,
    close: str = "Cancel",
) -> dict[str, Any]:
    """Return a modal to be filled in; what is sent goes to *word* of the command, with the argument."""
    return {
        **modal(title, blocks),
        "close": plain(close, 24),
        "submit": plain(submit, 24),
        "callback_id": action_id(word, argument, command),
    }


def entry(
    name: str, label: str, element: dict[str, Any], *, hint: str = "", optional: bool = False, dispatches: bool = False
) -> Block:
    """Return a field of a form; what is filled in comes back under *name*.

    One that *dispatches* tells the bot at once what was chosen.
    """
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "optional": optional,
        "element": {"action_id": name, **element},
    }
    if hint:
        block["hint"] = plain(hint, 2000)
    if dispatches:
        block["dispatch_action"] = True
    return block


def _with_prefix(value: Any, prefix: str) -> Any:
    if isinstance(value, dict):
        return {key: _with_prefix(inner, prefix) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_prefix(inner, prefix) for inner in value]
    return _COMMAND.sub(rf"`/{prefix}\1", value) if isinstance(value, str) else value
