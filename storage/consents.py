"""Whose cost may be counted in shared figures: those who said yes, and under which policy they said it."""

from collections.abc import Collection, Iterator
from typing import Final

from sqlalchemy import and_, exists, select
from sqlmodel import Session

from storage.ids import table_of
from storage.tables import Person, Setting, SlackUser

COUNTED: Final = "counted"
UNDER_POLICY: Final = "counted_under_policy"
YES: Final = "yes"
_settings, _persons, _users = table_of(Setting), table_of(Person), table_of(SlackUser)
_mark = _settings.alias("mark")
_SAID_YES: Final = (
    select(_settings.c.person_id, _mark.c.value)
    .select_from(
        _settings.join(_persons, _persons.c.id == _settings.c.person_id).join(
            _mark, and_(_mark.c.person_id == _settings.c.person_id, _mark.c.name == UNDER_POLICY)
        )
    )
    .where(_settings.c.name == COUNTED, _settings.c.value == YES)
    .where(_persons.c.switched_on_at.is_not(None), _persons.c.left_on.is_(None))
    .where(exists().where(_users.c.person_id == _persons.c.id, _users.c.is_guest.is_(False)))
    .order_by(_settings.c.person_id)
    .execution_options(yield_per=10_000)
)


def consents(session: Session) -> Iterator[tuple[int, str]]:
    """Yield every employee who said yes and is here, with the mark of the policy under which they said it.

    Who has become a guest is not: guests are not answered, and could not take their yes back.
    """
    yield from ((person_id, mark) for person_id, mark in session.connection().execute(_SAID_YES))


def persons_counted(session: Session, marks: Collection[str]) -> list[int]:
    """Return those whose yes was given under one of the policies with *marks*, in the order of their numbers."""
    return [person_id for person_id, mark in consents(session) if mark in marks]
