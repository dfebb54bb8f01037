"""Every fourth digest: figures about cost, released once, to the lead and all of the group at the same moment."""

import re
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from bot.domain.blocks_of_weeks import Block
from bot.domain.chain import POLICY, Entry
from bot.domain.released import COMPANY_CELL, group_cell
from bot.domain.rules import Version
from bot.jobs import release, team_digests, team_mail
from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from bot.policy import Sharing
from bot.slack import Slack
from bot.views.blocks import texts_of
from storage import choices, released
from storage.access_log import entries_of, last_sealed, mark_of_day, note, seal
from storage.engine import Database
from storage.erasure import erase
from storage.policies import add_version
from storage.tables import FigurePart, Outbox, ReleasedFigure
from tests.cast import MARKS, TODAY
from tests.e2e.harness import texts
from tests.jobs.delivering import deliver
from tests.jobs.team_stage import Stage
from tests.promises.answers import every_answer
from tests.team_company import (
    DUE,
    PLATFORM,
    USERS,
    billed,
    counted,
    everybody_counted,
    founded,
    team_of,
    viewer_of,
    worked,
)
from tests.threads import at_once

BLOCK = Block(36)  # 5 October to 1 November
# Twenty people at $100 come to $2,000: between 1.5 to the 18th and to the 19th.
ENGINEERING = "*Usual AI cost of Engineering, 5 Oct to 1 Nov:* $1,480-2,220, for those counted;"
PER_CHANGE = re.compile(
    r"\*All of Larkfield, 10 Aug to 1 Nov:\* \$(\d+)-(\d+) of AI per change that stayed, from the invoices\."
)
NOT_SHOWN = "*Not shown.*"


@pytest.fixture
def users() -> list[LocalUser]:
    return USERS


@pytest.fixture
def stage(sqlite_database: Database, slack: LocalSlack, way_out: Slack) -> Stage:
    return prepared(sqlite_database, slack, way_out)


def prepared(database: Database, slack: LocalSlack, way_out: Slack) -> Stage:
    founded(database)
    worked(database)
    everybody_counted(database)
    billed(database, 2000)
    database.writing(lambda session: note(session, Entry(POLICY), DUE - timedelta(days=2)))
    database.writing(lambda session: seal(session, DUE.date()))
    return Stage(database, slack, way_out)


def ledger(stage: Stage) -> dict[str, tuple[int | None, int | None]]:
    with stage.database.reading() as session:
        return {row.cell: (row.low_nano_usd, row.high_nano_usd) for row in session.exec(select(ReleasedFigure))}


def parts(stage: Stage) -> list[FigurePart]:
    with stage.database.reading() as session:
        return list(session.exec(select(FigurePart)))


def home_text(stage: Stage, user: str) -> str:
    return "\n".join(texts_of([block for part in stage.home(user) for block in part if isinstance(block, dict)]))


def test_the_lead_and_everybody_in_the_group_read_the_same_at_the_same_moment(
    database: Database, slack: LocalSlack, way_out: Slack
) -> None:
    stage = prepared(database, slack, way_out)
    team_of(database)
    everybody = ("U01ANA", "U01MO", *PLATFORM[:2])
    before = [home_text(stage, user) for user in everybody]
    stage.tick()
    (note,) = stage.shown("U01MO")

    assert before == ["", "", "", ""]
    assert ENGINEERING in texts(note)
    found = PER_CHANGE.search(texts(note))
    assert found is not None, texts(note)
    assert int(found[1]) < 2000 / 108 < int(found[2])  # 12 weeks of nine changes that stayed
    assert all(ENGINEERING in home_text(stage, user) for user in everybody[:2])  # Payments is too small for its own
    assert all("*Usual AI cost of Platform" in home_text(stage, user) for user in everybody[2:])
    assert "everybody in Engineering can read this figure. Not changed afterwards. Log mark of 16 Nov: " in texts(note)
    assert "&gt; In the four weeks to 1 November Payments finished 40 changes, of which fewer than 1 in" in texts(note)
    assert ledger(stage).keys() == {COMPANY_CELL, *map(group_cell, ("Larkfield", "Engineering", "Platform"))}
    assert len(parts(stage)) == 3 * len(PLATFORM)


def test_replicas_that_run_at_once_release_it_once(database: Database, slack: LocalSlack, way_out: Slack) -> None:
    stage = prepared(database, slack, way_out)
    team_of(database)
    done = at_once(3, lambda _: team_digests.run(stage.services))
    deliver(stage.services)

    assert all("released" in each for each in done)
    assert len(stage.shown("U01MO")) == 1
    assert len(ledger(stage)) == 4
    with database.reading() as session:
        assert len(entries_of(session, ["figure"])) == 4


def test_nothing_is_written_where_the_plan_fails(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger, who is counted and the plan are one transaction."""
    team_of(stage.database)

    def fail(*_args: object, **_more: object) -> None:
        raise ValueError("no plan")

    monkeypatch.setattr(team_mail, "plan_issue", fail)
    team_digests.run(stage.services)

    assert (ledger(stage), parts(stage)) == ({}, [])
    assert stage.home("U01PLAT00") == []


def test_no_figure_goes_to_a_channel_and_the_lead_gets_it_apart(stage: Stage) -> None:
    team_of(stage.database, channel="C01PAYMENTS")
    stage.tick()
    (post,), (note,) = stage.posted(), stage.shown("U01MO")

    assert "$" not in texts(post)
    assert "Not shown" not in texts(post)
    assert ENGINEERING in texts(note)
    assert "$" not in note.text
    assert not any(char.isdigit() for char in post.text)


@pytest.mark.parametrize("how", ["no", "erase"])
def test_an_opt_out_just_before_the_release_counts_as_out(stage: Stage, how: str) -> None:
    """Of twenty counted people who are read before, eight change their mind before the door opens."""
    prepared_before = release.prepare(stage.services, BLOCK)
    for user in PLATFORM[:8]:
        person = viewer_of(stage.database, user).person_id

        def change_mind(session: Session, person: int = person) -> None:
            if how == "no":
                choices.choose(session, person, "counted", "no", DUE)
            else:
                erase(session, person, MARKS, TODAY)

        stage.database.writing(change_mind)
    stage.database.writing(lambda session: release.figures_in(session, stage.services, prepared_before))

    assert ledger(stage).keys() == {COMPANY_CELL}
    assert parts(stage) == []


def test_a_figure_is_never_made_anew(stage: Stage) -> None:
    team_of(stage.database)
    stage.tick()
    before, home = ledger(stage), home_text(stage, "U01ANA")
    gone = viewer_of(stage.database, PLATFORM[0]).person_id
    stage.database.writing(lambda session: erase(session, gone, MARKS, TODAY))
    for user in PLATFORM[1:]:
        counted(stage.database, user, 900, says="no")
    founded(stage.database, PLATFORM[:12])  # a re-organisation
    team_of(stage.database, lead="U01RUI", group="Engineering")
    stage.tick(DUE + timedelta(hours=1))
    release.run(stage.services)

    assert ledger(stage) == before
    assert home in home_text(stage, "U01ANA")
    assert gone not in {part.person_id for part in parts(stage)}
    assert ENGINEERING in texts(stage.shown("U01RUI")[-1])


def test_a_yes_under_stricter_rules_is_not_used_under_looser_ones(stage: Stage) -> None:
    """Everybody agreed to fifteen counted people; the policy now says twelve."""
    stricter = stage.services.policy.model_copy(update={"sharing": Sharing(min_people=15)})
    version = Version(TODAY, stricter.mark, stricter.rules, stricter.rules, TODAY)
    stage.database.writing(lambda session: add_version(session, version))
    for user in PLATFORM:
        counted(stage.database, user, 100, mark=stricter.mark)
    team_of(stage.database)
    stage.tick()

    assert ledger(stage).keys() == {COMPANY_CELL}
    assert NOT_SHOWN in texts(stage.shown("U01MO")[-1])
    assert "Usual AI cost" not in home_text(stage, "U01ANA")


def test_not_shown_is_one_text_whatever_the_reason(stage: Stage) -> None:
    """Too few on the roster, too few counted, and no group at all read the same."""
    said = set()
    for group, lead in (("Payments", "U01MO"), ("", "U01RUI")):
        for user in PLATFORM[:9]:
            counted(stage.database, user, 100, says="no")
        team_of(stage.database, lead=lead, group=group or "Payments")
        stage.tick()
        note = texts(stage.shown(lead)[-1])
        said.add(note[note.index(NOT_SHOWN) : note.index("*All of")])

    assert len(said) == 1


def test_without_any_team_the_group_still_reads_its_figure(stage: Stage) -> None:
    early = release.run(stage.services)
    stage.at = DUE + timedelta(hours=40)
    late = release.run(stage.services)
    again = release.run(stage.services)

    assert (early, late, again) == ({"blocks": 0}, {"blocks": 1}, {"blocks": 0})
    assert "*Usual AI cost of Platform, 5 Oct to 1 Nov:*" in home_text(stage, PLATFORM[0])
    assert "Engineering" in home_text(stage, "U01ANA")


def test_the_log_and_the_ledger_say_under_which_rules_and_for_whom(stage: Stage) -> None:
    team_of(stage.database)
    stage.tick()
    with stage.database.reading() as session:
        mine = released.figures_with(session, viewer_of(stage.database, PLATFORM[0]).person_id)
        rows = entries_of(session, ["figure", "team_digest"])

    assert [each.group for each in mine] == ["Engineering", "Larkfield", "Platform"]
    assert {each.policy_mark for each in mine} == {stage.services.policy.mark}
    with stage.database.reading() as session:
        assert {each.log_mark for each in mine} == {last_sealed(session)}
    assert sorted(row.entry.kind for row in rows if row.entry) == ["figure"] * 4 + ["team_digest"]


def test_the_mark_that_a_digest_prints_is_that_of_its_day_for_good(stage: Stage) -> None:
    """Today's would be another as soon as the digest's own entry follows."""
    team = team_of(stage.database)
    stage.tick()
    issue = stage.last(team.id)
    assert issue is not None
    assert issue.fourth is not None
    assert issue.fourth.log_mark is not None
    day, mark = issue.fourth.log_mark
    stage.database.writing(lambda session: seal(session, TODAY))

    assert f"Log mark of 16 Nov: {mark}." in texts(stage.shown("U01MO")[-1])
    window = every_answer(stage.services, viewer_of(stage.database, PLATFORM[0]), "entries")["entries"]
    assert f" · 16 Nov {mark} · " in window
    with stage.database.reading() as session:
        assert (day, mark_of_day(session, day)) == (DUE.date() - timedelta(days=1), mark)


def test_nobody_without_a_cost_is_counted(stage: Stage) -> None:
    """Thirteen are needed; of twenty who said yes, eight have used nothing that was billed."""
    for user in PLATFORM[:8]:
        counted(stage.database, user, 0)
    stage.at = DUE + timedelta(hours=40)
    release.run(stage.services)

    assert ledger(stage).keys() == {COMPANY_CELL}


def test_a_payload_holds_no_figure(stage: Stage) -> None:
    team = team_of(stage.database)
    team_digests.run(stage.services)
    with stage.database.reading() as session:
        rows = list(session.exec(select(Outbox)))

    assert [row.payload for row in rows] == [f'{{"team": "{team.id}", "week": "2026-W46"}}']
