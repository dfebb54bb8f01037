"""Finished work in the tables: the newest content wins, and a list is its author's alone."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import Session, select

from bot.domain.export import export_object
from bot.domain.outcomes.links import OwnMarks, StatedLink
from bot.domain.outcomes.work import FinishedItem
from bot.domain.people import Viewer
from bot.domain.usage import BIT
from storage import finished, finished_links, own_marks
from storage.engine import Database
from storage.export import everything_about
from storage.finished import Owned
from storage.finished_retention import drop_items_before, drop_outcomes_before, drop_stated_before, empty_titles_before
from storage.ids import source_id
from storage.tables import Change, Outcome, OutcomeLink
from storage.usage import deliveries_for, note_delivery
from tests.cast import ADA, BOB, MARKS, T0, TODAY, own_account, row, switched_on
from tests.domain.outcomes.cast import ago, change, ticket
from tests.storage.usage_of_people import held

EVERYTHING = change(
    1,
    ago(3),
    came_back_on=ago(1),
    ticket="PAY-1",
    lines=12,
    minutes_to_first_review=30,
    minutes_open=300,
    reviewed=True,
    author=b"a" * 16,
    agent_made=True,
    ai_evidence="shown",
)
NOTHING_KNOWN = ticket(2, ago(4))


def put(database: Database, *items: FinishedItem) -> int:
    def work(session: Session) -> int:
        source = source_id(session, "github", "company")
        finished.put_items(session, source, items)
        return source

    return database.writing(work)


def give(database: Database, account: int, *items: FinishedItem, title: str = "A title") -> None:
    rows = [Owned(account, item.place, item.reference, title, "https://example.com/1") for item in items]
    database.writing(lambda session: finished.put_owned(session, rows))


def read(database: Database, ask: Callable[[Session], Any]) -> Any:
    with database.reading() as session:
        return ask(session)


def own(database: Database, viewer: Viewer, days: int = 400) -> list[str]:
    found = read(database, lambda session: finished.own_items(session, viewer.person_id, ago(days), TODAY))
    return [item.reference for item in found]


def test_what_is_put_is_read_again_known_or_unknown(database: Database) -> None:
    put(database, EVERYTHING, NOTHING_KNOWN)

    found = read(database, lambda s: finished.items_of(s, ["acme/api", "PAY"], ago(9), TODAY))
    assert sorted(found, key=str) == sorted([EVERYTHING, NOTHING_KNOWN], key=str)
    assert read(database, finished.places) == ["PAY", "acme/api"]
    assert read(database, lambda s: finished.items_of(s, ["acme/api"], ago(2), TODAY)) == []


def test_the_newest_content_of_a_reference_wins(database: Database) -> None:
    put(database, EVERYTHING, change(1, ago(2)), change(2))
    put(database, change(2, ago(1), lines=5))

    found = read(database, lambda s: finished.held(s, ["acme/api#1", "acme/api#2", "PAY-9"]))
    assert found == {
        ("acme/api", "acme/api#1"): change(1, ago(2)),
        ("acme/api", "acme/api#2"): change(2, ago(1), lines=5),
    }


def test_an_item_is_theirs_whose_the_account_was_when_it_was_finished(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    account = held(database, (ada, ago(50), ago(20)), (bob, ago(19), None))
    items = [change(number, ago(days)) for number, days in enumerate((60, 50, 20, 19, 0))]
    put(database, *items)
    give(database, account, *items)

    assert own(database, ada) == ["acme/api#1", "acme/api#2"]
    assert own(database, bob) == ["acme/api#3", "acme/api#4"]
    assert own(database, bob, days=10) == ["acme/api#4"]


def test_an_item_on_two_accounts_of_one_person_is_one(database: Database) -> None:
    ada = switched_on(database)
    put(database, change(1), ticket(1), ticket(2))
    give(database, own_account(database, ada), change(1), title="")
    give(database, held(database, (ada, ago(50), None)), change(1), ticket(1), ticket(2))
    (first, *_) = read(database, lambda s: finished.own_items(s, ada.person_id, ago(0), TODAY))[-1:]

    assert len(own(database, ada)) == 3
    assert (first.reference, first.title, first.link) == ("acme/api#1", "A title", "https://example.com/1")
    assert read(database, lambda s: finished.kept_items(s, ada.person_id)) == [("change", 1), ("ticket", 2)]


def test_what_turns_out_to_be_anothers_is_taken_away(database: Database) -> None:
    ada = switched_on(database)
    mine, other = replace(change(1), author=b"a" * 16), replace(change(2), author=b"a" * 16)
    put(database, mine, other)
    give(database, own_account(database, ada), mine, other)
    before = {("acme/api", item.reference): item for item in (mine, other)}
    database.writing(lambda s: finished.disown(s, [replace(mine, author=b"b" * 16), other, change(3)], before))

    assert own(database, ada) == ["acme/api#2"]


def stated(day: int = 0, reference: str = "acme/api#1", source: int = 1, **known: Any) -> StatedLink:
    used = row(day=ago(day), source="push", source_id=source, tool="meshclaw", model="", work="nightly", **known)
    return StatedLink(reference, used)


def test_what_runs_state_adds_up_and_is_read_by_its_day(database: Database) -> None:
    ada = switched_on(database)
    account = own_account(database, ada)
    source = database.writing(lambda session: source_id(session, "push", "meshclaw"))
    for amount in (3, 4, None):
        link = stated(source=source, billed_nano_usd=amount)
        database.writing(lambda session, link=link: finished_links.add_links(session, {account: [link]}))  # type: ignore[misc]
    found = read(database, lambda s: finished_links.links_stated_for(s, ada.person_id, TODAY, TODAY))

    expected = stated(source=source, billed_nano_usd=7, partly_unknown=BIT["billed_nano_usd"])
    assert found == [expected]
    assert read(database, lambda s: finished_links.links_stated_for(s, ada.person_id, ago(9), ago(1))) == []


def test_marks_are_put_once_read_and_dropped(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    for now in (T0, T0 + timedelta(days=1)):
        database.writing(lambda s, now=now: own_marks.put_mark(s, ada.person_id, "not_mine", "PAY-1", now))  # type: ignore[misc]
    database.writing(lambda s: own_marks.put_mark(s, ada.person_id, "shared_job", "nightly", T0))

    assert read(database, lambda s: own_marks.own_marks(s, ada.person_id)) == OwnMarks(
        frozenset({"PAY-1"}), frozenset({"nightly"})
    )
    assert read(database, lambda s: own_marks.marks_with_days(s, ada.person_id))[0] == ("not_mine", "PAY-1", T0)
    assert read(database, lambda s: own_marks.own_marks(s, bob.person_id)) == OwnMarks()
    database.writing(lambda s: own_marks.drop_mark(s, ada.person_id, "not_mine", "PAY-1"))
    assert read(database, lambda s: own_marks.own_marks(s, ada.person_id)).not_mine == frozenset()


def test_titles_go_first_then_whose_it_was_and_the_items_last(database: Database) -> None:
    ada = switched_on(database)
    account = held(database, (ada, ago(900), None))
    items = [change(number, ago(days)) for number, days in enumerate((800, 420, 106, 105))]
    put(database, *items)
    give(database, account, *items)
    link = stated(106)
    database.writing(lambda session: finished_links.add_links(session, {account: [link]}))
    for kind in ("not_mine", "shared_job"):
        database.writing(lambda s, kind=kind: own_marks.put_mark(s, ada.person_id, kind, "x", T0 - timedelta(days=401)))  # type: ignore[misc]
    for _ in range(2):  # again changes nothing
        database.writing(lambda session: empty_titles_before(session, ago(105)))
        database.writing(lambda session: drop_stated_before(session, ago(105)))
        database.writing(lambda session: drop_items_before(session, ago(760)))
        database.writing(lambda session: drop_outcomes_before(session, ago(400), T0 - timedelta(days=400)))
    outcomes = read(database, lambda s: {each.reference: each.title for each in s.exec(select(Outcome))})

    assert outcomes == {"acme/api#2": "", "acme/api#3": "A title"}
    assert len(read(database, lambda s: s.exec(select(Change)).all())) == 3
    assert read(database, lambda s: s.exec(select(OutcomeLink)).all()) == []
    assert read(database, lambda s: own_marks.own_marks(s, ada.person_id)) == OwnMarks(shared_jobs=frozenset({"x"}))


def test_everything_is_in_the_persons_own_file(database: Database) -> None:
    ada = switched_on(database)
    account = own_account(database, ada)
    put(database, EVERYTHING)
    give(database, account, EVERYTHING)
    source = database.writing(lambda session: source_id(session, "push", "meshclaw"))
    named = stated(1, source=source, billed_nano_usd=7)
    database.writing(lambda session: finished_links.add_links(session, {account: [named]}))
    database.writing(lambda s: own_marks.put_mark(s, ada.person_id, "not_mine", "PAY-1", T0))
    stored = read(database, lambda session: everything_about(session, ada, MARKS))

    assert stored is not None
    assert [(item.reference, item.title) for item in stored.outcomes] == [("acme/api#1", "A title")]
    assert stored.outcome_links == [named]
    assert stored.marks == [("not_mine", "PAY-1", T0)]
    assert stored.source_names[source] == "meshclaw"

    data = export_object(stored, {})
    (outcome,), (link,), (mark,) = data["outcomes"], data["outcome_links"], data["marks"]
    assert (outcome["finished_on"], outcome["title"], outcome["lines"]) == ("2026-11-16", "A title", 12)
    assert "author" not in outcome  # a keyed mark is no fact about the person
    assert (link["source"], link["billed_usd"], link["list_value_usd"]) == ("push:meshclaw", "0.000000007", None)
    assert mark == {"kind": "not_mine", "of": "PAY-1", "marked_at": "2026-11-19T09:40:00+00:00"}
    assert json.loads(json.dumps(data)) == data


@pytest.mark.parametrize(("kind", "of_usage"), [("cursor", True), ("github", False), ("outcomes", False)])
def test_who_delivers_finished_work_delivers_no_usage(database: Database, kind: str, of_usage: bool) -> None:
    ada = switched_on(database)
    account = own_account(database, ada)

    def deliver(session: Session) -> None:
        note_delivery(session, source_id(session, kind, "company"), {account: (ago(9), ago(1))}, T0)

    database.writing(deliver)

    assert bool(read(database, lambda session: deliveries_for(session, ada.person_id))) is of_usage
    assert bool(read(database, lambda s: finished.work_deliveries_for(s, ada.person_id))) is not of_usage
