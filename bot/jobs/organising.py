"""Loading the operator's file of the organisation: all of it or nothing."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from sqlmodel import Session

from bot.connectors import org_file
from bot.connectors.org_file import OrgFile
from bot.domain.teams import unreported
from bot.services import Services
from storage import finished, organisation
from storage.organised_people import Marked, marked


class Loaded(NamedTuple):
    """How many rows the file has, and what in it may be a mistake: pairs of a line and what is odd."""

    rows: int
    odd: list[tuple[int, str]]


def take_organisation(services: Services, content: bytes) -> Loaded:
    """Put the file in the place of the one that was loaded before.

    Raises InputError that names every line that cannot be used, with nothing stored. What it returns and
    raises is the same whether people are on or off.
    """
    read = org_file.parse(content)
    with services.database.reading() as session:
        found = marked(session, read.organisation, services.marks)
        odd = sorted(_odd(session, read, found))
    services.database.writing(partial(_put, services=services, read=read, found=found))
    return Loaded(read.rows, odd)


def _put(session: Session, services: Services, read: OrgFile, found: Marked) -> None:
    organisation.replace_organisation(session, read.organisation, services.marks, services.now(), found)


def _odd(session: Session, read: OrgFile, found: Marked) -> Iterator[tuple[int, str]]:
    for email in found.unknown_leads():
        yield read.lead_lines[email], "the lead is nobody whom Slack's directory knows; so far nobody can set this up"
    reported = set(finished.places(session))
    for place in unreported(list(read.place_lines), reported):
        yield read.place_lines[place], f"no connected source has reported anything of {place} yet"
