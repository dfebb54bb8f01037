"""From the first question to the first figures: switched on, connected, sent, answered, and to nobody else."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import cli
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from tests.e2e.figures import days_back
from tests.e2e.harness import SECRET, Log, Stage, staged, texts, token_in

TOTAL_28_DAYS = "$37.80"  # 28 days of $1.35
TOTAL_7_DAYS = "$9.45"


def _private(shown: Shown, user: str) -> bool:
    return shown.user_ids == (user,) and not shown.public


def test_a_newcomer_is_told_that_nothing_is_collected_and_nothing_is(stage: Stage) -> None:
    user = stage.newcomer("Nora Quill")
    answer = stage.ask(user, channel=None)

    assert "*Hi Nora. No usage is collected about you yet.*" in texts(answer)
    assert _private(answer, user)
    assert stage.viewer(user) is None


def test_if_they_do_nothing_it_stays_off(stage: Stage) -> None:
    user = stage.newcomer()
    answer = stage.press(user, stage.ask(user), "Not now")

    assert "It stays off." in texts(answer)
    assert stage.viewer(user) is None


def test_from_switching_on_to_the_same_total_as_in_the_file(stage: Stage) -> None:
    user, other = stage.newcomer(), stage.someone_on()
    first_of_all = stage.slack.mark()
    on = stage.press(user, stage.ask(user), "Switch it on")
    connect = stage.press(user, on, "Connect my laptop")
    token = token_in(stage.press(user, connect, "Make my upload token"))
    sent = stage.send_ccusage(token, days_back(1, 60))
    answer = stage.ask(user)

    assert (sent.status_code, sent.json()["rows"], sent.json()["days"]) == (200, 180, 60)
    assert f"*{TOTAL_28_DAYS} at list price*" in texts(answer)
    assert "The four weeks before: $37.80." in texts(answer)
    assert "Claude Code" in texts(answer)
    assert "$30.80" in texts(answer)
    assert "$7.00" in texts(answer)
    assert f"*{TOTAL_7_DAYS} at list price*" in texts(stage.ask(user, "week"))
    assert not stage.slack.shown_to(other, first_of_all)
    assert all(_private(shown, user) for shown in stage.slack.everything_sent() if shown.number > first_of_all)
    assert "Connected to nothing yet." in texts(stage.ask(other))


def test_an_answer_in_a_channel_is_seen_by_nobody_else_there(stage: Stage) -> None:
    user = stage.someone_on()
    stage.slack.world.channels["C01GENERAL"].members.add(user)
    stage.send_ccusage(stage.token_of(user), days_back(1, 30))
    before = stage.slack.mark()
    answer = stage.ask(user, channel="C01GENERAL")

    assert answer.channel == "C01GENERAL"
    assert TOTAL_28_DAYS in texts(answer)
    assert not stage.slack.shown_to("U01MO", before)


def test_sending_the_same_file_again_changes_nothing(stage: Stage) -> None:
    user = stage.someone_on()
    token = stage.token_of(user)
    for _ in range(3):
        stage.send_ccusage(token, days_back(1, 60))

    assert f"*{TOTAL_28_DAYS} at list price*" in texts(stage.ask(user))


def test_a_second_machine_adds_and_replaces_only_itself(stage: Stage) -> None:
    user = stage.someone_on()
    token = stage.token_of(user)
    for machine in ("laptop", "desktop", "desktop"):
        stage.send_ccusage(token, days_back(1, 28), machine)
    answer = stage.ask(user)

    assert "*$75.60 at list price*" in texts(answer)
    assert "ccusage from desktop and ccusage from laptop to yesterday" in texts(answer)


def test_a_withdrawn_token_is_taken_no_more(stage: Stage) -> None:
    user = stage.someone_on()
    made = stage.press(user, stage.ask(user, "connect"), "Make my upload token")
    withdrawn = stage.press(user, made, "mytokens-withdraw")

    assert "Your upload token is withdrawn." in texts(withdrawn)
    assert stage.send_ccusage(token_in(made), days_back(1, 2)).status_code == 401


def test_a_new_token_replaces_the_old_one(stage: Stage) -> None:
    user = stage.someone_on()
    old = stage.token_of(user)
    connect = stage.ask(user, "connect")
    new = token_in(stage.press(user, connect, "Make a new upload token"))

    assert "You have one; a new one replaces it." in texts(connect)
    assert stage.send_ccusage(old, days_back(1, 2)).status_code == 401
    assert stage.send_ccusage(new, days_back(1, 2)).status_code == 200


def test_an_operator_can_load_a_file_for_somebody_and_learns_nothing(
    log: Log,
    new_database: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The command line has the machine's clock, so the bot has it too."""
    now = datetime.now(UTC)
    file = tmp_path / "ccusage.json"
    file.write_bytes(days_back(1, 60, now.date()))
    url = new_database()
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("WORTHWHILE_SECRET", SECRET)
    monkeypatch.setenv("LOG_LEVEL", "WARNING")
    with staged(LocalSlack(), url, "http", now=lambda: now) as stage:
        user, off = stage.someone_on(email="on@larkfield.example"), stage.newcomer(email="off@larkfield.example")
        said = {}
        for email in ("on@larkfield.example", "off@larkfield.example", "nobody@larkfield.example"):
            before = len(log.text)
            status = cli.main(["import", "--format", "ccusage", "--person", email, str(file)])
            said[email] = (status, log.text[before:])
        answer = stage.ask(user)

        assert set(said.values()) == {said["on@larkfield.example"]}
        assert said["on@larkfield.example"][0] == 0
        assert "180 rows of 60 days read, none malformed" in said["on@larkfield.example"][1]
        assert "$" not in said["on@larkfield.example"][1]
        assert f"*{TOTAL_28_DAYS} at list price*" in texts(answer)
        assert "No usage is collected about you yet." in texts(stage.ask(off))
        assert stage.viewer(off) is None
