"""Whichever call fails, of sending or of a pull: nothing is doubled, lost or half stored, and one line says so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from bot.connectors.litellm_source import LiteLLMSource, litellm_api
from bot.domain.people import Profile, SlackId
from bot.errors import BusyError
from bot.jobs import sync
from bot.playground.faults import Fault, dropped, server_error
from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from bot.services import Services
from storage.engine import Database
from storage.tables import SourceDay, UsageDay
from tests.cast import ADA, T0
from tests.faults.failing import counted
from tests.jobs.delivering import Clock
from tests.jobs.test_delivery import MAY_LOOK, Post, made_post
from tests.jobs.test_sync import on, with_source
from tests.providers.litellm import LiteLLMStandIn, Spent
from tests.providers.standin import Asked, Reply

MOST = 80  # calls that sending one message, or pulling three days, may make
USERS = [LocalUser(f"U{number:03}", f"Person {number}", "") for number in range(MOST)]


@pytest.fixture
def post(database: Database) -> Iterator[Post]:
    clock = Clock(T0)
    with LocalSlack(USERS, (), MAY_LOOK, clock=lambda: clock().timestamp()).running() as slack:
        made, way_out = made_post(database, slack, clock)
        yield made
        way_out.close()


def recipient(post: Post, number: int) -> Profile:
    """Plan a message to somebody who has none yet."""
    user = USERS[number]
    profile = Profile(SlackId("T0LOCAL", user.id), user.name, f"{user.id}@larkfield.example", "UTC")
    post.clock.at = T0 + timedelta(hours=number // 20)
    post.plan(profile)
    return profile


def test_whichever_call_to_the_database_fails_each_message_goes_once_and_one_line_says_why(post: Post) -> None:
    said: list[str] = []
    with counted(post.database) as calls:
        for number in count(1):
            profile = recipient(post, number)
            calls.fail(number)
            with capture_logs() as logs:
                post.run()
            came = calls.came
            calls.fail(0)
            ends = [post.run_after(seconds=70) for _ in range(2)]

            assert post.read_by(profile) == [1], (number, ends)
            assert post.states() == {"sent": number}
            if not came:
                break
            said += [line["event"] for line in logs if line["log_level"] == "warning"]
    # giving back what is in hand may fail unsaid: the message went, and its lease ends
    assert number > 10
    assert said == ["delivery_held_up"] * len(said)
    assert number - len(said) <= 4


@pytest.mark.parametrize("fault", [server_error(), server_error(after_effect=True), dropped(after_effect=True)])
def test_whichever_call_to_slack_fails_each_message_goes_once(post: Post, fault: Fault) -> None:
    for number in range(1, 4):  # the call itself, then what looks for it
        profile = recipient(post, number)
        post.slack.faults.next("*", fault, times=number)
        ends = [post.run_after(seconds=40) for _ in range(5)]
        post.slack.faults.clear()

        assert post.read_by(profile) == [1], ends
        assert post.states() == {"sent": number}


TODAY = date(2026, 11, 19)
DAYS = [TODAY - timedelta(days=back) for back in (3, 2, 1)]
PAGES = 5
Told = dict[date, list[tuple[int | None, ...]]]


@dataclass
class Proxy(LiteLLMStandIn):
    """A proxy with three days on five pages, of which requests fail from the so-manieth on."""

    fatal: int = 0
    reply: Reply = field(default_factory=lambda: Reply("<html>", 502))

    def __post_init__(self) -> None:
        super().__init__()
        self.users = [
            {"user_id": "u-ada", "user_email": ADA.email},
            {"user_id": "u-bob", "user_email": "bob@x.example"},
        ]
        self.keys = {"hash-ada": {"key_alias": "laptop", "user_id": "u-ada"}, "hash-bob": {"user_id": "u-bob"}}
        self.rows_a_page = 2

    def hold(self, cents: int) -> None:
        """Let each day cost so much."""
        whose = (("u-ada", "hash-ada", "m1"), ("u-ada", "hash-ada", "m2"), ("u-bob", "hash-bob", "m1"))
        self.spent = [Spent(day, *who, Decimal(cents) / 100, 100 * cents, cents) for day in DAYS for who in whose]

    def answer(self, asked: Asked) -> Reply:
        """Answer as the proxy does, up to the request that fails."""
        if 0 < self.fatal <= len(self.asked) + 1:
            self.asked.append(asked)
            return self.reply
        return super().answer(asked)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    stand = Proxy()
    with stand:
        yield stand


@pytest.fixture
def pulling(proxy: Proxy, database: Database) -> Iterator[Services]:
    """Services with this proxy as their one source, which has told of three days already."""
    source = LiteLLMSource(litellm_api(proxy.url, proxy.key, lambda _: None), lambda: T0)
    on(database, ADA, "litellm")
    proxy.hold(1)
    services = with_source(database, source)
    sync.run(services)
    sync.run(services)
    yield services
    source.close()


def told(database: Database) -> tuple[Told, Told]:
    """Return the figures of every day, of those who are on and over everybody."""
    found: tuple[Told, Told] = ({}, {})
    with database.reading() as session:
        for into, table in zip(found, (UsageDay, SourceDay), strict=True):
            any_table: Any = table
            for row in session.exec(select(any_table)):
                into.setdefault(row.day, []).append((row.list_value_nano_usd, row.output_tokens))
    return tuple({day: sorted(rows) for day, rows in one.items()} for one in found)  # type: ignore[return-value]


def is_whole(now: tuple[Told, Told], before: tuple[Told, Told], after: tuple[Told, Told]) -> bool:
    """Return whether each day is as it was or as it is to be, the same for persons and for everybody."""
    return all(
        [part.get(day) for part in now] in ([part.get(day) for part in one] for one in (before, after)) for day in DAYS
    )


def pulled(services: Services) -> tuple[bool, list[str]]:
    """Pull once; return whether it failed, and what the operator was warned of."""
    with capture_logs() as logs:
        try:
            failed = bool(sync.run(services)["failed"])
        except BusyError:
            failed = True
    return failed, [line["event"] for line in logs if line["log_level"] == "warning"]


def test_whichever_request_of_a_pull_fails_each_day_is_the_old_one_or_the_new_one(
    pulling: Services, proxy: Proxy
) -> None:
    now = told(pulling.database)
    for number in count(1):
        before, proxy.fatal = now, number
        proxy.hold(number + 1)
        proxy.asked.clear()
        failed, warned = pulled(pulling)
        between, proxy.fatal = told(pulling.database), 0
        sync.run(pulling)
        now = told(pulling.database)

        assert now[0] != before[0]
        assert is_whole(between, before, now)
        if not failed:
            break
        assert warned == ["source_failed"]
    assert number > PAGES


def test_whichever_call_to_the_database_fails_in_a_pull_each_day_is_the_old_one_or_the_new_one(
    pulling: Services, proxy: Proxy
) -> None:
    """Not each call but each third, and with PostgreSQL each tenth, since a pull makes a hundred."""
    now = told(pulling.database)
    with counted(pulling.database) as calls:
        for number in count(1, 3 if pulling.database.is_sqlite else 10):
            before = now
            proxy.hold(number + 1)
            calls.fail(number)
            failed, _ = pulled(pulling)
            came = calls.came
            calls.fail(0)
            between = told(pulling.database)
            sync.run(pulling)
            now = told(pulling.database)

            assert is_whole(between, before, now), number
            assert failed == came
            if not came:
                break
    assert number > 20
