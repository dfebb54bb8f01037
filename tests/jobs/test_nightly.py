"""The jobs that the clock starts: who left is erased in time, and a tick happens once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain.people import SlackId
from bot.errors import ConnectorError
from bot.jobs import clock, directory, retention
from bot.playground.faults import rate_limited, server_error
from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from bot.services import Services
from bot.slack import connect
from storage import people
from storage.engine import Database
from storage.tables import JobSlot, Person, SlackUser
from tests.cast import ADA, MARKS, T0
from tests.jobs.test_finished_work import Stand as WorkStand
from tests.jobs.test_sync import Stand
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
            left_on = {person.left_on for person in session.exec(select(Person)) if person.left_on}
        kept = retention.run(replace(services, now=lambda: T0 + timedelta(days=30)))
        gone = retention.run(replace(services, now=lambda: T0 + timedelta(days=31)))
        way_out.close()

    assert counts == {"refreshed": 6, "left": 1}
    assert left_on == {T0.date()}
    assert (kept["leavers_erased"], gone["leavers_erased"]) == (0, 1)
    with sqlite_database.reading() as session:
        assert people.viewer_of(session, SlackId("T0LOCAL", ANA)) is None
        assert ANA not in set(session.exec(select(SlackUser.user_id)))


def test_every_employee_is_known_after_a_night_and_nobody_else(sqlite_database: Database) -> None:
    slack = LocalSlack()
    with slack.running():
        way_out = connect(slack.bot_token, slack.api_url)
        counts = directory.run(replace(services_on(sqlite_database), slack=way_out))
        way_out.close()

    with sqlite_database.reading() as session:
        known = set(session.exec(select(SlackUser.user_id)))
        on = [person for person in session.exec(select(Person)) if person.switched_on_at]
    assert known == {"U01ANA", "U01MO", "U01RUI", "U01SAM", "U01INES", "U01VERA"}
    assert on == []
    assert counts == {"refreshed": 6, "left": 0}


def test_a_company_of_many_pages_is_read_whole_and_slack_is_waited_for(sqlite_database: Database) -> None:
    users = [LocalUser(f"U{number:05}", f"Person {number}", f"p{number}@larkfield.example") for number in range(450)]
    slack = LocalSlack(users=users, channels=())
    waited: list[float] = []
    with slack.running():
        way_out = connect(slack.bot_token, slack.api_url, waited.append)
        slack.faults.next("users.list", rate_limited(17))
        slack.faults.next("users.list", server_error())
        directory.run(replace(services_on(sqlite_database), slack=way_out))
        way_out.close()

    asked = [call.args for call in slack.calls_of("users.list") if call.response["ok"]]
    with sqlite_database.reading() as session:
        assert len(session.exec(select(SlackUser.user_id)).all()) == 450
    assert [call["limit"] for call in asked] == ["200"] * 3
    assert waited == [17.0, 5.0]


def test_a_directory_that_slack_never_gives_out_fails_after_some_tries(sqlite_database: Database) -> None:
    slack = LocalSlack()
    waited: list[float] = []
    with slack.running():
        way_out = connect(slack.bot_token, slack.api_url, waited.append)
        slack.faults.every("users.list", 1, rate_limited(2))
        with pytest.raises(ConnectorError, match="ratelimited"):
            directory.run(replace(services_on(sqlite_database), slack=way_out))
        way_out.close()

    assert waited == [2.0] * 9


def tick(services: Services) -> None:
    for each in clock.ticks(services):
        each()


def test_every_source_is_asked_by_the_clock_of_usage_and_of_finished_work(database: Database) -> None:
    usage, work = Stand(), WorkStand()
    tick(replace(services_on(database), sources=(usage,), work_sources=(work,)))

    assert usage.asked != []
    assert work.asked != []


def test_a_tick_is_carried_out_once_however_many_replicas_tick(database: Database) -> None:
    services = services_on(database)
    for _ in range(3):
        tick(services)

    with database.reading() as session:
        slots = sorted((slot.job, slot.slot) for slot in session.exec(select(JobSlot)))
    nightly = [(name, "2026-11-19") for name in ("directory", "reconcile", "retention", "sealing")]
    hourly = [(name, "2026-11-19T09") for name in ("digests", "report", "use-cases")]
    assert slots == sorted([*hourly, *nightly, ("team-digests", "2026-11-19T09:40")])


def test_a_failing_job_stops_neither_the_others_nor_the_clock(database: Database) -> None:
    """The directory has nobody to ask: services without a Slack fail there."""
    services = services_on(database)
    database.writing(lambda session: people.switch_on(session, ADA, MARKS, T0, 105))
    tick(services)

    with database.reading() as session:
        assert len(session.exec(select(JobSlot)).all()) == 8
