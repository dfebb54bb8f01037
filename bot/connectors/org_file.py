"""The operator's file of the organisation: groups, members and teams, a row for each thing said."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bot.connectors.operator_file import refuse, rows_below
from bot.connectors.org_teams import TeamRows
from bot.domain.organisation import TOP, FiledTeam, Organisation, Tree, cycles, unknown_parents
from bot.domain.people import normal_email
from bot.domain.teams import MAX_NAME, is_name

HEADER: Final = ("what", "name", "value")
_MAX_ADDRESS: Final = 500
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_KINDS: Final = ("group", "member", "team", "place", "members", "cost", "channel")


class OrgFile(NamedTuple):
    """What the file says, how many rows it has, and in which line a team's lead or a place is named first."""

    organisation: Organisation
    rows: int
    lead_lines: Mapping[str, int]  # by mail address
    place_lines: Mapping[str, int]


def parse(content: bytes) -> OrgFile:
    """Return what the file says; raises InputError that names every line that cannot be used.

    A tree with a ring, or a group or a person in two places, is refused as a whole: whatever is counted
    by group would be counted twice.
    """
    reading = _Reading()
    rows = 0
    for line, cells in rows_below(HEADER, content):
        rows += 1
        reading.take(line, cells)
    refuse([*reading.problems, *reading.contradictions()])
    return OrgFile(reading.organisation(), rows, reading.teams.lead_lines(), reading.teams.place_lines())


class _Reading:
    """Gathers what the rows say, in whatever order they come, and what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[tuple[int, str]] = []
        self.groups: dict[str, tuple[int, str]] = {}  # name -> its line and parent
        self.members: dict[str, tuple[int, str]] = {}  # mail address -> its line and home
        self.teams = TeamRows()

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Take a row, or note what is wrong with it."""
        if problem := self._problem(line, cells):
            self.problems.append((line, problem))

    def _problem(self, line: int, cells: Sequence[str]) -> str:
        if len(cells) != len(HEADER):
            return f"{len(cells)} columns where {len(HEADER)} belong"
        what, name, value = cells[0].lower(), cells[1], cells[2]
        if what == "group":
            return self._group(line, name, value)
        if what == "member":
            return self._member(line, name, value)
        if what == "team":
            if not is_address(value):
                return "the lead is no mail address"
            return _name_problem(name) or self.teams.add(line, name, normal_email(value))
        if what in _KINDS:
            return self.teams.say(line, what, name, value)
        return f"the first column is none of {', '.join(_KINDS)}"

    def _group(self, line: int, name: str, parent: str) -> str:
        if problem := _name_problem(name):
            return problem
        known = self.groups.setdefault(name, (line, parent))
        if known[1] != parent:
            return f"the group is in line {known[0]} already, in another group: groups would overlap"
        return ""

    def _member(self, line: int, email: str, group: str) -> str:
        if not is_address(email):
            return "the member is no mail address"
        known = self.members.setdefault(normal_email(email), (line, group))
        if known[1] != group:
            return f"the member is in line {known[0]} already, in another group; a person has one home"
        return ""

    def contradictions(self) -> Iterator[tuple[int, str]]:
        """Yield what is wrong with rows only beside others."""
        parents = self._parents()
        for group in unknown_parents(parents):
            yield self.groups[group][0], "the group that it lies in is not in the file"
        for ring in cycles(parents):
            yield self.groups[ring[0]][0], f"the groups lie in a ring: {' in '.join([*ring, ring[0]])}"
        for line, group in self.members.values():
            if group not in parents:
                yield line, "the member's group is not in the file"
        yield from self.teams.contradictions(parents)

    def _parents(self) -> dict[str, str]:
        return {name: parent or TOP for name, (_, parent) in self.groups.items()}

    def organisation(self) -> Organisation:
        """Return what the rows say, once nothing is wrong with them."""
        homes = {email: group for email, (_, group) in self.members.items()}
        teams: list[FiledTeam] = self.teams.filed(self.groups)
        return Organisation(Tree(self._parents()), homes, teams)


def is_address(text: str) -> bool:
    """Return whether *text* can be a mail address."""
    return bool(_ADDRESS.fullmatch(text)) and text.isprintable() and len(text) <= _MAX_ADDRESS


def _name_problem(name: str) -> str:
    return "" if is_name(name) else f"the name is none: a line of up to {MAX_NAME} characters"
