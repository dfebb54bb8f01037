"""Text objects, options and confirmations: the parts that blocks and elements are made of."""

from bot.playground import limits
from bot.playground.rules.shapes import (
    Rule,
    by_type,
    flag,
    items,
    matching,
    needs_one,
    one_of,
    shape,
    text,
    url,
)


def plain(most: int, least: int = 1) -> Rule:
    """Takes a plain_text object."""
    return shape({"type": one_of("plain_text"), "text": text(most, least)}, {"emoji": flag})


def mrkdwn(most: int) -> Rule:
    """Takes a mrkdwn object."""
    return shape({"type": one_of("mrkdwn"), "text": text(most)}, {"verbatim": flag})


def words(most: int) -> Rule:
    """Takes a plain_text or a mrkdwn object."""
    return by_type({"plain_text": plain(most), "mrkdwn": mrkdwn(most)})


confirm = shape(
    {
        "title": plain(limits.CONFIRM_TITLE),
        "text": words(limits.CONFIRM_TEXT),
        "confirm": plain(limits.CONFIRM_BUTTON),
        "deny": plain(limits.CONFIRM_BUTTON),
    },
    {"style": one_of("primary", "danger")},
)


def option(label: Rule, *, link: bool = False) -> Rule:
    """Takes one entry of a menu or a list of choices; only an overflow menu's may link."""
    extra: dict[str, Rule] = {"description": words(limits.OPTION_DESCRIPTION)}
    if link:
        extra["url"] = url(limits.URL)
    return shape({"text": label, "value": text(limits.OPTION_VALUE)}, extra)


menu_option = option(plain(limits.OPTION_TEXT))
choice = option(words(limits.OPTION_TEXT))
link_option = option(plain(limits.OPTION_TEXT), link=True)
option_group = shape({"label": plain(limits.OPTION_TEXT), "options": items(menu_option, limits.SELECT_OPTIONS)})
placeholder = plain(limits.PLACEHOLDER)


_file_id = matching("F[A-Z0-9]{8,}", "a file id")
slack_file_keys = shape({}, {"id": _file_id, "url": url(limits.URL)})
one_file_key = needs_one("id", "url")
