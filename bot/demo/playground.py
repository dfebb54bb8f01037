"""The demo in a browser, or in the terminal."""

import signal
import threading
from pathlib import Path
from typing import Final, TextIO

from bot.demo.story import LarkfieldStory
from bot.demo.world import demo_world, read_ccusage
from bot.manifest import manifest
from bot.playground.driver import run_prompt
from bot.playground.page.serving import require_free, serving_page

WELCOME: Final = """\
Larkfield, a made-up company, on a local Slack with the real bot: {address}
Nothing leaves this machine; the data goes when you stop. Ctrl+C stops.
"""
TERMINAL: Final = """\
Larkfield, a made-up company, on a local Slack with the real bot. Type /mytokens, then the number of a button.
Nothing leaves this machine; the data goes when you quit.
"""


def run_page(port: int, ccusage: Path | None, stdout: TextIO) -> None:
    """Serve the page until SIGTERM or SIGINT; raises ConfigError when the port is in use."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    require_free(port)  # the company takes seconds
    with (
        demo_world(read_ccusage(ccusage)) as world,
        serving_page(world.slack, port, LarkfieldStory(world), manifest("", None)) as address,
    ):
        stdout.write(WELCOME.format(address=address))
        stdout.flush()
        stopped.wait()


def run_terminal(ccusage: Path | None, stdin: TextIO, stdout: TextIO) -> None:
    """Run the prompt until it is left; with a ccusage file the first person is you, with your own figures."""
    with demo_world(read_ccusage(ccusage)) as world:
        stdout.write(TERMINAL)
        stdout.flush()
        run_prompt(world.slack, stdin, stdout)
