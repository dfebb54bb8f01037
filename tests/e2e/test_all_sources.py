"""`worthwhile sync` from every source that is asked, on both engines: what is stored is what the sources hold.

No provider was ever called: Anthropic, OpenAI, Cursor, GitHub and LiteLLM are stand-ins that answer with
made-up replies after the providers' documentation, and Kiro and Bedrock are made-up files in a folder.
"""

import io
import os
import pty
import re
import subprocess
import sys
import termios
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from sqlmodel import Session, SQLModel, select

from bot import cli, sources
from bot.config import load_settings
from bot.connectors.cursor import cursor_api
from bot.connectors.prices import price_book
from bot.domain.counting import count_once
from bot.domain.people import Profile, SlackId, Viewer
from bot.domain.usage import MEASURES
from bot.jobs.assigning import take_accounts
from bot.policy import load_policy
from bot.services import Services
from handlers.sources import sources as show_sources
from handlers.usage import show
from handlers.visit import Visit
from storage import links, people
from storage.bills import instance_of
from storage.engine import Database
from storage.pulls import health_of
from storage.tables import Label, ListedAccount, Source, SourceDay
from storage.usage import usage_of
from tests.cast import MARKS, ORG
from tests.e2e.every_source import DAILY_DAYS, SHARED, Company, company_in, days_before
from tests.e2e.held import EVERYBODY, Fact, email
from tests.promises.answers import services_on, strings
from tests.senders import lines, pushed

ROOT: Final = Path(__file__).parents[2]
ALL: Final = {"anthropic", "openai", "cursor", "copilot", "litellm", "kiro", "bedrock"}
WORK: Final = {"github"}  # the same token also brings finished work, of which there is none here
BY_ADDRESS: Final = ("anthropic", "cursor", "bedrock")  # their rows call people by mail address
EVES_AMOUNT: Final = 7919  # a prime that no figure of others has in it

Key = tuple[str, ...]
Figures = Mapping[str, int | None]


class Said(NamedTuple):
    """What a verb answered."""

    status: int
    out: str
    err: str


Sync = Callable[..., Said]


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """Every source, connected by the environment, with three days of use, one of them long ago."""
    # Cursor is asked once a second, or once in three, which its own tests are about.
    monkeypatch.setattr(sources, "cursor_api", lambda url, key, **_: cursor_api(url, key, per_minute=60_000))
    monkeypatch.setenv("WORTHWHILE_SECRET", MARKS.secret.decode())
    with company_in(tmp_path) as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        made.hold(amounts(1))
        yield made


@pytest.fixture
def sync(database_url: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Sync:
    """Run the verb as it is typed; another one with *verb*."""
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run(*words: str, verb: str = "sync", stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        return Said(cli.main([verb, *words]), *capfd.readouterr())

    return run


@pytest.fixture
def only(company: Company, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Leave these sources connected alone, where a test needs no other and a back-fill takes its time."""

    def leave(*kinds: str) -> None:
        kept = {sources.KNOWN[kind] for kind in kinds}
        for setting in set(sources.KNOWN.values()) - kept:
            monkeypatch.delenv(setting, raising=False)

    return leave


def today() -> date:
    return datetime.now(UTC).date()


def amounts(first: int, *, days: Iterable[date] = ()) -> dict[tuple[date, str], int]:
    """Return how much everybody used: yesterday, the day before, and long before any source is asked for again."""
    yesterday, before, long_ago = days_before(today(), 1, 2, DAILY_DAYS - 1)
    found = {
        (day, who): EVES_AMOUNT if who == "eve" else first + 10 * number + place
        for number, day in enumerate((yesterday, before, long_ago))
        for place, who in enumerate(EVERYBODY)
    }
    return {key: amount for key, amount in found.items() if not days or key[0] in days}


def switch_on(database: Database, who: str) -> Viewer:
    """Switch somebody on as the button does; Slack's directory has their mail address."""
    profile = Profile(SlackId(ORG, f"U0{who.upper()}"), who.title(), email(who), "UTC")
    now = datetime.now(UTC)

    def switch(session: Session) -> Viewer:
        viewer = people.switch_on(session, profile, MARKS, now, DAILY_DAYS)
        links.link_by_email(session, viewer, profile, BY_ADDRESS, MARKS, now.date() - timedelta(days=DAILY_DAYS))
        return viewer

    return database.writing(switch)


def share_keys(database: Database) -> None:
    """Load the operator's file that calls a key shared, before any of the days."""
    take_accounts(services_on(database, datetime.now(UTC) - timedelta(days=DAILY_DAYS + 1)), SHARED)


def figures_of(facts: Iterable[Fact]) -> Figures:
    """Add facts up; a measure that none of them names is unknown."""
    told = [fact.figures for fact in facts]
    known = {name: [each[name] for each in told if name in each] for name in MEASURES}
    return {name: sum(values) if values else None for name, values in known.items()}


def held_of(company: Company, who: str) -> dict[Key, Figures]:
    """Return what the sources hold of somebody, by day and model, in all measures and both lanes of money."""
    return {
        (each.source, str(each.day), each.tool, each.model, each.run_kind, each.tier): figures_of([each])
        for each in company.facts
        if each.who == who
    }


def stored_of(database: Database, viewer: Viewer) -> dict[Key, Figures]:
    with database.reading() as session:
        rows = usage_of(session, viewer.person_id, date.min, date.max)
    assert not [row for row in rows if row.partly_unknown]
    return {
        (row.source, str(row.day), row.tool, row.model, row.run_kind, row.tier): {
            name: getattr(row, name) for name in MEASURES
        }
        for row in rows
    }


def held_of_everybody(company: Company, since: date) -> dict[Key, Figures]:
    groups: defaultdict[Key, list[Fact]] = defaultdict(list)
    for each in company.facts:
        if each.day >= since:
            groups[each.source, str(each.day), each.model, each.run_kind].append(each)
    return {key: figures_of(facts) for key, facts in groups.items()}


def stored_of_everybody(database: Database, since: date) -> dict[Key, Figures]:
    with database.reading() as session:
        names = {label.id: label.name for label in session.exec(select(Label))}
        kinds = {source.id: source.kind for source in session.exec(select(Source))}
        return {
            (kinds[row.source_id], str(row.day), names[row.model_id], names[row.run_kind_id]): {
                name: getattr(row, name) for name in MEASURES
            }
            for row in session.exec(select(SourceDay))
            if row.day >= since
        }


def check_all(database: Database, company: Company, viewers: Mapping[str, Viewer]) -> None:
    """Compare everything that is stored with what the sources hold now."""
    for who, viewer in viewers.items():
        assert stored_of(database, viewer) == held_of(company, who)
    since = today() - timedelta(days=2)
    assert stored_of_everybody(database, since) == held_of_everybody(company, since)


def everything(database: Database) -> dict[str, str]:
    """Return every row of every table as text, by table."""
    with database.reading() as session:
        return {
            table.name: "\n".join(str(tuple(row)) for row in session.connection().execute(table.select()))
            for table in SQLModel.metadata.sorted_tables
        }


def test_what_is_stored_is_what_the_sources_hold_again_and_after_they_revised_two_days(
    company: Company, sync: Sync, database: Database
) -> None:
    share_keys(database)
    viewers = {who: switch_on(database, who) for who in ("ada", "bob")}
    assert {fact.source for fact in company.facts} == ALL

    for revised in (False, False, True):
        if revised:
            company.hold(amounts(1) | amounts(4000, days=days_before(today(), 1, 2)))
        said = sync()
        assert (said.status, said.err) == (0, "")
        assert {line.partition(":")[0] for line in said.out.splitlines()} == ALL | WORK
        check_all(database, company, viewers)
        check_that_eve_is_in_sums_only(database, company)


def check_that_eve_is_in_sums_only(database: Database, company: Company) -> None:
    """Search every table for whoever is not on: by name, and by figures that only their rows have."""
    stored = everything(database)
    named = {table for table, rows in stored.items() if "eve" in rows.lower()}
    figures = {str(value) for fact in company.facts if fact.who == "eve" for value in fact.figures.values()}
    of_eve = {value for value in figures if len(value) > 3 and value not in _figures_of_others(company)}
    counted = {table for table, rows in stored.items() if table != "source_day" and _cells(rows) & of_eve}
    # What the tools list of everybody: an account and of what kind it is, and no use.
    assert named == {"listed_account"}
    assert set(ListedAccount.model_fields) == {"provider", "name", "email_mark", "kind", "seen_on"}
    assert len(of_eve) > 10
    assert counted == set()


def _figures_of_others(company: Company) -> set[str]:
    return {str(value) for fact in company.facts if fact.who != "eve" for value in fact.figures.values()}


def _cells(rows: str) -> set[str]:
    return set(rows.replace("(", " ").replace(")", " ").replace(",", " ").split())


# what does not depend on the engine

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@on_sqlite
def test_a_refused_key_is_one_line_and_leaves_the_other_sources_fresh(
    company: Company, sync: Sync, database: Database
) -> None:
    assert sync().status == 0
    began = datetime.now(UTC)
    company.openai.key = "a new one"
    said = sync()

    assert said.status == 1
    assert [line for line in said.err.splitlines() if line.startswith("worthwhile:")] == [
        "worthwhile: OpenAI: the key is refused (401 for /v1/organization/usage/completions): "
        "it may have been revoked. Make a new one, then OPENAI_ADMIN_KEY"
    ]
    assert {line.partition(":")[0] for line in said.out.splitlines()} == (ALL | WORK) - {"openai"}
    assert fresh_since(database, began) == ALL - {"openai"}
    check_all(database, company, {})


def fresh_since(database: Database, moment: datetime) -> set[str]:
    """Return the sources that have answered since then and do not fail."""
    with database.reading() as session:
        health = {kind: health_of(session, instance_of(session, kind, "company") or 0) for kind in ALL}
    return {
        kind
        for kind, each in health.items()
        if each.failing_since is None and each.last_success_at is not None and each.last_success_at >= moment
    }


@on_sqlite
def test_one_source_can_be_asked_for_some_days_alone(company: Company, sync: Sync, database: Database) -> None:
    for stand in company.stands:
        stand.asked.clear()
    said = sync("--source", "cursor", "--days", "3")

    events = [asked.json for asked in company.cursor.asked if asked.path == "/teams/filtered-usage-events"]
    days = {datetime.fromtimestamp(asked["startDate"] / 1000, UTC).date() for asked in events}
    assert (said.status, said.out.partition(",")[0]) == (0, "cursor: 12 rows of 4 days")
    assert days == set(days_before(today(), 0, 1, 2, 3))
    assert [stand.asked for stand in company.stands if stand is not company.cursor] == [[]] * 5
    since = today() - timedelta(days=3)
    held = held_of_everybody(company, since)
    assert stored_of_everybody(database, since) == {key: held[key] for key in held if key[0] == "cursor"}


@on_sqlite
def test_a_source_that_is_not_connected_is_wrong(company: Company, sync: Sync) -> None:
    said = sync("--source", "kimi")

    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("worthwhile: --source kimi: not connected. Connected: anthropic, ")


@on_sqlite
def test_as_a_process_it_does_the_same_and_draws_its_progress_on_a_terminal(
    company: Company, only: Callable[..., None], database_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ALL - {"cursor"}  # its back-fill would take half a minute here
    only(*asked)
    monkeypatch.setenv("DATABASE_URL", database_url)
    share_keys(database)
    viewers = {who: switch_on(database, who) for who in ("ada", "bob")}
    status, out, err = on_a_terminal("sync")

    assert status == 0
    assert {line.partition(":")[0] for line in out.splitlines()} == asked | WORK
    assert re.search(r"anthropic: .*\d+/\d+ ", err)
    company.facts = [fact for fact in company.facts if fact.source in asked]
    check_all(database, company, viewers)


def on_a_terminal(*words: str) -> Said:
    """Run the command line as a process whose messages go to a terminal."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with open(ours, "rb", buffering=0) as screen:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *words], cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, stderr=theirs
        )
        os.close(theirs)
        drawn = b"".join(iter(lambda: _read(screen), b""))
        out, _ = process.communicate(timeout=60)
    return Said(process.returncode, out.decode(), drawn.decode())


def _read(screen: io.FileIO) -> bytes:
    try:
        return screen.read(4096)
    except OSError:  # the other end is closed
        return b""


# what people are told


@contextmanager
def asking(database: Database, now: datetime) -> Iterator[Services]:
    """Give services as the running bot has them, with the sources that the environment connects."""
    settings = load_settings()
    prices, policy = price_book(settings.prices_file), load_policy(settings.policy_file)
    services = services_on(database, now)
    connected = sources.configured(settings, prices, policy, services.now)
    try:
        yield replace(services, sources=connected, policy=policy, prices=prices)
    finally:
        for source in connected:
            source.close()


def answer_to(viewer: Viewer, word: str, services: Services) -> str:
    """Return what the person is answered in Slack."""
    visit = Visit(viewer.slack_id, ORG, word, "", "", "1", from_button=True)
    answer = {"show": show, "sources": show_sources}[word](visit, viewer, services)
    return "\n".join([*strings(answer.blocks(rich=True)), *strings(answer.blocks(rich=False))])


@on_sqlite
def test_of_a_source_that_is_down_the_answer_says_that_the_sum_is_too_low(
    company: Company, only: Callable[..., None], sync: Sync, database: Database
) -> None:
    only("cursor", "kiro")
    bob = switch_on(database, "bob")
    sync()
    with asking(database, datetime.now(UTC)) as services:
        before = answer_to(bob, "show", services)
    company.cursor.is_enterprise = False
    sync()
    with asking(database, datetime.now(UTC) + timedelta(days=2)) as services:
        after, listed = answer_to(bob, "show", services), answer_to(bob, "sources", services)

    assert "no data since" not in before
    assert "Cursor: no data since" in after
    assert "so this sum is too low" in after
    assert "no answer since" in listed


@on_sqlite
def test_what_anthropic_a_gateway_and_a_push_report_of_one_day_is_counted_once(
    company: Company, only: Callable[..., None], sync: Sync, database: Database
) -> None:
    only("anthropic", "litellm")
    ada = switch_on(database, "ada")
    (yesterday,) = days_before(today(), 1)
    company.hold({(yesterday, "ada"): 40})
    company.litellm.keys["hash-ada"]["key_alias"] = "claude-code-ada"
    event = pushed(occurred_at=f"{yesterday}T10:00:00Z", person={"email": email("ada")}, tool="claude-code")
    assert sync().status == 0
    assert sync("--format", "push", "-", verb="import", stdin=lines(event)).status == 0

    with database.reading() as session:
        rows = [row for row in usage_of(session, ada.person_id, yesterday, yesterday) if row.tool == "claude-code"]
    with asking(database, datetime.now(UTC)) as services:
        counted = count_once(rows, services.overlaps).counted
        listed, shown = answer_to(ada, "sources", services), answer_to(ada, "show", services)
    assert {row.source for row in rows} == {"anthropic", "litellm", "push"}
    assert [(row.source, row.requests, row.billed_nano_usd) for row in counted] == [("anthropic", 40, 405_025_000)]
    assert "Claude Code: from Anthropic; also reported by LiteLLM and " in listed
    assert "$0.41" in shown
