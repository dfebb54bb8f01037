"""Which sources are asked: what the settings name, each with its key and address given explicitly."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final, NamedTuple

from pydantic import SecretStr

from bot.config import Settings
from bot.connectors.anthropic import AnthropicSource, anthropic_api
from bot.connectors.bedrock import BedrockSource
from bot.connectors.copilot import CopilotSource
from bot.connectors.cursor import EVENTS_PER_MINUTE, CursorSource, cursor_api
from bot.connectors.finished import WorkSource
from bot.connectors.github_api import GitHubApi, SignedLinks
from bot.connectors.github_work import GitHubWork
from bot.connectors.gitlab_api import GitLabApi
from bot.connectors.gitlab_work import GitLabWork
from bot.connectors.http import Api
from bot.connectors.jira import JiraWork
from bot.connectors.jira_api import jira_api
from bot.connectors.kiro import KiroSource
from bot.connectors.linear import LinearWork
from bot.connectors.linear_api import linear_api
from bot.connectors.litellm_source import LiteLLMSource, litellm_api
from bot.connectors.objects import open_objects
from bot.connectors.openai_client import openai_api
from bot.connectors.openai_source import OpenAISource
from bot.connectors.pull import PullSource
from bot.domain.money import nano_usd
from bot.domain.pricing import PriceBook
from bot.errors import ConfigError, ConnectorError
from bot.policy import Policy

# What would connect a source, for those who ask what is missing.
KNOWN: Final[Mapping[str, str]] = {
    "anthropic": "ANTHROPIC_ADMIN_KEY",
    "openai": "OPENAI_ADMIN_KEY",
    "cursor": "CURSOR_ADMIN_KEY",
    "copilot": "GITHUB_TOKEN",
    "litellm": "LITELLM_KEY",
    "kiro": "KIRO_REPORTS",
    "bedrock": "BEDROCK_LOGS",
}
# The same for systems of record, which are asked for finished work.
WORK_KNOWN: Final[Mapping[str, str]] = {
    "github": "GITHUB_TOKEN",
    "gitlab": "GITLAB_TOKEN",
    "jira": "JIRA_URL",
    "linear": "LINEAR_API_KEY",
}


class _With(NamedTuple):
    """What sources are made with."""

    settings: Settings
    prices: PriceBook
    policy: Policy
    now: Callable[[], datetime]


def configured(settings: Settings, prices: PriceBook, policy: Policy, now: Callable[[], datetime]) -> list[PullSource]:
    """Return the sources that *settings* connect; nothing is asked yet. Raises ConfigError."""
    each = _With(settings, prices, policy, now)
    makers = (_anthropic, _openai, _cursor, _copilot, _litellm, _kiro, _bedrock)
    return [source for make in makers for source in make(each)]


def configured_work(settings: Settings, now: Callable[[], datetime]) -> list[WorkSource]:
    """Return the systems of record that *settings* connect; nothing is asked yet. Raises ConfigError."""
    return [source for make in (_github, _gitlab, _jira, _linear) for source in make(settings, now)]


def _github(settings: Settings, now: Callable[[], datetime]) -> Iterator[WorkSource]:
    token = settings.github_token.get_secret_value()
    if token and settings.github_org:  # an enterprise alone has reports of Copilot and no repositories
        yield GitHubWork(GitHubApi(settings.github_api_url, token), settings.github_org, now)


def _gitlab(settings: Settings, now: Callable[[], datetime]) -> Iterator[WorkSource]:
    token = settings.gitlab_token.get_secret_value()
    if not token:
        return
    if not settings.gitlab_group:
        raise ConfigError("GITLAB_GROUP is not set: GITLAB_TOKEN needs the path of a group.")
    yield GitLabWork(GitLabApi(settings.gitlab_url, token), settings.gitlab_group, now)


def _jira(settings: Settings, now: Callable[[], datetime]) -> Iterator[WorkSource]:
    url, email, token = settings.jira_url, settings.jira_email, settings.jira_token.get_secret_value()
    given = {"JIRA_URL": url, "JIRA_EMAIL": email, "JIRA_TOKEN": token}
    if not any(given.values()):
        return
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise ConfigError(*(f"{name} is not set: Jira needs {', '.join(given)}." for name in missing))
    yield JiraWork(jira_api(url, email, token), now)


def _linear(settings: Settings, now: Callable[[], datetime]) -> Iterator[WorkSource]:
    if key := settings.linear_api_key.get_secret_value():
        yield LinearWork(linear_api(settings.linear_url, key), now)


def _anthropic(given: _With) -> Iterator[PullSource]:
    def api(key: SecretStr, setting: str) -> Api | None:
        secret = key.get_secret_value()
        return anthropic_api(given.settings.anthropic_admin_url, secret, setting) if secret else None

    admin = api(given.settings.anthropic_admin_key, "ANTHROPIC_ADMIN_KEY")
    analytics = api(given.settings.anthropic_analytics_key, "ANTHROPIC_ANALYTICS_KEY")
    if admin or analytics:
        yield AnthropicSource(admin, analytics, given.prices, given.now)


def _openai(given: _With) -> Iterator[PullSource]:
    if key := given.settings.openai_admin_key.get_secret_value():
        yield OpenAISource(openai_api(given.settings.openai_admin_url, key), given.prices, given.now)


def _cursor(given: _With) -> Iterator[PullSource]:
    if key := given.settings.cursor_admin_key.get_secret_value():
        url = given.settings.cursor_admin_url
        events = cursor_api(url, key, per_minute=EVENTS_PER_MINUTE)
        yield CursorSource(cursor_api(url, key), given.prices, given.now, events=events)


def _copilot(given: _With) -> Iterator[PullSource]:
    settings = given.settings
    token = settings.github_token.get_secret_value()
    if not token:
        return
    if not (settings.github_org or settings.github_enterprise):
        raise ConfigError("GITHUB_ORG is not set: GITHUB_TOKEN needs an organization, or GITHUB_ENTERPRISE.")
    seat = given.policy.seats.get("copilot")
    yield CopilotSource(
        GitHubApi(settings.github_api_url, token),
        SignedLinks(),
        settings.github_org,
        settings.github_enterprise,
        None if seat is None else nano_usd(seat),
        given.now,
    )


def _litellm(given: _With) -> Iterator[PullSource]:
    key = given.settings.litellm_key.get_secret_value()
    if not key:
        return
    if not given.settings.litellm_url:
        raise ConfigError("LITELLM_URL is not set: LITELLM_KEY needs the address of your proxy.")
    yield LiteLLMSource(litellm_api(given.settings.litellm_url, key), given.now)


@contextmanager
def _named(setting: str) -> Iterator[None]:
    """Name the setting whose address cannot be used."""
    try:
        yield
    except ConnectorError as error:
        raise ConfigError(f"{setting}: {error}") from None


def _kiro(given: _With) -> Iterator[PullSource]:
    if address := given.settings.kiro_reports:
        with _named("KIRO_REPORTS"):
            objects = open_objects(address, "Kiro", endpoint_url=given.settings.aws_endpoint_url)
        yield KiroSource(objects, given.now)


def _bedrock(given: _With) -> Iterator[PullSource]:
    if address := given.settings.bedrock_logs:
        with _named("BEDROCK_LOGS"):
            objects = open_objects(address, "Bedrock", endpoint_url=given.settings.aws_endpoint_url)
        yield BedrockSource(objects, given.prices, given.now)
