"""Slack misbehaves: the person gets a sentence where possible, the log one line, and nothing is half done."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlmodel import select

from bot.playground.faults import Fault, dropped, html, rate_limited, refused, server_error, silent
from bot.pool import WORKERS
from storage.tables import OwnFile
from tests.e2e.figures import days_back
from tests.e2e.harness import Log, Stage, Transport, texts

ONCE = {
    "429": rate_limited(1),
    "500": server_error(),
    "a reset connection": dropped(),
    "a web page": html(),
}
SORRY = "Slack didn't answer me; nothing is lost. Try again in a few minutes."
TOKENS = "mytokens-tokens"


@pytest.fixture(scope="module", params=["http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    """How requests arrive does not matter here; a window that opens late is tested over both."""
    each: Transport = request.param
    return each


@pytest.fixture(scope="module")
def ada(stage: Stage) -> str:
    """Somebody with figures."""
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 28))
    return user


def _lines(log: Log) -> list[str]:
    return [line for line in log.text.splitlines() if line.strip()]


@pytest.mark.parametrize("fault", ONCE)
def test_an_answer_that_fails_once_is_sent_once_more(stage: Stage, log: Log, ada: str, fault: str) -> None:
    calls = len(stage.slack.calls)
    stage.slack.faults.next("response_url", ONCE[fault])
    answer = stage.ask(ada)

    assert "*$37.80 at list price*" in texts(answer)
    assert len(stage.calls_since(calls, "response_url")) == 2
    assert "Traceback" not in log.text


@pytest.mark.parametrize("fault", ["500", "a reset connection", "a web page"])
def test_an_answer_that_cannot_be_delivered_is_one_line_in_the_log(
    stage: Stage, log: Log, ada: str, fault: str
) -> None:
    stage.slack.faults.next("response_url", ONCE[fault], times=2)
    delivery = stage.slack.command(ada, "/mytokens", "week")
    stage.settle()

    assert delivery.acked
    (event,) = log.events("error")
    assert (event["event"], event["word"]) == ("answer_undelivered", "show")
    assert len(_lines(log)) == 1
    assert "$37.80" in texts(stage.ask(ada))


def test_an_answer_that_comes_too_late_is_not_tried_again(stage: Stage, log: Log, ada: str) -> None:
    calls = len(stage.slack.calls)
    with _all_workers_taken(stage):
        stage.slack.command(ada, "/mytokens", "week")
        stage.slack.pass_time(31 * 60)
    stage.settle()

    assert stage.calls_since(calls, "response_url") == ["expired_url"]
    (event,) = log.events("error")
    assert event["slack_error"] == "expired_url"


@contextmanager
def _all_workers_taken(stage: Stage) -> Iterator[None]:
    """Keep all workers until the block is left, so that an answer starts after it."""
    go_on = threading.Event()

    def stay() -> None:
        go_on.wait(20)

    for _ in range(WORKERS):
        stage.services.pool.submit(stay)
    try:
        yield
    finally:
        go_on.set()


@pytest.mark.parametrize("fault", ONCE)
def test_who_cannot_be_looked_up_reads_a_sentence_and_is_not_switched_on(stage: Stage, log: Log, fault: str) -> None:
    user = stage.newcomer()
    stage.slack.faults.next("users.info", ONCE[fault])
    failed = stage.ask(user)

    assert SORRY in texts(failed)
    assert [event["event"] for event in log.events("error")] == ["slack_failed"]
    assert len(_lines(log)) == 1
    assert "No usage is collected about you yet." in texts(stage.ask(user))


def test_switching_on_while_the_directory_is_away_changes_nothing_and_works_later(stage: Stage) -> None:
    user = stage.newcomer()
    stage.slack.faults.next("users.info", server_error())
    failed = stage.answer(user, stage.slack.mark(), stage.slack.forge_action(user, "mytokens-on", "-"))
    off = stage.viewer(user)

    assert SORRY in texts(failed)
    assert off is None
    assert "It's on." in texts(stage.press(user, stage.ask(user), "Switch it on"))


def test_somebody_whom_slack_does_not_know_reads_a_sentence(stage: Stage, log: Log) -> None:
    user = stage.newcomer()
    stage.slack.faults.every("users.info", 1, refused("user_not_found"))

    assert SORRY in texts(stage.ask(user))
    assert "Traceback" not in log.text


WINDOW_SORRY = "Slack didn't show the window; nothing is lost."


@pytest.mark.parametrize("fault", [*ONCE, "expired", "slow"])
def test_a_window_that_does_not_open_is_said_in_a_message(stage: Stage, log: Log, ada: str, fault: str) -> None:
    faults: dict[str, Fault] = {**ONCE, "expired": refused("expired_trigger_id"), "slow": silent(8)}
    answer = stage.ask(ada)
    stage.slack.faults.next("views.open", faults[fault])
    delivery = stage.slack.click(ada, answer, "Token details")
    stage.settle()
    said = stage.slack.wait_shown(ada)

    assert delivery.acked
    assert delivery.ack_seconds < 3
    assert WINDOW_SORRY in texts(said)
    assert not said.replaces  # the answer with the button stays
    assert [event["event"] for event in log.events("warning")] == ["modal_not_opened"]
    assert "Traceback" not in log.text


@pytest.mark.parametrize("fault", ONCE)
def test_a_window_that_is_not_filled_at_first_is_filled_a_moment_later(stage: Stage, ada: str, fault: str) -> None:
    answer = stage.ask(ada)
    stage.slack.faults.next("views.update", ONCE[fault])

    assert "*New input*\n28,028" in texts(stage.press(ada, answer, "Token details"))


def test_a_window_that_cannot_be_filled_is_said_in_a_message(stage: Stage, log: Log, ada: str) -> None:
    answer = stage.ask(ada)
    stage.slack.faults.next("views.update", server_error(), times=2)
    said = stage.press(ada, answer, "Token details")

    assert WINDOW_SORRY in texts(said)
    assert [event["event"] for event in log.events("error")] == ["modal_not_filled"]
    assert "Traceback" not in log.text


def test_a_window_that_was_closed_meanwhile_is_nobodys_mistake(stage: Stage, log: Log, ada: str) -> None:
    answer = stage.ask(ada)
    before = stage.slack.mark()
    stage.slack.faults.next("views.update", refused("not_found"))
    stage.slack.click(ada, answer, "Token details")
    stage.settle()

    assert [shown.surface for shown in stage.slack.shown_to(ada, before)] == ["modal"]
    assert not _lines(log)


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "chat.postMessage", "files.completeUploadExternal"])
@pytest.mark.parametrize("fault", ONCE)
def test_a_file_that_cannot_be_sent_leaves_nothing_behind(stage: Stage, log: Log, method: str, fault: str) -> None:
    user = stage.someone_on()
    files, channel = set(_shared(stage)), f"D{user[1:]}"
    stage.slack.faults.next(method, ONCE[fault])
    answer = stage.ask(user, "export")

    assert SORRY in texts(answer)
    assert set(_shared(stage)) == files
    posted = stage.slack.world.messages.get(channel, {}).values()
    assert not [message for message in posted if not message.ephemeral_to]
    with stage.services.database.reading() as session:
        viewer = stage.viewer(user)
        assert viewer is not None
        assert not session.exec(select(OwnFile).where(OwnFile.person_id == viewer.person_id)).all()
    assert [event["event"] for event in log.events("error")] == ["slack_failed"]
    assert "Traceback" not in log.text
    assert "Your data is in your messages" in texts(stage.ask(user, "export"))


def _shared(stage: Stage) -> list[str]:
    return [file.id for file in stage.slack.world.files.values() if file.channels]


def test_a_file_that_arrived_although_slack_said_otherwise_is_taken_back(stage: Stage) -> None:
    user = stage.someone_on()
    files = set(_shared(stage))
    stage.slack.faults.next("files.completeUploadExternal", server_error(after_effect=True))

    assert SORRY in texts(stage.ask(user, "export"))
    assert set(_shared(stage)) == files


@contextmanager
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server that is not Slack's, at another name of this machine; gives its address and what reached it."""
    reached: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reached.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.2", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.2:{server.server_port}", reached
        finally:
            server.shutdown()
            thread.join()


def _addresses(host: str, own: str) -> list[str]:
    return [
        f"http://{host}/x",
        f"http://slack.com@{host}/x",
        f"http://{host}/hooks.slack.com",
        f"http://{host}#slack.com",
        f"http://{host}\\@slack.com/x",
        f"http://{host}/?{own}",
        f"file://{host}/etc/passwd",
        "http://[broken",
        "",
    ]


def test_an_answer_goes_to_slack_only(stage: Stage, log: Log, ada: str) -> None:
    with elsewhere() as (host, reached):
        for url in _addresses(host, stage.slack.world.base_url):
            stage.slack.forge_action(ada, "mytokens-show", "4w", response_url=url)
        stage.settle()

    assert reached == []
    assert "Traceback" not in log.text
    assert "37.80" not in log.text


def test_when_all_of_slack_is_down_nothing_crashes_and_all_works_later(stage: Stage, log: Log, ada: str) -> None:
    stage.slack.faults.every("*", 1, server_error())
    for words in ("", "why", "privacy", "export"):
        assert stage.slack.command(ada, "/mytokens", words).acked
    stage.settle()
    stage.slack.faults.clear()

    assert "Traceback" not in log.text
    assert "*$37.80 at list price*" in texts(stage.ask(ada))


def test_many_rate_limits_at_once_lose_no_answer(stage: Stage, ada: str) -> None:
    before = stage.slack.mark()
    stage.slack.faults.next("response_url", rate_limited(1), times=10)
    for _ in range(10):
        stage.slack.command(ada, "/mytokens", "")
    stage.settle()

    assert len(stage.slack.shown_to(ada, before)) == 10
