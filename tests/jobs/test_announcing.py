"""That the last weeks are there is said once, when everything has come that somebody waits for, and to them alone.

What is planned is sent at once here, as one replica does.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlmodel import Session

from bot.domain.people import Profile, SlackId, Viewer
from bot.jobs.announcing import announce_back_fills
from bot.jobs.backfill import fill_in
from bot.jobs.clock import tick_source
from bot.playground.local_slack import LocalSlack
from bot.services import Services
from bot.slack import Slack
from storage import choices, people
from storage.engine import Database
from storage.erasure import erase
from tests.cast import MARKS, T0, TODAY
from tests.jobs.delivering import deliver
from tests.jobs.test_sync import Stand, on, with_source
from tests.threads import at_once

ANA: Final = Profile(SlackId("T0LOCAL", "U01ANA"), "Ana Ruiz", "ana@larkfield.example", "Europe/Berlin")
MO: Final = Profile(SlackId("T0LOCAL", "U01MO"), "Mo Hale", "mo@larkfield.example", "Europe/Berlin")


def waiting(database: Database, profile: Profile, *providers: str) -> Viewer:
    """Switch somebody on whom these sources know, and who waits for them."""
    for provider in providers:
        viewer = on(database, profile, provider)
    database.writing(lambda session: wait(session, viewer))
    return viewer


def wait(session: Session, viewer: Viewer) -> None:
    choices.choose(session, viewer.person_id, choices.BACK_FILL, choices.WAITING, T0)


def asking(database: Database, way_out: Slack, *stands: Stand) -> Services:
    return replace(with_source(database, *stands), slack=way_out)


def told(slack: LocalSlack) -> list[str]:
    """Return whom the bot has written to."""
    return [call.args["channel"] for call in slack.calls if call.method == "chat.postMessage"]


def stand(kind: str, *who: Profile) -> Stand:
    return Stand(kind, people=who or (ANA, MO))


def test_people_are_told_once_and_not_before_everything_has_come(
    database: Database, slack: LocalSlack, way_out: Slack
) -> None:
    cursor, anthropic = stand("cursor"), stand("anthropic")
    services = asking(database, way_out, cursor, anthropic)
    waiting(database, ANA, "cursor", "anthropic")
    waiting(database, MO, "cursor")
    counts = [announce_back_fills(services)]
    for source in (cursor, anthropic, cursor):
        fill_in(services, source)
        counts.append(announce_back_fills(services))

    deliver(services)

    assert counts == [0, 1, 1, 0]
    assert sorted(told(slack)) == ["U01ANA", "U01MO"]


def test_the_message_has_no_figure_and_is_seen_by_them_alone(
    sqlite_database: Database, slack: LocalSlack, way_out: Slack
) -> None:
    cursor = stand("cursor")
    services = asking(sqlite_database, way_out, cursor)
    waiting(sqlite_database, ANA, "cursor")
    fill_in(services, cursor)
    announce_back_fills(services)
    deliver(services)

    (message,) = slack.shown_to("U01ANA")
    assert "Your last weeks are here" in str(message.blocks)
    assert not any(character.isdigit() for character in message.text)
    assert (message.user_ids, message.public) == (("U01ANA",), False)
    assert slack.shown_to("U01MO") == []


def test_who_paused_meanwhile_is_told_nothing_until_they_go_on(
    sqlite_database: Database, slack: LocalSlack, way_out: Slack
) -> None:
    cursor = stand("cursor")
    services = asking(sqlite_database, way_out, cursor)
    ana = waiting(sqlite_database, ANA, "cursor")
    fill_in(services, cursor)
    sqlite_database.writing(lambda session: people.pause(session, ana.person_id, T0))
    while_paused = announce_back_fills(services)
    sqlite_database.writing(lambda session: people.resume(session, ana.person_id))

    assert (while_paused, announce_back_fills(services)) == (0, 1)


def test_who_erased_everything_is_told_nothing(sqlite_database: Database, slack: LocalSlack, way_out: Slack) -> None:
    cursor = stand("cursor")
    services = asking(sqlite_database, way_out, cursor)
    ana = waiting(sqlite_database, ANA, "cursor")
    fill_in(services, cursor)
    sqlite_database.writing(lambda session: erase(session, ana.person_id, MARKS, TODAY))

    assert announce_back_fills(services) == 0
    assert deliver(services) == {}
    assert told(slack) == []


def test_whom_no_source_knows_is_told_nothing(sqlite_database: Database, slack: LocalSlack, way_out: Slack) -> None:
    waiting(sqlite_database, ANA, "elsewhere")
    services = asking(sqlite_database, way_out, stand("cursor"))

    assert announce_back_fills(services) == 0
    assert deliver(services) == {}
    assert told(slack) == []


def test_of_replicas_that_look_at_once_one_tells(database: Database, slack: LocalSlack, way_out: Slack) -> None:
    cursor = stand("cursor")
    services = asking(database, way_out, cursor)
    for profile in (ANA, MO):
        waiting(database, profile, "cursor")
    fill_in(services, cursor)
    counts = at_once(4, lambda _: announce_back_fills(services))
    at_once(4, lambda _: deliver(services))

    assert sum(counts) == 2
    assert sorted(told(slack)) == ["U01ANA", "U01MO"]


def test_who_switched_off_after_it_was_planned_is_told_nothing(
    sqlite_database: Database, slack: LocalSlack, way_out: Slack
) -> None:
    cursor = stand("cursor")
    services = asking(sqlite_database, way_out, cursor)
    ana = waiting(sqlite_database, ANA, "cursor")
    fill_in(services, cursor)
    announce_back_fills(services)
    sqlite_database.writing(lambda session: people.pause(session, ana.person_id, T0))

    assert deliver(services) == {"suppressed": 1}
    assert told(slack) == []


def test_weeks_that_came_with_a_later_hour_are_said_too(
    sqlite_database: Database, slack: LocalSlack, way_out: Slack
) -> None:
    cursor = stand("cursor")
    services = asking(sqlite_database, way_out, cursor)
    waiting(sqlite_database, ANA, "cursor")
    cursor.fails = True
    tick_source(services, cursor)
    deliver(services)
    while_it_failed = told(slack)
    cursor.fails = False
    later = replace(services, now=lambda: T0 + timedelta(hours=1))
    tick_source(later, cursor)
    deliver(later)

    assert (while_it_failed, told(slack)) == ([], ["U01ANA"])
