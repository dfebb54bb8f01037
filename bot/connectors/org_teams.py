"""The rows of the organisation's file that are about teams."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from bot.domain.organisation import FiledTeam
from bot.domain.teams import MAX_PLACES, channel_in, is_place, is_user_group, name_key


@dataclass(slots=True)
class _Team:
    line: int
    name: str
    lead: str
    places: dict[str, int] = field(default_factory=dict)  # place -> its line
    said: dict[str, tuple[int, str]] = field(default_factory=dict)  # members, cost, channel


class TeamRows:
    """Gathers what the file says of teams; their own row may come after the others."""

    def __init__(self) -> None:
        self._teams: dict[str, _Team] = {}
        self._said: list[tuple[int, str, str, str]] = []

    def add(self, line: int, name: str, lead: str) -> str:
        """Take a team; return what is wrong with it, or nothing."""
        known = self._teams.setdefault(name_key(name), _Team(line, name, lead))
        if known.lead != lead:
            return f"the team is in line {known.line} already, with another lead"
        return ""

    def say(self, line: int, what: str, name: str, value: str) -> str:
        """Take one thing that is said of a team; return what is wrong with it, or nothing."""
        if what == "place" and not is_place(value):
            return "the repository or project has no name that can be one"
        if what == "channel" and channel_in(value) is None:
            return "the channel is no id: C0123456789, for example"
        self._said.append((line, what, name, value))
        return ""

    def contradictions(self, groups: Collection[str]) -> Iterator[tuple[int, str]]:
        """Yield what is wrong with these rows beside others."""
        for line, what, name, value in self._said:
            team = self._teams.get(name_key(name))
            if team is None:
                yield line, "the team is not in the file"
            elif what == "place":
                team.places.setdefault(value, line)
            elif team.said.setdefault(what, (line, value))[1] != value:
                yield line, f"line {team.said[what][0]} says something else of the team already"
        for team in self._teams.values():
            yield from _contradictions(team, groups)

    def filed(self, groups: Collection[str]) -> list[FiledTeam]:
        """Return the teams, once nothing is wrong with them."""
        return [_filed(team, groups) for team in self._teams.values()]

    def lead_lines(self) -> dict[str, int]:
        """Return the line in which each address is named as a lead first."""
        found: dict[str, int] = {}
        for team in self._teams.values():
            found[team.lead] = min(team.line, found.get(team.lead, team.line))
        return found

    def place_lines(self) -> dict[str, int]:
        """Return the line in which each place is named first."""
        found: dict[str, int] = {}
        for team in self._teams.values():
            for place, line in team.places.items():
                found[place] = min(line, found.get(place, line))
        return found


def _contradictions(team: _Team, groups: Collection[str]) -> Iterator[tuple[int, str]]:
    line, value = team.said.get("members", (team.line, team.name))
    if value not in groups and "members" not in team.said:
        yield line, "nothing says who is in the team: no group has its name, and it has no row `members`"
    elif value not in groups and not is_user_group(value):
        yield line, "the members are neither a group of the file nor the id of a user group in Slack"
    if "cost" in team.said and team.said["cost"][1] not in groups:
        yield team.said["cost"][0], "the group whose cost is shown is not in the file"
    if not team.places:
        yield team.line, "the team has no row `place`: no repository and no project"
    if len(team.places) > MAX_PLACES:
        yield team.line, f"the team has more than {MAX_PLACES} places"


def _filed(team: _Team, groups: Collection[str]) -> FiledTeam:
    members = team.said.get("members", (0, team.name))[1]
    group = members if members in groups else ""
    channel = team.said.get("channel", (0, ""))[1]
    return FiledTeam(
        team.name,
        team.lead,
        tuple(team.places),
        group=group,
        user_group="" if group else members,
        cost_group=team.said.get("cost", (0, group))[1],
        channel=channel_in(channel) or "",
    )
