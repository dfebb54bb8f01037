"""A company in PostgreSQL that PostgreSQL itself makes up, so that 350,000 people take minutes and not an hour."""

from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlmodel import Session

from benchmarks.sent import NOW, ORG
from storage.engine import Database
from storage.ids import label_ids, source_id

TODAY: Final = NOW.date()
# How many days back there are rows of, the earliest first: every fourth day of 15 weeks.
DAYS: Final = tuple(range(105, 0, -4))
# A repository for so many people.
PLACES_FOR: Final = 50
_WEEKS: Final = 20
_NUMBERED: Final = "FROM generate_series(0, %(people)s - 1) AS n ORDER BY n"
# Ids of ours are random, so that neighbours in time are none in the table.
_ID: Final = "('x' || left(md5({} || n), 15))::bit(60)::bigint"
_PERSON, _ACCOUNT = _ID.format("'person'"), _ID.format("'account'")
_USER: Final = "'U' || lpad(n::text, 8, '0')"
_CROWD: Final = (
    f"INSERT INTO person (id, created_at, switched_on_at) SELECT {_PERSON}, %(now)s, %(now)s {_NUMBERED}",
    "INSERT INTO slack_user (org_id, user_id, person_id, name, email, tz, is_deleted, is_guest, checked_at) "
    f"SELECT %(org)s, {_USER}, {_PERSON}, {_USER}, lower({_USER}) || '@example.com', 'UTC', false, false, %(now)s "
    f"{_NUMBERED}",
    f"INSERT INTO account (provider, name, id) SELECT 'own', %(org)s || '/' || {_USER}, {_ACCOUNT} {_NUMBERED}",
    "INSERT INTO account_link (account_id, person_id, from_day, how, by) "
    f"SELECT {_ACCOUNT}, {_PERSON}, %(first)s, '', '' {_NUMBERED}",
    "INSERT INTO setting (person_id, name, value, changed_at) "  # noqa: S608  the names above
    f"SELECT {_PERSON}, name, value, %(long_ago)s "
    "FROM generate_series(0, %(people)s - 1) AS n, "
    "(VALUES ('digest', 'button'), ('digest_since', %(since)s)) AS chosen (name, value)",
    "INSERT INTO feed_scope (account_id, source_id, first_day, last_day, received_at) "
    f"SELECT {_ACCOUNT}, %(source)s, %(first)s, %(today)s, %(now)s {_NUMBERED}",
)
# Three in five people have a second model; who, changes from day to day.
_USAGE: Final = (
    "INSERT INTO usage_day (account_id, day, source_id, tool_id, model_id, run_kind_id, work, tier_id, "  # noqa: S608
    "uncached_input_tokens, cache_read_tokens, output_tokens, requests, billed_nano_usd, list_value_by, "
    "partly_unknown) "
    f"SELECT {_ACCOUNT}, %(day)s, %(source)s, %(tool)s, m, %(kind)s, '', %(tier)s, 900 + n %% 97, 20000 + n %% 991, "
    "4000 + n %% 53, 1 + n %% 30, (n %% 997) * 10000000::bigint, '', 0 "
    "FROM generate_series(0, %(people)s - 1) AS n, unnest(%(models)s::bigint[]) AS m "
    "WHERE m = (%(models)s::bigint[])[1] OR (n * 7 + %(back)s) %% 5 < 3 ORDER BY 1"
)
_WORK: Final = (
    "INSERT INTO change (place, reference, kind, finished_on, accepted, ticket, author, agent_made, ai_evidence, "
    "source_id) "
    "SELECT 'acme/place-' || n / %(each)s, 'acme/place-' || n / %(each)s || '#' || n || '.' || week, 'change', "
    "%(today)s::date - week * 7 - (n %% 5), true, '', decode(md5(n::text), 'hex'), false, 'none', %(github)s "
    "FROM generate_series(0, %(people)s - 1) AS n, generate_series(0, %(weeks)s - 1) AS week WHERE (n + week) %% 4 = 0"
)


def name_of(number: int) -> str:
    """Return the Slack user id of the person with that number."""
    return f"U{number:08}"


def fill(database: Database, people: int) -> None:
    """Make *people* who are on, with rows of usage on `DAYS` and a change every four weeks."""
    names = database.writing(partial(_crowd, people=people))
    for back in DAYS:
        database.writing(lambda session, back=back: _day(session, names, back))  # type: ignore[misc]
    database.writing(lambda session: session.connection().exec_driver_sql(_WORK, names))
    vacuum(database)


def vacuum(database: Database) -> None:
    """Do what the server does by itself in time, however long it takes."""
    options: Any = {"isolation_level": "AUTOCOMMIT", "worthwhile_patience": None}
    with database.engine.connect().execution_options(**options) as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _crowd(session: Session, people: int) -> dict[str, Any]:
    labels = {kind: label_ids(session, kind, names) for kind, names in _LABELS.items()}
    long_ago = NOW - timedelta(days=90)
    values = {
        "people": people, "now": NOW, "org": ORG, "today": TODAY, "first": TODAY - timedelta(days=300),
        "long_ago": long_ago, "since": long_ago.isoformat(), "each": PLACES_FOR, "weeks": _WEEKS,
        "source": source_id(session, "anthropic", "company"), "github": source_id(session, "github", "company"),
        "tool": labels["tool"]["claude-code"], "kind": labels["run_kind"]["person"],
        "tier": labels["tier"]["standard"], "models": sorted(labels["model"].values()),
    }  # fmt: skip
    for statement in _CROWD:
        session.connection().exec_driver_sql(statement, values)
    return values


_LABELS: Final = {
    "tool": ("claude-code",),
    "model": ("claude-sonnet-4-5", "claude-opus-4-5"),
    "run_kind": ("person",),
    "tier": ("standard",),
}


def _day(session: Session, values: dict[str, Any], back: int) -> None:
    session.connection().exec_driver_sql(_USAGE, {**values, "day": TODAY - timedelta(days=back), "back": back})
