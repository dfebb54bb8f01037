"""The rail, played without a browser: every act names something that is there, and every promise of a step is kept."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bot.demo.company.people import person
from bot.demo.company.repositories import login_of
from bot.demo.seats import ANA, DAG, VERA
from bot.demo.steps import CURIOUS, PROOFS, TOUR
from bot.domain.usage import MEASURES, UsageRow
from tests.demo.demonstrated import Demo, demonstrated, usd
from tests.demo.player import Player
from tests.e2e.harness import texts, until

pytestmark = pytest.mark.xdist_group("the rail, played")
# Four weeks more, which tests/browser/test_tour.py lets pass.
LEFT_OUT = ("Be curious: one fewer",)
RANGE = re.compile(r"\*Usual AI cost of Engineering, \d+ \w+ to \d+ \w+:\* \$[\d,]+-[\d,]+, for those counted")


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    """A demo in which the rail was played, with what each step showed."""
    with demonstrated() as demo:
        played = Player(demo)
        for step in demo.story.steps:
            if step.label not in LEFT_OUT:
                played.play(step)
            if step.label == "Is that login hers?":
                assert until(demo.has_arrived, 60)
        yield played


def test_the_rail_has_every_step_once(player: Player) -> None:
    assert [step.label for step in player.demo.story.steps] == [step.label for step in (*TOUR, CURIOUS, *PROOFS)]
    assert len(player.seen) + len(LEFT_OUT) == len(player.demo.story.steps)
    assert all(step.look for step in player.demo.story.steps)


def test_nothing_moves_in_the_other_pane(player: Player) -> None:
    assert player.other_moved == []


def test_whoever_is_curious_reads_nothing_of_anas(player: Player) -> None:
    handle = person("ana").email
    for shown in player.demo.stage.slack.shown_to("U01MO"):
        said = texts(shown)
        assert handle not in said
        assert "billed" not in said


def test_a_member_reads_the_leads_digest_and_figure_word_for_word(player: Player) -> None:
    digest, home = player.messages("U01MO")[0], player.seen["Mo sets up a digest"][0]
    counted = player.seen["Ana is counted"][0]
    *_, figure = [range_ for said in player.messages("U01MO") for range_ in RANGE.findall(said)]

    assert digest.startswith("Payments: this week's digest\nPayments, week of 7 December\n*12 changes finished*")
    assert digest.partition("\n")[2].partition("\nUseful\n")[0] in home
    assert RANGE.findall(counted) == [figure]


def test_whoever_leaves_is_not_missed_in_the_next_digest(player: Player) -> None:
    *_, before, after = (_headings(said) for said in player.messages("U01MO"))

    assert "You chose: Leave me out." in player.seen["Ana leaves"][0]
    assert after == before


def _headings(digest: str) -> list[str]:
    """Return what a digest tells of, up to what it suggests to borrow, which differs by the week."""
    week = digest.partition("Changes that stayed, by week")[0]
    return [re.sub(r"\d+", "N", each) for each in re.findall(r"\*[^*]+\*", week)]


def test_who_saw_what_lists_the_figure_that_she_was_counted_in(player: Player) -> None:
    said = player.seen["What is not shown, and who saw"][0]

    engineering = r"^Engineering, cost, \d+ \w+ to \d+ \w+ · everybody in Engineering, one report reader$"
    assert re.search(engineering, said, re.MULTILINE)


def test_four_weeks_on_the_next_report_is_there_and_has_the_curve_that_stands(player: Player) -> None:
    anas, veras = player.seen["Vera wants a leaderboard"]

    assert "Is it paying off? 2 Nov to 29 Nov 2026" in veras
    assert "*Billed: $" in veras
    assert "10 Aug to 1 Nov, of those counted" in veras
    assert [said.splitlines()[1] for said in player.messages(VERA)] == [
        f"Is it paying off? {weeks}"
        for weeks in ("5 Oct to 1 Nov 2026", "2 Nov to 29 Nov 2026", "30 Nov to 27 Dec 2026")
    ]
    assert _of_people(anas) == _of_people(veras) != ""
    assert not re.search(r"Billed|budget|\bnot covered", anas)


def _of_people(report: str) -> str:
    """Return what a report says of those who chose to be counted."""
    about = re.search(r"^\*Of those who chose to be counted\*$.*?^x5$", report, re.MULTILINE | re.DOTALL)
    return about[0] if about else ""


def test_a_use_case_is_tried_and_one_is_shared_without_its_key(player: Player) -> None:
    news, card = player.messages("U01RUI")[-1], player.seen["Rui shares a trick"][0]

    assert "*One person in one team used Sort flaky tests in ten minutes last week.*" in news
    assert "Rui, Platform" in card
    assert "ghp_" not in card


def test_the_doctor_says_what_to_do_and_no_amount(player: Player) -> None:
    assert "Slack " in player.printed
    assert "\nNext: " in player.printed
    assert "fail" not in player.printed
    assert "$" not in player.printed


def test_inflating_raises_dags_cost_and_leaves_anas_to_the_cent(player: Player) -> None:
    anas, dags = player.seen["Inflate Dag's agent"]
    before = [shown for shown in map(texts, player.demo.stage.slack.shown_to(ANA)) if shown.startswith(anas[:40])]

    assert before.count(anas) >= 2
    assert any("dependency-bump" in line and usd(line.split("$")[1].split()[0]) > 1_000 for line in dags.splitlines())


def test_finished_work_leads_and_what_was_denied_and_taken_back_is_counted_again(player: Player) -> None:
    said = player.seen["/mytokens"][0]

    assert said.index("*7 changes finished*, 5 show AI help") < said.index("$")
    assert "about $23, likely $15-36" in player.seen["Twelve weeks"][0]


def test_the_week_without_cursor_is_missed_and_comes_back(player: Player) -> None:
    without, again = player.seen["Unplug Cursor for a week"][0], player.seen["Plug it in again"][0]

    assert re.search(r"\*Cursor: no data since \w+ \d+ \w+\*, so this sum is too low\.", without)
    assert "no data since" not in again
    assert _sum(again) > _sum(without)
    assert [row.day for row in player.demo.rows(ANA) if row.tool == "cursor" and row.day > date(2026, 11, 18)]


def test_every_day_that_the_sources_have_is_there_after_the_switches(player: Player) -> None:
    demo = player.demo
    if demo.story.switches[0].on:
        demo.story.flip("inflate")
    assert demo.today > date(2027, 1, 1)
    for user, kind in ((ANA, "cursor"), (DAG, "meshclaw")):
        first = demo.today - timedelta(days=45)
        told = {_figures(row) for row in demo.rows(user) if row.source == kind and row.day >= first}
        assert told == {_figures(row) for row in _reported(demo, user, kind, first)}


def test_what_ana_finished_while_time_passed_is_there(player: Player) -> None:
    demo = player.demo
    (github,) = demo.world.services.work_sources
    start = demo.world.clock.start.date()
    told = {
        each.item.reference
        for each in github.reported_work(start, demo.today).items
        if each.author == login_of(person("ana"))
    }

    assert told
    assert {item.reference for item in demo.finished(ANA) if item.finished_on >= start} == told


def _figures(row: UsageRow) -> tuple[object, ...]:
    return row.day, row.tool, row.model, row.work, *(getattr(row, name) for name in MEASURES), row.billed_nano_usd


def _reported(demo: Demo, user: str, kind: str, first: date) -> list[UsageRow]:
    account = demo.world.slack.world.users[user].email
    days = demo.world.sources[kind].reported_days(first, demo.today)
    return [each.row for day in days for batch in day.batches for each in batch if each.account == account]


def _sum(answer: str) -> float:
    return usd(answer.split(" billed*")[0].split("*")[-1])
