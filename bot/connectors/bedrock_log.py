"""One record of Bedrock's model invocation log: who called which model, and the tokens.

Records hold prompts and replies: only the fields below are decoded. Tried on sample records only,
never against a running Bedrock.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from bot.connectors.estimates import at_list_price
from bot.connectors.pull import ReportedRow
from bot.domain.people import normal_email
from bot.domain.pricing import PriceBook, Tokens
from bot.domain.usage import RunKind, UsageRow

TOOL: Final = "bedrock"
TWICE: Final = "a record that came twice"
TWO_CONTENTS: Final = "a record with the request id of another and other content"
_PRICED_AS: Final = "aws"
_SCHEMA: Final = "ModelInvocationLog"
_MOST_TOKENS: Final = 10**12
# Errors of calls that never reached a model: they used no tokens. Any other may have.
_NEVER_RAN: Final = frozenset(
    {
        "AccessDeniedException",
        "ModelNotReadyException",
        "ResourceNotFoundException",
        "ServiceQuotaExceededException",
        "ServiceUnavailableException",
        "ThrottlingException",
        "ValidationException",
    }
)
_NO_TOKENS: Final = Tokens(0, 0, 0, 0, 0)


class Identity(Struct, frozen=True, gc=False):
    """Who called."""

    arn: str | None = None


class Input(Struct, frozen=True, gc=False, rename="camel"):
    """What was sent, counted; what was read from or written to the cache is not part of the first."""

    input_token_count: int | None = None
    cache_read_input_token_count: int | None = None
    cache_write_input_token_count: int | None = None


class Output(Struct, frozen=True, gc=False, rename="camel"):
    """What came back, counted."""

    output_token_count: int | None = None


class Record(Struct, frozen=True, gc=False, rename="camel"):
    """One line of a log."""

    schema_type: str
    timestamp: datetime
    request_id: str | None = None
    model_id: str | None = None
    error_code: str | None = None
    identity: Identity | None = None
    input: Input | None = None
    output: Output | None = None


class Call(NamedTuple):
    """One call of a model."""

    day: date
    account: str | None
    model: str
    run_kind: RunKind
    tokens: Tokens
    failed: int


class Told:
    """The request ids of one file, so that no record of it counts twice."""

    def __init__(self) -> None:
        self._contents: dict[int, int] = {}

    def problem(self, record: Record) -> str | None:
        """Return None where *record* is news, else why it does not count."""
        if record.request_id is None:
            return None
        key, content = hash(record.request_id), hash(record)
        before = self._contents.get(key)
        if before is None:
            self._contents[key] = content
            return None
        return TWICE if before == content else TWO_CONTENTS


_decoder: Final = msgspec.json.Decoder(Record)


def bedrock_rows(lines: Iterable[bytes], prices: PriceBook) -> Iterator[tuple[int, list[ReportedRow] | str]]:
    """Yield the line of every record and what it says: a row of usage, or what is wrong with it.

    A record that came twice, or of another kind of log, has no rows. Lines may be empty.
    """
    told = Told()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        call = call_of(line.removeprefix(b"\xef\xbb\xbf"), told)
        if isinstance(call, Call):
            yield number, [row_of(call, prices)]
        else:
            yield number, [] if call in (None, TWICE) else call


def call_of(line: bytes, told: Told) -> Call | str | None:
    """Return the call that a line of a log tells of, what is wrong with it, or None for another kind of log."""
    try:
        record = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "a record that cannot be read"
    if record.schema_type != _SCHEMA:
        return None
    counts = _counted(record)
    if any(count is not None and not 0 <= count <= _MOST_TOKENS for count in counts):
        return "a record with a negative or absurd count"
    if not record.model_id:
        return "a record without a model"
    problem = told.problem(record)
    if problem is not None:
        return problem
    account, run_kind = _caller(None if record.identity is None else record.identity.arn)
    # An inference profile comes by its ARN, which ends in its id.
    model = record.model_id.rpartition("/")[2] if record.model_id.startswith("arn:") else record.model_id
    return Call(_day(record.timestamp), account, model, run_kind, counts, int(bool(record.error_code)))


def row_of(call: Call, prices: PriceBook, calls: int = 1) -> ReportedRow:
    """Return *call*, which may be the sum of several *calls*, as a row of usage at list price."""
    tokens = call.tokens
    value, by = at_list_price(prices, _PRICED_AS, call.model, call.day, tokens)
    row = UsageRow(
        call.day,
        TOOL,
        0,
        TOOL,
        call.model,
        call.run_kind,
        uncached_input_tokens=tokens.uncached_input,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write,
        cache_write_1h_tokens=tokens.cache_write_1h,
        output_tokens=tokens.output,
        requests=calls,
        failed_requests=call.failed,
        list_value_nano_usd=value,
        list_value_by=by,
    )
    return ReportedRow(call.account, row)


def _counted(record: Record) -> Tokens:
    read, out = record.input or Input(), record.output or Output()
    sent, came = read.input_token_count, out.output_token_count
    if sent is None and came is None and record.error_code in _NEVER_RAN:
        return _NO_TOKENS
    # A record with a count of input and none of the cache is of a call without a cache. The log does not
    # tell the two lifetimes of what is written apart: all of it is the ordinary one.
    without = None if sent is None else 0
    return Tokens(
        sent,
        without if read.cache_read_input_token_count is None else read.cache_read_input_token_count,
        without if read.cache_write_input_token_count is None else read.cache_write_input_token_count,
        without,
        came,
    )


def _caller(arn: str | None) -> tuple[str | None, RunKind]:
    """Return the account that a call is of, and whether a person or a workload made it."""
    if not arn:
        return None, "service"
    name = (arn.rpartition("/")[2] if "/" in arn else arn.rpartition(":")[2]) or None
    if name is None or ":assumed-role/" not in arn or "@" not in name:
        return name, "service"
    return normal_email(name), "person"


def _day(moment: datetime) -> date:
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)).date()
