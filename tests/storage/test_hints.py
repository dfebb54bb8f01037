"""Hints and the minutes of runs as they are stored: what was shown stays as it was shown, minutes add up."""

from datetime import timedelta
from functools import partial
from typing import Any

from bot.domain.export import export_object
from bot.domain.hints.choose import History
from bot.domain.people import Viewer
from storage import hints, recent_runs
from storage.engine import Database
from storage.export import everything_about
from storage.ids import source_id
from storage.own_marks import put_mark
from storage.recent_runs import RunMinute
from tests.cast import MARKS, T0, TODAY, own_account, switched_on
from tests.domain.hints.cast import USD, a_finding, ago

FINDING = a_finding(evidence={"runs": 14, "tool": "meshclaw"}, usd=22.5, subject="nightly-triage")
DEAR_DAY = a_finding("spike", 29, "opus", first=ago(2), last=ago(2))
MINUTE = timedelta(minutes=1)


def own_file(database: Database, viewer: Viewer) -> dict[str, Any]:
    with database.reading() as session:
        stored = everything_about(session, viewer, MARKS)
    assert stored is not None
    return export_object(stored, {})


def history(database: Database, person_id: int) -> History:
    with database.reading() as session:
        return hints.history_of(session, person_id)


def test_what_was_shown_comes_back_as_it_was_with_the_last_answer(database: Database) -> None:
    ada = switched_on(database).person_id
    for finding, week in ((FINDING, "2026-W46"), (a_finding(subject="nightly-triage", usd=1), "2026-W47")):
        database.writing(
            partial(hints.record, person_id=ada, finding=finding, where="digest", period=week, today=TODAY)
        )
    database.writing(lambda session: hints.answer(session, ada, FINDING, "useful", T0))
    database.writing(lambda session: hints.answer(session, ada, FINDING, "not_now", T0))
    database.writing(lambda session: hints.answer(session, ada, DEAR_DAY, "planned", T0))
    shown = {each.finding.kind: each for each in history(database, ada).shown}

    assert (shown["idle_schedule"].finding, shown["idle_schedule"].period) == (FINDING, "2026-W46")
    assert (shown["idle_schedule"].where, shown["idle_schedule"].answer) == ("digest", "not_now")
    assert (shown["spike"].finding, shown["spike"].where) == (DEAR_DAY, "asked")


def test_old_hints_are_dropped_and_planned_days_with_them(database: Database) -> None:
    ada = switched_on(database).person_id
    long_ago = T0 - timedelta(days=181)
    database.writing(lambda session: hints.record(session, ada, FINDING, "digest", "w", long_ago.date()))
    database.writing(lambda session: hints.record(session, ada, DEAR_DAY, "digest", "v", TODAY))
    database.writing(lambda session: put_mark(session, ada, "planned", "2026-05-01", long_ago))
    database.writing(lambda session: put_mark(session, ada, "shared_job", "a job", long_ago))
    database.writing(lambda session: hints.drop_hints_before(session, ago(180)))
    left = history(database, ada)

    assert [each.finding.kind for each in left.shown] == ["spike"]
    assert left.planned == frozenset()


def test_minutes_add_up_in_each_lane_and_go_into_their_persons_own_file(database: Database) -> None:
    ada = switched_on(database)
    account = own_account(database, ada)
    push = database.writing(lambda session: source_id(session, "push", "meshclaw"))
    told = RunMinute(account, push, "ab", T0, "meshclaw", "a job", "schedule", None, USD, has_progress=False)
    later = told._replace(minute=T0 + MINUTE, billed_nano_usd=2 * USD, has_progress=True)
    for minutes in ([told, later], [told], [later]):
        database.writing(partial(recent_runs.add_minutes, minutes=minutes))
    with database.reading() as session:
        (run,) = recent_runs.recent_runs_of(session, ada.person_id)

    assert (run.lane, run.minutes) == ("billed", ((T0, 0), (T0 + MINUTE, 4 * USD)))
    assert (run.last_progress, run.work, run.source) == (T0 + MINUTE, "a job", "push")
    assert [(each["billed_usd"], each["list_value_usd"]) for each in own_file(database, ada)["recent_runs"]] == [
        (None, "2"),
        ("4", "2"),
    ]


def test_the_file_has_hints_with_their_trigger_values(database: Database) -> None:
    ada = switched_on(database)
    database.writing(lambda session: hints.record(session, ada.person_id, FINDING, "digest", "2026-W46", TODAY))
    (told,) = own_file(database, ada)["hints"]

    assert told["trigger_values"] == {"runs": 14, "tool": "meshclaw"}
    assert (told["kind"], told["subject"], told["saving_usd"]) == ("idle_schedule", "nightly-triage", "22.5")
    assert (told["shown_on"], told["shown_where"], told["answer"]) == (TODAY.isoformat(), "digest", None)
