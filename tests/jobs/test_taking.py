"""One day of a report: read in batches, swapped in at once, and nothing is changed when reading fails."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from bot.connectors.pull import Allowance, PullSource, ReportedDay, ReportedRow, Windows
from bot.domain.people import Viewer
from bot.domain.usage import BIT, UsageRow
from bot.errors import ConnectorError
from bot.jobs import staging, sync
from bot.jobs.staging import Staging
from storage import people, pulls
from storage.engine import Database
from storage.ids import new_id, source_id
from storage.tables import AccountAllowance, Assignment, FeedScope, SourceDay, SourceTotal
from tests.cast import ADA, BOB, EVE, T0, TODAY, row
from tests.jobs.test_sync import DAY, on, rows_of, with_source

YESTERDAY = TODAY - DAY


@dataclass
class Paged(PullSource):
    """A source that serves yesterday in the batches that it is given, each followed by what happens then."""

    batches: Sequence[Sequence[ReportedRow]] = ()
    then: Callable[[], None] = lambda: None
    pieces: bool = False
    flaws: Counter[str] = field(default_factory=Counter)
    stated: Sequence[Allowance] = ()
    bill: Sequence[tuple[date, int]] = ()
    no_bill: str = ""
    kind: str = "cursor"
    name: str = "test"
    accounts_are_emails: bool = True
    windows: Windows = field(default_factory=lambda: Windows(3, 3, 3))

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        if first <= YESTERDAY <= last:
            report = ReportedDay(YESTERDAY, (), pieces=self.pieces)
            report.batches = self._read(report)
            yield report

    def _read(self, report: ReportedDay) -> Iterator[Sequence[ReportedRow]]:
        for batch in self.batches:
            yield batch
            self.then()
        for line, count in self.flaws.items():
            report.flawed(line, count)

    def allowances(self) -> Iterator[Allowance]:
        return iter(self.stated)

    def billed(self, first: date, last: date) -> Iterator[tuple[date, int]]:
        if self.no_bill:
            raise ConnectorError("Cursor", self.no_bill, permanent=True)
        return (each for each in self.bill if first <= each[0] <= last)


def used(email: str | None, nano_usd: int | None = 5, key: str | None = None, **more: object) -> ReportedRow:
    values = {"day": YESTERDAY, "source": "cursor", "source_id": 0, "tool": "cursor", "model": "m"} | more
    return ReportedRow(email, row(billed_nano_usd=nano_usd, **values), key)


def filled_in(database: Database, source: Paged, viewer: Viewer) -> list[UsageRow]:
    sync.run(with_source(database, source))
    return rows_of(database, viewer)


def test_rows_of_one_key_add_up_over_batches(database: Database) -> None:
    ada = on(database, ADA)
    (stored,) = filled_in(database, Paged([[used(ADA.email)], [used(ADA.email), used(BOB.email)]]), ada)

    assert (stored.billed_nano_usd, stored.partly_unknown) == (10, 0)


def test_an_unknown_part_of_a_sum_is_remembered(database: Database) -> None:
    ada = on(database, ADA)
    (stored,) = filled_in(database, Paged([[used(ADA.email)], [used(ADA.email, None)]]), ada)

    assert (stored.billed_nano_usd, stored.partly_unknown) == (5, BIT["billed_nano_usd"])


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two"])
def test_of_pieces_what_is_not_said_is_no_unknown_part(database: Database, together: bool) -> None:
    ada = on(database, ADA)
    parts = [used(ADA.email, None, output_tokens=7), used(ADA.email, 5, output_tokens=0)]
    source = Paged([parts] if together else [[part] for part in parts], pieces=True)
    (stored,) = filled_in(database, source, ada)
    with database.reading() as session:
        sums = session.exec(select(SourceDay)).one()

    assert (stored.output_tokens, stored.billed_nano_usd, stored.partly_unknown) == (7, 5, 0)
    assert (sums.output_tokens, sums.billed_nano_usd, sums.partly_unknown) == (7, 5, 0)


def test_a_day_that_breaks_off_changes_nothing(database: Database) -> None:
    ada = on(database, ADA)
    before = filled_in(database, Paged([[used(ADA.email)]]), ada)

    def break_off() -> None:
        raise ConnectorError("Cursor", "the page repeats", permanent=False)

    services = with_source(database, broken := Paged([[used(ADA.email, 9)]], then=break_off))
    done = sync.sync_source(services, broken)

    assert done.failed == "Cursor: the page repeats"
    assert rows_of(database, ada) == before


def test_how_a_source_failed_is_kept_until_it_answers(database: Database) -> None:
    on(database, ADA)
    broken, working = Paged(no_bill=""), Paged([[used(ADA.email)]])
    broken.batches, broken.then = [[]], lambda: (_ for _ in ()).throw(ConnectorError("Cursor", "401", permanent=True))
    errors = []
    for source in (broken, working):
        sync.run(with_source(database, source))
        with database.reading() as session:
            instance = source_id_of(session, source)
            errors.append(pulls.health_of(session, instance).last_error)

    assert errors == ["Cursor: 401", ""]


def source_id_of(session: Session, source: PullSource) -> int:
    return source_id(session, source.kind, source.name)


def test_who_pauses_while_pages_are_read_is_left_out(database: Database) -> None:
    ada = on(database, ADA)
    filled_in(database, Paged([[used(ADA.email)]]), ada)

    def pause() -> None:
        database.writing(lambda session: people.pause(session, ada.person_id, T0))

    assert [each.billed_nano_usd for each in filled_in(database, Paged([[used(ADA.email, 9)]], then=pause), ada)] == [5]


def test_who_switches_on_while_pages_are_read_waits_for_the_back_fill(database: Database) -> None:
    on(database, ADA)
    services = with_source(database, Paged([[used(ADA.email)]]))
    sync.run(services)
    viewers: list[Viewer] = []
    late = Paged([[used(BOB.email)], []], then=lambda: viewers.append(on(database, BOB)) if not viewers else None)
    sync.run(with_source(database, late))
    early = rows_of(database, viewers[0])
    sync.run(with_source(database, late))

    assert early == []
    assert [each.billed_nano_usd for each in rows_of(database, viewers[0])] == [5]


def test_what_came_through_a_shared_key_is_nobodys(database: Database) -> None:
    ada = on(database, ADA)
    database.writing(
        lambda session: session.add(Assignment(provider="cursor", name="key-1", from_day=YESTERDAY, email_mark=None))
    )
    source = Paged([[used(ADA.email, 5, "key-1"), used(ADA.email, 7, "key-2")]])

    assert [each.billed_nano_usd for each in filled_in(database, source, ada)] == [7]


def test_a_key_is_shared_from_its_day_on(database: Database) -> None:
    ada = on(database, ADA)
    database.writing(
        lambda session: session.add(Assignment(provider="cursor", name="key-1", from_day=TODAY, email_mark=None))
    )

    assert len(filled_in(database, Paged([[used(ADA.email, 5, "key-1")]]), ada)) == 1


def test_accounts_are_counted_over_everybody(database: Database) -> None:
    on(database, ADA)
    sync.run(with_source(database, Paged([[used(ADA.email), used(BOB.email)], [used(BOB.email), used(None)]])))
    with database.reading() as session:
        (total,) = session.exec(select(SourceTotal))

    assert (total.day, total.accounts, total.bill_nano_usd) == (YESTERDAY, 2, None)


def test_flaws_of_the_days_asked_for_replace_those_before(database: Database) -> None:
    on(database, ADA)
    said = []
    for flaws in (Counter({"a row without a model": 2}), Counter({"a negative count": 1})):
        sync.run(with_source(database, Paged([[]], flaws=flaws)))
        with database.reading() as session:
            said.append(pulls.flaws_of(session, source_id_of(session, Paged())))

    assert said == [{"a row without a model": 2}, {"a negative count": 1}]


def test_a_flawed_day_is_not_called_complete(database: Database) -> None:
    ada = on(database, ADA)
    filled_in(database, Paged([[used(ADA.email)]], flaws=Counter({"a negative count": 1})), ada)
    with database.reading() as session:
        reached = session.exec(select(FeedScope)).one().last_day

    assert reached < YESTERDAY


def test_the_bill_of_each_day_is_kept_beside_the_number_of_accounts(database: Database) -> None:
    on(database, ADA)
    sync.run(with_source(database, Paged([[used(ADA.email)]], bill=[(YESTERDAY, 11), (YESTERDAY - DAY, 13)])))
    with database.reading() as session:
        bills = {each.day: (each.accounts, each.bill_nano_usd) for each in session.exec(select(SourceTotal))}

    assert bills == {YESTERDAY: (1, 11), YESTERDAY - DAY: (None, 13)}


def test_a_key_that_may_not_read_the_bill_still_brings_the_days(database: Database) -> None:
    ada = on(database, ADA)
    assert len(filled_in(database, Paged([[used(ADA.email)]], no_bill="403"), ada)) == 1
    with database.reading() as session:
        assert pulls.flaws_of(session, source_id_of(session, Paged())) == {"bill not read: Cursor: 403": 1}


def test_limits_are_kept_of_those_who_are_on_only(database: Database) -> None:
    on(database, ADA)
    stated = [Allowance(str(who.email), 100, 50, TODAY - 9 * DAY, TODAY + 9 * DAY) for who in (ADA, BOB, EVE)]
    sync.run(with_source(database, Paged([[]], stated=stated)))
    with database.reading() as session:
        kept = session.exec(select(AccountAllowance)).all()

    assert [(each.limit_nano_usd, each.spent_nano_usd) for each in kept] == [(100, 50)]


@pytest.mark.parametrize("count", [0, 1, staging.AT_ONCE, staging.AT_ONCE + 1, 3 * staging.AT_ONCE])
def test_staged_rows_come_back_as_often_as_asked(count: int) -> None:
    rows = [(new_id(), row(day=YESTERDAY, output_tokens=n, model=f"m{n % 3}")) for n in range(count)]
    with Staging() as staged:
        for start in range(0, count, 4_000):
            staged.add(rows[start : start + 4_000])
        for _ in range(2):
            assert [each for part in staged.parts() for each in part] == rows
        assert staged.count == count


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "now", "days"),
    [
        (None, at(20, 9), 31),
        (at(20, 8), at(20, 9), 3),
        (at(19, 23), at(20, 0), 7 + 1),
        (at(16, 9), at(20, 9), 7 + 4),
        (at(15, 23), at(16, 0), 31 + 1),
        (at(21, 9), at(20, 9), 7),
    ],
    ids=["never asked", "an hour later", "a day later", "after a silence", "a new week", "a clock that went back"],
)
def test_how_many_days_are_due(last: datetime | None, now: datetime, days: int) -> None:
    assert Windows(3, 7, 31).days_due(last, now) == days


def test_progress_is_said_day_by_day(database: Database) -> None:
    on(database, ADA)
    steps: list[tuple[int, int]] = []
    source = Paged([[used(ADA.email)]])
    sync.sync_source(with_source(database, source), source, 3, lambda done, total: steps.append((done, total)))

    assert steps == [(3, 4)]
