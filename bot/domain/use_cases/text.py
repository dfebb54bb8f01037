"""Text that people typed, as it is kept: the words are theirs, what cannot be seen is not kept.

Characters that are not seen could hide words from the reader of an entry and not from a model that gets it
pasted, turn the reading direction, or break what shows them.
"""

import re
import unicodedata
from typing import Final

# Control, format, private, surrogate; line and paragraph separators become line ends before.
_HIDDEN: Final = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
# They join letters and emoji of living scripts; alone they would hide something.
_JOINERS: Final = {"\N{ZERO WIDTH JOINER}", "\N{ZERO WIDTH NON-JOINER}"}
_LINE_ENDS: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_MANY_EMPTY: Final = re.compile(r"\n{4,}")
_LONE_JOINER: Final = re.compile("(?:^|(?<=[\\s\\u200c\\u200d]))[\\u200c\\u200d]+|[\\u200c\\u200d]+(?=\\s|$)")
_SLACK: Final = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def normal_lines(text: str) -> str:
    """Return a text of several lines as it is kept."""
    kept = "".join(char for char in _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text)) if _is_kept(char))
    lines = (line.rstrip() for line in _LONE_JOINER.sub("", kept).split("\n"))
    return _MANY_EMPTY.sub("\n\n\n", "\n".join(lines)).strip("\n")


def normal_line(text: str) -> str:
    """Return a text of one line as it is kept."""
    return " ".join(normal_lines(text).split())


def bare(text: str) -> str:
    """Return *text* for comparing: compatible forms made one, joiners left out, so that nothing hides in them."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if char not in _JOINERS and (char in "\n\t" or _is_kept(char)))


def without_slack_markup(text: str) -> str:
    """Return the text of a Slack message as it reads: addresses bare, nobody mentioned by name."""
    said = _SLACK.sub(_as_read, text)
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _as_read(match: re.Match[str]) -> str:
    sign, target, label = match[1], match[2], match[3] or ""
    if sign == "@":
        return "@somebody"
    if sign == "#":
        return f"#{label or 'channel'}"
    if sign == "!":
        return label or f"@{target.partition('^')[0]}"
    return target.removeprefix("mailto:")


def _is_kept(char: str) -> bool:
    if char in "\n\t" or char in _JOINERS:
        return True
    if 0xE0100 <= ord(char) <= 0xE01EF or 0xFE00 <= ord(char) <= 0xFE0D:
        return False  # selectors of variants that no font has: letters can be written in them
    return unicodedata.category(char) not in _HIDDEN
