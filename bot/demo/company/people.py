"""Who works at Larkfield, and where they are in the local Slack. All of them are made up."""

from functools import cache
from typing import Final, NamedTuple

from bot.demo.company.roster import BERLIN, ENGINEERING, LISBON, LONDON, NAMED, NEW_YORK, STOCKHOLM, TOKYO, UNNAMED
from bot.playground.things import LocalChannel, LocalUser

COMPANY: Final = "Larkfield"
DOMAIN: Final = "larkfield.example"
GUESTS_DOMAIN: Final = "contractor.example"
_GUESTS: Final = frozenset({"gus"})
_LOCALES: Final = {BERLIN: "de-DE", LISBON: "pt-PT", STOCKHOLM: "sv-SE", NEW_YORK: "en-US", TOKYO: "ja-JP"}
_CHANNELS: Final = ("Payments", "Platform", "Mobile", "Data", "Support")
# Where time zones of people without names come from: most sit where most of the others do.
_ZONES: Final = (BERLIN, BERLIN, LONDON, LISBON, BERLIN, STOCKHOLM, NEW_YORK)


class Person(NamedTuple):
    """Somebody of the company; without a *name* only an account that adds to sums."""

    handle: str
    name: str
    email: str
    tz: str
    team: str
    leads: bool = False

    @property
    def slack_id(self) -> str:
        """The id in the local Slack, or nothing."""
        return f"U01{self.handle.upper()}" if self.name else ""

    @property
    def is_guest(self) -> bool:
        """Whether somebody else employs them."""
        return self.handle in _GUESTS

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of the organisation that they are in, from the whole company to the team."""
        inner = ("Engineering", self.team) if self.team in ENGINEERING else (self.team,)
        return (COMPANY, *inner)


@cache
def everybody() -> tuple[Person, ...]:
    """Return all 160, those with names first."""
    named = [
        _named(name, tz, team, leads=place == 0 and team != "Office")
        for team, members in NAMED.items()
        for place, (name, tz) in enumerate(members)
    ]
    teams = [team for team, more in UNNAMED.items() for _ in range(more)]
    return (*named, *(_unnamed(number, team) for number, team in enumerate(teams, len(named) + 1)))


def _named(name: str, tz: str, team: str, *, leads: bool) -> Person:
    handle = name.split()[0].lower()
    return Person(handle, name, f"{handle}@{GUESTS_DOMAIN if handle in _GUESTS else DOMAIN}", tz, team, leads)


def _unnamed(number: int, team: str) -> Person:
    handle = f"account-{number:03}"
    return Person(handle, "", f"{handle}@{DOMAIN}", _ZONES[number % len(_ZONES)], team)


@cache
def with_names() -> tuple[Person, ...]:
    """Return the sixty who have names."""
    return tuple(person for person in everybody() if person.name)


def person(handle: str) -> Person:
    """Return the person who is called *handle*; raises KeyError."""
    return {each.handle: each for each in everybody()}[handle]


def local_users() -> tuple[LocalUser, ...]:
    """Return those with names as people of the local Slack."""
    return tuple(
        LocalUser(
            each.slack_id,
            each.name,
            each.email,
            tz=each.tz,
            is_restricted=each.is_guest,
            locale=_LOCALES.get(each.tz, "en-GB"),
        )
        for each in with_names()
    )


def local_channels(bot_user_id: str) -> tuple[LocalChannel, ...]:
    """Return a channel of everybody, one a team, and a private one; the bot is in that of Payments only."""
    teams = {team: {each.slack_id for each in with_names() if each.team == team} for team in _CHANNELS}
    teams["Payments"].add(bot_user_id)
    return (
        LocalChannel("C01GENERAL", "general", members={each.slack_id for each in with_names()}),
        *(LocalChannel(f"C01{team.upper()}", team.lower(), members=members) for team, members in teams.items()),
        LocalChannel("G01PRIVATE", "private-room", members={"U01ANA", "U01MO"}, is_private=True),
    )
