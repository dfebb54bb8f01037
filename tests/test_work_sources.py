"""Which systems of record the settings connect, and what is said where a setting is missing."""

from typing import Any

import pytest

from bot.config import load_settings
from bot.domain.outcomes.sources import ASKED
from bot.errors import ConfigError
from bot.sources import WORK_KNOWN, configured_work
from tests.cast import T0

GITHUB = {"github_token": "t", "github_org": "acme"}
GITLAB = {"gitlab_token": "t", "gitlab_group": "acme/platform"}
JIRA = {"jira_url": "https://acme.atlassian.net", "jira_email": "bot@example.com", "jira_token": "t"}
LINEAR = {"linear_api_key": "k"}


def kinds(**given: Any) -> list[str]:
    sources = configured_work(load_settings(None, **given), lambda: T0)
    for source in sources:
        source.close()
    return [source.kind for source in sources]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        (GITHUB, ["github"]),
        ({"github_token": "t", "github_enterprise": "acme"}, []),  # reports of Copilot, no repositories
        (GITLAB, ["gitlab"]),
        (JIRA, ["jira"]),
        (LINEAR, ["linear"]),
        ({**GITHUB, **GITLAB, **JIRA, **LINEAR}, ["github", "gitlab", "jira", "linear"]),
    ],
)
def test_settings_connect_what_they_name(given: dict[str, str], expected: list[str]) -> None:
    assert kinds(**given) == expected


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"gitlab_token": "t"}, ["GITLAB_GROUP"]),
        ({"jira_token": "t"}, ["JIRA_URL", "JIRA_EMAIL"]),
        ({"jira_url": "https://acme.atlassian.net"}, ["JIRA_EMAIL", "JIRA_TOKEN"]),
    ],
)
def test_a_setting_that_is_missing_is_named(given: dict[str, str], missing: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        kinds(**given)

    assert [problem.split(" ")[0] for problem in caught.value.problems] == missing


def test_every_system_of_record_is_known_as_a_source_of_finished_work() -> None:
    assert tuple(WORK_KNOWN) == ASKED
    assert kinds(**GITHUB, **GITLAB, **JIRA, **LINEAR) == list(ASKED)
