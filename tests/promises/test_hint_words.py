"""Hints never say what must never be sent nor claim a saving as a fact; nothing can hold a target for use."""

import ast
import dataclasses
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlmodel import SQLModel

import storage.tables
from bot.config import Settings
from bot.domain.hints.choose import ANSWERS, History, asked_for, unasked
from bot.domain.hints.finding import KINDS, Finding, HintKind
from bot.domain.hints.rules import SwitchedOff, find_all
from bot.domain.usage import UsageRow
from bot.policy import load_policy
from bot.views import hint_rules, hints
from bot.views.blocks import Message
from tests.cast import TODAY
from tests.domain.hints.cast import USD, a_finding, ago, calls, known, nights, paid, usual
from tests.promises.answers import strings
from tests.promises.test_outcomes_before_volume import NEVER, more_of, without_allowed

# science.md 3.5: never sent, whatever the finding.
NEVER_SENT = re.compile(
    r"\b(rank\w*|percentile|average (?:user|person|engineer|colleague)|team average|peers?|streak|badge|top user|"
    r"low user|budget left|left over|unused|use (?:AI|it|them) more|more often|adoption|goal|target|idle|"
    r"hours of activity|after hours|late at night|weekend|sentiment|skill\w*|motivat\w*|lazy|careless|urgent\w*|"
    r"immediately|hurry|asap|last chance|act now|you should|you must|you need to|wasted?|wasteful|will save|saves you|"
    r"you saved|pause\?|stop it now)\b",
    re.IGNORECASE,
)
UP_TO = re.compile(r"(?<!up to )(?<!Up to )\$\d[\d,.]* in four weeks")
ONE_FIGURE = re.compile(r"[Uu]p to \$(\d[\d,]*(?:\.\d\d)?)")

DEAR: Final = {"cost_nano_usd": 37 * USD, "active_days": 12}
RUNS: Final = {"tool": "meshclaw", "runs": 13, "runs_without_result": 12, "runs_in_four_weeks": 27}
FINDINGS: Final[dict[HintKind, list[dict[str, Any]]]] = {
    "runaway": [
        {"tool": "meshclaw", "run": "ab", "lane": "billed", "cost_nano_usd": 14 * USD, "minutes": 50},
        {"tool": "other", "run": "ab", "lane": "list", "cost_nano_usd": 14 * USD, "usual_run_nano_usd": USD},
        {"tool": "codex", "source": "otel", "lane": "list", "cost_nano_usd": USD, "usual_day_nano_usd": USD},
    ],
    "spike": [
        {**DEAR, "lane": "billed", "usual_nano_usd": 8 * USD, "usual_of": "weekday", "largest": "a*b"},
        {**DEAR, "lane": "list", "guard_nano_usd": 30 * USD, "largest": "opus", "largest_is": "job"},
    ],
    "idle_schedule": [{**RUNS, "billed_nano_usd": 12 * USD}, {**RUNS, "results_in_four_weeks": 1}],
    "short_calls": [{"calls": 86, "calls_on_model": 90, "smaller_model": "sonnet", "billed_nano_usd": 11 * USD}],
    "pace": [{"limit_nano_usd": 120 * USD, "spent_nano_usd": 90 * USD, "chance_percent": 92, "ends_on": "2026-11-24"}],
    "borrow": [{"title": "Sort flaky tests", "team": "Platform", "tool": "claude-code", "worked": 6, "tried": 7}],
}


def every_finding() -> list[Finding]:
    made = [(kind, evidence) for kind in KINDS for evidence in FINDINGS[kind]]
    return [
        a_finding(kind, usd, "budget" if kind == "pace" else "a job", evidence=evidence)
        for kind, evidence in made
        for usd in (24.4, 0.83, None)
    ]


def said(message: Message) -> str:
    return "\n".join([message.text, *strings(message.blocks(rich=False))])


def every_text() -> list[str]:
    """Return everything that the bot can say of hints."""
    texts = [text for finding in every_finding() for text in _of(finding)]
    texts += [said(hints.noted(answer, muted=muted)) for answer in ANSWERS if answer for muted in (False, True)]
    texts += [said(hints.muted(kind, is_muted=on)) for kind in KINDS for on in (True, False)]
    texts += ["\n".join(strings(hint_rules.rules_window(KINDS))), said(hints.passed())]
    texts += ["\n".join(strings(hints.alarm_blocks(chosen))) for chosen in ({}, {"alarms": "on"}, {"alarms": "off"})]
    waits = ("alarms", "runs", "days", "results", "requests", "limit", "library")
    return [*texts, *hint_rules.waiting_lines([SwitchedOff("spike", each) for each in waits])]


def _of(finding: Finding) -> list[str]:
    texts = [strings([hints.worth_a_look(finding, "ab", TODAY)])[0], said(hints.why_this(finding, "ab"))]
    return [*texts, said(hints.alarm(finding, "ab", TODAY, "03:10"))] if finding.kind in {"runaway", "spike"} else texts


def test_nothing_is_said_that_must_never_be_sent() -> None:
    for text in every_text():
        assert not NEVER_SENT.search(text), (NEVER_SENT.search(text), text)
        assert not NEVER.search(without_allowed(text)), (NEVER.search(without_allowed(text)), text)


def every_message() -> list[Message]:
    """Return every message of hints."""
    findings = [each for each in every_finding() if each.saving_nano_usd is not None]
    made = [hints.why_this(finding, "ab") for finding in findings]
    made += [hints.alarm(finding, "ab", TODAY, "03:10") for finding in findings if finding.kind in {"runaway", "spike"}]
    made += [hints.noted(answer, muted=muted) for answer in ANSWERS for muted in (False, True)]
    made += [hints.muted(kind, is_muted=on) for kind in KINDS for on in (True, False)]
    settings = [Message("x", hints.alarm_blocks(chosen)) for chosen in ({}, {"alarms": "on"})]
    shown = [Message("x", [hints.worth_a_look(finding, "ab", TODAY)]) for finding in findings]
    windows = [Message("x", hint_rules.rules_window(muted)["blocks"]) for muted in ((), KINDS)]
    return [*made, *settings, *shown, *windows, hints.passed()]


def test_no_two_buttons_of_a_message_share_an_action_id() -> None:
    """Slack refuses the whole message otherwise."""
    for message in every_message():
        told = json.dumps(message.blocks(rich=False))
        names = re.findall(r'"action_id": "([^"]+)"', told)
        assert names, told
        assert len(names) == len(set(names)), names
        assert max(map(len, names)) <= 255


def test_a_saving_is_up_to_one_figure_and_only_of_what_is_billed() -> None:
    for finding in every_finding():
        for text in _of(finding):
            assert not UP_TO.search(text), text
            for amount in ONE_FIGURE.findall(text):
                assert len(amount.replace(",", "").replace(".", "").strip("0")) <= 1, text
            assert finding.saving_nano_usd is not None or "p to $" not in text


def test_every_hint_leaves_it_to_its_reader_and_shows_a_figure_to_nobody_else() -> None:
    for finding in every_finding():
        asked = _of(finding)[0]
        assert asked.endswith(("Your call.", "Was that planned?")), asked
        if finding.kind in {"runaway", "spike"}:
            alarm = hints.alarm(finding, "ab", TODAY)
            assert not any(char.isdigit() for char in alarm.text)
            assert ":lock: Only you can see this." in said(alarm)
            assert "Mute this kind" in said(alarm)


ROWS = [*usual(60, 2), *nights(28, 1, results=(13, 20)), *(calls(back, 300) for back in range(1, 9)), paid(1, 45)]


@given(st.lists(st.sampled_from(ROWS), max_size=50, unique_by=id), st.integers(2, 40))
def test_more_use_takes_no_hint_away_that_stands_beside_the_same_outcomes(rows: list[UsageRow], times: int) -> None:
    """A job that runs more often without one more result, a model that is asked more: never a quieter answer."""
    jobs = [row for row in rows if row.run_kind == "schedule" or row.model == "claude-opus-4-5"]
    less, more = (find_all(known(each)) for each in (jobs, _more_runs(jobs, times)))

    named = {(each.kind, each.subject) for each in more}
    assert {(each.kind, each.subject) for each in less if each.kind != "spike"} <= named
    assert asked_for(less, History(), TODAY) is None or asked_for(more, History(), TODAY) is not None
    told = (unasked(each, History(), TODAY, known_from=ago(90), is_complete=True) for each in (less, more))
    assert next(told) is None or next(told) is not None


def _more_runs(rows: list[UsageRow], times: int) -> list[UsageRow]:
    grown = more_of(rows, times)
    return [replace(each, runs=row.runs and row.runs * times) for row, each in zip(rows, grown, strict=True)]


TARGETS = re.compile(
    r"target|goal|quota|adoption|min(?:imum)?_(?:usage|cost|tokens|requests)|leader_?board|ranking|score", re.I
)


def test_no_setting_no_rule_and_no_column_can_hold_a_target_for_use() -> None:
    policy = load_policy(None)
    sections = {name: getattr(policy, name) for name in type(policy).model_fields}
    in_policy = [field for each in sections.values() for field in getattr(type(each), "model_fields", {})]
    columns = [f"{name}.{column.name}" for name, table in SQLModel.metadata.tables.items() for column in table.columns]
    names = [*Settings.model_fields, *sections, *in_policy, *columns]

    assert storage.tables.Hint is not None
    assert len(names) > 150
    assert [name for name in names if TARGETS.search(name)] == []


VOLUME = re.compile(r"nano_usd|tokens|requests|\bruns\b|billed|list_value|cost")


@pytest.mark.parametrize("path", sorted(Path("storage").glob("*.py")), ids=lambda path: path.stem)
def test_no_query_puts_people_in_an_order_of_use(path: Path) -> None:
    tree = ast.parse((Path(__file__).parents[2] / path).read_text("utf-8"))
    ordered = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "order_by"
    ]

    arguments = [text.rpartition("order_by(")[2] for text in ordered]
    assert [text for text in arguments if VOLUME.search(text)] == []


def test_nothing_that_is_shared_has_a_field_for_tokens() -> None:
    tables = SQLModel.metadata.tables.items()
    shared = [table for name, table in tables if name.startswith(("released", "figure", "team_"))]
    columns = [f"{table.name}.{column.name}" for table in shared for column in table.columns]

    assert len(shared) >= 3
    assert [name for name in columns if "token" in name] == []


def test_a_finding_has_no_place_for_a_person() -> None:
    names = {field.name for field in dataclasses.fields(Finding)}

    assert names == {"kind", "subject", "evidence", "saving_nano_usd", "first", "last"}
