"""Copilot's daily reports become one row for each person, read from links that never get the token."""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.connectors.copilot import CopilotSource
from bot.connectors.estimates import VENDOR
from bot.connectors.github_api import GitHubApi, SignedLinks
from bot.connectors.http import ReplyError
from bot.connectors.pull import ReportedDay, ReportedRow
from bot.domain.money import nano_usd
from bot.domain.usage import UsageRow
from bot.errors import ConnectorError
from tests.providers.github import ENTERPRISE, ORG, SIGNATURE, TOKEN, Downloads, GitHub, user_day
from tests.providers.standin import Reply

NOW = datetime(2026, 11, 20, 13, 45, tzinfo=UTC)
DAY = date(2026, 11, 10)
SAMPLE = Path(__file__).parents[1] / "providers/samples/github_copilot/synthetic.users_1_day.ndjson"


@pytest.fixture
def github() -> Iterator[GitHub]:
    downloads = Downloads()
    stand = GitHub(downloads)
    with downloads, stand:
        yield stand


def source(
    github: GitHub,
    *,
    token: str = TOKEN,
    enterprise: str = "",
    now: datetime = NOW,
    waited: list[float] | None = None,
) -> CopilotSource:
    pause = (waited if waited is not None else []).append
    api, links = GitHubApi(github.url, token, pause), SignedLinks(pause)
    return CopilotSource(api, links, ORG, enterprise, None, lambda: now)


def asked_for(github: GitHub, **more: Any) -> tuple[list[ReportedRow], ReportedDay]:
    with closing(source(github, **more)) as copilot:
        (reported,) = copilot.reported_days(DAY, DAY)
        return [row for batch in reported.batches for row in batch], reported


def only(rows: list[ReportedRow]) -> UsageRow:
    assert len(rows) == 1
    return rows[0].row


def downloaded(github: GitHub, content: bytes) -> tuple[list[ReportedRow], ReportedDay]:
    """Return what comes of a report that is *content*."""
    github.faults.append(Reply({"download_links": [github.downloads.link("one.json", content)]}))
    return asked_for(github)


@pytest.mark.parametrize(("files", "as_array"), [(1, False), (3, False), (2, True)])
def test_a_day_adds_up_to_what_github_holds_in_however_many_files(github: GitHub, files: int, as_array: bool) -> None:
    github.files, github.as_array = files, as_array
    people = [user_day(DAY, f"User-{number}", number, ai_credits_used=number / 7) for number in range(2100)]
    github.reports[DAY] = people
    for _ in range(2):
        rows, day = asked_for(github)
        assert day.complete
        assert {each.account: each.row.list_value_nano_usd for each in rows} == {
            each["user_login"].lower(): nano_usd(Decimal(str(each["ai_credits_used"])) / 100) for each in people
        }
        assert [each.row.requests for each in rows] == [each["user_initiated_interaction_count"] for each in people]
        people[5] |= {"ai_credits_used": 99, "user_initiated_interaction_count": 1}


def test_a_line_is_a_row_of_one_person(github: GitHub) -> None:
    github.reports[DAY] = [user_day(DAY, "Ada")]
    rows, day = asked_for(github)
    assert rows[0].account == "ada"
    assert only(rows) == UsageRow(
        DAY,
        "copilot",
        0,
        "copilot",
        "copilot",
        "person",
        requests=24,
        list_value_nano_usd=25_000_000,
        list_value_by=VENDOR,
    )
    assert day.complete
    assert not day.flaws


def test_credits_that_are_not_told_are_unknown_and_not_nothing(github: GitHub) -> None:
    told = user_day(DAY, "ada", ai_credits_used=0)
    untold = {name: value for name, value in user_day(DAY, "bo").items() if name != "ai_credits_used"}
    github.reports[DAY] = [told, untold]
    rows, _ = asked_for(github)
    assert [(each.row.list_value_nano_usd, each.row.list_value_by) for each in rows] == [(0, VENDOR), (None, "")]


def test_what_the_command_line_wrote_is_a_part_of_what_was_written(github: GitHub) -> None:
    usage = {"token_usage": {"output_tokens_sum": 121_157, "prompt_tokens_sum": 23_229_028}}
    github.reports[DAY] = [user_day(DAY, "ada", totals_by_cli=usage, totals_by_copilot_app=usage)]
    row = only(asked_for(github)[0])
    assert row.measure("output_tokens") == (242_314, False)
    assert row.uncached_input_tokens is None
    assert row.cache_read_tokens is None


def test_an_enterprise_is_asked_rather_than_its_organization(github: GitHub) -> None:
    github.reports[DAY] = [user_day(DAY, "ada")]
    asked_for(github, enterprise=ENTERPRISE)
    assert github.paths() == [f"/enterprises/{ENTERPRISE}/copilot/metrics/reports/users-1-day"]


def test_days_without_a_report_are_not_there_and_today_is_not_asked_for(github: GitHub) -> None:
    github.reports = {DAY: [], DAY + timedelta(days=7): []}
    with closing(source(github)) as copilot:
        found = [(day.day, list(day.batches)) for day in copilot.reported_days(DAY, NOW.date() + timedelta(days=3))]
    assert [day for day, _ in found] == list(github.reports)
    assert github.asked[-1].one("day") == "2026-11-19"


@pytest.mark.parametrize(
    ("now", "complete"),
    [
        (datetime(2026, 11, 14, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 13, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 11, 13, 0, tzinfo=UTC), False),
    ],
)
def test_a_day_is_complete_three_full_days_after_it(github: GitHub, now: datetime, complete: bool) -> None:
    github.reports[DAY] = []
    assert asked_for(github, now=now)[1].complete is complete


def test_a_link_never_gets_the_token(github: GitHub) -> None:
    github.reports[DAY] = [user_day(DAY, "ada")]
    asked_for(github)
    (download,) = github.downloads.asked
    assert "authorization" not in download.headers
    assert TOKEN not in str(download)
    assert download.one("sig") in SIGNATURE


@pytest.mark.parametrize("reply", [Reply("<Error/>", 403), Reply("", 302, {"Location": "/x"}), Reply("", 500)])
def test_a_link_that_does_not_answer_is_never_named(
    github: GitHub, reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    github.reports[DAY] = [user_day(DAY, "ada")]
    github.downloads.faults.append(reply)
    with pytest.raises(ConnectorError, match="a report's link answers HTTP") as error:
        asked_for(github)
    assert "sig" not in str(error.value)
    assert not error.value.permanent  # the next run asks for new links
    assert error.value.__cause__ is None
    assert "sig=" not in caplog.text


@pytest.mark.parametrize(
    "link", ["http://127.0.0.1:1/one?sig=made-up", "nowhere?sig=made-up", "http://127.0.0.1:port/?sig=made-up"]
)
def test_a_link_that_leads_nowhere_is_never_named(github: GitHub, link: str) -> None:
    github.faults.append(Reply({"download_links": [link]}))
    with pytest.raises(ConnectorError, match="does not answer") as error:
        asked_for(github)
    assert "made-up" not in str(error.value)
    assert not error.value.permanent


def test_somebody_in_two_organizations_counts_once(github: GitHub) -> None:
    github.reports[DAY] = [user_day(DAY, "ada", 1), user_day(DAY, "bo", 2), user_day(DAY, "ada", 1)]
    github.files = 3
    rows, day = asked_for(github)
    assert [each.account for each in rows] == ["ada", "bo"]
    assert day.flaws == {"a row that came twice": 1}
    assert day.complete


def test_two_different_lines_about_one_person_leave_the_day_incomplete(github: GitHub) -> None:
    github.reports[DAY] = [user_day(DAY, "ada", 1), user_day(DAY, "ada", 1, ai_credits_used=3)]
    rows, day = asked_for(github)
    assert len(rows) == 1
    assert not day.complete
    assert "ada" not in str(day.flaws)


def test_lines_about_nobody_all_count(github: GitHub) -> None:
    github.reports[DAY] = [user_day(DAY, None) | {"user_id": None}] * 2
    rows, day = asked_for(github)
    assert [each.account for each in rows] == [None, None]
    assert day.complete


@pytest.mark.parametrize(
    "bad",
    [
        {"user_initiated_interaction_count": -1},
        {"user_initiated_interaction_count": 10**12 + 1},
        {"user_initiated_interaction_count": "many"},
        {"ai_credits_used": -0.1},
        {"ai_credits_used": "NaN"},
        {"ai_credits_used": 1e300},
        {"totals_by_cli": {"token_usage": {"output_tokens_sum": -5}}},
        {"day": "2026-11-09"},
        {"user_id": ["list"]},
    ],
)
def test_a_line_that_cannot_be_used_is_left_out(github: GitHub, bad: dict[str, Any]) -> None:
    github.reports[DAY] = [user_day(DAY, "ada", 1) | bad, user_day(DAY, "bo", 2)]
    rows, day = asked_for(github)
    assert [each.account for each in rows] == ["bo"]
    assert sum(day.flaws.values()) == 1
    assert not day.complete


def test_a_report_that_breaks_off_is_not_complete(github: GitHub) -> None:
    rows, day = downloaded(github, b'{"user_id":1,"user_login":"ada"}\r\n\n{"user_id":2,"user_lo')
    assert [each.account for each in rows] == ["ada"]
    assert not day.complete


@pytest.mark.parametrize("content", [b"", b"\n", b"[]", b" [ ]\n", b"\xef\xbb\xbf[]"])
def test_an_empty_report_is_a_day_without_use(github: GitHub, content: bytes) -> None:
    rows, day = downloaded(github, content)
    assert not rows
    assert day.complete


@pytest.mark.parametrize("content", [b"<html>sign in</html>", b'[{"user_id":1}'])
def test_something_else_than_a_report_is_an_error(github: GitHub, content: bytes) -> None:
    with pytest.raises(ConnectorError, match="a report"):
        downloaded(github, content)


def test_a_line_may_be_longer_than_what_arrives_at_once(github: GitHub) -> None:
    filler = b'{"user_login":"bo","x":"' + b"y" * 300_000 + b'"}\n'
    rows, day = downloaded(github, b'{"user_login":"ada"}\n' + filler + b'{"user_login":"cy"}')
    assert [each.account for each in rows] == ["ada", "bo", "cy"]
    assert not day.flaws


def test_a_revoked_token_is_told_by_its_setting_and_never_shown(github: GitHub) -> None:
    with pytest.raises(ReplyError, match="GITHUB_TOKEN") as error:
        asked_for(github, token="ghp_revoked")
    assert "ghp_" not in str(error.value)


@pytest.mark.parametrize(("status", "said"), [(403, "a scope is missing"), (404, "HTTP 404")])
def test_a_token_without_the_right_is_an_error(github: GitHub, status: int, said: str) -> None:
    github.hidden[f"/orgs/{ORG}/copilot/metrics/reports/users-1-day"] = status
    with pytest.raises(ReplyError, match=said):
        asked_for(github)


def test_a_web_page_instead_of_links_is_an_error(github: GitHub) -> None:
    github.faults.append(Reply("<html>"))
    with pytest.raises(ConnectorError, match="a web page instead of JSON"):
        asked_for(github)


@pytest.mark.parametrize("headers", [{"Retry-After": "7"}, {"retry-after": "7", "x-ratelimit-remaining": "0"}])
def test_github_is_asked_again_when_it_says_also_where_it_says_403(github: GitHub, headers: dict[str, str]) -> None:
    github.reports[DAY] = [user_day(DAY, "ada")]
    github.faults.append(Reply({"message": "secondary rate limit"}, 403, headers))
    waited: list[float] = []
    rows, _ = asked_for(github, waited=waited)
    assert len(rows) == 1
    assert waited == [7.0]


def test_the_sample_adds_up(github: GitHub) -> None:
    rows, day = downloaded(github, SAMPLE.read_bytes())
    assert not day.flaws
    assert [(each.account, each.row.list_value_nano_usd, each.row.output_tokens) for each in rows] == [
        ("ada-acme", 132_500_000, 1200),
        ("bo-acme", None, None),
    ]
