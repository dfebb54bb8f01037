"""Counting a batch of pushed events, in one transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.connectors import push_batch
from bot.connectors.push_batch import Group, Marked, Runs
from bot.connectors.push_event import Event, Identity
from bot.connectors.push_measures import ListPrice, Sums, add_up, list_price
from bot.domain.people import Standing
from bot.domain.tally import Tally
from bot.domain.usage import STANDARD_TIER
from bot.errors import InputError, RefusedError
from bot.services import Services
from storage import holders, people, pushes, usage
from storage.holders import Holder
from storage.ids import source_id
from storage.pushes import SourceKey, UsageKey
from storage.tokens import Bearer

PUSH: Final = "push"
_SOMEBODY_ELSE: Final = "This token is one person's: it takes only that person's own events."
_MAX_SUM: Final = 2**53  # of one group in one request; a day of many stays far within 64 bits
_Holders = Mapping[Identity, Sequence[Holder]]


class PushTaken(NamedTuple):
    """What became of a push; the same whoever the events are about, on or not."""

    read: int
    repeated: int
    conflicts: Sequence[str]


def count(session: Session, services: Services, marked: Marked, bearer: Bearer) -> PushTaken:
    """Count the events that have not been counted before; repeats are harmless, conflicts are listed.

    Raises RefusedError when a person's own token brings somebody else's event.
    """
    events, today = marked.events, services.now().date()
    account = 0
    if bearer.person_id is not None:
        refuse_others(session, services, bearer.person_id, events)
        owner = people.by_person_id(session, bearer.person_id)
        if owner is None or owner.standing is not Standing.ON:
            return PushTaken(len(events), 0, ())
        account = people.own_account(session, owner.slack_id)
    source = source_id(session, PUSH, bearer.name, owner=account)
    fresh, repeated, conflicts = push_batch.sort_out(marked, pushes.claim(session, source, marked.firsts, today))
    groups = push_batch.group(fresh, own=bool(account))
    runs = {key: push_batch.runs_of(key, grouped) for key, grouped in groups.items()}
    told = {mark: 0 for each in runs.values() for mark in (*each.runs, *each.results)}
    begun = told.keys() - pushes.claim(session, source, told, today).keys()
    sums = _sums(services, groups, runs, begun)
    _add_for_accounts(session, services, source, sums, _holders_of(session, services, fresh), own=bool(account))
    if not account:
        pushes.add_over_everybody(session, source, _over_everybody(sums))
    return PushTaken(len(events), repeated, conflicts)


def _holders_of(session: Session, services: Services, events: Sequence[Event]) -> _Holders:
    named: dict[str, set[str]] = {"email": set(), "slack": set(), "external": set()}
    for kind, name in (person.identity for person in {event.person for event in events}):
        named[kind].add(name)
    marks = services.marks
    found = {
        "email": holders.by_email(session, named["email"], marks),
        "slack": holders.by_slack(session, services.slack.org_id, named["slack"], marks),
        "external": holders.by_external(session, named["external"], marks),
    }
    return {Identity(kind, name): held for kind, names in found.items() for name, held in names.items()}


def refuse_others(session: Session, services: Services, person_id: int, events: Sequence[Event]) -> None:
    """Raise RefusedError unless every event is about the person, on that day."""
    whose = _holders_of(session, services, events)
    for person, day in {(event.person, event.day) for event in events}:
        theirs = (each for each in whose.get(person.identity, ()) if each.person_id == person_id)
        if not any(each.first <= day <= each.last for each in theirs):
            raise RefusedError(_SOMEBODY_ELSE)


def _sums(
    services: Services, groups: Mapping[Group, Sequence[Event]], runs: Mapping[Group, Runs], begun: set[bytes]
) -> dict[Group, Sums]:
    """Add each group up; a run that *begun* has counts in the first of its groups."""
    prices: dict[tuple[str, str, date], ListPrice | None] = {}
    sums = {}
    for key, events in groups.items():
        counted = len(runs[key].runs & begun), len(runs[key].results & begun)
        begun -= runs[key].runs | runs[key].results
        priced = (key.provider, key.model, key.day)
        if priced not in prices:
            prices[priced] = list_price(services.prices(*priced, STANDARD_TIER))
        sums[key] = add_up(events, key.basis, prices[priced], counted)
        if any(value is not None and value > _MAX_SUM for value in sums[key].values):
            raise InputError("The amounts of one request add up to more than can be kept: check their units.")
    return sums


def _over_everybody(sums: Mapping[Group, Sums]) -> dict[SourceKey, Tally]:
    tallies: defaultdict[SourceKey, Tally] = defaultdict(Tally)
    for key, added in sums.items():
        tallies[SourceKey(key.day, key.model, key.run_kind)].add(*added)
    return tallies


def _add_for_accounts(
    session: Session, services: Services, source: int, sums: Mapping[Group, Sums], whose: _Holders, *, own: bool
) -> None:
    """Store what is about people who are on, on the accounts that it hangs on."""
    now = services.now()
    kept_since = now.date() - timedelta(days=services.policy.retention.daily_days)
    tallies: defaultdict[UsageKey, Tally] = defaultdict(Tally)
    reached: dict[int, tuple[date, date]] = {}
    for key, added in sums.items():
        account = _account(whose.get(key.identity, ()), key.day, own=own)
        if account is None or key.day < kept_since:
            continue
        tallies[UsageKey(account, key.day, key.tool, key.model, key.run_kind, key.work)].add(*added)
        first, last = reached.get(account, (key.day, key.day))
        reached[account] = (min(first, key.day), max(last, key.day))
    pushes.add_usage(session, source, tallies)
    usage.note_delivery(session, source, reached, now)


def _account(theirs: Sequence[Holder], day: date, *, own: bool) -> int | None:
    """Return the account that usage of *day* hangs on, None when nothing is collected about them."""
    return next((each.account_id for each in theirs if each.takes(day, own=own)), None)
