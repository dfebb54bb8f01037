"""The policy file: the rules in force, their floors and their mark."""

import tomllib
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.domain.rules import PolicyRules, rules_mark
from bot.errors import ConfigError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sharing(_Part):
    """What may be shared about cost; every floor is the design's."""

    min_people: int = Field(default=12, ge=12)
    min_roster: int = Field(default=18, ge=18)
    cap: float = Field(default=3.0, gt=0, le=3.0)
    band: float = Field(default=1.5, ge=1.5, allow_inf_nan=False)


class Retention(_Part):
    """What is kept for how long."""

    daily_days: int = Field(default=105, ge=28, le=400)
    monthly_months: int = Field(default=13, ge=0, le=25)
    raw_hours: int = Field(default=72, ge=0, le=72)
    leaver_days: int = Field(default=30, ge=0, le=90)
    ledger_days: int = Field(default=760, ge=1)


class Ingest(_Part):
    """About whom usage is collected."""

    people: Literal["enrolled"] = "enrolled"
    notice_date: date | Literal[""] = ""


class Digest(_Part):
    """When digests come, unless a person chooses otherwise."""

    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "tuesday"
    hour: int = Field(default=9, ge=0, le=23)
    quiet_when_empty: bool = True
    uncertain: Literal["skip", "resend"] = "skip"


class UseCases(_Part):
    """How use cases are published."""

    publish: Literal["after_scan", "after_curator"] = "after_scan"
    text_usd_a_day: Decimal = Field(default=Decimal("2.00"), ge=0)
    customer_names_file: str = ""


class Report(_Part):
    """Where the organisation's report goes, and against which budget it reads."""

    channel: str = ""
    budget_usd: Annotated[Decimal, Field(gt=0)] | Literal[""] = ""


class Guests(_Part):
    """Whether guests of the workspace are answered."""

    allowed: bool = False


class People(_Part):
    """Slack user ids of those who do a part of the work, and two channels."""

    help: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    curators: tuple[str, ...] = ()
    report_readers: tuple[str, ...] = ()
    operator_channel: str = ""
    announce_channel: str = ""


class Policy(_Part):
    """The rules that the running bot obeys."""

    sharing: Sharing = Sharing()
    retention: Retention = Retention()
    ingest: Ingest = Ingest()
    digest: Digest = Digest()
    use_cases: UseCases = UseCases()
    report: Report = Report()
    guests: Guests = Guests()
    seats: dict[str, Annotated[Decimal, Field(ge=0)]] = {}
    people: People = People()

    @property
    def rules(self) -> PolicyRules:
        """Return every rule by its place in the file; who does the work is none."""
        rules: PolicyRules = self.model_dump(mode="json", exclude={"people"})
        return rules

    @property
    def mark(self) -> str:
        """Return eight hex digits that change whenever a rule changes."""
        return rules_mark(self.rules)


def load_policy(path: Path | None) -> Policy:
    """Read the policy file, or the packaged one; raises ConfigError that names every wrong value."""
    name = str(path) if path else "the packaged policy"
    try:
        text = path.read_text("utf-8") if path else packaged_text("policy.toml")
        return Policy.model_validate(tomllib.loads(text))
    except OSError as error:
        raise ConfigError(f"POLICY_FILE: {name} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"POLICY_FILE: {name} is not TOML: {error}") from None
    except ValidationError as error:
        raise ConfigError(*(_line(name, problem) for problem in error.errors())) from None


def packaged_text(name: str) -> str:
    """Return the text of a packaged default file."""
    return resources.files("bot.defaults").joinpath(name).read_text("utf-8")


def _line(name: str, problem: object) -> str:
    details = dict(problem)  # type: ignore[call-overload]
    place = " ".join(f"[{part}]" if index == 0 else str(part) for index, part in enumerate(details["loc"]))
    if details["loc"][:2] == ("ingest", "people"):
        return f'POLICY_FILE: {name}: {place} can only be "enrolled" in this version.'
    return f"POLICY_FILE: {name}: {place}: {details['msg'][0].lower()}{details['msg'][1:]}."
