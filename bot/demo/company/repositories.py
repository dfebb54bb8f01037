"""Where Larkfield's work is recorded: repositories and a project, their numbers, and accounts at GitHub."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from bot.demo.company.people import Person, everybody

API: Final = "acme/api"
WEB: Final = "acme/web"
PAYMENTS: Final = ("acme/payments", "acme/ledger")
SUPPORT: Final = "SUP"  # a project in Jira

# team -> where it works, what it changes most first
BY_TEAM: Final[dict[str, Sequence[str]]] = {
    "Payments": PAYMENTS,
    "Platform": ("acme/platform", "acme/ci", "acme/deploy"),
    "Mobile": ("acme/ios", "acme/android"),
    "Data": ("acme/data",),
    "Web": ("acme/site", "acme/checkout", "acme/search"),
    "Quality": ("acme/checks", "acme/ci"),
    "Reliability": ("acme/deploy", "acme/platform"),
}
# Numbers of a repository go on by so many a day, from what they were where the story's days begin.
_A_DAY: Final = {API: 4, WEB: 2}
_AT_FIRST: Final = {API: 39, WEB: -100}
_USUALLY_A_DAY, _USUALLY_AT_FIRST = 60, 400
_BEGINS: Final = timedelta(days=102)  # before the Monday of the week in which the demo starts
_ISSUE_ADDRESS: Final = "https://github.example/{place}/issues/{number}"
_CHANGE_ADDRESS: Final = "https://github.example/{place}/pull/{number}"
_JIRA_ADDRESS: Final = "https://jira.example/browse/{place}-{number}"


def monday_of_start(start: date) -> date:
    """Return the Monday of the week in which the demo starts."""
    return start - timedelta(days=start.weekday())


def number_of(place: str, day: date, start: date, slot: int) -> int | None:
    """Return the number of what was made on *day* after *slot* others there; None when the day has no more."""
    days = (day - monday_of_start(start) + _BEGINS).days
    a_day = _A_DAY.get(place, _USUALLY_A_DAY)
    number = _AT_FIRST.get(place, _USUALLY_AT_FIRST) + days * a_day + slot
    return number if slot < a_day and number > 0 else None


def reference_of(place: str, number: int) -> str:
    """Return how an item is called: "acme/api#431", "SUP-12"."""
    return f"{place}#{number}" if "/" in place else f"{place}-{number}"


def link_of(place: str, number: int, kind: str) -> str:
    """Return the address of an item; it leads nowhere."""
    if "/" not in place:
        return _JIRA_ADDRESS.format(place=place, number=number)
    return (_CHANGE_ADDRESS if kind == "change" else _ISSUE_ADDRESS).format(place=place, number=number)


def login_of(person: Person) -> str:
    """Return the account of *person* at GitHub: "ana-ruiz"."""
    return person.name.lower().replace(" ", "-") or person.handle


def is_at_github(person: Person) -> bool:
    """Return whether *person* has an account at GitHub: those who make software, and who runs it."""
    return person.team in BY_TEAM or person.handle == "sam"


def listed_at_github() -> list[Person]:
    """Return whom GitHub lists."""
    return [each for each in everybody() if is_at_github(each)]
