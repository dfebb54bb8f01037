"""Months before the daily rows of the made-up company."""

from bot.demo.world import demo_world
from tests.e2e.harness import texts

DAG = "U01DAG"


def test_whoever_is_on_from_the_start_can_ask_for_a_month_long_ago() -> None:
    with demo_world(None) as world:
        world.slack.command(DAG, "/mytokens", "2026-03", channel="C01GENERAL")
        spring = texts(world.slack.wait_shown(DAG, timeout=10))
        world.slack.command(DAG, "/mytokens", "2025-03", channel="C01GENERAL")
        too_old = texts(world.slack.wait_shown(DAG, timeout=10))

    assert "Your March 2026" in spring
    assert " billed" in spring
    assert "Nothing arrived for these days" in too_old
