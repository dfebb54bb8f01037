"""The jobs that the clock starts: who left is erased in time, and a tick happens once."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import select

from bot.domain.people import SlackId
from bot.jobs import clock, directory, retention
from bot.playground.local_slack import LocalSlack
from bot.slack import connect
from storage import people
from storage.engine import Database
from storage.tables import JobSlot, Person, SlackUser
from tests.cast import ADA, MARKS, T0
from tests.promises.answers import services_on

ANA = "U01ANA"


def test_a_leaver_is_noticed_by_the_directory_and_erased_after_the_policys_days(sqlite_database: Database) -> None:
    slack = LocalSlack()
    with slack.running():
        way_out = connect(slack.bot_token, slack.api_url)
        services = replace(services_on(sqlite_database), slack=way_out)
        profile = way_out.profile(ANA)
        sqlite_database.writing(lambda session: people.switch_on(session, profile, MARKS, T0, 105))
        slack.world.users[ANA] = replace(slack.world.users[ANA], deleted=True)
        counts = directory.run(services)
        with sqlite_database.reading() as session:
            left_on = session.exec(select(Person)).one().left_on
        kept = retention.run(replace(services, now=lambda: T0 + timedelta(days=30)))
        gone = retention.run(replace(services, now=lambda: T0 + timedelta(days=31)))
        way_out.close()

    assert counts == {"refreshed": 1, "left": 1}
    assert left_on == T0.date()
    assert (kept["leavers_erased"], gone["leavers_erased"]) == (0, 1)
    with sqlite_database.reading() as session:
        assert people.viewer_of(session, SlackId("T0LOCAL", ANA)) is None
        assert session.exec(select(SlackUser)).all() == []


def test_of_people_who_are_not_here_the_directory_keeps_nothing(sqlite_database: Database) -> None:
    slack = LocalSlack()
    with slack.running():
        way_out = connect(slack.bot_token, slack.api_url)
        directory.run(replace(services_on(sqlite_database), slack=way_out))
        way_out.close()

    with sqlite_database.reading() as session:
        assert session.exec(select(SlackUser)).all() == []


def test_a_tick_is_carried_out_once_however_many_replicas_tick(database: Database) -> None:
    services = services_on(database)
    for _ in range(3):
        clock.tick(services)

    with database.reading() as session:
        slots = sorted((slot.job, slot.slot) for slot in session.exec(select(JobSlot)))
    assert slots == [("directory", "2026-11-19"), ("retention", "2026-11-19"), ("sync", "2026-11-19T09")]


def test_a_failing_job_stops_neither_the_others_nor_the_clock(database: Database) -> None:
    """The directory has nobody to ask: services without a Slack fail there."""
    services = services_on(database)
    database.writing(lambda session: people.switch_on(session, ADA, MARKS, T0, 105))
    clock.tick(services)

    with database.reading() as session:
        assert len(session.exec(select(JobSlot)).all()) == 3
