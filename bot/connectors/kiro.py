"""Kiro: who used it how much, from the user reports that it writes to S3 once a day.

Tried on sample reports only, never against a running Kiro.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Final

from bot.connectors.dated_logs import DatedLogs
from bot.connectors.kiro_report import TWICE, Entry, Told, entries
from bot.connectors.objects import Objects, TooLargeError
from bot.connectors.pull import Finding, ListedAccount, PullSource, ReportedDay, ReportedRow, Windows
from bot.errors import ConnectorError, InputError

# The prefix in the bucket is followed by AWSLogs/ACCOUNT/KiroLogs/user_report/REGION/YYYY/MM/DD/HH/.
_TRAIL: Final = ("KiroLogs", "user_report")
_REPORT: Final = re.compile(r"_user_report_(\d*)[^/]*\.csv$", re.IGNORECASE)
_MAX_FILE_BYTES: Final = 64 * 2**20  # a part has a thousand users
_BATCH_ROWS: Final = 2_000
_FINAL_AFTER: Final = timedelta(hours=24)
# Whose an account is changes seldom: the reports of a week name everybody who is at work.
_LISTED_DAYS: Final = 7
_ONE_DAY: Final = timedelta(days=1)


class KiroSource(PullSource):
    """User reports in a folder or an S3 bucket: messages a day by user and model, no tokens and no money."""

    kind = "kiro"
    name = "company"
    provider = "kiro"
    accounts_are_emails = False
    windows = Windows(3, 3, 3)

    def __init__(self, objects: Objects, now: Callable[[], datetime]) -> None:
        self._objects, self._now = objects, now

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield the days that have reports, and those between them, when nobody used Kiro."""
        now, logs = self._now(), self._logs()
        day = first
        while day <= min(last, now.date()):
            files = _files_about(logs, day)
            if files or logs.is_between(day):
                final_at = datetime.combine(day + _ONE_DAY, time(), UTC) + _FINAL_AFTER
                reported = ReportedDay(day, (), complete=now >= final_at)
                reported.batches = self._batches(reported, files)
                yield reported
            day += _ONE_DAY

    def accounts(self) -> Iterator[ListedAccount]:
        """Yield the users of the last week whose mail address is in the reports; older reports have none."""
        listed: set[int] = set()  # hashes: names would fill the memory
        logs, today = self._logs(), self._now().date()
        for days_ago in range(_LISTED_DAYS):
            for file in _newest_first(logs.files(today - timedelta(days=days_ago))):
                for entry in self._entries(file):
                    if isinstance(entry, str) or not entry.account or not entry.email or hash(entry.account) in listed:
                        continue
                    listed.add(hash(entry.account))
                    yield ListedAccount(entry.account, entry.email)

    def findings(self) -> Iterator[Finding]:
        """Say from when to when there are reports."""
        try:
            logs = self._logs()
            first, last = logs.kept
            named = last is not None and any(map(_REPORT.search, logs.files(last)))
        except ConnectorError as error:
            yield Finding("to do", str(error))
            return
        if named:
            yield Finding("ok", f"user reports of {first} to {last}: messages; no tokens and no dollars in them")
        else:
            where = f"no user_report files below {self._objects.address}"
            yield Finding("to do", f"{where}: name the prefix that Kiro's settings have for user activity reports")

    def close(self) -> None:
        """Close the connections."""
        self._objects.close()

    def _logs(self) -> DatedLogs:
        return DatedLogs(self._objects, self.kind, _TRAIL)

    def _batches(self, reported: ReportedDay, files: Iterable[str]) -> Iterator[list[ReportedRow]]:
        rows = self._rows(reported, files)
        while batch := list(islice(rows, _BATCH_ROWS)):
            yield batch

    def _rows(self, reported: ReportedDay, files: Iterable[str]) -> Iterator[ReportedRow]:
        told = Told()
        for file in files:
            for entry in self._entries(file, reported.day):
                if isinstance(entry, str):
                    reported.flawed(entry)
                    continue
                problem = told.problem(entry, _stamp(file))
                if problem is None:
                    yield from entry.rows
                elif problem == TWICE:
                    reported.flaws[TWICE] += 1
                elif problem:
                    reported.flawed(problem)

    def _entries(self, file: str, only: date | None = None) -> Iterator[Entry | str]:
        try:
            with self._objects.opened(file, _MAX_FILE_BYTES) as stream:
                content = stream.read()
        except TooLargeError:
            yield f"a file of more than {_MAX_FILE_BYTES >> 20} MiB"
            return
        lines = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", errors="replace", newline="")
        try:
            for _, entry in entries(lines, only):
                yield entry
        except InputError:
            yield "a file whose header is not that of a user report"


def _files_about(logs: DatedLogs, day: date) -> list[str]:
    """Return the reports that may have rows of *day*: they lie in its folder or, written at night, in the next."""
    return _newest_first((*logs.files(day), *logs.files(day + _ONE_DAY)))


def _newest_first(files: Iterable[str]) -> list[str]:
    reports = (file for file in files if _REPORT.search(file))
    return sorted(reports, key=lambda file: (_stamp(file), file), reverse=True)


def _stamp(file: str) -> str:
    """Return when a report was written, as its name says."""
    found = _REPORT.search(file)
    return found[1] if found else ""
