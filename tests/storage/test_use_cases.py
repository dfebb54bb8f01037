"""The library in the tables: entries, answers, what is looked for, and what stays of those who left."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

import pytest
from msgspec.structs import replace
from sqlmodel import Session, select

from bot.domain.export import export_object
from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import Draft, Entry
from bot.domain.use_cases.evidence import Answer, Claims, evidence_of
from bot.domain.use_cases.news import Said
from bot.domain.use_cases.traces import Decision, Report, RoundUp, Try, Wanted
from storage import (
    finished,
    use_case_answers,
    use_case_asking,
    use_case_curating,
    use_case_entries,
    use_case_retention,
    use_case_round_ups,
    use_case_standing,
    use_case_tries,
)
from storage.engine import Database
from storage.export import everything_about
from storage.ids import source_id
from storage.tables import UseCaseAnswer, UseCasePosting, UseCaseSpelling, UseCaseWord
from storage.usage import add_source_days
from storage.use_case_search import search, similar_to
from tests.cast import ADA, BOB, MARKS, row, switched_on
from tests.domain.outcomes.cast import change
from tests.domain.use_cases.made import FLAKY, TODAY, ago, entry, said
from tests.storage.test_erasure import erase
from tests.threads import at_once

ANA, RUI, BO = 5, 7, 9
NOTES: Final = Draft(title="First draft of release notes", when="A release is due", how="Give it the titles.")


def write(database: Database, *works: Callable[[Session], Any]) -> list[Any]:
    return [database.writing(work) for work in works]


def put(database: Database, *entries: Entry) -> None:
    for each in entries:
        database.writing(partial(use_case_entries.put, entry=each))


def read(database: Database, ask: Callable[[Session], Any]) -> Any:
    with database.reading() as session:
        return ask(session)


def found(database: Database, text: str) -> list[int]:
    return read(database, lambda s: [each.id for each in search(s, text)])  # type: ignore[no-any-return]


def say(database: Database, id_: int, answer: Answer) -> bool:
    return database.writing(lambda s: use_case_answers.say(s, id_, answer))


def answers(database: Database, id_: int = 1) -> list[Answer]:
    return sorted(read(database, lambda s: use_case_answers.answers_of(s, [id_]))[id_])


def test_an_entry_is_read_as_it_was_put_and_put_again_as_it_is(database: Database) -> None:
    known: dict[str, Any] = {
        "link": "PAY-1",
        "watch_out": "slow",
        "tried": False,
        "variant_of": 3,
        "measured": "3 h",
        "reason": "x",
    }
    first = entry(1, shown_as="team", checked_on=ago(4), asked_on=ago(3), **known)
    put(database, first, entry(2, NOTES, BO, state="draft", published_on=None))

    assert read(database, lambda s: use_case_entries.entry_of(s, 1)) == first
    assert read(database, lambda s: use_case_entries.entry_of(s, 3)) is None
    later = steps.edited(first, replace(FLAKY, how="Now *all* of it\n\tin tabs \U0001f680"), TODAY)
    put(database, later)
    assert read(database, lambda s: use_case_entries.entries(s, [1, 2, 3])).keys() == {1, 2}
    assert read(database, lambda s: use_case_entries.entry_of(s, 1)) == later


def test_entries_are_listed_by_author_and_by_state(database: Database) -> None:
    put(database, entry(1, days_ago=9), entry(2, NOTES, days_ago=3), entry(3, NOTES, BO, days_ago=30))
    put(database, entry(4, NOTES, BO, state="waiting", changed_on=ago(2)), entry(5, state="waiting", changed_on=ago(8)))
    put(database, entry(6, NOTES, BO, variant_of=1))

    def ids(ask: Callable[[Session], list[Entry]]) -> list[int]:
        return [each.id for each in read(database, ask)]

    assert ids(lambda s: use_case_entries.entries_by(s, RUI)) == [2, 5, 1]
    assert ids(lambda s: use_case_entries.entries_in(s, "waiting")) == [5, 4]
    assert ids(use_case_entries.entries_published) == [2, 1, 3, 6]
    assert ids(lambda s: use_case_entries.entries_published(s, ago(9))) == [2, 1]
    assert ids(lambda s: use_case_entries.variants_of(s, 1)) == [6]


def test_words_find_what_is_published_and_nothing_else(database: Database) -> None:
    put(database, entry(1), entry(2, NOTES), entry(3, state="waiting"))
    put(database, entry(4, Draft(title="Tests for a migration", when="A migration is due", how="flaky")))

    assert found(database, "flaky tests") == [1, 4]
    assert found(database, "FLKAY relaese") == [2, 1, 4]
    assert found(database, "migr") == [4]
    assert found(database, "terraform") == found(database, "the") == found(database, "") == []
    put(database, entry(1, state="withdrawn"), entry(4, Draft(title="Notes", when="x", how="y")))
    assert found(database, "flaky") == found(database, "minutes") == []
    assert found(database, "notes") == [2, 4]


def test_the_team_of_an_entry_without_a_name_finds_it_no_more_than_it_is_shown(database: Database) -> None:
    named = entry(1, draft=replace(NOTES, shown_as="team"), team="Platform")
    put(database, named, entry(2, draft=replace(NOTES, shown_as="nobody"), team="Platform"))

    assert found(database, "platform") == [1]

    put(database, replace(named, shown_as="nobody"))

    assert found(database, "platform") == []


def test_of_words_that_are_in_no_entry_any_more_nothing_is_left(database: Database) -> None:
    put(database, entry(1), entry(2, NOTES))
    put(database, entry(1, NOTES), entry(2, state="archived"), entry(1, state="draft"))

    for table in (UseCasePosting, UseCaseWord, UseCaseSpelling):
        assert read(database, lambda s, t=table: s.exec(select(t)).all()) == []  # type: ignore[misc]


def test_two_entries_of_the_same_words_can_be_put_at_once(database: Database) -> None:
    at_once(2, lambda number: put(database, entry(number + 1, NOTES)))
    put(database, entry(1, state="archived"))

    assert found(database, "release notes") == [2]
    put(database, entry(2, state="archived"))
    assert found(database, "release") == []


def test_what_says_nearly_the_same_is_found(database: Database) -> None:
    for number in range(30):
        put(
            database,
            entry(100 + number, Draft(title=f"Topic {number}", when=f"need{number}", how=f"way{number} CI red")),
        )
    put(database, entry(1), entry(2, NOTES), entry(3, state="draft"))
    again = replace(FLAKY, title="Find the flaky tests in minutes")

    assert [each.id for each in read(database, lambda s: similar_to(s, again))] == [1]
    assert read(database, lambda s: similar_to(s, again, but={1})) == []
    assert read(database, lambda s: similar_to(s, Draft(title="Terraform plans", when="review"))) == []
    (same,) = read(database, lambda s: similar_to(s, FLAKY))
    assert same == (1, 1.0)


def test_an_answer_sent_twice_is_stored_once_and_the_latest_of_a_person_counts(database: Database) -> None:
    put(database, entry(1), entry(2, NOTES))
    first, other = said(1, "no", 9, ANA), said(2, "yes", 9, BO)

    assert [say(database, 1, first), say(database, 1, first), say(database, 1, other)] == [True, False, True]
    assert answers(database) == [first, other]
    later = said(3, "yes", 2, ANA)
    say(database, 1, later)
    say(database, 2, said(4, "yes", 2, ANA))
    assert answers(database) == [other, later]
    assert read(database, use_case_answers.answers_published)[1] == [other, later]


def test_what_is_added_is_added_to_ones_own_answer_alone(database: Database) -> None:
    put(database, entry(1))
    say(database, 1, said(1, "no", 3, ANA))

    def add(person: int, answer: int = 1) -> list[Any]:
        return write(
            database,
            lambda s: use_case_answers.add_thanks(s, answer, person, "Thanks", named=True),
            lambda s: use_case_answers.add_reason(s, answer, person, "No logs", sent=False),
        )

    assert add(BO) == add(ANA, 2) == [False, False]
    assert add(ANA) == [True, True]
    expected = [Said(1, said(1, "no", 3, ANA), "Thanks", True, "No logs", False)]
    assert read(database, lambda s: use_case_answers.said_to(s, RUI)) == {1: expected}
    assert read(database, lambda s: use_case_answers.said_by(s, ANA)) == expected
    assert read(database, lambda s: use_case_answers.said_to(s, ANA)) == {}


def test_authors_hear_of_weeks_in_which_others_answered(database: Database) -> None:
    put(database, entry(1), entry(2, NOTES, BO), entry(3, NOTES, ANA, state="archived"), entry(4, person_id=None))
    for id_ in (1, 3, 4):
        say(database, id_, said(id_, "yes", 3, 50))
    say(database, 2, Answer(9, BO, "Mobile", "yes", ago(3), by_author=True))

    assert read(database, lambda s: use_case_answers.authors_answered(s, ago(3), TODAY)) == [RUI]
    assert read(database, lambda s: use_case_answers.authors_answered(s, ago(2), TODAY)) == []


def test_somebody_who_wants_to_try_is_asked_once(database: Database) -> None:
    put(database, entry(1), entry(2, NOTES), entry(3, state="withdrawn"))

    def want(id_: int, days: int = 7) -> bool:
        due = TODAY + timedelta(days=days)
        return database.writing(lambda s: use_case_tries.want_to_try(s, ANA, id_, TODAY, due))

    assert [want(1), want(1, 9), want(2, 8), want(3)] == [True, False, True, True]
    write(database, lambda s: use_case_tries.note_offered(s, ANA, [1, 4], TODAY))

    def due(days: int) -> list[int]:
        day = TODAY + timedelta(days=days)
        return [each.use_case_id for each in read(database, lambda s: use_case_tries.tries_due(s, day))]

    assert [due(6), due(7), due(8)] == [[], [1], [1, 2]]
    assert write(database, lambda s: use_case_tries.settle(s, ANA, 1, "asked")) == [True]
    assert due(8) == [2]
    assert want(1) is False
    write(database, lambda s: use_case_tries.settle(s, ANA, 1, "left"))
    assert want(1) is True
    assert read(database, lambda s: use_case_tries.try_of(s, ANA, 1)) == Try(
        ANA, 1, "trying", TODAY, TODAY + timedelta(days=7)
    )


def test_what_somebody_knows_already_is_not_offered_again(database: Database) -> None:
    put(database, entry(1), entry(2, person_id=ANA), entry(3), entry(4))
    write(database, lambda s: use_case_tries.note_offered(s, ANA, [1], TODAY))
    say(database, 3, said(1, "no", 1, ANA))

    assert read(database, lambda s: use_case_tries.seen_by(s, ANA)) == {1, 2, 3}


def test_what_is_looked_for_is_listed_by_how_many_ask(database: Database) -> None:
    def ask(id_: int, wanted: str, person: int, days: int = 0) -> bool:
        return database.writing(lambda s: use_case_asking.ask(s, id_, wanted, person, ago(days)))

    assert [ask(1, "Review Terraform plans", ANA, 9), ask(1, "other words", ANA), ask(2, "Draw plans", ANA, 5)] == [
        True,
        False,
        True,
    ]
    write(
        database, lambda s: use_case_asking.ask_too(s, 2, BO, TODAY), lambda s: use_case_asking.ask_too(s, 2, BO, TODAY)
    )
    first, second = Wanted(1, "Review Terraform plans", 1, ago(9), "open"), Wanted(2, "Draw plans", 2, ago(5), "open")
    assert read(database, use_case_asking.wanted_now) == [second, first]
    assert read(database, lambda s: use_case_asking.wanted_alike(s, "terraform PLANS review")) == first
    assert read(database, lambda s: use_case_asking.wanted_alike(s, "terraform")) is None

    def answer() -> list[int]:
        return database.writing(lambda s: use_case_asking.found(s, 2, 77))

    assert [answer(), answer()] == [[ANA, BO], []]
    write(database, lambda s: use_case_asking.ask_no_more(s, 1, ANA))
    assert read(database, use_case_asking.wanted_now) == []
    assert read(database, lambda s: use_case_asking.wanted_one(s, 2)) == second._replace(state="found", use_case_id=77)
    assert [each.id for each in read(database, lambda s: use_case_asking.wanted_by(s, BO))] == [2]


def test_a_channel_gets_the_round_up_until_somebody_stops_it(database: Database) -> None:
    on = write(
        database,
        lambda s: use_case_round_ups.subscribe(s, "C2", ANA, ago(1)),
        lambda s: use_case_round_ups.subscribe(s, "C1", BO, TODAY),
        lambda s: use_case_round_ups.subscribe(s, "C1", ANA, TODAY),
    )
    assert on == [True, True, False]
    assert read(database, use_case_round_ups.round_ups) == [RoundUp("C1", TODAY, BO), RoundUp("C2", ago(1), ANA)]
    assert read(database, lambda s: use_case_round_ups.round_up_of(s, "C1")) == RoundUp("C1", TODAY, BO)
    assert write(database, lambda s: use_case_round_ups.unsubscribe(s, "C1")) == [True]
    assert write(database, lambda s: use_case_round_ups.unsubscribe(s, "C1")) == [False]
    assert read(database, lambda s: use_case_round_ups.round_up_of(s, "C1")) is None


def test_a_decision_settles_what_was_reported(database: Database) -> None:
    reports = [Report(1, 5, ANA, "A key", ago(2)), Report(2, 5, BO, "Twice", ago(1)), Report(3, 6, BO, "Odd", TODAY)]
    write(database, *(partial(use_case_curating.report, said=each) for each in (*reports, reports[0])))
    decision = Decision(1, 5, RUI, "archived", "Has a key", TODAY)

    assert read(database, use_case_curating.reports_open) == reports
    assert write(database, *[lambda s: use_case_curating.decide(s, decision)] * 2) == [True, False]
    assert read(database, use_case_curating.reports_open) == reports[2:]
    assert read(database, lambda s: use_case_curating.decisions_about(s, 5)) == [decision]
    assert [each.settled_on for each in read(database, lambda s: use_case_curating.reports_by(s, BO))] == [TODAY, None]


def test_the_order_hangs_on_answers_on_work_that_stayed_and_on_the_models_in_use(database: Database) -> None:
    put(database, entry(1, measured="3 h"), entry(2, NOTES, tool="Cursor", model=""), entry(3, state="draft"))
    say(database, 1, said(1, "yes", 3))
    items = [change(1, ago(30)), change(2, ago(3)), change(3, ago(30), came_back_on=ago(25)), change(4, ago(9))]

    def work(session: Session) -> None:
        finished.put_items(session, source_id(session, "github", "company"), items)
        for number in (1, 2, 3, 1, 99):
            use_case_entries.link(session, 1, f"acme/api#{number}", TODAY)
        for model, days in (("claude-sonnet-4-5", 90), ("claude-sonnet-5", 20), ("claude-sonnet-5", 9)):
            add_source_days(session, [row(source_id=1, day=ago(days), model=model)])

    database.writing(work)
    first, second = sorted(read(database, lambda s: use_case_standing.offers(s, TODAY)))
    assert first.candidate == (1, ago(60), [said(1, "yes", 3)], Claims(True, 1, True), RUI, ago(20))
    assert (first.tool, first.team) == ("Claude Code", "Platform")
    assert second.candidate == (2, ago(60), (), Claims(), RUI, None)
    assert second.tool == "Cursor"
    (only,) = read(database, lambda s: use_case_standing.offers(s, TODAY, [1, 3]))
    assert only == first
    write(database, lambda s: use_case_entries.unlink(s, 1))
    assert read(database, lambda s: use_case_standing.links_of(s)) == {}


def test_after_13_months_answers_count_without_names(database: Database) -> None:
    put(database, entry(1))
    for answer in (said(1, "yes", 400, ANA, "A"), said(2, "yes", 400, BO, "A"), said(3, "no", 10, 50, "B")):
        say(database, 1, answer)
    write(
        database,
        lambda s: use_case_answers.add_thanks(s, 1, ANA, "Thanks", named=True),
        lambda s: use_case_curating.report(s, Report(1, 1, ANA, "Odd", ago(400))),
        lambda s: use_case_curating.decide(s, Decision(1, 1, BO, "kept", "Fine", ago(399))),
        lambda s: use_case_tries.want_to_try(s, ANA, 1, ago(400), ago(393)),
        lambda s: use_case_asking.ask(s, 1, "Plans", ANA, ago(400)),
    )
    before = evidence_of(Claims(), answers(database))
    write(database, lambda s: use_case_retention.drop_names_before(s, ago(390)))

    assert [each.person_id for each in answers(database)] == [None, None, 50]
    assert evidence_of(Claims(), answers(database)) == before
    assert read(database, lambda s: s.get(UseCaseAnswer, 1)).thanks == ""
    assert read(database, lambda s: use_case_curating.decisions_about(s, 1))[0].person_id is None
    assert read(database, lambda s: use_case_tries.tries_by(s, ANA)) == []
    assert read(database, use_case_asking.wanted_now) == []


def test_what_was_taken_back_is_deleted_with_everything_about_it(database: Database) -> None:
    put(database, entry(1, state="withdrawn", changed_on=ago(29)), entry(2, state="withdrawn", changed_on=ago(28)))
    say(database, 1, said(1, "yes", 3))
    write(database, lambda s: use_case_retention.drop_withdrawn_before(s, ago(28)))

    assert read(database, lambda s: use_case_entries.entries(s, [1, 2])).keys() == {2}
    assert answers(database) == []


def test_whoever_erases_everything_leaves_entries_and_answers_without_a_name(database: Database) -> None:
    ada, bob = switched_on(database, ADA).person_id, switched_on(database, BOB).person_id
    put(database, entry(1, person_id=ada), entry(2, NOTES, ada, state="archived"), entry(3, NOTES, ada, state="draft"))
    put(database, entry(4, NOTES, bob))
    say(database, 4, said(1, "yes", 3, ada, "Platform"))
    say(database, 3, said(2, "yes", 3, bob))
    write(
        database,
        lambda s: use_case_answers.add_thanks(s, 1, ada, "From Ada", named=True),
        lambda s: use_case_round_ups.subscribe(s, "C1", ada, TODAY),
    )
    erase(database, ada)

    kept = read(database, lambda s: use_case_entries.entries(s, [1, 2, 3, 4]))
    assert {id_: (each.person_id, each.shown_as, each.state) for id_, each in kept.items()} == {
        1: (None, "nobody", "published"),
        2: (None, "nobody", "archived"),
        4: (bob, "me", "published"),
    }
    assert answers(database, 4) == [said(1, "yes", 3, team="Platform")._replace(person_id=None)]
    assert read(database, lambda s: use_case_answers.said_to(s, bob))[4][0].thanks == ""
    assert answers(database, 3) == []
    assert read(database, use_case_round_ups.round_ups) == [RoundUp("C1", TODAY, None)]


def test_ones_own_file_has_all_that_one_left_in_the_library(database: Database) -> None:
    viewer = switched_on(database, ADA)
    ada = viewer.person_id
    put(database, entry(1, person_id=ada), entry(2, NOTES, ada, state="draft"), entry(3))
    say(database, 3, said(1, "no", 3, ada))
    write(
        database,
        lambda s: use_case_answers.add_reason(s, 1, ada, "No logs", sent=True),
        lambda s: use_case_tries.note_offered(s, ada, [3], TODAY),
        lambda s: use_case_curating.report(s, Report(1, 3, ada, "Odd", TODAY)),
        lambda s: use_case_curating.decide(s, Decision(1, 3, ada, "kept", "Fine", TODAY)),
        lambda s: use_case_asking.ask(s, 1, "Plans", ada, TODAY),
        lambda s: use_case_round_ups.subscribe(s, "C1", ada, TODAY),
    )
    data = export_object(read(database, lambda s: everything_about(s, viewer, MARKS)), {})

    assert [(each["title"], each["state"], each["made_on"]) for each in data["use_cases"]] == [
        (FLAKY.title, "published", ago(60).isoformat()),
        (NOTES.title, "draft", ago(60).isoformat()),
    ]
    assert data["use_case_answers"] == [
        {"id": 1, "team": "B", "result": "no", "day": ago(3).isoformat(), "by_author": False, "use_case_id": 3}
        | {"thanks": "", "is_named": False, "reason": "No logs", "is_sent": True}
    ]
    assert {name: len(data[name]) for name in ("use_case_tries", "use_case_reports", "use_case_decisions")} == {
        "use_case_tries": 1,
        "use_case_reports": 1,
        "use_case_decisions": 1,
    }
    assert [each["wanted"] for each in data["looking_for"]] == ["Plans"]
    assert [each["channel"] for each in data["round_ups"]] == ["C1"]


@pytest.mark.parametrize("text", ["flaky' OR 1=1 --", "100% _ \\", "\x00", "\U0001f680" * 50, "x" * 500])
def test_no_question_breaks_the_search(database: Database, text: str) -> None:
    put(database, entry(1))

    assert found(database, text) in ([], [1])
