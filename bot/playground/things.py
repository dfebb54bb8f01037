"""What the workspace is made of: people, channels, messages, files, and the rights it hands out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.shown import Json


class SlackError(Exception):
    """Refuses a call with Slack's own name for the reason; *more* goes into the answer."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass(frozen=True, slots=True)
class LocalUser:
    """A person, or a bot, as Slack knows them; *team_id* None is the home workspace."""

    id: str
    name: str
    email: str
    tz: str = "Europe/Berlin"
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    team_id: str | None = None
    locale: str = "en-GB"

    @property
    def handle(self) -> str:
        """The name after an @: the first word of the name, in small letters."""
        return self.name.split()[0].lower()

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted

    def tz_offset(self, at: float) -> int:
        """Returns the seconds east of UTC at a moment; it changes with daylight saving."""
        offset = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(self.tz)).utcoffset()
        return int(offset.total_seconds()) if offset else 0


@dataclass(slots=True)
class LocalChannel:
    """A channel, private channel or direct message, and who is in it."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_im: bool = False

    @property
    def public(self) -> bool:
        return not (self.is_private or self.is_im)


@dataclass(slots=True)
class LocalMessage:
    """A message as the workspace keeps it; *ephemeral_to* names its only reader, if there is one."""

    channel: str
    ts: str
    user: str
    body: Json
    ephemeral_to: str = ""
    thread_ts: str = ""


@dataclass(slots=True)
class LocalFile:
    """An uploaded file: nobody but the bot sees it until it is shared."""

    id: str
    name: str
    length: int
    title: str = ""
    content: bytes | None = None
    channels: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Trigger:
    """The right to open a modal: for three seconds, once."""

    user: str
    issued_at: float
    view_id: str = ""
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """The right to answer one interaction: five times within thirty minutes."""

    id: str
    user: str
    channel: str
    issued_at: float
    of_command: bool
    uses: int = 0
    original: str = ""  # ts of the message that replace_original and delete_original mean
