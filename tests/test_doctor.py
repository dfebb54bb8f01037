"""`worthwhile doctor`: each check finds what it is for, stops no other, and tells nothing of anybody."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlmodel import Session

from bot import app, cli
from bot.connectors.finished import WorkSource
from bot.connectors.pull import Finding, PullSource
from bot.doctor.examine import examine
from bot.doctor.guarding import carried_out
from bot.doctor.messages import message_lines
from bot.doctor.policy import named_lines, overlap_lines, policy_lines
from bot.doctor.slack import slack_lines
from bot.doctor.sources import source_lines
from bot.errors import BusyError, ConfigError
from bot.manifest import scopes
from bot.playground.local_slack import LocalSlack
from bot.policy import People, Policy, UseCases
from bot.services import Services
from bot.slack import connect
from bot.sources import KNOWN, WORK_KNOWN
from bot.views.doctor import Line, failing, report
from storage import pulls
from storage.engine import Database
from storage.finished import put_items
from storage.ids import source_id
from storage.tables import Outbox, SourceState
from tests.cast import ADA, T0, TODAY, switched_on
from tests.domain.outcomes.cast import ticket
from tests.promises.answers import services_on
from tests.storage.test_bills import NOVEMBER, OCTOBER
from tests.storage.test_bills import report as reported

DAY = timedelta(days=1)
ROOT = Path(__file__).parents[1]


@dataclass
class Stand(PullSource):
    """A source that finds out what it is told to."""

    kind: str = "cursor"
    name: str = "company"
    found: tuple[Finding, ...] = ()
    breaks: bool = False
    closed: bool = False

    def findings(self) -> Iterator[Finding]:
        yield from self.found
        if self.breaks:
            raise ZeroDivisionError

    def close(self) -> None:
        self.closed = True


def of(lines: list[Line], name: str) -> list[tuple[str, str]]:
    return [(line.state, line.text) for line in lines if line.name == name]


# the list


def test_the_list_is_aligned_and_ends_with_the_first_thing_to_do() -> None:
    lines = [
        Line("Slack", "ok", "connected"),
        Line("Anthropic", "to do", "no key", "ask for one"),
        Line("Cursor", "warn", "late"),
        Line("Database", "fail", "is away."),
    ]

    assert report(lines).splitlines() == [
        "Slack      ok     connected",
        "Anthropic  to do  no key. Ask for one",
        "Cursor     warn   late",
        "Database   fail   is away.",
        "Next: Database: is away.",
    ]
    assert report(lines[:3]).splitlines()[-1] == "Next: Anthropic: ask for one"
    assert report([lines[0], lines[2]]).splitlines()[-1].startswith("Next: nothing has to be done")
    assert report(lines[:1]).splitlines()[-1] == "Next: nothing. Everything works."


@pytest.mark.parametrize(("state", "said"), [("ok", ""), ("warn", ""), ("to do", ""), ("fail", "1 check fails")])
def test_only_what_fails_fails(state: Any, said: str) -> None:
    assert failing([Line("Slack", state, "")]).startswith(said)
    assert bool(failing([Line("Slack", state, "")])) == bool(said)


def test_what_a_provider_says_stays_on_its_line() -> None:
    assert len(report([Line("Cursor", "warn", "one\ntwo\x1b[2J\u202ethree")]).splitlines()) == 2


def test_a_check_that_breaks_becomes_a_failing_line_after_what_it_found() -> None:
    def broken(error: Exception) -> Iterator[Line]:
        yield Line("Any", "ok", "so far")
        raise error

    def found(error: Exception) -> list[tuple[str, str]]:
        return [line[1:3] for line in carried_out("Any", lambda: broken(error))]

    assert found(BusyError("away")) == [("ok", "so far"), ("fail", "away")]
    assert found(ConfigError("A: 1", "B: 2")) == [("ok", "so far"), ("fail", "A: 1"), ("fail", "B: 2")]
    assert found(KeyError("ada@example.com"))[1][1].startswith("unexpected KeyError: a fault in Worthwhile")


# Slack


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack(scopes=scopes().required | scopes().optional).running() as local:
        yield local


def slack_says(local: LocalSlack, now: datetime | None = None) -> list[Line]:
    with closing(connect(local.bot_token, local.api_url)) as way_out:
        return list(slack_lines(way_out, now or app.utc_now()))


def test_the_scopes_are_those_of_the_manifest() -> None:
    asked = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))["oauth_config"]["scopes"]

    assert scopes().required == set(asked["bot"])
    assert scopes().optional == set(asked["bot_optional"])


def test_a_token_with_all_scopes_and_a_clock_that_is_right(slack: LocalSlack) -> None:
    assert slack_says(slack) == [
        Line("Slack", "ok", "connected, all scopes"),
        Line("Clock", "ok", "agrees with Slack's"),
    ]


def test_missing_scopes_are_named_the_required_apart_from_the_optional(slack: LocalSlack) -> None:
    slack.world.scopes -= {"users:read.email", "files:write"}

    assert of(slack_says(slack), "Slack") == [
        ("fail", "the token lacks the scope users:read.email"),
        ("to do", "without the optional scope files:write there is no `/mytokens export`"),
    ]


@pytest.mark.parametrize(
    ("seconds", "state", "said"),
    [(40, "ok", "agrees with"), (-40, "ok", "agrees with"), (90, "warn", "ahead of"), (-90, "warn", "behind")],
)
def test_a_clock_that_is_off_is_noticed(slack: LocalSlack, seconds: int, state: str, said: str) -> None:
    ((found, text),) = of(slack_says(slack, app.utc_now() + timedelta(seconds=seconds)), "Clock")

    assert found == state
    assert said in text


# policy and the other files


def test_what_does_not_work_without_people_is_said() -> None:
    lines = list(policy_lines(Policy()))

    assert of(lines, "Policy") == [("ok", f"floors kept, mark {Policy().mark}")]
    assert of(lines, "Guests") == [("ok", "are not answered: [guests] allowed is false")]
    assert [state for state, _ in of(lines, "Help") + of(lines, "Alerts")] == ["to do", "to do"]
    assert of(lines, "Curators") == [("ok", "none named: use cases publish after the automatic check")]
    assert of(lines, "Report") == [("ok", "sent to nobody: [people] report_readers is empty")]
    assert of(lines, "Teams")[0][0] == "ok"


def test_a_policy_that_wants_curators_says_that_there_is_none() -> None:
    wants = Policy(use_cases=UseCases(publish="after_curator"))

    assert [state for state, _ in of(list(policy_lines(wants)), "Curators")] == ["to do"]


def test_of_people_who_are_named_nothing_is_said() -> None:
    lists = {entry: ["U1"] for entry in ("help", "operators", "curators", "report_readers")}
    named = People.model_validate({**lists, "operator_channel": "C1", "announce_channel": "C1"})

    assert {line.name for line in policy_lines(Policy(people=named))} == {"Policy", "Guests"}


def test_who_is_named_and_is_not_there_is_said(slack: LocalSlack) -> None:
    slack.world.users["U01MO"] = replace(slack.world.users["U01MO"], deleted=True)
    policy = Policy(people=People(help=("U01ANA", "U01MO"), curators=("U0NOBODY",)))
    with closing(connect(slack.bot_token, slack.api_url)) as way_out:
        lines = list(named_lines(policy, way_out))

    assert [line.text for line in lines] == [
        "[people] help names U01MO, who has left",
        "[people] curators names U0NOBODY, who is nobody whom Slack knows",
    ]
    assert len(slack.calls_of("users.info")) == 3


def test_a_name_in_the_overlaps_that_is_no_sources_is_said() -> None:
    lines = list(overlap_lines({"codex": ("openai", "opanai", "push", "ccusage", "otel")}, KNOWN))

    assert of(lines, "Overlaps") == [("warn", "codex names opanai, which is no source")]


# sources


def source_says(database: Database, stand: Stand, now: datetime = T0) -> list[Line]:
    services = replace(services_on(database, now), sources=(stand,))
    return [line for line in source_lines(services) if line.name == "Cursor"]


def fill(database: Database, work: Callable[[Session, int], None]) -> None:
    database.writing(lambda session: work(session, source_id(session, "cursor", "company")))


def test_a_source_without_a_key_says_what_would_connect_it(sqlite_database: Database) -> None:
    lines = list(source_lines(services_on(sqlite_database)))

    settings = (*KNOWN.values(), *WORK_KNOWN.values())
    assert [(line.state, line.text) for line in lines] == [("to do", "not connected")] * len(settings)
    assert all(setting in line.step for line, setting in zip(lines, settings, strict=True))


@dataclass
class Tracker(WorkSource):
    """A system of record that finds out what it is told to."""

    kind: str = "jira"
    name: str = "company"

    def findings(self) -> Iterator[Finding]:
        yield Finding("ok", "3 projects")


def test_a_system_of_record_is_listed_like_a_source_of_usage_without_a_bill(sqlite_database: Database) -> None:
    services = replace(services_on(sqlite_database), work_sources=(Tracker(),))

    def told(session: Session) -> None:
        instance = source_id(session, "jira", "company")
        put_items(session, instance, [ticket(1, TODAY - DAY)])
        pulls.note_success(session, instance, T0)
        pulls.note_flaws(session, instance, {"a ticket that cannot be read": 2}, TODAY, TODAY)

    sqlite_database.writing(told)

    assert of(list(source_lines(services)), "Jira") == [
        ("ok", "3 projects"),
        ("ok", "data to yesterday, last asked 09:40 UTC today"),
        ("warn", "a ticket that cannot be read (2 times)"),
    ]


def test_a_source_that_was_never_asked_says_what_it_found_and_how_to_ask(sqlite_database: Database) -> None:
    stand = Stand(found=(Finding("ok", "usage and cost"), Finding("to do", "the key may not read costs (403)")))

    assert [line[1:] for line in source_says(sqlite_database, stand)] == [
        ("ok", "usage and cost", ""),
        ("to do", "the key may not read costs (403)", ""),
        (
            "to do",
            "connected, not asked yet",
            "`worthwhile sync --source cursor` asks it now, the running bot within the hour",
        ),
    ]


def test_a_source_that_breaks_while_it_is_asked_stops_nothing(sqlite_database: Database) -> None:
    states = [line.state for line in source_says(sqlite_database, Stand(found=(Finding("ok", "events"),), breaks=True))]

    assert states == ["ok", "fail", "to do"]


def test_a_source_that_answers_says_how_fresh_it_is(sqlite_database: Database) -> None:
    sqlite_database.writing(lambda session: reported(session, TODAY - DAY, 5))

    assert of(source_says(sqlite_database, Stand()), "Cursor")[0] == (
        "ok",
        "data to yesterday, last asked 09:40 UTC today",
    )
    assert of(source_says(sqlite_database, Stand(), T0 + 3 * DAY), "Cursor")[0] == (
        "warn",
        "data to Wed 18 Nov, last asked 09:40 UTC Thu 19 Nov",
    )


def test_a_source_that_fails_says_since_when_and_how(sqlite_database: Database) -> None:
    sqlite_database.writing(lambda session: reported(session, TODAY - DAY, 5))
    fill(sqlite_database, lambda session, source: pulls.note_failure(session, source, T0 - DAY, "Cursor: HTTP 401"))

    assert of(source_says(sqlite_database, Stand()), "Cursor")[0] == (
        "fail",
        "no answer since 09:40 UTC yesterday: Cursor: HTTP 401",
    )


def test_what_could_not_be_used_is_listed_with_how_often(sqlite_database: Database) -> None:
    flaws = {"a row with a negative count": 3, "a row of another day": 1}
    sqlite_database.writing(lambda session: reported(session, TODAY - DAY, 5))
    fill(sqlite_database, lambda session, source: pulls.note_flaws(session, source, flaws, TODAY - 3 * DAY, TODAY))

    assert of(source_says(sqlite_database, Stand()), "Cursor")[1:3] == [
        ("warn", "a row of another day (1 time)"),
        ("warn", "a row with a negative count (3 times)"),
    ]


@pytest.mark.parametrize(("count", "said"), [(None, 0), (0, 0), (4, 0), (5, 1), (1234, 1)])
def test_accounts_that_match_nobody_are_counted_from_five_on(
    sqlite_database: Database, count: int | None, said: int
) -> None:
    def note(session: Session, source: int) -> None:
        session.add(SourceState(source_id=source, last_success_at=T0, unmatched_accounts=count))

    fill(sqlite_database, note)
    found = [text for _, text in of(source_says(sqlite_database, Stand()), "Cursor") if "match nobody" in text]

    assert len(found) == said
    assert all(text.startswith(f"{count:,} identities match nobody") for text in found)


@pytest.mark.parametrize(
    ("october", "november", "accounts", "state", "said"),
    [
        ((100, 100), (98, 100), 12, "ok", "October: agrees with the bill; November: 2.0 % short of the bill"),
        ((100, 100), (80, 100), 12, "warn", "October: agrees with the bill; November: 20.0 % short of the bill"),
        ((100, None), (130, 100), 12, "warn", "October: none to compare with; November: 30.0 % more than the bill"),
        ((100, None), (98, None), 12, "ok", "none to compare with"),
        ((100, 100), (80, 100), 11, "ok", "too few people to say"),
    ],
)
def test_the_gap_to_the_bill_is_said_in_per_cent_from_12_people_on(
    sqlite_database: Database,
    october: tuple[int, int | None],
    november: tuple[int, int | None],
    accounts: int,
    state: str,
    said: str,
) -> None:
    def both(session: Session) -> None:
        reported(session, OCTOBER, october[0], bill=october[1], accounts=accounts)
        reported(session, NOVEMBER, november[0], bill=november[1], accounts=accounts)

    sqlite_database.writing(both)

    assert of(source_says(sqlite_database, Stand()), "Cursor")[-1] == (state, f"bill: {said}")


# messages


def test_what_did_not_go_out_is_counted_by_kind_and_reason_with_the_next_step(sqlite_database: Database) -> None:
    now = T0 + timedelta(hours=2)
    ended: list[tuple[str, str, str, timedelta]] = [
        ("digest", "skipped", "uncertain, and the app may not look: im:history, im:write", timedelta()),
        ("digest", "skipped", "uncertain, and the app may not look: im:history, im:write", timedelta(days=6)),
        ("digest", "skipped", "too late", timedelta(days=7)),  # not within the last seven days
        ("digest", "skipped", "a later one is due", timedelta()),
        ("digest", "sent", "", timedelta()),
        ("alert", "dead", "not_in_channel", timedelta()),
    ]

    def fill(session: Session) -> None:
        for number, (kind, state, why, ago) in enumerate(ended):
            row = Outbox(person_id=number, kind=kind, period="1", state=state, last_error=why, due_at=T0 - ago,
                         attempts=1, payload="{}", created_at=T0)  # fmt: skip
            session.add(row)

    assert [line[1:3] for line in message_lines(sqlite_database, now)] == [
        ("ok", "none was skipped or given up in the last 7 days")
    ]
    sqlite_database.writing(fill)
    assert [line[1:] for line in message_lines(sqlite_database, now)] == [
        (
            "warn",
            "digest: 2 skipped in the last 7 days, uncertain, and the app may not look: im:history, im:write",
            "with the optional scopes im:history and im:write the bot could look for them",
        ),
        ("warn", "alert: 1 given up in the last 7 days, not_in_channel", "invite the bot to the channel"),
    ]


@pytest.mark.parametrize(
    ("state", "waited", "expected"),
    [
        ("planned", timedelta(minutes=12), ("ok", "the oldest that is due has waited 12 minutes")),
        ("sending", timedelta(hours=5), ("warn", "the oldest that is due has waited 5 hours")),
        ("pending", timedelta(days=3), ("warn", "the oldest that is due has waited 3 days")),
    ],
)
def test_how_long_the_oldest_message_waits_is_said(
    sqlite_database: Database, state: str, waited: timedelta, expected: tuple[str, str]
) -> None:
    def fill(session: Session) -> None:
        for number, due_at in enumerate((T0, T0 + timedelta(minutes=1), T0 + timedelta(days=99))):
            session.add(Outbox(person_id=number, kind="digest", period="1", state=state, due_at=due_at, attempts=0,
                               payload="{}", created_at=T0))  # fmt: skip

    sqlite_database.writing(fill)

    assert [line[1:3] for line in message_lines(sqlite_database, T0 + waited)][1:] == [expected]


# the whole of it


@pytest.fixture
def settings(sqlite_url: str, slack: LocalSlack, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The settings of a bot that could run."""
    for name, value in {
        "DATABASE_URL": sqlite_url,
        "WORTHWHILE_SECRET": "for tests",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_bot_that_could_run_has_no_failing_check(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status = cli.main(["doctor"])
    said = capsys.readouterr()

    assert (status, said.err) == (0, "")
    assert re.findall(r"^(\w+) +ok ", said.out, re.MULTILINE)[:3] == ["Settings", "Database", "Slack"]
    assert said.out.splitlines()[-1].startswith("Next: Help: ")


def test_everything_that_is_broken_is_said_at_once(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[sharing]\nmin_people = 3\n")
    settings.setenv("POLICY_FILE", str(policy))
    settings.setenv("OVERLAPS_FILE", str(tmp_path / "none.toml"))
    settings.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    settings.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    status = cli.main(["doctor"])
    said = capsys.readouterr()

    assert status == 1
    assert said.err == "worthwhile: 4 checks fail; the list says what to do.\n"
    assert re.findall(r"^(\w+) +fail ", said.out, re.MULTILINE) == ["Database", "Slack", "Policy", "Overlaps"]
    assert said.out.splitlines()[-1].startswith("Next: Database: ")


def test_a_setting_that_cannot_be_used_is_all_that_is_said(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.setenv("WEB_PORT", "often")
    status = cli.main(["doctor"])

    assert status == 1
    assert re.match(r"Settings  fail   WEB_PORT: .*\nNext: Settings: WEB_PORT", capsys.readouterr().out)


def test_without_slack_the_rest_is_checked(settings: pytest.MonkeyPatch, slack: LocalSlack) -> None:
    settings.delenv("SLACK_BOT_TOKEN")
    lines = examine()

    assert not failing(lines)
    assert [state for state, _ in of(lines, "Slack")] == ["to do"]
    assert slack.calls == []


def test_sources_are_asked_and_closed(settings: pytest.MonkeyPatch) -> None:
    stand = Stand(found=(Finding("ok", "usage and cost"),), breaks=True)

    def build(*made: Any) -> Services:
        return replace(app.build_services(*made), sources=(stand,))

    lines = examine(build)

    assert ("ok", "usage and cost") in of(lines, "Cursor")
    assert stand.closed


def test_the_same_is_said_whoever_is_on(settings: pytest.MonkeyPatch, sqlite_database: Database) -> None:
    def build(*made: Any) -> Services:
        return replace(app.build_services(*made), sources=(Stand(),))

    sqlite_database.writing(lambda session: reported(session, NOVEMBER, 777_770_000_000, bill=10**12))
    before = report(examine(build))
    switched_on(sqlite_database, ADA)

    assert report(examine(build)) == before
    assert "ada" not in before.lower()
    assert not re.search(r"\$\d|777", before)
