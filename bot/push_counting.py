"""Counting a batch of what was sent in, pushed or by telemetry, in one transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import chain
from typing import Final, NamedTuple

from sqlmodel import Session

from bot.connectors import push_batch
from bot.connectors.push_batch import BasisOf, Group, Marked, Runs
from bot.connectors.push_event import Event, Identity, Person
from bot.connectors.push_links import costs_by_reference
from bot.connectors.push_measures import ListPrice, Sums, add_up, basis_of, list_price
from bot.domain.outcomes.links import StatedLink
from bot.domain.people import Standing
from bot.domain.tally import Tally
from bot.domain.usage import STANDARD_TIER
from bot.errors import InputError, RefusedError
from bot.run_counting import RunsTold, note_runs
from bot.services import Services
from storage import finished_links, holders, people, pushes, usage
from storage.holders import Holder
from storage.ids import source_id
from storage.pushes import SourceKey, UsageKey
from storage.tokens import Bearer

PUSH: Final = "push"
_SOMEBODY_ELSE: Final = "This token is one person's: it takes only that person's own events."
_MAX_SUM: Final = 2**53  # of one group in one request; a day of many stays far within 64 bits
_Holders = Mapping[tuple[str, str], Sequence[Holder]]


class PushTaken(NamedTuple):
    """What became of a push; the same whoever the events are about, on or not."""

    read: int
    repeated: int
    conflicts: Sequence[str]


class Sender(NamedTuple):
    """The source that a token's deliveries are, and whose account it belongs to; 0: an operator's platform."""

    source: int
    account: int


def count(session: Session, services: Services, marked: Marked, bearer: Bearer) -> PushTaken:
    """Count the events that have not been counted before; repeats are harmless, conflicts are listed.

    Raises RefusedError when a person's own token brings somebody else's event.
    """
    if bearer.person_id is not None:
        refuse_others(session, services, bearer.person_id, marked.events)
    sender = sender_of(session, PUSH, bearer)
    if sender is None:
        return PushTaken(len(marked.events), 0, ())
    return count_from(session, services, sender, marked, partial(basis_of, own=bool(sender.account)))


def sender_of(session: Session, kind: str, bearer: Bearer) -> Sender | None:
    """Return the source of *kind* that a token's deliveries are; None when it is of a person who is not on."""
    account = 0
    if bearer.person_id is not None:
        owner = people.by_person_id(session, bearer.person_id)
        if owner is None or owner.standing is not Standing.ON:
            return None
        account = people.own_account(session, owner.slack_id)
    return Sender(source_id(session, kind, bearer.name, owner=account), account)


def count_from(
    session: Session, services: Services, sender: Sender, marked: Marked, basis_of_event: BasisOf
) -> PushTaken:
    """Count the events of a sender that have not been counted before."""
    today = services.now().date()
    known = pushes.claim(session, sender.source, marked.firsts, today)
    fresh, repeated, conflicts = push_batch.sort_out(marked, known)
    groups = push_batch.group(fresh, basis_of_event)
    runs = {key: push_batch.runs_of(key, grouped) for key, grouped in groups.items()}
    told = {mark: 0 for each in runs.values() for mark in (*each.runs, *each.results)}
    begun = told.keys() - pushes.claim(session, sender.source, told, today).keys()
    whose = holders_of(session, services, {key.identity for key in groups})
    add_sums(session, services, sender, _sums(services, groups, runs, begun), whose=whose)
    stated = costs_by_reference(fresh, sender.source, basis_of_event, services.prices)
    _add_links(session, services, sender, stated, whose)
    note_runs(session, services, sender.source, RunsTold(fresh, basis_of_event, whose), own=bool(sender.account))
    return PushTaken(len(marked.events), repeated, conflicts)


def add_sums(
    session: Session,
    services: Services,
    sender: Sender,
    sums: Mapping[Group, Sums],
    *,
    pieces: bool = False,
    whose: _Holders | None = None,
) -> None:
    """Add *sums* to the people they are about, and an operator's to the sums over everybody.

    Of *pieces* None says nothing; otherwise it is unknown. Raises InputError when a sum is absurd.
    """
    if max(filter(None, chain.from_iterable(each.values for each in sums.values())), default=0) > _MAX_SUM:
        raise InputError("The amounts of one request add up to more than can be kept: check their units.")
    whose = holders_of(session, services, {key.identity for key in sums}) if whose is None else whose
    _add_for_accounts(session, services, sender, sums, whose, pieces=pieces)
    if not sender.account:
        pushes.add_over_everybody(session, sender.source, _over_everybody(sums, pieces=pieces), pieces=pieces)


def holders_of(session: Session, services: Services, identities: Collection[Identity]) -> _Holders:
    """Return whose accounts *identities* name."""
    return holders.by_identity(session, services.slack.org_id, identities, services.marks)


def refuse_others(session: Session, services: Services, person_id: int, events: Sequence[Event]) -> None:
    """Raise RefusedError unless every event is about the person, on that day."""
    if others(session, services, person_id, ((event.person, event.day) for event in events)):
        raise RefusedError(_SOMEBODY_ELSE)


def others(
    session: Session, services: Services, person_id: int, told: Iterable[tuple[Person, date]]
) -> set[tuple[Person, date]]:
    """Return those of *told* that are not about the person, on that day."""
    distinct = set(told)
    whose = holders_of(session, services, {person.identity for person, _ in distinct})

    def is_theirs(person: Person, day: date) -> bool:
        theirs = (each for each in whose.get(person.identity, ()) if each.person_id == person_id)
        return any(each.first <= day <= each.last for each in theirs)

    return {(person, day) for person, day in distinct if not is_theirs(person, day)}


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
    return sums


def _over_everybody(sums: Mapping[Group, Sums], *, pieces: bool) -> dict[SourceKey, Tally]:
    tallies: defaultdict[SourceKey, Tally] = defaultdict(Tally)
    for key, added in sums.items():
        tallies[SourceKey(key.day, key.model, key.run_kind)].add(*added, piece=pieces)
    return tallies


def _add_for_accounts(
    session: Session, services: Services, sender: Sender, sums: Mapping[Group, Sums], whose: _Holders, *, pieces: bool
) -> None:
    """Store what is about people who are on, on the accounts that it hangs on."""
    now, own = services.now(), bool(sender.account)
    kept_since = _kept_since(services)
    tallies: defaultdict[UsageKey, Tally] = defaultdict(Tally)
    reached: dict[int, tuple[date, date]] = {}
    for key, added in sums.items():
        account = _account(whose.get(key.identity, ()), key.day, own=own)
        if account is None or key.day < kept_since:
            continue
        usage_key = UsageKey(account, key.day, key.tool, key.model, key.run_kind, key.work)
        tallies[usage_key].add(*added, piece=pieces)
        first, last = reached.get(account, (key.day, key.day))
        reached[account] = (min(first, key.day), max(last, key.day))
    pushes.add_usage(session, sender.source, tallies, pieces=pieces)
    usage.note_delivery(session, sender.source, reached, now)


def _add_links(
    session: Session,
    services: Services,
    sender: Sender,
    stated: Mapping[Identity, Sequence[StatedLink]],
    whose: _Holders,
) -> None:
    """Store what events that named finished items came to for them, of people who are on."""
    if not stated:
        return
    own, kept_since = bool(sender.account), _kept_since(services)
    links: defaultdict[int, list[StatedLink]] = defaultdict(list)
    for identity, told in stated.items():
        for link in told:
            account = _account(whose.get(identity, ()), link.used.day, own=own)
            if account is not None and link.used.day >= kept_since:
                links[account].append(link)
    finished_links.add_links(session, links)


def _kept_since(services: Services) -> date:
    return services.now().date() - timedelta(days=services.policy.retention.daily_days)


def _account(theirs: Sequence[Holder], day: date, *, own: bool) -> int | None:
    """Return the account that usage of *day* hangs on, None when nothing is collected about them."""
    return next((each.account_id for each in theirs if each.takes(day, own=own)), None)
