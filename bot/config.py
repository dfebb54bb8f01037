"""Settings: the only place that reads the environment."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import ConfigError

# Every secret can also come from a file that NAME_FILE names, as container platforms mount them.
SECRETS: Final = (
    "slack_bot_token",
    "slack_app_token",
    "slack_signing_secret",
    "worthwhile_secret",
    "openai_admin_key",
    "openai_api_key",
    "anthropic_admin_key",
    "anthropic_analytics_key",
    "cursor_admin_key",
    "github_token",
    "litellm_key",
    "gitlab_token",
    "jira_token",
    "linear_api_key",
)
_URL: Final = r"^https?://[^\s]+$"
_SLUG: Final = r"^[A-Za-z0-9_.-]*$"


class Settings(BaseSettings):
    """What the environment and `.env` say; see `.env.example`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True
    )

    slack_bot_token: SecretStr = SecretStr("")
    slack_app_token: SecretStr = SecretStr("")
    slack_signing_secret: SecretStr = SecretStr("")
    slack_api_url: str = Field(default="https://slack.com/api/", pattern=r"^https?://[^\s]+/$")
    database_url: str = Field(default="sqlite:///data/worthwhile.db", repr=False)  # may hold a password
    worthwhile_secret: SecretStr = SecretStr("")
    web_host: str = "127.0.0.1"
    web_port: int = Field(default=8080, ge=0, le=65535)
    policy_file: Path | None = None
    prices_file: Path | None = None
    overlaps_file: Path | None = None
    openai_admin_key: SecretStr = SecretStr("")
    openai_admin_url: str = Field(default="https://api.openai.com/v1", pattern=_URL)
    anthropic_admin_key: SecretStr = SecretStr("")
    anthropic_analytics_key: SecretStr = SecretStr("")
    anthropic_admin_url: str = Field(default="https://api.anthropic.com", pattern=_URL)
    cursor_admin_key: SecretStr = SecretStr("")
    cursor_admin_url: str = Field(default="https://api.cursor.com", pattern=_URL)
    github_token: SecretStr = SecretStr("")
    github_org: str = Field(default="", pattern=_SLUG)
    github_enterprise: str = Field(default="", pattern=_SLUG)
    github_api_url: str = Field(default="https://api.github.com", pattern=_URL)
    litellm_key: SecretStr = SecretStr("")
    litellm_url: str = Field(default="", pattern=rf"{_URL}|^$")
    gitlab_token: SecretStr = SecretStr("")
    gitlab_group: str = Field(default="", pattern=r"^[A-Za-z0-9_./-]*$")
    gitlab_url: str = Field(default="https://gitlab.com", pattern=_URL)
    jira_url: str = Field(default="", pattern=rf"{_URL}|^$")
    jira_email: str = ""
    jira_token: SecretStr = SecretStr("")
    linear_api_key: SecretStr = SecretStr("")
    linear_url: str = Field(default="https://api.linear.app/graphql", pattern=_URL)
    kiro_reports: str = ""
    bedrock_logs: str = ""
    aws_endpoint_url: str = ""
    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = Field(default="https://api.openai.com/v1", pattern=_URL)
    text_model: str = Field(default="", max_length=60)
    command_prefix: str = Field(default="", pattern=r"^[a-z0-9_-]{0,20}$")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @property
    def transport(self) -> Literal["socket", "http", "none"]:
        """Return how Slack is reached: Socket Mode when both tokens are set, HTTP with a signing secret."""
        if not self.slack_bot_token.get_secret_value():
            return "none"
        if self.slack_app_token.get_secret_value():
            return "socket"
        return "http" if self.slack_signing_secret.get_secret_value() else "none"

    @property
    def has_slack(self) -> bool:
        """Whether any Slack token is set."""
        tokens = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret)
        return any(token.get_secret_value() for token in tokens)


def load_settings(env_file: Path | None = Path(".env"), **overrides: Any) -> Settings:
    """Read the settings; raises ConfigError that names every mistake at once."""
    problems: list[str] = []
    from_files = _secrets_from_files({**_file_variables(env_file), **os.environ}, problems)
    try:
        settings = Settings(_env_file=env_file, **{**from_files, **overrides})  # type: ignore[call-arg]
    except ValidationError as error:
        problems += [_line(problem) for problem in error.errors()]
    if problems:
        raise ConfigError(*problems)
    return settings


def require_slack(settings: Settings) -> None:
    """Raise ConfigError that names what is missing to reach Slack."""
    if settings.transport != "none":
        return
    missing = []
    if not settings.slack_bot_token.get_secret_value():
        missing.append("SLACK_BOT_TOKEN is not set: copy the bot token (xoxb-...) from your Slack app's page.")
    if not (settings.slack_app_token.get_secret_value() or settings.slack_signing_secret.get_secret_value()):
        missing.append(
            "SLACK_APP_TOKEN is not set: make an app-level token (xapp-...) with connections:write for "
            "Socket Mode, or set SLACK_SIGNING_SECRET for HTTP."
        )
    raise ConfigError(*missing)


def installation_secret(settings: Settings) -> bytes:
    """Return the secret behind keyed marks; beside a SQLite file it is made on first use, mode 600.

    Raises ConfigError when there is none and no place to keep one: all replicas need the same.
    """
    given = settings.worthwhile_secret.get_secret_value()
    if given:
        return given.encode()
    try:
        url = make_url(settings.database_url)
    except ArgumentError:
        raise ConfigError("DATABASE_URL is not a database URL.") from None
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise ConfigError("WORTHWHILE_SECRET is not set: with PostgreSQL every replica needs the same one.")
    return _secret_beside(Path(url.database))


def _secret_beside(database: Path) -> bytes:
    path = database.with_name(database.name + ".secret")
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_hex(32).encode())
            # linking fails where the file is there: of two processes that start together one wins
            with suppress(FileExistsError):
                os.link(draft, path)
        secret = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(f"WORTHWHILE_SECRET is not set and {path} cannot be used: {error.strerror}") from None
    finally:
        with suppress(OSError):
            draft.unlink()
    if not secret:
        raise ConfigError(f"WORTHWHILE_SECRET is not set and {path} is empty: put back what was in it.")
    return secret


def _file_variables(env_file: Path | None) -> dict[str, str]:
    """Return what `.env` says; raises ConfigError when it is there and cannot be read."""
    if env_file is None or not env_file.is_file():
        return {}
    try:
        return {name: value for name, value in dotenv_values(env_file, encoding="utf-8").items() if value}
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{env_file}: the file cannot be read, or is not UTF-8.") from None


def _secrets_from_files(variables: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    found = {}
    for name in SECRETS:
        variable = f"{name.upper()}_FILE"
        path = variables.get(variable)
        if not path:
            continue
        try:
            found[name] = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            problems.append(f"{variable}: the file cannot be read: {path}")
            continue
        if not found[name]:
            problems.append(f"{variable}: the file is empty: {path}")
    return found


def _line(problem: Any) -> str:
    name = str(problem["loc"][0]).upper() if problem["loc"] else "settings"
    message = problem["msg"]
    return f"{name}: {message[0].lower()}{message[1:]}."
