"""Every block type and its rule."""

from collections.abc import Iterator

from bot.playground import limits
from bot.playground.rules import data_blocks, elements, rich_text
from bot.playground.rules.shapes import (
    Problem,
    Rule,
    both,
    by_type,
    flag,
    items,
    needs_one,
    one_of,
    only,
    shape,
    text,
    url,
    whole,
)
from bot.playground.rules.texts import mrkdwn, one_file_key, plain, slack_file_keys, words

_image_name, _image = elements.image


def _block(name: str, required: dict[str, Rule], optional: dict[str, Rule] | None = None, *more: Rule) -> Rule:
    keys: dict[str, Rule] = {"block_id": text(limits.BLOCK_ID), **(optional or {})}
    return both(shape({"type": one_of(name), **required}, keys), *more)


def _filled(value: object, at: str) -> Iterator[Problem]:
    if isinstance(value, dict) and value.get("default_collapsed") and not value.get("is_collapsible"):
        yield Problem(f"{at}/default_collapsed", "needs is_collapsible")


_CARD = _block(
    "card",
    {},
    {
        "hero_image": _image,
        "icon": _image,
        "slack_icon": shape({"type": one_of("icon"), "name": text(50)}),
        "title": words(limits.CARD_TITLE),
        "subtitle": words(limits.CARD_TITLE),
        "body": words(limits.CARD_BODY),
        "subtext": words(limits.CARD_BODY),
        "actions": items(by_type(dict((elements.button,))), limits.CARD_ACTIONS),
    },
    needs_one("hero_image", "title", "body", "actions", exactly=False),
)
_SIMPLE: dict[str, Rule] = {
    "section": _block(
        "section",
        {},
        {
            "text": words(limits.SECTION_TEXT),
            "fields": items(words(limits.SECTION_FIELD), limits.SECTION_FIELDS),
            "accessory": by_type(elements.as_accessory),
            "expand": flag,
        },
        needs_one("text", "fields", exactly=False),
    ),
    "header": _block("header", {"text": plain(limits.HEADER_TEXT)}, {"level": whole(1, limits.HEADER_LEVEL)}),
    "divider": _block("divider", {}),
    "image": _block(
        "image",
        {"alt_text": text(limits.ALT_TEXT)},
        {
            "image_url": url(limits.URL),
            "slack_file": both(slack_file_keys, one_file_key),
            "title": plain(limits.IMAGE_TITLE),
        },
        needs_one("image_url", "slack_file"),
    ),
    "context": _block(
        "context",
        {
            "elements": items(
                by_type(
                    {
                        "plain_text": plain(limits.CONTEXT_TEXT),
                        "mrkdwn": mrkdwn(limits.CONTEXT_TEXT),
                        _image_name: _image,
                    }
                ),
                limits.CONTEXT_ELEMENTS,
            )
        },
    ),
    "context_actions": _block(
        "context_actions", {"elements": items(by_type(elements.feedback), limits.CONTEXT_ACTIONS)}
    ),
    "actions": _block("actions", {"elements": items(by_type(elements.in_actions), limits.ACTIONS_ELEMENTS)}),
    "input": _block(
        "input",
        {"label": plain(limits.INPUT_LABEL), "element": by_type(elements.in_input)},
        {"hint": plain(limits.INPUT_HINT), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": _block("rich_text", {"elements": rich_text.elements}),
    "markdown": _block("markdown", {"text": text(limits.MARKDOWN_TEXT)}),
    "table": _block("table", data_blocks.table, data_blocks.table_options, data_blocks.table_fits),
    "data_table": _block(
        "data_table", data_blocks.data_table, data_blocks.data_table_options, data_blocks.data_table_fits
    ),
    "data_visualization": _block("data_visualization", data_blocks.data_visualization),
    "alert": _block(
        "alert",
        {"text": words(limits.ALERT_TEXT)},
        {"level": one_of("default", "info", "warning", "error", "success")},
    ),
    "card": _CARD,
    "carousel": _block("carousel", {"elements": items(by_type({"card": _CARD}), limits.CAROUSEL_CARDS)}),
}
_CONTAINER = _block(
    "container",
    {"child_blocks": items(only(limits.CONTAINER_CHILD_TYPES, _SIMPLE), limits.CONTAINER_CHILDREN)},
    {
        "title": plain(limits.CONTAINER_TITLE),
        "rich_text_title": rich_text.cell,
        "subtitle": words(limits.CONTAINER_TITLE),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": _image,
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    needs_one("title", "rich_text_title", exactly=False),
    _filled,
)
BLOCKS: dict[str, Rule] = {**_SIMPLE, "container": _CONTAINER}
