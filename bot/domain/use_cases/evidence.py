"""How well it is known that a use case works: in levels, and in counts where there are enough people."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import IntEnum
from typing import Final, Literal, NamedTuple

Result = Literal["yes", "partly", "no"]

CONFIRMERS: Final = 3  # from so many people on for whom it worked, counts are shown
_TEAMS: Final = 2
_COUNTED_A_TEAM: Final = 3


class Level(IntEnum):
    """How well it is known; the words for them are in the views."""

    IDEA = 0
    WORKED_FOR_AUTHOR = 1
    LINKED = 2
    WORKED_FOR_OTHERS = 3
    MEASURED = 4


class Answer(NamedTuple):
    """What somebody said after trying it. Of one whose name is no longer kept the person is unknown."""

    id: int
    person_id: int | None
    team: str  # their team at that time, nothing where unknown
    result: Result
    day: date
    by_author: bool = False


class Claims(NamedTuple):
    """What is known of an entry beside the answers of others."""

    tried: bool = True  # the author says that it worked for them
    linked: int = 0  # finished items that name it and have stayed
    measured: bool = False  # a curator confirmed a before and after that was measured


class Evidence(NamedTuple):
    """What people are shown: counts are None below three people for whom it worked."""

    level: Level
    linked: int
    tried_by: int | None = None
    worked_for: int | None = None
    teams: int | None = None  # in which it worked, those that are known
    tried_at_all: bool = False  # whether anybody else has answered


def of_others(answers: Iterable[Answer], author_id: int | None = None) -> list[Answer]:
    """Return the latest answer of each person other than the author, the latest first."""
    ordered = sorted(answers, key=lambda answer: (answer.day, answer.id), reverse=True)
    found: dict[object, Answer] = {}
    for answer in ordered:
        if not (answer.by_author or (author_id is not None and answer.person_id == author_id)):
            found.setdefault(("nameless", answer.id) if answer.person_id is None else answer.person_id, answer)
    return list(found.values())


def counted(answers: Iterable[Answer], author_id: int | None = None) -> list[Answer]:
    """Return the answers that count: one a person and, of each team, the latest three; never the author's own.

    Those whose team is unknown count as one team: nobody can tell that they are of several.
    """
    taken: dict[str, int] = {}
    found = []
    for answer in of_others(answers, author_id):
        taken[answer.team] = taken.get(answer.team, 0) + 1
        if taken[answer.team] <= _COUNTED_A_TEAM:
            found.append(answer)
    return found


def level_of(claims: Claims, counted: Sequence[Answer]) -> Level:
    """Return how well it is known that it works, from the answers that count.

    Worked for others: for three people in two known teams. Measured is never without that.
    """
    worked = [answer for answer in counted if answer.result == "yes"]
    if len(worked) >= CONFIRMERS and len({answer.team for answer in worked if answer.team}) >= _TEAMS:
        return Level.MEASURED if claims.measured else Level.WORKED_FOR_OTHERS
    if claims.linked:
        return Level.LINKED
    return Level.WORKED_FOR_AUTHOR if claims.tried else Level.IDEA


def evidence_of(claims: Claims, answers: Iterable[Answer], author_id: int | None = None) -> Evidence:
    """Return what people are shown of an entry: how many tried it, for how many it worked, in how many teams."""
    everybody = of_others(answers, author_id)
    level = level_of(claims, counted(everybody))
    worked = [answer for answer in everybody if answer.result == "yes"]
    if len(worked) < CONFIRMERS:
        return Evidence(level, claims.linked, tried_at_all=bool(everybody))
    teams = {answer.team for answer in worked if answer.team}
    return Evidence(level, claims.linked, len(everybody), len(worked), len(teams), tried_at_all=True)
