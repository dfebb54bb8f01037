"""Kiro's user reports say who sent how many messages with which model; the newest report of a user counts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.connectors.kiro import KiroSource
from bot.connectors.kiro_report import kiro_rows
from bot.connectors.objects import Folder, open_objects
from bot.connectors.pull import Finding, ListedAccount, ReportedDay
from bot.errors import InputError
from tests.providers.buckets import running_buckets

SAMPLES: Final = Path(__file__).parents[1] / "providers" / "samples" / "kiro"
DAY: Final = date(2026, 11, 10)
ONE_DAY: Final = timedelta(days=1)
NOW: Final = datetime(2026, 11, 13, 9, tzinfo=UTC)
BELOW: Final = "AWSLogs/111122223333/KiroLogs/user_report/us-east-1"
ADA: Final = "a1b2c3d4-0000-4000-8000-000000000001"
BOB: Final = "a1b2c3d4-0000-4000-8000-000000000002"
HEADER: Final = "Date,UserId,Client_Type,Total_Messages"

Sums = Mapping[tuple[str | None, str], int | None]


def report(*rows: str, header: str = HEADER) -> str:
    return "\r\n".join((header, *rows, ""))


def name(day: date, stamp: str, client: str = "KIRO_IDE", part: str = "") -> str:
    return f"{BELOW}/{day:%Y/%m/%d}/00/{client}_111122223333_user_report_{stamp}{part}.csv"


def folder_of(folder: Path, files: Mapping[str, str]) -> KiroSource:
    for file, content in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(content, "utf-8", newline="")
    return KiroSource(Folder(folder, "kiro"), lambda: NOW)


def read(reported: ReportedDay) -> Sums:
    sums: Counter[tuple[str | None, str]] = Counter()
    unknown = set()
    for batch in reported.batches:
        for account, row, _ in batch:
            assert (row.day, row.tool, row.run_kind) == (reported.day, "kiro", "person")
            assert (row.billed_nano_usd, row.list_value_nano_usd, row.output_tokens) == (None, None, None)
            if row.requests is None:
                unknown.add((account, row.model))
            else:
                sums[account, row.model] += row.requests
    return {**sums, **dict.fromkeys(unknown)}


def day_of(source: KiroSource, day: date = DAY) -> tuple[Sums, ReportedDay]:
    [reported] = source.reported_days(day, day)
    return read(reported), reported


def of_one_file(folder: Path, *rows: str, header: str = HEADER) -> tuple[Sums, ReportedDay]:
    return day_of(folder_of(folder, {name(DAY, "202611110200"): report(*rows, header=header)}))


def test_the_sample_is_read_as_it_stands(tmp_path: Path) -> None:
    sample = (SAMPLES / "synthetic.user_report.csv").read_text()
    sums, reported = day_of(folder_of(tmp_path, {name(DAY, "202611110200"): sample}))
    assert sums == {(ADA, "kiro"): 45}
    assert (reported.complete, reported.flaws) == (True, {})


def test_a_report_of_today_s_columns_is_read_by_model(tmp_path: Path) -> None:
    sample = (SAMPLES / "synthetic.user_report.with_models.csv").read_text()
    sums, reported = day_of(folder_of(tmp_path, {name(DAY, "202611110200"): sample}))
    assert sums == {
        (ADA, "auto"): 9,
        (ADA, "claude_opus_4.8"): 41,
        (BOB, "auto"): 5,
        (BOB, "kiro"): 2,  # what the total has beyond the models
    }
    assert reported.complete


def test_rows_count_for_their_own_day_wherever_they_lie(tmp_path: Path) -> None:
    files = {
        name(DAY, "202611100200"): report(f"2026-11-09,{ADA},KIRO_IDE,1", f"2026-11-10,{BOB},KIRO_IDE,2"),
        name(DAY + ONE_DAY, "202611110200"): report(f"2026-11-10,{ADA},KIRO_IDE,4", f"2026-11-11,{ADA},KIRO_IDE,8"),
        name(DAY + ONE_DAY, "202611110200", "PLUGIN"): report(f"11-10-2026,{ADA},PLUGIN,16"),
    }
    assert day_of(folder_of(tmp_path, files))[0] == {(BOB, "kiro"): 2, (ADA, "kiro"): 20}


def test_the_last_file_of_a_user_day_and_client_counts(tmp_path: Path) -> None:
    files = {
        name(DAY, "202611110200"): report(f"2026-11-10,{ADA},KIRO_IDE,5", f"2026-11-10,{BOB},KIRO_IDE,7"),
        name(DAY + ONE_DAY, "202611120200"): report(f"2026-11-10,d-123.{ADA.upper()},KIRO_IDE,6"),
        name(DAY, "202611110200", "KIRO_CLI"): report(f"2026-11-10,{ADA},KIRO_CLI,1"),
    }
    sums, reported = day_of(folder_of(tmp_path, files))
    assert sums == {(ADA, "kiro"): 7, (BOB, "kiro"): 7}
    assert (reported.complete, reported.flaws) == (True, {})


def test_a_revised_report_replaces_what_was_said(tmp_path: Path) -> None:
    source = folder_of(tmp_path, {name(DAY, "202611110200"): report(f"2026-11-10,{ADA},KIRO_IDE,5")})
    first = day_of(source)[0]
    assert day_of(source)[0] == first
    folder_of(tmp_path, {name(DAY, "202611110200"): report(f"2026-11-10,{ADA},KIRO_IDE,3")})
    assert day_of(source)[0] == {(ADA, "kiro"): 3}


def test_all_parts_of_a_report_count(tmp_path: Path) -> None:
    users = [f"a1b2c3d4-0000-4000-8000-{number:012}" for number in range(2_500)]
    files = {
        name(DAY, "202611110200", part=f"_part_{part}"): report(
            *(f"2026-11-10,{user},KIRO_IDE,3" for user in users[part * 1_000 : (part + 1) * 1_000])
        )
        for part in range(3)
    }
    [reported] = folder_of(tmp_path, files).reported_days(DAY, DAY)
    batches = list(reported.batches)
    assert len(batches) > 1
    assert sorted(str(account) for batch in batches for account, _, _ in batch) == users


def test_a_row_that_came_twice_counts_once(tmp_path: Path) -> None:
    row = f"2026-11-10,{ADA},KIRO_IDE,5"
    sums, reported = of_one_file(tmp_path, row, row)
    assert sums == {(ADA, "kiro"): 5}
    assert (reported.complete, reported.flaws) == (True, {"a row that came twice": 1})


def test_the_same_user_twice_with_other_content_makes_the_day_incomplete(tmp_path: Path) -> None:
    sums, reported = of_one_file(tmp_path, f"2026-11-10,{ADA},KIRO_IDE,5", f"2026-11-10,d-1a.{ADA},KIRO_IDE,6")
    assert sums == {(ADA, "kiro"): 5}
    assert not reported.complete
    assert reported.flaws.total() == 1


@pytest.mark.parametrize(
    ("row", "flaw"),
    [
        (f"2026-11-10,{ADA},KIRO_IDE,-1", "a row with a negative count"),
        (f"2026-11-10,{ADA},KIRO_IDE,1000000000001", "a row with an absurd count"),
        (f"2026-11-10,{ADA},KIRO_IDE,NaN", "a row with an absurd count"),
        (f"2026-11-10,{ADA},KIRO_IDE,many", "a row with a count that is no number"),
        (f"2026-11-10,{ADA},KIRO_IDE,1.5", "a row with a count that is no whole number"),
        (f"2026-11-10,{ADA},KIRO_IDE", "a row with too few columns"),
        (f"10 Nov 2026,{ADA},KIRO_IDE,1", "a row without a day"),
        (f"2026-02-30,{ADA},KIRO_IDE,1", "a row without a day"),
        ("x" * 200_000, "a file that is no whole CSV: what follows was not read"),
    ],
)
def test_a_bad_row_is_left_out_and_said_and_the_rest_counts(tmp_path: Path, row: str, flaw: str) -> None:
    sums, reported = of_one_file(tmp_path, f"2026-11-10,{BOB},KIRO_IDE,2", row)
    assert sums == {(BOB, "kiro"): 2}
    assert (reported.complete, reported.flaws) == (False, {flaw: 1})


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (f"2026-11-10,{ADA},KIRO_IDE,", {(ADA, "kiro"): None}),
        (f"2026-11-10,{ADA},KIRO_IDE,0", {(ADA, "kiro"): 0}),
        (f"2026-11-10,{ADA},KIRO_IDE,12.0", {(ADA, "kiro"): 12}),
        ("2026-11-10,,KIRO_IDE,3", {(None, "kiro"): 3}),
    ],
)
def test_what_is_empty_is_unknown_and_no_zero(tmp_path: Path, cells: str, expected: Sums) -> None:
    assert of_one_file(tmp_path, cells)[0] == expected


def test_columns_are_found_by_name_in_any_order_case_and_after_a_byte_order_mark(tmp_path: Path) -> None:
    header = "\ufeffTotal_messages,New_Column,userid,DATE,client_type"
    assert of_one_file(tmp_path, f'7,"a,b",{ADA},2026-11-10,kiro_ide', header=header)[0] == {(ADA, "kiro"): 7}


def test_models_that_add_up_to_more_than_the_total_are_taken_as_they_are(tmp_path: Path) -> None:
    header = f"{HEADER},auto_messages,glm_5_messages"
    assert of_one_file(tmp_path, f"2026-11-10,{ADA},KIRO_IDE,3,2,2", header=header)[0] == {
        (ADA, "auto"): 2,
        (ADA, "glm_5"): 2,
    }


def test_other_files_beside_the_reports_are_not_read(tmp_path: Path) -> None:
    files = {
        name(DAY, "202611110200"): report(f"2026-11-10,{ADA},KIRO_IDE,5"),
        f"{BELOW}/2026/11/10/00/notes.csv": "no report",
        "AWSLogs/111122223333/KiroLogs/4cc505fb": "a marker",
        "AWSLogs/111122223333/KiroLogs/by_user_analytic/us-east-1/2026/11/10/00/1_user_report_1.csv": "passed over",
    }
    sums, reported = day_of(folder_of(tmp_path, files))
    assert (sums, reported.flaws) == ({(ADA, "kiro"): 5}, {})


@pytest.mark.parametrize("below", ["", "AWSLogs", "AWSLogs/111122223333", "AWSLogs/111122223333/KiroLogs", BELOW])
def test_the_address_may_point_above_or_below_the_accounts(tmp_path: Path, below: str) -> None:
    folder_of(tmp_path, {name(DAY, "202611110200"): report(f"2026-11-10,{ADA},KIRO_IDE,5")})
    source = KiroSource(Folder(tmp_path / below, "kiro"), lambda: NOW)
    assert day_of(source)[0] == {(ADA, "kiro"): 5}


def test_another_file_under_a_report_s_name_makes_the_day_incomplete(tmp_path: Path) -> None:
    sums, reported = of_one_file(tmp_path, f"{ADA},11-10-2026,3", header="UserId,Date,Chat_MessagesSent")
    assert sums == {}
    assert not reported.complete


def test_days_without_reports_are_served_between_those_that_have_them(tmp_path: Path) -> None:
    one = report(f"2026-11-05,{ADA},KIRO_IDE,5")
    source = folder_of(tmp_path, {name(date(2026, 11, 5), "1"): one, name(date(2026, 11, 10), "2"): report()})
    served = [(reported.day.day, bool(read(reported))) for reported in source.reported_days(date(2026, 11, 1), DAY)]
    assert served == [(4, False), (5, True), (6, False), (7, False), (8, False), (9, False), (10, False)]


@pytest.mark.parametrize(("now", "complete"), [("2026-11-11T23:59", False), ("2026-11-12T00:00", True)])
def test_a_day_is_complete_a_day_after_its_end(tmp_path: Path, now: str, complete: bool) -> None:
    folder_of(tmp_path, {name(DAY, "202611110200"): report(f"2026-11-10,{ADA},KIRO_IDE,5")})
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    [reported] = KiroSource(Folder(tmp_path, "kiro"), lambda: moment).reported_days(DAY, DAY)
    assert reported.complete is complete


def test_days_in_the_future_are_not_asked_for(tmp_path: Path) -> None:
    source = folder_of(tmp_path, {name(NOW.date() + ONE_DAY, "1"): report(f"2026-11-13,{ADA},KIRO_IDE,5")})
    assert [reported.day for reported in source.reported_days(DAY, date(2026, 11, 20))] == [NOW.date()]


def test_accounts_are_listed_once_with_the_address_that_reports_have(tmp_path: Path) -> None:
    header = f"{HEADER},User_Email"
    files = {
        name(date(2026, 11, 12), "202611120200"): report(
            f"2026-11-12,d-1.{ADA},KIRO_IDE,5, Ada@Example.com", f"2026-11-12,{BOB},KIRO_IDE,5,", header=header
        ),
        name(DAY, "202611100200"): report(f"2026-11-10,{ADA},KIRO_IDE,5,old@example.com", header=header),
    }
    assert list(folder_of(tmp_path, files).accounts()) == [ListedAccount(ADA, "ada@example.com")]


def test_findings_say_what_is_there_or_what_to_do(tmp_path: Path) -> None:
    [missing] = KiroSource(Folder(tmp_path / "nowhere", "kiro"), lambda: NOW).findings()
    assert (missing.state, "cannot be read" in missing.text) == ("to do", True)
    (tmp_path / "empty").mkdir()
    [empty] = KiroSource(Folder(tmp_path / "empty", "kiro"), lambda: NOW).findings()
    assert (empty.state, "no user_report files" in empty.text) == ("to do", True)
    text = "user reports of 2026-11-10 to 2026-11-10: messages; no tokens and no dollars in them"
    assert list(folder_of(tmp_path, {name(DAY, "1"): report()}).findings()) == [Finding("ok", text)]


def test_an_imported_file_names_every_bad_line(tmp_path: Path) -> None:
    good, bad = f"2026-11-10,{ADA},KIRO_IDE,5\n", f"2026-11-10,{BOB},KIRO_IDE,-5\n"
    found = list(kiro_rows([f"{HEADER}\n", good, bad, good, good.replace(",5", ",6")]))
    assert [(line, what if isinstance(what, str) else len(what)) for line, what in found] == [
        (2, 1),
        (3, "a row with a negative count"),
        (4, 0),
        (5, "a row of the same user, day and client type as another, with other content"),
    ]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("UserId,Date,Chat_AICodeLines,Chat_MessagesSent", "older by_user_analytic report; take Kiro's user_report"),
        ("Date,UserId,Total_Messages", "does not have client_type"),
        (HEADER.removesuffix(",Total_Messages"), "does not have total_messages"),
        ("", "does not have date, userid, client_type"),
    ],
)
def test_another_file_is_refused_with_the_reason(header: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(kiro_rows([header]))


@pytest.fixture
def from_s3() -> Iterator[KiroSource]:
    with running_buckets() as buckets:
        rows = report(f"2026-11-10,{ADA},KIRO_IDE,5").encode()
        buckets.put("s3://company-logs/kiro", {name(DAY, "202611110200"): rows})
        source = KiroSource(buckets.open("s3://company-logs/kiro"), lambda: NOW)
        yield source
        source.close()


def test_reports_are_read_from_s3(from_s3: KiroSource) -> None:
    assert day_of(from_s3)[0] == {(ADA, "kiro"): 5}
    assert [finding.state for finding in from_s3.findings()] == ["ok"]


def test_a_file_beyond_the_bound_makes_the_day_incomplete(tmp_path: Path) -> None:
    folder_of(tmp_path, {name(DAY, "1"): report(f"2026-11-10,{ADA},KIRO_IDE,5"), name(DAY, "2"): ""})
    with (tmp_path / name(DAY, "2")).open("wb") as file:
        file.truncate(64 * 2**20 + 1)
    sums, reported = day_of(KiroSource(open_objects(str(tmp_path), "kiro"), lambda: NOW))
    assert (sums, reported.flaws) == ({(ADA, "kiro"): 5}, {"a file of more than 64 MiB": 1})
