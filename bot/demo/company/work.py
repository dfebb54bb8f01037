"""What each system of record tells of any day at Larkfield: what was finished, and what came back."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from bot.connectors.finished import ReportedItem
from bot.connectors.finished_titles import kept_link, kept_title
from bot.demo.company.draws import Draws
from bot.demo.company.made import LONGEST_RETURN, Made
from bot.demo.company.people import person
from bot.demo.company.repositories import link_of, login_of, number_of, reference_of
from bot.demo.company.usage import HISTORY_DAYS, SEED
from bot.demo.company.work_ana import AnasWork
from bot.demo.company.work_others import OthersWork
from bot.demo.company.work_payments import PaymentsWork
from bot.domain.outcomes.reverts import Reopening, Revert
from bot.domain.outcomes.work import FinishedItem

WORK_KINDS: Final = ("github", "jira")
_REMEMBERED_DAYS: Final = 200
_FIRST_MERGE: Final = time(8, 30)
_DAYS_MINUTES: Final = 9 * 60
_REVERT_EFFORT: Final = 0.1


class Numbered(NamedTuple):
    """A finished item, its number, and which earlier item it takes back."""

    made: Made
    number: int
    reverts: str = ""

    @property
    def reference(self) -> str:
        """How it is called."""
        return reference_of(self.made.place, self.number)


class WorkDay(NamedTuple):
    """Everything that one system of record tells of a day."""

    items: tuple[ReportedItem, ...]
    reverts: tuple[Revert, ...]
    reopenings: tuple[Reopening, ...]


class CompanyWork:
    """Larkfield's finished work, relative to the day on which the demo starts; days after it go on alike."""

    def __init__(self, start: date, *, seed: int = SEED) -> None:
        self.start, self.first_day = start, start - timedelta(days=HISTORY_DAYS)
        self._draws = Draws(seed)
        self._ana = AnasWork(start, self._draws)
        self._payments = PaymentsWork(start, self._draws)
        self._others = OthersWork(start, self._draws)
        self._finished = lru_cache(_REMEMBERED_DAYS)(self._numbered)
        self.day = lru_cache(_REMEMBERED_DAYS)(self._day)
        self._reverts = lru_cache(_REMEMBERED_DAYS)(self._took_back)

    def _day(self, kind: str, day: date) -> WorkDay:
        """Return what *kind* tells of *day*; nothing before the first day."""
        if day < self.first_day:
            return WorkDay((), (), ())
        done = self._finished(kind, day)
        reverting = (*self._reverts(kind, day), *self._restored(kind, day))
        return WorkDay(
            tuple(self._reported(kind, day, each) for each in (*done, *reverting)),
            tuple(Revert(each.reference, each.reverts, day) for each in reverting),
            tuple(Reopening(each.reference, day) for each in self._back_on(kind, day, "ticket")),
        )

    def _numbered(self, kind: str, day: date) -> tuple[Numbered, ...]:
        if day < self.first_day:
            return ()
        if kind == "jira":
            return tuple(self._with_numbers(day, self._others.cases_on(day), Counter()))
        done = (*self._ana.on(day), *self._payments.on(day), *self._others.on(day))
        return tuple(self._with_numbers(day, done, Counter()))

    def _with_numbers(self, day: date, done: Iterable[Made], taken: Counter[str]) -> Iterator[Numbered]:
        for made in done:
            number = number_of(made.place, day, self.start, taken[made.place])
            if number is not None:
                taken[made.place] += 1
                yield Numbered(made, number)

    def _took_back(self, kind: str, day: date) -> tuple[Numbered, ...]:
        """Return the changes of *day* that take back what was finished before."""
        taken = Counter(each.made.place for each in self._finished(kind, day))
        return tuple(self._reverting(day, self._back_on(kind, day, "change"), taken))

    def _restored(self, kind: str, day: date) -> Iterator[Numbered]:
        """Yield the changes of *day* that take back what took something back."""
        before = (*self._finished(kind, day), *self._reverts(kind, day))
        taken = Counter(each.made.place for each in before)
        reverts = _due(lambda earlier: self._reverts(kind, earlier), day)
        yield from self._reverting(day, reverts, taken)

    def _back_on(self, kind: str, day: date, what: str) -> Iterator[Numbered]:
        """Yield the changes, or tickets, that were finished before and came back on *day*."""
        due = _due(lambda earlier: self._finished(kind, earlier), day)
        return (each for each in due if each.made.kind == what)

    def _reverting(self, day: date, back: Iterable[Numbered], taken: Counter[str]) -> Iterator[Numbered]:
        for each in back:
            title, returns = f'Revert "{each.made.title}"', each.made.returns[1:]
            revert = Made(each.made.place, None, title, _REVERT_EFFORT, returns=returns)
            for numbered in self._with_numbers(day, [revert], taken):
                yield numbered._replace(reverts=each.reference)

    def _reported(self, kind: str, day: date, each: Numbered) -> ReportedItem:
        made, reference = each.made, each.reference
        item = FinishedItem(
            place=made.place,
            reference=reference,
            kind=made.kind,
            finished_on=day,
            accepted=made.accepted,
            lines=made.lines,
            minutes_to_first_review=made.minutes_to_first_review,
            minutes_open=made.minutes_open,
            reviewed=made.reviewed if made.kind == "change" else None,
            agent_made=made.agent_made,
            ai_evidence="shown" if made.shows_ai else "none",
        )
        change = made.kind == "change"
        return ReportedItem(
            item,
            _account(kind, made.author),
            kept_title(made.title, reference),
            kept_link(link_of(made.place, each.number, made.kind)),
            self._merged_at(day, reference) if change else None,
            frozenset({int(self._draws.uniform("file", reference) * 2**53)}) if change else frozenset(),
        )

    def _merged_at(self, day: date, reference: str) -> datetime:
        minutes = int(_DAYS_MINUTES * self._draws.uniform("merged", reference))
        return datetime.combine(day, _FIRST_MERGE, tzinfo=UTC) + timedelta(minutes=minutes)


def _due(finished: Callable[[date], Iterable[Numbered]], day: date) -> Iterator[Numbered]:
    """Yield what *finished* gives of the days before *day*, as far as it came back on *day*."""
    for days in range(1, LONGEST_RETURN + 1):
        yield from (each for each in finished(day - timedelta(days=days)) if each.made.returns[:1] == (days,))


def _account(kind: str, handle: str | None) -> str | None:
    """Return what *kind* calls somebody: a login at GitHub, a mail address in Jira."""
    if handle is None:
        return None
    return login_of(person(handle)) if kind == "github" else person(handle).email
