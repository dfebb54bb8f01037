"""The weekly digest of a team: composed once, at its hour, the same for everybody in the team, quiet on quiet weeks."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, delete

from bot.connectors.finished import WorkSource
from bot.jobs import team_digests
from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from bot.slack import Slack
from bot.views.blocks import Twin, texts_of
from storage import directory, released, teams
from storage.engine import Database
from storage.tables import Change, TeamIssue
from storage.tables import Team as TeamRow
from tests.cast import MARKS
from tests.domain.outcomes.cast import change
from tests.e2e.harness import texts
from tests.jobs.delivering import deliver
from tests.jobs.team_stage import Stage
from tests.team_company import CALM, CALM_DUE, DUE, USERS, founded, profile_of, team_of, viewer_of, worked
from tests.threads import at_once

HOUR = timedelta(hours=1)
LINES = (
    "Payments, week of 16 November",
    "*10 changes finished*, in acme/payments and acme/ledger · 2 tickets closed",
    "*From two weeks ago:* 9 changes have now stayed for 14 days, 1 came back. Usually 9 a week.",
    "*First review*\nabout 4 working hours (half within 3-6)",
    "*Merged without review*\n1 of 10",
)


class GitHub(WorkSource):
    kind, name = "github", "company"


@pytest.fixture
def users() -> list[LocalUser]:
    return USERS


@pytest.fixture
def stage(sqlite_database: Database, slack: LocalSlack, way_out: Slack) -> Stage:
    founded(sqlite_database)
    worked(sqlite_database, told_on=CALM_DUE)
    made = Stage(sqlite_database, slack, way_out)
    made.at = CALM_DUE
    return made


def test_it_goes_to_the_lead_who_is_off_once_at_their_hour(
    database: Database, slack: LocalSlack, way_out: Slack
) -> None:
    founded(database)
    worked(database, told_on=CALM_DUE)
    stage = Stage(database, slack, way_out)
    team_of(database, since=CALM_DUE - 24 * HOUR)
    done = [stage.tick(CALM_DUE + hours * HOUR)["released"] for hours in (-1, 0, 1, 20)]

    (note,) = stage.shown("U01MO")
    assert done == [0, 1, 0, 0]
    assert note.text == "Payments: this week's digest"
    for line in LINES:
        assert line in texts(note), texts(note)
    assert "Read by everybody in Payments." in texts(note)


def test_replicas_that_run_at_once_release_it_once(database: Database, slack: LocalSlack, way_out: Slack) -> None:
    founded(database)
    worked(database, told_on=CALM_DUE)
    stage = Stage(database, slack, way_out)
    stage.at = CALM_DUE
    team_of(database)
    at_once(4, lambda _: team_digests.run(stage.services))
    deliver(stage.services)

    assert len(stage.shown("U01MO")) == 1


def test_everybody_in_the_team_finds_in_home_what_the_lead_got(stage: Stage) -> None:
    team_of(stage.database)
    before = [stage.home(user) for user in ("U01ANA", "U01MO")]
    stage.tick()
    lead, member, stranger = (stage.home(user) for user in ("U01MO", "U01ANA", "U01PLAT00"))
    (note,) = stage.shown("U01MO")

    assert before == [[], []]
    assert stranger == []
    assert _texts(lead[0]) == texts_of(note.blocks)
    assert _texts(member[0]) == [*texts_of(note.blocks), "Not my team"]


def _texts(part: list[object]) -> list[str]:
    return texts_of([block.rich if isinstance(block, Twin) else block for block in part])


def test_what_was_released_stays_whatever_is_learned_later(stage: Stage) -> None:
    team = team_of(stage.database)
    stage.tick()
    before = stage.last(team.id), stage.home("U01ANA")
    worked(stage.database, more=[change(9000 + number, CALM, place="acme/payments") for number in range(50)])
    stage.tick(CALM_DUE + HOUR)

    assert (stage.last(team.id), stage.home("U01ANA")) == before
    assert len(stage.shown("U01MO")) == 1


def test_it_waits_36_hours_for_a_source_that_is_due_then_names_it(stage: Stage) -> None:
    team_of(stage.database)
    worked(stage.database, told_on=CALM_DUE - 72 * HOUR)
    services = replace(stage.services, work_sources=[GitHub()])
    done = [stage.tick(CALM_DUE + hours * HOUR, services) for hours in (0, 35, 36)]
    stage.tick(CALM_DUE + 48 * HOUR, services)

    assert [(each["waiting"], each["released"]) for each in done] == [(1, 0), (1, 0), (0, 1)]
    assert "*GitHub: nothing new since Fri 20 Nov*, so finished work may be missing." in texts(stage.shown("U01MO")[-1])


def test_it_goes_as_soon_as_the_source_has_told(stage: Stage) -> None:
    team_of(stage.database)
    worked(stage.database, told_on=CALM_DUE - 72 * HOUR)
    services = replace(stage.services, work_sources=[GitHub()])
    first = stage.tick(CALM_DUE, services)
    worked(stage.database, told_on=CALM_DUE + 30 * HOUR)
    second = stage.tick(CALM_DUE + 30 * HOUR, services)

    assert (first["waiting"], second["released"]) == (1, 1)


@pytest.mark.parametrize(("hours", "weeks"), [(23, ["2026-W47"]), (25, [])])
def test_after_an_absence_of_the_bot_the_newest_is_made_up_for_within_a_day(
    stage: Stage, hours: int, weeks: list[str]
) -> None:
    team = team_of(stage.database)
    stage.tick(CALM_DUE + hours * HOUR)
    with stage.database.reading() as session:
        found = [week for week in ("2026-W46", "2026-W47") if released.issue_of(session, team.id, week)]

    assert found == weeks


def test_a_week_with_nothing_finished_brings_no_message(stage: Stage) -> None:
    team = team_of(stage.database)
    stage.database.writing(lambda session: session.exec(delete(Change)))
    done = stage.tick()
    worked(stage.database, told_on=CALM_DUE)
    later = stage.tick(CALM_DUE + HOUR)

    assert (done["quiet"], later["released"]) == (1, 0)
    assert stage.shown("U01MO") == []
    assert stage.last(team.id) is None


def test_places_without_changes_and_places_that_are_gone_are_named(stage: Stage) -> None:
    team = team_of(stage.database)
    places = ("acme/payments", "acme/gone", "acme/old")
    stage.database.writing(lambda session: _with_places(session, team.id, places))
    worked(stage.database, told_on=CALM_DUE, more=[change(1, date(2026, 8, 3), place="acme/old")])
    stage.tick()
    said = texts(stage.shown("U01MO")[-1])

    assert "*acme/gone:* no finished work is known of it. Is it still called that?" in said
    assert "*acme/old:* nothing finished since Mon 3 Aug." in said


def test_what_two_digests_say_of_a_week_tells_nothing_of_a_place_that_was_dropped_between(stage: Stage) -> None:
    """A lead drops a place alone; what the rest has now, taken from what all had, would be that place's."""
    theirs = [change(9000 + n, CALM - timedelta(weeks=n // 2), place="acme/ledger", author=b"z") for n in range(36)]
    worked(stage.database, told_on=CALM_DUE, more=theirs)  # so that three authors stand behind what is left
    team = team_of(stage.database)
    stage.tick(DUE)
    before = stage.last(team.id)
    narrower = replace(team, places=team.places[1:])
    stage.database.writing(lambda session: teams.change(session, narrower, stage.at + HOUR))
    stage.tick(CALM_DUE)
    after = stage.last(team.id)

    assert before is not None
    assert after is not None
    assert [bool(each.stayed_by_week) for each in before.digest.kinds[:1]] == [True]
    assert before.digest.week != after.digest.week
    assert after.digest.places == narrower.places
    assert after.digest.flow is None
    assert [(each.earlier_stayed, each.usual_stayed, each.stayed_by_week) for each in after.digest.kinds] == [
        (None, None, ()) for _ in after.digest.kinds
    ]


def test_a_lead_who_left_gets_nothing_and_operators_are_told_once(stage: Stage) -> None:
    team = team_of(stage.database)
    gone = replace(profile_of("U01MO"), is_deleted=True)
    stage.database.writing(lambda s: directory.take_page(s, [gone], MARKS, CALM_DUE, guests_allowed=False))
    stage.tick()
    stage.tick(CALM_DUE + timedelta(weeks=1))

    assert stage.shown("U01MO") == []
    assert [kind for kind, _, _ in stage.outbox()] == ["team-lead-gone"]
    assert stage.last(team.id) is not None
    assert len(stage.home("U01ANA")) == 1


def test_a_channel_gets_it_and_no_member_reads_anything_else_there(stage: Stage) -> None:
    team_of(stage.database, channel="C01PAYMENTS")
    stage.tick()
    (post,) = stage.posted()

    assert post.channel == "C01PAYMENTS"
    assert LINES[1] in texts(post)
    assert stage.shown("U01MO") == []


def test_a_channel_without_the_bot_ends_the_row_and_the_lead_is_told_once(stage: Stage) -> None:
    team_of(stage.database, channel="G01PRIVATE")
    stage.tick()
    for hours in (1, 2, 24 * 7, 24 * 7 + 1):
        stage.tick(CALM_DUE + hours * HOUR)

    (told,) = stage.shown("U01MO")
    dead = [(state, why) for kind, state, why in stage.outbox() if kind == "team-digest-channel"]
    assert "I can't post the digest of Payments in <#G01PRIVATE>." in texts(told)
    assert {state for state, _ in dead} == {"dead"}
    assert all(why for _, why in dead)


@pytest.mark.parametrize("how", ["stop", "new lead"])
def test_what_changes_after_it_was_planned_is_obeyed(stage: Stage, how: str) -> None:
    team = team_of(stage.database)
    team_digests.run(stage.services)

    def change_it(session: Session) -> None:
        if how == "stop":
            teams.stop(session, team.id)
        else:
            row = session.get_one(TeamRow, team.id)
            row.lead_person_id = viewer_of(stage.database, "U01RUI").person_id
            session.add(row)

    stage.database.writing(change_it)
    deliver(stage.services)

    assert stage.shown("U01MO") == []


def test_one_team_that_cannot_be_made_holds_up_no_other(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    broken, whole = team_of(stage.database, lead="U01RUI"), team_of(stage.database, group="Platform")
    other = replace(stage.services, database=_Failing(stage.database, broken.id))
    team_digests.run(other)
    deliver(stage.services)

    assert stage.last(broken.id) is None
    assert stage.last(whole.id) is not None
    capsys.readouterr()


class _Failing(Database):
    """Fails whatever would keep an issue of one team."""

    def __init__(self, real: Database, team_id: int) -> None:
        super().__init__(real.engine)
        self._team_id = team_id

    def writing(self, work):  # type: ignore[no-untyped-def]
        def checked(session: Session) -> object:
            result = work(session)
            if session.get(TeamIssue, (self._team_id, "2026-W47")) is not None:
                raise ValueError("one team's is broken")
            return result

        return super().writing(checked)


def _with_places(session: Session, team_id: int, places: tuple[str, ...]) -> None:
    row = session.get_one(TeamRow, team_id)
    row.places = "\n".join(places)
    session.add(row)
