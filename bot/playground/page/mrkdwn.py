"""Slack's mrkdwn as safe HTML: whatever is not markup of Slack's stays text."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.playground.page.emoji import with_emoji

_ATOM: Final = re.compile(r"```(?P<pre>.+?)```|`(?P<code>[^`\n]+)`|<(?P<angle>[^<>\n]+)>", re.DOTALL)
_STYLE: Final = re.compile(
    r"(?<![\w*])\*(?P<b>(?=\S)[^*\n]+?(?<=\S))\*(?![\w*])"
    r"|(?<![\w_])_(?P<i>(?=\S)[^_\n]+?(?<=\S))_(?![\w_])"
    r"|(?<![\w~])~(?P<s>(?=\S)[^~\n]+?(?<=\S))~(?![\w~])"
)
_TAGS: Final = {"b": Markup("<b>{}</b>"), "i": Markup("<i>{}</i>"), "s": Markup("<s>{}</s>")}
_BARE_LINK: Final = re.compile(r"https?://[^\s<>|*~`\"]+[^\s<>|*~`\".,;:!?)]")
_PRIVATE: Final = re.compile("[\ue000-\uf8ff]")  # stands for an atom while the text around it is read
_FIRST: Final = 0xE000
_MOST_ATOMS: Final = 0xF8FF - 0xE000
_DATE_PARTS: Final = {
    "date_num": "%Y-%m-%d",
    "date": "%-d %B %Y",
    "date_short": "%-d %b %Y",
    "date_long": "%A, %-d %B %Y",
    "date_pretty": "%-d %B %Y",
    "date_short_pretty": "%-d %b %Y",
    "date_long_pretty": "%A, %-d %B %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
}
LINK: Final = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
MENTION: Final = Markup('<span class="mention">{}</span>')


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: what mentions are called, and the time zone of dates."""

    names: Mapping[str, str] = field(default_factory=dict)  # people and channels, by id
    zone: tzinfo = UTC


def safe_url(url: str) -> str:
    """Returns an address that can be followed, or nothing: only the web and mail."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if (parts.scheme in ("http", "https") and parts.netloc) or parts.scheme == "mailto" else ""


def link(url: str, label: str | Markup) -> Markup:
    """Returns a link, or only its label when the address leads elsewhere than to the web."""
    return LINK.format(url, label) if safe_url(url) else escape(label)


def unescaped(text: str) -> str:
    """Returns text without the three entities that Slack knows."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mrkdwn(text: str, reader: Reader, *, verbatim: bool = False) -> Markup:
    """Returns mrkdwn as HTML; bare addresses become links unless *verbatim*."""
    atoms: list[Markup] = []

    def put_by(match: re.Match[str]) -> str:
        if len(atoms) >= _MOST_ATOMS:
            return match[0]
        atoms.append(_atom(match, reader))
        return chr(_FIRST + len(atoms) - 1)

    flat = _ATOM.sub(put_by, _PRIVATE.sub("", text))
    if not verbatim:
        flat = _linked(flat, atoms)
    html = Markup("").join(_paragraphs(flat))
    return Markup(_PRIVATE.sub(lambda match: _of(atoms, match[0]), html))  # noqa: S704 - escaped in _text


def _of(atoms: list[Markup], sign: str) -> str:
    index = ord(sign) - _FIRST
    return str(atoms[index]) if index < len(atoms) else ""


def _linked(flat: str, atoms: list[Markup]) -> str:
    def put_by(match: re.Match[str]) -> str:
        atoms.append(link(unescaped(match[0]), unescaped(match[0])))
        return chr(_FIRST + len(atoms) - 1)

    return _BARE_LINK.sub(put_by, flat) if len(atoms) < _MOST_ATOMS - 3000 else flat


def _paragraphs(flat: str) -> Iterator[Markup]:
    lines = flat.split("\n")
    quoted: Callable[[str], bool] = lambda line: line.startswith((">", "&gt;"))  # noqa: E731 - read once, below
    for is_quote, group in groupby(lines, key=quoted):
        words = [re.sub(r"^(>|&gt;) ?", "", line) if is_quote else line for line in group]
        inner = Markup("<br>").join(_styled(line) for line in words)
        yield Markup("<blockquote>{}</blockquote>").format(inner) if is_quote else Markup("<p>{}</p>").format(inner)


def _styled(text: str) -> Markup:
    match = _STYLE.search(text)
    if match is None:
        return _text(text)
    kind = str(match.lastgroup)
    inside = _TAGS[kind].format(_styled(match[kind]))
    return _text(text[: match.start()]) + inside + _styled(text[match.end() :])


def _text(text: str) -> Markup:
    return escape(with_emoji(unescaped(text)))


def _atom(match: re.Match[str], reader: Reader) -> Markup:
    if match["pre"] is not None:
        return Markup("<pre>{}</pre>").format(unescaped(match["pre"].strip("\n")))
    if match["code"] is not None:
        return Markup("<code>{}</code>").format(unescaped(match["code"]))
    return _angle(match["angle"], reader)


def _angle(inside: str, reader: Reader) -> Markup:
    target, _, label = inside.partition("|")
    label = unescaped(label)
    if target.startswith("@"):
        return MENTION.format(f"@{reader.names.get(target[1:], label or target[1:])}")
    if target.startswith("#"):
        return MENTION.format(f"#{reader.names.get(target[1:], label or target[1:])}")
    if target.startswith("!date^"):
        return escape(date_words(target, label, reader.zone))
    if target.startswith("!"):
        return MENTION.format(label or f"@{target[1:].split('^')[0]}")
    url = unescaped(target)
    return link(url, label or url) if safe_url(url) else escape(f"<{unescaped(inside)}>")


def date_words(target: str, fallback: str, zone: tzinfo) -> str:
    """Returns the words of `!date^TIMESTAMP^FORMAT` where somebody lives, or the fallback."""
    parts = target.split("^")
    try:
        at = datetime.fromtimestamp(int(parts[1]), UTC).astimezone(zone)
    except (ValueError, IndexError, OverflowError, OSError):
        return fallback
    form = parts[2] if len(parts) > 2 else "{date}"
    return re.sub(r"{(\w+)}", lambda m: at.strftime(_DATE_PARTS[m[1]]) if m[1] in _DATE_PARTS else m[0], form)
