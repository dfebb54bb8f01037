"""Who started what cost, and what came of it, over those who are counted: every sum goes through the door."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil
from typing import Final, NamedTuple

from bot.domain.outcomes.not_tied import MIN_NAMED_NANO_USD_IN_FOUR_WEEKS, MIN_NAMED_PERCENT
from bot.domain.privacy import Figure, Member, Rules, decide
from bot.domain.report.content import Amounts, Counted, Share

# The people that the whole company must have for its parts: the five figures are about one set of people.
MIN_ROSTER_OF_PARTS: Final = 40
# So many have to cost something in a part, besides each reader. Who reads the exact bills beside it pinned the one
# behind most of what runs on its own by up to 5.5 points more often with 12; measured by benchmarks/attacker.py.
MIN_PEOPLE_OF_PARTS: Final = 25
# Of each figure the cell of the ledger, by its name in `Counted`.
PART_CELLS: Final[Mapping[str, str]] = {
    "at_keyboard": "company keyboard",
    "on_its_own": "company on its own",
    "unknown": "company unknown",
    "not_tied": "company not tied",
    "without_result": "company without result",
}
CURVE_CELL: Final = "company curve"
_COMPANY: Final = "company"


class Spending(NamedTuple):
    """What was billed for somebody in a block by who started it, seats aside, and in twelve weeks, with them: nano-USD.

    *without_result* is of jobs on days on which none of their runs, all known, had a result. *named* is of use that
    names what it was for, *tied* what of it runs tied to finished work themselves.
    """

    at_keyboard: int = 0
    on_its_own: int = 0
    unknown: int = 0
    without_result: int = 0
    named: int = 0
    tied: int = 0
    twelve_weeks: int = 0

    @property
    def not_tied(self) -> int | None:
        """Return how much is not tied to finished work yet, at most; None where too little names what it was for.

        It is the high end of what the person is shown, `bot.domain.outcomes.not_tied`: use in a place in which
        something was finished just after may have helped, and nobody knows.
        """
        cost = self.at_keyboard + self.on_its_own + self.unknown
        wide = self.named * 100 >= cost * MIN_NAMED_PERCENT
        return self.named - self.tied if wide and self.named >= MIN_NAMED_NANO_USD_IN_FOUR_WEEKS else None


class Employee(NamedTuple):
    """Somebody on the company's roster; *spending* is None of who is not counted, or cost nothing."""

    person_id: int
    spending: Spending | None


def counted_figures(roster: Iterable[Employee], rules: Rules) -> dict[str, Figure | None]:
    """Return each figure by its name in `Counted`, None where it is not shown.

    Each is the door's figure of one group that has everybody. Raises ValueError for a person who is there twice.
    """
    everybody = list(roster)
    people = max(rules.min_people, MIN_PEOPLE_OF_PARTS)
    strict = replace(rules, min_people=people, min_roster=max(rules.min_roster, MIN_ROSTER_OF_PARTS))
    return {name: _figure(everybody, name, strict) for name in PART_CELLS}


def _figure(everybody: Iterable[Employee], name: str, rules: Rules) -> Figure | None:
    members = (Member(each.person_id, _COMPANY, each.spending is not None, _amount(each, name)) for each in everybody)
    return decide(members, {_COMPANY: None}, rules)[_COMPANY]


def _amount(employee: Employee, name: str) -> int | None:
    amount: int | None = getattr(employee.spending, name, None)
    return amount


def parts_of(roster: Iterable[Employee], figures: Mapping[str, Figure | None]) -> Iterable[tuple[int, str]]:
    """Yield everybody who is counted in a figure that is shown, with its cell."""
    shown = [(name, PART_CELLS[name]) for name, figure in figures.items() if figure is not None]
    for each in roster:
        if each.spending is not None:
            yield from ((each.person_id, cell) for name, cell in shown if _amount(each, name))


def counted_in(figures: Mapping[str, Figure | None]) -> Counted:
    """Return the figures as the report has them."""
    return Counted(**{name: _amounts(figure) for name, figure in figures.items()})


def _amounts(figure: Figure | None) -> Amounts | None:
    return None if figure is None else Amounts(figure.low_nano_usd, figure.high_nano_usd)


def counted_share(counted: Counted, whole_nano_usd: int) -> Share | None:
    """Return how much of a bill stands behind what is shown of who started it; None where nothing is."""
    shown = [each for each in (counted.at_keyboard, counted.on_its_own, counted.unknown) if each is not None]
    if not shown or whole_nano_usd <= 0:
        return None
    low, high = sum(each.low_nano_usd for each in shown), sum(each.high_nano_usd for each in shown)
    return Share(min(100, low * 100 // whole_nano_usd), min(100, ceil(high * 100 / whole_nano_usd)))
