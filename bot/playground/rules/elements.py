"""Interactive elements besides menus: buttons, choices, pickers and inputs."""

from collections.abc import Iterator

from bot.playground import limits
from bot.playground.rules.menus import asks, element, field, initial_is_offered, menu, multi_selects, selects, with_id
from bot.playground.rules.shapes import (
    Problem,
    Rule,
    both,
    flag,
    items,
    matching,
    needs_one,
    one_of,
    shape,
    text,
    url,
    whole,
)
from bot.playground.rules.texts import (
    choice,
    link_option,
    one_file_key,
    plain,
    slack_file_keys,
)

_dispatch = shape({}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), most=2)})
_typed: dict[str, Rule] = {**field, "dispatch_action_config": _dispatch}
_day = matching(r"\d{4}-\d\d-\d\d", "YYYY-MM-DD")
_time = matching(r"\d\d:\d\d", "HH:mm")


def _lengths_fit(value: object, at: str) -> Iterator[Problem]:
    if isinstance(value, dict) and value.get("min_length", 0) > value.get("max_length", limits.INPUT_TEXT):
        yield Problem(f"{at}/min_length", "must not be more than max_length")


_choices: dict[str, Rule] = {"options": items(choice, limits.CHOICES)}

image = element(
    "image",
    {"alt_text": text(limits.ALT_TEXT)},
    {"image_url": url(limits.URL), "slack_file": both(slack_file_keys, one_file_key)},
    needs_one("image_url", "slack_file"),
)
_button_keys: dict[str, Rule] = {
    **asks,
    "url": url(limits.URL),
    "value": text(limits.BUTTON_VALUE, least=0),
    "style": one_of("primary", "danger"),
    "accessibility_label": text(limits.ACCESSIBILITY_LABEL),
}
_thumb = shape(
    {"text": plain(limits.BUTTON_TEXT), "value": text(limits.BUTTON_VALUE)},
    {"accessibility_label": text(limits.ACCESSIBILITY_LABEL)},
)
feedback = dict(
    (
        element("feedback_buttons", {"positive_button": _thumb, "negative_button": _thumb}, with_id),
        element(
            "icon_button",
            {"icon": one_of("trash"), "text": plain(limits.BUTTON_TEXT)},
            {
                **asks,
                "value": text(limits.BUTTON_VALUE),
                "accessibility_label": text(limits.ACCESSIBILITY_LABEL),
                "visible_to_user_ids": items(text(limits.ACTION_ID), limits.ICON_VIEWERS),
            },
        ),
    )
)
_pickers = dict(
    (
        element("datepicker", {}, {**menu, "initial_date": _day}),
        element("timepicker", {}, {**menu, "initial_time": _time, "timezone": text(50)}),
        element(
            "radio_buttons",
            _choices,
            {**asks, "initial_option": choice, "focus_on_load": flag},
            initial_is_offered,
        ),
        element(
            "checkboxes",
            _choices,
            {**asks, "initial_options": items(choice, limits.CHOICES), "focus_on_load": flag},
            initial_is_offered,
        ),
    )
)
_moment = dict((element("datetimepicker", {}, {**asks, "initial_date_time": whole(0), "focus_on_load": flag}),))
_lengths: dict[str, Rule] = {
    "min_length": whole(0, limits.INPUT_TEXT),
    "max_length": whole(1, limits.INPUT_TEXT),
}
_typed_inputs = dict(
    (
        element(
            "plain_text_input",
            {},
            {**_typed, **_lengths, "multiline": flag, "initial_value": text(limits.INPUT_TEXT, least=0)},
            _lengths_fit,
        ),
        element("email_text_input", {}, {**_typed, "initial_value": text(limits.INPUT_TEXT)}),
        element("url_text_input", {}, {**_typed, "initial_value": text(limits.INPUT_TEXT)}),
        element(
            "number_input",
            {"is_decimal_allowed": flag},
            {**_typed, "initial_value": text(50), "min_value": text(50), "max_value": text(50)},
        ),
        element(
            "file_input",
            {},
            {**with_id, "filetypes": items(text(20), 100), "max_files": whole(1, limits.INPUT_FILES)},
        ),
    )
)
button = element("button", {"text": plain(limits.BUTTON_TEXT)}, _button_keys)
_overflow = element("overflow", {"options": items(link_option, limits.OVERFLOW_OPTIONS)}, asks)
_clicked: dict[str, Rule] = dict((button, _overflow))

in_actions: dict[str, Rule] = {**_clicked, **selects, **multi_selects, **_pickers, **_moment}
as_accessory: dict[str, Rule] = {**_clicked, **selects, **multi_selects, **_pickers, **dict((image,))}
in_input: dict[str, Rule] = {**selects, **multi_selects, **_pickers, **_moment, **_typed_inputs}
