"""The prompt, with a real bot behind it, and blocks as readable text."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App

from bot.playground.driver import run_prompt
from bot.playground.local_slack import LocalSlack
from bot.playground.render import Page, add, readable
from bot.playground.shown import Shown
from tests.playground.bots import (
    Json,
    actions,
    button,
    chart,
    connected,
    data_table,
    home,
    modal,
    new_app,
    options,
    pie,
    plain,
    rich,
    section,
    text_input,
)


@pytest.fixture
def app(slack: LocalSlack) -> Iterator[App]:
    app = new_app(slack)
    app.command("/hello")(lambda ack: ack(text="x", blocks=[section("hi"), actions(button("ask", "Ask me"))]))
    app.event("app_home_opened")(
        lambda event, client: client.views_publish(user_id=event["user"], view=home(section("at home")))
    )

    @app.action("ask")
    def ask(ack: Any, client: Any, body: Json) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal(text_input(), callback_id="form"))

    @app.view("form")
    def form(ack: Any, client: Any, body: Json, view: Json) -> None:
        ack()
        typed = view["state"]["values"]["name"]["typed"]["value"]
        client.chat_postMessage(channel=body["user"]["id"], text=f"you are {typed}")

    with connected(slack, app, "http"):
        yield app


def _talk(slack: LocalSlack, *lines: str) -> str:
    out = io.StringIO()
    run_prompt(slack, io.StringIO("\n".join(lines)), out)
    return out.getvalue()


def test_a_whole_conversation(slack: LocalSlack, app: App) -> None:
    said = _talk(slack, "as mo", "in payments", "/hello", "1", "set 1 Mo", "submit", "quit")

    for expected in (
        "You are Mo Adeyemi.",
        "mo in payments> (only visible to you)\nhi\n[1] Ask me",
        "(window) Title",
        "[1] Name: ____",
        "(direct message)\nyou are Mo",
    ):
        assert expected in said


def test_a_message_is_posted_and_shared_by_its_shortcut(slack: LocalSlack, app: App) -> None:
    app.shortcut("share")(lambda ack, body, respond: (ack(), respond(text=f"shared: {body['message']['text']}")))

    said = _talk(slack, "in payments", "say a trick", "share share")

    assert "posted" in said
    assert "(only visible to you)\nshared: a trick" in said


def test_a_menu_is_used_with_the_words_of_a_choice(slack: LocalSlack, app: App) -> None:
    menu = {"type": "static_select", "action_id": "pick", "options": options(2)}
    app.command("/menu")(lambda ack: ack(text="x", blocks=[actions(menu)]))
    app.action("pick")(
        lambda ack, respond, action: (ack(), respond(text=f"you chose {action['selected_option']['value']}"))
    )

    said = _talk(slack, "/menu", "1", "1 o1")

    assert "Not possible: choose: 1" in said
    assert "you chose v1" in said


def test_home_is_shown(slack: LocalSlack, app: App) -> None:
    assert "(Home tab)\nat home" in _talk(slack, "home")


def test_what_is_not_possible_is_said(slack: LocalSlack) -> None:
    said = _talk(slack, "as nobody", "in nowhere", "7", "submit", "dance", "as stran", "/hello", "say hi")

    for expected in ("there is no nobody", "there is no channel", "no [7]", "no modal", "do not know 'dance'"):
        assert expected in said
    assert "from elsewhere" in said
    assert "go to a channel first" in said


def test_who_and_help(slack: LocalSlack) -> None:
    said = _talk(slack, "who", "help")

    assert "Gus Guest restricted" in said
    assert "channels: general, payments, private-room" in said
    assert "press button 3" in said


def test_a_failure_is_shown(slack: LocalSlack) -> None:
    assert "dispatch_failed" in _talk(slack, "/hello")


def test_the_end_of_the_input_ends_the_prompt(slack: LocalSlack) -> None:
    assert _talk(slack).endswith("ana in dm> \n")


def _drawn(*blocks: Json) -> str:
    page = Page({"U01MO": "Mo Adeyemi"})
    add(page, Shown(0, ("U01ANA",), "ephemeral", list(blocks), "", {}))
    return page.text


def test_blocks_read_well() -> None:
    drawn = _drawn(
        {"type": "header", "text": plain("Cost")},
        {"type": "section", "fields": [plain("a"), plain("b")]},
        {"type": "context", "elements": [plain("to yesterday"), plain("UTC")]},
        {"type": "divider"},
        rich({"type": "text", "text": "by "}, {"type": "user", "user_id": "U01MO"}),
        actions({"type": "static_select", "action_id": "s", "placeholder": plain("Weeks"), "options": options(2)}),
    )

    assert drawn.splitlines() == [
        "(only visible to you)",
        "",
        "Cost",
        "====",
        "  a",
        "  b",
        "  · to yesterday · UTC",
        "-" * 40,
        "by @Mo Adeyemi",
        "[1] Weeks: o0 / o1",
    ]


def test_charts_are_drawn_as_tables() -> None:
    assert _drawn(chart(categories=2)).splitlines()[1:] == [
        "Cost (bar): series 0",
        "  day 0  ████████████████████ 1",
        "  day 1  ████████████████████ 1",
    ]
    assert _drawn(chart(categories=1, series=2)).splitlines()[1:] == [
        "Cost (bar)",
        "         series 0  series 1",
        "  -----  --------  --------",
        "  day 0         1         2",
    ]
    assert "part 1" in _drawn(pie(2))


def test_a_table_is_drawn_with_its_caption() -> None:
    assert _drawn(data_table(rows=1, columns=2)).splitlines()[1:] == ["Models", "  x  x", "  -  -", "  x  x"]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("<@U01MO> said", "@Mo Adeyemi said"),
        ("<https://example.com|here>", "here (https://example.com)"),
        ("<!date^1^{date}|3 Nov>", "3 Nov"),
        ("<!here>", "@here"),
        ("<#C01GENERAL|general>", "#general"),
    ],
)
def test_mrkdwn_is_read_as_people_see_it(sent: str, read: str) -> None:
    assert readable(sent, {"U01MO": "Mo Adeyemi"}) == read
