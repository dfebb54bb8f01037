"""Interactive elements: buttons, menus, choices and inputs."""

from collections.abc import Iterator

from bot.playground import limits
from bot.playground.rules.shapes import (
    Problem,
    Rule,
    both,
    flag,
    items,
    needs_one,
    one_of,
    shape,
    text,
    url,
    whole,
)
from bot.playground.rules.texts import (
    choice,
    confirm,
    link_option,
    menu_option,
    one_file_key,
    option_group,
    placeholder,
    plain,
    slack_file_keys,
)

_id: dict[str, Rule] = {"action_id": text(limits.ACTION_ID)}
_asks: dict[str, Rule] = {**_id, "confirm": confirm}
_field: dict[str, Rule] = {**_id, "placeholder": placeholder, "focus_on_load": flag}
_menu: dict[str, Rule] = {**_field, "confirm": confirm}
_dispatch = shape({}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), most=2)})
_typed: dict[str, Rule] = {**_field, "dispatch_action_config": _dispatch}
_day_or_time = text(20)  # a picker's value; Slack's clients show nothing for a wrong one
_several: dict[str, Rule] = {"max_selected_items": whole(1)}
_conversations = {
    "default_to_current_conversation": flag,
    "filter": shape(
        {},
        {
            "include": items(one_of("im", "mpim", "private", "public"), most=4),
            "exclude_external_shared_channels": flag,
            "exclude_bot_users": flag,
        },
    ),
}


def _element(name: str, required: dict[str, Rule], optional: dict[str, Rule], *checks: Rule) -> tuple[str, Rule]:
    return name, both(shape({"type": one_of(name), **required}, optional), *checks)


def _initial_is_offered(value: object, at: str) -> Iterator[Problem]:
    """A preselected option must be one of the options, to the letter."""
    if not isinstance(value, dict):
        return
    groups = [{"options": value.get("options", [])}, *value.get("option_groups", [])]
    offered = [one for group in groups for one in group["options"]]
    chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    for one in chosen:
        if one not in offered:
            yield Problem(at, "initial option must match one of the options")


def _lengths_fit(value: object, at: str) -> Iterator[Problem]:
    if isinstance(value, dict) and value.get("min_length", 0) > value.get("max_length", limits.INPUT_TEXT):
        yield Problem(f"{at}/min_length", "must not be more than max_length")


_options: dict[str, Rule] = {
    "options": items(menu_option, limits.SELECT_OPTIONS),
    "option_groups": items(option_group, limits.SELECT_OPTIONS),
}
_one_list = needs_one("options", "option_groups")
_choices: dict[str, Rule] = {"options": items(choice, limits.CHOICES)}

image = _element(
    "image",
    {"alt_text": text(limits.ALT_TEXT)},
    {"image_url": url(limits.URL), "slack_file": both(slack_file_keys, one_file_key)},
    needs_one("image_url", "slack_file"),
)
_button_keys: dict[str, Rule] = {
    **_asks,
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
        _element("feedback_buttons", {"positive_button": _thumb, "negative_button": _thumb}, _id),
        _element(
            "icon_button",
            {"icon": one_of("trash"), "text": plain(limits.BUTTON_TEXT)},
            {
                **_asks,
                "value": text(limits.BUTTON_VALUE),
                "accessibility_label": text(limits.ACCESSIBILITY_LABEL),
                "visible_to_user_ids": items(text(limits.ACTION_ID), limits.ICON_VIEWERS),
            },
        ),
    )
)
_selects = dict(
    (
        _element(
            "static_select",
            {},
            {**_menu, **_options, "initial_option": menu_option},
            _one_list,
            _initial_is_offered,
        ),
        _element("external_select", {}, {**_menu, "min_query_length": whole(0), "initial_option": menu_option}),
        _element("users_select", {}, {**_menu, "initial_user": text(limits.ACTION_ID)}),
        _element(
            "conversations_select",
            {},
            {
                **_menu,
                **_conversations,
                "initial_conversation": text(limits.ACTION_ID),
                "response_url_enabled": flag,
            },
        ),
        _element(
            "channels_select",
            {},
            {**_menu, "initial_channel": text(limits.ACTION_ID), "response_url_enabled": flag},
        ),
    )
)
_ids = items(text(limits.ACTION_ID), limits.SELECT_OPTIONS)
_multi_selects = dict(
    (
        _element(
            "multi_static_select",
            {},
            {**_menu, **_options, **_several, "initial_options": items(menu_option, limits.SELECT_OPTIONS)},
            _one_list,
            _initial_is_offered,
        ),
        _element(
            "multi_external_select",
            {},
            {
                **_menu,
                **_several,
                "min_query_length": whole(0),
                "initial_options": items(menu_option, limits.SELECT_OPTIONS),
            },
        ),
        _element("multi_users_select", {}, {**_menu, **_several, "initial_users": _ids}),
        _element(
            "multi_conversations_select",
            {},
            {**_menu, **_several, **_conversations, "initial_conversations": _ids},
        ),
        _element("multi_channels_select", {}, {**_menu, **_several, "initial_channels": _ids}),
    )
)
_pickers = dict(
    (
        _element("datepicker", {}, {**_menu, "initial_date": _day_or_time}),
        _element("timepicker", {}, {**_menu, "initial_time": _day_or_time, "timezone": text(50)}),
        _element(
            "radio_buttons",
            _choices,
            {**_asks, "initial_option": choice, "focus_on_load": flag},
            _initial_is_offered,
        ),
        _element(
            "checkboxes",
            _choices,
            {**_asks, "initial_options": items(choice, limits.CHOICES), "focus_on_load": flag},
            _initial_is_offered,
        ),
    )
)
_moment = dict((_element("datetimepicker", {}, {**_asks, "initial_date_time": whole(0), "focus_on_load": flag}),))
_lengths: dict[str, Rule] = {
    "min_length": whole(0, limits.INPUT_TEXT),
    "max_length": whole(1, limits.INPUT_TEXT),
}
_typed_inputs = dict(
    (
        _element(
            "plain_text_input",
            {},
            {**_typed, **_lengths, "multiline": flag, "initial_value": text(limits.INPUT_TEXT, least=0)},
            _lengths_fit,
        ),
        _element("email_text_input", {}, {**_typed, "initial_value": text(limits.INPUT_TEXT)}),
        _element("url_text_input", {}, {**_typed, "initial_value": text(limits.INPUT_TEXT)}),
        _element(
            "number_input",
            {"is_decimal_allowed": flag},
            {**_typed, "initial_value": text(50), "min_value": text(50), "max_value": text(50)},
        ),
        _element(
            "file_input",
            {},
            {**_id, "filetypes": items(text(20), 100), "max_files": whole(1, limits.INPUT_FILES)},
        ),
    )
)
button = _element("button", {"text": plain(limits.BUTTON_TEXT)}, _button_keys)
_overflow = _element("overflow", {"options": items(link_option, limits.OVERFLOW_OPTIONS)}, _asks)
_clicked: dict[str, Rule] = dict((button, _overflow))

in_actions: dict[str, Rule] = {**_clicked, **_selects, **_multi_selects, **_pickers, **_moment}
as_accessory: dict[str, Rule] = {**_clicked, **_selects, **_multi_selects, **_pickers, **dict((image,))}
in_input: dict[str, Rule] = {**_selects, **_multi_selects, **_pickers, **_moment, **_typed_inputs}
