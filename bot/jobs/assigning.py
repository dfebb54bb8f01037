"""Loading the operator's file of accounts: all of it or nothing."""

from collections.abc import Sequence
from typing import Final

from sqlmodel import Session

from bot.connectors import accounts_file
from bot.connectors.accounts_file import NumberedRow
from bot.connectors.operator_file import refuse
from bot.services import Services
from storage import assignments

_SOMEBODY_ELSES: Final = "the account is known to be another person's than the one it names"


def take_accounts(services: Services, content: bytes) -> int:
    """Remember whose the accounts of a file are from today on; return how many rows it has.

    Raises InputError that names every line that cannot be used, with nothing stored. What it returns and
    raises is the same whether people are on, off or unknown.
    """
    rows = accounts_file.parse(content)
    services.database.writing(lambda session: _take(session, services, rows))
    return len(rows)


def _take(session: Session, services: Services, rows: Sequence[NumberedRow]) -> None:
    accounts = [row.account for row in rows]
    wrong = assignments.contradictions(session, accounts, services.marks)
    refuse((rows[place].line, _SOMEBODY_ELSES) for place in wrong)
    assignments.assign(session, accounts, services.marks, services.now().date())
