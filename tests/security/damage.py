"""What is done to a valid document before a parser gets it: bytes and values that nobody would send."""

import json
import re
from random import Random
from typing import Any, Final

# What has broken readers of numbers, days, texts and trees.
_VALUES: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 1.5, -0.0, 2**31, 2**63, -(2**63) - 1, 10**30, 1e308, "", " ", "-1", "1e999999999", "NaN",
    "Infinity", "9" * 400, "0.1e-400", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00", "2026-02-30", "2026-11-10T24:00:00Z", "2026-11-10", "\x00", "\u202e",
    "\U0001f600", "é" * 300, "x" * 70_000, "=1+1", "../../etc/passwd", "http://169.254.169.254/", "http://[", "null",
    [], {}, [[]], [None], {"": None}, [[[[[[[[[]]]]]]]]], {"a": {"a": {"a": {}}}},
)  # fmt: skip
_BYTES: Final = (
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xc3\x28", b"\xed\xa0\x80", b"\n", b"\r", b'"', b"'", b",", b"[" * 300, b"{",
    b"}", b"9" * 60, b"-", b"e999999999", b"\\ud800", b"\x1f\x8b", b"=", b"\x80\x80\x80\x80\x80\x80\x80\x7f", b"null",
)  # fmt: skip
_CELL: Final = re.compile(rb'[^,\n\r"= ]+')


def damaged(content: bytes, chance: Random) -> bytes:
    """Return *content* with one to three things wrong in it."""
    for _ in range(chance.randint(1, 3)):
        content = chance.choice((_value_replaced, _value_replaced, _cell_replaced, _bytes_replaced))(content, chance)
    return content


def _value_replaced(content: bytes, chance: Random) -> bytes:
    try:
        tree = json.loads(content)
    except (ValueError, RecursionError):
        return _line_replaced(content, chance)
    return json.dumps(_changed(tree, chance)).encode()


def _line_replaced(content: bytes, chance: Random) -> bytes:
    """Change a value in one of several lines of JSON."""
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    try:
        lines[at] = json.dumps(_changed(json.loads(lines[at]), chance)).encode()
    except (ValueError, RecursionError):
        return _cell_replaced(content, chance)
    return b"\n".join(lines)


def _changed(tree: Any, chance: Random) -> Any:
    """Return *tree* with a node somewhere in it replaced, left out or repeated."""
    if isinstance(tree, dict) and tree and chance.random() < 0.85:
        key = chance.choice(list(tree))
        if chance.random() < 0.1:
            return {name: value for name, value in tree.items() if name != key}
        return {**tree, key: _changed(tree[key], chance)}
    if isinstance(tree, list) and tree and chance.random() < 0.85:
        at = chance.randrange(len(tree))
        if chance.random() < 0.1:
            return [*tree, tree[at]]
        return [*tree[:at], _changed(tree[at], chance), *tree[at + 1 :]]
    return chance.choice(_VALUES)


def _cell_replaced(content: bytes, chance: Random) -> bytes:
    cells = list(_CELL.finditer(content))
    if not cells:
        return _bytes_replaced(content, chance)
    cell = chance.choice(cells)
    value = chance.choice(_VALUES)
    text = value if isinstance(value, str) else json.dumps(value)
    return content[: cell.start()] + text.encode() + content[cell.end() :]


def _bytes_replaced(content: bytes, chance: Random) -> bytes:
    first = chance.randint(0, len(content))
    last = min(len(content), first + chance.choice((0, 0, 1, 4, 40)))
    return content[:first] + chance.choice(_BYTES) + content[last:]
