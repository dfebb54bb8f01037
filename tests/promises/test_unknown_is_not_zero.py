"""Numbers you can check: what is unknown is said to be unknown, never 0."""

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.usage import MEASURES, UsageRow
from handlers.commands import COMMANDS
from storage.engine import Database
from tests.cast import row
from tests.promises.answers import ada_with, day_before, every_answer, services_on

ZERO = re.compile(r"(?:^|[\s*(])\$?0(?:\.0+)?(?=[\s,;)*]|\.\s|$)", re.MULTILINE)
unknown_rows = st.lists(
    st.builds(
        lambda back, tool, model, kind: row(day=day_before(back), tool=tool, model=model, run_kind=kind),
        st.integers(1, 90),
        st.sampled_from(["claude-code", "codex"]),
        st.sampled_from(["claude-sonnet-4-5", "never-heard-of-it"]),
        st.sampled_from(["person", "schedule", "unknown"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda r: (r.day, r.tool, r.model, r.run_kind),
)


@settings(max_examples=15, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=unknown_rows)
def test_where_nothing_is_known_no_answer_says_zero(sqlite_database: Database, rows: list[UsageRow]) -> None:
    services = services_on(sqlite_database)
    viewer = ada_with(sqlite_database, rows)
    answers = every_answer(services, viewer)

    assert len(answers) >= sum(len(command.words) for command in COMMANDS.values()) - 4
    for asked, text in answers.items():
        assert not ZERO.search(text), f"{asked}: {ZERO.search(text)} in {text}"


@pytest.mark.parametrize("measure", MEASURES[:5])
def test_tokens_known_only_in_part_are_a_lower_bound(sqlite_database: Database, measure: str) -> None:
    rows = [row(day=day_before(2), **{measure: 7_000_000}), row(day=day_before(3))]
    answers = every_answer(services_on(sqlite_database), ada_with(sqlite_database, rows))

    assert "at least 7,000,000" in answers["tokens 4w"]


@pytest.mark.parametrize(("measure", "word"), [("billed_nano_usd", "billed"), ("list_value_nano_usd", "at list price")])
def test_money_known_only_in_part_is_a_lower_bound(sqlite_database: Database, measure: str, word: str) -> None:
    rows = [row(day=day_before(2), **{measure: 7_000_000_000}), row(day=day_before(3), model="never-heard-of-it")]
    answers = every_answer(services_on(sqlite_database), ada_with(sqlite_database, rows))

    assert f"*at least $7.00 {word}*" in answers["show 4w"]


def test_an_unknown_cost_is_said_with_its_model(sqlite_database: Database) -> None:
    rows = [row(day=day_before(1), model="some-new-model", requests=86)]
    answers = every_answer(services_on(sqlite_database), ada_with(sqlite_database, rows))

    assert "Price unknown: some-new-model, 86 requests" in answers["show 4w"]
    assert "Cost unknown" in answers["show 4w"]
