"""Totals per day and model equal ccusage's to the token and the cent, whichever report it printed."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connectors import ccusage_format
from bot.connectors.ccusage import BY_AGENT_NOTE, MORE_NOTE, NOT_TOLD, Report, parse
from bot.domain.usage import UsageRow
from bot.errors import InputError
from tests.cast import TODAY
from tests.senders import breakdown, by_agent, ccusage_file, of_one_agent, unified

DAY = date(2026, 11, 16)
# what ccusage itself printed, where it lies beside the checkout
SAMPLES = sorted((Path(__file__).parents[3] / "shared/samples/ccusage").glob("*.json"))

COUNTS = {
    "uncached_input_tokens": "inputTokens",
    "cache_read_tokens": "cacheReadTokens",
    "cache_write_tokens": "cacheCreationTokens",
    "output_tokens": "outputTokens",
}


def all_rows(report: Report) -> list[UsageRow]:
    return [row for rows in report.days.values() for row in rows]


def assert_agrees(content: bytes) -> None:
    """Compare per (day, model) and per day, token by token and cent by cent."""
    said: defaultdict[tuple[str, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    for day in json.loads(content, parse_float=Decimal)["daily"]:
        name = day.get("period") or day["date"]
        for key, part, cost in [((name,), day, day["totalCost"])] + [
            ((name, model["modelName"]), model, model["cost"]) for model in day["modelBreakdowns"]
        ]:
            values = [Decimal(part[field]) for field in COUNTS.values()] + [Decimal(cost)]
            said[key] = [old + new for old, new in zip(said[key], values, strict=True)]
    kept: defaultdict[tuple[str, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    for row in all_rows(parse(content, TODAY)):
        values = [Decimal(getattr(row, field)) for field in COUNTS]
        values.append(Decimal(row.list_value_nano_usd or 0) / 10**9)
        keys: tuple[tuple[str, ...], ...] = ((str(row.day),), (str(row.day), row.model))
        for place in keys:
            kept[place] = [old + new for old, new in zip(kept[place], values, strict=True)]
    for where, values in said.items():
        assert kept[where][:4] == values[:4], where
        assert abs(kept[where][4] - values[4]) < Decimal("0.005"), where


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_what_ccusage_printed_agrees(path: Path) -> None:
    assert_agrees(path.read_bytes())
    assert {row.tool for row in all_rows(parse(path.read_bytes(), date(2026, 11, 20)))} == {"claude-code"}


_tokens = st.tuples(*[st.integers(0, 10**9)] * 4)
_models = st.lists(
    st.builds(
        breakdown,
        st.sampled_from(["claude-sonnet-4-5", "claude-opus-4-5", "claude-haiku-4-5"]),
        _tokens,
        st.floats(0.01, 10**5, allow_nan=False),
    ),
    max_size=5,
)
_SHAPES: list[Callable[[date, Sequence[dict[str, Any]]], dict[str, Any]]] = [
    unified,
    of_one_agent,
    lambda day, models: by_agent(day, {"claude": models[::2], "codex": models[1::2]}),
]


@pytest.mark.parametrize("shape", _SHAPES, ids=["unified", "of one agent", "by agent"])
@given(days=st.lists(_models, max_size=4))
def test_every_shape_agrees(
    shape: Callable[[date, Sequence[dict[str, Any]]], dict[str, Any]], days: list[list[dict[str, Any]]]
) -> None:
    assert_agrees(ccusage_file(*(shape(DAY - timedelta(days=n), models) for n, models in enumerate(days))))


@given(models=_models, tokens=_tokens, cost=st.floats(0.01, 100))
def test_a_days_total_is_kept_where_its_models_do_not_cover_it(
    models: list[dict[str, Any]], tokens: tuple[int, ...], cost: float
) -> None:
    day = unified(DAY, models)
    for field, more in zip(COUNTS.values(), tokens, strict=True):
        day[field] += more
    day["totalCost"] += cost
    assert_agrees(ccusage_file(day))


def test_a_day_without_models_has_a_row_of_its_own() -> None:
    day = of_one_agent(DAY, [breakdown("x")]) | {"modelBreakdowns": []}
    (row,) = all_rows(parse(ccusage_file(day), TODAY))
    assert (row.model, row.uncached_input_tokens, row.list_value_nano_usd) == (NOT_TOLD, 100, 500_000_000)


def test_a_row_knows_what_ccusage_tells_and_nothing_else() -> None:
    (row,) = all_rows(parse(ccusage_file(unified(DAY, [breakdown("claude-opus-4-5", cost=0.1 + 0.2)])), TODAY))
    assert row == UsageRow(
        DAY,
        "ccusage",
        0,
        "claude-code",
        "claude-opus-4-5",
        uncached_input_tokens=100,
        cache_read_tokens=2000,
        cache_write_tokens=300,
        cache_write_1h_tokens=0,
        output_tokens=40,
        list_value_nano_usd=300_000_000,
        list_value_by="ccusage",
    )


def test_a_price_that_ccusage_does_not_know_is_unknown_and_not_nothing() -> None:
    day = unified(DAY, [breakdown("local-model", cost=0), breakdown("<synthetic>", (0, 0, 0, 0), cost=0)])
    costs = {row.model: row.list_value_nano_usd for row in all_rows(parse(ccusage_file(day), TODAY))}
    assert costs == {"local-model": None, "<synthetic>": 0}


def test_a_model_named_twice_is_one_row_that_remembers_what_is_unknown() -> None:
    day = unified(DAY, [breakdown("x", cost=0), breakdown("x", cost=0.25)])
    (row,) = all_rows(parse(ccusage_file(day), TODAY))
    assert row.uncached_input_tokens == 200
    assert row.measure("list_value_nano_usd") == (250_000_000, False)


def test_models_that_add_up_to_more_than_the_day_are_taken_and_said_to_be() -> None:
    day = unified(DAY, [breakdown("claude-opus-4-5")]) | {"inputTokens": 1}
    report = parse(ccusage_file(day), TODAY)
    assert [row.uncached_input_tokens for row in all_rows(report)] == [100]
    assert report.notes == (MORE_NOTE,)


@pytest.mark.parametrize(
    ("day", "tools"),
    [
        pytest.param(unified(DAY, [breakdown("m")], ["claude"]), {"claude-code"}, id="claude"),
        pytest.param(unified(DAY, [breakdown("m")], ["codex"]), {"codex"}, id="codex"),
        pytest.param(unified(DAY, [breakdown("m")], ["gemini"]), {"gemini-cli"}, id="gemini"),
        pytest.param(unified(DAY, [breakdown("m")], ["opencode"]), {"opencode"}, id="opencode"),
        pytest.param(unified(DAY, [breakdown("m")], ["goose"]), {"goose"}, id="another agent's own name"),
        pytest.param(unified(DAY, [breakdown("m")], ["claude", "codex"]), {"several tools"}, id="several"),
        pytest.param(
            by_agent(DAY, {"claude": [breakdown("m")], "pi": [breakdown("m")]}), {"claude-code", "pi"}, id="by agent"
        ),
        pytest.param(
            of_one_agent(DAY, [breakdown("claude-x"), breakdown("<synthetic>")]), {"claude-code"}, id="models"
        ),
        pytest.param(of_one_agent(DAY, [breakdown("gpt-5.5"), breakdown("o3")]), {"codex"}, id="OpenAI's models"),
        pytest.param(of_one_agent(DAY, [breakdown("gemini-2.5-pro")]), {"gemini-cli"}, id="Google's models"),
        pytest.param(of_one_agent(DAY, [breakdown("claude-x"), breakdown("o3")]), {"coding agent"}, id="mixed"),
        pytest.param(of_one_agent(DAY, [breakdown("<synthetic>")]), {"coding agent"}, id="no model to tell"),
    ],
)
def test_the_tool_is_the_agents_or_its_models(day: dict[str, Any], tools: set[str]) -> None:
    report = parse(ccusage_file(day), TODAY)
    assert {row.tool for row in all_rows(report)} == tools
    assert (BY_AGENT_NOTE in report.notes) is (tools == {"several tools"})


def test_codexs_own_report_has_models_without_costs() -> None:
    counts = {"inputTokens": 10, "cachedInputTokens": 20, "outputTokens": 5, "reasoningOutputTokens": 3}
    one = {"date": str(DAY), **counts, "costUSD": 0.25, "models": {"gpt-5.5": counts}}
    half = {"inputTokens": 5, "cachedInputTokens": 10, "outputTokens": 2}
    rest = {"inputTokens": 5, "cachedInputTokens": 10, "outputTokens": 3}
    two = one | {"date": "2026-11-15", "models": {"gpt-5.5": half, "gpt-5-codex": rest}}
    rows = all_rows(parse(ccusage_file(one, two), TODAY))
    assert [(r.model, r.uncached_input_tokens, r.cache_read_tokens, r.list_value_nano_usd) for r in rows] == [
        ("gpt-5.5", 10, 20, 250_000_000),
        ("gpt-5.5", 5, 10, None),
        ("gpt-5-codex", 5, 10, None),
        (NOT_TOLD, 0, 0, 250_000_000),
    ]
    assert {row.tool for row in rows} == {"codex"}


@pytest.mark.parametrize("content", [b'{"daily":[],"totals":{"totalCost":-0.0}}', b'\xef\xbb\xbf{"daily": []}'])
def test_an_empty_machine_is_fine(content: bytes) -> None:
    assert parse(content, TODAY) == Report({}, ())


def test_a_cost_of_minus_zero_is_nothing() -> None:
    day = unified(DAY, [breakdown("claude-x", (0, 0, 0, 0), -0.0)])
    assert [row.list_value_nano_usd for row in all_rows(parse(ccusage_file(day), TODAY))] == [0]


GOOD = ccusage_file(unified(DAY, [breakdown("claude-opus-4-5")]))


def spoilt(old: str, new: str) -> bytes:
    assert old in GOOD.decode()
    return GOOD.decode().replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "not whole JSON", id="nothing"),
        pytest.param(b"\x00\x01garbage", "not whole JSON", id="garbage"),
        pytest.param(GOOD[: len(GOOD) // 2], "not whole JSON", id="half a file"),
        pytest.param(GOOD.decode().encode("utf-16"), "UTF-16", id="UTF-16"),
        pytest.param(GOOD.replace(b"opus", b"\xff\xfe"), "not whole JSON", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "not", id="nested without end"),
        pytest.param(b'{"daily":[],"x":' + b"[" * 100_000, "not whole JSON", id="nested in what is ignored"),
        pytest.param(b'{"monthly": []}', "`daily`", id="another report"),
        pytest.param(b"[]", "Expected `object`", id="not ccusage"),
        pytest.param(spoilt('"inputTokens": 100', '"inputTokens": -1'), r"inputTokens", id="negative"),
        pytest.param(spoilt('"inputTokens": 100', '"inputTokens": 1.5'), r"inputTokens", id="a fraction"),
        pytest.param(spoilt('"inputTokens": 100', '"inputTokens": 1000000000001'), r"inputTokens", id="absurd"),
        pytest.param(spoilt('"cost": 0.5', '"cost": NaN'), "not whole JSON", id="NaN"),
        pytest.param(spoilt('"cost": 0.5', '"cost": -0.5'), r"modelBreakdowns\[\.*0?\.*\]\.cost", id="negative cost"),
        pytest.param(spoilt('"cost": 0.5', '"cost": 1e999'), "range", id="infinite cost"),
        pytest.param(spoilt("2026-11-16", "16.11.2026"), "period", id="not a day"),
        pytest.param(spoilt('"period"', '"week"'), r"\$\.daily\[0\] names no day", id="no day"),
        pytest.param(
            spoilt("2026-11-16", "2026-11-21"), r"2026-11-21 at \$\.daily\[0\] lies in the future", id="future"
        ),
        pytest.param(spoilt("claude-opus", "claude\\u0000opus"), r"\$\.daily\[0\] has characters", id="NUL"),
        pytest.param(
            ccusage_file(unified(DAY, []), unified(DAY, [])), r"2026-11-16 is in the file twice", id="a day twice"
        ),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line_that_names_the_place(content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        parse(content, TODAY)
    assert "\n" not in str(refused.value)


def test_tomorrow_is_taken_since_days_may_be_a_machines_own() -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert list(parse(ccusage_file(unified(tomorrow, [])), TODAY).days) == [tomorrow]


def test_a_file_beyond_the_limit_is_refused() -> None:
    with pytest.raises(InputError, match="larger than 64 MiB"):
        parse(b" " * (ccusage_format.MAX_BYTES + 1), TODAY)


@given(st.binary(max_size=200) | st.integers(0, len(GOOD)).map(lambda at: GOOD[:at] + GOOD[at + 1 :]))
def test_no_bytes_do_anything_but_parse_or_be_refused(content: bytes) -> None:
    with suppress(InputError):
        parse(content, TODAY)
