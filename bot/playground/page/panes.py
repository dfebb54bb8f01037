"""What a pane shows to one person at one place, ready for its template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.page.manifest import Manifest
from bot.playground.page.memory import SLACKBOT, Memory
from bot.playground.page.mrkdwn import Reader
from bot.playground.page.people import Face, channels_of, face_of, names_of, who_can_sit
from bot.playground.screens import state_values, with_ids
from bot.playground.shown import Json
from bot.playground.things import LocalChannel, LocalMessage, LocalUser
from bot.playground.world import World

HOME, MESSAGES = "home", "messages"
_MOST_MESSAGES = 100
_TOGETHER_SECONDS = 300  # messages of one author within this stand under one name
_SLACKBOT_FACE = Face(SLACKBOT, "Slackbot", "S", 0, "slackbot")


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits in a pane, and where they look: a channel id, "home" or "messages"."""

    side: str
    user: str
    place: str


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the list at the left."""

    id: str
    name: str
    kind: str
    unread: int
    current: bool


@dataclass(frozen=True, slots=True)
class Post:
    """A message as it stands on the screen."""

    channel: str
    ts: str
    face: Face
    at: datetime
    day: str  # set where a new day begins
    follows: bool  # stands under the name of the one before
    only_you: bool
    blocks: Sequence[Json]
    values: Json
    text: str
    files: Sequence[Json]


@dataclass(frozen=True, slots=True)
class Window:
    """A modal: *errors* stand under its fields, by block_id."""

    view: Json
    values: Json
    errors: Mapping[str, str]
    trouble: str


@dataclass(frozen=True, slots=True)
class Pane:
    """Everything that a pane's template needs."""

    seat: Seat
    face: Face
    people: Sequence[LocalUser]
    places: Sequence[Place]
    title: str
    channel: str
    is_app: bool
    can_write: bool
    reader: Reader
    posts: Sequence[Post] = ()
    home: Window | None = None
    windows: Sequence[Window] = field(default_factory=tuple)


class Panes:
    """Looks at the workspace with a person's eyes: nothing here shows what they could not see in Slack."""

    def __init__(self, world: World, manifest: Manifest, memory: Memory) -> None:
        self._world, self._manifest, self._memory = world, manifest, memory

    @property
    def has_home(self) -> bool:
        """Whether the app has a Home tab."""
        return self._manifest.has_home

    def seat(self, side: str, user: str, place: str) -> Seat:
        """Returns a seat that exists: an unknown person or place becomes the first that there is."""
        people = [person.id for person in who_can_sit(self._world)]
        user = user if user in people else people[min(side == "right", len(people) - 1)]
        channels = channels_of(self._world, user)
        known = {channel.id for channel in channels} | {MESSAGES} | ({HOME} if self.has_home else set())
        if place not in known:
            with_app = [one.id for one in channels if self._world.bot_user_id in one.members]
            place = next(iter([*with_app, *(one.id for one in channels), MESSAGES]))
        return Seat(side, user, place)

    def pane(self, seat: Seat) -> Pane:
        """Returns what the person in a seat sees now."""
        with self._world.lock:
            return self._pane(seat)

    def _pane(self, seat: Seat) -> Pane:
        person = self._world.users[seat.user]
        reader = Reader(names_of(self._world), ZoneInfo(person.tz))
        own = self._world.direct_message(person.id)
        in_app = seat.place in (HOME, MESSAGES)
        channel = own if in_app else self._world.channels[seat.place]
        seen = [] if seat.place == HOME else self._seen(person, channel)
        if seen:
            self._memory.reads(person.id, channel.id, seen[-1].ts)
        home = self._world.homes.get(person.id)
        app = self._world.users[self._world.bot_user_id]
        return Pane(
            seat,
            face_of(person),
            who_can_sit(self._world),
            self._places(person, own, seat.place),
            app.name if in_app else channel.name,
            channel.id,
            in_app,
            seat.place != HOME and (not in_app or self._manifest.reads_messages),
            reader,
            self._posts(seen, reader),
            self._window(home) if home and seat.place == HOME else None,
            [self._window(view) for view in self._world.modals.get(person.id, [])],
        )

    def _seen(self, person: LocalUser, channel: LocalChannel) -> list[LocalMessage]:
        kept = self._world.messages.get(channel.id, {}).values()
        own = [message for message in kept if message.ephemeral_to in ("", person.id)]
        notices = self._memory.notices(person.id, channel.id)
        return sorted([*own, *notices], key=lambda message: message.ts)[-_MOST_MESSAGES:]

    def _places(self, person: LocalUser, own: LocalChannel, current: str) -> list[Place]:
        rows = [
            Place(one.id, one.name, "private" if one.is_private else "channel", self._unread(person, one), False)
            for one in channels_of(self._world, person.id)
        ]
        app = self._world.users[self._world.bot_user_id]
        rows.append(Place(MESSAGES, app.name, "app", self._unread(person, own), False))
        here = MESSAGES if current == HOME else current
        return [Place(one.id, one.name, one.kind, one.unread * (one.id != here), one.id == here) for one in rows]

    def _unread(self, person: LocalUser, channel: LocalChannel) -> int:
        mark = self._memory.read_to(person.id, channel.id)
        return sum(one.ts > mark and one.user != person.id for one in self._seen(person, channel))

    def _posts(self, seen: Sequence[LocalMessage], reader: Reader) -> list[Post]:
        pairs = pairwise([None, *seen])
        return [self._post(before, message, reader) for before, message in pairs if message is not None]

    def _post(self, before: LocalMessage | None, message: LocalMessage, reader: Reader) -> Post:
        at = _moment(message, reader)
        earlier = _moment(before, reader) if before else None
        new_day = earlier is None or earlier.date() != at.date()
        follows = (
            before is not None
            and earlier is not None
            and not new_day
            and before.user == message.user
            and before.ephemeral_to == message.ephemeral_to == ""
            and (at - earlier).total_seconds() < _TOGETHER_SECONDS
        )
        author = self._world.users.get(message.user)
        blocks = with_ids(message.body.get("blocks") or [])
        return Post(
            message.channel,
            message.ts,
            face_of(author) if author else _SLACKBOT_FACE,
            at,
            f"{at:%A, %-d %B}" if new_day else "",
            follows,
            bool(message.ephemeral_to),
            blocks,
            state_values(blocks, {}),
            str(message.body.get("text") or ""),
            message.body.get("files", []),
        )

    def _window(self, view: Json) -> Window:
        typed: dict[str, Any] = view["state"]["values"]
        values = state_values(view["blocks"], typed)
        return Window(view, values, self._memory.errors(view["id"]), self._memory.trouble(view["id"]))


def _moment(message: LocalMessage, reader: Reader) -> datetime:
    return datetime.fromtimestamp(float(message.ts), UTC).astimezone(reader.zone)
