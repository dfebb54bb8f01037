"""In which order entries are shown: by verified reuse across teams, and by nothing else.

Worth = 100 E q b (from 0 to 150). E is how well it is known that it works; q the lower end (z = 1.28) of
Wilson's interval of the share for whom it worked, each answer weighing half of what it did 180 days before,
and half again once the model's generation has changed; b grows from 1 to 1.5 with the teams in which it
worked. Wilson (1927), "Probable inference, the law of succession, and statistical inference".
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from math import exp2, fsum, log, sqrt
from typing import Final, NamedTuple

from bot.domain.use_cases.evidence import Answer, Claims, Level, Result, counted, level_of

FACTOR: Final = {
    Level.IDEA: 0.3,
    Level.WORKED_FOR_AUTHOR: 0.5,
    Level.LINKED: 0.7,
    Level.WORKED_FOR_OTHERS: 0.85,
    Level.MEASURED: 1.0,
}
SHARE: Final[dict[Result, float]] = {"yes": 1.0, "partly": 0.5, "no": 0.0}
HALVED_AFTER_DAYS: Final = 180
NEW_DAYS: Final = 30
PLACES: Final = 5  # the last of so many is for an entry that is new
_NEW_BELOW: Final = 3.0
_Z: Final = 1.28
_TEAMS_AT_MOST: Final = 10


class Candidate(NamedTuple):
    """All that the order of an entry hangs on; there is no place for likes, views, tokens or cost."""

    id: int
    published_on: date
    answers: Sequence[Answer] = ()
    claims: Claims = Claims()
    author_id: int | None = None
    generation_changed_on: date | None = None  # of the model that it was written for, if it has


class Worth(NamedTuple):
    """What an entry is worth to others, and how much is known of it (the sum of the answers' weights)."""

    value: float
    known: float


def worth_of(candidate: Candidate, today: date) -> Worth:
    """Return what an entry is worth on *today*."""
    answers = counted(candidate.answers, candidate.author_id)
    known, good = _sums(answers, today, candidate.generation_changed_on)
    teams = len({answer.team for answer in answers if answer.result == "yes"})
    return Worth(worth(level_of(candidate.claims, answers), known, good, teams), known)


def low_end_of(answers: Iterable[Answer], today: date) -> tuple[float, float]:
    """Return what *answers*, those that count, weigh together, and the low end of the share for whom it worked."""
    known, good = _sums(answers, today, None)
    return known, _low_end(known, good)


def _sums(answers: Iterable[Answer], today: date, changed_on: date | None) -> tuple[float, float]:
    weighed = [(weight(answer.day, today, changed_on), SHARE[answer.result]) for answer in answers]
    return fsum(each for each, _ in weighed), fsum(each * share for each, share in weighed)


def weight(day: date, today: date, generation_changed_on: date | None = None) -> float:
    """Return what an answer of *day* weighs on *today*; one of the future is of today."""
    age = max(0, (today - day).days)
    before_change = generation_changed_on is not None and day < generation_changed_on <= today
    return exp2(-age / HALVED_AFTER_DAYS) * (0.5 if before_change else 1.0)


def worth(level: Level, known: float, good: float, teams: int) -> float:
    """Return 100 E q b for answers that weigh *known*, of which *good* worked, in *teams* teams."""
    breadth = 1 + 0.5 * log(1 + min(teams, _TEAMS_AT_MOST)) / log(11)
    return 100 * FACTOR[level] * _low_end(known, good) * breadth


def _low_end(known: float, good: float) -> float:
    """Return the lower end of Wilson's interval of good / known; 0 where nothing is known."""
    if known <= 0:
        return 0.0
    share, z2 = min(1.0, good / known), _Z * _Z
    spread = _Z * sqrt(share * (1 - share) / known + z2 / (4 * known * known))
    return max(0.0, (share + z2 / (2 * known) - spread) / (1 + z2 / known))


def is_new(candidate: Candidate, worth: Worth, today: date) -> bool:
    """Return whether an entry has had no chance yet: published less than 30 days ago and hardly tried."""
    return today - candidate.published_on < timedelta(days=NEW_DAYS) and worth.known < _NEW_BELOW


def in_order(candidates: Iterable[Candidate], today: date, seed: str) -> list[int]:
    """Return the ids of *candidates* as they are shown.

    By worth; of two of one worth the one of which more is known, then the later, then the higher id. Every
    fifth place goes to one of those that are new, whose turns *seed* decides: the same seed, the same order.
    """
    rated = {each.id: (each, worth_of(each, today)) for each in candidates}
    ordered = sorted(rated.values(), key=lambda pair: _key(*pair), reverse=True)
    new = sorted((each.id for each, worth in ordered if is_new(each, worth, today)), key=lambda id_: _draw(seed, id_))
    return _with_new([each.id for each, _ in ordered], new)


def _with_new(ordered: Sequence[int], new: Sequence[int]) -> list[int]:
    rest, turns = iter(ordered), iter(new)
    shown: dict[int, None] = {}
    while len(shown) < len(ordered):
        line = turns if len(shown) % PLACES == PLACES - 1 else rest
        chosen = next((id_ for id_ in line if id_ not in shown), None)
        if chosen is None:  # no new one is left: the place is anybody's
            chosen = next(id_ for id_ in rest if id_ not in shown)
        shown[chosen] = None
    return list(shown)


def _key(candidate: Candidate, worth: Worth) -> tuple[float, float, date, int]:
    return round(worth.value, 9), round(worth.known, 9), candidate.published_on, candidate.id


def _draw(seed: str, id_: int) -> bytes:
    return blake2b(f"{seed}|{id_}".encode(), digest_size=8).digest()
