"""What `worthwhile import` loads, one function a format; each returns the lines that it says."""

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, NoReturn

from tqdm import tqdm

from bot.files import content_of, path_of
from bot.intake import take_ccusage, take_push_file
from bot.jobs.assigning import take_accounts
from bot.jobs.organising import take_organisation
from bot.report_files import take_report
from bot.services import Services
from bot.views.wording import plural
from bot.work_intake import take_outcomes
from storage import people
from storage.tokens import Bearer

Said = list[str]
_WHOSE: Final = {
    "push": "every event says whom it is about",
    "outcomes": "every item says whose work it is",
    "accounts": "every row says whose account it is",
    "org": "its rows say who is in which group",
}


def misused(arguments: argparse.Namespace) -> str:
    """Return what is wrong with the words of the verb, or nothing."""
    if arguments.format == "ccusage" and not arguments.person:
        return "import --format ccusage needs --person EMAIL: whose figures are these?"
    if arguments.format != "ccusage" and arguments.person:
        whose = _WHOSE.get(arguments.format, "every row says whom it is about")
        return f"import --format {arguments.format} takes no --person: {whose}."
    return ""


def loaded(arguments: argparse.Namespace, services: Services) -> Said:
    """Load the file; raises InputError that names every row that cannot be used."""
    return FORMATS[arguments.format](arguments, services)


def _accounts(arguments: argparse.Namespace, services: Services) -> Said:
    rows = take_accounts(services, content_of(arguments.file))
    asked = "A new row counts from today; the person it names is asked in Slack whether the account is theirs."
    return [f"{plural(rows, 'row')} read, none malformed", asked]


def _ccusage(arguments: argparse.Namespace, services: Services) -> Said:
    with services.database.reading() as session:
        viewer = people.by_email(session, arguments.person, services.marks)
    taken = take_ccusage(services, content_of(arguments.file), arguments.name or "laptop", viewer, own=False)
    return [f"{plural(taken.rows, 'row')} of {plural(taken.days, 'day')} read, none malformed", *taken.notes]


def _outcomes(arguments: argparse.Namespace, services: Services) -> Said:
    rows = take_outcomes(services, content_of(arguments.file), arguments.name or "import")
    return [f"{plural(rows, 'row')} read, none malformed"]


def _organisation(arguments: argparse.Namespace, services: Services) -> Said:
    loaded = take_organisation(services, content_of(arguments.file))
    odd = [f"line {line}: {what}" for line, what in loaded.odd]
    return [f"{plural(loaded.rows, 'row')} read, none malformed", *odd]


def _push(arguments: argparse.Namespace, services: Services) -> Said:
    with path_of(arguments.file) as path:
        size = 2 * path.stat().st_size  # it is checked whole, then counted
        with tqdm(total=size, unit="B", unit_scale=True, disable=None, file=sys.stderr) as bar:
            taken = take_push_file(services, path, Bearer(arguments.name or "import", None), partial(_advance, bar))
    read = f"{plural(taken.read, 'row')} read, none malformed, {taken.repeated} known already"
    return [read, *(f"not stored, known with other content: {conflict}" for conflict in taken.conflicts)]


def _advance(bar: "tqdm[NoReturn]", size: int) -> None:
    bar.update(size)


def _report(arguments: argparse.Namespace, services: Services) -> Said:
    with path_of(arguments.file) as path:
        # each file of a day under its own name, or the last one would take the place of the others
        name = arguments.name or (Path(arguments.file).stem if arguments.file != "-" else "import")
        rows = take_report(services, arguments.format, path, name)
    return [f"{plural(rows, 'row')} read, none malformed"]


FORMATS: Final[Mapping[str, Callable[[argparse.Namespace, Services], Said]]] = {
    "accounts": _accounts,
    "bedrock": _report,
    "ccusage": _ccusage,
    "kiro-csv": _report,
    "org": _organisation,
    "outcomes": _outcomes,
    "push": _push,
}
