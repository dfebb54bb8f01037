"""Messages on their way inside another one to the same person: they take the fate of the row that carries them.

While it is on its way a carried row has no owner and no lease of its own. It changes only in the transaction that
changes its carrier, so that whoever has the carrier in hand, or looks for it, decides for both.
"""

from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from bot.domain.delivery import Key
from storage.tables import Outbox


def reference(key: Key) -> str:
    """Return how a carried row names its carrier, a message to the same person; no kind has a space in its name."""
    return f"{key.kind} {key.period}"


def follow(session: Session, carrier: Key, **values: Any) -> None:
    """Let what *carrier* carries come to the same end."""
    _change(session, carrier, values)


def get_off(session: Session, carrier: Key, *, not_tried: int = 0, error: str = "") -> None:
    """Let what *carrier* carried, and what was surely not posted, be open again, with so many tries taken back."""
    values = {"state": "pending", "carried_by": "", "last_error": error, "attempts": col(Outbox.attempts) - not_tried}
    _change(session, carrier, values)


def _change(session: Session, carrier: Key, values: dict[str, Any]) -> None:
    carried = (
        col(Outbox.person_id) == carrier.person_id,
        col(Outbox.carried_by) == reference(carrier),
        col(Outbox.state) == "sending",
    )
    statement = update(Outbox).where(*carried).values(**values)
    session.connection().execute(statement.execution_options(synchronize_session=False))
