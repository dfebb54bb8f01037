"""Anthropic's users and keys, its bill by the day, and its members' own limits."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.connectors.http import ReplyError
from bot.connectors.pull import Allowance, ListedAccount
from bot.errors import ConnectorError
from tests.providers.anthropic import (
    ADMIN_KEY,
    ANALYTICS_KEY,
    BILL,
    KEYS,
    LIMITS,
    USERS,
    Organisation,
    organisation,
)
from tests.providers.standin import Reply

DAY = date(2026, 11, 10)
SAMPLES = Path(__file__).parents[1] / "providers" / "samples" / "anthropic"
ADA, BO = {"id": "user_01ADA", "email": " Ada@example.com"}, {"id": "user_02BO", "email": "bo@example.com"}


@pytest.fixture
def org() -> Iterator[Organisation]:
    with organisation() as org:
        yield org


def key(created_by: Any = None, principal: Any = None) -> dict[str, Any]:
    return {"id": "apikey_1", "name": "laptop", "created_by": created_by, "principal": principal}


def test_users_are_listed_with_their_mail_address_over_all_pages(org: Organisation) -> None:
    org.held.users, org.stand.most = [ADA, BO, {"id": "user_03"}], 2
    assert list(org.source().accounts()) == [
        ListedAccount("user_01ADA", "ada@example.com"),
        ListedAccount("user_02BO", "bo@example.com"),
        ListedAccount("user_03", None),
    ]
    assert org.stand.paths() == [KEYS, USERS, USERS]


@pytest.mark.parametrize(
    ("listed", "email"),
    [
        (key({"id": "user_02BO", "type": "user"}), "bo@example.com"),
        (key({"id": "user_99GONE", "type": "user"}), None),
        (key({"id": "svac_1", "type": "service_account"}), None),
        (key(), None),
        (key({"id": "user_01ADA", "type": "user"}, {"type": "user_actor", "user_id": "user_02BO"}), "bo@example.com"),
        (key({"id": "user_02BO", "type": "user"}, {"type": "service_account_actor", "service_account_id": "s"}), None),
    ],
)
def test_a_key_is_whoever_it_acts_as_or_who_made_it(
    org: Organisation, listed: dict[str, Any], email: str | None
) -> None:
    org.held.users, org.held.keys = [ADA, BO], [listed]
    assert list(org.source().accounts())[-1] == ListedAccount("apikey_1", email, "key")


def test_a_key_that_may_not_list_is_said(org: Organisation) -> None:
    org.stand.refused[ADMIN_KEY, USERS] = 403
    with pytest.raises(ReplyError, match=rf"the key may not read {USERS} \(403\)"):
        list(org.source().accounts())


def test_without_an_admin_key_there_are_no_accounts_bills_or_limits(org: Organisation) -> None:
    source = org.source(admin=None, analytics=ANALYTICS_KEY)
    assert (list(source.accounts()), list(source.billed(DAY, DAY)), list(source.allowances())) == ([], [], [])
    assert org.stand.asked == []


def cost(amount: Any, currency: str = "USD") -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "description": "Claude Opus"}


def test_the_bill_of_a_day_is_all_its_rows_in_exact_nano_usd(org: Organisation) -> None:
    org.held.bill = {DAY: [cost("123.45"), cost("0.0000001"), cost("-3.45")], DAY + timedelta(days=1): [cost("7")]}
    assert list(org.source().billed(DAY, DAY + timedelta(days=5))) == [
        (DAY, 1_200_000_001),
        (DAY + timedelta(days=1), 70_000_000),
    ]


def test_a_long_time_is_asked_for_a_month_at_once_to_the_last_page_and_not_beyond_today(org: Organisation) -> None:
    first, today = date(2026, 8, 1), date(2026, 11, 20)
    days = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    org.held.bill, org.stand.most = {day: [cost("1")] for day in days}, 7
    assert list(org.source().billed(first, today + timedelta(days=9))) == [(day, 10_000_000) for day in days]
    assert {asked.one("limit") for asked in org.stand.asked} == {"31"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (cost("1", "EUR"), "a row in another currency than USD"),
        (cost("NaN"), "a row with an impossible amount"),
        (cost("sNaN"), "a row with an impossible amount"),
        (cost("1e30"), "a row with an impossible amount"),
        (cost(None), "a row that is not as agreed"),
    ],
)
def test_a_bill_with_a_row_that_cannot_be_read_is_none(org: Organisation, row: dict[str, Any], said: str) -> None:
    org.held.bill = {DAY: [cost("5"), row]}
    with pytest.raises(ConnectorError, match=f"^Anthropic: {BILL}: {said}$"):
        list(org.source().billed(DAY, DAY))


def test_the_sample_of_the_bill_parses(org: Organisation) -> None:
    content = (SAMPLES / "synthetic.cost_report.json").read_bytes()
    org.stand.routes["GET", BILL] = lambda _: Reply(content)
    assert list(org.source().billed(DAY, DAY)) == [(DAY, 1_234_500_000)]


def limit(**more: Any) -> dict[str, Any]:
    """Return a member's monthly limit of 500 USD of which 314.025 are spent; *more* replaces fields or adds them."""
    return {
        "actor": {"type": "user_actor", "user_id": "user_01ADA", "email_address": "Ada@example.com", "deleted": False},
        "scope": {"type": "user", "user_id": "user_01ADA"},
        "source": {"type": "seat_tier", "seat_tier": "enterprise_standard"},
        "period": "monthly",
        "amount": "50000",
        "period_to_date_spend": "31402.5",
        "currency": "USD",
        "spend_limit_id": "spl_1",
    } | more


def test_a_members_own_limit_is_of_the_calendar_month(org: Organisation) -> None:
    actor = {"type": "user_actor", "user_id": "user_02BO", "email_address": None}
    org.held.limits = [limit(), limit(actor=actor, amount="100", source={"type": "user", "user_id": "user_02BO"})]
    org.stand.most = 1
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    assert list(org.source().allowances()) == [
        Allowance("ada@example.com", 500_000_000_000, 314_025_000_000, first, last),
        Allowance("user_02BO", 1_000_000_000, 314_025_000_000, first, last),
    ]
    assert org.stand.asked[0].query == {"period[]": ["monthly"], "limit": ["1000"]}


@pytest.mark.parametrize(
    "odd",
    [
        limit(amount=None),
        limit(amount="0"),
        limit(period_to_date_spend="0"),
        limit(period="weekly"),
        limit(currency="EUR"),
        limit(amount="-5"),
        limit(source={"type": "organization"}),
        limit(source={"type": "brand_new"}),
        limit(actor={"type": "scoped_api_key_actor", "user_id": "user_1"}),
        limit(actor={"type": "user_actor", "user_id": "user_1", "deleted": True}),
        limit(actor={"type": "user_actor"}),
        {"actor": None},
    ],
)
def test_a_limit_that_may_be_shared_or_whose_spend_is_unknown_is_left_out(
    org: Organisation, odd: dict[str, Any]
) -> None:
    org.held.limits = [odd, limit()]
    assert [allowance.account for allowance in org.source().allowances()] == ["ada@example.com"]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_plan_without_limits_has_none(org: Organisation, status: int) -> None:
    org.stand.refused[ADMIN_KEY, LIMITS] = status
    assert list(org.source().allowances()) == []
