"""How often one sender, or one person, is let in: in memory, each replica by itself."""

import threading
import time
from collections.abc import Callable
from typing import Final

PERSON_A_SECOND: Final = 1.0
PERSON_AT_ONCE: Final = 20.0
# Who asks too often is told so, and not for each time that they do.
_TOLD_A_SECOND: Final = 0.2
_REMEMBERED: Final = 10_000


class Limits:
    """Lets each sender in so often a second, and so many times at once; who was let in longest ago is forgotten."""

    def __init__(self, a_second: float, at_once: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second, self._at_once, self._clock = a_second, at_once, clock
        self._lock = threading.Lock()
        self._left: dict[object, tuple[float, float]] = {}

    def lets_in(self, sender: object) -> bool:
        """Return whether *sender* may send now, and count it."""
        now = self._clock()
        with self._lock:
            left, at = self._left.pop(sender, (self._at_once, now))
            left = min(self._at_once, left + (now - at) * self._a_second)
            self._left[sender] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > _REMEMBERED:
                self._left.pop(next(iter(self._left)))  # the one that sent longest ago
        return left >= 1


class Visits:
    """How often one person may ask in Slack, so that nobody keeps the others waiting."""

    def __init__(
        self,
        a_second: float = PERSON_A_SECOND,
        at_once: float = PERSON_AT_ONCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._asking, self._telling = Limits(a_second, at_once, clock), Limits(_TOLD_A_SECOND, 1, clock)

    def lets_in(self, person: object) -> bool:
        """Return whether *person* may ask now, and count it."""
        return self._asking.lets_in(person)

    def tells(self, person: object) -> bool:
        """Return whether to tell *person* that it was too often: once, and again when it goes on."""
        return self._telling.lets_in(person)
