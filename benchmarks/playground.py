"""The playground: how long the made-up company takes to build, and its page to be served."""

import subprocess
import sys
import time
from typing import Final

from benchmarks.table import Row
from bot.demo.world import World, demo_world
from bot.playground.page.serving import serving_page
from tests.browser.browsing import browser

_ANSWERS: Final = 5
# Notes when the frame is drawn in which the next message stands.
_WATCH: Final = """
    window.seenAt = 0;
    const seen = document.querySelectorAll('#left .post').length;
    new MutationObserver((_, watcher) => {
      if (document.querySelectorAll('#left .post').length > seen) {
        watcher.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => window.seenAt = Date.now()));
      }
    }).observe(document.getElementById('left'), {childList: true, subtree: true});
"""


def main() -> list[Row]:
    """Measure and return the rows of the table."""
    started = time.monotonic()
    with demo_world(None) as world:
        built = time.monotonic() - started
        on_screen = _on_screen(world)
    return [
        Row("an answer at the local Slack, until it is on the screen", f"{on_screen * 1000:.0f} ms", "< 300 ms"),
        Row("the made-up company, built", f"{built:.1f} s", "< 10 s"),
        Row("playground, from the command to its page", f"{_served():.1f} s", "< 5 s"),
    ]


def _on_screen(world: World) -> float:
    """Return the median seconds from an answer's arrival to the frame that shows it."""
    took = []
    with serving_page(world.slack, 0) as address, browser() as page:
        page.open(address, left="U01MO:C01GENERAL", right="U01RUI:C01GENERAL")
        for _ in range(_ANSWERS):
            before = world.slack.mark()
            page.js(_WATCH)
            page.type("left", "/mytokens 12w")
            seen_at = float(page.until(lambda: page.js("return window.seenAt"))) / 1000
            shown = world.slack.wait_shown("U01MO", before)
            took.append(seen_at - (time.time() - (time.monotonic() - shown.at_monotonic)))
    return sorted(took)[len(took) // 2]


def _served() -> float:
    started = time.monotonic()
    demo = subprocess.Popen([sys.executable, "-m", "bot", "demo", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        if demo.stdout is None or "http" not in demo.stdout.readline():
            raise RuntimeError("the playground did not start")
        return time.monotonic() - started
    finally:
        demo.terminate()
        demo.communicate(timeout=20)
