"""Settings: every mistake is named at once, and no secret is ever shown."""

import stat
from pathlib import Path
from typing import Any

import pytest

from bot.config import SECRETS, Settings, installation_secret, load_settings, require_slack
from bot.errors import ConfigError
from tests.threads import at_once


def problems(**overrides: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_settings(**overrides)
    return list(caught.value.problems)


def env_file(text: str) -> None:
    Path(".env").write_text(text, "utf-8")


def test_without_anything_set_the_defaults_hold() -> None:
    settings = load_settings()

    assert settings == Settings(_env_file=None)  # type: ignore[call-arg]
    assert (settings.database_url, settings.web_host, settings.web_port) == (
        "sqlite:///data/worthwhile.db",
        "127.0.0.1",
        8080,
    )
    assert (settings.transport, settings.has_slack) == ("none", False)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    env_file("WEB_PORT=9000\nWEB_HOST=0.0.0.0\n")
    monkeypatch.setenv("WEB_PORT", "9001")

    settings = load_settings()
    assert (settings.web_host, settings.web_port) == ("0.0.0.0", 9001)  # noqa: S104


def test_what_is_empty_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a copy of `.env.example`."""
    env_file("".join(f"{name.upper()}=\n{name.upper()}_FILE=\n" for name in Settings.model_fields))
    monkeypatch.setenv("LOG_LEVEL", "")

    assert load_settings() == Settings(_env_file=None)  # type: ignore[call-arg]


def test_what_belongs_to_somebody_else_in_the_file_is_left_alone() -> None:
    env_file("EDITOR=vi\nLITELLM_KEY=abc\n# a note\n")

    assert load_settings().transport == "none"


def test_every_mistake_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    env_file("WEB_PORT=70000\nLOG_FORMAT=xml\n")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    monkeypatch.setenv("SLACK_API_URL", "slack.com")
    monkeypatch.setenv("COMMAND_PREFIX", "Our Bot ")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", "nowhere/token")

    found = problems()
    assert sorted(problem.split(":")[0] for problem in found) == [
        "COMMAND_PREFIX",
        "LOG_FORMAT",
        "LOG_LEVEL",
        "SLACK_API_URL",
        "SLACK_BOT_TOKEN_FILE",
        "WEB_PORT",
    ]
    assert "nowhere/token" in found[0]
    assert all("\n" not in problem for problem in found)


def test_a_mistake_is_named_by_the_settings_own_name() -> None:
    assert problems(web_port=-1) == ["WEB_PORT: input should be greater than or equal to 0."]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_can_come_from_a_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("secret").write_text("xoxb-1\n", "utf-8")
    monkeypatch.setenv(f"{name.upper()}_FILE", "secret")

    assert getattr(load_settings(), name).get_secret_value() == "xoxb-1"


def test_the_name_of_a_secrets_file_can_stand_in_the_env_file() -> None:
    Path("secret").write_text("xoxb-1", "utf-8")
    env_file("SLACK_BOT_TOKEN_FILE=secret\n")

    assert load_settings().slack_bot_token.get_secret_value() == "xoxb-1"


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", "the file is empty"), (b" \n", "the file is empty"), (b"\xff\xfe", "the file cannot be read")],
)
def test_a_secrets_file_that_is_of_no_use_is_named(
    content: bytes, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("secret").write_bytes(content)
    monkeypatch.setenv("WORTHWHILE_SECRET_FILE", "secret")

    assert problems() == [f"WORTHWHILE_SECRET_FILE: {expected}: secret"]


def test_an_env_file_that_is_no_text_is_named() -> None:
    Path(".env").write_bytes(b"WEB_PORT=1\xff")

    assert problems() == [".env: the file cannot be read, or is not UTF-8."]


def test_no_secret_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name.upper(), f"hush-{name}")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://worthwhile:hush@db.example/worthwhile")
    settings = load_settings()

    assert "hush" not in repr(settings)
    assert "hush" not in str(settings)


def test_no_secret_is_shown_by_a_mistake_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "hush-hush")
    monkeypatch.setenv("WEB_PORT", "many")

    assert "hush" not in "\n".join(problems())


@pytest.mark.parametrize(
    ("given", "transport"),
    [
        ({}, "none"),
        ({"slack_bot_token": "b"}, "none"),
        ({"slack_app_token": "a", "slack_signing_secret": "s"}, "none"),
        ({"slack_bot_token": "b", "slack_app_token": "a"}, "socket"),
        ({"slack_bot_token": "b", "slack_signing_secret": "s"}, "http"),
        ({"slack_bot_token": "b", "slack_app_token": "a", "slack_signing_secret": "s"}, "socket"),
    ],
)
def test_how_slack_is_reached(given: dict[str, Any], transport: str) -> None:
    settings = load_settings(**given)

    assert settings.transport == transport
    assert settings.has_slack is bool(given)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]),
        ({"slack_app_token": "a"}, ["SLACK_BOT_TOKEN"]),
        ({"slack_bot_token": "b"}, ["SLACK_APP_TOKEN"]),
        ({"slack_signing_secret": "s"}, ["SLACK_BOT_TOKEN"]),
    ],
)
def test_what_is_missing_to_reach_slack_is_named(given: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        require_slack(load_settings(**given))

    assert [problem.split()[0] for problem in caught.value.problems][: len(named)] == named


def test_nothing_is_missing_when_slack_can_be_reached() -> None:
    require_slack(load_settings(slack_bot_token="b", slack_app_token="a"))
    require_slack(load_settings(slack_bot_token="b", slack_signing_secret="s"))


def secret_of(folder: Path) -> bytes:
    return installation_secret(load_settings(env_file=None, database_url=f"sqlite:///{folder}/data/worthwhile.db"))


def test_eight_that_start_at_once_get_the_same_secret(tmp_path: Path) -> None:
    for number in range(5):
        folder = tmp_path / str(number)
        found = at_once(8, lambda _, folder=folder: secret_of(folder))  # type: ignore[misc]

        assert len(set(found)) == 1
        assert len(found[0]) == 64
        assert [path.name for path in (folder / "data").iterdir()] == ["worthwhile.db.secret"]


def test_a_secret_that_was_made_is_kept_from_others_and_used_again(tmp_path: Path) -> None:
    first = secret_of(tmp_path)

    assert secret_of(tmp_path) == first
    assert secret_of(tmp_path / "elsewhere") != first
    assert stat.S_IMODE((tmp_path / "data" / "worthwhile.db.secret").stat().st_mode) == 0o600


def test_a_secret_that_is_set_is_the_one(tmp_path: Path) -> None:
    settings = load_settings(worthwhile_secret="ours", database_url=f"sqlite:///{tmp_path}/worthwhile.db")

    assert installation_secret(settings) == b"ours"
    assert not list(tmp_path.glob("*.secret"))


@pytest.mark.parametrize("url", ["postgresql+psycopg://db.example/worthwhile", "sqlite://", "sqlite:///:memory:"])
def test_without_a_place_for_a_secret_it_has_to_be_set(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^WORTHWHILE_SECRET is not set"):
        installation_secret(load_settings(database_url=url))


def test_a_database_url_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^DATABASE_URL is not a database URL"):
        installation_secret(load_settings(database_url="worthwhile.db"))


def test_a_secret_that_cannot_be_kept_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, no folder")

    with pytest.raises(ConfigError, match=r"^WORTHWHILE_SECRET is not set and .*\.secret cannot be used: "):
        secret_of(tmp_path)


def test_an_empty_secret_is_not_used(tmp_path: Path) -> None:
    secret_of(tmp_path)
    (tmp_path / "data" / "worthwhile.db.secret").write_bytes(b"\n")

    with pytest.raises(ConfigError, match="is empty"):
        secret_of(tmp_path)
