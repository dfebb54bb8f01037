"""Menus to choose from, and what every element has in common."""

from collections.abc import Iterator

from bot.playground import limits
from bot.playground.rules.shapes import Problem, Rule, both, flag, items, needs_one, one_of, shape, text, whole
from bot.playground.rules.texts import confirm, menu_option, option_group, placeholder

with_id: dict[str, Rule] = {"action_id": text(limits.ACTION_ID)}
asks: dict[str, Rule] = {**with_id, "confirm": confirm}
field: dict[str, Rule] = {**with_id, "placeholder": placeholder, "focus_on_load": flag}
menu: dict[str, Rule] = {**field, "confirm": confirm}
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


def element(name: str, required: dict[str, Rule], optional: dict[str, Rule], *checks: Rule) -> tuple[str, Rule]:
    """Returns the type of an element and its rule; *checks* see it once its keys are right."""
    return name, both(shape({"type": one_of(name), **required}, optional), *checks)


def initial_is_offered(value: object, at: str) -> Iterator[Problem]:
    """A preselected option must be one of the options, to the letter."""
    if not isinstance(value, dict):
        return
    groups = [{"options": value.get("options", [])}, *value.get("option_groups", [])]
    offered = [one for group in groups for one in group["options"]]
    chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    for one in chosen:
        if one not in offered:
            yield Problem(at, "initial option must match one of the options")


_options: dict[str, Rule] = {
    "options": items(menu_option, limits.SELECT_OPTIONS),
    "option_groups": items(option_group, limits.SELECT_OPTIONS),
}
_one_list = needs_one("options", "option_groups")
selects = dict(
    (
        element(
            "static_select",
            {},
            {**menu, **_options, "initial_option": menu_option},
            _one_list,
            initial_is_offered,
        ),
        element("external_select", {}, {**menu, "min_query_length": whole(0), "initial_option": menu_option}),
        element("users_select", {}, {**menu, "initial_user": text(limits.ACTION_ID)}),
        element(
            "conversations_select",
            {},
            {
                **menu,
                **_conversations,
                "initial_conversation": text(limits.ACTION_ID),
                "response_url_enabled": flag,
            },
        ),
        element(
            "channels_select",
            {},
            {**menu, "initial_channel": text(limits.ACTION_ID), "response_url_enabled": flag},
        ),
    )
)
_ids = items(text(limits.ACTION_ID), limits.SELECT_OPTIONS)
multi_selects = dict(
    (
        element(
            "multi_static_select",
            {},
            {**menu, **_options, **_several, "initial_options": items(menu_option, limits.SELECT_OPTIONS)},
            _one_list,
            initial_is_offered,
        ),
        element(
            "multi_external_select",
            {},
            {
                **menu,
                **_several,
                "min_query_length": whole(0),
                "initial_options": items(menu_option, limits.SELECT_OPTIONS),
            },
        ),
        element("multi_users_select", {}, {**menu, **_several, "initial_users": _ids}),
        element(
            "multi_conversations_select",
            {},
            {**menu, **_several, **_conversations, "initial_conversations": _ids},
        ),
        element("multi_channels_select", {}, {**menu, **_several, "initial_channels": _ids}),
    )
)
