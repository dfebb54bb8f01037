"""Sources that are asked: a day replaces exactly its scope, and nobody is collected who is not on."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlmodel import Session, select

from bot.connectors.pull import PullSource, ReportedDay, ReportedRow, Windows
from bot.domain.people import Profile, Viewer
from bot.domain.usage import UsageRow
from bot.errors import ConnectorError
from bot.jobs import sync
from bot.jobs.backfill import fill_in
from bot.services import Services
from storage import links, people, pulls
from storage.engine import Database
from storage.erasure import erase
from storage.ids import source_id
from storage.tables import SourceDay, UsageDay
from storage.usage import deliveries_for, usage_of
from tests.cast import ADA, BOB, EVE, MARKS, T0, TODAY, row
from tests.promises.answers import services_on

DAY = timedelta(days=1)
DAILY_DAYS = 28  # as few as a policy may keep: each is a transaction
WINDOW_DAYS = 3
WINDOWS = Windows(WINDOW_DAYS, WINDOW_DAYS, WINDOW_DAYS)


@dataclass
class Stand(PullSource):
    """A source that says what it is told to, and remembers what it was asked."""

    kind: str = "cursor"
    name: str = "test"
    accounts_are_emails: bool = True
    windows: Windows = WINDOWS
    nano_usd: int = 5
    model: str = "claude-sonnet-4-5"
    people: tuple[Profile, ...] = (ADA, BOB, EVE)
    asked: list[tuple[date, date]] = field(default_factory=list)
    served: tuple[date, date] = (date.min, TODAY - DAY)
    incomplete: frozenset[date] = frozenset()
    fails: bool = False

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        self.asked.append((first, last))
        day = max(first, self.served[0])
        while day <= min(last, self.served[1]):
            if self.fails:
                raise ConnectorError("Cursor", "HTTP 500", permanent=False)
            rows = [*self._rows(day), ReportedRow(None, self._row(day))]
            yield ReportedDay(day, [rows], day not in self.incomplete)
            day += DAY

    def _rows(self, day: date) -> list[ReportedRow]:
        return [ReportedRow(who.email, self._row(day)) for who in self.people]

    def _row(self, day: date) -> UsageRow:
        return row(
            day=day, source="cursor", source_id=0, tool="cursor", model=self.model, billed_nano_usd=self.nano_usd
        )


def on(database: Database, profile: Profile, provider: str = "cursor") -> Viewer:
    def switch(session: Session) -> Viewer:
        viewer = people.switch_on(session, profile, MARKS, T0, DAILY_DAYS)
        first = TODAY - DAILY_DAYS * DAY
        links.link_by_email(session, viewer, profile, [provider], MARKS, first)
        return viewer

    return database.writing(switch)


def with_source(database: Database, *stands: PullSource) -> Services:
    services = services_on(database)
    retention = services.policy.retention.model_copy(update={"daily_days": DAILY_DAYS})
    return replace(services, sources=stands, policy=services.policy.model_copy(update={"retention": retention}))


def rows_of(database: Database, viewer: Viewer) -> list[UsageRow]:
    with database.reading() as session:
        return usage_of(session, viewer.person_id, date.min, date.max)


def test_who_is_newly_on_gets_the_days_that_are_kept(database: Database) -> None:
    ada = on(database, ADA)
    stand = Stand()
    sync.run(with_source(database, stand))

    assert {each.day for each in rows_of(database, ada)} == {TODAY - n * DAY for n in range(1, DAILY_DAYS + 1)}
    assert stand.asked == [(TODAY - DAILY_DAYS * DAY, TODAY), (TODAY - WINDOW_DAYS * DAY, TODAY)]


def test_a_second_run_asks_for_the_window_only_and_changes_nothing(database: Database) -> None:
    ada = on(database, ADA)
    stand = Stand()
    services = with_source(database, stand)
    sync.run(services)
    before = rows_of(database, ada)
    stand.asked.clear()
    sync.run(services)

    assert stand.asked == [(TODAY - WINDOW_DAYS * DAY, TODAY)]
    assert sorted(rows_of(database, ada), key=str) == sorted(before, key=str)


def test_nothing_is_stored_about_whoever_is_not_on(database: Database) -> None:
    on(database, ADA)
    bob = on(database, BOB)
    database.writing(lambda session: people.pause(session, bob.person_id, T0))
    sync.run(with_source(database, Stand()))

    with database.reading() as session:
        accounts = set(session.exec(select(UsageDay.account_id)))
    assert rows_of(database, bob) == []
    assert len(accounts) == 1


def test_sums_over_everybody_are_kept_for_the_window(database: Database) -> None:
    on(database, ADA)
    sync.run(with_source(database, Stand(nano_usd=7)))

    with database.reading() as session:
        sums = {each.day: each.billed_nano_usd for each in session.exec(select(SourceDay))}
    assert sums == {TODAY - n * DAY: 4 * 7 for n in range(1, WINDOW_DAYS + 1)}


def test_a_revised_day_replaces_what_was_said_of_it(database: Database) -> None:
    ada = on(database, ADA)
    stand = Stand()
    services = with_source(database, stand)
    sync.run(services)
    stand.nano_usd, stand.model = 9, "another"
    sync.run(services)
    said = {(each.day, each.model, each.billed_nano_usd) for each in rows_of(database, ada)}

    assert len(said) == DAILY_DAYS
    assert (TODAY - DAY, "another", 9) in said
    assert (TODAY - (WINDOW_DAYS + 1) * DAY, "claude-sonnet-4-5", 5) in said


def test_a_day_that_is_no_longer_served_replaces_nothing(database: Database) -> None:
    ada = on(database, ADA)
    stand = Stand()
    services = with_source(database, stand)
    sync.run(services)
    stand.served = (TODAY - DAY, TODAY - DAY)
    sync.run(services)

    assert len(rows_of(database, ada)) == DAILY_DAYS


def test_what_was_there_when_somebody_paused_stays(database: Database) -> None:
    ada = on(database, ADA)
    stand = Stand()
    services = with_source(database, stand)
    sync.run(services)
    database.writing(lambda session: people.pause(session, ada.person_id, T0))
    stand.nano_usd = 9
    sync.run(services)

    assert {each.billed_nano_usd for each in rows_of(database, ada)} == {5}


def test_a_later_back_fill_leaves_those_who_were_there(database: Database) -> None:
    ada = on(database, ADA)
    stand = Stand()
    services = with_source(database, stand)
    sync.run(services)
    bob = on(database, BOB)
    stand.nano_usd = 9
    fill_in(services, stand)

    assert {each.billed_nano_usd for each in rows_of(database, ada)} == {5}
    assert {each.billed_nano_usd for each in rows_of(database, bob)} == {9}


def test_a_failing_source_stops_no_other_and_is_noticed(database: Database) -> None:
    ada = on(database, ADA)
    failing, working = Stand(name="failing"), Stand(kind="anthropic", name="working")
    services = with_source(database, failing, working)
    on(database, ADA, "anthropic")
    sync.run(services)
    failing.fails = True
    counts = sync.run(services)
    with database.reading() as session:
        state = {each.name: each.failing_since for each in deliveries_for(session, ada.person_id)}

    assert counts["failed"] == 1
    assert state == {"failing": T0, "working": None}


def test_a_source_that_answers_again_is_no_longer_said_to_fail(database: Database) -> None:
    ada = on(database, ADA)
    stand = Stand()
    services = with_source(database, stand)
    sync.run(services)
    for fails in (True, True, False):
        stand.fails = fails
        sync.run(services)
    with database.reading() as session:
        instance = deliveries_for(session, ada.person_id)[0].source_id
        health = pulls.health_of(session, instance)

    assert health.failing_since is None
    assert health.last_success_at == T0


def test_after_a_week_without_an_answer_the_days_between_are_fetched(database: Database) -> None:
    ada = on(database, ADA)
    stand = Stand()
    services = with_source(database, stand)
    sync.run(services)
    stand.fails, stand.served = True, (date.min, TODAY + 6 * DAY)
    later = replace(services, now=lambda: T0 + 7 * DAY)
    sync.run(later)
    stand.fails = False
    sync.run(later)

    assert {each.day for each in rows_of(database, ada)} >= {TODAY + n * DAY for n in range(7)}


def test_freshness_is_the_last_day_that_the_source_calls_complete(database: Database) -> None:
    ada = on(database, ADA)
    late = frozenset(TODAY - n * DAY for n in (1, 2, 3))
    sync.run(with_source(database, Stand(incomplete=late)))
    with database.reading() as session:
        delivered = deliveries_for(session, ada.person_id)[0]

    assert delivered.last_day == TODAY - 4 * DAY
    assert len(rows_of(database, ada)) == DAILY_DAYS


def test_erased_days_do_not_come_back_from_a_source(database: Database) -> None:
    ada = on(database, ADA)
    database.writing(lambda session: erase(session, ada.person_id, MARKS, TODAY - 10 * DAY))
    again = on(database, ADA)
    sync.run(with_source(database, Stand()))

    assert {each.day for each in rows_of(database, again)} == {TODAY - n * DAY for n in range(1, 10)}


def test_a_successor_with_the_same_address_is_not_linked(database: Database) -> None:
    on(database, ADA)
    successor = replace(EVE, email=ADA.email)
    eve = on(database, successor)
    sync.run(with_source(database, Stand()))

    assert rows_of(database, eve) == []


def test_the_source_instance_is_one_whatever_runs(database: Database) -> None:
    stand = Stand()
    sync.run(with_source(database, stand))
    first = database.writing(lambda session: source_id(session, stand.kind, stand.name))
    sync.run(with_source(database, stand))

    assert database.writing(lambda session: source_id(session, stand.kind, stand.name)) == first
