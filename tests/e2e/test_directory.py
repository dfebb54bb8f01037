"""People whom the directory knows and who are not on: off in everything, and known only as everybody is."""

import io
import json
import zipfile

import httpx2
import pytest
from sqlmodel import select

from bot.connectors.pull import ListedAccount
from bot.jobs.listing import take_listing
from storage import links, tokens
from storage.choices import settings_of
from storage.tables import Account
from storage.usage import kept_days
from tests.cast import TODAY
from tests.e2e.accounts import Copilot, give, off_but_known, tell
from tests.e2e.harness import T0, Stage, only_over, texts
from tests.loopback import NO_CERTIFICATES

transport = only_over("http")


def test_an_event_of_slacks_refreshes_somebody_without_a_call(stage: Stage) -> None:
    user = stage.someone_on("Nora Quill")
    calls = len(stage.slack.calls)
    person = stage.slack.world.users[user]
    with stage.slack.world.lock:
        stage.slack.world.users[user] = type(person)(user, "Nora King", person.email, tz="Asia/Tokyo")
    tell(stage, user)
    found = stage.viewer(user)

    assert found is not None
    assert (found.tz, found.on_since) == ("Asia/Tokyo", TODAY)
    assert stage.calls_since(calls) == []


def test_an_event_of_somebody_who_left_closes_their_links_and_their_answers(stage: Stage) -> None:
    user = stage.someone_on()
    person = stage.slack.world.users[user]
    with stage.slack.world.lock:
        stage.slack.world.users[user] = type(person)(user, person.name, person.email, deleted=True)
    tell(stage, user)
    viewer = stage.viewer(user)
    assert viewer is not None
    with stage.services.database.reading() as session:
        ends = {link.to_day for link in links.links_of(session, viewer.person_id)}

    assert ends == {TODAY}
    stage.slack.command(user, "/mytokens", "", channel="C01GENERAL", force=True)
    stage.settle()
    last = [shown for shown in stage.slack.everything_sent() if user in shown.user_ids][-1]
    assert "This account is no longer active" in texts(last)


@pytest.mark.parametrize("odd", [None, "U01ANA", {}, {"id": ""}])
def test_an_event_that_carries_no_user_is_left_to_the_night(stage: Stage, odd: object) -> None:
    calls = len(stage.slack.calls)
    delivery = stage.slack.event("user_change", user=odd)
    stage.settle()

    assert delivery.acked
    assert stage.calls_since(calls) == []


def test_whoever_the_directory_knows_reads_the_first_screen_until_they_switch_on(stage: Stage) -> None:
    user = off_but_known(stage)
    first = "No usage is collected about you yet."
    said = {words: texts(stage.ask(user, words)) for words in ("", "why", "sources", "connect", "budget $5", "pause")}
    stage.slack.open_home(user)
    stage.settle()
    home = stage.slack.shown_to(user)[-1]

    assert all(first in answer for answer in said.values()), said
    assert first in texts(home)
    assert "the accounts that the connected tools list" in said[""]
    assert "Kept about your use:* nothing" in texts(stage.ask(user, "privacy"))
    assert "nobody but you" in texts(stage.ask(user, "who"))
    found = stage.viewer(user)
    assert found is not None
    assert found.on_since is None
    with stage.services.database.reading() as session:
        assert settings_of(session, found.person_id) == {}


@pytest.mark.parametrize("how", ["email", "slack_user_id", "external_id"])
def test_what_is_pushed_about_whoever_is_off_is_answered_alike_and_not_kept(stage: Stage, how: str) -> None:
    user, token = off_but_known(stage), operators_token(stage)
    give(stage, user, f"dev-{user}", "external")
    name = {"email": stage.slack.world.users[user].email, "slack_user_id": user, "external_id": f"dev-{user}"}[how]
    answers = [push(stage, token, f"{how}-{user}-{number}", {how: who}) for number, who in enumerate((name, "x@y.z"))]

    assert answers == [{"read": 1, "repeated": 0, "conflicts": []}] * 2
    viewer = stage.viewer(user)
    assert viewer is not None
    with stage.services.database.reading() as session:
        assert kept_days(session, viewer.person_id) == (0, None)
        assert session.exec(select(Account).where(Account.name == f"T0LOCAL/{user}")).all() == []


def operators_token(stage: Stage) -> str:
    name = f"platform-{stage.newcomer()}"
    return stage.services.database.writing(lambda session: tokens.create_token(session, name, None, T0))


def push(stage: Stage, token: str, event_id: str, person: dict[str, str]) -> object:
    event = {
        "event_id": event_id,
        "occurred_at": "2026-11-18T02:10:00Z",
        "person": person,
        "tool": "meshclaw",
        "model": "claude-sonnet-4-5",
        "provider": "anthropic",
        "tokens": {"input": 1, "cache_read": 1, "cache_write": 1, "output": 1},
    }
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.post(
        f"{stage.services.web_url}/v1/usage", content=json.dumps([event]), headers=headers, verify=NO_CERTIFICATES
    ).json()


def test_whoever_is_off_gets_what_is_known_as_a_file_and_can_erase_it(stage: Stage) -> None:
    user = off_but_known(stage)
    name = f"dev-{user}"
    copilot = Copilot()
    copilot.listed = [ListedAccount(name, stage.slack.world.users[user].email)]
    take_listing(stage.services, copilot)
    before = stage.slack.mark()
    answer = stage.ask(user, "export")
    file = next(shown for shown in stage.slack.shown_to(user, before) if shown.surface == "file")
    content = stage.slack.world.files[file.raw["files"][0]["id"]].content or b""
    data = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("my-data.json"))
    note = next(shown for shown in stage.slack.shown_to(user, before) if shown.surface == "dm")
    deleted = stage.press(user, note, "Delete the file")
    erased = stage.press(user, stage.ask(user, "forget"), "Erase everything")

    assert "Your data is in your messages" in texts(answer)
    assert file.user_ids == (user,)
    assert (data["person"]["email"], data["person"]["switched_on_at"]) == (stage.slack.world.users[user].email, None)
    assert [each["name"] for each in data["listed_accounts"]] == [name]
    assert (data["accounts"], data["usage"]) == ([], [])
    assert "1 file deleted." in texts(deleted)
    assert "comes back with the next nightly run, as for every employee" in texts(erased)
    assert stage.viewer(user) is None


def test_whom_the_directory_has_not_named_yet_reads_the_first_screen(stage: Stage) -> None:
    user = stage.newcomer()

    for words in ("export", "forget"):
        assert "No usage is collected about you yet." in texts(stage.ask(user, words))
