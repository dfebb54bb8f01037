"""Which methods of the library spread in a block, and which more teams could take over."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.domain.blocks_of_weeks import Block
from bot.domain.team_digest import LibraryLine
from bot.domain.use_cases.evidence import Level
from bot.domain.use_cases.lending import Known, library_line, worked_in

_MOST_SPREAD: Final = 3
_MOST_ROLLED_OUT: Final = 2


def spread_in(block: Block, ordered: Iterable[Known]) -> tuple[LibraryLine, ...]:
    """Return those of *ordered* (in the library's order) that worked for somebody else in *block*."""
    verified = [each for each in ordered if each.evidence.level >= Level.WORKED_FOR_OTHERS]
    return _lines(worked_in(verified, block.first, block.last)[:_MOST_SPREAD])


def worth_rolling_out(ordered: Iterable[Known], teams: int) -> tuple[LibraryLine, ...]:
    """Return those that worked for three people in two teams, while fewer than half of all *teams* use them."""
    found = [
        each
        for each in ordered
        if each.evidence.level >= Level.WORKED_FOR_OTHERS and 2 * (each.evidence.teams or 0) < teams
    ]
    return _lines(found[:_MOST_ROLLED_OUT])


def _lines(known: Sequence[Known]) -> tuple[LibraryLine, ...]:
    return tuple(library_line(each) for each in known)
