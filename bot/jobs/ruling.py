"""Which rules are in force: what the policy file says is remembered, and what it loosens waits."""

from typing import Final

import structlog
from sqlmodel import Session

from bot.domain.chain import POLICY, Entry
from bot.domain.rules import (
    PolicyRules,
    Said,
    Version,
    changes,
    file_history,
    rules_in_force,
    rules_mark,
    waiting,
)
from bot.jobs.kind import Payload, ToChannel
from bot.policy_in_force import PolicyInForce
from bot.services import Services
from bot.views.blocks import Message
from bot.views.rules_page import rules_changed
from storage.access_log import note
from storage.planning import plan
from storage.policies import add_version, versions

log = structlog.get_logger()
RULES: Final = "rules"


def take_file(services: Services) -> None:
    """Remember what the policy file says, when the bot starts; what it loosens will be in force later."""
    policy = services.policy
    file = policy.file if isinstance(policy, PolicyInForce) else policy
    services.database.writing(lambda session: _keep(session, services, file.rules))
    learn(services)


def keep_up(services: Services) -> None:
    """Note that rules have come into force which waited until today, and obey what other replicas have read."""
    with services.database.reading() as session:
        known = versions(session)
    if known and rules_in_force(file_history(known), services.now().date()) != known[-1].rules:
        services.database.writing(lambda session: _keep(session, services, None))
    learn(services)


def learn(services: Services) -> None:
    """Obey what the file has said before, as the database knows it."""
    with services.database.reading() as session:
        history = file_history(versions(session))
    if isinstance(services.policy, PolicyInForce) and history:
        services.policy.learn(history)


def _keep(session: Session, services: Services, file: PolicyRules | None) -> None:
    """Add the rules of today if they, or what the file says, have changed; None is the same *file* as before."""
    now, known = services.now(), versions(session)
    history = file_history(known)
    # after a clock that was ahead: what is said now still comes after what was said then
    today = max([now.date(), *(version.in_force_from for version in known)])
    if file is not None and (not history or history[-1].rules != file):
        history.append(Said(today, file))
    if not history:
        return
    said, rules = history[-1], rules_in_force(history, now.date())
    if known and (known[-1].file_rules, known[-1].rules) == (said.rules, rules):
        return
    version = Version(today, rules_mark(rules), rules, said.rules, said.since)
    if add_version(session, version):
        note(session, Entry(POLICY, policy_mark=version.mark), now)
        log.info("rules_in_force", policy=version.mark, waiting=len(waiting(history, now.date())))
        _tell(session, services, len(known))


def _tell(session: Session, services: Services, number: int) -> None:
    """Plan a line to the operators about every version but the first."""
    channel, now = services.policy.people.operator_channel, services.now()
    if number and channel:
        payload = {"version": str(number)}
        plan(session, RULES, f"{now.date().isoformat()} {number}", [(0, now)], now, payload=payload, channel=channel)


def _compose(services: Services, payload: Payload) -> Message:
    number = int(payload["version"])
    with services.database.reading() as session:
        known = versions(session)
    before, version = known[number - 1], known[number]
    waits = waiting(file_history(known[: number + 1]), version.in_force_from)
    return rules_changed(version.mark, changes(before.rules, version.rules), waits)


KIND = ToChannel(_compose)
