"""Who somebody is to the bot: what Slack verified, never what somebody typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple


class SlackId(NamedTuple):
    """A user of one Slack organisation (enterprise, or team where there is none)."""

    org_id: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack's directory says of a user; *email* is None where Slack gives none."""

    slack_id: SlackId
    name: str
    email: str | None
    tz: str
    is_deleted: bool = False
    is_bot: bool = False
    is_guest: bool = False
    is_stranger: bool = False


class Standing(Enum):
    """Where a person stands with the bot."""

    OFF = "off"
    ON = "on"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who asked something, taken from a verified request alone.

    Everything personal is read for a Viewer; nothing else leads from a request to a person's rows.
    """

    person_id: int
    slack_id: SlackId
    name: str
    tz: str
    standing: Standing
    is_guest: bool = False
    on_since: date | None = None
    paused_since: date | None = None
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A user who is not answered, and why: "guest", "bot", "deleted" or "stranger"."""

    reason: str


def refusal(profile: Profile, *, guests_allowed: bool) -> Refusal | None:
    """Return why *profile* is not answered, or None when it is."""
    if profile.is_bot:
        return Refusal("bot")
    if profile.is_deleted:
        return Refusal("deleted")
    if profile.is_stranger:
        return Refusal("stranger")
    if profile.is_guest and not guests_allowed:
        return Refusal("guest")
    return None


def normal_email(email: str) -> str:
    """Return an address in the form in which addresses are compared: trimmed, lower case."""
    return email.strip().lower()


def names_somebody(words: str) -> bool:
    """Return whether what was typed after a command names a person: a mention, a handle or a mail address."""
    return "@" in words


@dataclass(frozen=True, slots=True)
class Link:
    """One account that is a person's: from when, to when, how it was found and who confirmed it."""

    provider: str
    name: str
    from_day: date
    to_day: date | None
    how: str
    by: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one source has delivered for one person: which days, and when it last came."""

    kind: str
    source_id: int
    name: str
    first_day: date
    last_day: date
    received_at: datetime
    failing_since: datetime | None = None


class Asked(NamedTuple):
    """A source that is asked, and whose accounts its rows name."""

    kind: str
    provider: str


def awaited(asked: Iterable[Asked], links: Iterable[Link], deliveries: Iterable[Delivered]) -> list[str]:
    """Return the kinds of sources that know this person and have not delivered yet: a sum lacks them."""
    arrived = {delivered.kind for delivered in deliveries}
    linked = {link.provider for link in links if link.to_day is None}
    return [source.kind for source in asked if source.provider in linked and source.kind not in arrived]
