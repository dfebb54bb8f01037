"""Where blocks may go, and what Slack refuses in them whatever their size."""

from typing import Any

import pytest

from bot.playground.block_rules import Plan, Problem, problems, text_length, view_problems
from bot.playground.limits import Surface
from tests.playground.bots import (
    Json,
    actions,
    button,
    cell,
    chart,
    data_table,
    home,
    modal,
    options,
    pie,
    plain,
    rich,
    section,
    table,
    text_input,
)

_CARD = {"type": "card", "title": plain("t")}
_ONE_OF_EACH: dict[str, Json] = {
    "section": section(),
    "header": {"type": "header", "text": plain("h")},
    "context": {"type": "context", "elements": [plain("c")]},
    "context_actions": {
        "type": "context_actions",
        "elements": [{"type": "icon_button", "icon": "trash", "text": plain("Delete")}],
    },
    "actions": actions(button()),
    "divider": {"type": "divider"},
    "image": {"type": "image", "alt_text": "a", "image_url": "https://example.com/a.png"},
    "input": text_input(),
    "rich_text": rich({"type": "text", "text": "hi"}),
    "markdown": {"type": "markdown", "text": "**hi**"},
    "table": table(),
    "data_table": data_table(),
    "data_visualization": chart(),
    "alert": {"type": "alert", "text": plain("a"), "level": "warning"},
    "card": _CARD,
    "carousel": {"type": "carousel", "elements": [_CARD]},
    "container": {"type": "container", "title": plain("c"), "child_blocks": [section()]},
}
_REFUSED: dict[Surface, set[str]] = {
    "message": {"alert"},
    "modal": {
        "context_actions",
        "markdown",
        "table",
        "data_table",
        "data_visualization",
        "card",
        "carousel",
        "container",
    },
    "home": {"context_actions", "markdown", "table", "alert"},
}


@pytest.mark.parametrize("surface", ["message", "modal", "home"])
@pytest.mark.parametrize("kind", _ONE_OF_EACH)
def test_each_block_goes_where_slack_takes_it(kind: str, surface: Surface) -> None:
    found = problems([_ONE_OF_EACH[kind]], surface)

    expected = [Problem("/blocks/0/type", f"unsupported type: {kind}")] if kind in _REFUSED[surface] else []
    assert found == expected


def test_a_chart_is_refused_in_a_modal() -> None:
    assert problems([chart()], "modal") == [Problem("/blocks/0/type", "unsupported type: data_visualization")]


@pytest.mark.parametrize("surface", ["message", "home"])
@pytest.mark.parametrize("block", [chart(), pie(), data_table(), table()], ids=lambda block: str(block["type"]))
def test_a_plan_without_rich_blocks_refuses_them_everywhere(block: Json, surface: Surface) -> None:
    assert problems([block], surface, Plan(rich_blocks=False))


def test_a_table_inside_a_container_is_still_a_table() -> None:
    box = {"type": "container", "title": plain("c"), "child_blocks": [table()]}

    assert problems([box], "message") == []
    assert problems([box], "message", Plan(rich_blocks=False))
    assert problems([box, data_table()], "message")


def test_home_may_refuse_charts_and_still_take_tables() -> None:
    no_charts = Plan(charts_in_home=False)

    assert problems([chart()], "home", no_charts)
    assert problems([data_table()], "home", no_charts) == []
    assert problems([chart()], "message", no_charts) == []


def _with(block: Json, **more: Any) -> list[Json]:
    return [{**block, **more}]


def _chart_with(**more: Any) -> list[Json]:
    block = chart()
    return [{**block, "chart": {**block["chart"], **more}}]


_SELECT = {"type": "static_select", "action_id": "s", "options": options(2)}
_WRONG: dict[str, list[Json]] = {
    "unknown type": [{"type": "sparkline"}],
    "no type": [{"text": plain("x")}],
    "unknown key": _with(section(), colour="red"),
    "section without text or fields": [{"type": "section"}],
    "mrkdwn header": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "text that is a bare string": _with(section(), text="hello"),
    "emoji on mrkdwn": _with(section(), text={"type": "mrkdwn", "text": "x", "emoji": True}),
    "verbatim on plain_text": _with(section(), text=plain("x") | {"verbatim": True}),
    "a button without text": [actions({"type": "button", "action_id": "a"})],
    "an unknown style": [actions(button(style="green"))],
    "an address that is none": [actions(button(url="javascript:alert(1)"))],
    "an image without alt_text": [{"type": "image", "image_url": "https://example.com/a.png"}],
    "an image with two sources": _with(_ONE_OF_EACH["image"], slack_file={"id": "F0123456789"}),
    "an image with none": [{"type": "image", "alt_text": "a"}],
    "a file id that is none": [{"type": "image", "alt_text": "a", "slack_file": {"id": "x1"}}],
    "an input in actions": [actions({"type": "plain_text_input", "action_id": "a"})],
    "a button in context": [{"type": "context", "elements": [button()]}],
    "options and groups": [actions(_SELECT | {"option_groups": [{"label": plain("g"), "options": options(1)}]})],
    "neither options nor groups": [actions({"type": "static_select", "action_id": "s"})],
    "an initial option that is not offered": [actions(_SELECT | {"initial_option": options(3)[2]})],
    "a select option in mrkdwn": [
        actions(_SELECT | {"options": [{"text": {"type": "mrkdwn", "text": "x"}, "value": "v"}]})
    ],
    "a confirm without deny": [
        actions(button(confirm={"title": plain("t"), "text": plain("t"), "confirm": plain("y")}))
    ],
    "the same block_id twice": [_ONE_OF_EACH["divider"] | {"block_id": "b"}] * 2,
    "the same action_id twice in a block": [actions(button("a"), button("a"))],
    "a date in another order": [actions({"type": "datepicker", "action_id": "d", "initial_date": "03.11.2026"})],
    "min over max": [text_input(min_length=5, max_length=4)],
    "a chart of an unknown kind": _chart_with(type="radar"),
    "a stacked chart": _chart_with(stacked=True),
    "a chart with the same series twice": _chart_with(series=chart(series=1)["chart"]["series"] * 2),
    "a series with a point too few": _chart_with(axis_config={"categories": ["day 0", "day 1", "day 2"]}),
    "a series with a point too many": _chart_with(axis_config={"categories": ["day 0"]}),
    "a category twice": _chart_with(axis_config={"categories": ["day 0", "day 0"]}),
    "a value that is text": _chart_with(
        series=[{"name": "s", "data": [{"label": "day 0", "value": "1"}, {"label": "day 1", "value": 1}]}]
    ),
    "a data_table without caption": [{k: v for k, v in data_table().items() if k != "caption"}],
    "a ragged data_table": _with(data_table(), rows=[[cell(), cell()], [cell()]]),
    "rich text in a header row": _with(data_table(), rows=[[rich()], [cell()]]),
    "a row header beyond the columns": [data_table(columns=2, row_header_column_index=2)],
    "a raw_number without text": _with(data_table(), rows=[[cell()], [{"type": "raw_number", "value": 1}]]),
    "a table and a data_table": [table(), data_table()],
    "a container in a container": [_ONE_OF_EACH["container"] | {"child_blocks": [_ONE_OF_EACH["container"]]}],
    "a chart in a container": [_ONE_OF_EACH["container"] | {"child_blocks": [chart()]}],
    "a collapsed container that does not collapse": _with(_ONE_OF_EACH["container"], default_collapsed=True),
    "an empty card": [{"type": "card", "subtitle": plain("s")}],
    "an icon that is not the trash": [
        {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "bin", "text": plain("x")}]}
    ],
    "rich text straight in a rich_text": [{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}],
    "an unknown style in rich text": [rich({"type": "text", "text": "x", "style": {"big": True}})],
    "a nested list": [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_list"}]}],
        }
    ],
}


@pytest.mark.parametrize("blocks", _WRONG.values(), ids=_WRONG.keys())
def test_what_slack_refuses_is_refused(blocks: list[Json]) -> None:
    assert problems(blocks, "message")


def test_the_same_action_id_in_two_blocks_is_fine() -> None:
    assert problems([actions(button("a")), actions(button("a"))], "message") == []


def test_negative_values_are_fine_in_a_bar_chart() -> None:
    series = [{"name": "s", "data": [{"label": "day 0", "value": -1}, {"label": "day 1", "value": 0.5}]}]

    assert problems(_chart_with(series=series), "message") == []


@pytest.mark.parametrize("kind", ["file_input", "email_text_input", "url_text_input", "number_input"])
def test_some_inputs_are_for_modals_only(kind: str) -> None:
    more = {"is_decimal_allowed": False} if kind == "number_input" else {}
    block = {**text_input(), "element": {"type": kind, "action_id": "a", **more}}

    assert problems([block], "modal") == []
    assert problems([block], "message") == [Problem("/blocks/0/element/type", f"unsupported type: {kind}")]
    assert problems([block], "home")


def test_a_problem_names_its_place_as_slack_does() -> None:
    (problem,) = problems([section(), section("x" * 3001)], "message")

    assert str(problem) == "must be less than 3001 characters [json-pointer:/blocks/1/text/text]"


def test_blocks_must_be_a_list_of_objects() -> None:
    assert problems({"type": "divider"}, "message")
    assert problems(["divider"], "message")


def test_a_modal_with_an_input_needs_a_submit() -> None:
    view = modal(text_input())
    del view["submit"]

    assert view_problems(view) == [Problem("/view", "missing required field: submit")]
    assert view_problems(view | {"blocks": [section()]}) == []


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(modal() | {"type": "popup"}, id="unknown type"),
        pytest.param({"type": "modal", "blocks": []}, id="no title"),
        pytest.param({"type": "home"}, id="no blocks"),
        pytest.param(home() | {"title": plain("t")}, id="a title on Home"),
        pytest.param(modal(chart()), id="a chart in a modal"),
        pytest.param("modal", id="a string"),
    ],
)
def test_a_wrong_view_is_refused(view: object) -> None:
    assert view_problems(view)


def test_text_is_counted_without_tables() -> None:
    assert text_length([section("12345"), data_table(words="x" * 100), actions(button(words="Go"))]) == 7
