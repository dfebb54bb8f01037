"""Every limit at its boundary: what is just allowed is taken, one more is refused."""

from collections.abc import Callable

import pytest

from bot.playground.block_rules import problems, view_problems
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
    section,
    table,
    text_input,
)

Made = Callable[[int], list[Json]]


def _accessory(**element: object) -> list[Json]:
    return [{**section(), "accessory": {"action_id": "a", **element}}]


def _labelled_chart(**more: object) -> Json:
    block = chart()
    block["chart"]["axis_config"] |= more
    return block


def _named(count: int) -> Json:
    block = chart()
    block["chart"]["series"][0]["name"] = "x" * count
    return block


def _category(count: int) -> Json:
    name = "c" * count
    data = [{"label": name, "value": 1}]
    drawn = {"type": "line", "series": [{"name": "s", "data": data}], "axis_config": {"categories": [name]}}
    return {"type": "data_visualization", "title": "t", "chart": drawn}


def _slice(count: int) -> Json:
    block = pie(1)
    block["chart"]["segments"][0]["label"] = "x" * count
    return block


def _image(**more: object) -> Json:
    return {"type": "image", "alt_text": "a", "image_url": "https://example.com/a.png", **more}


def _confirm(**more: Json) -> list[Json]:
    whole = {"title": plain("t"), "text": plain("t"), "confirm": plain("y"), "deny": plain("n"), **more}
    return [actions(button(confirm=whole))]


def _choice(**more: object) -> list[Json]:
    option = {"text": plain("o"), "value": "v", **more}
    return _accessory(type="static_select", options=[option])


def _thumbs(**more: object) -> list[Json]:
    thumb = {"text": plain("good"), "value": "1", **more}
    element = {"type": "feedback_buttons", "positive_button": thumb, "negative_button": thumb}
    return [{"type": "context_actions", "elements": [element]}]


def _address(count: int) -> str:
    return "https://example.com/".ljust(count, "x")


_TRASH = {"type": "icon_button", "icon": "trash", "text": plain("Delete")}
_MOST: list[tuple[str, Surface, int, Made]] = [
    ("blocks of a message", "message", 50, lambda n: [{"type": "divider"}] * n),
    ("blocks of a modal", "modal", 100, lambda n: [{"type": "divider"}] * n),
    ("blocks of a Home tab", "home", 100, lambda n: [{"type": "divider"}] * n),
    ("block_id", "message", 255, lambda n: [{"type": "divider", "block_id": "x" * n}]),
    ("action_id", "message", 255, lambda n: [actions(button("x" * n))]),
    ("section text", "message", 3000, lambda n: [section("x" * n)]),
    ("section fields", "message", 10, lambda n: [{"type": "section", "fields": [plain("x")] * n}]),
    ("a field", "message", 2000, lambda n: [{"type": "section", "fields": [plain("x" * n)]}]),
    ("header text", "message", 150, lambda n: [{"type": "header", "text": plain("x" * n)}]),
    ("header level", "message", 4, lambda n: [{"type": "header", "text": plain("x"), "level": n}]),
    ("context elements", "message", 10, lambda n: [{"type": "context", "elements": [plain("x")] * n}]),
    ("context actions", "message", 5, lambda n: [{"type": "context_actions", "elements": [_TRASH] * n}]),
    ("thumb text", "message", 75, lambda n: _thumbs(text=plain("x" * n))),
    ("thumb value", "message", 2000, lambda n: _thumbs(value="x" * n)),
    ("actions", "message", 25, lambda n: [actions(*(button(f"a{i}") for i in range(n)))]),
    ("button text", "message", 75, lambda n: [actions(button(words="x" * n))]),
    ("button value", "message", 2000, lambda n: [actions(button(value="x" * n))]),
    ("button url", "message", 3000, lambda n: [actions(button(url=_address(n)))]),
    ("button label", "message", 75, lambda n: [actions(button(accessibility_label="x" * n))]),
    ("confirm title", "message", 100, lambda n: _confirm(title=plain("x" * n))),
    ("confirm text", "message", 300, lambda n: _confirm(text=plain("x" * n))),
    ("confirm yes", "message", 30, lambda n: _confirm(confirm=plain("x" * n))),
    ("confirm no", "message", 30, lambda n: _confirm(deny=plain("x" * n))),
    ("select options", "message", 100, lambda n: _accessory(type="static_select", options=options(n))),
    ("option text", "message", 75, lambda n: _choice(text=plain("x" * n))),
    ("option value", "message", 150, lambda n: _choice(value="x" * n)),
    ("option description", "message", 75, lambda n: _choice(description=plain("x" * n))),
    ("overflow options", "message", 5, lambda n: _accessory(type="overflow", options=options(n))),
    ("checkboxes", "message", 10, lambda n: _accessory(type="checkboxes", options=options(n))),
    ("radio buttons", "message", 10, lambda n: _accessory(type="radio_buttons", options=options(n))),
    ("placeholder", "message", 150, lambda n: _accessory(type="users_select", placeholder=plain("x" * n))),
    ("alt text", "message", 2000, lambda n: [_image(alt_text="x" * n)]),
    ("image url", "message", 3000, lambda n: [_image(image_url=_address(n))]),
    ("image title", "message", 2000, lambda n: [_image(title=plain("x" * n))]),
    ("input label", "modal", 2000, lambda n: [{**text_input(), "label": plain("x" * n)}]),
    ("input hint", "modal", 2000, lambda n: [{**text_input(), "hint": plain("x" * n)}]),
    ("typed text", "modal", 3000, lambda n: [text_input(max_length=n)]),
    ("markdown", "message", 12_000, lambda n: [{"type": "markdown", "text": "x" * n}]),
    (
        "markdown in all",
        "message",
        12_000,
        lambda n: [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * (n - 6000)}],
    ),
    ("alert", "modal", 200, lambda n: [{"type": "alert", "text": plain("x" * n)}]),
    ("charts in a message", "message", 2, lambda n: [chart()] * n),
    ("chart title", "message", 50, lambda n: [chart(title="x" * n)]),
    ("series", "message", 12, lambda n: [chart(series=n)]),
    ("series name", "message", 20, lambda n: [_named(n)]),
    ("categories", "message", 20, lambda n: [chart(categories=n)]),
    ("category", "message", 20, lambda n: [_category(n)]),
    ("axis label", "message", 50, lambda n: [_labelled_chart(x_label="x" * n)]),
    ("pie segments", "message", 12, lambda n: [pie(n)]),
    ("pie label", "message", 20, lambda n: [_slice(n)]),
    ("data_table rows", "message", 200, lambda n: [data_table(rows=n)]),
    ("data_table columns", "message", 20, lambda n: [data_table(columns=n)]),
    ("data_table page", "message", 100, lambda n: [data_table(page_size=n)]),
    ("tables in a message", "message", 1, lambda n: [table()] * n),
    ("table rows", "message", 100, lambda n: [table(rows=n)]),
    ("table columns", "message", 20, lambda n: [table(columns=n)]),
    ("table text", "message", 10_000, lambda n: [table(1, 1, "x" * n)]),
    ("card title", "message", 150, lambda n: [{"type": "card", "title": plain("x" * n)}]),
    ("card body", "message", 200, lambda n: [{"type": "card", "body": plain("x" * n)}]),
    (
        "card buttons",
        "message",
        3,
        lambda n: [{"type": "card", "actions": [button(f"a{i}") for i in range(n)]}],
    ),
    (
        "carousel",
        "message",
        10,
        lambda n: [{"type": "carousel", "elements": [{"type": "card", "title": plain("x")}] * n}],
    ),
    (
        "container",
        "message",
        10,
        lambda n: [{"type": "container", "title": plain("x"), "child_blocks": [section()] * n}],
    ),
]


@pytest.mark.parametrize(("surface", "most", "made"), [pytest.param(*rest, id=name) for name, *rest in _MOST])
def test_a_limit_is_taken_and_one_more_is_refused(surface: Surface, most: int, made: Made) -> None:
    assert problems(made(most), surface) == []
    assert problems(made(most + 1), surface)


@pytest.mark.parametrize(("longest", "taken"), [(19_999, True), (20_000, False)])
def test_a_data_table_holds_20000_characters_in_all(longest: int, taken: bool) -> None:
    block = data_table() | {"rows": [[cell("y")], [cell("x" * longest)]]}

    assert (problems([block], "message") == []) is taken


_LEAST: list[tuple[str, Surface, list[Json]]] = [
    ("empty section", "message", [section("")]),
    ("empty header", "message", [{"type": "header", "text": plain("")}]),
    ("no context", "message", [{"type": "context", "elements": []}]),
    ("no actions", "message", [actions()]),
    ("empty button", "message", [actions(button(words=""))]),
    ("no options", "message", _accessory(type="static_select", options=[])),
    ("a data_table of a header alone", "message", [data_table(rows=0)]),
    ("no series", "message", [chart(series=0)]),
    ("no categories", "message", [chart(categories=0)]),
    ("a segment of nothing", "message", [pie(value=0)]),
    ("a negative segment", "message", [pie(value=-1)]),
    ("page_size 0", "message", [data_table(page_size=0)]),
    ("empty cell", "message", [data_table(words="")]),
]


@pytest.mark.parametrize(("surface", "blocks"), [pytest.param(*rest, id=name) for name, *rest in _LEAST])
def test_emptiness_is_refused(surface: Surface, blocks: list[Json]) -> None:
    assert problems(blocks, surface)


@pytest.mark.parametrize("key", ["title", "submit", "close"])
def test_the_words_around_a_modal_have_24_characters(key: str) -> None:
    assert view_problems(modal(section(), **{key: plain("x" * 24)})) == []
    assert view_problems(modal(section(), **{key: plain("x" * 25)}))


@pytest.mark.parametrize(("key", "most"), [("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)])
def test_what_a_view_carries_is_limited(key: str, most: int) -> None:
    for view in (modal(section()), home(section())):
        assert view_problems(view | {key: "x" * most}) == []
        assert view_problems(view | {key: "x" * (most + 1)})
