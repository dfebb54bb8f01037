"""What the text model that drafts entries may have cost today, over everybody, against the policy's limit."""

from datetime import date

from sqlalchemy import delete, select, update
from sqlmodel import Session

from storage.ids import insert_new, table_of
from storage.tables import TextSpending

_spent = table_of(TextSpending)


def set_aside(session: Session, day: date, nano_usd: int, most_nano_usd: int) -> bool:
    """Set *nano_usd* aside of what may be spent on *day*; return whether there was so much left.

    Of several at once no two get the same. Days before are forgotten.
    """
    connection = session.connection()
    connection.execute(delete(_spent).where(_spent.c.day < day))
    insert_new(session, TextSpending, [{"day": day, "nano_usd": 0}])
    room = (_spent.c.day == day, _spent.c.nano_usd + nano_usd <= most_nano_usd)
    taken = connection.execute(update(_spent).where(*room).values(nano_usd=_spent.c.nano_usd + nano_usd))
    return taken.rowcount == 1


def give_back(session: Session, day: date, nano_usd: int) -> None:
    """Give back of what was set aside on *day* what was not spent."""
    session.connection().execute(
        update(_spent).where(_spent.c.day == day).values(nano_usd=_spent.c.nano_usd - nano_usd)
    )


def spent_on(session: Session, day: date) -> int:
    """Return what was set aside or spent on *day*, in nano-USD."""
    return int(session.connection().execute(select(_spent.c.nano_usd).where(_spent.c.day == day)).scalar() or 0)
