"""Closing the log each night, and dropping what was released long ago."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from bot.domain.blocks_of_weeks import Block
from bot.domain.chain import EXPORT, FIGURE, Entry
from bot.domain.released import Range, Released
from bot.jobs import sealing
from bot.policy import Policy, Retention
from storage import access_log, released
from storage.engine import Database
from tests.cast import T0
from tests.promises.answers import services_on

DAY = timedelta(days=1)


def release(database: Database, block: Block, days_ago: int) -> None:
    at = T0 - days_ago * DAY
    figure = Released("group cost Engineering", block, "Engineering", Range(1, 2), "", "", None, at)

    def put(session: Session) -> None:
        released.release(session, [figure])
        released.note_parts(session, block, [(7, figure.cell)])
        access_log.note(session, Entry(FIGURE, figure.cell, block.word), at)

    database.writing(put)


@pytest.mark.parametrize(("ledger_days", "left"), [(760, [34, 33]), (400, [34]), (1, [34])])
def test_figures_go_with_the_log_when_their_time_is_over_but_never_a_recent_one(
    database: Database, ledger_days: int, left: list[int]
) -> None:
    release(database, Block(32), 761)
    release(database, Block(33), 500)
    release(database, Block(34), 100)
    policy = Policy(retention=Retention(ledger_days=ledger_days))
    sealing.run(replace(services_on(database), policy=policy))

    with database.reading() as session:
        assert [each.block.number for each in released.figures_with(session, 7)] == left
        assert len(access_log.entries_of(session, [FIGURE])) == len(left)
        assert access_log.verify(session) is None


def test_a_night_that_is_missed_is_made_up_for(database: Database) -> None:
    database.writing(lambda session: access_log.note(session, Entry(EXPORT, person_id=7), T0))
    counts = [sealing.run(replace(services_on(database), now=lambda n=n: T0 + n * DAY)) for n in (0, 1, 1, 9)]  # type: ignore[misc]

    assert [count["days_sealed"] for count in counts] == [0, 1, 0, 8]
