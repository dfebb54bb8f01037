"""What is sent in is stored once, for whom it is about, and never about anybody who is not on."""

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from bot.domain.people import Viewer
from bot.domain.usage import MEASURES
from bot.errors import InputError, RefusedError
from bot.intake import take_ccusage, take_push, take_push_file
from bot.policy import Policy, Retention
from storage import erasure, holders, links, people
from storage.engine import Database
from storage.ids import account_id
from storage.tokens import Bearer
from tests.cast import BOB, EVE, MARKS, ORG, T0, TODAY, switched_on
from tests.senders import (
    PLATFORM,
    breakdown,
    ccusage_file,
    lines,
    parsed,
    pushed,
    rows_of,
    services_for,
    stored,
    unified,
)
from tests.threads import at_once

MONDAY = date(2026, 11, 16)
EACH_TIME = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def count(database: Database, table: str) -> int:
    with database.reading() as session:
        return int(session.connection().execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def over_everybody(database: Database) -> list[tuple[Any, ...]]:
    names = ", ".join((*MEASURES, "list_value_by", "partly_unknown"))
    query = text(f"SELECT day, model_id, run_kind_id, {names} FROM source_day ORDER BY 1, 2, 3")  # noqa: S608
    with database.reading() as session:
        return [tuple(row)[0:1] + tuple(row)[3:] for row in session.connection().execute(query)]


# --- files of ccusage -------------------------------------------------------------------------------


def test_importing_the_same_file_twice_changes_nothing(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)
    content = ccusage_file(unified(MONDAY, [breakdown("claude-sonnet-4-5")]))
    first = take_ccusage(services, content, "laptop", ada, own=True)
    before = stored(database, ada)
    assert take_ccusage(services, content, "laptop", ada, own=True) == first
    assert stored(database, ada) == before
    assert len(before) == 1


def test_a_file_replaces_the_days_that_it_has_and_no_other(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)
    tuesday = MONDAY + timedelta(days=1)
    take_ccusage(
        services,
        ccusage_file(unified(MONDAY, [breakdown("a"), breakdown("b")]), unified(tuesday, [breakdown("a")])),
        "laptop",
        ada,
        own=True,
    )
    take_ccusage(services, ccusage_file(unified(MONDAY, [breakdown("c", cost=2.5)])), "laptop", ada, own=True)
    assert [(row.day, row.model) for row in sorted(rows_of(database, ada), key=lambda row: row.day)] == [
        (MONDAY, "c"),
        (tuesday, "a"),
    ]


def test_another_machine_and_another_person_stay(database: Database) -> None:
    ada, bob, services = switched_on(database), switched_on(database, BOB), services_for(database)
    for viewer, machine in ((ada, "laptop"), (ada, "tower"), (bob, "laptop")):
        content = ccusage_file(unified(MONDAY, [breakdown("claude-sonnet-4-5")]))
        take_ccusage(services, content, machine, viewer, own=True)
    kept = stored(database, bob)
    take_ccusage(services, ccusage_file(unified(MONDAY, [])), "laptop", ada, own=True)
    assert len(rows_of(database, ada)) == 1
    assert stored(database, bob) == kept


@EACH_TIME
@given(
    before=st.dictionaries(st.integers(0, 20), st.integers(0, 3)),
    after=st.dictionaries(st.integers(0, 20), st.integers(0, 3)),
)
def test_the_last_file_says_what_is_on_its_days(
    sqlite_database: Database, before: dict[int, int], after: dict[int, int]
) -> None:
    ada, services = switched_on(sqlite_database), services_for(sqlite_database)
    for machine in ("laptop", "tower"):
        sqlite_database.writing(forget_usage)
        for days in (before, after, after):
            content = ccusage_file(
                *(
                    unified(MONDAY - timedelta(days=day), [breakdown(f"m{n}") for n in range(models)])
                    for day, models in days.items()
                )
            )
            take_ccusage(services, content, machine, ada, own=True)
        expected = {MONDAY - timedelta(days=day): models for day, models in (before | after).items() if models}
        found: dict[date, int] = {}
        for row in rows_of(sqlite_database, ada):
            found[row.day] = found.get(row.day, 0) + 1
        assert found == expected


def test_days_beyond_the_retention_are_left_out_and_said_to_be(sqlite_database: Database) -> None:
    ada = switched_on(sqlite_database)
    services = services_for(sqlite_database, policy=Policy(retention=Retention(daily_days=28)))
    content = ccusage_file(
        unified(TODAY - timedelta(days=28), [breakdown("kept")]),
        unified(TODAY - timedelta(days=29), [breakdown("old")]),
    )
    taken = take_ccusage(services, content, "laptop", ada, own=True)
    with sqlite_database.reading() as session:
        assert session.connection().execute(text("SELECT count(*) FROM usage_day")).scalar_one() == 1
    assert "1 day is older than 28 days and left out." in taken.notes
    assert (taken.rows, taken.days) == (2, 2)


def test_an_operator_cannot_tell_from_the_answer_who_is_on(database: Database) -> None:
    services = services_for(database)
    on, paused = switched_on(database), switched_on(database, BOB)
    database.writing(lambda session: people.pause(session, paused.person_id, T0))
    stranger = Viewer(42, EVE.slack_id, EVE.name, EVE.tz, paused.standing)
    content = ccusage_file(unified(MONDAY, [breakdown("claude-sonnet-4-5")]))
    answers = [take_ccusage(services, content, "m", who, own=False) for who in (on, paused, stranger, None)]
    assert answers == [answers[0]] * 4
    assert rows_of(database, on)
    assert not rows_of(database, paused)
    assert count(database, "usage_day") == 1


def test_a_paused_person_is_told_so_about_their_own_file_and_nothing_is_stored(database: Database) -> None:
    ada = switched_on(database)
    database.writing(lambda session: people.pause(session, ada.person_id, T0))
    content = ccusage_file(unified(MONDAY, [breakdown("claude-sonnet-4-5")]))
    taken = take_ccusage(services_for(database), content, "laptop", ada, own=True)
    assert any("paused" in note for note in taken.notes)
    assert count(database, "usage_day") == 0


def test_what_was_erased_comes_back_by_the_persons_own_hand_only(database: Database) -> None:
    services = services_for(database)
    ada = switched_on(database)
    database.writing(lambda session: erasure.erase(session, ada.person_id, MARKS, MONDAY))
    again = switched_on(database)
    tuesday = MONDAY + timedelta(days=1)
    content = ccusage_file(unified(MONDAY, [breakdown("a")]), unified(tuesday, [breakdown("a")]))
    take_ccusage(services, content, "laptop", again, own=False)
    assert {row.day for row in rows_of(database, again)} == {tuesday}
    take_ccusage(services, content, "laptop", again, own=True)
    assert {row.day for row in rows_of(database, again)} == {MONDAY, tuesday}


@pytest.mark.parametrize("machine", ["", "  ", "a\nb", "m" * 101])
def test_a_machine_needs_a_name_that_can_be_shown(sqlite_database: Database, machine: str) -> None:
    with pytest.raises(InputError, match="machine"):
        take_ccusage(services_for(sqlite_database), ccusage_file(), machine, None, own=True)


# --- pushes -----------------------------------------------------------------------------------------


def test_a_repeated_push_changes_nothing(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)
    events = parsed(pushed(), pushed(event_id="run-81-4"))
    assert take_push(services, events, PLATFORM) == (2, 0, [])
    before, sums = stored(database, ada), over_everybody(database)
    assert take_push(services, events, PLATFORM) == (2, 2, [])
    assert (stored(database, ada), over_everybody(database)) == (before, sums)
    assert before[0][6:12] == (2400, 160000, 8000, 0, 1800, 6)


def test_another_order_and_spacing_of_fields_is_the_same_event(database: Database) -> None:
    switched_on(database)
    services = services_for(database)
    take_push(services, parsed(pushed()), PLATFORM)
    turned = dict(reversed(pushed(sent_at="now", trigger="schedule").items()))
    assert take_push(services, parsed(turned), PLATFORM) == (1, 1, [])


def test_a_known_id_with_other_content_is_listed_and_the_rest_lands(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)
    take_push(services, parsed(pushed()), PLATFORM)
    taken = take_push(services, parsed(pushed(requests=4), pushed(event_id="new", requests=1)), PLATFORM)
    assert taken == (2, 0, ["run-81-3"])
    assert [row.requests for row in rows_of(database, ada)] == [4]


def test_the_first_of_two_contents_in_one_request_counts(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)
    taken = take_push(services, parsed(pushed(), pushed(requests=7), pushed()), PLATFORM)
    assert taken == (3, 1, ["run-81-3"])
    assert [row.requests for row in rows_of(database, ada)] == [3]
    assert take_push(services, parsed(pushed()), PLATFORM) == (1, 1, [])


def test_two_platforms_may_use_the_same_ids(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)
    for name in ("meshclaw", "openclaw"):
        assert take_push(services, parsed(pushed()), Bearer(name, None)) == (1, 0, [])
    assert len(rows_of(database, ada)) == 2


@pytest.mark.parametrize(
    ("person", "standing"),
    [
        ({"email": "BOB@example.com "}, "paused"),
        ({"slack_user_id": "U0EVE"}, "unknown"),
        ({"email": "nobody@example.com"}, "unknown"),
        ({"external_id": "meshclaw:ab12"}, "unknown"),
    ],
)
def test_events_of_people_who_are_not_on_are_answered_alike_and_enter_the_sums_only(
    database: Database, person: dict[str, str], standing: str
) -> None:
    services = services_for(database)
    if standing == "paused":
        bob = switched_on(database, BOB)
        database.writing(lambda session: people.pause(session, bob.person_id, T0))
    assert take_push(services, parsed(pushed(person=person)), PLATFORM) == (1, 0, [])
    assert count(database, "usage_day") == 0
    assert count(database, "feed_scope") == 0
    assert [row[1:7] for row in over_everybody(database)] == [(1200, 80000, 4000, 0, 900, 3)]


def test_the_sums_over_everybody_are_the_same_whoever_is_on(database: Database) -> None:
    services = services_for(database)
    switched_on(database)
    people_ = ("ada@example.com", "bob@example.com", "eve@example.com")
    events = parsed(*(pushed(event_id=str(n), person={"email": who}) for n, who in enumerate(people_)))
    take_push(services, events, PLATFORM)
    assert [row[6] for row in over_everybody(database)] == [9]


@pytest.mark.parametrize(
    "person",
    [{"email": " ADA@example.com"}, {"slack_user_id": "U0ADA"}, {"external_id": "meshclaw:ada"}],
)
def test_a_person_is_known_by_email_slack_user_or_linked_account(database: Database, person: dict[str, str]) -> None:
    ada, services = switched_on(database), services_for(database)

    def link(session: Any) -> None:
        account = account_id(session, holders.EXTERNAL_PROVIDER, "meshclaw:ada")
        links.link(session, account, ada.person_id, MONDAY, how="file", by="operator")

    database.writing(link)
    take_push(services, parsed(pushed(person=person)), PLATFORM)
    assert [row.requests for row in rows_of(database, ada)] == [3]


def test_a_linked_account_is_a_persons_from_its_day_on(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)

    def link(session: Any) -> None:
        account = account_id(session, holders.EXTERNAL_PROVIDER, "x")
        links.link(session, account, ada.person_id, date(2026, 11, 18), how="file", by="operator")

    database.writing(link)
    days = ("2026-11-17T23:59:59Z", "2026-11-18T00:00:00Z")
    events = (pushed(event_id=day, occurred_at=day, person={"external_id": "x"}) for day in days)
    take_push(services, parsed(*events), PLATFORM)
    assert [row.day for row in rows_of(database, ada)] == [date(2026, 11, 18)]


def test_many_identities_resolve_as_each_alone(database: Database) -> None:
    """The queries for a batch must obey the rules of `storage.people`, which has them for one."""
    switched_on(database)
    bob = switched_on(database, BOB)
    database.writing(lambda session: people.pause(session, bob.person_id, T0))
    emails = ["ada@example.com", "bob@example.com", "nobody@example.com"]
    with database.reading() as session:
        found = holders.by_email(session, emails, MARKS)
        for email in emails:
            alone = people.by_email(session, email, MARKS)
            assert [each.person_id for each in found.get(email, ())] == ([alone.person_id] if alone else [])
        by_slack = holders.by_slack(session, ORG, ["U0ADA", "U0BOB", "U0EVE"], MARKS)
    assert {name: [each.is_on for each in theirs] for name, theirs in by_slack.items()} == {
        "U0ADA": [True],
        "U0BOB": [False],
    }


def test_an_address_that_was_somebody_elses_first_leads_to_nobody(database: Database) -> None:
    switched_on(database)
    database.writing(
        lambda session: session.connection().execute(
            text("UPDATE email_holder SET slack_mark = :mark"), {"mark": MARKS.of_slack(EVE.slack_id)}
        )
    )
    with database.reading() as session:
        assert people.by_email(session, "ada@example.com", MARKS) is None
        assert holders.by_email(session, ["ada@example.com"], MARKS) == {}


def test_erased_days_are_not_taken_from_a_platform_again(database: Database) -> None:
    services = services_for(database)
    ada = switched_on(database)
    database.writing(lambda session: erasure.erase(session, ada.person_id, MARKS, MONDAY))
    again = switched_on(database)
    at = ("2026-11-16T10:00:00Z", "2026-11-17T10:00:00Z")
    take_push(services, parsed(*(pushed(event_id=day, occurred_at=day) for day in at)), PLATFORM)
    assert [row.day for row in rows_of(database, again)] == [date(2026, 11, 17)]


def test_events_beyond_the_retention_enter_the_sums_only(sqlite_database: Database) -> None:
    ada = switched_on(sqlite_database, now=T0 - timedelta(days=60))
    services = services_for(sqlite_database, policy=Policy(retention=Retention(daily_days=28)))
    days = (TODAY - timedelta(days=28), TODAY - timedelta(days=29))
    events = (pushed(event_id=str(day), occurred_at=f"{day}T10:00:00Z") for day in days)
    take_push(services, parsed(*events), PLATFORM)
    assert [row.day for row in rows_of(sqlite_database, ada)] == [days[0]]
    assert len(over_everybody(sqlite_database)) == 2


def test_amounts_that_no_column_holds_are_refused_whole(database: Database) -> None:
    switched_on(database)
    cost = {"amount": "900000000", "currency": "USD", "basis": "billed"}
    with pytest.raises(InputError, match="check their units"):
        take_push(services_for(database), parsed(*(pushed(event_id=str(n), cost=cost) for n in range(20))), PLATFORM)
    assert count(database, "event_mark") == 0


# --- personal tokens --------------------------------------------------------------------------------


def test_a_personal_token_takes_its_person_only_and_never_enters_the_sums(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)
    switched_on(database, BOB)
    own = Bearer("Ada's laptop", ada.person_id)
    cost = {"amount": "2.5", "currency": "USD", "basis": "billed"}
    assert take_push(services, parsed(pushed(cost=cost)), own) == (1, 0, [])
    assert [(row.billed_nano_usd, row.list_value_nano_usd, row.list_value_by) for row in rows_of(database, ada)] == [
        (None, 2_500_000_000, "sender")
    ]
    assert count(database, "source_day") == 0


@pytest.mark.parametrize("other", ["bob@example.com", "nobody@example.com"])
def test_somebody_elses_event_is_refused_whole_and_in_the_same_words(database: Database, other: str) -> None:
    ada, services = switched_on(database), services_for(database)
    switched_on(database, BOB)
    events = parsed(pushed(), pushed(event_id="2", person={"email": other}))
    with pytest.raises(RefusedError, match="takes only that person's own events"):
        take_push(services, events, Bearer("Ada's laptop", ada.person_id))
    assert count(database, "usage_day") == 0
    assert count(database, "event_mark") == 0


def test_a_paused_persons_own_push_leaves_nothing_behind(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)
    database.writing(lambda session: people.pause(session, ada.person_id, T0))
    assert take_push(services, parsed(pushed()), Bearer("laptop", ada.person_id)) == (1, 0, ())
    assert [count(database, table) for table in ("usage_day", "event_mark", "source_day")] == [0, 0, 0]


# --- runs -------------------------------------------------------------------------------------------


def test_a_run_and_its_result_count_once_over_several_requests(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)
    take_push(services, parsed(pushed(event_id="1"), pushed(event_id="2")), PLATFORM)
    take_push(services, parsed(pushed(event_id="3", outcomes=["acme/api#412"])), PLATFORM)
    take_push(services, parsed(pushed(event_id="4", result=True), pushed(event_id="5", run_id="other")), PLATFORM)
    assert [(row.runs, row.runs_with_result) for row in rows_of(database, ada)] == [(2, 1)]


def test_events_without_a_run_leave_the_number_of_runs_unknown(database: Database) -> None:
    ada, services = switched_on(database), services_for(database)
    take_push(services, parsed(pushed(run_id=...)), PLATFORM)
    assert [row.runs for row in rows_of(database, ada)] == [None]
    take_push(services, parsed(pushed(event_id="2")), PLATFORM)
    (row,) = rows_of(database, ada)
    assert row.measure("runs") == (1, False)


def test_the_same_run_id_of_two_people_is_two_runs(database: Database) -> None:
    ada, bob, services = switched_on(database), switched_on(database, BOB), services_for(database)
    take_push(services, parsed(pushed(), pushed(event_id="2", person={"email": "bob@example.com"})), PLATFORM)
    assert [row.runs for who in (ada, bob) for row in rows_of(database, who)] == [1, 1]


# --- properties -------------------------------------------------------------------------------------

_models = st.sampled_from(["claude-sonnet-4-5", "gpt-5.5", "some-unlisted-model"])
_tokens = st.fixed_dictionaries(
    {}, optional={name: st.none() | st.integers(0, 10**6) for name in ("input", "cache_read", "cache_write", "output")}
)
_costs = st.sampled_from(
    [
        ...,
        None,
        {"amount": "0.000000001", "currency": "USD", "basis": "billed"},
        {"amount": "3", "currency": "USD", "basis": "list"},
    ]
)
_events = st.lists(
    st.builds(
        lambda day, hour, **more: pushed(occurred_at=f"2026-11-{day}T{hour:02}:00:00Z", **more),
        day=st.integers(14, 17),
        hour=st.integers(0, 23),
        person=st.sampled_from([{"email": "ada@example.com"}, {"slack_user_id": "U0ADA"}, {"email": "x@example.com"}]),
        model=_models,
        tokens=_tokens,
        cost=_costs,
        run_id=st.sampled_from(["", "1", "2", "3"]),
        work=st.sampled_from(["", "triage"]),
        requests=st.none() | st.integers(0, 9),
        result=st.booleans(),
    ),
    max_size=12,
).map(lambda events: [event | {"event_id": str(number)} for number, event in enumerate(events)])


def forget_usage(session: Session) -> None:
    for table in ("usage_day", "source_day", "event_mark"):
        session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608


def all_but_runs(rows: list[tuple[Any, ...]], at: int) -> list[tuple[Any, ...]]:
    # in which of a run's rows it counts depends on what arrived first; how many runs there were does not
    unknown = ~sum(1 << MEASURES.index(name) for name in ("runs", "runs_with_result"))
    return [(*row[: at + 7], *row[at + 9 : -1], row[-1] & unknown) for row in rows]


@EACH_TIME
@given(events=_events, seed=st.integers(0, 9), size=st.integers(1, 5))
def test_order_batches_and_repeats_change_no_total(
    sqlite_database: Database, events: list[dict[str, Any]], seed: int, size: int
) -> None:
    ada, services = switched_on(sqlite_database), services_for(sqlite_database)

    def after(batches: list[list[dict[str, Any]]]) -> tuple[Any, ...]:
        sqlite_database.writing(forget_usage)
        for batch in batches:
            take_push(services, parsed(*batch), PLATFORM)
        rows, sums = stored(sqlite_database, ada), over_everybody(sqlite_database)
        runs = [sum(row[-6] or 0 for row in sums), sum(row[-5] or 0 for row in sums)]
        return sorted(all_but_runs(rows, 6), key=repr), sorted(all_but_runs(sums, 1), key=repr), runs

    at_once = after([events])
    shuffled = random.Random(seed).sample(events, len(events))
    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    assert after(batches) == at_once
    assert after([*batches, *batches, events]) == at_once


# --- files of events --------------------------------------------------------------------------------


def test_a_file_is_counted_once_however_often_it_is_taken(database: Database, tmp_path: Path) -> None:
    ada, services = switched_on(database), services_for(database)
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"\xef\xbb\xbf" + lines(*(pushed(event_id=str(n)) for n in range(20)))[:-1])
    done: list[int] = []
    assert take_push_file(services, path, PLATFORM, done.append) == (20, 0, ())
    assert sum(done) == 2 * (path.stat().st_size - 3)
    assert take_push_file(services, path, PLATFORM).repeated == 20
    assert [row.requests for row in rows_of(database, ada)] == [60]


def test_a_file_with_bad_lines_stores_nothing_and_names_them_all(sqlite_database: Database, tmp_path: Path) -> None:
    switched_on(sqlite_database)
    path = tmp_path / "events.ndjson"
    path.write_bytes(lines(pushed(), pushed(event_id="2", requests=-1)) + b"\nnonsense\n" + lines(pushed(event_id="3")))
    with pytest.raises(InputError) as refused:
        take_push_file(services_for(sqlite_database), path, PLATFORM)
    assert [row.split(":")[0] for row in refused.value.rows] == ["line 2", "line 4"]
    assert count(sqlite_database, "event_mark") == 0


def test_a_file_may_be_an_array(sqlite_database: Database, tmp_path: Path) -> None:
    ada = switched_on(sqlite_database)
    path = tmp_path / "events.json"
    path.write_bytes(b" [" + b",".join(lines(pushed(), pushed(event_id="2")).splitlines()) + b"]")
    assert take_push_file(services_for(sqlite_database), path, PLATFORM).read == 2
    assert [row.requests for row in rows_of(sqlite_database, ada)] == [6]


def test_a_file_with_somebody_elses_event_is_refused_before_anything_is_stored(
    sqlite_database: Database, tmp_path: Path
) -> None:
    ada = switched_on(sqlite_database)
    path = tmp_path / "events.ndjson"
    path.write_bytes(lines(pushed(), pushed(event_id="2", person={"email": "bob@example.com"})))
    with pytest.raises(RefusedError):
        take_push_file(services_for(sqlite_database), path, Bearer("laptop", ada.person_id))
    assert count(sqlite_database, "event_mark") == 0


@pytest.mark.parametrize("content", [b"{" + b" " * 9_000_000, None])
def test_a_file_that_cannot_be_read_is_refused_with_its_name(
    sqlite_database: Database, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "events.ndjson"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"events\.ndjson"):
        take_push_file(services_for(sqlite_database), path, PLATFORM)


def test_no_time_of_day_and_no_unlisted_field_is_stored(sqlite_database: Database, tmp_path: Path) -> None:
    switched_on(sqlite_database)
    services = services_for(sqlite_database)
    secret = pushed(occurred_at="2026-11-18T03:14:15Z", prompt="a sentence of Ada's", outcomes=["acme/api#412"])
    take_push(services, parsed(secret), PLATFORM)
    with sqlite_database.reading() as session:
        dump = "\n".join(session.connection().connection.driver_connection.iterdump())  # type: ignore[union-attr]
    for word in ("sentence", "03:14", "run-81"):
        assert word not in dump


def test_rivals_count_an_event_once(postgresql_database: Database) -> None:
    """Two replicas that get the same push at the same time count it once."""
    ada, services = switched_on(postgresql_database), services_for(postgresql_database)
    events = parsed(*(pushed(event_id=str(n)) for n in range(200)))
    answers = at_once(4, lambda _: take_push(services, events, PLATFORM).repeated)
    assert sorted(answers) == [0, 200, 200, 200]
    assert [row.requests for row in rows_of(postgresql_database, ada)] == [600]
