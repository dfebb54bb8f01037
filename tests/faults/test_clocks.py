"""Clocks jump, years end, hours come twice, people move, the bot was away: one note a week, the newest."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, pairwise
from typing import Final

import pytest
from sqlmodel import Session, select
from structlog.testing import capture_logs

from bot.domain.due import zone
from bot.domain.iso_week import parse_iso_week, week_of
from bot.domain.people import Profile, SlackId
from bot.jobs import clock, digests
from bot.playground.local_slack import LocalSlack
from bot.services import Services
from bot.slack import Slack
from storage import subscriptions
from storage.choices import choose
from storage.engine import Database
from storage.tables import Outbox, SlackUser
from tests.jobs.delivering import deliver
from tests.jobs.test_digests import Stage
from tests.promises.answers import services_on
from tests.weeks import DUE, ITEMS, on, paid_rows, plant

HOUR = timedelta(hours=1)
ZONES: Final = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata")
# A weekday (0 is Monday) and an hour: as usual, and at both ends of what can be chosen.
TIMES: Final = ((1, 9), (0, 7), (6, 20))
MOVERS: Final = 2


def around(first: str, weeks: int) -> list[datetime]:
    """Return when the job is run: every seven hours, with a clock that is right, an hour ahead or an hour behind."""
    began = datetime.fromisoformat(f"{first}T00:30+00:00")
    wrong = cycle((0, 1, -1))
    return [began + timedelta(hours=7 * number + next(wrong)) for number in range(weeks * 24)]


def person(number: int, tz: str) -> Profile:
    return Profile(SlackId("T0LOCAL", f"U{number:03}"), f"P{number}", f"p{number}@larkfield.example", tz)


class Planner:
    """People in many zones, with every choice of hour, whose notes are planned as time goes by."""

    def __init__(self, database: Database, began: datetime) -> None:
        self.database, self.chosen = database, dict[int, tuple[str, tuple[int, int]]]()
        self._moving: list[SlackId] = []
        for tz in ZONES:
            for time in TIMES:
                self._subscribe(tz, time, began)
        for _ in range(MOVERS):
            self._moving.append(self._subscribe("Europe/Berlin", TIMES[0], began))

    def _subscribe(self, tz: str, time: tuple[int, int], began: datetime) -> SlackId:
        profile = person(len(self.chosen), tz)
        viewer = on(self.database, profile, began)
        self.chosen[viewer.person_id] = (tz, time)

        def write(session: Session) -> None:
            subscriptions.subscribe(session, viewer.person_id, "button", began)
            for name, value in zip(("digest_weekday", "digest_hour"), time, strict=True):
                choose(session, viewer.person_id, name, str(value), began)

        self.database.writing(write)
        return profile.slack_id

    def run(self, moments: list[datetime]) -> None:
        zones = cycle(ZONES)
        for number, at in enumerate(moments):
            if number % 8 == 0:  # more than twice a week
                self.database.writing(partial(self._move, zones=[next(zones) for _ in self._moving]))
            digests.run(replace(services_on(self.database), now=lambda at=at: at))  # type: ignore[misc]

    def _move(self, session: Session, zones: list[str]) -> None:
        for who, tz in zip(self._moving, zones, strict=True):
            user = session.get_one(SlackUser, tuple(who))
            user.tz = tz
            session.add(user)

    def notes(self) -> dict[int, list[Outbox]]:
        """Return what is planned to each, by when it is due."""
        found: defaultdict[int, list[Outbox]] = defaultdict(list)
        with self.database.reading() as session:
            for row in session.exec(select(Outbox)):
                found[row.person_id].append(row)
        return {who: sorted(rows, key=lambda row: row.due_at) for who, rows in found.items()}


@pytest.mark.parametrize(
    ("first", "weeks"),
    [("2026-12-14", 5), ("2028-02-14", 5), ("2026-03-02", 6), ("2026-09-27", 6)],
    ids=["year end and week 53", "leap day", "spring, and autumn in the south", "autumn, and spring in the south"],
)
def test_everybody_gets_one_note_a_week_at_their_own_hour_and_misses_none(
    sqlite_database: Database, first: str, weeks: int
) -> None:
    moments = around(first, weeks)
    planner = Planner(sqlite_database, moments[0])
    planner.run(moments)
    notes = planner.notes()

    assert len(notes) == len(planner.chosen)
    for number, (who, (tz, (weekday, hour))) in enumerate(planner.chosen.items()):
        rows = notes[who]
        about = [week for row in rows if (week := parse_iso_week(row.period))]
        assert len(rows) == len(about) >= weeks - 1
        assert all(later.before() == earlier for earlier, later in pairwise(about)), (tz, [row.period for row in rows])
        if number >= len(planner.chosen) - MOVERS:
            continue
        for row in rows:
            due = row.due_at.astimezone(zone(tz))
            assert week_of(due.date()).before().word == row.period
            # the hour that was chosen; on Mondays none before the week is over by UTC
            assert (due.weekday(), due.hour) == (weekday, hour) or weekday == 0, (tz, due)
        assert all(later.due_at - earlier.due_at > 6 * 24 * HOUR for earlier, later in pairwise(rows))


@pytest.mark.parametrize(
    ("away", "week"), [(HOUR / 12, "2026-W46"), (72 * HOUR, "2026-W46"), (26 * 24 * HOUR, "2026-W49")]
)
def test_after_an_absence_over_the_hour_the_note_goes_once_and_is_the_newest(
    sqlite_database: Database, slack: LocalSlack, way_out: Slack, away: timedelta, week: str
) -> None:
    stage = Stage(sqlite_database, slack, way_out)
    plant(stage.database, stage.subscribed(), paid_rows(), ITEMS)
    stage.at = DUE - 2 * HOUR
    clock.tick_digests(stage.services)
    stage.at = DUE + away
    for _ in range(3):
        clock.tick_digests(stage.services)
        deliver(stage.services)
        stage.at += HOUR

    assert stage.periods() == [week]
    assert len(stage.notes()) == (week == "2026-W46")  # in the later one there is nothing to report


@pytest.mark.parametrize("nights", [1, 3, 21])
def test_of_the_nights_in_which_the_bot_was_away_one_is_made_up_for(sqlite_database: Database, nights: int) -> None:
    at = datetime(2026, 11, 19, 2, tzinfo=UTC)
    services: Services = replace(services_on(sqlite_database), now=lambda: at)
    with capture_logs() as logs:
        clock.tick_nightly(services, "retention")
        at += timedelta(days=nights, hours=9)
        for _ in range(3):
            clock.tick_nightly(services, "retention")

    assert [each["job"] for each in logs if each["event"] == "job_done"] == ["retention"] * 2
