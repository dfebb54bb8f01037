"""The operator's file of accounts: whose a login or key is, a row each, or `shared`."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from bot.connectors.operator_file import refuse, rows_below
from bot.domain.accounts import AssignedAccount
from bot.domain.people import normal_email

HEADER: Final = ("provider", "account", "person")
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
    found: dict[tuple[str, str], NumberedRow] = {}
    problems: list[tuple[int, str]] = []
    for line, cells in rows_below(HEADER, content):
        row = _row(cells)
        known = None if isinstance(row, str) else found.setdefault(row[:2], NumberedRow(line, row))
        if isinstance(row, str):
            problems.append((line, row))
        elif known is not None and known.account != row:
            problems.append((line, f"the account is in line {known.line} already, with another person"))
    refuse(problems)
    return list(found.values())


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
