"""The command line: every verb, on a SQLite file, as an operator types it."""

import argparse
import io
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx2
import pytest
import yaml
from sqlalchemy import text
from sqlmodel import select

from bot import cli
from bot.arguments import parser
from bot.domain.people import Profile, SlackId, Viewer
from bot.domain.usage import UsageRow
from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from storage import organisation, people, subscriptions, tokens, usage
from storage.engine import Database, open_database
from storage.ids import source_id
from storage.migrate import head_revision
from storage.tables import Assignment, Person, Token, Tombstone
from tests.cast import ADA, MARKS, T0, row, switched_on
from tests.senders import breakdown, ccusage_file, lines, pushed, unified

NOW: Final = datetime.now(UTC)
YESTERDAY: Final = NOW.date() - timedelta(days=1)
ANA: Final = Profile(SlackId("T0LOCAL", "U01ANA"), "Ana Ruiz", "ana@larkfield.example", "Europe/Berlin")
UNKNOWN_PERSON: Final = "nobody@example.com"


class Said(NamedTuple):
    """What a verb answered: its exit status, results and everything else."""

    status: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def url(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The settings of somebody who runs the bot: a database that is up to date, and a secret."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("WORTHWHILE_SECRET", MARKS.secret.decode())
    return sqlite_url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.dispose()


@pytest.fixture
def run(url: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one verb, with *stdin* if it reads any."""

    def one(*words: str, stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        try:
            status = cli.main(words)
        except SystemExit as wrong:
            status = int(wrong.code or 0)
        return Said(status, *capfd.readouterr())

    return one


@pytest.fixture
def slack(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalSlack]:
    """The local Slack, and the settings that lead to it."""
    with LocalSlack().running() as local:
        monkeypatch.setenv("SLACK_BOT_TOKEN", local.bot_token)
        monkeypatch.setenv("SLACK_APP_TOKEN", local.app_token)
        monkeypatch.setenv("SLACK_API_URL", local.api_url)
        yield local


@pytest.fixture
def ccusage(tmp_path: Path) -> Path:
    path = tmp_path / "ccusage.json"
    path.write_bytes(ccusage_file(unified(YESTERDAY, [breakdown("claude-sonnet-4-5", cost=0.5)])))
    return path


def event(**changes: Any) -> dict[str, Any]:
    return pushed(occurred_at=f"{YESTERDAY}T02:10:00Z", **changes)


def rows(database: Database, viewer: Viewer) -> list[UsageRow]:
    with database.reading() as session:
        return usage.usage_of(session, viewer.person_id, date.min, date.max)


def verbs_of(words: argparse.ArgumentParser) -> set[str]:
    subs = [action for action in words._actions if isinstance(action, argparse._SubParsersAction)]
    found = {str(words.get_default("verb"))} - {"None"}
    return found.union(*(verbs_of(inner) for sub in subs for inner in sub.choices.values()))


def test_every_verb_that_can_be_typed_is_carried_out() -> None:
    assert verbs_of(parser()) == set(cli.VERBS)


# import


def test_a_ccusage_file_is_taken_in_for_whose_it_is(run: Run, database: Database, ccusage: Path) -> None:
    ada = switched_on(database, ADA, NOW)

    said = run("import", "--format", "ccusage", str(ccusage), "--person", "ada@example.com", "--name", "desk")

    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("1 row of 1 day read, none malformed\n")
    assert "Days are taken as UTC" in said.out
    assert [(each.day, each.output_tokens, each.list_value_nano_usd) for each in rows(database, ada)] == [
        (YESTERDAY, 40, 500_000_000)
    ]


def test_a_ccusage_file_from_standard_input_replaces_the_same_days(run: Run, database: Database, ccusage: Path) -> None:
    ada = switched_on(database, ADA, NOW)
    words = ("import", "--format", "ccusage", "--person", "ada@example.com")
    run(*words, str(ccusage))

    said = run(*words, "-", stdin=ccusage_file(unified(YESTERDAY, [breakdown("claude-sonnet-4-5", cost=0.75)])))

    assert said.status == 0
    assert [each.list_value_nano_usd for each in rows(database, ada)] == [750_000_000]


def test_the_words_about_a_ccusage_file_tell_nothing_of_a_person(run: Run, database: Database, ccusage: Path) -> None:
    switched_on(database, ADA, NOW)
    words = ("import", "--format", "ccusage", str(ccusage), "--person")

    assert run(*words, "ada@example.com") == run(*words, UNKNOWN_PERSON)


def test_whose_ccusage_file_it_is_must_be_said(run: Run, ccusage: Path) -> None:
    said = run("import", "--format", "ccusage", str(ccusage))

    assert (said.status, said.out) == (2, "")
    assert "--person EMAIL" in said.err


def test_pushed_events_are_taken_from_a_file_and_known_again_from_standard_input(
    run: Run, database: Database, tmp_path: Path
) -> None:
    ada = switched_on(database, ADA, NOW)
    content = lines(event(), event(event_id="run-81-4"))
    (tmp_path / "events.ndjson").write_bytes(content)

    first = run("import", "--format", "push", str(tmp_path / "events.ndjson"))
    again = run("import", "--format", "push", "-", stdin=content)

    assert (first.status, first.out, first.err) == (0, "2 rows read, none malformed, 0 known already\n", "")
    assert (again.status, again.out, again.err) == (0, "2 rows read, none malformed, 2 known already\n", "")
    assert [(each.work, each.requests) for each in rows(database, ada)] == [("nightly-triage", 6)]


def test_an_event_that_is_known_with_other_content_is_listed(run: Run) -> None:
    run("import", "--format", "push", "-", stdin=lines(event()))

    said = run("import", "--format", "push", "-", stdin=lines(event(requests=4)))

    assert said.status == 0
    assert said.out.endswith("not stored, known with other content: run-81-3\n")


def test_every_malformed_row_is_named_with_its_line_and_nothing_is_stored(run: Run, database: Database) -> None:
    ada = switched_on(database, ADA, NOW)
    content = lines(event(), event(requests=-1), event(event_id="x", trigger="moon")) + b"not JSON\n"

    said = run("import", "--format", "push", "-", stdin=content)

    assert (said.status, said.out) == (1, "")
    named = said.err.splitlines()
    assert named[0] == "worthwhile: 3 events cannot be used; nothing was stored. Mend and send again."
    assert [line.split(":")[1].strip() for line in named[1:]] == ["line 2", "line 3", "line 4"]
    assert "$.requests" in named[1]
    assert rows(database, ada) == []


@pytest.mark.parametrize("form", [("push",), ("ccusage", "--person", UNKNOWN_PERSON)], ids=["push", "ccusage"])
def test_a_file_that_cannot_be_used_is_named_in_one_line(run: Run, form: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name, reason in (("absent.json", "no such file"), ("folder", "a ")):
        said = run("import", "--format", *form, str(tmp_path / name))

        assert (said.status, said.out) == (1, "")
        assert said.err.startswith(f"worthwhile: {tmp_path / name} cannot be read: ")
        assert reason in said.err.lower()
        assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("form", [("push",), ("ccusage", "--person", UNKNOWN_PERSON)], ids=["push", "ccusage"])
def test_binary_garbage_is_refused_without_a_trace(run: Run, form: tuple[str, ...]) -> None:
    said = run("import", "--format", *form, "-", stdin=bytes(range(256)) * 8)

    assert (said.status, said.out) == (1, "")
    assert "JSON" in said.err
    assert "Traceback" not in said.err


# wrong usage


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("dance",),
        ("import", "file"),
        ("import", "--format", "organisation", "file"),
        ("job", "leaderboard"),
        ("token",),
        ("token", "create"),
        ("person", "show", "ada@example.com"),
        ("db",),
        ("run", "--ccusage", "file"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_says_so_on_stderr(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words)

    assert (said.status, said.out) == (2, "")
    assert said.err


# job


def test_a_job_runs_at_another_time_on_a_demo_database_only(run: Run, database: Database) -> None:
    real = run("job", "digests", "--now", "2026-11-24T08:00:00Z")
    viewer = switched_on(database, ANA)
    database.writing(lambda session: subscriptions.subscribe(session, viewer.person_id, "button", T0))
    demo = run("job", "digests", "--now", "2026-11-24T09:00:00+01:00")
    again = run("job", "digests", "--now", "2026-11-24T08:30:00")

    assert (real.status, real.out) == (1, "")
    assert "demo database only" in real.err
    assert json.loads(demo.out) == {"planned": 1, "waiting": 0}
    assert json.loads(again.out) == {"planned": 0, "waiting": 0}


@pytest.mark.parametrize("now", ["tomorrow", "2026-13-01", ""])
def test_a_time_that_is_none_is_wrong_usage(run: Run, now: str) -> None:
    assert run("job", "digests", "--now", now).status == 2


# token


def test_a_token_is_shown_once_listed_without_itself_and_revoked(run: Run, database: Database) -> None:
    made = run("token", "create", "--name", "meshclaw")
    token = made.out.strip()
    listed = run("token", "list")
    with database.reading() as session:
        assert tokens.bearer(session, token) == tokens.Bearer("meshclaw", None)
    revoked = run("token", "revoke", "meshclaw")
    with database.reading() as session:
        assert tokens.bearer(session, token) is None

    assert (made.status, made.err) == (0, "")
    assert token.startswith("ww_")
    assert listed.out == f"meshclaw\tmade {NOW:%Y-%m-%d}\tin force\n"
    assert (revoked.status, revoked.out) == (0, "revoked\n")
    assert f"revoked {NOW:%Y-%m-%d}" in run("token", "list").out


def test_a_name_in_force_and_a_token_that_is_not_there_are_said(run: Run) -> None:
    run("token", "create", "--name", "meshclaw")

    twice, absent = run("token", "create", "--name", "meshclaw"), run("token", "revoke", "other")

    assert [(said.status, said.out) for said in (twice, absent)] == [(1, ""), (1, "")]
    assert "--name meshclaw" in twice.err
    assert "other" in absent.err


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 101])
def test_a_token_needs_a_name_that_can_be_listed(run: Run, name: str) -> None:
    said = run("token", "create", "--name", name)

    assert (said.status, said.out) == (1, "")
    assert run("token", "list").out == ""


def test_a_persons_token_is_theirs_and_is_not_listed(run: Run, database: Database) -> None:
    ada = switched_on(database, ADA, NOW)

    known = run("token", "create", "--name", "a", "--person", "ada@example.com")
    unknown = run("token", "create", "--name", "b", "--person", UNKNOWN_PERSON)

    with database.reading() as session:
        assert tokens.bearer(session, known.out.strip()) == tokens.Bearer("a", ada.person_id)
    assert (known.status, len(known.out), known.err) == (unknown.status, len(unknown.out), unknown.err)
    assert run("token", "list").out == ""


# db, manifest, job


def test_an_absent_database_is_said_to_be_old_then_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new' / 'folder' / 'worthwhile.db'}")

    before, made, after = run("db", "check"), run("db", "upgrade"), run("db", "check")

    assert (before.status, before.out) == (1, "")
    assert "revision none" in before.err
    assert "worthwhile db upgrade" in before.err
    assert (made.status, made.out) == (after.status, after.out) == (0, f"{head_revision()}\n")


def test_a_database_of_another_revision_is_named(run: Run, database: Database) -> None:
    for version, expected in (
        ("r0001", f"at revision r0001, this version needs {head_revision()}"),
        ("r9999", "at revision r9999, which this version does not know"),
    ):
        with database.writer.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": version})

        said = run("db", "check")

        assert said.status == 1
        assert expected in said.err


def test_the_secret_beside_the_file_is_readable_by_its_owner_alone(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WORTHWHILE_SECRET")

    assert run("token", "list").status == 0
    assert stat.S_IMODE((tmp_path / "worthwhile.db.secret").stat().st_mode) == 0o600


def test_the_manifest_has_the_prefix_and_the_address(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMAND_PREFIX", "ai")

    socket, http = run("manifest"), run("manifest", "--url", "https://bot.example.com/")

    over_socket, over_http = yaml.safe_load(socket.out), yaml.safe_load(http.out)
    assert over_socket["features"]["slash_commands"][0]["command"] == "/aimytokens"
    assert over_socket["settings"]["socket_mode_enabled"] is True
    endpoint = "https://bot.example.com/slack/events"
    assert over_http["features"]["slash_commands"][0]["url"] == endpoint
    assert over_http["settings"]["interactivity"] == {"is_enabled": True, "request_url": endpoint}
    assert over_http["settings"]["socket_mode_enabled"] is False


def test_a_manifest_for_an_open_address_is_refused(run: Run) -> None:
    said = run("manifest", "--url", "http://bot.example.com")

    assert (said.status, said.out) == (1, "")
    assert "https://" in said.err


def test_retention_turns_old_days_into_months_and_prints_counts(run: Run, database: Database) -> None:
    ada = switched_on(database, ADA, NOW - timedelta(days=200))
    old = NOW.date() - timedelta(days=150)

    def deliver(session: Any) -> None:
        account = people.own_account(session, ada.slack_id)
        source = source_id(session, "ccusage", "desk", owner=account)
        said = row(day=old, source_id=source, list_value_nano_usd=5)
        usage.replace_days(session, account, source, {old}, [said], NOW)

    database.writing(deliver)

    said = run("job", "retention")

    assert (said.status, json.loads(said.out), said.err) == (0, {"rows_folded": 1, "leavers_erased": 0}, "")
    with database.reading() as session:
        months = usage.months_of(session, ada.person_id, date.min, date.max)
    assert [(month.day, month.list_value_nano_usd) for month in months] == [(old.replace(day=1), 5)]
    assert rows(database, ada) == []


def test_the_directory_job_notices_who_left(run: Run, database: Database, slack: LocalSlack) -> None:
    switched_on(database, ANA, NOW)
    slack.world.users["U01ANA"] = LocalUser("U01ANA", "Ana Ruiz", "ana@larkfield.example", deleted=True)

    said = run("job", "directory")

    assert (said.status, json.loads(said.out)) == (0, {"refreshed": 6, "left": 1, "homes": 0, "user_groups": 0})


def test_the_directory_job_says_the_same_whoever_is_on(run: Run, database: Database, slack: LocalSlack) -> None:
    off = run("job", "directory")
    switched_on(database, ANA, NOW)

    assert run("job", "directory") == off


# import --format accounts

_ACCOUNTS = "provider,account,person\n"


def test_a_file_of_accounts_says_the_same_of_people_who_are_on_off_or_unknown(
    run: Run, database: Database, slack: LocalSlack
) -> None:
    run("job", "directory")
    switched_on(database, ANA, NOW)
    people_ = ("ana@larkfield.example", "mo@larkfield.example", UNKNOWN_PERSON, "shared")
    said = {
        run("import", "--format", "accounts", "-", stdin=f"{_ACCOUNTS}github,dev-{number},{who}\n".encode())
        for number, who in enumerate(people_)
    }

    assert {(one.status, one.out.splitlines()[0], one.err) for one in said} == {(0, "1 row read, none malformed", "")}
    assert len(said) == 1


def test_a_file_of_accounts_with_a_bad_row_stores_nothing_and_quotes_nobody(run: Run, database: Database) -> None:
    content = f"{_ACCOUNTS}github,dev-1,ana@larkfield.example\ngithub,dev-2,ana\n"
    said = run("import", "--format", "accounts", "-", stdin=content.encode())
    with database.reading() as session:
        stored = session.get(Assignment, ("github", "dev-1"))

    assert (said.status, said.out, stored) == (1, "", None)
    assert "worthwhile: line 3: the person is neither a mail address nor `shared`" in said.err
    assert "dev-2" not in said.err


def test_a_row_that_gives_away_somebodys_address_is_refused_whoever_they_are(
    run: Run, database: Database, slack: LocalSlack
) -> None:
    run("job", "directory")
    content = f"{_ACCOUNTS}github,dev-1,mo@larkfield.example\nanthropic,ana@larkfield.example,mo@larkfield.example\n"
    off = run("import", "--format", "accounts", "-", stdin=content.encode())
    switched_on(database, ANA, NOW)
    on = run("import", "--format", "accounts", "-", stdin=content.encode())
    with database.reading() as session:
        stored = session.get(Assignment, ("github", "dev-1"))

    assert on == off
    assert (off.status, off.out, stored) == (1, "", None)
    assert "line 3: the account is known to be another person's than the one it names" in off.err
    assert "larkfield" not in off.err


def test_a_file_of_accounts_takes_no_person(run: Run) -> None:
    said = run("import", "--format", "accounts", "-", "--person", UNKNOWN_PERSON)

    assert said.status == 2
    assert "takes no --person" in said.err


# import --format org

_ORGANISATION = "what,name,value\ngroup,Payments,\n"
_MOS_TEAM = "team,Payments,{lead}\nplace,Payments,acme/payments\n"


def homes(database: Database) -> list[tuple[int, str]]:
    with database.reading() as session:
        return list(organisation.homes(session))


def test_a_file_of_the_organisation_says_the_same_of_people_who_are_on_off_or_unknown(
    run: Run, database: Database, slack: LocalSlack
) -> None:
    run("job", "directory")
    ana = switched_on(database, ANA, NOW)
    said = {
        run("import", "--format", "org", "-", stdin=f"{_ORGANISATION}member,{who},Payments\n".encode())
        for who in ("mo@larkfield.example", UNKNOWN_PERSON, "ana@larkfield.example")
    }

    assert {(one.status, one.out, one.err) for one in said} == {(0, "2 rows read, none malformed\n", "")}
    assert homes(database) == [(ana.person_id, "Payments")]


def test_what_is_odd_in_the_organisation_is_named_and_loaded(run: Run, database: Database, slack: LocalSlack) -> None:
    run("job", "directory")
    content = _ORGANISATION + _MOS_TEAM.format(lead=UNKNOWN_PERSON)
    said = run("import", "--format", "org", "-", stdin=content.encode())
    with database.reading() as session:
        listed = organisation.listed_team(session, "Payments")

    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines() == [
        "3 rows read, none malformed",
        "line 3: the lead is nobody whom Slack's directory knows; so far nobody can set this up",
        "line 4: no connected source has reported anything of acme/payments yet",
    ]
    assert listed is not None


def test_an_organisation_with_a_bad_row_is_refused_and_the_one_before_stays(
    run: Run, database: Database, slack: LocalSlack
) -> None:
    run("job", "directory")
    good = f"{_ORGANISATION}member,mo@larkfield.example,Payments\n"
    run("import", "--format", "org", "-", stdin=good.encode())
    before = homes(database)
    said = run("import", "--format", "org", "-", stdin=f"{good}group,Payments,Payments\ngroup,A,A\n".encode())

    assert (said.status, said.out) == (1, "")
    assert said.err.splitlines()[1:] == [
        "worthwhile: line 4: the group is in line 2 already, in another group: groups would overlap",
        "worthwhile: line 5: the groups lie in a ring: A in A",
    ]
    assert len(before) == 1
    assert homes(database) == before


# person


def test_the_offer_of_a_file_goes_to_somebody_who_is_off_too(run: Run, database: Database, slack: LocalSlack) -> None:
    run("job", "directory")
    said = run("person", "export", "mo@larkfield.example")

    assert said == run("person", "export", UNKNOWN_PERSON) == (0, "sent\n", "")
    assert [shown.surface for shown in slack.shown_to("U01MO")] == ["dm"]


def test_a_token_for_somebody_who_is_off_is_nobodys(run: Run, database: Database, slack: LocalSlack) -> None:
    """Else its answers would tell the operator who has switched on."""
    run("job", "directory")
    run("token", "create", "--name", "probe", "--person", "mo@larkfield.example")
    with database.reading() as session:
        owners = set(session.exec(select(Token.person_id)))
        known = set(session.exec(select(Person.id)))

    assert len(owners) == 1
    assert not owners & known


def test_forgetting_says_the_same_of_anybody_and_erases(run: Run, database: Database) -> None:
    ada = switched_on(database, ADA, NOW)

    assert run("person", "forget", "ada@example.com") == run("person", "forget", UNKNOWN_PERSON) == (0, "done\n", "")
    with database.reading() as session:
        assert session.get(Person, ada.person_id) is None
        assert session.get(Tombstone, MARKS.of_slack(ADA.slack_id)) is not None


def test_an_export_is_offered_in_slack_and_nothing_is_printed_of_it(
    run: Run, database: Database, slack: LocalSlack
) -> None:
    switched_on(database, ANA, NOW)

    known, unknown = run("person", "export", "ana@larkfield.example"), run("person", "export", UNKNOWN_PERSON)

    assert known == unknown == (0, "sent\n", "")
    shown = slack.shown_to("U01ANA")
    assert [one.text for one in shown] == ["Your data can be made into a file."]
    assert "Make my file" in json.dumps(shown[0].blocks)
    assert [call.method for call in slack.calls] == ["auth.test", "chat.postMessage", "auth.test"]


# what goes wrong


def test_every_missing_setting_is_named_at_once(run: Run) -> None:
    said = run("run")

    assert (said.status, said.out) == (1, "")
    assert "SLACK_BOT_TOKEN" in said.err
    assert "SLACK_APP_TOKEN" in said.err


def test_every_wrong_setting_is_named_at_once(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WEB_PORT", "LOG_LEVEL", "COMMAND_PREFIX"):
        monkeypatch.setenv(name, "Wrong!")

    said = run("db", "check")

    assert (said.status, said.out) == (1, "")
    assert [line.split(":")[1].strip() for line in said.err.splitlines()] == ["WEB_PORT", "COMMAND_PREFIX", "LOG_LEVEL"]


def test_a_folder_that_cannot_be_made_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'file' / 'worthwhile.db'}")

    said = run("db", "upgrade")

    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("worthwhile: DATABASE_URL: the folder of ")
    assert len(said.err.splitlines()) == 1


def test_a_file_that_is_no_database_is_said(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "letter.db").write_text("Dear Ada, this is no database at all. " * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'letter.db'}")

    said = run("token", "list")

    assert (said.status, said.out) == (1, "")
    assert "is no SQLite file" in said.err


def test_a_trace_is_shown_with_debug_only(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_arguments: argparse.Namespace) -> None:
        raise ZeroDivisionError("a figure that nobody should read")

    monkeypatch.setattr(cli, "VERBS", {"db check": fails})

    said = run("db", "check")

    assert (said.status, said.out) == (1, "")
    assert said.err == "worthwhile: Unexpected ZeroDivisionError; the same with --debug shows where.\n"
    with pytest.raises(ZeroDivisionError):
        run("--debug", "db", "check")


# run, demo


def test_the_bot_runs_until_it_is_told_to_stop(slack: LocalSlack, url: str) -> None:
    environment = {**os.environ, "WEB_PORT": "0"}
    bot = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        slack.wait_connected(15)
        slack.command("U01ANA", "/mytokens")
        answer = slack.wait_shown("U01ANA", timeout=10)
    finally:
        bot.send_signal(signal.SIGTERM)
        out, err = bot.communicate(timeout=20)

    assert (bot.returncode, out) == (0, "")
    assert "No usage is collected about you yet" in json.dumps(answer.blocks)
    assert "ready" in err
    assert "stopping" in err
    assert "Ana" not in err


def test_without_slack_tokens_run_can_be_the_demo_with_your_own_figures_that_ends_with_its_input(
    run: Run, ccusage: Path
) -> None:
    said = run("run", "--or-demo", "--terminal", "--ccusage", str(ccusage), stdin=b"as you\n/mytokens\n")

    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("No Slack tokens are set in .env, so this is the demo")
    assert "Larkfield, a made-up company" in said.out
    assert "(only visible to you)\n\nYour last four weeks\n" in said.out
    assert "$0.50 at list price" in said.out
    assert said.out.endswith("you in dm> \n")


def test_the_demo_serves_its_page_until_it_is_told_to_stop() -> None:
    demo = subprocess.Popen([sys.executable, "-m", "bot", "demo", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert demo.stdout is not None
        address = demo.stdout.readline().rpartition(" ")[2].strip()
        page = httpx2.get(address, timeout=10)
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=20)

    assert demo.returncode == 0
    assert "made-up company" in page.text


def test_a_port_in_use_is_one_line(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said = run("demo", "--port", str(port))

    assert (said.status, said.out) == (1, "")
    assert said.err == f"worthwhile: --port {port}: something else listens there. Stop it, or choose another port.\n"


@pytest.mark.parametrize("content", [None, b"\x00\xff"], ids=["absent", "garbage"])
def test_a_demo_with_a_file_that_cannot_be_used_is_one_line(run: Run, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "mine.json").write_bytes(content)

    said = run("demo", "--terminal", "--ccusage", str(tmp_path / "mine.json"))

    assert (said.status, said.out) == (1, "")
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("port", ["99999", "-1", "high"])
def test_a_port_that_is_none_is_wrong_usage(port: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["demo", f"--port={port}"])

    assert ended.value.code == 2
    assert f"{port} is no port: take a number from 0 to 65535" in capfd.readouterr().err
