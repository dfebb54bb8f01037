"""A gap to the bill is told once, to the operators, in per cent."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.connectors.pull import PullSource
from bot.jobs import reconcile, retention
from bot.playground.local_slack import LocalSlack
from bot.services import Services
from bot.slack import connect
from storage.engine import Database
from tests.cast import T0
from tests.jobs.delivering import deliver
from tests.promises.answers import services_on
from tests.storage.test_bills import NOVEMBER, OCTOBER, report

CHANNEL = "C01PAYMENTS"
DAY = timedelta(days=1)


class Billed(PullSource):
    kind, name = "cursor", "company"


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    with LocalSlack().running() as local:
        yield local


@pytest.fixture
def services(sqlite_database: Database, slack: LocalSlack) -> Iterator[Services]:
    """A bot whose operators have a channel, on a day late in November."""
    way_out = connect(slack.bot_token, slack.api_url)
    base = services_on(sqlite_database)
    people = base.policy.people.model_copy(update={"operator_channel": CHANNEL})
    policy = base.policy.model_copy(update={"people": people})
    yield replace(base, slack=way_out, policy=policy, sources=(Billed(),))
    way_out.close()


def differs(services: Services, *months: date, accounts: int = 12) -> None:
    def fill(session: Session) -> None:
        for month in months:
            report(session, month, 9_280_000_000, bill=10_000_000_000, accounts=accounts)

    services.database.writing(fill)


def told(slack: LocalSlack, services: Services) -> list[str]:
    """Send what is planned and return everything that the operators were told."""
    deliver(services)
    posted: list[Any] = [[call.args["text"], call.args["blocks"]] for call in slack.calls_of("chat.postMessage")]
    return [json.dumps(each) for each in posted]


def on(services: Services, now: datetime) -> Services:
    return replace(services, now=lambda: now)


def test_a_source_that_matches_is_not_mentioned(services: Services, slack: LocalSlack) -> None:
    services.database.writing(lambda session: report(session, OCTOBER, 100, bill=100))

    assert reconcile.run(services) == {"compared": 1, "told": 0}
    assert told(slack, services) == []


def test_a_gap_is_told_once_a_month_with_its_per_cent_and_no_money(services: Services, slack: LocalSlack) -> None:
    differs(services, OCTOBER, NOVEMBER)

    assert [reconcile.run(services) for _ in range(3)] == [
        {"compared": 2, "told": 2},
        {"compared": 2, "told": 0},
        {"compared": 2, "told": 0},
    ]
    assert ["October: 7.2 % short of the bill" in text for text in told(slack, services)] == [True, False]
    assert ["November: 7.2 % short of the bill" in text for text in told(slack, services)] == [False, True]
    for text in told(slack, services):
        assert "Cursor does not match its bill" in text
        assert "$" not in text
        assert "9.28" not in text


def test_the_list_value_is_said_to_be_what_is_compared(services: Services, slack: LocalSlack) -> None:
    services.database.writing(lambda session: report(session, OCTOBER, None, bill=5))
    reconcile.run(services)

    assert "October: at list price 40.0 % more than the bill" in told(slack, services)[0]


@pytest.mark.parametrize(("day", "count"), [(9, 0), (10, 1)])
def test_the_current_month_is_told_from_its_10th_day_on(
    services: Services, slack: LocalSlack, day: int, count: int
) -> None:
    differs(services, NOVEMBER)
    reconcile.run(on(services, T0.replace(day=day)))

    assert len(told(slack, on(services, T0.replace(day=day)))) == count


def test_of_few_people_nothing_is_told(services: Services, slack: LocalSlack) -> None:
    differs(services, OCTOBER, accounts=11)

    assert reconcile.run(services) == {"compared": 0, "told": 0}
    assert told(slack, services) == []


def test_without_a_channel_nothing_is_sent_and_it_is_told_when_there_is_one(
    services: Services, slack: LocalSlack
) -> None:
    differs(services, OCTOBER)
    packaged = services_on(services.database).policy

    assert reconcile.run(replace(services, policy=packaged))["told"] == 0
    assert reconcile.run(services)["told"] == 1


def test_what_could_not_be_posted_is_not_posted_later(services: Services, slack: LocalSlack) -> None:
    differs(services, OCTOBER)
    with slack.world.lock:
        slack.world.channels[CHANNEL].members.discard("U0BOT")

    assert reconcile.run(services) == {"compared": 1, "told": 1}
    assert deliver(services) == {"dead": 1}
    assert reconcile.run(services) == {"compared": 1, "told": 0}
    assert deliver(services) == {}
    assert len(slack.calls_of("chat.postMessage")) == 1


def test_a_source_that_has_come_to_match_before_it_is_told_is_not_mentioned(
    services: Services, slack: LocalSlack
) -> None:
    differs(services, OCTOBER)
    reconcile.run(services)
    services.database.writing(lambda session: report(session, OCTOBER, 720_000_000, bill=10_000_000_000))

    assert deliver(services) == {"suppressed": 1}
    assert told(slack, services) == []


def test_a_month_that_was_told_on_its_10th_day_is_not_told_again_when_it_is_over(
    services: Services, slack: LocalSlack
) -> None:
    differs(services, OCTOBER)
    tenth = on(services, T0.replace(month=10, day=10))
    reconcile.run(tenth)
    deliver(tenth)
    for later in (T0.replace(day=1), T0.replace(day=30)):
        retention.run(on(services, later))
        reconcile.run(on(services, later))

    assert len(told(slack, services)) == 1
