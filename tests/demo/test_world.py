"""The demo as people meet it: the real bot on the local Slack, with the made-up company's sources behind it."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.demo.world import YOU
from bot.domain.outcomes.person import person_outcomes
from bot.domain.period import Period
from bot.jobs.sync import sync_source
from bot.playground.shown import Shown
from bot.views.outcomes import OwnWork
from bot.views.usage import nothing_yet
from tests.demo.demonstrated import Demo, demonstrated, usd
from tests.e2e.harness import texts, until
from tests.senders import breakdown, by_agent, ccusage_file

pytestmark = pytest.mark.xdist_group("the demo")
ANA, MO, DAG, RUI = "U01ANA", "U01MO", "U01DAG", "U01RUI"
ALL = ("anthropic", "cursor", "copilot", "openai", "meshclaw")


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """A demo in which Ana has switched on by the launch post and her days have arrived."""
    with demonstrated() as made:
        first = made.press(ANA, launch_post(made, ANA), "See mine (only you will see it)")
        assert "No usage is collected about you yet" in texts(first)
        switched_on = made.press(ANA, first, "Switch it on")
        assert "It's on." in texts(switched_on)
        assert "*`ana-ruiz` at GitHub is yours*" in texts(made.press(ANA, switched_on, "Yes"))
        assert until(made.has_arrived, 60)
        yield made


def launch_post(demo: Demo, user: str) -> Shown:
    return next(shown for shown in demo.stage.slack.shown_to(user) if "New: see what your AI use costs" in texts(shown))


def test_ana_sees_what_the_tour_promises(demo: Demo) -> None:
    answer = demo.answer(ANA)

    assert "*7 changes finished*, 5 show AI help" in answer
    assert "3 have stayed for 14 days · 1 came back · 3 are too new to say" in answer
    assert "*3 tickets closed*" in answer
    assert answer.index("changes finished") < answer.index("billed")
    assert "*$197.53 billed*, $17.53 of it seats. The four weeks before: $188.60." in answer
    assert "Codex, about $12 at list price" in answer
    for bar in (r"Claude Code .*\$115.50", r"Cursor .*\$38.20", r"nightly-triage .*\$26.30", r"Copilot seat .*\$17.53"):
        assert re.search(bar, answer)
    assert "Most expensive day: Tue 10 Nov, $37.00" in answer


def test_twelve_weeks_give_the_cost_of_a_finished_change(demo: Demo) -> None:
    said = demo.answer(ANA, "12w")

    assert "*AI cost per finished change: about $23, likely $15-36.*" in said
    assert "All your AI cost ($431 billed, seats included) divided by all 19 changes that stayed" in said
    assert "10 Aug to 1 Nov" in said


def test_the_list_has_titles_and_costs_and_an_item_can_be_denied_and_taken_back(demo: Demo) -> None:
    listed = demo.press(ANA, demo.stage.ask(ANA), "See the list")
    (retry,) = [line for line in texts(listed).splitlines() if "Retry on 429" in line]
    denied = demo.press(ANA, listed, "Not mine")
    six = demo.answer(ANA)
    again = demo.press(ANA, denied, "Mine after all")

    assert retry.endswith("acme/api#431 · merged 12 Nov · too new to say · shows AI help · about $3 of AI, billed")
    assert "*6 changes finished*" in six
    assert texts(again) == texts(listed)
    assert "*7 changes finished*" in demo.answer(ANA)


def test_what_runs_stated_is_added_once_however_often_sources_are_asked(demo: Demo) -> None:
    before = texts(demo.press(ANA, demo.stage.ask(ANA), "See the list"))
    sync_source(demo.world.services, demo.world.sources["anthropic"])

    assert texts(demo.press(ANA, demo.stage.ask(ANA), "See the list")) == before


@pytest.mark.parametrize(
    ("user", "words", "said"),
    [
        ("U01BO", "", "*2 changes finished*"),
        ("U01BO", "12w", "Too few for a cost per change: 2 so far, from 5."),
        ("U01CARLA", "", "I can't see finished work for you yet"),
        ("U01LEA", "", "I can't see finished work for you yet"),
        ("U01DAG", "", "Not counted: 1 that nobody else accepted"),
    ],
)
def test_what_others_read_of_their_finished_work(demo: Demo, user: str, words: str, said: str) -> None:
    assert said in demo.answer(user, words)


def test_titles_of_others_cannot_ping_or_hold_a_key(demo: Demo) -> None:
    said = texts(demo.press(RUI, demo.stage.ask(RUI), "See the list"))

    assert "&lt;!channel&gt;" in said
    assert "<!channel>" not in said


def test_why_tuesday_gives_the_arithmetic(demo: Demo) -> None:
    said = demo.answer(ANA, "why 2026-11-10")

    assert "Tuesday 10 November: $37.00 billed" in said
    assert "*$20.50 was re-reading earlier conversation* (Claude Code on claude-opus-4-5)" in said
    assert "310 requests carried about 132,000 tokens of earlier text each: 41 million × $0.50 a million." in said
    assert "written to the cache $4.40, answers $3.00" in said
    assert "claude-sonnet-4-5 $6.20 · Cursor on claude-4.5-sonnet $1.90 · nightly-triage (ran on its own) $1.00" in said
    assert said.index("*Everything else:*") < said.index("*One option:*")
    assert "would have been about $10. Your call." in said
    assert "Your Tuesdays are usually about $8.00." in said


def test_whoever_is_on_from_the_start_can_ask_for_a_month_long_ago(demo: Demo) -> None:
    """Months before the daily rows."""
    spring, too_old = demo.answer(DAG, "2026-03"), demo.answer(DAG, "2025-03")

    assert "Your March 2026" in spring
    assert " billed" in spring
    assert "Nothing arrived for these days" in too_old


def test_messages_are_dated_by_the_demos_clock(demo: Demo) -> None:
    with demo.world.slack.world.lock:
        times = [float(ts) for ts in demo.world.slack.world.messages["C01PAYMENTS"]]

    assert abs(min(times) - demo.world.clock.start.timestamp()) < 60


def test_questions_go_to_sam(demo: Demo) -> None:
    assert "Questions: <@U01SAM>" in texts(launch_post(demo, ANA))
    assert "This works for employees only. Sorry! Questions: <@U01SAM>" in demo.answer("U01GUS")


def test_each_account_that_is_hers_is_said_with_a_way_to_undo_it(demo: Demo) -> None:
    said = demo.answer(ANA, "privacy")

    assert said.count("ana@larkfield.example") == len(demo.world.sources)
    assert said.count("Not mine") == len(demo.world.sources) + 1
    assert "at MeshClaw, from" in said
    assert "`ana-ruiz` at GitHub, from" in said


def test_inflating_dag_changes_nobody_elses_data(demo: Demo) -> None:
    others = [
        user.id for user in demo.world.slack.world.users.values() if demo.stage.viewer(user.id) and user.id != DAG
    ]
    rows, finished = {user: demo.rows(user) for user in others}, {user: demo.finished(user) for user in (*others, DAG)}
    answers, dags = {user: demo.answer(user) for user in (ANA, MO, RUI)}, demo.billed(DAG)
    demo.story.flip("inflate")
    assert demo.story.switches[0].on
    assert usd(demo.billed(DAG)) > 10 * usd(dags)
    assert {user: demo.rows(user) for user in others} == rows
    assert {user: demo.finished(user) for user in finished} == finished
    assert {user: demo.answer(user) for user in answers} == answers

    demo.story.flip("inflate")
    assert not demo.story.switches[0].on
    assert demo.billed(DAG) == dags


def test_a_source_that_stopped_today_is_named_and_the_sum_is_not_called_too_low(demo: Demo) -> None:
    before = demo.answer(RUI)
    demo.story.flip("unplug")
    said = demo.answer(RUI)
    demo.story.flip("unplug")

    assert "*Cursor: no data since Wed 18 Nov.* This sum has what came before." in said
    assert "too low" not in said
    assert demo.answer(RUI) == before


def test_who_is_newly_on_reads_which_sources_have_not_come_yet() -> None:
    period = Period("4w", date(2026, 10, 22), date(2026, 11, 18))
    today = date(2026, 11, 19)
    nothing = OwnWork(person_outcomes([], [], [], period, today, today), ["github"])
    said = nothing_yet(period, (), nothing, paused=False, awaited=("cursor", "copilot"))

    assert "waiting for the first data from Cursor and GitHub Copilot" in str(said.blocks(rich=False))


def test_a_ccusage_file_brings_you_with_its_totals() -> None:
    today = datetime.now(UTC).date()
    used: dict[str, Sequence[dict[str, Any]]] = {"claude": [breakdown("claude-opus-4-5", cost=1.25)]}
    with demonstrated(ccusage_file(*(by_agent(today - timedelta(days=back), used) for back in (1, 2)))) as demo:
        assert demo.world.has_you
        assert demo.story.starts[0].user == YOU.id
        assert demo.story.steps[0].label == "Your own figures"
        assert "*$2.50 at list price*" in demo.answer(YOU.id)
        assert demo.story.clock_text().split(",")[0].endswith(str(today.year))


def test_every_source_is_asked(demo: Demo) -> None:
    assert tuple(demo.world.sources) == ALL
    assert all(not sync_source(demo.world.services, source).failed for source in demo.world.sources.values())
