"""A team, its repositories and projects, and the rules for setting one up."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import Final, NamedTuple

from bot.domain.iso_week import week_of
from bot.domain.subscription import Subscription, Usual, next_due

# The names under which messages about teams are planned.
ASKED: Final = "team_asked"
ANSWERED: Final = "team_answered"
NOT_MINE: Final = "not_my_team"
USER_GROUP_GONE: Final = "user_group_gone"

MAX_NAME: Final = 60
MAX_PLACES: Final = 30
_MAX_PLACE: Final = 200
_USER_GROUP: Final = re.compile(r"S[A-Z0-9]{6,20}")
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{6,20}")
_LINKED_CHANNEL: Final = re.compile(r"<#([CG][A-Z0-9]{6,20})(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Team:
    """A team that gets digests.

    *channel* is "" where they go to the lead's direct messages, *cost_group* "" where it has none. Without
    a *weekday* (0 is Monday) or an *hour* they come as the policy says. Its members are those of a *group*
    of the organisation and all that lies in it, or of a Slack *user_group*.
    """

    id: int
    name: str
    places: tuple[str, ...]
    channel: str
    lead_person_id: int
    cost_group: str
    weekday: int | None = None
    hour: int | None = None
    group: str = ""
    user_group: str = ""
    since: datetime | None = None  # it gets digests from then on
    from_file: bool = False  # the operator's file has it
    places_changed_at: datetime | None = None

    @property
    def places_since(self) -> date | None:
        """Return the Monday from which on all weeks were told of with the places of now; None of all weeks."""
        if self.places_changed_at is None:
            return None
        return week_of(self.places_changed_at.date()).sunday + timedelta(days=1)


class Wish(NamedTuple):
    """What a lead filled in for a team."""

    name: str
    places: tuple[str, ...]
    group: str = ""
    user_group: str = ""
    channel: str = ""


class UserGroup(NamedTuple):
    """A user group of Slack's: its handle without the @, its name, and the ids of the users in it."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]


class ListedTeam(NamedTuple):
    """A team of the operator's file; *lead_person_id* is None where the directory does not know the address."""

    name: str
    places: tuple[str, ...]
    lead_person_id: int | None
    group: str = ""
    user_group: str = ""
    cost_group: str = ""
    channel: str = ""


class Pending(NamedTuple):
    """What an operator is asked to agree to: a new team, or other places for one that is there."""

    team: Team  # as it would be
    is_new: bool


def wish_mark(places: Sequence[str]) -> str:
    """Return eight hex digits that tell one wish for places from another, so that an answer settles the one it saw."""
    return sha256("\n".join(places).encode()).hexdigest()[:8]


class Verdict(Enum):
    """What comes of a wish."""

    AT_ONCE = "at once"
    ASK = "an operator has to agree"
    NAME_TAKEN = "a team of that name is there"
    SOMEBODY_ELSES = "the file names another lead"


def verdict(
    wish: Wish, lead_person_id: int, listed: ListedTeam | None, *, is_taken: bool, has_operators: bool
) -> Verdict:
    """Return whether a team is set up at once, who has to agree, or why it cannot be.

    *listed* is the team of that name in the operator's file. Its operator has agreed to its places already,
    for the lead whom it names.
    """
    if is_taken:
        return Verdict.NAME_TAKEN
    if listed is not None and listed.lead_person_id != lead_person_id:
        return Verdict.SOMEBODY_ELSES
    return Verdict.ASK if has_operators and not is_listed(wish, listed) else Verdict.AT_ONCE


def is_listed(wish: Wish, listed: ListedTeam | None) -> bool:
    """Return whether the operator's file has a team with exactly the members and places that are wished for."""
    if listed is None or (wish.group, wish.user_group) != (listed.group, listed.user_group):
        return False
    return has_places(listed, wish.places)


def has_places(listed: ListedTeam | None, places: Collection[str]) -> bool:
    """Return whether the operator's file has a team with exactly these places."""
    return listed is not None and set(places) == set(listed.places)


def places_need_agreement(
    team: Team, places: Collection[str], listed: ListedTeam | None, *, has_operators: bool
) -> bool:
    """Return whether an operator has to agree to other *places* of a team.

    Fewer of the same need nobody, nor do those that the file gives a team of that name and lead.
    """
    is_theirs = listed is not None and listed.lead_person_id == team.lead_person_id and has_places(listed, places)
    return has_operators and not set(places) <= set(team.places) and not is_theirs


def next_at(team: Team, usual: Usual, tz: str, now: datetime) -> datetime:
    """Return the moment (UTC) after *now* at which a team's digest is due next, by its lead's clock."""
    weekday = usual.weekday if team.weekday is None else team.weekday
    hour = usual.hour if team.hour is None else team.hour
    return next_due(Subscription("button", weekday, hour), tz, now)


def may_manage(team: Team, person_id: int) -> bool:
    """Return whether somebody may see and change a team's settings: its lead alone."""
    return team.lead_person_id == person_id


def name_key(name: str) -> str:
    """Return the form in which names of teams are compared."""
    return " ".join(name.split()).casefold()


def is_name(name: str) -> bool:
    """Return whether *name* can be a team's or a group's: a line of text that is not too long."""
    return 0 < len(name) <= MAX_NAME and name.isprintable() and name == name.strip()


def is_place(text: str) -> bool:
    """Return whether *text* can be what a source calls a repository or project."""
    return 0 < len(text) <= _MAX_PLACE and text.isprintable() and not any(char.isspace() for char in text)


def places_in(lines: str) -> tuple[str, ...]:
    """Return the places that are typed or chosen, one a line or with commas, each once."""
    return tuple(dict.fromkeys(part for line in lines.splitlines() for part in line.replace(",", " ").split()))


def members_in(text: str) -> tuple[str, str]:
    """Return the group of the file and the user group that a choice of members names; one of them is empty.

    *text* is "group NAME" or "slack ID" where it was chosen, and a name or an id where it was typed.
    """
    kind, _, name = text.strip().partition(" ")
    if kind == "slack" and is_user_group(name):
        return "", name
    if kind == "group" and name:
        return name, ""
    return ("", text.strip()) if is_user_group(text.strip()) else (text.strip(), "")


def members_as_chosen(group: str, user_group: str) -> str:
    """Return the choice of members that `members_in` reads."""
    return f"slack {user_group}" if user_group else f"group {group}"


def is_user_group(text: str) -> bool:
    """Return whether *text* is the id of a user group in Slack."""
    return _USER_GROUP.fullmatch(text) is not None


def channel_in(text: str) -> str | None:
    """Return the channel that *text* names by its id, alone or as Slack writes a link to it; None if it names none."""
    linked = _LINKED_CHANNEL.fullmatch(text.strip())
    if linked:
        return linked[1]
    return text.strip() if _CHANNEL.fullmatch(text.strip()) else None


def unreported(places: Sequence[str], reported: Collection[str]) -> list[str]:
    """Return those of *places* that no source has reported anything of."""
    return [place for place in places if place not in reported]
