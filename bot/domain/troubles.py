"""What needs a look of those who run the bot, from how it stands: a table of conditions, none about a person."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

SOURCE: Final = "source"
OUTBOX: Final = "outbox"
GIVEN_UP: Final = "given-up"
DISK: Final = "disk"
LATE_ACKS: Final = "late-acks"
REBUILDS: Final = "rebuilds"
CONDITIONS: Final = (SOURCE, OUTBOX, GIVEN_UP, DISK, LATE_ACKS, REBUILDS)

# A provider's bad hour mends itself; after a day people miss figures.
SOURCE_FAILS_FOR: Final = timedelta(days=1)
# The digests of many thousands go out within it.
MESSAGE_WAITS_FOR: Final = timedelta(hours=3)
# Fewer in a day is somebody who has left, not the bot.
GIVEN_UP_IN_A_DAY: Final = 5
FREE_BYTES: Final = 500 * 2**20
FREE_PART: Final = 0.05
REBUILDS_IN_A_DAY: Final = 3
# Of what a process counts of itself the others do not know whether it is over.
WITHOUT_END: Final = frozenset({LATE_ACKS, REBUILDS})


class Trouble(NamedTuple):
    """One thing that needs a look: *name* is a condition's, *about* a source's kind and name where it is one's."""

    name: str
    about: str = ""

    @property
    def key(self) -> str:
        """Return what stands for it where it is remembered."""
        return f"{self.name} {self.about}".strip()


class Room(NamedTuple):
    """How much of the disk under the database is free, in bytes."""

    free_bytes: int
    all_bytes: int


class Facts(NamedTuple):
    """How the bot stands *at* a moment; *failing_since* by source, the last two of this process and day."""

    at: datetime
    failing_since: Mapping[str, datetime]
    due_since: datetime | None
    given_up_in_a_day: int
    room: Room | None  # None where it cannot be known
    late_acknowledgements: int
    rebuilds: int


def troubles(facts: Facts) -> list[Trouble]:
    """Return everything that needs a look now."""
    failing = [about for about, since in sorted(facts.failing_since.items()) if facts.at - since > SOURCE_FAILS_FOR]
    table = {
        OUTBOX: facts.due_since is not None and facts.at - facts.due_since > MESSAGE_WAITS_FOR,
        GIVEN_UP: facts.given_up_in_a_day >= GIVEN_UP_IN_A_DAY,
        DISK: facts.room is not None and _is_full(facts.room),
        LATE_ACKS: facts.late_acknowledgements > 0,
        REBUILDS: facts.rebuilds >= REBUILDS_IN_A_DAY,
    }
    return [*(Trouble(SOURCE, about) for about in failing), *(Trouble(name) for name, true in table.items() if true)]


def _is_full(room: Room) -> bool:
    return room.free_bytes < min(FREE_BYTES, room.all_bytes * FREE_PART)


def told_today(found: Sequence[Trouble], told: Mapping[str, date], today: date) -> list[Trouble]:
    """Return those that have to be told today: each once a day; *told* is by key when each was told last."""
    return [each for each in found if told.get(each.key) != today]


def over(found: Collection[Trouble], told: Mapping[str, date]) -> list[Trouble]:
    """Return what was told and is no more, of what can be known to be over."""
    still = {each.key for each in found}
    gone = (Trouble(*key.split(" ", 1)) for key in told if key not in still)
    return [each for each in gone if each.name not in WITHOUT_END]
