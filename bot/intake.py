"""What people and platforms send in: files of ccusage, and pushes."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from msgspec.structs import replace
from sqlmodel import Session

from bot import push_counting
from bot.connectors import ccusage, push
from bot.connectors.push_batch import mark_events
from bot.connectors.push_event import Event
from bot.connectors.push_file import array_of, blocks
from bot.domain.people import Standing, Viewer
from bot.domain.usage import UsageRow
from bot.errors import InputError
from bot.push_counting import PushTaken
from bot.services import Services
from storage import erasure, people, usage
from storage.ids import source_id
from storage.tokens import Bearer

_DAYS_NOTE: Final = "Days are taken as UTC; without `--timezone UTC` they are the machine's own."
_NOT_ON: Final = {
    Standing.PAUSED: "You paused collecting, so nothing was stored: resume with `/mytokens privacy`.",
    Standing.OFF: "Nothing is collected about you, so nothing was stored: switch on with `/mytokens`.",
}
_MAX_MACHINE: Final = 100


class Taken(NamedTuple):
    """What was read from a file: of somebody else, the same whether they are on, off or unknown."""

    rows: int
    days: int
    notes: Sequence[str]


def take_ccusage(services: Services, content: bytes, machine: str, viewer: Viewer | None, *, own: bool) -> Taken:
    """Put the file's days in the place of what this machine of *viewer* said of them before.

    Stored is only what is about somebody who is on and younger than the policy's daily retention; of
    an *own* upload the notes say when nothing is. Raises InputError that names the place.
    """
    if not machine.strip() or not machine.isprintable() or len(machine) > _MAX_MACHINE:
        raise InputError(f"The machine needs a name of 1 to {_MAX_MACHINE} printable characters.")
    today = services.now().date()
    report = ccusage.parse(content, today)
    kept_days = services.policy.retention.daily_days
    kept = {day: rows for day, rows in report.days.items() if day >= today - timedelta(days=kept_days)}
    notes = [_DAYS_NOTE, *report.notes]
    left_out = len(report.days) - len(kept)
    if left_out:
        notes.append(
            f"{left_out} {'day is' if left_out == 1 else 'days are'} older than {kept_days} days and left out."
        )
    standing = None
    if viewer is not None:
        standing = services.database.writing(
            lambda session: _replace(session, services, viewer, machine.strip(), kept, own=own)
        )
    if own and standing in _NOT_ON:
        notes.append(_NOT_ON[standing])
    return Taken(sum(map(len, report.days.values())), len(report.days), notes)


def _replace(
    session: Session,
    services: Services,
    viewer: Viewer,
    machine: str,
    days: dict[date, list[UsageRow]],
    *,
    own: bool,
) -> Standing:
    """Store *days* if the person is on now; return how they stand."""
    current = people.by_person_id(session, viewer.person_id)
    if current is None or current.standing is not Standing.ON:
        return Standing.OFF if current is None else current.standing
    erased_on = None if own else erasure.erased_on(session, current.slack_id, services.marks)
    account = people.own_account(session, current.slack_id)
    source = source_id(session, ccusage.SOURCE, machine, owner=account)
    taken = {day for day in days if erased_on is None or day > erased_on}
    rows = [replace(row, source_id=source) for day in sorted(taken) for row in days[day]]
    usage.replace_days(session, account, source, taken, rows, services.now())
    return Standing.ON


def take_push(services: Services, events: Sequence[Event], bearer: Bearer) -> PushTaken:
    """Count those of *events* that have not been counted before: all of them or none.

    Raises RefusedError when a person's own token brings somebody else's event.
    """
    marked = mark_events(events)
    return services.database.adding(lambda session: push_counting.count(session, services, marked, bearer))


def take_push_file(
    services: Services, path: Path, bearer: Bearer, progress: Callable[[int], None] = lambda _: None
) -> PushTaken:
    """Check a whole file of events, then count it in batches; *progress* is given bytes, of two passes.

    After an interruption the file can simply be taken again: what was counted is remembered. Raises
    InputError that names every bad line, with nothing stored, and RefusedError as `take_push`.
    """
    array = array_of(path)
    if array is not None:
        return take_push(services, push.parse(array, services.now()), bearer)
    allowed = push.window(services.now())
    _check_file(services, path, bearer, allowed, progress)
    taken = PushTaken(0, 0, ())
    for first_line, block in blocks(path):
        events, bad = push.parse_lines(block, allowed, first_line)
        push.refuse(bad)  # the file was changed meanwhile
        taken = _both(taken, take_push(services, events, bearer))
        progress(len(block))
    return taken


def _check_file(
    services: Services, path: Path, bearer: Bearer, allowed: push.Window, progress: Callable[[int], None]
) -> None:
    """Raise InputError that names every bad line, or RefusedError when an event is somebody else's."""
    problems: list[str] = []
    more = 0
    for first_line, block in blocks(path):
        events, bad = push.parse_lines(block, allowed, first_line)
        room = push.MAX_NAMED - len(problems)
        problems, more = problems + bad[:room], more + len(bad[room:])
        if bearer.person_id is not None:
            with services.database.reading() as session:
                push_counting.refuse_others(session, services, bearer.person_id, events)
        progress(len(block))
    push.refuse(problems, more)


def _both(one: PushTaken, other: PushTaken) -> PushTaken:
    return PushTaken(
        one.read + other.read,
        one.repeated + other.repeated,
        (*one.conflicts, *other.conflicts)[: push.MAX_NAMED],
    )
