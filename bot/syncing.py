"""What `worthwhile sync` does: the sources are asked now, with a bar on a terminal."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

from tqdm import tqdm

from bot.errors import InputError, WorthwhileError
from bot.jobs.asking import Synced
from bot.jobs.sync import sync_any
from bot.services import Services, Source
from bot.views.operator import synced_line


def ask(arguments: argparse.Namespace, services: Services, say: Callable[[str], None]) -> None:
    """Ask the sources that were meant; raises WorthwhileError with a line for each that failed."""
    chosen = [each for each in services.all_sources if arguments.source in {None, each.kind}]
    if not chosen:
        raise InputError(_nothing_to_ask(arguments.source, [each.kind for each in services.all_sources]))
    done = [_asked(services, source, arguments.days, say) for source in chosen]
    failed = [each.failed for each in done if each.failed]
    if failed:
        raise WorthwhileError("\n".join(failed))


def _asked(services: Services, source: Source, days: int | None, say: Callable[[str], None]) -> Synced:
    with tqdm(desc=source.kind, unit="day", disable=None, file=sys.stderr, leave=False) as bar:
        done = sync_any(services, source, days, partial(_show_days, bar))
    if not done.failed:
        say(synced_line(done.source, done.days, done.rows, done.seconds, done.unmatched))
    return done


def _show_days(bar: "tqdm[NoReturn]", done: int, total: int) -> None:
    bar.total = total
    bar.update(done - bar.n)


def _nothing_to_ask(wanted: str | None, connected: Sequence[str]) -> str:
    if not connected:
        return "No source is connected: set the key of one in .env; `worthwhile doctor` lists them."
    return f"--source {wanted}: not connected. Connected: {', '.join(connected)}."
