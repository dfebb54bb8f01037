"""A seat costs its share each day from the day it was given, used or not, and AI credits are billed by the day."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.connectors.copilot import CopilotSource
from bot.connectors.github_api import GitHubApi, SignedLinks
from bot.connectors.http import ReplyError
from bot.connectors.pull import Finding, SeatsOfDay
from bot.domain.usage import SEAT_TIER
from bot.errors import ConnectorError
from tests.providers.github import ENTERPRISE, ORG, TOKEN, Downloads, GitHub, Json, member, seat, user_day
from tests.providers.standin import Reply

NOW = datetime(2026, 11, 20, 13, 45, tzinfo=UTC)
FIRST = date(2026, 11, 1)
LAST = date(2026, 11, 4)
MONTHLY = 19 * 10**9
SEATS = f"/orgs/{ORG}/copilot/billing/seats"
BILL = f"/organizations/{ORG}/settings/billing/ai_credit/usage"

Make = Callable[..., CopilotSource]


@pytest.fixture
def github() -> Iterator[GitHub]:
    downloads = Downloads()
    stand = GitHub(downloads)
    with downloads, stand:
        stand.reports = {FIRST + timedelta(days=number): [] for number in range(4)}
        yield stand


@pytest.fixture
def make(github: GitHub) -> Iterator[Make]:
    made: list[CopilotSource] = []

    def build(org: str = ORG, enterprise: str = "", price: int | None = MONTHLY) -> CopilotSource:
        api, links = GitHubApi(github.url, TOKEN, lambda _: None), SignedLinks()
        made.append(CopilotSource(api, links, org, enterprise, price, lambda: NOW))
        return made[-1]

    yield build
    for source in made:
        source.close()


def seats_by_day(source: CopilotSource) -> dict[int, dict[str | None, int | None]]:
    """Return what each seat costs, by day of the month and login."""
    found: dict[int, dict[str | None, int | None]] = {}
    for day in source.reported_days(FIRST, LAST):
        rows = [row for batch in day.batches for row in batch if row.row.tier == SEAT_TIER]
        found[day.day.day] = {each.account: each.row.billed_nano_usd for each in rows}
    return found


def test_a_seat_costs_its_share_from_the_day_it_was_given(github: GitHub, make: Make) -> None:
    github.seats = [
        seat("Ada", "2021-08-03T18:00:00-06:00"),
        seat("bo", "2026-11-02T23:30:00-06:00"),  # the third in UTC
        seat(None, "2021-08-03T18:00:00Z"),
        seat("cy", "some day"),
    ]
    shares = seats_by_day(make())
    assert [sorted(map(str, each)) for each in shares.values()] == [["ada"], ["ada"], ["ada", "bo"], ["ada", "bo"]]
    assert {each["ada"] for each in shares.values()} <= {MONTHLY // 30, MONTHLY // 30 + 1}


def test_a_seat_and_its_use_are_two_rows(github: GitHub, make: Make) -> None:
    github.seats, github.reports = [seat("ada", "2021-08-03T18:00:00Z")], {FIRST: [user_day(FIRST, "ADA")]}
    (day,) = make().reported_days(FIRST, FIRST)
    rows = [row for batch in day.batches for row in batch]
    assert [(each.account, each.row.tier, each.row.requests) for each in rows] == [
        ("ada", "standard", 24),
        ("ada", "seat", None),
    ]
    assert rows[0].row.billed_nano_usd is None


def test_seats_are_listed_once_a_run_over_all_pages(github: GitHub, make: Make) -> None:
    github.seats = [seat(f"user-{number}", "2021-08-03T18:00:00Z") for number in range(200)]
    shares = seats_by_day(make())
    assert [len(each) for each in shares.values()] == [200] * 4
    assert github.paths().count(SEATS) == 3


def test_somebody_with_seats_from_two_organizations_pays_for_one_since_the_earlier(github: GitHub, make: Make) -> None:
    github.seats = [seat("ada", f"2026-11-{day}T00:00:00Z") for day in ("03", "02", "04")]
    assert [len(each) for each in seats_by_day(make(enterprise=ENTERPRISE)).values()] == [0, 1, 1, 1]
    assert SEATS not in github.paths()


def test_an_enterprise_that_hides_its_seats_leaves_those_of_the_organization(github: GitHub, make: Make) -> None:
    github.seats = [seat("ada", "2026-11-02T00:00:00Z")]
    github.hidden[f"/enterprises/{ENTERPRISE}/copilot/billing/seats"] = 404
    assert [len(each) for each in seats_by_day(make(enterprise=ENTERPRISE)).values()] == [0, 1, 1, 1]


@pytest.mark.parametrize("status", [403, 404])
def test_seats_that_may_not_be_listed_are_left_out(github: GitHub, make: Make, status: int) -> None:
    github.seats, github.hidden[SEATS] = [seat("ada", "2021-08-03T18:00:00Z")], status
    assert list(seats_by_day(make()).values()) == [{}] * 4


def test_seats_without_a_price_are_not_listed(github: GitHub, make: Make) -> None:
    github.seats = [seat("ada", "2021-08-03T18:00:00Z")]
    assert list(seats_by_day(make(price=None)).values()) == [{}] * 4
    assert SEATS not in github.paths()


def test_a_page_of_seats_that_repeats_is_an_error(github: GitHub, make: Make) -> None:
    github.seats = [seat("ada", "2021-08-03T18:00:00Z")] * 200
    with pytest.raises(ConnectorError, match="repeats a page"):
        seats_by_day(make())


def item(net_amount: Any, product: str = "Copilot") -> dict[str, Any]:
    return {"product": product, "sku": "copilot_ai_credit", "model": "GPT-5.5", "netAmount": net_amount}


def test_a_days_bill_is_the_sum_of_its_items(github: GitHub, make: Make) -> None:
    github.bills = {
        FIRST: [item(1.228963), item("0.1904"), item(9, product="Actions")],
        FIRST + timedelta(days=2): [item(0), item(-0.5)],
    }
    expected = [(FIRST, 1_419_363_000), (FIRST + timedelta(days=2), -500_000_000)]
    assert list(make().billed(FIRST, LAST)) == expected
    assert [asked.one("day") for asked in github.asked] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("status", [403, 404])
def test_there_is_no_bill_where_the_enterprise_gets_it(github: GitHub, make: Make, status: int) -> None:
    github.bills, github.hidden[BILL] = {FIRST: [item(1)]}, status
    assert not list(make().billed(FIRST, LAST))
    assert len(github.asked) == 1
    assert not list(make(org="", enterprise=ENTERPRISE).billed(FIRST, LAST))


def test_a_months_bill_is_no_days_bill(github: GitHub, make: Make) -> None:
    github.faults.append(Reply({"timePeriod": {"year": 2026, "month": 11}, "usageItems": [item(31)]}))
    assert not list(make().billed(FIRST, LAST))


def test_a_bill_is_not_asked_for_days_to_come(github: GitHub, make: Make) -> None:
    list(make().billed(NOW.date(), NOW.date() + timedelta(days=5)))
    assert len(github.asked) == 1


@pytest.mark.parametrize("amount", ["NaN", 1e300])
def test_an_impossible_amount_is_an_error(github: GitHub, make: Make, amount: Any) -> None:
    github.bills = {FIRST: [item(amount)]}
    with pytest.raises(ConnectorError, match="impossible"):
        list(make().billed(FIRST, LAST))


def test_a_bill_with_a_busy_server_is_an_error(github: GitHub, make: Make) -> None:
    github.faults.extend([Reply({}, 500)] * 4)
    with pytest.raises(ReplyError, match="HTTP 500"):
        list(make().billed(FIRST, LAST))


def test_findings_say_what_the_token_may_read(github: GitHub, make: Make) -> None:
    github.reports, github.members = {date(2026, 11, 16): []}, [member("ada", "ada@acme.example")]
    assert list(make().findings()) == [
        Finding("ok", "usage reports, 2026-11-16 is there"),
        Finding("ok", "seats"),
        Finding("ok", "bill of AI credits by day"),
        Finding("ok", "members with mail addresses of verified domains"),
        Finding("warn", "no SAML identities: there are none, or the token may not read them (admin:org)"),
    ]


def test_findings_say_what_is_missing(github: GitHub, make: Make) -> None:
    github.hidden = {SEATS: 403, BILL: 404, f"/orgs/{ORG}/copilot/metrics/reports/users-1-day": 403, "/graphql": 403}
    found = list(make().findings())
    assert [each.state for each in found] == ["to do", "to do", "warn", "to do"]
    assert "Copilot usage metrics" in found[0].text
    assert "seats are left out" in found[1].text


def test_findings_ask_for_a_seats_price_and_for_the_organization(github: GitHub, make: Make) -> None:
    found = [each.text for each in make(org="", enterprise=ENTERPRISE, price=None).findings()]
    assert any("[seats]" in text for text in found)
    assert any("GITHUB_ORG" in text for text in found)


def counted(source: CopilotSource) -> SeatsOfDay | None:
    """Return what is said of the seats of the last day."""
    return [day.seats for day in source.reported_days(FIRST, LAST)][-1]


def used_at(login: str, last: object, since: str = "2021-08-03T18:00:00Z") -> Json:
    return seat(login, since) | {"last_activity_at": last}


def test_a_seat_is_unused_that_nobody_used_in_four_weeks(github: GitHub, make: Make) -> None:
    """Four weeks up to 4 November began on 8 October."""
    github.seats = [
        used_at("ada", None),
        used_at("bo", "2026-10-07T23:59:59Z"),
        used_at("cy", "2026-10-08T00:00:00Z"),
        used_at("di", "2026-10-07T20:00:00-06:00"),  # the eighth in UTC
        used_at("ed", None, since="2026-10-08T00:00:00Z"),  # it was given within them
        used_at("fo", "2026-11-10T00:00:00Z"),
        used_at("gus", None, since="2026-11-05T00:00:00Z"),  # it is of a later day
    ]
    assert counted(make()) == SeatsOfDay(6, 2)


@pytest.mark.parametrize("last", ["some day", 7, {}])
def test_seats_whose_use_cannot_be_read_are_paid_for_and_nobody_knows_how_many_are_unused(
    github: GitHub, make: Make, last: object
) -> None:
    github.seats = [used_at("ada", None), used_at("bo", last)]
    assert counted(make()) == SeatsOfDay(2, None)
    assert list(seats_by_day(make()).values())[-1].keys() == {"ada", "bo"}


def test_a_seat_from_two_organizations_was_used_when_either_was(github: GitHub, make: Make) -> None:
    moments = ("2026-11-01T00:00:00Z", None, "2026-09-01T00:00:00Z")
    github.seats = [*(used_at("ada", each) for each in moments), *[used_at("bo", None)] * 2]
    assert counted(make()) == SeatsOfDay(2, 1)


def test_without_seats_nothing_is_said_of_their_use(github: GitHub, make: Make) -> None:
    assert counted(make()) is None
    github.seats = [used_at("ada", None)]
    assert counted(make(price=None)) is None
