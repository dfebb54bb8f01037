"""rich_text: the block in which what people typed stays text."""

from collections.abc import Iterator

from bot.playground import limits
from bot.playground.rules.shapes import Problem, Rule, by_type, flag, items, one_of, shape, text, url, whole

_style = shape({}, {name: flag for name in ("bold", "italic", "strike", "code", "underline", "client_highlight")})
_any_text = text(limits.MESSAGE_TEXT)
_some_id = text(limits.ACTION_ID)


def _part(name: str, required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    return shape({"type": one_of(name), **required}, {"style": _style, **(optional or {})})


_inline: dict[str, Rule] = {
    "text": _part("text", {"text": _any_text}),
    "link": _part("link", {"url": url(limits.URL)}, {"text": _any_text, "unsafe": flag}),
    "emoji": _part("emoji", {"name": _some_id}, {"unicode": _some_id, "skin_tone": whole(1, 6)}),
    "user": _part("user", {"user_id": _some_id}),
    "channel": _part("channel", {"channel_id": _some_id}),
    "usergroup": _part("usergroup", {"usergroup_id": _some_id}),
    "broadcast": _part("broadcast", {"range": one_of("here", "channel", "everyone")}),
    "date": _part(
        "date",
        {"timestamp": whole(0), "format": _any_text},
        {"fallback": _any_text, "url": url(limits.URL)},
    ),
    "color": _part("color", {"value": _some_id}),
}
_anything = 10_000  # Slack names no number of parts; the text limits bind first


def _of(name: str, kinds: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    parts = items(by_type(kinds), _anything, least=0)
    return shape({"type": one_of(name), "elements": parts}, optional)


section = _of("rich_text_section", _inline)
_border: dict[str, Rule] = {"border": whole(0, 1)}
_kinds: dict[str, Rule] = {
    "rich_text_section": section,
    "rich_text_list": _of(
        "rich_text_list",
        {"rich_text_section": section},
        {**_border, "style": one_of("bullet", "ordered"), "indent": whole(0, 8), "offset": whole(0)},
    ),
    "rich_text_quote": _of("rich_text_quote", _inline, _border),
    "rich_text_preformatted": _of(
        "rich_text_preformatted",
        {kind: _inline[kind] for kind in ("text", "link")},
        {**_border, "language": _some_id},
    ),
}
elements = items(by_type(_kinds), _anything)
cell = shape({"type": one_of("rich_text"), "elements": elements})


def length(value: object) -> int:
    """Returns how many characters of text a block, or a part of one, holds."""
    if isinstance(value, dict):
        return sum(
            len(inner) if key == "text" and isinstance(inner, str) else length(inner) for key, inner in value.items()
        )
    return sum(map(length, value)) if isinstance(value, list) else 0


def too_long(value: object, at: str, most: int) -> Iterator[Problem]:
    """Yields a problem when the texts inside add up to more than *most*."""
    if length(value) > most:
        yield Problem(at, f"must be less than {most + 1} characters in total")
