"""Whatever a provider answers, a source gives rows or says that the provider did not answer as agreed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import sources
from bot.config import load_settings
from bot.connectors.anthropic import anthropic_api
from bot.connectors.cursor import cursor_api
from bot.connectors.finished import WorkSource
from bot.connectors.github_api import GitHubApi, SignedLinks
from bot.connectors.github_work import GitHubWork
from bot.connectors.gitlab_api import GitLabApi
from bot.connectors.gitlab_work import GitLabWork
from bot.connectors.jira import JiraWork
from bot.connectors.jira_api import jira_api
from bot.connectors.linear import LinearWork
from bot.connectors.linear_api import linear_api
from bot.connectors.litellm_source import litellm_api
from bot.connectors.openai_client import openai_api
from bot.connectors.prices import price_book
from bot.connectors.pull import PullSource
from bot.errors import ConnectorError
from bot.policy import load_policy
from tests.e2e.every_source import company_in
from tests.e2e.held import EVERYBODY
from tests.providers import github, github_work, gitlab, jira, linear
from tests.providers.standin import Asked, Reply, StandIn
from tests.security.damage import damaged

EXAMPLES: Final = 20
NOW: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY: Final = date(2026, 11, 10)
NOON: Final = "2026-11-10T12:00:00Z"
# Beyond so many requests for one day of a handful of people a source goes round in circles.
MOST_REQUESTS: Final = 300
Source = PullSource | WorkSource
ASKED: Final = ("anthropic", "openai", "cursor", "copilot", "litellm", "github", "gitlab", "jira", "linear")


def _no_pause(_: float) -> None:
    """Lose no time between two tries."""


class Damage:
    """Damages one reply of those that the stand-ins give, by its number; counts them all."""

    def __init__(self, stands: Iterable[StandIn]) -> None:
        self.given, self.at, self.chance = 0, -1, Random(0)
        for stand in stands:
            stand.answer = self._of(stand.answer)  # type: ignore[assignment, method-assign]

    def _of(self, answer: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
        def damaging(asked: Asked) -> Reply:
            reply = answer(asked)
            self.given += 1
            if self.given > MOST_REQUESTS:
                return Reply({"error": "round in circles"}, 404)
            return replace(reply, body=damaged(reply.content, self.chance)) if self.given - 1 == self.at else reply

        return damaging


def _finished_work(running: ExitStack) -> Iterator[tuple[WorkSource, StandIn]]:
    downloads = github.Downloads()
    running.enter_context(downloads)
    hub = github_work.WorkingGitHub(downloads, lambda: NOW)
    hub.pulls = [github_work.pull(12, NOON, reviews=[github_work.review("bob", NOON)]), github_work.pull(13, NOON)]
    hub.issues, hub.members = [github_work.issue(5, NOON)], [github.member("ada", "ada@example.com")]
    yield GitHubWork(GitHubApi(hub.url, github.TOKEN, _no_pause), github.ORG, lambda: NOW), hub
    lab = gitlab.GitLab()
    lab.merges, lab.issues = (
        [gitlab.merge(12, NOON), gitlab.merge(13, NOON)],
        [gitlab.issue(5, NOON, assignees=["ada"])],
    )
    yield GitLabWork(GitLabApi(lab.url, gitlab.TOKEN, _no_pause), gitlab.GROUP, lambda: NOW), lab
    site = jira.Jira()
    site.tickets = [jira.ticket("PAY-12", "2026-11-10T12:00:00.000+0000"), jira.ticket("PAY-13", None)]
    site.users = [jira.user("ada", "ada@example.com")]
    yield JiraWork(jira_api(site.url, jira.EMAIL, jira.TOKEN, _no_pause), lambda: NOW), site
    line = linear.Linear()
    line.issues, line.users = [linear.issue("PAY-12", "2026-11-10T12:00:00.000Z")], [linear.user("ada", "a@x.example")]
    yield LinearWork(linear_api(f"{line.url}/graphql", linear.KEY, _no_pause), lambda: NOW), line


@contextmanager
def _everything_asked(folder: Path) -> Iterator[tuple[Mapping[str, Source], Damage, date]]:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    with ExitStack() as running:
        company = running.enter_context(company_in(folder))
        company.hold({(yesterday, who): 7 for who in EVERYBODY})
        given = {name.lower(): value for name, value in company.environment.items()}
        policy = load_policy(Path(given["policy_file"]))
        prices = price_book(Path(given["prices_file"]))
        usage = sources.configured(load_settings(None, **given), prices, policy, lambda: datetime.now(UTC))
        work = list(_finished_work(running))
        for _, stand in work:
            running.enter_context(stand)
        found: dict[str, Source] = {source.kind: source for source in usage}
        found |= {source.kind: source for source, _ in work}
        for source in found.values():
            running.callback(source.close)
        yield found, Damage([*company.stands, *(stand for _, stand in work)]), yesterday


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mapping[str, Source], Damage, date]]:
    """Every source that asks by HTTP, connected to what holds a day of everybody's."""
    with pytest.MonkeyPatch.context() as patched:
        # patience and pace are what their own tests are about
        patched.setattr(sources, "cursor_api", lambda url, key, **_: cursor_api(url, key, _no_pause, 60_000))
        patched.setattr(sources, "anthropic_api", partial(anthropic_api, pause=_no_pause))
        patched.setattr(sources, "litellm_api", partial(litellm_api, pause=_no_pause))
        patched.setattr(sources, "openai_api", partial(openai_api, retries=0))
        patched.setattr(sources, "GitHubApi", partial(GitHubApi, pause=_no_pause))
        patched.setattr(sources, "SignedLinks", partial(SignedLinks, pause=_no_pause))
        with _everything_asked(tmp_path_factory.mktemp("asked")) as everything:
            yield everything


def parts_of(source: Source, day: date) -> Mapping[str, Callable[[], Any]]:
    """Return everything that a source can be asked for."""
    parts: dict[str, Callable[[], Any]] = {
        "accounts": lambda: list(source.accounts()),
        "findings": lambda: list(source.findings()),
    }
    if isinstance(source, WorkSource):
        return parts | {"work": lambda: source.reported_work(DAY, DAY)}
    return parts | {
        "days": lambda: [list(batch) for each in source.reported_days(day, day) for batch in each.batches],
        "billed": lambda: list(source.billed(day, day)),
        "allowances": lambda: list(source.allowances()),
    }


def test_every_source_that_asks_is_asked_here(asked: tuple[Mapping[str, Source], Damage, date]) -> None:
    assert {*ASKED, "kiro", "bedrock"} == {*asked[0]}
    assert {*ASKED, "kiro", "bedrock"} == {*sources.KNOWN, *sources.WORK_KNOWN}


@pytest.mark.xdist_group("replies")
@pytest.mark.parametrize("kind", ASKED)
def test_a_reply_that_is_not_as_agreed_is_said_to_be_so(
    asked: tuple[Mapping[str, Source], Damage, date], kind: str
) -> None:
    found, damage, day = asked
    parts = parts_of(found[kind], day)
    replies = {}
    for name, part in parts.items():
        damage.at, damage.given = -1, 0
        part()  # as agreed
        replies[name] = damage.given
    asking = [name for name, count in replies.items() if count]
    assert len(asking) >= 2

    @settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
    @given(st.sampled_from(asking), st.integers(0, 2**32))
    def one_of_them_damaged(name: str, seed: int) -> None:
        damage.chance, damage.given = Random(seed), 0
        damage.at = damage.chance.randrange(replies[name])
        try:
            parts[name]()
        except ConnectorError:
            assert name != "findings"
        assert damage.given <= MOST_REQUESTS

    one_of_them_damaged()
