"""A made-up company for tests of its report: as many people as asked for, all counted, half in each group.

Everybody has one account, at Anthropic, which has told of every day and has a bill.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from msgspec.structs import replace as with_values
from sqlmodel import Session, SQLModel, delete

from bot.domain.blocks_of_weeks import Block
from bot.domain.outcomes.work import FinishedItem
from bot.domain.report.content import CompanyReport
from bot.domain.usage import UsageRow
from bot.jobs import report
from bot.policy import People
from storage import choices, finished, pulls, usage
from storage.company_report import last_report
from storage.engine import Database
from storage.ids import insert_new, source_id
from storage.tables import Account, AccountLink, FeedScope, OrgGroup, OrgHome, Person, Setting, SlackUser, SourceTotal
from tests.cast import ORG, row
from tests.domain.outcomes.cast import change
from tests.promises.answers import services_on

USD: Final = 10**9
BLOCK: Final = Block(36)  # 5 October to 1 November; it ends twelve weeks
BEFORE: Final = Block(35)
DUE: Final = datetime(2026, 11, 19, 0, tzinfo=UTC)  # past the longest wait of the digests that carry it
GROUPS: Final = {"Larkfield": "", "Engineering": "Larkfield", "Support": "Larkfield"}
READER: Final = "U0000"
DAY: Final = date(2026, 10, 14)
_LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)


def person_id(number: int) -> int:
    """Return the id of somebody of the company."""
    return 1_000 + number


class Company:
    """The company, and its report on the day on which it is due."""

    def __init__(self, database: Database, people: int = 45) -> None:
        self.database, self.people, self.at = database, people, DUE
        self.accounts: dict[int, int] = {}
        made = services_on(database)
        policy = made.policy.model_copy(update={"people": People(report_readers=(READER,))})
        self.services = replace(made, policy=policy, now=lambda: self.at)
        database.writing(self._found)

    def _found(self, session: Session) -> None:
        mark, numbers = self.services.policy.mark, range(self.people)
        ids = [person_id(number) for number in numbers]
        self.accounts = {number: 10_000 + number for number in numbers}
        user = {"org_id": ORG, "name": "", "email": None, "tz": "UTC", "is_deleted": False, "is_guest": False}
        link = {"from_day": _LONG_AGO.date(), "how": "", "by": ""}
        yes = (("counted", "yes"), ("counted_under_policy", mark))
        filled: dict[type[SQLModel], list[dict[str, Any]]] = {
            OrgGroup: [{"name": name, "parent": parent} for name, parent in GROUPS.items()],
            Person: [{"id": id_, "created_at": _LONG_AGO, "switched_on_at": _LONG_AGO} for id_ in ids],
            SlackUser: [
                user | {"user_id": f"U{number:04}", "person_id": person_id(number), "checked_at": _LONG_AGO}
                for number in numbers
            ],
            OrgHome: [
                {"person_id": person_id(number), "group_name": ("Engineering", "Support")[number % 2]}
                for number in numbers
            ],
            Setting: [
                {"person_id": id_, "name": name, "value": value, "changed_at": _LONG_AGO}
                for id_ in ids
                for name, value in yes
            ],
            Account: [{"provider": "anthropic", "name": f"p{number}", "id": 10_000 + number} for number in numbers],
            AccountLink: [link | {"account_id": 10_000 + number, "person_id": person_id(number)} for number in numbers],
        }
        for table, rows in filled.items():
            insert_new(session, table, rows)

    def everything_told(self, but: Iterable[int] = ()) -> None:
        """Let everybody have an account at GitHub too, of which, as of the other, all days were told; not of *but*."""

        def fill(session: Session) -> None:
            anthropic, github = (source_id(session, kind, "company") for kind in ("anthropic", "github"))
            link = {"from_day": _LONG_AGO.date(), "how": "", "by": ""}
            scope = {"first_day": _LONG_AGO.date(), "last_day": DUE.date(), "received_at": DUE}
            hubs = {number: 20_000 + number for number in range(self.people)}
            insert_new(session, AccountLink, [link | {"account_id": hubs[n], "person_id": person_id(n)} for n in hubs])
            session.exec(delete(FeedScope))
            of_both = [(hubs[n], github) for n in hubs if n not in set(but)] + [
                (self.accounts[n], anthropic) for n in hubs
            ]
            insert_new(session, FeedScope, [scope | {"account_id": a, "source_id": s} for a, s in of_both])

        self.database.writing(fill)

    def finished_by_each(self, many: Callable[[int], int]) -> None:
        """Let each have finished so many changes at GitHub in August, and some in July."""

        def fill(session: Session) -> None:
            first = BLOCK.twelve_weeks[0]
            for number in range(self.people):
                items = [
                    change(1000 * number + each, first + timedelta(days=each), author=bytes([number]) * 16)
                    for each in range(many(number))
                ]
                finished.put_items(session, source_id(session, "github", "company"), items)
                owned = [finished.Owned(20_000 + number, each.place, each.reference, "", "") for each in items]
                finished.put_owned(session, owned)

        self.database.writing(fill)

    def with_policy(self, **parts: Any) -> None:
        """Let the policy have other parts; who said yes said so under it."""
        self.services = replace(self.services, policy=self.services.policy.model_copy(update=parts))

        def agree(session: Session) -> None:
            for number in range(self.people):
                mark = self.services.policy.mark
                choices.choose(session, person_id(number), "counted_under_policy", mark, _LONG_AGO)

        self.database.writing(agree)

    def used(self, numbers: Iterable[int], *rows: UsageRow) -> None:
        """Let each of *numbers* have used what *rows* say, by the sources that they name."""

        def fill(session: Session) -> None:
            ids = {each.source: source_id(session, each.source, "company") for each in rows}
            for number in numbers:
                for kind, source in ids.items():
                    own = [with_values(each, source_id=source) for each in rows if each.source == kind]
                    days = {each.day for each in own}
                    usage.replace_days(session, self.accounts[number], source, days, own, _LONG_AGO)

        self.database.writing(fill)

    def billed(
        self, usd_a_day: int, kind: str = "anthropic", *, accounts: int = 45, first: date | None = None,
        last: date | None = None, answered: datetime | None = DUE,
    ) -> None:  # fmt: skip
        """Let a source have told of every day from *first* to *last*, each with a bill of so much."""
        first, last = first or date(2026, 7, 1), last or DUE.date() - timedelta(days=1)
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]

        def fill(session: Session) -> None:
            source = source_id(session, kind, "company")
            rows = [
                {"source_id": source, "day": day, "accounts": accounts, "bill_nano_usd": usd_a_day * USD}
                for day in days
            ]
            insert_new(session, SourceTotal, rows)
            if answered is not None:
                pulls.note_success(session, source, answered)

        self.database.writing(fill)

    def finished(self, items: Iterable[FinishedItem], *, kind: str = "github", answered: datetime = DUE) -> None:
        """Let a system of record have told of *items*."""

        def fill(session: Session) -> None:
            source = source_id(session, kind, "company")
            finished.put_items(session, source, items)
            pulls.note_success(session, source, answered)

        self.database.writing(fill)

    def usual(self) -> None:
        """Let all be as in a company in which nothing is odd: $100 each, $200 a day billed, ten changes a week."""
        self.used(range(self.people), *usual_rows())
        self.billed(200)
        self.finished(weekly_changes())

    def make(self) -> CompanyReport | None:
        """Run the job and return the last report."""
        report.run(self.services)
        with self.database.reading() as session:
            return last_report(session)


def usual_rows() -> list[UsageRow]:
    """Return $60 at the keyboard, $30 that ran on its own of which $20 without a result, and $10 of a seat."""
    return [
        used(60, work="acme/api"),
        used(20, run_kind="schedule", work="nightly", runs=4, runs_with_result=0),
        used(10, run_kind="schedule", work="morning", runs=4, runs_with_result=3),
        used(10, tier="seat"),
    ]


def used(usd: int, *, day: date = DAY, **known: Any) -> UsageRow:
    """Return a row of Anthropic's with so much billed."""
    return row(day=day, **{"source": "anthropic", "run_kind": "person", "billed_nano_usd": usd * USD} | known)


def weekly_changes(
    a_week: int = 10, weeks: int = 20, last: date = date(2026, 11, 9), authors: int = 4
) -> list[FinishedItem]:
    """Return changes of each week by as many authors, of which the last one of each week came back."""
    found = []
    for back in range(weeks):
        monday = last - timedelta(weeks=back)
        for number in range(a_week):
            day = monday + timedelta(days=number % 5)
            returned = day + timedelta(days=2) if number == a_week - 1 else None
            author = bytes([number % authors]) * 16
            found.append(change(100 * back + number, day, author=author, came_back_on=returned))
    return found


def at(day: date) -> datetime:
    """Return the beginning of a day."""
    return datetime.combine(day, time(), UTC)
