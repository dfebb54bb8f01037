"""Systems of record that are asked: everybody's items as facts about places, one's own list for who is on."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, delete, select

from bot.connectors.finished import ReportedItem, ReportedWork, WorkSource
from bot.connectors.pull import ListedAccount
from bot.domain.outcomes.reverts import Reopening, Revert
from bot.domain.outcomes.revised import Asked
from bot.domain.outcomes.states import state
from bot.domain.outcomes.work import FinishedItem
from bot.domain.people import Profile, Viewer
from bot.errors import ConnectorError
from bot.jobs import clock, retention, sync
from bot.jobs.backfill import Backfiller
from bot.jobs.finished_work import fill_in_work, sync_work
from bot.jobs.taking_work import Piece, WorkAsking, take_work
from bot.services import Services
from storage import denials, finished, people
from storage.engine import Database
from storage.erasure import erase
from storage.ids import source_id
from storage.listings import link_listed
from storage.tables import Change, FeedScope, Outcome, SourceFlaw
from tests.cast import ADA, BOB, DAILY_DAYS, MARKS, T0, TODAY, switched_on
from tests.domain.outcomes.cast import ago, change, ticket
from tests.promises.answers import services_on

LOGINS = {"ada": ADA, "bob": BOB}


def by(
    author: str | None, item: FinishedItem, *, files: tuple[int, ...] = (), hour: int = 12, title: str = "A title"
) -> ReportedItem:
    at = datetime(item.finished_on.year, item.finished_on.month, item.finished_on.day, hour, tzinfo=UTC)
    return ReportedItem(item, author, title, "https://example.com/1", at, frozenset(files))


@dataclass
class Stand(WorkSource):
    """A system of record that says of some days what it holds, and remembers what it was asked."""

    kind: str = "github"
    name: str = "test"
    provider: str = "github"
    items: list[ReportedItem] = field(default_factory=list)
    reverts: list[Revert] = field(default_factory=list)
    reopenings: list[Reopening] = field(default_factory=list)
    asked: list[tuple[date, date]] = field(default_factory=list)
    flaw: str = ""
    fails: bool = False

    def reported_work(self, first: date, last: date) -> ReportedWork:
        self.asked.append((first, last))
        if self.fails:
            raise ConnectorError("GitHub", "HTTP 500", permanent=False)
        work = ReportedWork(
            [each for each in self.items if first <= each.item.finished_on <= last],
            [revert for revert in self.reverts if first <= revert.merged_on <= last],
            [each for each in self.reopenings if first <= each.reopened_on <= last],
        )
        if self.flaw:
            work.flawed(self.flaw)
        return work

    def accounts(self) -> Iterator[ListedAccount]:
        for login, profile in LOGINS.items():
            yield ListedAccount(login, profile.email)


def at(services: Services, day: date) -> Services:
    now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return replace(services, now=lambda: now)


def with_source(database: Database, *stands: WorkSource) -> Services:
    return replace(services_on(database), work_sources=stands)


def own(database: Database, viewer: Viewer) -> dict[str, str]:
    with database.reading() as session:
        items = finished.own_items(session, viewer.person_id, date.min, date.max)
    return {item.reference: item.title for item in items}


def items(database: Database) -> dict[str, FinishedItem]:
    with database.reading() as session:
        found = finished.items_of(session, finished.places(session), date.min, date.max)
    return {item.reference: item for item in found}


def came_back(database: Database) -> dict[str, date | None]:
    return {reference: item.came_back_on for reference, item in items(database).items()}


def test_everybodys_items_are_facts_and_ones_own_are_a_list(database: Database) -> None:
    ada = switched_on(database, ADA)
    stand = Stand(items=[by("ada", change(1, ago(1))), by("bob", change(2, ago(1))), by(None, ticket(3, ago(2)))])
    done = sync_work(with_source(database, stand), stand)
    known = items(database)

    assert (done.rows, done.failed) == (3, "")
    assert own(database, ada) == {"acme/api#1": "A title"}
    assert {name: item.author for name, item in known.items()} == {
        "acme/api#1": MARKS.of_author("github", "ada"),
        "acme/api#2": MARKS.of_author("github", "bob"),
        "PAY-3": b"",
    }
    with database.reading() as session:
        assert len(session.exec(select(Outcome)).all()) == 1


def test_who_is_newly_on_gets_the_weeks_that_are_kept_in_pieces(database: Database) -> None:
    stand = Stand(items=[by("ada", change(days, ago(days))) for days in (0, 16, 50, DAILY_DAYS, DAILY_DAYS + 1)])
    services = with_source(database, stand)
    sync.run(services)
    ada = switched_on(database, ADA)
    database.writing(lambda session: link_listed(session, ada, ADA, MARKS, ago(DAILY_DAYS)))
    stand.asked.clear()
    sync.run(services)
    pieces, daily = stand.asked[:-1], stand.asked[-1]

    assert own(database, ada).keys() == {f"acme/api#{days}" for days in (0, 16, 50, DAILY_DAYS)}
    assert f"acme/api#{DAILY_DAYS + 1}" not in items(database)  # asked for, to see what belongs to the day after
    assert daily == (ago(2), TODAY)
    assert pieces == [
        (ago(107), ago(64)),
        (ago(79), ago(36)),
        (ago(51), ago(8)),
        (ago(23), TODAY),
    ]


def test_the_first_run_of_a_day_asks_for_sixteen_and_the_others_for_two(database: Database) -> None:
    stand = Stand()
    services = with_source(database, stand)
    for day in (TODAY, TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=1)):
        sync.run(at(services, day))
    days = [(last - first).days for first, last in stand.asked]

    assert days == [16, 2, 17, 2]


def test_a_change_that_is_no_longer_reported_stays(database: Database) -> None:
    ada = switched_on(database, ADA)
    stand = Stand(items=[by("ada", change(1, ago(1)))])
    services = with_source(database, stand)
    sync.run(services)
    stand.items.clear()
    sync.run(services)

    assert own(database, ada) == {"acme/api#1": "A title"}


@pytest.mark.parametrize("each_day", [True, False], ids=["asked each day", "asked at the end"])
def test_a_late_revert_tells_what_came_back_and_a_revert_of_it_restores(database: Database, each_day: bool) -> None:
    switched_on(database, ADA)
    start = ago(15)
    stand = Stand(
        items=[by("ada", change(1, start)), by("bob", change(2, ago(2))), by("ada", change(3, TODAY))],
        reverts=[Revert("acme/api#2", "acme/api#1", ago(2)), Revert("acme/api#3", "acme/api#2", TODAY)],
    )
    services = with_source(database, stand)
    told = []
    for back in range(15, -1, -1) if each_day else (1, 0):
        sync.run(at(services, ago(back)))
        told.append(came_back(database))

    assert told[-2:] == [{"acme/api#1": ago(2)}, {"acme/api#1": None}]


def test_a_revert_of_what_was_finished_before_the_days_asked_for_is_seen(database: Database) -> None:
    switched_on(database, ADA)
    stand = Stand(items=[by("ada", change(1, ago(13)))])
    services = with_source(database, stand)
    sync.run(services)
    stand.reverts.append(Revert("acme/api#2", "acme/api#1", TODAY))
    stand.reopenings.append(Reopening("PAY-9", TODAY))
    sync.run(services)

    assert stand.asked[-1] == (ago(2), TODAY)
    assert came_back(database) == {"acme/api#1": TODAY}


def test_what_came_back_stays_so_when_the_revert_is_no_longer_asked_for(database: Database) -> None:
    switched_on(database, ADA)
    stand = Stand(items=[by("ada", ticket(1, ago(20)))], reopenings=[Reopening("PAY-1", ago(17))])
    services = with_source(database, stand)
    for back in (17, 5, 0):
        sync_work(at(services, ago(back)), stand, days=4)

    assert came_back(database) == {"PAY-1": ago(17)}


def test_small_changes_count_once_also_when_the_first_of_them_is_no_longer_asked_for(database: Database) -> None:
    switched_on(database, ADA)
    stand = Stand(
        items=[
            by("ada", change(1, ago(4)), files=(1, 2), hour=20),
            by("ada", change(2, ago(3)), files=(2, 3), hour=8),
            by("bob", change(3, ago(3)), files=(2, 3), hour=9),
            by("ada", change(4, ago(3), ticket="PAY-1"), files=(2,), hour=9),
        ]
    )
    services = with_source(database, stand)
    sync_work(services, stand, days=5)
    stand.items = stand.items[1:]
    sync_work(services, stand, days=3)

    assert {name: item.ticket for name, item in items(database).items()} == {
        "acme/api#1": "",
        "acme/api#2": "acme/api#1",
        "acme/api#3": "",
        "acme/api#4": "PAY-1",
    }


def test_another_author_takes_the_item_over(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    stand = Stand(items=[by("ada", change(1, ago(1)))])
    services = with_source(database, stand)
    sync.run(services)
    stand.items = [by("bob", change(1, ago(1)), title="Another")]
    sync.run(services)

    assert own(database, ada) == {}
    assert own(database, bob) == {"acme/api#1": "Another"}


def test_who_pauses_keeps_what_was_there_and_gets_nothing_more(database: Database) -> None:
    ada = switched_on(database, ADA)
    stand = Stand(items=[by("ada", change(1, ago(1)))])
    services = with_source(database, stand)
    sync.run(services)
    database.writing(lambda session: people.pause(session, ada.person_id, T0))
    stand.items = [by("ada", change(1, ago(1)), title="Changed"), by("ada", change(2, ago(1)))]
    sync.run(services)

    assert own(database, ada) == {"acme/api#1": "A title"}
    assert items(database).keys() == {"acme/api#1", "acme/api#2"}


def test_what_was_erased_does_not_come_back(database: Database) -> None:
    ada = switched_on(database, ADA)
    stand = Stand(items=[by("ada", change(1, ago(1)))])
    services = with_source(database, stand)
    sync.run(services)
    database.writing(lambda session: erase(session, ada.person_id, MARKS, TODAY))
    with database.reading() as session:
        assert session.exec(select(Outcome)).all() == []
    again = switched_on(database, ADA)
    stand.items.append(by("ada", change(2, TODAY + timedelta(days=1))))
    sync.run(at(services, TODAY + timedelta(days=1)))

    assert own(database, again) == {"acme/api#2": "A title"}


def test_who_denied_the_account_has_nothing_of_it(database: Database) -> None:
    ada = switched_on(database, ADA)
    stand = Stand(items=[by("ada", change(1, ago(1)))])
    services = with_source(database, stand)
    sync.run(services)
    mark = MARKS.of_email(ADA.email or "")
    database.writing(lambda session: denials.deny(session, ada.person_id, mark, "github", "ada", T0))
    sync.run(services)

    assert own(database, ada) == {}


def test_titles_go_with_the_daily_rows(database: Database) -> None:
    ada = switched_on(database, ADA)
    stand = Stand(items=[by("ada", change(1, ago(1)))])
    services = with_source(database, stand)
    sync.run(services)
    later = at(services, TODAY + timedelta(days=DAILY_DAYS - 1))
    retention.run(later)
    kept = own(database, ada)
    retention.run(at(services, TODAY + timedelta(days=DAILY_DAYS)))

    assert (kept, own(database, ada)) == ({"acme/api#1": "A title"}, {"acme/api#1": ""})


def test_a_failing_source_stops_no_other_and_leaves_people_waiting(database: Database) -> None:
    ada = switched_on(database, ADA)
    failing, working = Stand(name="failing", fails=True), Stand(items=[by("ada", change(1, ago(1)))])
    counts = sync.run(with_source(database, failing, working))

    assert (counts["failed"], own(database, ada)) == (1, {"acme/api#1": "A title"})
    failing.fails, failing.items = False, [by("ada", change(2, ago(100)))]
    assert fill_in_work(with_source(database, failing), failing) == 1
    assert fill_in_work(with_source(database, failing), failing) == 0
    assert own(database, ada).keys() == {"acme/api#1", "acme/api#2"}


def test_what_cannot_be_used_is_remembered_and_the_days_are_not_said_to_be_there(database: Database) -> None:
    switched_on(database, ADA)
    stand = Stand(flaw="an item that cannot be read")
    services = with_source(database, stand)
    sync.run(services)
    sync.run(at(services, TODAY + timedelta(days=1)))
    with database.reading() as session:
        assert [flaw.flaw for flaw in session.exec(select(SourceFlaw))] == ["an item that cannot be read"]
        assert {scope.last_day for scope in session.exec(select(FeedScope))} == {ago(1)}


def test_switching_on_fills_in_soon(database: Database) -> None:
    stand = Stand(items=[by("ada", change(1, ago(60)))])
    services = with_source(database, stand)
    sync.run(services)
    ada = switched_on(database, ADA)
    database.writing(lambda session: link_listed(session, ada, ADA, MARKS, ago(DAILY_DAYS)))
    backfiller = Backfiller()
    backfiller.wake(services)
    backfiller._executor.shutdown(wait=True)

    assert own(database, ada) == {"acme/api#1": "A title"}


def test_the_clock_asks_once_an_hour_however_many_replicas_tick(database: Database) -> None:
    stand = Stand()
    services = with_source(database, stand)
    for now in (T0, T0, T0 + timedelta(hours=1)):
        for _ in range(2):
            clock.tick_source(replace(services, now=lambda now=now: now), stand)  # type: ignore[misc]

    assert stand.asked == [(ago(16), TODAY), (ago(2), TODAY)]


STORY_DAYS = 40
days_of_story = st.integers(0, STORY_DAYS - 16)


@st.composite
def stories(draw: Any) -> Stand:
    """Some changes and tickets, each of which may come back within 14 days, and be restored within them."""
    stand = Stand()
    for number in range(draw(st.integers(1, 4))):
        start = draw(days_of_story)
        day = TODAY - timedelta(days=STORY_DAYS - start)
        first, *more = sorted(draw(st.lists(st.integers(0, 14), min_size=1, max_size=3)))
        kind = draw(st.sampled_from(["change", "ticket", "stays"]))
        stand.items.append(by("ada", (ticket if kind == "ticket" else change)(10 * number, day)))
        if kind == "ticket":
            stand.reopenings += [Reopening(f"PAY-{10 * number}", day + timedelta(days=days)) for days in (first, *more)]
        if kind == "change":
            for step, days in enumerate((first, *more), 1):
                merged = day + timedelta(days=days)
                stand.items.append(by("bob", change(10 * number + step, merged)))
                of = f"acme/api#{10 * number + step - 1}"
                stand.reverts.append(Revert(f"acme/api#{10 * number + step}", of, merged))
    return stand


def forget_items(session: Session) -> None:
    session.exec(delete(Change))
    session.exec(delete(Outcome))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stand=stories(), cuts=st.sets(st.integers(1, STORY_DAYS)), twice=st.booleans())
def test_loading_in_any_cut_and_twice_gives_the_same(
    sqlite_database: Database, stand: Stand, cuts: set[int], twice: bool
) -> None:
    services = with_source(sqlite_database, stand)
    instance = sqlite_database.writing(lambda session: source_id(session, stand.kind, stand.name))
    asking = WorkAsking(services, stand, instance)
    start = TODAY - timedelta(days=STORY_DAYS)

    def load(first: date, last: date) -> None:
        piece = Piece(first, last, Asked(first, last))
        take_work(asking, stand.reported_work(*piece.asked), piece)

    def states() -> dict[str, str]:
        return {name: state(item, TODAY) for name, item in items(sqlite_database).items()}

    sqlite_database.writing(forget_items)
    load(start, TODAY)
    whole = states()
    sqlite_database.writing(forget_items)
    before = start
    for cut in [*sorted(cuts), STORY_DAYS]:
        last = start + timedelta(days=cut)
        for _ in range(1 + twice):  # as every run, with the sixteen days before
            load(before - timedelta(days=16), last)
        before = last

    assert states() == whole


def test_nobody_unknown_is_on(database: Database) -> None:
    stranger = Profile(ADA.slack_id, "Ada", "somebody@example.com", "UTC")
    viewer = switched_on(database, stranger)
    stand = Stand(items=[by("ada", change(1, ago(1)))])
    sync.run(with_source(database, stand))

    assert own(database, viewer) == {}
