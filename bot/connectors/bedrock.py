"""Amazon Bedrock: who called which model, from the model invocation logs that it writes to S3.

Tried on sample records only, never against a running Bedrock.
"""

import gzip
import io
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice
from typing import IO, Final, NamedTuple

from bot.connectors.bedrock_log import TWICE, Call, Told, call_of, row_of
from bot.connectors.dated_logs import DatedLogs
from bot.connectors.objects import Objects, TooLargeError
from bot.connectors.pull import Finding, PullSource, ReportedDay, ReportedRow, Windows
from bot.domain.pricing import PriceBook, Tokens
from bot.errors import ConnectorError

# The prefix in the bucket is followed by AWSLogs/ACCOUNT/BedrockModelInvocationLogs/REGION/YYYY/MM/DD/HH/.
_TRAIL: Final = ("BedrockModelInvocationLogs",)
# Right in the hour's folder: large bodies lie a folder deeper, under data/.
_LOG: Final = re.compile(r"/20\d\d/\d\d/\d\d/\d\d/(?!amazon-bedrock-)[^/]+(?<!_input)(?<!_output)\.json\.gz$")
_MIDNIGHT: Final = re.compile(r"/00/[^/]+$")
_MAX_FILE_BYTES: Final = 256 * 2**20
_MAX_UNPACKED_BYTES: Final = 512 * 2**20
_MAX_LINE_BYTES: Final = 4 * 2**20  # bodies of more than 100 KB are left out of the line
_BUFFER_BYTES: Final = 1 << 17
_BATCH_CALLS: Final = 4_096
_FINAL_AFTER: Final = timedelta(hours=2)
_ONE_DAY: Final = timedelta(days=1)
_BROKEN: Final = (gzip.BadGzipFile, EOFError, zlib.error)


class BedrockSource(PullSource):
    """Model invocation logs in a folder or an S3 bucket: calls and tokens, worth what the price list says."""

    kind = "bedrock"
    name = "company"
    provider = "bedrock"
    accounts_are_emails = True
    windows = Windows(3, 3, 3)

    def __init__(self, objects: Objects, prices: PriceBook, now: Callable[[], datetime]) -> None:
        self._objects, self._prices, self._now = objects, prices, now

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        """Yield the days that have logs, and those between them, when nobody called a model."""
        now, logs = self._now(), DatedLogs(self._objects, self.kind, _TRAIL)
        day = first
        while day <= min(last, now.date()):
            files = _files_about(logs, day)
            found = next(files, None)
            if found is not None or logs.is_between(day):
                final_at = datetime.combine(day + _ONE_DAY, time(), UTC) + _FINAL_AFTER
                reported = ReportedDay(day, (), complete=now >= final_at)
                reported.batches = self._batches(reported, chain(() if found is None else (found,), files))
                yield reported
            day += _ONE_DAY

    def findings(self) -> Iterator[Finding]:
        """Say from when to when there are logs."""
        try:
            logs = DatedLogs(self._objects, self.kind, _TRAIL)
            first, last = logs.kept
            found = last is not None and any(map(_LOG.search, logs.files(last)))
        except ConnectorError as error:
            yield Finding("to do", str(error))
            return
        if found:
            yield Finding("ok", f"model invocation logs of {first} to {last}: calls and tokens, priced from the list")
        else:
            where = f"no model invocation logs below {self._objects.address}"
            yield Finding("to do", f"{where}: name the prefix that Bedrock's settings have for them")

    def close(self) -> None:
        """Close the connections."""
        self._objects.close()

    def _batches(self, reported: ReportedDay, files: Iterable["_File"]) -> Iterator[list[ReportedRow]]:
        calls = chain.from_iterable(self._calls(reported, file) for file in files)
        while some := list(islice(calls, _BATCH_CALLS)):
            yield list(_added_up(some, self._prices))

    def _calls(self, reported: ReportedDay, file: "_File") -> Iterator[Call]:
        """Yield the calls of the day that a file tells of, and note what cannot be used."""
        told = Told()
        try:
            with self._objects.opened(file.name, _MAX_FILE_BYTES) as stream:
                for line in _lines(stream, reported):
                    call = call_of(line, told)
                    if isinstance(call, Call) and call.day == reported.day:
                        yield call
                    elif isinstance(call, Call):
                        if call.day not in file.also_holds:
                            reported.flawed("a record of another day than its folder's")
                    elif call == TWICE:
                        reported.flaws[TWICE] += 1
                    elif call is not None:
                        reported.flawed(call)
        except TooLargeError:
            reported.flawed(f"a file of more than {_MAX_FILE_BYTES >> 20} MiB")


class _File(NamedTuple):
    """A log, and the days beside the one asked for that it may hold: calls around midnight."""

    name: str
    also_holds: tuple[date, ...]


def _files_about(logs: DatedLogs, day: date) -> Iterator[_File]:
    """Yield the logs in the folder of *day* and in the first hour of the next: what was written past midnight."""
    for name in logs.files(day):
        if _LOG.search(f"/{name}"):
            yield _File(name, (day - _ONE_DAY,) if _MIDNIGHT.search(name) else ())
    for name in logs.files(day + _ONE_DAY, "00/"):
        if _LOG.search(f"/{name}"):
            yield _File(name, (day + _ONE_DAY,))


def _added_up(calls: Iterable[Call], prices: PriceBook) -> Iterator[ReportedRow]:
    """Yield the sums of calls by whom and which model; calls that lack a count apart, as they make it unknown."""
    groups: defaultdict[tuple[object, ...], list[Call]] = defaultdict(list)
    for call in calls:
        key = (call.account, call.model, call.run_kind, *(count is None for count in call.tokens))
        groups[key].append(call)
    for same in groups.values():
        tokens = Tokens(*map(_sum, zip(*(call.tokens for call in same), strict=True)))
        summed = same[0]._replace(tokens=tokens, failed=sum(call.failed for call in same))
        yield row_of(summed, prices, len(same))


def _sum(counts: Iterable[int | None]) -> int | None:
    """Return the sum of counts that are all known or all unknown."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _lines(stream: IO[bytes], reported: ReportedDay) -> Iterator[bytes]:
    """Unpack a log line by line; what is too long, too much or broken is noted and left out."""
    unpacked = 0
    try:
        with io.BufferedReader(gzip.GzipFile(fileobj=stream), _BUFFER_BYTES) as whole:
            inside_of_long = False
            while line := whole.readline(_MAX_LINE_BYTES):
                unpacked += len(line)
                if unpacked > _MAX_UNPACKED_BYTES:
                    reported.flawed(f"a file that unpacks to more than {_MAX_UNPACKED_BYTES >> 20} MiB")
                    return
                cut = len(line) == _MAX_LINE_BYTES and not line.endswith(b"\n")
                if cut and not inside_of_long:
                    reported.flawed("a record that is too long")
                elif not inside_of_long and line.strip():
                    yield line
                inside_of_long = cut
    except _BROKEN:
        reported.flawed("a file that is not whole")
