"""The same request reaches two replicas, or reaches one as a retry: one effect, and no copy is thrown away."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import httpx2
import pytest
from sqlmodel import Session, func, select

from bot.playground import payloads
from bot.playground.delivery import Delivery
from bot.playground.local_slack import LocalSlack
from bot.playground.methods.users import user_json
from bot.services import Services
from storage.tables import Person, SlackUser, Token
from tests.e2e.harness import Stage, bot_on, texts, until
from tests.loopback import NO_CERTIFICATES
from tests.threads import at_once

NOBODY: Final = "http://127.0.0.1:9/slack/events"
COPIES: Final = 8


@pytest.fixture
def replicas(postgresql_url: str) -> Iterator[tuple[LocalSlack, list[Services]]]:
    """Two bots on one PostgreSQL and one Slack."""
    slack = LocalSlack()
    with (
        slack.running(),
        bot_on(slack, postgresql_url, "http") as first,
        bot_on(slack, postgresql_url, "http") as second,
    ):
        yield slack, [first, second]


def bring_to_all(services: list[Services], delivery: Delivery) -> None:
    """Bring a signed request to every replica at the same moment, some times, and wait for the answers."""

    def bring(number: int) -> int:
        url = f"{services[number % len(services)].web_url}/slack/events"
        headers = delivery.headers
        answer = httpx2.post(url, content=delivery.body, headers=headers, verify=NO_CERTIFICATES, timeout=20)
        return answer.status_code

    assert set(at_once(COPIES, bring)) == {200}
    assert all(each.pool.idle(20) for each in services)


def count(services: Services, table: type[Person | Token]) -> int:
    """Return how many rows a table has."""
    with services.database.reading() as session:
        return int(session.exec(select(func.count()).select_from(table)).one())


def test_a_request_that_reaches_two_replicas_at_once_has_one_effect(
    replicas: tuple[LocalSlack, list[Services]],
) -> None:
    slack, services = replicas
    stage = Stage(slack, services[1], "", "http")
    user = stage.newcomer()
    first_screen = stage.ask(user)
    slack.deliver_to(NOBODY)  # what is pressed is signed and packed, and nobody has seen it yet
    people = count(services[0], Person)
    bring_to_all(services, slack.click(user, first_screen, "Switch it on"))

    assert count(services[0], Person) == people + 1
    slack.deliver_to(f"{services[0].web_url}/slack/events")
    connect = replace(stage, services=services[0]).ask(user, "connect")
    slack.deliver_to(NOBODY)
    tokens, before = count(services[1], Token), slack.mark()
    bring_to_all(services, slack.click(user, connect, "Make my upload token"))

    assert count(services[1], Token) == tokens + 1
    told = [texts(shown) for shown in slack.shown_to(user, before)]
    assert sum("Bearer ww_" in one for one in told) == 1
    assert sum("already made" in one for one in told) >= 1


@pytest.mark.parametrize("number", [1, 3])
def test_a_retry_whose_first_copy_was_never_seen_is_carried_out(http_stage: Stage, number: int) -> None:
    user = http_stage.someone_on()
    world = http_stage.slack.world
    world.users[user] = replace(world.users[user], name=f"Renamed{number} Person")
    event = payloads.event(world, "user_change", {"user": user_json(world, world.users[user])})
    sent = http_stage.slack.courier.send(Delivery("events_api", user, event), retry=(number, "connection_failed"))

    assert sent.acked
    assert until(lambda: name_of(http_stage, user) == f"Renamed{number}")


def name_of(stage: Stage, user: str) -> str:
    """Return the name that the directory has for a user."""

    def read(session: Session) -> str:
        return session.exec(select(SlackUser.name).where(SlackUser.user_id == user)).one()

    with stage.services.database.reading() as session:
        return read(session)
