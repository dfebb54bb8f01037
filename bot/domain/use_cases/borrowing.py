"""What a person or a team could borrow: what works for others elsewhere, with a tool that they have."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from bot.domain.use_cases.evidence import Level, counted, level_of
from bot.domain.use_cases.rank import Candidate, in_order


class Offer(NamedTuple):
    """An entry as far as it matters to whoever could borrow it."""

    candidate: Candidate
    tool: str
    team: str  # its author's


class Reader(NamedTuple):
    """Whoever could borrow. *tools* are theirs, None where any will do; *seen* is what they know already."""

    team: str = ""
    tools: Collection[str] | None = None
    seen: Collection[int] = frozenset()
    person_id: int | None = None


def worth_borrowing(offers: Iterable[Offer], reader: Reader, today: date, most: int = 1) -> list[int]:
    """Return up to *most* ids, the most reused first: same tool, other team, unseen, worked for others.

    An author is never offered their own. Where the author's team is unknown, it is not the reader's.
    """
    fitting = [offer.candidate for offer in offers if _fits(offer, reader)]
    return in_order(fitting, today, seed="")[:most]


def _fits(offer: Offer, reader: Reader) -> bool:
    candidate = offer.candidate
    own = reader.person_id is not None and candidate.author_id == reader.person_id
    if own or candidate.id in reader.seen or (reader.team and offer.team == reader.team):
        return False
    if reader.tools is not None and offer.tool not in reader.tools:
        return False
    return _level(candidate) >= Level.WORKED_FOR_OTHERS


def _level(candidate: Candidate) -> Level:
    return level_of(candidate.claims, counted(candidate.answers, candidate.author_id))
