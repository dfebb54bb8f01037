"""Eight writers, a pull, the notes and readers on one SQLite file: nobody hears that it is locked, nothing is lost."""

from dataclasses import replace
from functools import partial

from sqlmodel import Session

from bot.jobs import digests, sync
from storage import choices, subscriptions
from storage.engine import open_database
from storage.tables import Setting
from tests.cast import ADA, T0
from tests.jobs.test_sync import Stand, on, rows_of, with_source
from tests.threads import at_once
from tests.weeks import DUE
from tests.weeks import on as on_since

WRITERS = 8
TIMES = 60


def count_on(session: Session, name: str) -> None:
    found = session.get_one(Setting, (1, name))
    found.value = str(int(found.value) + 1)
    session.add(found)


def test_of_many_who_write_and_read_at_once_nobody_is_turned_away_and_no_update_is_lost(sqlite_url: str) -> None:
    """Two pools, as of a bot and of a verb of the command line beside it."""
    bot, verb = open_database(sqlite_url), open_database(sqlite_url)
    try:
        bot.writing(partial(choices.choose, person_id=1, name="all", value="0", now=T0))
        ada = on(bot, ADA)
        person = on_since(bot).person_id
        bot.writing(partial(subscriptions.subscribe, person_id=person, mode="button", now=DUE.replace(day=10)))
        services = with_source(verb, Stand())

        def work(number: int) -> int:
            if number == WRITERS:
                return sum(sync.run(services)["failed"] for _ in range(4))
            if number == WRITERS + 1:
                return sum(digests.run(replace(services, now=lambda: DUE))["planned"] for _ in range(20))
            for _ in range(TIMES):
                (bot, verb)[number % 2].writing(partial(count_on, name="all"))
                with bot.reading() as session:
                    choices.settings_of(session, 1)
            return 0

        *_, failed, planned = at_once(WRITERS + 2, work)
        with bot.reading() as session:
            counted = int(choices.settings_of(session, 1)["all"])

        assert (counted, failed, planned) == (WRITERS * TIMES, 0, 1)
        assert len({each.day for each in rows_of(bot, ada)}) == len(rows_of(bot, ada)) == 28
    finally:
        bot.dispose()
        verb.dispose()
