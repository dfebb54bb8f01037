"""The operator's file of accounts: whose a login or key is, a row each, or `shared`."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from bot.domain.accounts import AssignedAccount
from bot.domain.people import normal_email
from bot.errors import InputError

HEADER: Final = ("provider", "account", "person")
MAX_BYTES: Final = 64 * 2**20
_MAX_NAMED: Final = 50
_MAX_NAME: Final = 500
_PROVIDER: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_SHARED: Final = "shared"
_OWN: Final = "own"  # what people send in themselves is nobody's to give


class NumberedRow(NamedTuple):
    """A row and its line in the file."""

    line: int
    account: AssignedAccount


def parse(content: bytes) -> list[NumberedRow]:
    """Return the rows of the file; raises InputError that names every malformed line and quotes none."""
    if len(content) > MAX_BYTES:
        raise InputError(f"The file has more than {MAX_BYTES >> 20} MiB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file is not UTF-8 text; save it as CSV in UTF-8.") from None
    found: dict[tuple[str, str], NumberedRow] = {}
    problems: list[tuple[int, str]] = []
    for line, cells in _lines(text):
        row = _row(cells)
        known = None if isinstance(row, str) else found.setdefault(row[:2], NumberedRow(line, row))
        if isinstance(row, str):
            problems.append((line, row))
        elif known is not None and known.account != row:
            problems.append((line, f"the account is in line {known.line} already, with another person"))
    refuse(problems)
    return list(found.values())


def refuse(problems: Iterable[tuple[int, str]]) -> None:
    """Raise InputError when there are *problems*, pairs of a line and what is wrong with it."""
    said = [f"line {line}: {problem}" for line, problem in sorted(problems)]
    if said:
        more = [f"and {len(said) - _MAX_NAMED} more"] if len(said) > _MAX_NAMED else []
        raise InputError("Nothing was stored; mend these rows and load the file again.", [*said[:_MAX_NAMED], *more])


def _lines(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the rows below the header, each with its line; empty ones are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if tuple(cell.strip().lower() for cell in header) != HEADER:
            raise InputError(f"line 1: the header must be {','.join(HEADER)}")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InputError(f"line {reader.line_num}: not CSV ({error})") from None


def _row(cells: Sequence[str]) -> AssignedAccount | str:
    """Return what a row says, or what is wrong with it."""
    if len(cells) != len(HEADER):
        return f"{len(cells)} columns where {len(HEADER)} belong"
    provider, name, person = cells[0].lower(), cells[1], cells[2]
    if not _PROVIDER.fullmatch(provider) or provider == _OWN:
        return "the provider is not one: anthropic, cursor, github, openai, external, ..."
    if not 0 < len(name) <= _MAX_NAME or not name.isprintable():
        return "the account has no name that can be one"
    if person.lower() == _SHARED:
        return AssignedAccount(provider, name, None)
    if not _ADDRESS.fullmatch(person) or not person.isprintable() or len(person) > _MAX_NAME:
        return f"the person is neither a mail address nor `{_SHARED}`"
    return AssignedAccount(provider, name, normal_email(person))
