"""Erased for good: no row of the person is left in any table, and nobody else loses one."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest
from sqlmodel import Session, SQLModel

from bot.domain.accounts import AssignedAccount, Question
from bot.domain.blocks_of_weeks import Block
from bot.domain.chain import EXPORT, Entry
from bot.domain.outcomes.links import StatedLink
from bot.domain.people import SlackId, Viewer
from bot.domain.teams import Wish
from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import Draft
from bot.domain.use_cases.evidence import Answer
from bot.domain.use_cases.traces import Decision, Report
from storage import (
    assignments,
    choices,
    denials,
    erasure,
    finished,
    finished_links,
    hints,
    own_marks,
    people,
    recent_runs,
    retention,
    teams,
    tokens,
    use_case_answers,
    use_case_asking,
    use_case_curating,
    use_case_entries,
    use_case_round_ups,
    use_case_tries,
)
from storage.access_log import note, verify
from storage.engine import Database
from storage.finished import Owned
from storage.ids import new_id, source_id, table_of
from storage.listings import Listing, take_listed
from storage.planning import plan
from storage.recent_runs import RunMinute
from storage.released import note_parts
from storage.tables import (
    AccountAllowance,
    EmailHolder,
    EventMark,
    OrgHome,
    OtelSeries,
    TeamMember,
    Tombstone,
)
from storage.usage import add_source_days
from tests.cast import ADA, BOB, EVE, MARKS, T0, TODAY, own_account, row, switched_on
from tests.domain.hints.cast import a_finding
from tests.domain.outcomes.cast import change
from tests.storage.usage_of_people import deliver, held

DAY: Final = timedelta(days=1)
KEYED_MARKS: Final = {table_of(EmailHolder).name, table_of(Tombstone).name}
Snapshot = dict[str, set[tuple[Any, ...]]]


def snapshot(database: Database) -> Snapshot:
    """Return every row of every table."""
    with database.reading() as session:
        return {
            name: {tuple(each) for each in session.connection().execute(table.select())}
            for name, table in SQLModel.metadata.tables.items()
        }


def live(database: Database, viewer: Viewer, name: str, *, months: bool = True) -> set[Any]:
    """Leave a trace of the person wherever there can be one; return by what they could be recognised."""
    account = own_account(database, viewer)
    laptop = deliver(database, viewer, [row(day=TODAY - DAY, requests=1)], machine=f"{name}-laptop")
    deliver(database, viewer, [row(day=date(2026, 8, 7), requests=2, work=f"{name}/secret")], machine=f"{name}-laptop")
    if months:
        database.writing(lambda session: retention.fold_into_months(session, viewer, date(2026, 8, 8), {}))

    def work(session: Session) -> None:
        own = viewer.person_id
        choices.choose(session, own, "digest", "weekly", T0)
        choices.note_file(session, own, f"F0{name}", T0)
        note(session, Entry(EXPORT, person_id=own), T0)
        note_parts(session, Block(35), [(own, f"group cost {name}")])
        tokens.create_token(session, f"{name}-token", own, T0)
        plan(session, "back_fill", "2026-11-19", [(own, T0)], T0)
        session.add(EventMark(source_id=laptop.source, event=name.encode(), content=1, seen_on=TODAY))
        session.add(OtelSeries(source_id=laptop.source, series=name.encode(), started_at=1, value=2, seen_on=TODAY))
        session.add(_allowance(account, laptop.source))
        denials.deny(session, own, MARKS.of_email(f"{name}@example.com"), "github", f"{name}-denied", T0)
        listed = [Listing(f"{name}-login", f"{name}@example.com", "person")]
        take_listed(session, "github", listed, MARKS, TODAY, TODAY)
        _finish(session, account, own, name)
        _share(session, own, name)
        _lead(session, own, name)
        company = source_id(session, "push", "meshclaw")
        add_source_days(session, [row(source_id=company, requests=5)])

    database.writing(work)
    return {
        viewer.person_id,
        account,
        laptop.source,
        viewer.slack_id.user_id,
        f"{viewer.slack_id.org_id}/{viewer.slack_id.user_id}",
        viewer.name,
        f"{name}@example.com",
        f"{name}-laptop",
        f"{name}-token",
        f"{name}-login",
        f"{name}-denied",
        f"{name}'s work",
        f"{name}'s draft",
        f"{name}'s thanks",
        f"{name}'s report",
        f"{name}-marked",
        f"{name}-team",
        f"{name}/secret",
        f"F0{name}",
        name.encode(),
    }


def _finish(session: Session, account: int, person_id: int, name: str) -> None:
    """Let the person have finished a change, with a run that named it and a mark beside it."""
    item = change(1, TODAY - DAY)
    finished.put_items(session, source_id(session, "github", "company"), [item])
    finished.put_owned(session, [Owned(account, item.place, item.reference, f"{name}'s work", "")])
    used = row(source="push", source_id=source_id(session, "push", "meshclaw"), requests=1)
    finished_links.add_links(session, {account: [StatedLink(item.reference, used)]})
    own_marks.put_mark(session, person_id, "not_mine", f"{name}-marked", T0)
    _look_at(session, account, person_id, name)


def _look_at(session: Session, account: int, person_id: int, name: str) -> None:
    """Let the person have been shown a hint, and a run of theirs be kept by the minute."""
    hints.record(session, person_id, a_finding(subject=f"{name}-job"), "digest", "2026-W46", TODAY)
    source = source_id(session, "push", "meshclaw")
    run = (f"{name}-run", T0, "meshclaw", f"{name}-job", "schedule", 1, 2)
    recent_runs.add_minutes(session, [RunMinute(account, source, *run, has_progress=False)])


def _share(session: Session, person_id: int, name: str) -> None:
    """Let the person have a draft for the library, and say of others' entries what can be said."""
    draft = steps.kept_draft(new_id(), Draft(title=f"{name}'s draft"), person_id, TODAY)
    use_case_entries.put(session, draft)
    answer = Answer(new_id(), person_id, "Platform", "yes", TODAY)
    use_case_answers.say(session, 1, answer)
    use_case_answers.add_thanks(session, answer.id, person_id, f"{name}'s thanks", named=True)
    use_case_tries.note_offered(session, person_id, [1], TODAY)
    use_case_curating.report(session, Report(new_id(), 1, person_id, f"{name}'s report", TODAY))
    use_case_curating.decide(session, Decision(new_id(), 2, person_id, "kept", "Fine", TODAY))
    use_case_asking.ask(session, new_id(), "A way to draw plans", person_id, TODAY)
    use_case_round_ups.subscribe(session, f"C0{name}", person_id, TODAY)


def _lead(session: Session, person_id: int, name: str) -> None:
    """Let the person have a home, lead a team and be in another."""
    wish = Wish(f"{name}-team", ("acme/api",), user_group="S0NIGHT01")
    teams.create(session, wish, person_id, T0, cost_group="", is_agreed=True)
    session.add(OrgHome(person_id=person_id, group_name="Payments"))
    session.add(TeamMember(person_id=person_id, team_id=1))


def _allowance(account: int, source: int) -> AccountAllowance:
    return AccountAllowance(
        account_id=account,
        source_id=source,
        limit_nano_usd=2,
        spent_nano_usd=1,
        first_day=TODAY,
        last_day=TODAY,
        seen_at=T0,
    )


def erase(database: Database, person_id: int, today: date = TODAY) -> None:
    database.writing(lambda session: erasure.erase(session, person_id, MARKS, today))


def traces(tables: Snapshot, known: set[Any]) -> set[tuple[str, Any]]:
    return {
        (name, value)
        for name, rows in tables.items()
        for each in rows
        for value in each
        if not isinstance(value, bool) and value in known
    }


@pytest.mark.parametrize("months", [True, False], ids=["with months", "with days alone"])
def test_nothing_of_the_person_is_left_in_any_table(database: Database, months: bool) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    known = live(database, ada, "ada", months=months)
    live(database, bob, "bob")
    held(database, (ada, TODAY - 20 * DAY, TODAY - 10 * DAY), (bob, TODAY - 9 * DAY, None))
    seen_before = {value for _, value in traces(snapshot(database), known)}

    erase(database, ada.person_id)

    assert seen_before >= known - ({"ada/secret"} if months else set()), "else this test looks for nothing"
    assert traces(snapshot(database), known) == set()


def test_every_table_that_names_a_person_an_account_or_a_source_is_covered(database: Database) -> None:
    """A table that is added later fails here until `live` leaves a trace in it."""
    ada = switched_on(database)
    known = live(database, ada, "ada")
    deliver(database, ada, [row(day=TODAY)], machine="ada-laptop")
    pointing = {
        name
        for name, table in SQLModel.metadata.tables.items()
        if {"person_id", "account_id", "owner"} & set(table.columns.keys())
    }

    assert pointing - {name for name, _ in traces(snapshot(database), known)} == set()


def test_nobody_else_loses_anything(database: Database) -> None:
    bob = switched_on(database, BOB)
    live(database, bob, "bob")
    before = snapshot(database)
    ada = switched_on(database, ADA)
    live(database, ada, "ada")
    erase(database, ada.person_id)
    after = snapshot(database)

    everybodys = {"label", "source_day", "access_entry"}
    nameless = {"use_case_answer", "use_case_report", "use_case_decision", "looking_for", "channel_round_up"}
    for name in nameless:
        assert before[name] < after[name], "it stays, without whose it is"
    for name in before.keys() - KEYED_MARKS - everybodys - nameless:
        assert after[name] == before[name], name
    assert before["label"] <= after["label"]
    assert len(after["source_day"]) == 1, "sums over everybody stay"
    assert before["access_entry"] <= after["access_entry"]


def test_the_log_keeps_its_hashes_and_says_nothing_of_who_it_was(database: Database) -> None:
    ada = switched_on(database)
    live(database, ada, "ada")
    hashes = {each[1] for each in snapshot(database)["access_entry"]}
    erase(database, ada.person_id)
    rows = snapshot(database)["access_entry"]

    assert hashes < {each[1] for each in rows}
    assert sorted(each[4] for each in rows) == ["", "erased"]
    assert ada.person_id not in {value for each in rows for value in each}
    with database.reading() as session:
        assert verify(session) is None


def test_the_other_holder_of_an_account_keeps_their_days(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    account = held(database, (ada, TODAY - 20 * DAY, TODAY - 10 * DAY), (bob, TODAY - 9 * DAY, None))
    deliver(database, ada, [row(day=TODAY - n * DAY, requests=n) for n in range(1, 21)], account=account)
    erase(database, ada.person_id)

    tables = snapshot(database)
    days = {value for each in tables["usage_day"] if account in each for value in each if isinstance(value, date)}
    assert days == {TODAY - n * DAY for n in range(1, 10)}


def test_erasing_twice_or_nobody_changes_nothing(database: Database) -> None:
    ada = switched_on(database)
    live(database, ada, "ada")
    erase(database, ada.person_id)
    before = snapshot(database)
    erase(database, ada.person_id, TODAY + DAY)
    erase(database, 1)

    assert snapshot(database) == before


def test_the_day_of_the_erasure_is_remembered_by_a_keyed_mark(database: Database) -> None:
    ada = switched_on(database)
    erase(database, ada.person_id)

    with database.reading() as session:
        assert erasure.erased_on(session, ADA.slack_id, MARKS) == TODAY
        assert erasure.erased_on(session, EVE.slack_id, MARKS) is None
        assert erasure.erased_on(session, SlackId("E0OTHER", ADA.slack_id.user_id), MARKS) is None


def test_erasing_again_later_remembers_the_later_day(database: Database) -> None:
    for days in (0, 3):
        again = switched_on(database)
        erase(database, again.person_id, TODAY + days * DAY)

    with database.reading() as session:
        assert erasure.erased_on(session, ADA.slack_id, MARKS) == TODAY + 3 * DAY


def test_whoever_erased_everything_can_start_anew_as_somebody_new(database: Database) -> None:
    before = switched_on(database)
    live(database, before, "ada")
    erase(database, before.person_id)
    after = switched_on(database)

    assert after.person_id != before.person_id
    with database.reading() as session:
        assert people.by_email(session, "ada@example.com", MARKS) == after
        assert choices.settings_of(session, after.person_id) == {}


def test_of_the_companys_file_only_the_answer_goes(database: Database) -> None:
    """Else the account would fall to whoever made it."""
    ada = switched_on(database)
    row_ = AssignedAccount("anthropic", "key-1", "ada@example.com")
    database.writing(lambda session: assignments.assign(session, [row_], MARKS, TODAY))
    mark = MARKS.of_email("ada@example.com")
    database.writing(lambda session: assignments.answer(session, ada, Question("anthropic", "key-1", TODAY), yes=True))
    with database.reading() as session:
        before = assignments.given_to(session, mark)
    erase(database, ada.person_id)

    with database.reading() as session:
        after = assignments.given_to(session, mark)
    assert [given.answer for given in before] == ["yes"]
    assert [given.answer for given in after] == [""]


def test_whoever_got_somebody_elses_address_erases_nothing_of_theirs(database: Database) -> None:
    switched_on(database)
    listed = [Listing("ada-login", "ada@example.com", "person")]
    database.writing(lambda session: take_listed(session, "github", listed, MARKS, TODAY, TODAY))
    successor = switched_on(database, replace(EVE, email=ADA.email))
    erase(database, successor.person_id)

    assert len(snapshot(database)["listed_account"]) == 1


def test_a_leaver_takes_their_own_finished_work_along_and_not_the_next_holders(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    account = held(database, (ada, TODAY - 20 * DAY, TODAY - 10 * DAY), (bob, TODAY - 9 * DAY, None))
    items = [change(1, TODAY - 15 * DAY), change(2, TODAY - 5 * DAY)]

    def finish(session: Session) -> None:
        finished.put_items(session, source_id(session, "github", "company"), items)
        finished.put_owned(session, [Owned(account, item.place, item.reference, "", "") for item in items])
        stated = [StatedLink(item.reference, row(day=item.finished_on, source_id=1)) for item in items]
        finished_links.add_links(session, {account: stated})

    database.writing(finish)
    erase(database, ada.person_id)
    tables = snapshot(database)

    assert [each[2] for each in tables["outcome"]] == ["acme/api#2"]
    assert ["acme/api#2" in each for each in tables["outcome_link"]] == [True]
    assert len(tables["change"]) == 2  # facts about the repository
