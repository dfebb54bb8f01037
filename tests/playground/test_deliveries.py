"""What people do reaches a real Bolt app, on both transports."""

import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_bolt import App

from bot.playground.local_slack import LocalSlack
from bot.playground.payloads import escaped
from bot.playground.screens import NotPossibleError
from tests.playground.bots import (
    Json,
    Transport,
    actions,
    button,
    client_of,
    connected,
    home,
    keep,
    new_app,
    options,
    plain,
    section,
)


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    kind: Transport = request.param
    return kind


@pytest.fixture
def app(slack: LocalSlack, transport: Transport) -> Iterator[App]:
    app = new_app(slack)
    with connected(slack, app, transport):
        yield app


def test_a_command_arrives_as_slack_sends_it(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.command("/hello")(keep(got))

    delivery = slack.command("U01ANA", "/hello", "for @mo in #general", channel="C01GENERAL")

    (body,) = got
    assert delivery.acked
    assert body["text"] == "for <@U01MO> in <#C01GENERAL|general>"
    assert body["is_enterprise_install"] == "false"
    assert (body["team_id"], body["channel_name"], body["user_name"]) == ("T0LOCAL", "general", "ana")
    assert body["trigger_id"] == delivery.trigger_id
    assert "enterprise_id" not in body
    assert "thread_ts" not in body
    assert slack.shown_to("U01ANA") == []


@pytest.mark.parametrize(
    ("typed", "arrives"),
    [
        ("<@U01VERA>", "&lt;@U01VERA&gt;"),
        ("R&D", "R&amp;D"),
        ("see https://example.com/a", "see <https://example.com/a>"),
        ("#private-room", "<#G01PRIVATE|>"),
        ("@nobody", "@nobody"),
    ],
)
def test_typed_text_is_escaped(typed: str, arrives: str) -> None:
    assert escaped(LocalSlack().world, typed) == arrives


@pytest.mark.parametrize(
    ("channel", "name"), [(None, "directmessage"), ("G01PRIVATE", "privategroup"), ("C01PAYMENTS", "payments")]
)
def test_only_public_channels_go_by_name(slack: LocalSlack, app: App, channel: str | None, name: str) -> None:
    got: list[Json] = []
    app.command("/hello")(keep(got))

    slack.command("U01ANA", "/hello", channel=channel)

    assert got[0]["channel_name"] == name


def test_an_answer_in_the_ack_is_seen_by_that_person_alone(slack: LocalSlack, app: App) -> None:
    app.command("/hello")(lambda ack: ack(text="hi", blocks=[section("hi")]))

    slack.command("U01ANA", "/hello", channel="C01GENERAL")

    (shown,) = slack.everything_sent()
    assert (shown.surface, shown.user_ids, shown.blocks) == ("ack", ("U01ANA",), [section("hi")])


def test_a_plain_text_ack_is_an_answer_too(slack: LocalSlack, app: App) -> None:
    app.command("/hello")(lambda ack: ack("hi"))

    slack.command("U01ANA", "/hello")

    assert slack.wait_shown("U01ANA").text == "hi"


def test_an_in_channel_ack_is_seen_by_the_channel(slack: LocalSlack, app: App) -> None:
    app.command("/hello")(lambda ack: ack(text="hi all", response_type="in_channel"))

    slack.command("U01ANA", "/hello", channel="C01PAYMENTS")

    assert slack.everything_sent()[0].user_ids == ("U01ANA", "U01MO", "U01RUI")


def test_wrong_blocks_in_an_ack_are_not_shown(slack: LocalSlack, app: App) -> None:
    app.command("/hello")(lambda ack: ack(text="hi", blocks=[section("")]))

    delivery = slack.command("U01ANA", "/hello")

    assert delivery.error == "invalid_blocks"
    assert slack.wait_shown("U01ANA").text == "invalid_blocks"


def test_a_late_ack_is_an_operation_timeout(app: App, slack: LocalSlack) -> None:
    slack.courier.ack_seconds = 0.2
    go_on = threading.Event()

    @app.command("/slow")
    def slow(ack: Any) -> None:
        go_on.wait(5)
        ack("too late")

    delivery = slack.command("U01ANA", "/slow")
    go_on.set()

    assert (delivery.acked, delivery.error) == (False, "operation_timeout")
    assert delivery.ack_seconds >= 0.2
    assert [shown.text for shown in slack.shown_to("U01ANA")] == ["operation_timeout"]


def test_a_button_is_pressed_and_the_answer_replaces_the_message(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []

    @app.command("/hello")
    def hello(ack: Any, respond: Any) -> None:
        ack()
        respond(text="choose", blocks=[section("choose"), actions(button(value="7"))])

    @app.action("go")
    def go(ack: Any, body: Json, respond: Any) -> None:
        ack()
        got.append(body)
        respond(text="done", replace_original=True)

    slack.command("U01ANA", "/hello", channel="C01GENERAL")
    asked = slack.wait_shown("U01ANA")
    slack.click("U01ANA", asked, "Go")
    done = slack.wait_shown("U01ANA")

    (body,) = got
    assert (done.text, done.replaces, done.surface) == ("done", asked.ts, "ephemeral")
    assert body["container"] == {
        "type": "message",
        "message_ts": asked.ts,
        "channel_id": "C01GENERAL",
        "is_ephemeral": True,
    }
    assert "message" not in body
    assert (body["actions"][0]["action_id"], body["actions"][0]["value"]) == ("go", "7")
    assert body["actions"][0]["block_id"]
    with pytest.raises(NotPossibleError, match="not on this screen"):
        slack.click("U01ANA", asked, "go")


def test_a_message_in_a_channel_is_sent_back_with_a_press(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.action("go")(keep(got))
    client_of(slack).chat_postMessage(channel="C01PAYMENTS", text="hi", blocks=[actions(button())])

    slack.click("U01MO", slack.everything_sent()[0], "go")

    (body,) = got
    assert body["message"]["text"] == "hi"
    assert body["user"]["id"] == "U01MO"
    assert not body["container"]["is_ephemeral"]


def test_nobody_presses_what_they_cannot_see(slack: LocalSlack, app: App) -> None:
    client_of(slack).chat_postMessage(channel="U01ANA", text="hi", blocks=[actions(button())])
    (shown,) = slack.shown_to("U01ANA")

    with pytest.raises(NotPossibleError, match="cannot see"):
        slack.click("U01MO", shown, "go")
    with pytest.raises(NotPossibleError, match="not on this screen"):
        slack.click("U01ANA", shown, "other")


def test_a_choice_from_a_menu_arrives_with_its_option(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.action("pick")(keep(got))
    menu = {"type": "static_select", "action_id": "pick", "options": options(3)}
    client_of(slack).chat_postMessage(channel="U01ANA", text="hi", blocks=[actions(menu) | {"block_id": "b"}])

    slack.click("U01ANA", slack.wait_shown("U01ANA"), "pick", option="o1")

    (body,) = got
    assert body["actions"][0]["selected_option"] == options(3)[1]
    assert body["state"]["values"]["b"]["pick"]["selected_option"]["value"] == "v1"
    with pytest.raises(NotPossibleError, match="options"):
        slack.click("U01ANA", slack.shown_to("U01ANA")[0], "pick", option="o7")


def test_thumbs_send_the_value_of_the_one_pressed(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.action("thumbs")(keep(got))
    good, bad = ({"text": plain(word), "value": word} for word in ("good", "bad"))
    element = {"type": "feedback_buttons", "action_id": "thumbs", "positive_button": good, "negative_button": bad}
    blocks = [{"type": "context_actions", "elements": [element]}]
    client_of(slack).chat_postMessage(channel="U01ANA", text="hi", blocks=blocks)

    slack.click("U01ANA", slack.wait_shown("U01ANA"), "thumbs", option="bad")

    assert got[0]["actions"][0]["value"] == "bad"


def test_a_press_on_home_carries_the_view_and_no_response_url(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.action("go")(keep(got))
    client_of(slack).views_publish(user_id="U01ANA", view=home(actions(button())))

    slack.click("U01ANA", slack.wait_shown("U01ANA"), "go")

    (body,) = got
    assert body["container"]["type"] == "view"
    assert body["view"]["type"] == "home"
    assert "response_url" not in body


def test_opening_home_is_an_event_with_the_view_once_there_is_one(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    seen = threading.Event()

    @app.event("app_home_opened")
    def opened(event: Json, client: Any) -> None:
        got.append(event)
        client.views_publish(user_id=event["user"], view=home(section("hi")))
        seen.set()

    slack.open_home("U01ANA")
    assert seen.wait(5)
    slack.wait_shown("U01ANA")
    slack.open_home("U01ANA")
    slack.wait_shown("U01ANA")

    assert [("view" in event, event["tab"], event["channel"][0]) for event in got] == [
        (False, "home", "D"),
        (True, "home", "D"),
    ]


def test_shortcuts_arrive(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.shortcut("share")(keep(got))
    message = slack.say("U01ANA", "C01PAYMENTS", "a trick")

    slack.shortcut("U01ANA", "share")
    slack.message_shortcut("U01MO", "share", message)

    assert [body["type"] for body in got] == ["shortcut", "message_action"]
    assert "response_url" not in got[0]
    assert got[1]["message"]["text"] == "a trick"
    assert got[1]["response_url"]


def test_an_ephemeral_message_has_no_shortcut(slack: LocalSlack, app: App) -> None:
    client_of(slack).chat_postEphemeral(channel="C01PAYMENTS", user="U01ANA", text="psst")

    with pytest.raises(NotPossibleError, match="ephemeral"):
        slack.message_shortcut("U01ANA", "share", slack.wait_shown("U01ANA"))


def test_who_cannot_act_is_refused_unless_forced(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.command("/hello")(keep(got))

    for user in ("U01DEE", "U01STRANGE", "U01OTHERBOT"):
        with pytest.raises(NotPossibleError):
            slack.command(user, "/hello", channel="C01GENERAL")
        slack.command(user, "/hello", channel="C01GENERAL", force=True)

    assert [body["user_id"] for body in got] == ["U01DEE", "U01STRANGE", "U01OTHERBOT"]
    with pytest.raises(NotPossibleError, match="not in"):
        slack.command("U01VERA", "/hello", channel="C01PAYMENTS")


def test_a_forged_action_reaches_the_bot(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.action("secret")(keep(got))

    delivery = slack.forge_action("U01MO", "secret", "U01ANA", team={"id": "T0OTHER", "domain": "other"})

    assert delivery.acked
    assert (got[0]["actions"][0]["value"], got[0]["user"]["id"]) == ("U01ANA", "U01MO")
    assert got[0]["team"]["id"] == "T0OTHER"


def test_a_repeated_delivery_is_the_same_byte_for_byte(slack: LocalSlack, app: App) -> None:
    got: list[Json] = []
    app.command("/hello")(keep(got, text="hi"))

    first = slack.command("U01ANA", "/hello", "x")
    second = slack.repeat(first)

    assert (second.body, second.headers, second.envelope_id) == (first.body, first.headers, first.envelope_id)
    assert second.acked
    assert got[0] == got[1]
    assert len(slack.shown_to("U01ANA")) == 2


def test_events_are_tried_again_and_commands_are_not(slack: LocalSlack, app: App) -> None:
    slack.courier.ack_seconds = 0.2
    got: list[Json] = []
    go_on = threading.Event()

    @app.middleware
    def slow(body: Json, next: Any) -> None:
        got.append(body)
        go_on.wait(5)
        next()

    slack.event("user_change", user={"id": "U01ANA"})
    slack.command("U01ANA", "/slow")
    go_on.set()

    assert [body.get("event_id") for body in got] == [got[0]["event_id"], got[0]["event_id"], None]


def test_an_app_without_a_listener_is_a_failure_to_the_person(slack: LocalSlack, app: App) -> None:
    slack.courier.ack_seconds = 0.3

    delivery = slack.command("U01ANA", "/unknown")

    # Over HTTP the bot says 404; over a socket it says nothing at all.
    expected = "dispatch_failed" if delivery.transport == "http" else "operation_timeout"
    assert delivery.error == expected
    assert slack.wait_shown("U01ANA").text == expected


def test_nobody_listening_is_a_failure_to_the_person(slack: LocalSlack) -> None:
    assert slack.command("U01ANA", "/hello").error == "dispatch_failed"
    slack.deliver_to("http://127.0.0.1:9/slack/events")
    assert slack.command("U01ANA", "/hello").error == "dispatch_failed"


def test_a_wrong_signature_is_refused_by_bolt(slack: LocalSlack) -> None:
    app = new_app(slack)
    app.command("/hello")(lambda ack: ack("hi"))
    with connected(slack, app, "http"):
        slack.courier.signing_secret = "another"

        assert slack.command("U01ANA", "/hello").status == 401


def test_each_envelope_goes_to_one_connection(slack: LocalSlack) -> None:
    app = new_app(slack)
    got: list[Json] = []
    app.command("/hello")(keep(got))
    with connected(slack, app, "socket"), connected(slack, app, "socket"):
        slack.wait_connected(connections=2)
        for _ in range(4):
            slack.command("U01ANA", "/hello")

    assert len({body["trigger_id"] for body in got}) == len(got) == 4
    assert sorted(slack.hub.sent_to) == [0, 0, 1, 1]


def test_a_socket_that_is_sent_away_comes_back(slack: LocalSlack) -> None:
    app = new_app(slack)
    app.command("/hello")(lambda ack: ack("hi"))
    with connected(slack, app, "socket"):
        slack.disconnect_sockets("refresh_requested")
        slack.wait_connected()

        assert slack.command("U01ANA", "/hello").acked
    assert len(slack.calls_of("apps.connections.open")) == 2


def _first_words(slack: LocalSlack, path: str) -> bytes:
    """Returns what a WebSocket says first: the status line of the handshake, and the first frame."""
    with socket.create_connection(("127.0.0.1", urlsplit(slack.world.base_url).port or 0), 5) as link:
        lines = (
            f"GET {path} HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
        )
        link.sendall("\r\n".join([*lines, "", ""]).encode())
        said = b""
        while b"reason" not in said and (more := link.recv(4096)):
            said += more
        return said


def test_a_connection_too_many_is_sent_away(slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.playground.sockets.MOST_CONNECTIONS", 1)
    with connected(slack, new_app(slack), "socket"):
        url = client_of(slack).apps_connections_open(app_token=slack.app_token)["url"]

        assert b"too_many_websockets" in _first_words(
            slack, url.removeprefix(slack.world.base_url.replace("http", "ws").removesuffix("/"))
        )
        assert slack.hub.connected == 1


def test_a_socket_needs_a_ticket(slack: LocalSlack) -> None:
    assert _first_words(slack, "/link/?ticket=guess").startswith(b"HTTP/1.1 403")
