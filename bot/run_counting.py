"""Keeping what runs come to minute by minute, of nobody but people who chose to be told at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session

from bot.connectors.otlp_readings import Reading
from bot.connectors.otlp_runs import is_of_a_run, minutes_of_readings, moment_of
from bot.connectors.push_batch import BasisOf
from bot.connectors.push_event import Event, Identity
from bot.connectors.push_runs import MinuteOf, MinuteSum, minutes_of
from bot.services import Services
from storage import recent_runs
from storage.holders import Holder
from storage.recent_runs import RunMinute

_Whose = Mapping[tuple[str, str], Sequence[Holder]]


class RunsTold(NamedTuple):
    """Events that have just been counted, what their money rests on, and whom they are about."""

    events: Sequence[Event]
    basis_of: BasisOf
    whose: _Whose


def note_runs(session: Session, services: Services, source: int, told: RunsTold, *, own: bool) -> None:
    """Keep the minutes of the last hours that events tell of; without somebody who chose it nothing is kept."""
    since = _since(services)
    events = [(event, moment) for event in told.events if (moment := event.moment()) and moment.at >= since]
    identities = {event.person.identity for event, _ in events}
    accounts = _accounts_with_alarms(session, services, identities, told.whose, own=own)
    theirs = [(event, moment) for event, moment in events if event.person.identity in accounts]
    _keep(session, services, source, accounts, minutes_of(theirs, told.basis_of, services.prices))


def note_readings(
    session: Session, services: Services, source: int, told: Iterable[tuple[Reading, int]], whose: _Whose, *, own: bool
) -> None:
    """Keep the minutes of the last hours that counters tell of, each reading with what it has just added."""
    since = _since(services)
    added = [one for one in told if is_of_a_run(*one) and moment_of(one[0].time_ns) >= since]
    identities = {each.person.identity for each, _ in added}
    accounts = _accounts_with_alarms(session, services, identities, whose, own=own)
    theirs = (one for one in added if one[0].person.identity in accounts)
    _keep(session, services, source, accounts, minutes_of_readings(theirs))


def _since(services: Services) -> datetime:
    return services.now() - timedelta(hours=services.policy.retention.raw_hours)


def _accounts_with_alarms(
    session: Session, services: Services, identities: Collection[Identity], whose: _Whose, *, own: bool
) -> Mapping[Identity, int]:
    """Return the accounts of those of *identities* who chose to be told at once."""
    today = services.now().date()
    accounts = {
        identity: each.account_id
        for identity in identities
        for each in whose.get(identity, ())
        if each.takes(today, own=own)
    }
    wanted = recent_runs.accounts_with_alarms(session, set(accounts.values())) if accounts else set()
    return {identity: account for identity, account in accounts.items() if account in wanted}


def _keep(
    session: Session,
    services: Services,
    source: int,
    accounts: Mapping[Identity, int],
    sums: Mapping[MinuteOf, MinuteSum],
) -> None:
    """Add minutes to what is kept; of a run's name only a keyed mark is."""
    minutes = []
    for (identity, tool, name, minute), summed in sums.items():
        account = accounts[identity]
        run = services.marks.of_run(account, tool, name)
        minutes.append(RunMinute(account, source, run, minute, tool, *summed))
    if minutes:
        recent_runs.add_minutes(session, minutes)
