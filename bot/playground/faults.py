"""Ways in which Slack can misbehave, and when: for the next calls, every k-th, or a seeded share."""

import random
import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal

RESPONSE_URL = "response_url"  # the name under which posts to a response_url go wrong


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave; *after_effect* means that the call did its work all the same."""

    kind: Literal["rate_limited", "server_error", "dropped", "silent", "html", "refused"]
    after_effect: bool = False
    seconds: float = 1.0
    error: str = ""


def rate_limited(retry_after: int = 1) -> Fault:
    """Answers 429 with Retry-After."""
    return Fault("rate_limited", seconds=retry_after)


def server_error(*, after_effect: bool = False) -> Fault:
    """Answers 500."""
    return Fault("server_error", after_effect)


def dropped(*, after_effect: bool = False) -> Fault:
    """Resets the connection without an answer."""
    return Fault("dropped", after_effect)


def silent(seconds: float, *, after_effect: bool = False) -> Fault:
    """Says nothing for a while, then answers as usual; the effect comes before or after the wait."""
    return Fault("silent", after_effect, seconds)


def html() -> Fault:
    """Answers 200 with a web page where JSON is expected."""
    return Fault("html")


def refused(error: str) -> Fault:
    """Answers ok: false with an error name."""
    return Fault("refused", error=error)


class Faults:
    """Decides which call goes wrong; *method* is a Web API method, "response_url", or "*" for any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Ends all misbehaviour."""
        with self._lock:
            self._next: defaultdict[str, deque[Fault]] = defaultdict(deque)
            self._every: dict[str, tuple[int, Fault]] = {}
            self._share: dict[str, tuple[float, Fault, random.Random]] = {}
            self._calls: defaultdict[str, int] = defaultdict(int)

    def next(self, method: str, fault: Fault, times: int = 1) -> None:
        """Makes the next calls of a method go wrong; several of these queue up."""
        with self._lock:
            self._next[method].extend([fault] * times)

    def every(self, method: str, k: int, fault: Fault) -> None:
        """Makes every k-th call of a method go wrong, from now on."""
        with self._lock:
            self._every[method] = (k, fault)
            self._calls[method] = 0

    def share(self, method: str, share: float, fault: Fault, seed: int = 0) -> None:
        """Makes a share, 0 to 1, of the calls of a method go wrong, the same ones for the same seed."""
        with self._lock:
            self._share[method] = (share, fault, random.Random(seed))  # noqa: S311 - repeatable by design

    def pick(self, method: str) -> Fault | None:
        """Returns how this call goes wrong, if it does."""
        with self._lock:
            return self._pick(method) or self._pick("*")

    def _pick(self, method: str) -> Fault | None:
        if self._next.get(method):
            return self._next[method].popleft()
        if method in self._every:
            self._calls[method] += 1
            k, fault = self._every[method]
            if self._calls[method] % k == 0:
                return fault
        if method in self._share:
            share, fault, dice = self._share[method]
            if dice.random() < share:
                return fault
        return None
