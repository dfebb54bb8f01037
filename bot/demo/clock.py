"""The demo's clock: it starts where the made-up company's story is set, runs on, and can be moved."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2026, 11, 19, 9, 40, tzinfo=UTC)  # a Thursday


class DemoClock:
    """Tells the time of the demo."""

    def __init__(self, start: datetime = START) -> None:
        self.start = start
        self._moved = timedelta()
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        return self.start + self._moved + timedelta(seconds=time.monotonic() - self._began)

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self._moved += by
