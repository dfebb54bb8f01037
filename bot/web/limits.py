"""How often one token may send."""

import threading
import time
from collections.abc import Callable
from typing import Final

_A_SECOND: Final = 10.0
_BURST: Final = 50.0
_REMEMBERED: Final = 10_000


class Limits:
    """Lets each sender in ten times a second, fifty times at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[object, tuple[float, float]] = {}

    def lets_in(self, sender: object) -> bool:
        """Return whether *sender* may send now, and count it."""
        now = self._clock()
        with self._lock:
            left, at = self._left.pop(sender, (_BURST, now))
            left = min(_BURST, left + (now - at) * _A_SECOND)
            self._left[sender] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > _REMEMBERED:
                self._left.pop(next(iter(self._left)))  # the one that sent longest ago
        return left >= 1
