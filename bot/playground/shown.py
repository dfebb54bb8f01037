"""What people could see: one record for every time something appeared, in order."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal

ShownOn = Literal["ephemeral", "dm", "channel", "modal", "home", "file", "ack"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that became visible: to whom, where, and exactly what was sent."""

    number: int
    user_ids: tuple[str, ...]  # who sees it without doing anything
    surface: ShownOn
    blocks: list[Json]
    text: str
    raw: Json  # what the bot sent, untouched
    ts: str = ""
    channel: str = ""
    public: bool = False  # in a public channel: every full member of the workspace can open it
    view_id: str = ""
    response_url_id: str = ""  # which response_url brought it
    replaces: str = ""  # ts of the message it took the place of
    at_monotonic: float = field(default_factory=time.monotonic)


class ShownLog:
    """Keeps everything shown, or the last *keep_last*; safe to use from many threads."""

    def __init__(self, keep_last: int | None = None) -> None:
        self._changed = threading.Condition()
        self._all: deque[Shown] = deque()
        self._public: deque[Shown] = deque()
        self._by_user: defaultdict[str, deque[Shown]] = defaultdict(deque)
        self._keep_last = keep_last
        self._next = 0
        self._acted_at: dict[str, int] = {}
        self._listeners: list[Callable[[], None]] = []

    def add(self, user_ids: Iterable[str], surface: ShownOn, raw: Json, **more: Any) -> Shown:
        """Records that something appeared, and wakes those who wait for it."""
        with self._changed:
            blocks = raw.get("blocks") or []
            seen_by = tuple(sorted(set(user_ids)))
            shown = Shown(
                self._next,
                seen_by,
                surface,
                **{"blocks": blocks, "text": raw.get("text") or "", "raw": raw, **more},
            )
            self._next += 1
            for queue in self._queues(shown):
                queue.append(shown)
            while self._keep_last is not None and len(self._all) > self._keep_last:
                self._forget_oldest()
            self._changed.notify_all()
        self.touch()
        return shown

    def touch(self) -> None:
        """Tells the listeners that a screen changed: something appeared, or went away."""
        for listener in tuple(self._listeners):
            listener()

    @contextmanager
    def listening(self, listener: Callable[[], None]) -> Iterator[None]:
        """Calls *listener* at every change, in whichever thread made it, until left; it must not wait."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def everything(self) -> list[Shown]:
        """Returns all that anybody could see, in order."""
        with self._changed:
            return list(self._all)

    def to(self, user_id: str, *, opens_public: bool, after: int = -1) -> list[Shown]:
        """Returns all that a person could see after a number, public channels included or not."""
        with self._changed:
            found = {shown.number: shown for shown in _since(self._by_user.get(user_id, deque()), after)}
            if opens_public:
                found |= {shown.number: shown for shown in _since(self._public, after)}
            return [found[number] for number in sorted(found)]

    def mark(self) -> int:
        """Returns the number of the last thing shown to anybody; -1 before the first."""
        with self._changed:
            return self._next - 1

    def acts(self, user_id: str) -> int:
        """Remembers that a person did something now; what they wait for comes after it."""
        with self._changed:
            self._acted_at[user_id] = self._next - 1
            return self._next - 1

    def last_act(self, user_id: str) -> int:
        """Returns the mark of what that person did last; -1 when nothing."""
        return self._acted_at.get(user_id, -1)

    def wait(self, found: Callable[[], Shown | None], timeout: float) -> Shown | None:
        """Returns what *found* finds, looking again whenever something is shown, or None."""
        with self._changed:
            self._changed.wait_for(lambda: found() is not None, timeout)
            return found()

    def _queues(self, shown: Shown) -> list[deque[Shown]]:
        public = [self._public] if shown.public else []
        return [self._all, *public, *(self._by_user[user] for user in shown.user_ids)]

    def _forget_oldest(self) -> None:
        # A person's own queue is in the same order, so the oldest of all is at its left end.
        for queue in self._queues(self._all[0]):
            queue.popleft()


def _since(queue: Sequence[Shown], after: int) -> list[Shown]:
    # Newest first, so that waiting costs what is new, not what was ever shown.
    return list(takewhile(lambda one: one.number > after, reversed(queue)))
