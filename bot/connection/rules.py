"""When a socket that may be deaf is made anew, and when that is of no use any more: pure, times are given."""

from dataclasses import dataclass
from enum import Enum


class Step(Enum):
    """What the watchdog does next."""

    FINE = "fine"
    REBUILD = "rebuild"
    GIVE_UP = "give up"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is too long, in seconds, and how many clients in vain are enough.

    The first three together are the two minutes after which somebody types into a void at most. A network that is
    away is waited for longer: a process started anew would have no better one.
    """

    deaf: float = 60.0  # without a pong; one is due every ten seconds
    pause: float = 15.0  # between two rebuilds
    in_vain: int = 3  # clients that came up and heard nothing
    away: float = 900.0  # deaf although no client came up
    quiet: float = 1800.0  # with pongs, and without an envelope


@dataclass(frozen=True, slots=True)
class Heard:
    """What has been heard, by one clock in seconds; *since* is when the first client was up."""

    since: float
    last_pong_at: float | None = None
    last_envelope_at: float | None = None
    last_rebuild_at: float | None = None
    in_vain: int = 0  # clients that came up since the last pong or envelope

    @property
    def last_sign_at(self) -> float:
        """When something was last heard: a pong, or an envelope."""
        return max(self.since, self.last_pong_at or self.since, self.last_envelope_at or self.since)

    @property
    def last_rebuild_or_start(self) -> float:
        """When the present client was made."""
        return max(self.since, self.last_rebuild_at or self.since)


def next_step(now: float, heard: Heard, limits: Limits) -> Step:
    """Return what to do about the socket.

    Without a pong the client is made anew, some times, and then given up, so that the process ends and its
    supervisor starts another. With pongs but no envelope for half an hour it is made anew, each half hour, and
    never given up: a company may be asleep, but sessions are known that answer pings and bring nothing.
    """
    deaf_for = now - heard.last_sign_at
    rebuilt_ago = now - heard.last_rebuild_or_start
    if deaf_for >= limits.deaf:
        if heard.last_rebuild_at is not None and rebuilt_ago < limits.pause:
            return Step.FINE
        tried_for_long = rebuilt_ago < deaf_for and deaf_for >= limits.away
        return Step.GIVE_UP if heard.in_vain >= limits.in_vain or tried_for_long else Step.REBUILD
    last_use = max(heard.last_envelope_at or heard.since, heard.last_rebuild_or_start)
    return Step.REBUILD if now - last_use >= limits.quiet else Step.FINE
