"""What persons, teams and jobs ask of a filled PostgreSQL, each timed: for `benchmarks.scale`."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from statistics import quantiles
from time import perf_counter
from typing import Any, Final, NamedTuple, cast

from sqlmodel import Session

from benchmarks.filled import DAYS, PLACES_FOR, TODAY, name_of
from benchmarks.sent import MARKS, NOW, ORG
from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.connectors.pull import PullSource
from bot.domain.iso_week import week_of
from bot.domain.people import Profile, SlackId, Viewer
from bot.domain.period import Period, parse_period
from bot.domain.usage import UsageRow
from bot.jobs import digests
from bot.policy import load_policy
from bot.services import Services
from handlers.reading import read_period
from storage import pulls, retention
from storage.directory import take_page
from storage.engine import Database
from storage.ids import source_id
from storage.outbox import Claim, claim_due
from storage.people import by_person_id
from storage.places import read_places

_ASKED: Final = 300
_PAGES: Final = 30
_PAGE: Final = 200
_CLAIMS: Final = 20
_CLAIMED: Final = 50
_FOLDED: Final = 200
_AT_ONCE: Final = 10_000
_LEASE: Final = timedelta(minutes=5)


class Figure(NamedTuple):
    """A figure of one size of company; one that is *level* should be the same for all sizes."""

    what: str
    value: float
    unit: str
    level: bool = True


class _NoSlack:
    org_id = ORG


class _Told(PullSource):
    """A source that has told of everything."""

    kind = "anthropic"
    name = "company"
    provider = "anthropic"


class Company:
    """A filled database of so many people, and who of them asks."""

    def __init__(self, database: Database, people: int) -> None:
        self.database = database
        self.people = people
        self._chance = random.Random(people)
        self._services = Services(
            database=database, policy=load_policy(None), prices=price_book(None), overlaps=load_overlaps(None),
            marks=MARKS, now=lambda: NOW, slack=cast(Any, _NoSlack()), pool=cast(Any, None), web_url="",
            sources=[_Told()],
        )  # fmt: skip

    def figures(self) -> Iterator[Figure]:
        """Ask everything once; the last takes the oldest day away."""
        yield from self.room()
        yield from self.persons("/mytokens 12w, what is read")
        yield from _times("a team's digest, what is read", self._teams(), self._read_team)
        yield from _times(f"a page of the directory, {_PAGE} users", self._pages(), self._take_page)
        planning = seconds(lambda: digests.run(self._services))
        yield Figure("planning everybody's digest", planning / self.people * 1e6, "µs a person")
        yield from _times(f"claiming {_CLAIMED} messages", range(_CLAIMS), self._claim)
        yield Figure("taking a day in", self._take_day(), "rows/s")
        yield from self._retention()

    def room(self) -> Iterator[Figure]:
        """How much room rows take, their key included."""
        with self.database.reading() as session:
            run = session.connection().exec_driver_sql
            rows: int = run("SELECT count(*) FROM usage_day").scalar_one()
            taken: int = run("SELECT pg_total_relation_size('usage_day')").scalar_one()
        yield Figure("rows of usage", rows, "rows", level=False)
        yield Figure("room of a million rows of usage", taken / rows * 1e6 / 2**20, "MB")

    def persons(self, what: str) -> Iterator[Figure]:
        """Let persons ask for their last twelve weeks."""
        period = parse_period("12w", TODAY)
        assert period is not None
        yield from _times(what, self._viewers(), partial(self._read_person, period))

    def _viewers(self) -> list[Viewer]:
        query = "SELECT person_id FROM slack_user WHERE org_id = %s AND user_id = %s"
        users = [name_of(self._chance.randrange(self.people)) for _ in range(_ASKED)]
        with self.database.reading() as session:
            run = session.connection().exec_driver_sql
            ids = [run(query, (ORG, user)).scalar_one() for user in users]
            return [viewer for person in ids if (viewer := by_person_id(session, person))]

    def _read_person(self, period: Period, viewer: Viewer) -> None:
        with self.database.reading() as session:
            read = read_period(session, viewer, period, TODAY, self._services)
        assert read.rows.own

    def _teams(self) -> list[list[str]]:
        places = self.people // PLACES_FOR
        return [[f"acme/place-{self._chance.randrange(places)}" for _ in range(3)] for _ in range(_ASKED)]

    def _read_team(self, places: Sequence[str]) -> None:
        with self.database.reading() as session:
            read_places(session, places, week_of(TODAY).before(), TODAY, ["github"])

    def _pages(self) -> list[list[Profile]]:
        firsts = [self._chance.randrange(self.people - _PAGE) for _ in range(_PAGES)]
        return [[_profile(first + number) for number in range(_PAGE)] for first in firsts]

    def _take_page(self, page: Sequence[Profile]) -> None:
        self.database.writing(lambda session: take_page(session, page, MARKS, NOW, guests_allowed=False))

    def _claim(self, _number: int) -> None:
        claim = Claim("benchmark", (digests.DIGEST,), _CLAIMED, NOW, NOW + _LEASE)
        taken = self.database.writing(lambda session: claim_due(session, claim, NOW + timedelta(hours=2)))
        assert len(taken) == _CLAIMED

    def _take_day(self) -> float:
        """Swap a day in, in one transaction, as `bot.jobs.taking` does; return rows a second."""
        with self.database.reading() as session:
            found = session.connection().exec_driver_sql("SELECT account_id FROM account_link ORDER BY account_id")
            accounts = [account for (account,) in found]
        return self.database.writing(partial(_swap_in, accounts=accounts))

    def _retention(self) -> Iterator[Figure]:
        """Look for who has days before the cutoff, fold some of them, and drop rows that are nobody's."""
        cutoff = TODAY - timedelta(days=DAYS[1])
        with self.database.reading() as session:
            began = perf_counter()
            persons = retention.persons_with_days_before(session, cutoff)
            yield Figure("retention: finding who has old days", perf_counter() - began, "s", level=False)
            viewers = [viewer for person in persons[:_FOLDED] if (viewer := by_person_id(session, person))]
        fold = partial(retention.fold_into_months, cutoff=cutoff, overlaps=self._services.overlaps)
        took = seconds(lambda: [self.database.writing(partial(fold, viewer=viewer)) for viewer in viewers])
        yield Figure("retention: folding a person's old day", took / len(viewers) * 1000, "ms")
        took = seconds(lambda: self.database.writing(partial(retention.drop_unlinked_before, day=cutoff)))
        yield Figure("retention: dropping old days that are nobody's", took, "s", level=False)
        took = seconds(lambda: self.database.writing(retention.drop_orphans))
        yield Figure("retention: dropping rows of accounts that are gone", took, "s", level=False)


def _profile(number: int) -> Profile:
    user = name_of(number)
    return Profile(SlackId(ORG, user), user, f"{user.lower()}@example.com", "UTC")


def _swap_in(session: Session, accounts: Sequence[int]) -> float:
    """Clear and write today's rows; return how many a second, without the time in which they are made up."""
    instance, count = source_id(session, "anthropic", "company"), 0
    took = seconds(lambda: pulls.clear_day(session, instance, TODAY, accounts))
    for start in range(0, len(accounts), _AT_ONCE):
        some = accounts[start : start + _AT_ONCE]
        rows = [(account, row) for account in some for row in _rows(account, instance)]
        took += seconds(partial(pulls.add_day, session, rows, pieces=False))
        count += len(rows)
    return count / took


def _rows(account: int, instance: int) -> Iterator[UsageRow]:
    for model in ("claude-sonnet-4-5", "claude-opus-4-5")[: 2 if account % 5 < 3 else 1]:
        yield UsageRow(
            day=TODAY, source="anthropic", source_id=instance, tool="claude-code", model=model, run_kind="person",
            output_tokens=4_000, requests=30, billed_nano_usd=10**9,
        )  # fmt: skip


def delete_day(database: Database, day: date) -> float:
    """Delete everybody's rows of a day at once; return the seconds."""
    delete = "DELETE FROM usage_day WHERE day = %s"
    return seconds(lambda: database.writing(lambda session: session.connection().exec_driver_sql(delete, (day,))))


def seconds(work: Callable[[], object]) -> float:
    """Return how long *work* takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def _times(what: str, asked: Sequence[Any], ask: Callable[[Any], object]) -> Iterator[Figure]:
    """Ask each twice; the second time, when everything is warm, is timed."""
    took = []
    for each in asked:
        ask(each)
        took.append(seconds(partial(ask, each)) * 1000)
    cuts = quantiles(took, n=100)
    yield Figure(f"{what}: p50", cuts[49], "ms")
    yield Figure(f"{what}: p99", cuts[98], "ms")
