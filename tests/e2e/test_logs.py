"""What is logged in a busy hour: no name, address, amount, token or text of anybody, whatever goes wrong."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from bot import cli
from bot.playground.faults import dropped, html, refused, server_error
from bot.playground.local_slack import LocalSlack
from tests.cast import TODAY
from tests.e2e.conftest import WITH_FILES
from tests.e2e.figures import day_of
from tests.e2e.harness import SECRET, TRANSPORTS, Log, Stage, Transport, logging_as_the_bot_does, staged, texts
from tests.loopback import NO_CERTIFICATES
from tests.senders import ccusage_file

NAME, EMAIL = "Canary Nightingale", "canary.nightingale@larkfield.example"
MACHINE, WORK, WORDS = "canary-machine", "canary-work", "canary-words"
AMOUNT_USD = 7654.321
# What is logged when a window does not open, by the thread of the request, and when no answer leaves, by the pool's.
LOST = {"modal_not_opened": "warning", "answer_undelivered": "error"}
AMOUNTS = ("7654", "7,654", "7655", "15,309", "8642")


def test_no_log_line_says_anything_of_anybody(
    transport: Transport,
    new_database: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    url, log = new_database(), Log(capsys)
    slack = LocalSlack(scopes=WITH_FILES, rich_blocks=False)
    with logging_as_the_bot_does("DEBUG"), staged(slack, url, transport, refuses_charts=True) as stage:
        user = stage.newcomer(NAME, email=EMAIL)
        token = _all_that_works(stage, user)
        _all_that_fails(stage, user, token)
        _the_command_line(url, monkeypatch, tmp_path)
        viewer = stage.viewer(user)
        assert viewer is not None
        secrets = [*_secrets_of(stage, token), str(viewer.person_id)]
    said = log.text

    assert "ready" in said
    assert "ccusage_taken" in said
    assert "answer_failed" in said
    for canary in (NAME, "Nightingale", EMAIL, MACHINE, WORK, WORDS, *AMOUNTS, *secrets):
        assert canary.lower() not in said.lower(), canary
    assert not re.search(r"ww_[\w-]{10}|xox[bp]-|xapp-|respond/|hooks\.slack", said)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_line_of_one_request_has_its_id_whichever_thread_it_is_from(
    transport: Transport, new_database: Callable[[], str], log: Log
) -> None:
    slack = LocalSlack()
    with staged(slack, new_database(), transport) as stage:
        user = stage.someone_on()
        for _ in range(2):  # the window does not open, and the answer in its place does not leave
            slack.faults.next("views.open", refused("expired_trigger_id"), times=1)
            slack.faults.next("response_url", server_error(), times=2)
            slack.forge_action(user, "mytokens-tokens", "4w")
            stage.settle()
        token = stage.token_of(user)
        sent = {"Authorization": f"Bearer {token}", "X-Request-Id": "of-a-stranger"}
        answers = [
            httpx2.post(f"{stage.services.web_url}/v1/usage", content="[]", headers=sent, verify=NO_CERTIFICATES)
            for _ in range(2)
        ]
    in_listener, in_pool = (
        [each["request_id"] for each in log.events(level) if each["event"] == name] for name, level in LOST.items()
    )
    pushed = [event["request_id"] for event in log.events("info") if event["event"] == "usage_pushed"]

    assert in_listener == in_pool
    assert len(set(in_listener)) == 2
    assert [answer.headers["x-request-id"] for answer in answers] == pushed
    assert len({*pushed, *in_listener}) == 4
    assert all(re.fullmatch(r"[0-9a-f]{12}", each) for each in pushed)
    assert "of-a-stranger" not in log.text


def _all_that_works(stage: Stage, user: str) -> str:
    stage.press(user, stage.ask(user), "Switch it on")
    token = stage.token_of(user)
    days = [day_of(TODAY - timedelta(days=back), AMOUNT_USD) for back in (1, 2)]
    assert stage.send_ccusage(token, ccusage_file(*days), MACHINE).status_code == 200
    event = {
        "event_id": f"{WORDS}-{user}",
        "occurred_at": "2026-11-18T02:10:00Z",
        "person": {"email": EMAIL},
        "tool": "meshclaw",
        "work": WORK,
        "model": "claude-sonnet-4-5",
        "provider": "anthropic",
        "tokens": {"input": 1, "cache_read": 1, "cache_write": 1, "output": 1},
    }
    _push(stage, token, json.dumps([event]))
    assert "15,309" in texts(stage.ask(user))
    for words in ("week", "why", "privacy", "sources", "who", "export", f"{WORDS} {NAME}", f"@{WORDS}", "budget $8642"):
        stage.ask(user, words)
    stage.press(user, stage.ask(user), "Token details")
    return token


def _push(stage: Stage, token: str, content: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.post(f"{stage.services.web_url}/v1/usage", content=content, headers=headers, verify=NO_CERTIFICATES)


def _all_that_fails(stage: Stage, user: str, token: str) -> None:
    for fault in (server_error(), dropped(), html(), refused("invalid_arguments")):
        for method in ("response_url", "views.open", "views.update", "files.getUploadURLExternal", "chat.postMessage"):
            stage.slack.faults.next(method, fault, times=2)
        for words in ("", "export"):
            stage.slack.command(user, "/mytokens", words)
        stage.slack.forge_action(user, "mytokens-tokens", "4w")
        stage.settle()
        stage.slack.faults.clear()
    for body in (f'[{{"{WORDS}": 1}}]', f'{{"person": {{"email": "{EMAIL}"}}}}', WORDS, f'["{NAME}"'):
        assert _push(stage, token, body).status_code == 400
    assert _push(stage, f"ww_{WORDS}", "[]").status_code == 401
    if stage.transport == "http":  # over a socket one that nobody takes is not acknowledged
        stage.slack.event("message", text=f"{WORDS} {NAME}", user=user, channel="C01GENERAL")
    stage.slack.command(user, "/mytokens", WORDS * 1000)
    _mistakes_of_ours(stage, user)


def _mistakes_of_ours(stage: Stage, user: str) -> None:
    """Let the database refuse what we write: its error quotes the statement and every value in it."""
    database = stage.services.database
    with database.writer.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON slack_user BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    other = stage.newcomer(NAME, email=EMAIL)
    failed = stage.answer(other, stage.slack.mark(), stage.slack.forge_action(other, "mytokens-on", "-"))
    assert "That didn't work on my side; nothing is lost." in texts(failed)
    with database.writer.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER refuse")
    assert "$15,309" in texts(stage.ask(user))


def _the_command_line(url: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name, value in {"DATABASE_URL": url, "WORTHWHILE_SECRET": SECRET}.items():
        monkeypatch.setenv(name, value)
    file = folder / "file.json"
    file.write_bytes(ccusage_file(day_of(TODAY, AMOUNT_USD)))
    assert cli.main(["import", "--format", "ccusage", "--person", EMAIL, str(file)]) == 0
    for verb in (["job", "retention"], ["token", "list"], ["db", "check"]):
        assert cli.main(verb) == 0


def _secrets_of(stage: Stage, token: str) -> list[str]:
    return [token, stage.slack.bot_token, stage.slack.app_token, stage.slack.signing_secret, SECRET]
