"""How people and places look on the page: initials, colours, order."""

from dataclasses import dataclass
from zlib import crc32

from bot.playground.things import LocalChannel, LocalUser
from bot.playground.world import World

_COLOURS = 8


@dataclass(frozen=True, slots=True)
class Face:
    """A name with its picture: initials on a colour, or the app's own sign."""

    id: str
    name: str
    initials: str
    colour: int
    kind: str = "person"  # or "app", "slackbot"


def face_of(person: LocalUser) -> Face:
    """Returns how somebody looks; the colour stays the same for a person."""
    words = [word for word in person.name.split() if word]
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"
    kind = "app" if person.is_bot else "person"
    return Face(person.id, person.name, initials, crc32(person.id.encode()) % _COLOURS, kind)


def who_can_sit(world: World) -> list[LocalUser]:
    """Returns everybody who can use Slack here, in the order in which they were given."""
    return [person for person in world.users.values() if not (person.is_bot or person.deleted)]


def channels_of(world: World, user: str) -> list[LocalChannel]:
    """Returns the channels in a person's list, by name."""
    own = (channel for channel in world.channels.values() if user in channel.members and not channel.is_im)
    return sorted(own, key=lambda channel: channel.name)


def names_of(world: World) -> dict[str, str]:
    """Returns what mentions are called, by id: people and channels."""
    people = {person.id: person.name for person in world.users.values()}
    return people | {channel.id: channel.name for channel in world.channels.values() if not channel.is_im}
