"""The organisation that the operator's file describes: groups in a tree, and one home a person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

TOP = ""  # the parent of a group that lies in no other


class OrganisationError(ValueError):
    """Groups that are no tree."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Every group's parent; a group at the top has none (""). Raises OrganisationError for what is no tree."""

    parents: Mapping[str, str]

    def __post_init__(self) -> None:
        """Look at every group once."""
        if unknown := unknown_parents(self.parents):
            raise OrganisationError(f"{unknown[0]} lies in a group that is not there")
        if found := cycles(self.parents):
            raise OrganisationError(f"{' in '.join(found[0])} in {found[0][0]}")

    def upwards(self, group: str) -> Iterator[str]:
        """Yield *group* and every group that it lies in, the smallest first; nothing for one that is not there."""
        while group in self.parents:
            yield group
            group = self.parents[group]

    def within(self, group: str) -> frozenset[str]:
        """Return *group* and every group that lies in it."""
        return frozenset(each for each in self.parents if group in self.upwards(each))

    def tops(self) -> list[str]:
        """Return the groups that lie in no other."""
        return sorted(group for group, parent in self.parents.items() if parent == TOP)


def unknown_parents(parents: Mapping[str, str]) -> list[str]:
    """Return the groups whose parent is not there."""
    return sorted(group for group, parent in parents.items() if parent != TOP and parent not in parents)


def cycles(parents: Mapping[str, str]) -> list[Sequence[str]]:
    """Return every ring of groups that lie in each other, once, each from its first name on."""
    rings: list[Sequence[str]] = []
    settled: set[str] = set()
    for start in sorted(parents):
        path: dict[str, None] = {}
        group = start
        while group in parents and group not in settled and group not in path:
            path[group] = None
            group = parents[group]
        if group in path:
            steps = list(path)
            rings.append(_from_first(steps[steps.index(group) :]))
        settled.update(path)
    return rings


def _from_first(ring: Sequence[str]) -> Sequence[str]:
    first = ring.index(min(ring))
    return [*ring[first:], *ring[:first]]


class FiledTeam(NamedTuple):
    """A team as the file has it; its members are a *group* of the file or a Slack *user_group*."""

    name: str
    lead_email: str
    places: tuple[str, ...]
    group: str = ""
    user_group: str = ""
    cost_group: str = ""
    channel: str = ""


class Organisation(NamedTuple):
    """All that the file says: groups, whose home is where (by mail address), teams."""

    tree: Tree
    homes: Mapping[str, str]
    teams: Sequence[FiledTeam]


def sizes(tree: Tree, homes: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Return how many persons have their home in each group or in one that lies in it."""
    own = dict.fromkeys(tree.parents, 0)
    for _, group in homes:
        if group in own:
            own[group] += 1
    total = dict.fromkeys(tree.parents, 0)
    for group, number in own.items():
        for each in tree.upwards(group):
            total[each] += number
    return total
