"""What every statement keeps to, whichever test makes the bot send it: `tests.statements` says what, and why."""

from importlib import import_module

import pytest
from sqlmodel import select

from storage.bulk import put_rows
from storage.engine import Database
from storage.ids import table_of
from storage.outbox import states
from storage.tables import OrgHome, Outbox
from tests import statements as rules
from tests.statement_watch import Watch
from tests.statements import Place, broken_rules, changed_keys, unexcused

BY_PERSON = "SELECT output_tokens FROM usage_day JOIN account_link ON usage_day.account_id = account_link.account_id"


@pytest.mark.parametrize(
    "statement",
    [
        f"{BY_PERSON} WHERE account_link.person_id = %(person_id)s::BIGINT AND usage_day.day >= %(first)s",
        "DELETE FROM usage_day WHERE usage_day.day = ? AND usage_day.account_id = ?",
        "DELETE FROM usage_day WHERE usage_day.account_id = any(CAST(%(param_1)s::BIGINT[] AS BIGINT[]))",
        "DELETE FROM usage_month WHERE account_id IN (%(a_1)s, %(a_2)s)",
        "DELETE FROM hint WHERE hint.shown_on < %(shown_on_1)s::DATE",
        "DELETE FROM figure_part WHERE figure_part.period IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1)",
        "SELECT person_id FROM team_member WHERE team_member.team_id = %(team_id_1)s::BIGINT",
        "SELECT account_link.from_day FROM account, account_link WHERE account.provider = ? AND account.name = ?",
        "INSERT INTO setting (person_id, name) VALUES (?, ?) ON CONFLICT (person_id, name) DO UPDATE SET value = 'x'",
        "INSERT INTO label (kind, name, id) VALUES (?, ?, ?) ON CONFLICT (kind, name) DO NOTHING",
        "INSERT INTO usage_day (account_id) SELECT account_id FROM staged_usage_day",
        "UPDATE setting SET value=%(value)s::VARCHAR WHERE setting.person_id = %(person_id_1)s",
        "SELECT sum(output_tokens) FROM source_day",
        "SELECT id FROM use_case WHERE title = 'MERGED' ORDER BY id",
        "SET lock_timeout = 5000",
    ],
)
def test_a_statement_that_keeps_the_rules_is_let_through(statement: str) -> None:
    assert broken_rules(statement) == []


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("MERGE INTO usage_day USING staged ON true WHEN MATCHED THEN DO NOTHING", "merges"),
        ("SELECT pg_try_advisory_lock(1)", "takes an advisory lock"),
        ("NOTIFY outbox", "listens or notifies"),
        ("SELECT pg_notify('outbox', '')", "listens or notifies"),
        ("CREATE CONSTRAINT TRIGGER once AFTER INSERT ON label", "makes a trigger"),
        ("CREATE TABLE thing (id BIGSERIAL PRIMARY KEY)", "lets the database give out numbers"),
        ("CREATE TABLE thing (id BIGINT GENERATED ALWAYS AS IDENTITY)", "lets the database give out numbers"),
        ("INSERT INTO label (id) VALUES (nextval('ids'))", "lets the database give out numbers"),
        ("UPDATE account_link SET person_id = ? WHERE person_id = ?", rules.CHANGES_A_KEY),
        ("INSERT INTO setting (name) VALUES (?) ON CONFLICT (name) DO NOTHING", rules.CONFLICTS),
        ("INSERT INTO setting (person_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING", rules.CONFLICTS),
        ("INSERT INTO slack_user (org_id) VALUES (?) ON CONFLICT (email) DO NOTHING", rules.CONFLICTS),
        ("SELECT period FROM outbox WHERE person_id = ? FOR UPDATE SKIP LOCKED", rules.SKIPS_LOCKED),
        ("CREATE INDEX ix_label_id ON label (id)", rules.DEFINES),
        ("SELECT value FROM setting WHERE setting.name = %(name_1)s", rules.NOT_ADDRESSED),
        ("DELETE FROM org_home", rules.NOT_ADDRESSED),
        ("UPDATE outbox SET owner=%(owner)s WHERE outbox.owner = %(owner_1)s", rules.NOT_ADDRESSED),
        ("DELETE FROM outcome WHERE outcome.account_id NOT IN (SELECT account.id FROM account)", rules.NOT_ADDRESSED),
        (f"{BY_PERSON} WHERE account_link.person_id != ?", rules.NOT_ADDRESSED),
        (f"{BY_PERSON} WHERE account_link.person_id IN (SELECT id FROM person)", rules.NOT_ADDRESSED),  # noqa: S608
        ("SELECT sum(output_tokens) FROM usage_day WHERE usage_day.day BETWEEN ? AND ?", rules.SCANS),
    ],
)
def test_a_statement_that_breaks_a_rule_is_told_by_it(statement: str, broken: str) -> None:
    assert broken in broken_rules(statement)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE setting SET name=?, value=? WHERE setting.person_id = ?", ["setting.name"]),
        ("UPDATE setting SET value=%(value)s::VARCHAR WHERE setting.name = 'x'", []),
        (
            "INSERT INTO label (kind) VALUES (?) ON CONFLICT (kind, name) DO UPDATE SET id = 1, kind = 'x'",
            ["label.kind"],
        ),
        ("INSERT INTO label (kind) VALUES (?) ON CONFLICT (kind, name) DO NOTHING", []),
        ("SELECT name FROM setting", []),
    ],
)
def test_the_columns_of_a_key_that_would_be_changed_are_named(statement: str, expected: list[str]) -> None:
    assert changed_keys(statement) == expected


def test_only_the_claim_skips_what_is_locked() -> None:
    assert unexcused([rules.SKIPS_LOCKED], [Place("storage.outbox", "claim_due")]) == []
    assert unexcused([rules.SKIPS_LOCKED], [Place("storage.outbox", "to_sent")]) == [rules.SKIPS_LOCKED]


def test_a_job_may_add_up_days_and_a_request_may_not() -> None:
    query = Place("storage.costs", "billed_costs")

    assert unexcused([rules.SCANS], [query, Place("bot.jobs.release", "run")]) == []
    assert unexcused([rules.SCANS], [query, Place("handlers.usage", "show")]) == [rules.SCANS]
    assert unexcused([rules.SCANS], [query, Place("bot.web.health", "alive")]) == [rules.SCANS]


def test_what_a_job_may_read_of_everybody_a_request_may_not() -> None:
    query = Place("storage.organisation", "homes")

    assert unexcused([rules.NOT_ADDRESSED], [query, Place("bot.jobs.release", "run")]) == []
    assert unexcused([rules.NOT_ADDRESSED], [query, Place("handlers.teamdigest", "show")]) == [rules.NOT_ADDRESSED]
    wishes = Place("storage.use_case_asking", "wanted_now")
    assert unexcused([rules.NOT_ADDRESSED], [wishes, Place("handlers.use_case_asking", "show")]) == []


@pytest.mark.parametrize("name", sorted({name for excused in rules.EXCEPTIONS.values() for name in excused}))
def test_every_exception_is_about_something_that_is_there(name: str) -> None:
    module, _, function = name.rpartition(".")
    try:
        import_module(name)
    except ModuleNotFoundError:
        assert callable(getattr(import_module(module), function))


def test_a_statement_is_told_with_the_function_that_sent_it(
    database: Database, statement_watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(rules.EXCEPTIONS[rules.NOT_ADDRESSED], "storage.outbox.states")
    with database.reading() as session:
        session.exec(select(Outbox.state)).all()  # a test may look at everything
        assert statement_watch.take() == []
        states(session)

    (told,) = statement_watch.take()
    assert "FROM outbox GROUP BY outbox.state" in told
    assert told.startswith(rules.NOT_ADDRESSED)
    assert told.endswith("sent by storage.outbox.states")


def test_what_goes_straight_to_postgresqls_driver_is_looked_at(
    postgresql_database: Database, statement_watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(rules.EXCEPTIONS[rules.DEFINES], "storage.bulk")
    table = table_of(OrgHome)
    postgresql_database.writing(lambda session: put_rows(session, table, ("person_id", "group_name"), [(1, "All")]))

    assert any("TRUNCATE staged_org_home" in told for told in statement_watch.take())
