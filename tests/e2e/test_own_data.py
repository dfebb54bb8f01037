"""What a person decides about their own data: pause it, take it along, erase it, start again."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import select

from bot import cli
from bot.domain.people import Viewer
from bot.playground.faults import refused
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from storage import people, tokens
from storage.tables import OwnFile
from tests.cast import TODAY
from tests.e2e.figures import OPUS, days_back
from tests.e2e.harness import SECRET, T0, Log, Stage, everything_stored, only_over, staged, texts
from tests.loopback import NO_CERTIFICATES
from tests.senders import breakdown, by_agent, ccusage_file

transport = only_over("http")

FIELDS = {
    "day", "source", "tool", "model", "run_kind", "work", "tier", "uncached_input_tokens", "cache_read_tokens",
    "cache_write_tokens", "cache_write_1h_tokens", "output_tokens", "requests", "failed_requests", "runs",
    "runs_with_result", "billed_usd", "list_value_usd", "list_value_by", "counted",
}  # fmt: skip
PARTS = {
    "person", "accounts", "usage", "usage_months", "outcomes", "hints", "marks", "subscriptions", "use_cases",
    "figures",
}  # fmt: skip


def push(stage: Stage, token: str, event_id: str, person: dict[str, str], **more: Any) -> httpx2.Response:
    """Push one event."""
    event = {
        "event_id": event_id,
        "occurred_at": "2026-11-18T02:10:00Z",
        "person": person,
        "tool": "meshclaw",
        "work": "nightly",
        "trigger": "schedule",
        "model": "claude-sonnet-4-5",
        "provider": "anthropic",
        "tokens": {"input": 1, "cache_read": 1, "cache_write": 1, "output": 1},
        "cost": {"amount": "4.00", "currency": "USD", "basis": "billed"},
        **more,
    }
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.post(
        f"{stage.services.web_url}/v1/usage", content=json.dumps([event]), headers=headers, verify=NO_CERTIFICATES
    )


def operator_token(stage: Stage, name: str) -> str:
    """Make a platform's token."""
    return stage.services.database.writing(lambda session: tokens.create_token(session, name, None, T0))


def keys_of(stage: Stage, user: str) -> list[str]:
    """Return every word and number by which the database could know *user*."""
    viewer = stage.viewer(user)
    assert viewer is not None
    account = stage.services.database.writing(lambda session: people.own_account(session, viewer.slack_id))
    person = stage.slack.world.users[user]
    return [user, person.email, viewer.name, str(viewer.person_id), str(account)]


def export_of(stage: Stage, user: str) -> tuple[dict[str, Any], dict[str, list[dict[str, str]]], Shown]:
    """Have the file made; return its JSON, its tables and the message in the app's DM."""
    before = stage.slack.mark()
    said = stage.ask(user, "export")
    assert "Your data is in your messages with this app" in texts(said)
    shown = {one.surface: one for one in stage.slack.shown_to(user, before)}
    assert set(shown) == {"dm", "file", "ephemeral"}
    assert shown["file"].user_ids == shown["dm"].user_ids == (user,)
    file_id = shown["file"].raw["files"][0]["id"]
    content = stage.slack.world.files[file_id].content
    assert content is not None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        tables = {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
            if name.endswith(".csv")
        }
        return json.loads(archive.read("my-data.json")), tables, shown["dm"]


def test_while_paused_nothing_that_arrives_is_kept(stage: Stage) -> None:
    user = stage.someone_on()
    own, platform = stage.token_of(user), operator_token(stage, f"paused-{user}")
    stage.send_ccusage(own, days_back(1, 28))
    paused = stage.ask(user, "pause")
    before = everything_stored(stage.services.database).count("usage_day ")
    notes = stage.send_ccusage(own, days_back(1, 60), "second").json()["notes"]
    answers = [
        push(stage, own, f"own-{user}", {"slack_user_id": user}).json(),
        push(stage, platform, f"platform-{user}", {"slack_user_id": user}).json(),
    ]
    answer = texts(stage.ask(user))

    assert "*Paused since 19 Nov.* What was there is still here." in texts(paused)
    assert notes[-1] == "You paused collecting, so nothing was stored: resume with `/mytokens privacy`."
    assert answers == [{"read": 1, "repeated": 0, "conflicts": []}] * 2
    assert everything_stored(stage.services.database).count("usage_day ") == before
    assert "*$37.80 at list price*" in answer
    assert "*Paused since 19 Nov.*" in answer


def test_resuming_takes_what_comes_from_then_on(stage: Stage) -> None:
    user = stage.someone_on()
    token = stage.token_of(user)
    paused = stage.ask(user, "pause")
    stage.send_ccusage(token, days_back(1, 28))
    resumed = stage.press(user, paused, "Resume")
    nothing = texts(stage.ask(user))
    stage.send_ccusage(token, days_back(1, 28))

    assert "*It's on again.* What came in between was not kept." in texts(resumed)
    assert "Connected to nothing yet." in nothing
    assert "*$37.80 at list price*" in texts(stage.ask(user))


def test_a_paused_person_is_not_told_that_it_is_on(stage: Stage) -> None:
    user = stage.someone_on()
    stage.ask(user, "pause")
    choices = stage.press(user, stage.ask(user, "privacy"), "Weekly note and counting")

    assert "It's on." not in texts(choices)
    assert "It's on." not in texts(stage.press(user, choices, "Count me in"))
    assert "*Collecting*\npaused" in texts(stage.ask(user, "privacy"))


def test_the_file_has_every_field_with_decimal_strings_and_null_for_unknown(stage: Stage) -> None:
    user = stage.someone_on("Ana Export", tz="Asia/Tokyo")
    unpriced = by_agent(TODAY - timedelta(days=1), {"claude": [breakdown("new-model", (1, 2, 3, 4), 0)]})
    stage.send_ccusage(stage.token_of(user), days_back(1, 3))
    stage.send_ccusage(stage.token_of(user), ccusage_file(unpriced), "desktop")
    stage.ask(user, "budget $200")
    data, tables, _ = export_of(stage, user)
    rows = {(row["day"], row["model"]): row for row in data["usage"]}

    assert data.keys() >= PARTS
    assert all(row.keys() >= FIELDS for row in data["usage"])
    assert data["person"]["slack_user_id"] == user
    assert data["person"]["email"] == stage.slack.world.users[user].email
    assert data["person"]["time_zone"] == "Asia/Tokyo"
    assert data["settings"] == {"budget_nano_usd": "200000000000"}
    assert len(data["usage"]) == 10
    opus, new = rows["2026-11-18", OPUS], rows["2026-11-18", "new-model"]
    assert (opus["list_value_usd"], opus["list_value_by"], opus["billed_usd"], opus["requests"]) == (
        "1", "ccusage", None, None,
    )  # fmt: skip
    assert (opus["uncached_input_tokens"], opus["output_tokens"]) == (1001, 5000)
    assert (new["list_value_usd"], new["list_value_by"], new["cache_read_tokens"]) == (None, None, 2)
    assert sum(Decimal(row["list_value_usd"] or 0) for row in data["usage"]) == Decimal("4.05")
    assert len(tables["usage"]) == 10
    assert tables["usage"][0].keys() >= FIELDS


def test_no_spreadsheet_takes_a_cell_of_the_file_for_a_formula(stage: Stage) -> None:
    user = stage.someone_on()
    own = stage.token_of(user)
    for number, work in enumerate(("=1+1", "+cmd", "-2", "@SUM(A1)", '"=1', "=HYPERLINK(1)")):
        assert push(stage, own, f"f{number}-{user}", {"slack_user_id": user}, work=work).status_code == 200
    data, tables, _ = export_of(stage, user)

    assert {row["work"] for row in data["usage"]} >= {"=1+1", "@SUM(A1)"}
    for row in tables["usage"]:
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


def test_the_file_holds_nobody_elses(stage: Stage) -> None:
    user, other = stage.someone_on(), stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 2))
    stage.send_ccusage(stage.token_of(other), days_back(1, 5), f"machine-of-{other}")
    data, _, _ = export_of(stage, user)
    said = json.dumps(data)

    assert len(data["usage"]) == 6
    assert not [key for key in (*keys_of(stage, other), f"machine-of-{other}") if key in said]


def test_delete_the_file_deletes_ones_own_files_only(stage: Stage) -> None:
    user, other = stage.someone_on(), stage.someone_on()
    _, _, note = export_of(stage, user)
    _, _, others_note = export_of(stage, other)
    with stage.services.database.reading() as session:
        ids = {file.person_id: file.file_id for file in session.exec(select(OwnFile)).all()}
    mine, theirs = (ids[_person(stage, each).person_id] for each in (user, other))
    forged = stage.slack.mark()
    stage.answer(user, forged, stage.slack.forge_action(user, "mytokens-delete-file", theirs))
    assert theirs in stage.slack.world.files
    deleted = stage.press(user, note, "Delete the file")

    assert "There is no file of yours left." in texts(deleted)
    assert mine not in stage.slack.world.files
    assert theirs in stage.slack.world.files
    assert "1 file deleted." in texts(stage.press(other, others_note, "Delete the file"))


def _person(stage: Stage, user: str) -> Viewer:
    viewer = stage.viewer(user)
    assert viewer is not None
    return viewer


def test_a_file_that_slack_has_deleted_already_is_fine(stage: Stage) -> None:
    user = stage.someone_on()
    _, _, note = export_of(stage, user)
    stage.slack.faults.next("files.delete", refused("file_deleted"))

    assert "1 file deleted." in texts(stage.press(user, note, "Delete the file"))


def test_who_lists_the_files_that_were_made(stage: Stage) -> None:
    user = stage.someone_on()
    export_of(stage, user)

    assert "your own export, 19 Nov" in texts(stage.ask(user, "who"))


def test_without_the_scope_for_files_nothing_is_posted_and_it_says_so(new_database: Callable[[], str]) -> None:
    with staged(LocalSlack(), new_database(), "http") as stage:
        user = stage.someone_on()
        before = stage.slack.mark()
        answer = stage.ask(user, "export")

        assert "I may not upload files here: the app lacks the scope `files:write`." in texts(answer)
        assert [shown.surface for shown in stage.slack.shown_to(user, before)] == ["ephemeral"]
        assert "own_file" not in everything_stored(stage.services.database)


def test_erasing_leaves_nothing_of_the_person_in_any_table(stage: Stage) -> None:
    user, other = stage.someone_on(), stage.someone_on()
    own = stage.token_of(user)
    stage.send_ccusage(own, days_back(1, 60), f"machine-of-{user}")
    stage.send_ccusage(stage.token_of(other), days_back(1, 28))
    push(stage, own, f"erased-{user}", {"slack_user_id": user})
    stage.ask(user, "budget $200")
    stage.press(user, stage.ask(user, "digest"), "Count me in")
    export_of(stage, user)
    keys = [*keys_of(stage, user), f"machine-of-{user}"]
    assert all(key in everything_stored(stage.services.database) for key in keys)
    asked = stage.ask(user, "forget")
    erased = stage.press(user, asked, "Erase everything")

    assert "This cannot be undone." in json.dumps(asked.blocks)
    assert "Everything about you is gone" in texts(erased)
    stored = everything_stored(stage.services.database)
    assert [key for key in keys if key in stored] == []
    assert stage.send_ccusage(own, days_back(1, 2)).status_code == 401
    assert "No usage is collected about you yet." in texts(stage.ask(user))
    assert "*$37.80 at list price*" in texts(stage.ask(other))


def test_erasing_takes_the_files_in_slack_along(stage: Stage) -> None:
    user = stage.someone_on()
    export_of(stage, user)
    files = set(stage.slack.world.files)
    stage.press(user, stage.ask(user, "forget"), "Erase everything")

    assert len(files - set(stage.slack.world.files)) == 1


def test_a_file_that_slack_does_not_delete_stops_no_erasing_and_is_said(stage: Stage) -> None:
    user = stage.someone_on()
    export_of(stage, user)
    stage.slack.faults.every("files.delete", 1, refused("internal_error"))
    erased = stage.press(user, stage.ask(user, "forget"), "Erase everything")

    assert stage.viewer(user) is None
    assert "1 file with your data is still in the app's messages" in texts(erased)


def test_keeping_it_and_starting_again_work(stage: Stage) -> None:
    user = stage.someone_on()
    token = stage.token_of(user)
    stage.send_ccusage(token, days_back(1, 28))
    kept = stage.press(user, stage.ask(user, "forget"), "Keep it")
    erased = stage.press(user, stage.ask(user, "forget"), "Erase everything")
    again = stage.press(user, erased, "Start again")
    nothing = texts(stage.ask(user))
    stage.send_ccusage(stage.token_of(user), days_back(1, 28))

    assert "*$37.80 at list price*" in texts(kept)
    assert "It's on." in texts(again)
    assert "Connected to nothing yet." in nothing
    assert "*$37.80 at list price*" in texts(stage.ask(user))  # by their own hand old days may come back


def test_what_an_operator_loads_again_does_not_bring_erased_days_back(
    log: Log, new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    file, url = tmp_path / "old.json", new_database()
    file.write_bytes(days_back(0, 28, now.date()))
    for name, value in {"DATABASE_URL": url, "WORTHWHILE_SECRET": SECRET}.items():
        monkeypatch.setenv(name, value)
    load = ["import", "--format", "ccusage", "--person", "back@larkfield.example", str(file)]
    with staged(LocalSlack(), url, "http", now=lambda: now) as stage:
        user = stage.someone_on(email="back@larkfield.example")
        assert cli.main(load) == 0
        assert "*$37.80 at list price*" in texts(stage.ask(user))
        stage.press(user, stage.ask(user, "forget"), "Erase everything")
        off = cli.main(load)
        stage.press(user, stage.ask(user), "Switch it on")
        again = cli.main(load)
        answer = texts(stage.ask(user))

    assert (off, again) == (0, 0)
    assert "$" not in answer
    assert log.text.count("87 rows of 29 days read, none malformed") == 3


def test_what_the_operator_erases_is_gone_in_slack(
    log: Log, new_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database()
    for name, value in {"DATABASE_URL": url, "WORTHWHILE_SECRET": SECRET}.items():
        monkeypatch.setenv(name, value)
    with staged(LocalSlack(), url, "http") as stage:
        user = stage.someone_on(email="gone@larkfield.example")
        assert cli.main(["person", "forget", "gone@larkfield.example"]) == 0
        assert cli.main(["person", "forget", "nobody@larkfield.example"]) == 0

        assert "No usage is collected about you yet." in texts(stage.ask(user))
        assert log.text.count("done\n") == 2
