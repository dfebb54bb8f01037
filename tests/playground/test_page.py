"""The page without a browser: who is let in, what a person can see and do, and the port."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from bot.errors import ConfigError
from bot.playground.local_slack import LocalSlack
from bot.playground.page.manifest import manifest_of
from bot.playground.page.serving import serving_page
from tests.loopback import NO_CERTIFICATES
from tests.playground.bots import button, client_of, section

ANA, MO, RUI = "U01ANA", "U01MO", "U01RUI"
SEATS = "?left=U01ANA:C01PAYMENTS&right=U01MO:C01PAYMENTS"


@pytest.fixture
def address(slack: LocalSlack) -> Iterator[str]:
    with serving_page(slack) as served:
        yield served


@pytest.fixture
def page(address: str) -> Iterator[httpx2.Client]:
    """A browser that has loaded the page."""
    with httpx2.Client(base_url=address, verify=NO_CERTIFICATES) as client:
        client.get("/")
        yield client


def parts(html: str) -> dict[str, str]:
    """Returns the inside of each pane."""
    return {side: html.split(f'id="{side}"')[1].split("</section>")[0] for side in ("left", "right")}


def test_a_message_for_one_person_is_in_one_pane(slack: LocalSlack, page: httpx2.Client) -> None:
    client_of(slack).chat_postEphemeral(channel="C01PAYMENTS", user=ANA, text="for Ana alone")
    seen = parts(page.get(f"/{SEATS}").text)

    assert "for Ana alone" in seen["left"]
    assert "Only visible to you" in seen["left"]
    assert "for Ana alone" not in seen["right"]


def test_nobody_sits_in_a_channel_they_are_not_in(slack: LocalSlack, page: httpx2.Client) -> None:
    slack.say(ANA, "G01PRIVATE", "between us")
    seen = parts(page.get("/?left=U01RUI:G01PRIVATE&right=U01DEE:D01ANA").text)

    assert "between us" not in seen["left"] + seen["right"]
    assert 'data-place="G01PRIVATE"' not in seen["left"]


def test_nobody_presses_on_a_message_of_somebody_else(slack: LocalSlack, page: httpx2.Client) -> None:
    blocks = [{"type": "actions", "block_id": "b", "elements": [button("go")]}]
    told = client_of(slack).chat_postEphemeral(channel="C01PAYMENTS", user=ANA, text="x", blocks=blocks)
    act = {"act": "use", "user": MO, "channel": "C01PAYMENTS", "block_id": "b", "action_id": "go"}
    answer = page.post("/act", json={**act, "ts": told["message_ts"]})

    assert answer.json() == {"ok": False, "said": "that message is gone"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"])
def test_other_hosts_are_refused(page: httpx2.Client, host: str) -> None:
    assert page.get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_other_origins_are_refused(page: httpx2.Client, origin: str) -> None:
    answer = page.post("/act", json={"act": "visit", "user": ANA}, headers={"Origin": origin})

    assert answer.status_code == 403


def test_what_is_not_the_page_of_this_run_is_refused(slack: LocalSlack, address: str) -> None:
    act = {"act": "send", "user": ANA, "channel": "C01PAYMENTS", "text": "forged"}
    for cookie in ("", "page-1=x", f"page-{address.rsplit(':', 1)[1].strip('/')}=x"):
        headers = {"Cookie": cookie} if cookie else {}
        assert httpx2.post(f"{address}act", json=act, headers=headers, verify=NO_CERTIFICATES).status_code == 403
        assert httpx2.get(f"{address}events{SEATS}", headers=headers, verify=NO_CERTIFICATES).status_code == 403

    assert slack.world.messages == {}


def test_the_page_may_load_nothing_from_elsewhere(page: httpx2.Client) -> None:
    answer = page.get("/")
    cookie = page.get("/").headers["set-cookie"]

    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert not re.search(r'(src|href)="(https?:)?//', answer.text)
    assert not re.search(r"\sstyle=|\son\w+=", answer.text)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"act": 1}', b'{"act": "use", "fields": 3}'])
def test_what_is_no_act_is_refused(page: httpx2.Client, body: bytes) -> None:
    assert page.post("/act", content=body).status_code == 400


@pytest.mark.parametrize(
    "act",
    [
        {"act": "nothing"},
        {"act": "send", "user": "U0NOBODY", "channel": "C01PAYMENTS", "text": "x"},
        {"act": "send", "user": RUI, "channel": "G01PRIVATE", "text": "x"},
        {"act": "send", "user": RUI, "channel": "G01PRIVATE", "text": "/mytokens"},
        {"act": "use", "user": ANA, "channel": "C0NONE", "ts": "1.1", "action_id": "x"},
        {"act": "use", "user": ANA, "view": "V0", "action_id": "x"},
        {"act": "use", "user": "U0NOBODY", "view": "V0", "action_id": "x"},
        {"act": "submit", "user": ANA, "view": "V0"},
        {"act": "close", "user": ANA, "view": "V0"},
        {"act": "share", "user": ANA, "channel": "C01PAYMENTS", "ts": "1.1", "id": "x"},
        {"act": "shortcut", "user": "U0NOBODY", "id": "x"},
        {"act": "visit", "user": "U0NOBODY", "place": "home"},
    ],
)
def test_what_slack_would_not_let_anybody_do_is_said(page: httpx2.Client, act: dict[str, str]) -> None:
    answer = page.post("/act", json=act)

    assert answer.status_code == 200
    assert answer.json()["ok"] is False


def test_a_command_that_reaches_nobody_is_answered_by_slackbot(page: httpx2.Client) -> None:
    page.post("/act", json={"act": "send", "user": ANA, "channel": "C01PAYMENTS", "text": "/mytokens"})
    seen = parts(page.get(f"/{SEATS}").text)

    assert "failed with the error" in seen["left"]
    assert "failed with the error" not in seen["right"]


def test_new_messages_are_counted_until_they_are_read(slack: LocalSlack, page: httpx2.Client) -> None:
    client_of(slack).chat_postMessage(channel="C01PAYMENTS", text="hello", blocks=[section()])
    away, there = (parts(page.get(f"/?left=U01ANA:{place}").text)["left"] for place in ("C01GENERAL", "C01PAYMENTS"))
    back = parts(page.get("/?left=U01ANA:C01GENERAL").text)["left"]

    assert 'aria-label="1 new"' in away
    assert 'aria-label="1 new"' not in there + back


def test_a_port_in_use_is_one_line(slack: LocalSlack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigError, match=rf"^--port {port}: something else listens there\..*$"),
            serving_page(slack, port),
        ):
            pass


def test_the_manifest_is_read() -> None:
    commands = [command.name for command in manifest_of().commands]
    written = re.findall(r"- command: (\S+)", Path(__file__).parents[2].joinpath("manifest.yml").read_text("utf-8"))

    assert commands == written
    assert manifest_of("features:\n").commands == ()
