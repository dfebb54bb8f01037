"""The outbox on both engines: each message has one owner at a time, and only the owner moves it on."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlmodel import Session, select

from bot.domain.delivery import Delivery, Posted
from storage import outbox
from storage.engine import Database
from storage.ids import new_id
from storage.outbox import Claim
from storage.planning import plan
from storage.tables import Outbox
from tests.cast import T0
from tests.threads import at_once

KIND: Final = "digest"
SECOND: Final = timedelta(seconds=1)
LEASE: Final = timedelta(minutes=1)


def planned(database: Database, people: int = 1, *, due_at: datetime = T0, period: str = "2026-W47") -> list[int]:
    """Plan a message to so many people; return who they are."""
    ids = sorted(new_id() for _ in range(people))
    database.adding(lambda session: plan(session, KIND, period, [(one, due_at) for one in ids], T0))
    return ids


def claim(
    database: Database, owner: str = "a", at: datetime = T0, *, most: int = 10, now: datetime | None = None
) -> list[Delivery]:
    asked = Claim(owner, (KIND,), most, at, at + LEASE)
    return database.adding(lambda session: outbox.claim_due(session, asked, now or at))


def one_in_hand(database: Database, *, sending: bool = False) -> Delivery:
    planned(database)
    (found,) = claim(database)
    if sending:
        assert database.adding(lambda session: outbox.to_sending(session, found, T0, T0 + LEASE))
    return found


def rows(database: Database) -> list[Outbox]:
    with database.reading() as session:
        return list(session.exec(select(Outbox)))


def test_what_is_planned_again_stays_as_it_is(database: Database) -> None:
    def both(session: Session) -> tuple[int, int]:
        first = plan(session, KIND, "2026-W47", [(1, T0), (2, T0)], T0, payload={"week": "2026-W47"})
        again = plan(session, KIND, "2026-W47", [(2, T0 + LEASE), (3, T0)], T0, payload={"week": "other"})
        return first, again

    assert database.adding(both) == (2, 1)
    found = {row.person_id: row for row in rows(database)}
    assert found.keys() == {1, 2, 3}
    assert (found[2].due_at, json.loads(found[2].payload)) == (T0, {"week": "2026-W47"})
    assert {row.state for row in found.values()} == {"planned"}


def test_a_plan_that_fails_in_the_middle_leaves_nothing(database: Database) -> None:
    def fail(session: Session) -> None:
        plan(session, KIND, "2026-W47", [(1, T0)], T0)
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        database.adding(fail)
    assert rows(database) == []


def test_planning_nothing_is_fine(database: Database) -> None:
    assert database.adding(lambda session: plan(session, KIND, "2026-W47", [], T0)) == 0


def test_moments_come_back_as_they_went_in(database: Database) -> None:
    due = T0 + timedelta(microseconds=123_456)
    planned(database, due_at=due)

    (found,) = rows(database)
    assert (found.due_at, found.created_at) == (due, T0)


def test_what_is_not_due_is_left_alone(database: Database) -> None:
    planned(database, due_at=T0 + SECOND)

    assert claim(database) == []
    assert len(claim(database, at=T0 + SECOND)) == 1


def test_what_somebody_has_in_hand_nobody_else_gets_until_the_lease_is_over(database: Database) -> None:
    planned(database)
    (mine,) = claim(database, "a")

    assert claim(database, "b", T0 + LEASE) == []
    (theirs,) = claim(database, "b", T0 + LEASE + SECOND)
    assert (mine.owner, theirs.owner, mine.key) == ("a", "b", theirs.key)
    assert not database.adding(lambda session: outbox.to_sending(session, mine, T0, T0 + LEASE))
    assert database.adding(lambda session: outbox.to_sending(session, theirs, T0, T0 + LEASE))


def test_a_lease_of_a_clock_that_was_put_back_since_is_over(database: Database) -> None:
    planned(database, due_at=T0 - timedelta(days=400))
    claim(database, "a", T0)

    assert len(claim(database, "b", T0 - timedelta(days=300))) == 1


def test_of_many_who_claim_at_once_each_message_has_one_owner(database: Database) -> None:
    everybody = planned(database, 200)

    def take(number: int) -> list[Delivery]:
        mine: list[Delivery] = []
        while found := claim(database, f"sender {number}", most=7):
            mine += found
        return mine

    taken = at_once(4, take)
    assert sorted(one.key.person_id for mine in taken for one in mine) == everybody


def test_the_longest_due_goes_first_and_what_was_lost_on_its_way_before_all(database: Database) -> None:
    lost = one_in_hand(database, sending=True).key.person_id
    (second,) = planned(database, due_at=T0 - timedelta(hours=2))
    (third,) = planned(database, due_at=T0 - timedelta(hours=1))

    found = claim(database, "b", T0 + LEASE + SECOND)
    assert [one.key.person_id for one in found] == [lost, second, third]
    assert [one.uncertain for one in found] == [True, False, False]


def test_kinds_that_a_replica_does_not_know_are_left_to_others(database: Database) -> None:
    database.adding(lambda session: plan(session, "of a later version", "1", [(1, T0)], T0))

    assert claim(database) == []


def test_a_message_to_a_channel_says_where_it_goes(database: Database) -> None:
    database.adding(lambda s: plan(s, KIND, "1", [(0, T0)], T0, payload={"about": "x"}, channel="C01"))

    (found,) = claim(database)
    assert (found.key.person_id, found.channel, found.payload) == (0, "C01", {"about": "x"})


def test_one_that_is_being_sent_counts_a_try_and_when_the_first_was(database: Database) -> None:
    found = one_in_hand(database, sending=True)
    database.adding(lambda session: outbox.to_pending(session, found, T0, 1, "why"))
    (again,) = claim(database, "b", T0 + SECOND)
    database.adding(lambda session: outbox.to_sending(session, again, T0 + SECOND, T0 + LEASE))

    (row,) = rows(database)
    assert (row.state, row.attempts, row.first_tried_at) == ("sending", 2, T0)


@pytest.mark.parametrize("step", ["sent", "pending", "uncertain", "dead"])
def test_who_has_lost_a_message_changes_nothing_of_it(database: Database, step: str) -> None:
    mine = one_in_hand(database, sending=True)
    claim(database, "b", T0 + LEASE + SECOND)
    before = [row.model_dump() for row in rows(database)]
    steps: dict[str, Any] = {
        "sent": lambda session: outbox.to_sent(session, mine, Posted("D1", "1.0")),
        "pending": lambda session: outbox.to_pending(session, mine, T0, 0),
        "uncertain": lambda session: outbox.to_uncertain(session, mine, T0, "why"),
        "dead": lambda session: outbox.to_ended(session, mine, "dead", "why"),
    }

    assert not database.adding(steps[step])
    assert [row.model_dump() for row in rows(database)] == before


def test_what_was_sent_is_never_claimed_again(database: Database) -> None:
    found = one_in_hand(database, sending=True)
    assert database.adding(lambda session: outbox.to_sent(session, found, Posted("D1", "1.5")))

    (row,) = rows(database)
    assert (row.state, row.channel, row.ts) == ("sent", "D1", "1.5")
    assert claim(database, "b", T0 + timedelta(days=30)) == []
    with database.reading() as session:
        assert outbox.channel_with(session, found.key.person_id) == "D1"
        assert outbox.channel_with(session, 0) == ""


def test_one_that_may_have_been_posted_waits_and_is_then_looked_for(database: Database) -> None:
    found = one_in_hand(database, sending=True)
    database.adding(lambda session: outbox.to_uncertain(session, found, T0 + 9 * SECOND, "no_answer"))

    assert claim(database, "b", T0 + 8 * SECOND) == []
    (again,) = claim(database, "b", T0 + 10 * SECOND)
    assert (again.uncertain, again.first_tried_at) == (True, T0)


def test_what_was_not_begun_is_given_back_and_what_is_on_its_way_is_not(database: Database) -> None:
    planned(database, 3)
    first, *_ = claim(database)
    database.adding(lambda session: outbox.to_sending(session, first, T0, T0 + LEASE))
    database.adding(lambda session: outbox.release(session, "a"))

    assert len(claim(database, "b")) == 2


def test_giving_somebody_up_ends_what_is_planned_for_them_and_for_nobody_else(database: Database) -> None:
    (ada,) = planned(database)
    (bob,) = planned(database)
    database.adding(lambda session: outbox.give_up_on(session, ada, "user_disabled"))

    assert {row.person_id: row.state for row in rows(database)} == {ada: "dead", bob: "planned"}
    with database.reading() as session:
        assert outbox.states(session) == {"dead": 1, "planned": 1}


@pytest.mark.parametrize(("hours", "expected"), [(-1, False), (0, False), (1, True), (3, False)])
def test_an_earlier_one_is_overtaken_when_a_later_one_is_due(database: Database, hours: int, expected: bool) -> None:
    found = one_in_hand(database)
    other = [(found.key.person_id, T0 + timedelta(hours=hours))]
    database.adding(lambda session: plan(session, KIND, "2026-W48", other, T0))

    with database.reading() as session:
        assert outbox.is_overtaken(session, found, T0 + timedelta(hours=2)) is expected


def test_people_are_told_of_their_messages_and_old_ones_are_forgotten(database: Database) -> None:
    (ada,) = planned(database)
    planned(database)
    with database.reading() as session:
        (told,) = outbox.messages_to(session, ada)
    assert (told.kind, told.period, told.state, told.planned_at) == (KIND, "2026-W47", "planned", T0)

    database.writing(lambda session: outbox.drop_planned_before(session, T0))
    assert len(rows(database)) == 2
    database.writing(lambda session: outbox.drop_planned_before(session, T0 + SECOND))
    assert rows(database) == []
