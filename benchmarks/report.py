"""The organisation's report of a block that ends twelve weeks, by the size of the company, on PostgreSQL.

Each person is on and counted, in one of groups of 40. On three days of each week they have two rows, at the keyboard
and of a job that runs on its own, and each day the share of a seat; a job of every tenth names a finished change once
a week, and everybody finishes a change a week. `python -m benchmarks.report 350000` is the large company.
"""

import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time
from typing import Final, NamedTuple

from sqlalchemy import make_url, text
from sqlmodel import Session

from benchmarks.table import Row
from bot.domain.blocks_of_weeks import Block
from bot.jobs import release
from bot.jobs import report as job
from storage import migrate, pulls
from storage.company_report import last_report
from storage.engine import Database, open_database
from storage.ids import label_ids, source_id
from tests.postgresql import running_postgresql
from tests.promises.answers import services_on

_PEOPLE: Final = 20_000
_LARGE: Final = 350_000
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_BLOCK: Final = Block(36)
_DUE: Final = datetime(2026, 11, 19, tzinfo=UTC)
_IN_A_GROUP: Final = 40
_DAYS: Final = """
CREATE TEMPORARY TABLE days AS
SELECT day::date AS day, extract(isodow FROM day)::int AS weekday FROM generate_series(:first, :last, '1 day') AS day
"""
_FILL: Final = (
    "INSERT INTO person (id, created_at, switched_on_at) SELECT id, :long_ago, :long_ago FROM {people}",
    "INSERT INTO slack_user (org_id, user_id, person_id, name, email, tz, is_deleted, is_guest, checked_at) "
    "SELECT 'E0ACME', 'U' || id, id, '', NULL, 'UTC', false, false, :long_ago FROM {people}",
    "INSERT INTO account (provider, name, id) SELECT kind, 'p' || id, id * 10 + number "
    "FROM {people}, (VALUES ('anthropic', 1), ('github', 2)) AS of (kind, number)",
    "INSERT INTO account_link (account_id, person_id, from_day, how, by) "
    "SELECT id * 10 + number, id, :first, '', '' FROM {people}, generate_series(1, 2) AS number",
    "INSERT INTO feed_scope (account_id, source_id, first_day, last_day, received_at) "
    "SELECT id * 10 + number, CASE number WHEN 1 THEN :anthropic ELSE :github END, :first, :last, :long_ago "
    "FROM {people}, generate_series(1, 2) AS number",
    "INSERT INTO setting (person_id, name, value, changed_at) SELECT id, name, value, :long_ago "
    "FROM {people}, (VALUES ('counted', 'yes'), ('counted_under_policy', :mark)) AS of (name, value)",
    "INSERT INTO org_group (name, parent) VALUES ('Larkfield', '')",
    "INSERT INTO org_group (name, parent) SELECT 'group ' || number, 'Larkfield' "
    "FROM generate_series(0, :people / {in_a_group}) AS number",
    "INSERT INTO org_home (person_id, group_name) SELECT id, 'group ' || id / {in_a_group} FROM {people}",
    "INSERT INTO usage_day (account_id, day, source_id, tool_id, model_id, run_kind_id, work, tier_id, "
    "billed_nano_usd, runs, runs_with_result, list_value_by, partly_unknown) "
    "SELECT id * 10 + 1, day, :anthropic, :tool, 0, run_kind, 'acme/repo' || id % 1000, :standard, "
    "(1000000000 * exp(ln(10) * (id % 300) / 100.0))::bigint, 3, id % 3, '', 0 "
    "FROM {people}, days, (VALUES (:person), (:schedule)) AS of (run_kind) WHERE weekday < 4",
    "INSERT INTO usage_day (account_id, day, source_id, tool_id, model_id, run_kind_id, work, tier_id, "
    "billed_nano_usd, list_value_by, partly_unknown) "
    "SELECT id * 10 + 1, day, :anthropic, :tool, 0, :person, '', :seat, 600000000, '', 0 FROM {people}, days",
    "INSERT INTO change (place, reference, kind, finished_on, accepted, ticket, author, agent_made, ai_evidence, "
    "source_id) SELECT 'acme/repo' || id % 1000, id || '#' || day, 'change', day, true, '', decode(md5(id::text), "
    "'hex'), false, 'none', :github FROM {people}, days WHERE weekday = 2 AND (id % 300 > 100 OR id % 2 = 0)",
    "INSERT INTO outcome (account_id, place, reference, title, link) "
    "SELECT id * 10 + 2, 'acme/repo' || id % 1000, id || '#' || day, '', '' "
    "FROM {people}, days WHERE weekday = 2 AND (id % 300 > 100 OR id % 2 = 0)",
    "INSERT INTO outcome_link (account_id, reference, day, source_id, tool_id, run_kind_id, work, billed_nano_usd, "
    "list_value_by, partly_unknown) SELECT id * 10 + 1, id || '#' || day, day, :anthropic, :tool, :schedule, "
    "'acme/repo' || id % 1000, 1000000, '', 0 FROM {people}, days WHERE weekday = 2 AND id % 10 = 0",
    "INSERT INTO source_total (source_id, day, accounts, bill_nano_usd) "
    "SELECT :anthropic, day, :people, 1000000000::bigint * :people FROM days",
)


class _Took(NamedTuple):
    """Seconds on the clock and of processors, of the report and of the door's figures before it; and megabytes."""

    seconds: float
    busy: float
    door_seconds: float
    door_busy: float
    memory: float


def main(people: int = _PEOPLE) -> list[Row]:
    """Measure a company of half as many people and one of *people*, and return the rows of the table."""
    half, whole = (_measured(number) for number in (people // 2, people))
    rows = []
    for number, took in ((people // 2, half), (people, whole)):
        what = f"the report, {number:,} people and 12 weeks, PostgreSQL"
        rows.append(Row(what, f"{took.busy:.1f} s of processors, {took.seconds:.1f} s in all", "-"))
        door = f"{took.door_busy:.1f} s of processors, {took.door_seconds:.1f} s in all"
        rows.append(Row(f"{what}: the door's figures before it", door, "-"))
        rows.append(Row(f"{what}: memory of the process", f"{took.memory:,.0f} MB", "< 1,000 MB"))
    more = _Took(*((much - less) / (people - people // 2) for less, much in zip(half, whole, strict=True)))
    large = _Took(*(much + (_LARGE - people) * each for much, each in zip(whole, more, strict=True)))
    of_large = f"the report, {_LARGE:,} people, by what more people take"
    return [
        *rows,
        Row("the report: each person more", f"{more.busy * 1000:.2f} ms of processors", "< 0.7 ms"),
        Row(of_large, f"{large.busy:,.0f} s of processors", "< 300 s"),
        Row(f"{of_large}: the door's figures before it", f"{large.door_busy:,.0f} s of processors", "-"),
        Row(f"{of_large}: memory of the process", f"{large.memory:,.0f} MB", "< 1,000 MB"),
    ]


def _measured(people: int) -> _Took:
    """Fill a database and measure in a process of its own, whose memory nothing else has used."""
    with running_postgresql() as server, server.empty() as url:
        database = open_database(url)
        migrate.upgrade(database)
        database.writing(lambda session: _fill(session, database, people))
        with database.engine.connect() as connection:  # that of the tests gives up soon
            connection.exec_driver_sql(f'ALTER DATABASE "{database.engine.url.database}" SET statement_timeout = 0')
            connection.commit()
        database.dispose()
        command = [sys.executable, "-m", "benchmarks.report", "measure", url]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return _Took(*map(float, said[-len(_Took._fields) :]))


def _fill(session: Session, database: Database, people: int) -> None:
    first, last = _BLOCK.twelve_weeks
    run_kinds = label_ids(session, "run_kind", ("person", "schedule"))
    tiers = label_ids(session, "tier", ("seat", "standard"))
    sources = {kind: source_id(session, kind, "company") for kind in ("anthropic", "github")}
    values = {
        **run_kinds, **tiers, **sources, **label_ids(session, "tool", ("claude-code",)),
        "people": people, "mark": services_on(database).policy.mark, "first": first - timedelta(days=21),
        "last": last, "long_ago": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    values["tool"] = values["claude-code"]
    session.execute(text("SET LOCAL statement_timeout = 0"))
    _run(session, _DAYS, {"first": first - timedelta(days=1), "last": last})
    _run(session, "INSERT INTO days SELECT :day, 2", {"day": date(2026, 7, 21)})  # from when on work is known
    for statement in _FILL:
        made = statement.format(people="generate_series(1, :people) AS id", in_a_group=_IN_A_GROUP)
        _run(session, made, {name: value for name, value in values.items() if f":{name}" in made})
    for source in sources.values():
        pulls.note_success(session, source, _DUE)


def _run(session: Session, statement: str, values: dict[str, object]) -> None:
    session.execute(text(statement), values)


def _measure(url: str) -> None:
    """Release the figures, make the report, and print what both took in this process and at the server."""
    database = open_database(url)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    services = replace(services_on(database), now=lambda: _DUE)
    began = _at(url)
    release.run(services)
    released = _at(url)
    assert job.run(services)["reports"] == 1
    done = _at(url)
    memory = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    with database.reading() as session:
        made = last_report(session)
    assert made is not None
    assert made.counted.at_keyboard is not None
    assert made.curve is not None, made
    print(*(done[each] - released[each] for each in (0, 1)), *(released[each] - began[each] for each in (0, 1)), memory)


def _at(url: str) -> tuple[float, float]:
    """Return the moment, and the seconds of processors so far, of this process and of all of the server's."""
    server = (Path(str(make_url(url).query["host"])) / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for process in (*Path(f"/proc/{server}/task/{server}/children").read_text().split(), server):
        with suppress(FileNotFoundError):  # it has just ended, and counts as the server's own
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11 : 15 if process == server else 13]))
    return perf_counter(), process_time() + ticks / _TICKS


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        _measure(sys.argv[2])
    else:
        for row in main(*map(int, sys.argv[1:])):
            print(f"{row.what:<90} {row.figure:>42}   {row.bar}", flush=True)
