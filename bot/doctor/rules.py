"""The rules in force and the log of who could see what, as the database has them."""

from collections.abc import Iterator
from datetime import date

from bot.domain.rules import Said, file_history, rules_in_force, rules_mark, waiting
from bot.policy import Policy
from bot.views import doctor_rules as views
from bot.views.doctor import Line
from storage import access_log
from storage.engine import Database
from storage.policies import versions


def rules_lines(database: Database, file: Policy, today: date) -> Iterator[Line]:
    """Yield which rules are in force by the *file*, and which of its values wait until when."""
    with database.reading() as session:
        history = file_history(versions(session))
    if history and history[-1].rules != file.rules:
        yield views.not_read_yet()
    if not history or history[-1].rules != file.rules:
        history.append(Said(today, file.rules))
    yield views.rules_in_force(rules_mark(rules_in_force(history, today)))
    yield from views.rules_waiting(waiting(history, today))


def log_lines(database: Database) -> Iterator[Line]:
    """Yield whether every row and every day of the log is as it was written, and gives the marks that were printed.

    How many rows there are is not said: it would tell whether the figures of enough groups are shown.
    """
    with database.reading() as session:
        broken = access_log.verify(session)
        if broken is not None:
            yield views.log_broken(broken)
            return
        yield views.log_sound(access_log.last_sealed(session))
