"""A process is killed at each of its steps, and another one goes on: nothing is doubled, lost or half stored."""

from collections.abc import Iterator
from itertools import count

import pytest

from bot.domain.people import Profile, SlackId
from bot.jobs import sync
from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from bot.services import Services
from storage.engine import Database
from tests.cast import T0
from tests.faults.dying import Place, Processes
from tests.faults.test_every_call import PAGES, Proxy, is_whole, proxy, pulling, told  # noqa: F401  # fixtures
from tests.jobs.delivering import Clock
from tests.jobs.test_delivery import MAY_LOOK, Post, made_post

MOST = 30
USERS = [LocalUser(f"U{number:03}", f"Person {number}", "") for number in range(MOST)]


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    made = Processes()
    yield made
    made.close()


@pytest.fixture
def post(database: Database) -> Iterator[Post]:
    clock = Clock(T0)
    with LocalSlack(USERS, (), MAY_LOOK, clock=lambda: clock().timestamp()).running() as slack:
        made, way_out = made_post(database, slack, clock)
        yield made
        way_out.close()


def test_a_sender_that_is_killed_at_any_step_doubles_and_loses_nothing(
    post: Post, processes: Processes, database_url: str
) -> None:
    """With PostgreSQL at each third step."""
    ways = set()
    for sent, step in enumerate(count(1, 1 if post.database.is_sqlite else 3), start=1):
        user = USERS[sent]
        profile = Profile(SlackId("T0LOCAL", user.id), user.name, f"{user.id}@larkfield.example", "UTC")
        post.clock.at = T0
        post.plan(profile)
        ended = processes.lives("send", Place(database_url, post.slack.api_url, post.slack.bot_token, T0, step=step))
        ends = [post.run_after(seconds=70) for _ in range(2)]
        ways |= set(ends[0])

        assert post.read_by(profile) == [1], (step, ends)
        assert post.states() == {"sent": sent}
        if ended:
            break
    assert ways >= ({"sent", "found", "not_found"} if post.database.is_sqlite else {"sent", "found"})


def test_a_pull_that_is_killed_between_two_pages_is_made_whole_by_the_next(
    pulling: Services,  # noqa: F811
    proxy: Proxy,  # noqa: F811
    processes: Processes,
    database_url: str,
) -> None:
    now = told(pulling.database)
    for page in (1, PAGES - 1, PAGES):
        before = now
        proxy.hold(page + 10)
        assert not processes.lives("pull", Place(database_url, proxy.url, proxy.key, T0, page=page))
        between = told(pulling.database)
        sync.run(pulling)
        now = told(pulling.database)

        assert is_whole(between, before, now)
        assert now[0] != before[0]


@pytest.mark.parametrize("step", [2, 9, 14])
def test_a_pull_that_is_killed_while_it_writes_leaves_each_day_as_it_was_or_as_it_is_to_be(
    pulling: Services,  # noqa: F811
    proxy: Proxy,  # noqa: F811
    processes: Processes,
    database_url: str,
    step: int,
) -> None:
    before = told(pulling.database)
    proxy.hold(step)
    assert not processes.lives("pull", Place(database_url, proxy.url, proxy.key, T0, step=step))
    between = told(pulling.database)
    sync.run(pulling)
    now = told(pulling.database)

    assert is_whole(between, before, now)
    assert now[0] != before[0]
