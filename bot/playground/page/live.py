"""Live updates: a stream of what changed in the two panes of one tab."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool

from bot.playground.page.panes import Seat
from bot.playground.shown import ShownLog

PING_SECONDS: Final = 10.0
_TOGETHER_SECONDS: Final = 0.005  # what belongs together arrives together
Draw = Callable[[Sequence[Seat]], dict[str, str]]


def event(kind: str, data: object) -> str:
    """Returns one server-sent event."""
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n"


async def stream(log: ShownLog, seats: Sequence[Seat], draw: Draw, run: str) -> AsyncIterator[str]:
    """Yields every part of the page that changed, at first all; parts that look the same are not sent again."""
    changed, loop = asyncio.Event(), asyncio.get_running_loop()

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(changed.set)

    sent: dict[str, str] = {}
    with log.listening(wake):
        yield event("run", run)
        while True:
            changed.clear()
            parts = await run_in_threadpool(draw, seats)
            for name, html in parts.items():
                if sent.get(name) != html:
                    sent[name] = html
                    yield event("part", {"name": name, "html": html})
            try:
                await asyncio.wait_for(changed.wait(), PING_SECONDS)
                await asyncio.sleep(_TOGETHER_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
