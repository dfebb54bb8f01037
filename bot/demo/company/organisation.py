"""Larkfield's organisation, as Sam has written it into the company's file."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from bot.demo.company.people import COMPANY, Person, everybody
from bot.demo.company.repositories import BY_TEAM, SUPPORT
from bot.demo.company.roster import ENGINEERING

_ENGINEERING: Final = "Engineering"
_PROJECTS: Final = {"Support": (SUPPORT,)}  # in Jira, which is not connected
_HEADER: Final = ("what", "name", "value")


def organisation_file() -> bytes:
    """Return the file: everybody but guests in a tree of groups, and the teams that have a lead."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_HEADER, *_rows()])
    return text.getvalue().encode()


def _rows() -> Iterator[tuple[str, str, str]]:
    employed = [person for person in everybody() if not person.is_guest]
    yield "group", COMPANY, ""
    yield "group", _ENGINEERING, COMPANY
    for team in sorted({person.team for person in employed}):
        yield "group", team, _ENGINEERING if team in ENGINEERING else COMPANY
    for person in employed:
        yield "member", person.email, person.team
    for person in employed:
        if person.leads:
            yield from _team(person)


def _team(lead: Person) -> Iterator[tuple[str, str, str]]:
    yield "team", lead.team, lead.email
    for place in (*BY_TEAM.get(lead.team, ()), *_PROJECTS.get(lead.team, ())):
        yield "place", lead.team, place
