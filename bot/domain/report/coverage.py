"""Which groups' finished work nobody tells of: the places of their teams are in no connected system."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from bot.domain.organisation import Tree

_MOST: Final = 5


class TeamPlaces(NamedTuple):
    """The group that a team is of, and whether anything is known of what it finishes in its places."""

    group: str
    is_told: bool


def silent_groups(groups: Tree, teams: Iterable[TeamPlaces], sizes: Mapping[str, int]) -> tuple[str, ...]:
    """Return the groups that have a team of which nothing is told, and none of which anything is; up to five.

    The largest first; of a group and one that it lies in the larger one. Of a group without any team nobody knows
    where it works, so it is not among them.
    """
    silent, told = set[str](), set[str]()
    for team in teams:
        (told if team.is_told else silent).update(groups.upwards(team.group))
        if team.is_told:
            told |= groups.within(team.group)
    found = [group for group in silent - told if groups.parents[group] not in silent - told]
    return tuple(sorted(found, key=lambda group: (-sizes.get(group, 0), group))[:_MOST])
