"""The made-up company's systems of record, asked for finished work like any other."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from bot.connectors.finished import ReportedWork, WorkSource
from bot.connectors.pull import Finding, ListedAccount
from bot.demo.company.people import everybody
from bot.demo.company.repositories import listed_at_github, login_of
from bot.demo.company.work import CompanyWork
from bot.demo.company.work_ana import ANA
from bot.domain.accounts import AssignedAccount

# GitHub does not tell her address: whose her login is, the company's file says.
_WITHOUT_ADDRESS: Final = frozenset({ANA})


class DemoWork(WorkSource):
    """One system of record of the made-up company. It serves every day that is over, today not."""

    def __init__(self, work: CompanyWork, kind: str, today: Callable[[], date]) -> None:
        self.kind, self.name, self.provider = kind, "demo", kind
        self.accounts_are_emails = kind == "jira"
        self._work, self._today = work, today

    def reported_work(self, first: date, last: date) -> ReportedWork:
        """Return what was finished from *first* to *last*, and what came back then."""
        told = ReportedWork()
        day, over = max(first, self._work.first_day), self._today() - timedelta(days=1)
        while day <= min(last, over):
            of_day = self._work.day(self.kind, day)
            told.items += of_day.items
            told.reverts += of_day.reverts
            told.reopenings += of_day.reopenings
            day += timedelta(days=1)
        return told

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield who has an account at GitHub; in Jira people are called by their address."""
        for each in listed_at_github() if self.kind == "github" else ():
            yield ListedAccount(login_of(each), None if each.handle in _WITHOUT_ADDRESS else each.email)

    def findings(self) -> Iterator[Finding]:
        """Say that it is there."""
        yield Finding("ok", "finished work of the made-up company")


def accounts_file() -> list[AssignedAccount]:
    """Return what the company's file says of accounts: whose the logins are that no address is listed for."""
    return [
        AssignedAccount("github", login_of(each), each.email) for each in everybody() if each.handle in _WITHOUT_ADDRESS
    ]
