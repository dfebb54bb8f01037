"""The bot goes to no address that somebody else gave it: forged, behind a redirect, or linked in a text."""

import sys
from collections.abc import Callable
from contextlib import closing
from typing import Any, Final

import pytest

from bot.connectors.http import Api, ReplyError
from bot.playground.local_slack import LocalSlack
from bot.slack_urls import SlackUrls
from tests.e2e.harness import Stage, staged, texts
from tests.providers.standin import Reply, StandIn

SLACK: Final = "https://slack.com/api/"
FORGED: Final = (
    "https://evil.example/commands/T1/1/x",
    "https://hooks.slack.com.evil.example/x",
    "https://evil.example/?https://hooks.slack.com/x",
    "https://evil.example#@hooks.slack.com/",
    "https://hooks.slack.com@evil.example/",
    "https://evilslack.com/x",
    "http://hooks.slack.com/x",
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]:8080/v1/usage",
    "https://[fe80::1%25eth0]/",
    "//evil.example/x",
    "https:\\\\evil.example\\hooks.slack.com",
    "",
)
# What may be in a text that people share, and what nothing of the bot may look up.
LINKS: Final = (
    "http://169.254.169.254/latest/meta-data/ http://[::1]:9/x http://metadata.internal/ https://evil.example/x"
)
_asked: list[Any] = []


def _note(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        _asked.append(args[1])
    elif event == "socket.getaddrinfo":
        _asked.append(args[:2])


sys.addaudithook(_note)


@pytest.fixture
def asked() -> list[Any]:
    """Every address that is connected to or looked up meanwhile, by whatever library."""
    _asked.clear()
    return _asked


@pytest.mark.parametrize("url", FORGED)
def test_a_forged_address_of_an_answer_is_not_gone_to(url: str, asked: list[Any]) -> None:
    with closing(SlackUrls(SLACK)) as urls:
        assert urls.respond(url, {"text": "$12"}) == "not_a_slack_url"
        assert urls.once(url, b"a file") == "not_a_slack_url"
    assert asked == []


def test_slacks_own_addresses_are_gone_to() -> None:
    """Without this the other could pass on a bot that answers nobody."""
    urls = SlackUrls(SLACK)
    for url in ("https://hooks.slack.com/commands/T1/2/x", "https://files.slack.com/upload/v1/x", f"{SLACK}x"):
        assert urls._is_slack(url)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_neither_an_answer_nor_a_key_along(status: int) -> None:
    with StandIn() as trusted, StandIn() as other:
        there = Reply("", status, {"Location": f"{other.url}/x"})
        trusted.routes = {("POST", "/answer"): lambda _: there, ("GET", "/usage"): lambda _: there}
        with closing(SlackUrls(f"{trusted.url}/api/")) as urls:
            assert urls.respond(f"{trusted.url}/answer", {"text": "$12"}) is not None
        api = Api("GitHub", trusted.url, {"Authorization": "Bearer key"}, setting="GITHUB_TOKEN")
        with closing(api), pytest.raises(ReplyError):
            api.content("GET", "/usage")
        assert trusted.paths() == ["/answer", "/usage"]
        assert other.asked == []


def test_a_link_that_somebody_shares_is_looked_up_by_nobody(new_database: Callable[[], str], asked: list[Any]) -> None:
    with staged(LocalSlack(), new_database(), "socket") as stage:
        stage.command = "/usecase"
        user = stage.newcomer()
        stage.ask(user, "share")
        mark = stage.slack.mark()
        form = {
            "title": "Look at this http://169.254.169.254/",
            "when": f"When {LINKS}",
            "how": f"1. Open {LINKS}\n2. Read it.",
            "tool": "Claude Code",
            "link": "http://169.254.169.254/latest",
        }
        typed = {name: {name: value} for name, value in form.items()}
        stage.answer(user, mark, stage.slack.submit(user, typed, force=True))
        _shown_to_somebody_else(stage)
    hosts = {str(address[0]) if isinstance(address, tuple) else str(address) for address in asked}

    assert hosts <= {"127.0.0.1", "localhost"}


def _shown_to_somebody_else(stage: Stage) -> None:
    reader = stage.newcomer()
    for words in ("", "find metadata", "find look"):
        assert texts(stage.ask(reader, words))
