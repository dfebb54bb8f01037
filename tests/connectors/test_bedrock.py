"""Bedrock's logs say who called which model with how many tokens, and nothing of what was written."""

import gzip
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connectors.bedrock import BedrockSource
from bot.connectors.bedrock_log import bedrock_rows
from bot.connectors.objects import Folder
from bot.connectors.prices import price_book
from bot.connectors.pull import Finding, ReportedDay, ReportedRow
from bot.domain.pricing import Rates
from bot.domain.tally import Tally, measures
from bot.domain.usage import MEASURES
from tests.providers.buckets import running_buckets

SAMPLE: Final = Path(__file__).parents[1] / "providers" / "samples" / "bedrock" / "synthetic.model_invocation_log.json"
DAY: Final = date(2026, 11, 10)
ONE_DAY: Final = timedelta(days=1)
NOW: Final = datetime(2026, 11, 13, 9, tzinfo=UTC)
BELOW: Final = "AWSLogs/111122223333/BedrockModelInvocationLogs/us-east-1"
ROLE: Final = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef"
SONNET: Final = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
# 3, 0.3, 3.75, 6 and 15 USD for a million tokens
RATES: Final = Rates(*(Decimal(rate).scaleb(-6) for rate in ("3", "0.3", "3.75", "6", "15")))


def prices(provider: str, model: str, day: date, tier: str) -> Rates | None:
    return RATES if (provider, model, tier) == ("aws", SONNET, "standard") and day.year == 2026 else None


def record(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(SAMPLE.read_text())
    made |= {"requestId": f"request-{next(_NUMBERS)}", **changes}
    return {name: value for name, value in made.items() if value is not None}


_NUMBERS: Final = iter(range(10**9))


def counts(sent: int | None, read: int | None = None, written: int | None = None) -> dict[str, int]:
    names = ("inputTokenCount", "cacheReadInputTokenCount", "cacheWriteInputTokenCount")
    return {name: count for name, count in zip(names, (sent, read, written), strict=True) if count is not None}


def packed(*records: Mapping[str, Any] | bytes) -> bytes:
    lines = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in records)
    return gzip.compress(b"\n".join((*lines, b"")))


def name(hour: str = "2026/11/10/10", file: str = "20261110T100000000Z_0a1b2c.json.gz") -> str:
    return f"{BELOW}/{hour}/{file}"


def source_of(folder: Path, files: Mapping[str, bytes], now: Callable[[], datetime] = lambda: NOW) -> BedrockSource:
    for file, content in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)
    return BedrockSource(Folder(folder, "bedrock"), prices, now)


def day_of(source: BedrockSource, day: date = DAY) -> tuple[list[ReportedRow], ReportedDay]:
    [reported] = source.reported_days(day, day)
    rows = [row for batch in reported.batches for row in batch]
    assert all(row.day == day for _, row, _ in rows)
    return rows, reported


def of_records(folder: Path, *records: Mapping[str, Any] | bytes) -> tuple[list[ReportedRow], ReportedDay]:
    return day_of(source_of(folder, {name(): packed(*records)}))


def summed(rows: Iterable[ReportedRow]) -> dict[tuple[str | None, str], dict[str, int | None]]:
    sums: dict[tuple[str | None, str], Tally] = {}
    for account, row, _ in rows:
        sums.setdefault((account, row.model), Tally()).add(measures(row), row.list_value_by)
    return {key: dict(zip(MEASURES, tally.values, strict=True)) for key, tally in sums.items()}


def test_the_sample_is_read_as_it_stands(tmp_path: Path) -> None:
    [(account, row, key)], reported = of_records(tmp_path, json.loads(SAMPLE.read_text()))
    assert (account, key, row.tool, row.model, row.run_kind) == ("ada@example.com", None, "bedrock", SONNET, "person")
    assert (row.uncached_input_tokens, row.cache_read_tokens, row.output_tokens) == (120, 2000, 64)
    assert (row.cache_write_tokens, row.cache_write_1h_tokens) == (0, 0)
    assert (row.requests, row.failed_requests, row.billed_nano_usd) == (1, 0, None)
    assert (row.list_value_nano_usd, row.list_value_by) == (120 * 3_000 + 2000 * 300 + 64 * 15_000, "price list")
    assert (reported.complete, reported.flaws) == (True, {})


def test_the_public_list_has_a_price_for_the_sample() -> None:
    [(line, rows)] = bedrock_rows([json.dumps(json.loads(SAMPLE.read_text())).encode()], price_book(None))
    assert line == 1
    assert not isinstance(rows, str)
    assert rows[0].row.list_value_nano_usd


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ada@example.com", "bob@example.com", "nightly"]),
            st.sampled_from([SONNET, "amazon.nova-micro-v1:0"]),
            st.tuples(*[st.integers(0, 10**6)] * 4),
            st.booleans(),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_sums_by_account_and_model_are_exactly_those_of_the_records(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[str, str, tuple[int, ...], bool]]
) -> None:
    records, expected = [], dict[tuple[str | None, str], Counter[str]]()
    for account, model, (sent, read, written, came), failed in calls:
        records.append(
            record(
                identity={"arn": f"{ROLE}/{account}"},
                modelId=model,
                input=counts(sent, read, written),
                output={"outputTokenCount": came},
                errorCode="ModelTimeoutException" if failed else None,
            )
        )
        value = sent * 3_000 + read * 300 + written * 3_750 + came * 15_000 if model == SONNET else 0
        expected.setdefault((account, model), Counter()).update(
            uncached_input_tokens=sent,
            cache_read_tokens=read,
            cache_write_tokens=written,
            output_tokens=came,
            requests=1,
            failed_requests=int(failed),
            list_value_nano_usd=value,
        )
    rows, reported = of_records(tmp_path_factory.mktemp("logs"), *records)
    found = {key: Counter({name: n for name, n in sums.items() if n}) for key, sums in summed(rows).items()}
    assert found == {key: +sums for key, sums in expected.items()}
    assert reported.complete


def test_many_calls_come_in_batches_that_add_up(tmp_path: Path) -> None:
    made = record()
    records = [made | {"requestId": f"r{number}"} for number in range(5_000)]
    [reported] = source_of(tmp_path, {name(): packed(*records)}).reported_days(DAY, DAY)
    batches = list(reported.batches)
    assert [len(batch) for batch in batches] == [1, 1]
    sums = summed(row for batch in batches for row in batch)["ada@example.com", SONNET]
    assert (sums["requests"], sums["uncached_input_tokens"], sums["cache_read_tokens"]) == (5_000, 600_000, 10_000_000)


@pytest.mark.parametrize(
    ("arn", "account", "run_kind"),
    [
        (f"{ROLE}/Ada@Example.com", "ada@example.com", "person"),
        (f"{ROLE}/Nightly-Triage", "Nightly-Triage", "service"),
        ("arn:aws-us-gov:sts::1:assumed-role/Dev/bob@example.com", "bob@example.com", "person"),
        ("arn:aws:iam::111122223333:user/ci/Deployer", "Deployer", "service"),
        ("arn:aws:iam::111122223333:user/ada@example.com", "ada@example.com", "service"),
        ("arn:aws:iam::111122223333:root", "root", "service"),
        (None, None, "service"),
        ("", None, "service"),
    ],
)
def test_who_called_is_the_last_part_of_the_arn(
    tmp_path: Path, arn: str | None, account: str | None, run_kind: str
) -> None:
    [(found, row, _)], _ = of_records(tmp_path, record(identity={"arn": arn}))
    assert (found, row.run_kind) == (account, run_kind)


@pytest.mark.parametrize(
    ("model_id", "model"),
    [
        ("anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-haiku-20240307-v1:0"),
        (f"arn:aws:bedrock:us-east-1:1:inference-profile/{SONNET}", SONNET),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123", "abc123"),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"),
    ],
)
def test_a_model_is_its_id_or_the_last_part_of_its_arn(tmp_path: Path, model_id: str, model: str) -> None:
    [(_, row, _)], _ = of_records(tmp_path, record(modelId=model_id))
    assert row.model == model
    assert (row.list_value_nano_usd is None) == (model != SONNET)


@pytest.mark.parametrize(
    ("changes", "tokens", "failed"),
    [
        ({"input": counts(7), "output": {"outputTokenCount": 3}}, (7, 0, 0, 0, 3), 0),
        ({"input": counts(7), "output": None}, (7, 0, 0, 0, None), 0),
        ({"input": None, "output": None}, (None,) * 5, 0),
        ({"input": None, "output": None, "errorCode": "ThrottlingException"}, (0,) * 5, 1),
        ({"input": None, "output": None, "errorCode": "ModelTimeoutException"}, (None,) * 5, 1),
        ({"input": counts(7), "output": None, "errorCode": "ThrottlingException"}, (7, 0, 0, 0, None), 1),
    ],
)
def test_a_count_that_is_missing_is_unknown_unless_no_model_ran(
    tmp_path: Path, changes: dict[str, Any], tokens: tuple[int | None, ...], failed: int
) -> None:
    [(_, row, _)], reported = of_records(tmp_path, record(**changes))
    assert tuple(measures(row)[:5]) == tokens
    assert (row.requests, row.failed_requests) == (1, failed)
    assert (row.list_value_nano_usd is None) == (None in tokens)
    assert reported.complete


def test_calls_without_counts_do_not_hide_what_is_known_of_the_others(tmp_path: Path) -> None:
    rows, _ = of_records(tmp_path, record(input=counts(7)), record(input=None, output=None), record(input=counts(5)))
    assert sorted((row.uncached_input_tokens or 0, row.requests or 0) for _, row, _ in rows) == [(0, 1), (12, 2)]


@pytest.mark.parametrize(
    ("bad", "flaw"),
    [
        (record(input=counts(-1)), "a record with a negative or absurd count"),
        (record(output={"outputTokenCount": 10**12 + 1}), "a record with a negative or absurd count"),
        (record(modelId=None), "a record without a model"),
        (record(timestamp="yesterday"), "a record that cannot be read"),
        (record(input={"inputTokenCount": "12"}), "a record that cannot be read"),
        (record(timestamp="2026-11-09T23:59:59Z"), "a record of another day than its folder's"),
        (b"[]", "a record that cannot be read"),
        (b"{\xff", "a record that cannot be read"),
        (b'{"inputBodyJson": "' + b"x" * (9 * 2**20) + b'"}', "a record that is too long"),
    ],
    ids=lambda value: "" if isinstance(value, dict | bytes) else value,
)
def test_a_bad_record_is_left_out_and_said_and_the_rest_counts(
    tmp_path: Path, bad: dict[str, Any] | bytes, flaw: str
) -> None:
    rows, reported = of_records(tmp_path, record(input=counts(1)), bad, record(input=counts(2)))
    assert [row.uncached_input_tokens for _, row, _ in rows] == [3]
    assert (reported.complete, reported.flaws) == (False, {flaw: 1})


def test_a_record_that_came_twice_counts_once(tmp_path: Path) -> None:
    made = record()
    [(_, row, _)], reported = of_records(tmp_path, made, made)
    assert row.requests == 1
    assert (reported.complete, reported.flaws) == (True, {"a record that came twice": 1})


def test_a_request_id_with_other_content_makes_the_day_incomplete(tmp_path: Path) -> None:
    made = record()
    [(_, row, _)], reported = of_records(tmp_path, made, made | {"input": counts(5)})
    assert (row.requests, row.uncached_input_tokens) == (1, 120)
    assert not reported.complete


def test_records_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    rows, reported = of_records(tmp_path, record(schemaType="AgentTrace"), b"", record())
    assert (len(rows), reported.complete) == (1, True)


@pytest.mark.parametrize(
    "broken", [packed(record())[:-9], b"no gzip", b"\x1f\x8b\x08\x00" + b"\x00" * 6 + b"\xff" * 30]
)
def test_a_file_that_is_not_whole_makes_the_day_incomplete(tmp_path: Path, broken: bytes) -> None:
    files = {name(): broken, name(file="20261110T110000000Z_0a.json.gz"): packed(record(input=counts(3)))}
    rows, reported = day_of(source_of(tmp_path, files))
    assert summed(rows)["ada@example.com", SONNET]["requests"] in (1, 2)
    assert (reported.complete, reported.flaws) == (False, {"a file that is not whole": 1})


def test_a_file_that_unpacks_without_end_is_left(tmp_path: Path) -> None:
    part = gzip.compress(b"x" * (64 * 2**20), 1)
    rows, reported = day_of(source_of(tmp_path, {name(): packed(record()) + part * 9}))
    assert len(rows) == 1
    assert reported.flaws == {"a record that is too long": 1, "a file that unpacks to more than 512 MiB": 1}


def test_calls_around_midnight_count_for_their_own_day(tmp_path: Path) -> None:
    late, early = record(timestamp="2026-11-10T23:59:59Z"), record(timestamp="2026-11-11T00:00:00Z")
    source = source_of(tmp_path, {name("2026/11/11/00"): packed(late, early), name(): packed(record())})
    for day, requests in ((DAY, 2), (DAY + ONE_DAY, 1)):
        rows, reported = day_of(source, day)
        assert summed(rows)["ada@example.com", SONNET]["requests"] == requests
        assert reported.flaws == {}


def test_the_time_zone_of_a_record_is_heeded(tmp_path: Path) -> None:
    rows, _ = of_records(
        tmp_path, record(timestamp="2026-11-11T01:00:00+02:00"), record(timestamp="2026-11-10T01:00:00")
    )
    assert [row.requests for _, row, _ in rows] == [2]


def test_prompts_and_replies_are_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "the merger is on Tuesday"
    made = record(requestMetadata={"note": secret}, inferenceRegion=secret)
    made["input"]["inputBodyJson"] = {"messages": [{"role": "user", "content": secret}]}
    made["output"]["outputBodyJson"] = [{"text": secret, "usage": {"inputTokenCount": 10**6}}]
    broken = json.dumps(made).encode().replace(b'"inputTokenCount": 120', b'"inputTokenCount": "%s"' % secret.encode())
    bodies = f"{BELOW}/2026/11/10/10/data/request-1_input.json.gz"
    files = {name(): packed(made, broken, secret.encode()), bodies: packed({"content": secret})}
    rows, reported = day_of(source_of(tmp_path, files))
    assert [row.uncached_input_tokens for _, row, _ in rows] == [120]
    assert reported.flaws == {"a record that cannot be read": 2}
    assert secret not in f"{rows}{reported}{caplog.text}{list(bedrock_rows([broken], prices))}"


def test_other_files_beside_the_logs_are_not_read(tmp_path: Path) -> None:
    files = {
        name(): packed(record()),
        name(file="data/7_input.json.gz"): b"bodies",
        name(file="7_output.json.gz"): b"bodies",
        name(file="amazon-bedrock-logs-permission-check"): b"",
        name(file="amazon-bedrock-logs-permission-check.json.gz"): b"",
        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/10/10/other.json.gz": b"another service's",
    }
    rows, reported = day_of(source_of(tmp_path, files))
    assert (len(rows), reported.flaws) == (1, {})


def test_every_account_and_region_is_read_and_a_revised_log_replaces_the_first(tmp_path: Path) -> None:
    elsewhere = "AWSLogs/444455556666/BedrockModelInvocationLogs/eu-west-1/2026/11/10/00/1.json.gz"
    source = source_of(tmp_path, {name(): packed(record()), elsewhere: packed(record())})
    for _ in range(2):
        assert summed(day_of(source)[0])["ada@example.com", SONNET]["requests"] == 2
    source_of(tmp_path, {name(): packed(record(), record())})
    assert summed(day_of(source)[0])["ada@example.com", SONNET]["requests"] == 3


@pytest.mark.parametrize(("now", "complete"), [("2026-11-11T01:59", False), ("2026-11-11T02:00", True)])
def test_a_day_is_complete_two_hours_after_its_end(tmp_path: Path, now: str, complete: bool) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert day_of(source_of(tmp_path, {name(): packed(record())}, lambda: moment))[1].complete is complete


def test_days_without_logs_are_served_between_those_that_have_them_and_none_in_the_future(tmp_path: Path) -> None:
    files = {name(f"2026/11/{day}/10"): packed() for day in ("08", "10", "14")}
    served = [
        reported.day.day for reported in source_of(tmp_path, files).reported_days(date(2026, 11, 1), date(2026, 11, 20))
    ]
    assert served == [8, 9, 10, 11, 12, 13]


def test_findings_say_what_is_there_or_what_to_do(tmp_path: Path) -> None:
    [missing] = BedrockSource(Folder(tmp_path / "nowhere", "bedrock"), prices, lambda: NOW).findings()
    assert (missing.state, "cannot be read" in missing.text) == ("to do", True)
    (tmp_path / "empty").mkdir()
    [empty] = BedrockSource(Folder(tmp_path / "empty", "bedrock"), prices, lambda: NOW).findings()
    assert (empty.state, "no model invocation logs" in empty.text) == ("to do", True)
    text = "model invocation logs of 2026-11-10 to 2026-11-10: calls and tokens, priced from the list"
    assert list(source_of(tmp_path, {name(): packed(record())}).findings()) == [Finding("ok", text)]


def test_logs_are_read_from_s3() -> None:
    with running_buckets() as buckets:
        buckets.put("s3://company-logs/bedrock", {name(): packed(record(), record()), name("2026/11/12/01"): b"half"})
        source = BedrockSource(buckets.open("s3://company-logs/bedrock", "bedrock"), prices, lambda: NOW)
        assert summed(day_of(source)[0])["ada@example.com", SONNET]["requests"] == 2
        assert day_of(source, date(2026, 11, 12))[1].flaws == {"a file that is not whole": 1}
        source.close()


def test_an_imported_file_names_every_bad_line() -> None:
    made = record()
    lines = [json.dumps(one).encode() + b"\n" for one in (made, record(input=counts(-1)), made, record(schemaType="x"))]
    found = list(bedrock_rows([b"\xef\xbb\xbf" + lines[0], b"\n", *lines[1:]], prices))
    assert [(line, what if isinstance(what, str) else len(what)) for line, what in found] == [
        (1, 1),
        (3, "a record with a negative or absurd count"),
        (4, 0),
        (5, 0),
    ]
