"""Rules in force: tightened at once, loosened after 14 days without a restart, on every replica, and announced."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from bot.domain.chain import POLICY
from bot.jobs import ruling
from bot.jobs.clock import tick_rules
from bot.policy import People, Policy, Sharing
from bot.policy_in_force import PolicyInForce
from bot.services import Services
from bot.views.blocks import texts_of
from storage import access_log, policies
from storage.engine import Database
from storage.tables import Outbox
from tests.cast import T0
from tests.promises.answers import services_on
from tests.threads import at_once

DAY = timedelta(days=1)


def policy(people: int) -> Policy:
    return Policy(sharing=Sharing(min_people=people), people=People(operator_channel="C0OPS"))


@dataclass
class Replica:
    """A bot that was started with a policy file, and its clock."""

    database: Database
    at: datetime

    def __post_init__(self) -> None:
        self.services: Services = services_on(self.database)

    def started_with(self, people: int) -> "Replica":
        file = PolicyInForce(policy(people), lambda: self.at)
        self.services = replace(services_on(self.database), policy=file, now=lambda: self.at)
        ruling.take_file(self.services)
        return self

    def people(self, days: int) -> int:
        self.at = T0 + days * DAY
        tick_rules(self.services)
        return self.services.policy.sharing.min_people

    def marks(self) -> list[tuple[int, str]]:
        with self.database.reading() as session:
            return [((each.in_force_from - T0.date()).days, each.mark) for each in policies.versions(session)]

    def told(self) -> list[str]:
        """Return what operators are told, in order."""
        with self.database.reading() as session:
            rows = session.exec(select(Outbox).where(Outbox.kind == ruling.RULES)).all()
        composed = [ruling.KIND.compose(self.services, {"version": row.period.split()[1]}) for row in rows]
        return ["\n".join(texts_of(each.blocks(rich=False))) for each in composed if each]


@pytest.fixture
def replica(database: Database) -> Replica:
    return Replica(database, T0)


def test_a_loosened_value_is_in_force_after_14_days_without_a_restart(replica: Replica) -> None:
    replica.started_with(15).started_with(12)
    strict = replica.services.policy.mark

    assert [replica.people(days) for days in (0, 1, 13)] == [15, 15, 15]
    assert replica.services.policy.mark == strict
    assert [replica.people(days) for days in (14, 15)] == [12, 12]
    assert replica.marks() == [(0, strict), (0, strict), (14, policy(12).mark)]


def test_a_clock_that_was_ahead_for_a_while_writes_nothing_over_and_over(replica: Replica) -> None:
    """A year ahead the loosened value was in force; the clock is right again, and the file is tightened."""
    replica.started_with(15).started_with(12)
    assert replica.people(365) == 12
    replica.at = T0 + DAY
    replica.started_with(18)
    said = [replica.people(days) for days in (1, 1, 2, 3)]

    assert said == [18] * 4
    assert len(replica.marks()) == 4
    assert replica.started_with(18).people(3) == 18
    assert len(replica.marks()) == 4


@pytest.mark.parametrize(("file", "days", "obeyed"), [(18, 0, 18), (18, 20, 18), (12, 0, 15), (12, 20, 15)])
def test_a_verb_obeys_its_own_file_where_that_is_stricter_than_what_the_bot_has_read(
    replica: Replica, file: int, days: int, obeyed: int
) -> None:
    replica.started_with(15)
    verb = PolicyInForce(policy(file), lambda: T0 + days * DAY)
    ruling.learn(replace(replica.services, policy=verb))

    assert verb.sharing.min_people == obeyed


def test_a_tightened_value_is_in_force_at_once_and_also_on_a_replica_that_was_not_restarted(replica: Replica) -> None:
    replica.started_with(12)
    other = Replica(replica.database, T0).started_with(15)

    assert other.people(0) == 15
    assert replica.people(0) == 15
    assert [mark for _, mark in replica.marks()] == [policy(12).mark, policy(15).mark]


def test_loosening_before_the_bot_starts_again_waits_like_any_other(replica: Replica) -> None:
    replica.started_with(15)
    replica.at = T0 + 100 * DAY
    replica.started_with(12)

    assert [replica.people(days) for days in (100, 113, 114)] == [15, 15, 12]


def test_the_same_file_again_changes_nothing(replica: Replica) -> None:
    for _ in range(3):
        replica.started_with(12)
        replica.people(0)

    assert len(replica.marks()) == 1
    assert replica.told() == []


def test_two_replicas_that_start_at_once_remember_the_policy_once(database: Database) -> None:
    replicas = [Replica(database, T0) for _ in range(6)]
    at_once(6, lambda number: replicas[number].started_with(12))

    assert replicas[0].marks() == [(0, policy(12).mark)]


def test_operators_get_a_line_when_something_waits_and_when_it_is_in_force(replica: Replica) -> None:
    replica.started_with(15).started_with(12)
    replica.people(14)
    waits, changed = replica.told()

    assert "15; from 3 Dec 12 (looser)" in waits
    assert "15, now 12 (looser)" in changed
    assert "waiting" not in changed


def test_every_policy_that_came_into_force_is_in_the_log_and_found_by_its_mark(replica: Replica) -> None:
    replica.started_with(12).started_with(15)
    with replica.database.reading() as session:
        logged = [row.entry.policy_mark for row in access_log.entries_of(session, [POLICY]) if row.entry]
        rules = policies.rules_of_mark(session, policy(12).mark)
        unknown = policies.rules_of_mark(session, "0000-0000")

    assert logged == [policy(15).mark, policy(12).mark]
    assert rules == policy(12).rules
    assert unknown is None


def test_who_does_the_work_is_no_rule_and_changes_at_once(replica: Replica) -> None:
    replica.started_with(12)
    file = PolicyInForce(policy(12).model_copy(update={"people": People(help=("U0SAM",))}), lambda: T0)
    ruling.take_file(replace(replica.services, policy=file))

    assert len(replica.marks()) == 1
    assert file.people.help == ("U0SAM",)


def test_the_policy_of_the_day_has_everything_that_a_policy_has() -> None:
    file = policy(12)
    today = PolicyInForce(file, lambda: T0)

    assert {name: getattr(today, name) for name in Policy.model_fields} == {
        name: getattr(file, name) for name in Policy.model_fields
    }
    assert (today.mark, today.rules) == (file.mark, file.rules)
