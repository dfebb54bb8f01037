"""Jobs that ran on their own: moved out of one's own sum as shared, and back."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from bot.domain.quantity import Quantity
from bot.domain.summary import Lane
from bot.views.blocks import Block, button, foreign, section, select, visible
from bot.views.outcomes import LANE_WORD
from bot.views.wording import listed, money

NAMES_GONE: Final = "Of days this old no job names are kept, so shared jobs are in this sum."
# So many lines of the longest names fit a section of Slack's; the list offers more than is named.
_MOST_NAMED: Final = 6
_MOST_OFFERED: Final = 40
_NAME: Final = 30


class Job(NamedTuple):
    """A job that ran on its own, what it came to, and the key of its button."""

    name: str
    lane: Lane
    nano_usd: Quantity
    key: str


def job_blocks(own: Sequence[Job], shared: Sequence[Job], asked: str) -> list[Block]:
    """Return the way to move jobs out of one's own sum, and those that are out; *asked* is a period or a day.

    Without a job that ran on its own there is nothing to say.
    """
    lines = []
    if own:
        ran, which = ("its", "If others use it too, it") if len(own) == 1 else ("their", "What others use too")
        names = _listed([foreign(job.name, _NAME) for job in own])
        lines.append(f"{names} ran on {ran} own. {which} can stand apart from your sum.")
    if shared:
        lines.append(f"Shared jobs, not in your sum: {_listed([_amount(job) for job in shared])}")
    ways = [("Shared job", "shared-job", job) for job in own[:_MOST_OFFERED]]
    ways += [("Mine after all", "own-job", job) for job in shared[:_MOST_OFFERED]]
    return [section("\n".join(lines), _choice(ways, asked))] if ways else []


def _listed(said: list[str]) -> str:
    rest = len(said) - _MOST_NAMED
    return listed([*said[:_MOST_NAMED], f"{rest:,} more"] if rest > 0 else said)


def _amount(job: Job) -> str:
    name = foreign(job.name, _NAME)
    if job.nano_usd.unknown:
        return f"{name}: cost unknown"
    return f"{name} {money(job.nano_usd)} {LANE_WORD[job.lane]}"


def _choice(ways: Sequence[tuple[str, str, Job]], asked: str) -> dict[str, Any]:
    if len(ways) == 1:
        label, word, job = ways[0]
        return button(label, word, f"{asked} {job.key}")
    options = [(f"{label}: {visible(job.name, 50)}", f"{word} {asked} {job.key}") for label, word, job in ways]
    return select("Shared jobs", "jobs", options)
