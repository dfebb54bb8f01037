"""Every block and element, with ordinary and with hostile words; and a tiny app that shows them."""

import re
from typing import Any, Final

from slack_bolt import App

from bot.playground.local_slack import LocalSlack
from tests.playground.bots import actions, button, modal, new_app, options, plain, section, text_input

Json = dict[str, Any]

HOSTILE: Final = '<script>alert(1)</script> "><img src=x onerror=alert(2)> </textarea> {{7*7}} javascript:alert(3)'
HOSTILE_LINKS: Final = (
    "<javascript:alert(1)|press> <https://a.example/\"onmouseover='alert(2)|quote> <!channel|<b>loud</b>> "
    "*bold _it* alic_ `code <b>` ```<script>alert(4)</script>``` &lt;i&gt; <@U0NOBODY|<img src=x onerror=alert(5)>>"
)
MANIFEST: Final = """\
features:
  app_home:
    home_tab_enabled: true
    messages_tab_enabled: true
    messages_tab_read_only_enabled: false
  shortcuts:
    - name: Open the form
      type: global
      callback_id: form
      description: Three windows on top of each other
    - name: Share as a use case
      type: message
      callback_id: share
      description: Makes an entry of a message
  slash_commands:
    - command: /blocks
      description: Shows every block
      usage_hint: "[words: all|hostile]"  # a comment
    - command: /slow
      description: Never answers
"""
WEEKS: Final = ("26 Oct", "2 Nov", "9 Nov", "16 Nov")


def mrkdwn(words: str) -> Json:
    return {"type": "mrkdwn", "text": words}


def chart(kind: str, title: str = "Cost per week (USD, billed)") -> Json:
    """A chart of two tools by week."""
    costs = {"Claude Code": (28.2, 31, 37.5, 18.8), "Cursor": (9, 8.5, 12.2, 8.5)}
    rows = [
        {"name": name, "data": [{"label": week, "value": value} for week, value in zip(WEEKS, values, strict=True)]}
        for name, values in costs.items()
    ]
    axes = {"categories": list(WEEKS), "x_label": "Week from", "y_label": "USD"}
    return {"type": "data_visualization", "title": title, "chart": {"type": kind, "series": rows, "axis_config": axes}}


def pie() -> Json:
    parts = [{"label": "Opus", "value": 55.4}, {"label": "Sonnet", "value": 30}, {"label": "Haiku", "value": 4.6}]
    return {"type": "data_visualization", "title": "By model", "chart": {"type": "pie", "segments": parts}}


def words(name: str = "ordinary") -> list[Json]:
    """Text in every form."""
    return [
        {"type": "header", "text": plain("Your last four weeks")},
        section(
            "*7 changes finished*, 5 show AI help :lock:\n_3 have stayed_ for ~15~ 14 days. `code` "
            "<https://a.example/x|A link> <@U01MO> <#C01GENERAL>\n"
            "> quoted\n> twice\nafter\n```Claude  ███░░  $115.50\nCursor  █░░░░   $38.20```"
        ),
        {"type": "section", "fields": [mrkdwn(f"*Field {n}*\nvalue {n}") for n in range(4)]},
        {**section("With something beside it."), "accessory": button("beside", "Why this?")},
        {"type": "context", "elements": [mrkdwn("Complete to Wed 18 Nov · small *print*"), plain(":lock: Only you")]},
        {"type": "divider"},
        {"type": "image", "image_url": "https://a.example/a.png", "alt_text": "A curve", "title": plain("A picture")},
        rich(),
    ]


def rich() -> Json:
    line = [
        {"type": "text", "text": "Rich ", "style": {"bold": True}},
        {"type": "text", "text": "text", "style": {"italic": True, "strike": True}},
        {"type": "text", "text": " with "},
        {"type": "link", "url": "https://a.example", "text": "a link"},
        {"type": "emoji", "name": "tada"},
        {"type": "user", "user_id": "U01ANA"},
    ]
    items = [{"type": "rich_text_section", "elements": [{"type": "text", "text": f"item {n}"}]} for n in (1, 2)]
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": line},
            {"type": "rich_text_list", "style": "ordered", "elements": items},
            {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": items},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "a quote"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a  b\n<i>c</i>"}]},
        ],
    }


def things_to_press() -> list[Json]:
    """Every element that a message takes."""
    sure = {
        "title": plain("Erase everything?"),
        "text": mrkdwn("It *cannot* be undone."),
        "confirm": plain("Erase"),
        "deny": plain("Keep"),
        "style": "danger",
    }
    pick = {"type": "static_select", "action_id": "one", "placeholder": plain("Pick one")}
    thumbs = {
        "type": "feedback_buttons",
        "action_id": "thumbs",
        "positive_button": {"text": plain("Useful"), "value": "yes"},
        "negative_button": {"text": plain("Not useful"), "value": "no"},
    }
    return [
        actions(
            button("plain", "Press me", value="1"),
            button("primary", "Agree", style="primary"),
            button("danger", "Erase", style="danger", confirm=sure),
            button("link", "Elsewhere", url="https://a.example/"),
            {"type": "overflow", "action_id": "more", "options": options(3, "Choice ")},
        ),
        actions(
            {**pick, "options": options(3, "Entry ")},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-19"},
            {"type": "users_select", "action_id": "who", "placeholder": plain("Pick a person")},
        ),
        actions(
            {"type": "radio_buttons", "action_id": "radio", "options": options(2, "Radio ")},
            {"type": "checkboxes", "action_id": "checks", "options": options(2, "Check ")},
        ),
        {"type": "context_actions", "elements": [thumbs]},
    ]


def tables() -> list[list[Json]]:
    """Tables, one to a message."""
    head = [{"type": "raw_text", "text": name} for name in ("Model", "Cost")]
    rows = [
        [{"type": "raw_text", "text": f"model-{n}"}, {"type": "raw_number", "value": cost, "text": f"${cost}"}]
        for n, cost in enumerate((3, 20, 1, 7, 9, 11, 2))
    ]
    small = {"type": "table", "rows": [head, *rows[:2]], "column_settings": [{}, {"align": "right"}]}
    return [[{"type": "data_table", "caption": "By model", "rows": [head, *rows]}], [small]]


def cards() -> list[Json]:
    card = {
        "type": "card",
        "title": mrkdwn("*Sort flaky tests*"),
        "body": mrkdwn("CI is red."),
        "actions": [button("try", "I'll try it")],
    }
    return [
        {"type": "carousel", "elements": [card, {**card, "actions": [button("try2", "Open")]}]},
        {"type": "container", "title": plain("More"), "is_collapsible": True, "child_blocks": [section("inside")]},
    ]


def everything() -> list[list[Json]]:
    """All of it, a message a list."""
    charts = [[chart("bar"), chart("line")], [chart("area"), pie()]]
    return [words(), things_to_press(), *charts, *tables(), cards()]


def hostile() -> list[Json]:
    """The same words that no browser may take for markup, wherever a text can stand."""
    bad = HOSTILE[:70]
    series = [{"name": bad[:20], "data": [{"label": "<b>x</b>", "value": 1}]}]
    drawn = {"type": "bar", "series": series, "axis_config": {"categories": ["<b>x</b>"], "x_label": bad[:50]}}
    menu = {"type": "overflow", "action_id": "hm", "options": [{"text": plain(bad), "value": HOSTILE}]}
    confirm = {"title": plain(bad), "text": plain(HOSTILE), "confirm": plain(bad[:30]), "deny": plain("No")}
    return [
        {"type": "header", "text": plain(HOSTILE)},
        section(HOSTILE),
        section(HOSTILE_LINKS),
        {"type": "section", "fields": [mrkdwn(HOSTILE), plain(HOSTILE)]},
        {"type": "context", "elements": [mrkdwn(HOSTILE)]},
        actions(button("h", bad, value=HOSTILE, confirm=confirm), menu),
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": HOSTILE},
                        {"type": "link", "url": "javascript:alert(9)", "text": "no"},
                    ],
                }
            ],
        },
        {"type": "data_visualization", "title": bad[:50], "chart": drawn},
        {"type": "image", "image_url": "https://a.example/a.png", "alt_text": HOSTILE, "title": plain(HOSTILE)},
        {
            "type": "data_table",
            "caption": HOSTILE,
            "rows": [[{"type": "raw_text", "text": HOSTILE}], [{"type": "raw_text", "text": HOSTILE}]],
        },
    ]


def form(title: str = "Share a use case", **more: Any) -> Json:
    """A modal with every input."""
    chosen = {
        "type": "static_select",
        "action_id": "typed",
        "options": options(2, "Tool "),
        "placeholder": plain("Pick"),
    }
    whom = options(3, "Show as ")
    as_whom = {"type": "radio_buttons", "action_id": "typed", "options": whom, "initial_option": whom[0]}
    many = {"type": "multi_static_select", "action_id": "typed", "options": options(3, "Team ")}
    return modal(
        text_input("what", max_length=80, placeholder=plain("Sort flaky tests in ten minutes")),
        {**text_input("how", multiline=True), "label": plain("How do you do it?"), "hint": plain("Steps, or a prompt")},
        {"type": "input", "block_id": "tool", "label": plain("With which tool?"), "element": chosen},
        {"type": "input", "block_id": "as", "label": plain("Show as"), "element": as_whom},
        {"type": "input", "block_id": "teams", "optional": True, "label": plain("Teams"), "element": many},
        {"type": "alert", "level": "info", "text": plain("Checked before anyone else can see it.")},
        actions(button("push", "One more window")),
        title=plain(title),
        submit=plain("Check and share"),
        close=plain("Cancel"),
        callback_id="form",
        **more,
    )


def gallery_app(slack: LocalSlack, got: list[Json]) -> App:
    """Returns a tiny app: `/blocks` shows everything, every press is kept in *got*."""
    app = new_app(slack)
    app.command("/blocks")(_show)
    app.action("push")(_push)
    app.event("app_home_opened")(_opened)
    app.shortcut("form")(_open_form)

    @app.action(re.compile("^(?!push$)"))
    def pressed(ack: Any, body: Json) -> None:
        ack()
        got.append(body)

    @app.shortcut("share")
    def share(ack: Any, body: Json, client: Any) -> None:
        got.append(body)
        _open_form(ack, body, client)

    @app.view("form")
    def sent(ack: Any, body: Json, view: Json) -> None:
        got.append(body)
        _take(ack, view)

    return app


def _show(ack: Any, respond: Any, command: Json, client: Any) -> None:
    ack()
    if command["text"] == "hostile":
        respond(text=HOSTILE, blocks=hostile())
        return
    where = {"channel": command["channel_id"], "user": command["user_id"]}
    for blocks in everything():
        client.chat_postEphemeral(text="Blocks", blocks=blocks, **where)


def _push(ack: Any, body: Json, client: Any) -> None:
    ack()
    client.views_push(trigger_id=body["trigger_id"], view=form("Another window"))


def _open_form(ack: Any, body: Json, client: Any) -> None:
    ack()
    client.views_open(trigger_id=body["trigger_id"], view=form())


def _take(ack: Any, view: Json) -> None:
    typed = view["state"]["values"]["what"]["typed"]["value"]
    if "key" in typed:
        ack(response_action="errors", errors={"what": f"Line 1 looks like an access key: {typed}"})
    else:
        ack()


def _opened(event: Json, client: Any) -> None:
    if event["tab"] == "home":
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [*words(), chart("bar")]})
