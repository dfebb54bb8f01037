"""Whatever arrives, a parser gives a value or says in our words what is wrong: no other error, no huge allocation."""

import ast
import gzip
import json
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arguments import parser
from bot.connectors import (
    accounts_file,
    bedrock_log,
    ccusage,
    contract_prices,
    copilot_report,
    finished_upload,
    kiro_report,
    org_file,
    otlp_batch,
    otlp_json,
    otlp_protobuf,
    overlaps,
    push,
    push_file,
)
from bot.connectors.otlp import LOGS, METRICS, TRACES
from bot.connectors.otlp_batch import Rejected
from bot.connectors.pull import ReportedDay
from bot.customer_names import load_customer_names
from bot.domain.blocks_of_weeks import parse_block
from bot.domain.chain import Readers, readers_of
from bot.domain.iso_week import parse_iso_week
from bot.domain.period import parse_day, parse_period
from bot.domain.subscription import parse_hour, parse_weekday
from bot.domain.use_cases.scan import customer_names, scan_words
from bot.errors import WorthwhileError
from bot.policy import load_policy
from bot.web.bodies import unpacked
from tests.cast import T0, TODAY
from tests.security.damage import damaged
from tests.senders import PRICES, breakdown, ccusage_file, lines, pushed, unified
from tests.telemetry import SAMPLES as TELEMETRY

ROOT: Final = Path(__file__).parents[2]
SAMPLES: Final = ROOT / "tests/providers/samples"
WINDOW: Final = push.window(T0)
MEMORY_MIB: Final = 80  # a file that is one array is read into 64
Read = Callable[[bytes], object]

_UPLOADED: Final = {
    "reference": "acme/api#1", "place": "acme/api", "kind": "change", "finished_on": "2026-11-10", "title": "One",
    "person": {"email": "ada@example.com"}, "link": "https://x.example/1", "accepted": True,
    "came_back_on": "2026-11-12",
}  # fmt: skip
_PRICES: Final = b"""[[price]]
model = "m"
from = 2026-01-01
uncached_input = "1"
cache_read = "0.1"
cache_write = "1"
cache_write_1h = "2"
output = "10"
"""


class _Everything:
    def __contains__(self, _: object) -> bool:
        return True


def _points(encoding: Any, body: bytes) -> object:
    points = encoding.points(encoding.parse(METRICS, body), otlp_batch.METRICS)
    return otlp_batch.readings(points, WINDOW, Rejected())


def _events(encoding: Any, body: bytes) -> object:
    return otlp_batch.events(encoding.events(encoding.parse(LOGS, body), otlp_batch.EVENTS), WINDOW, Rejected())


def _spans(encoding: Any, body: bytes) -> object:
    return otlp_batch.calls(encoding.spans(encoding.parse(TRACES, body)), _Everything(), WINDOW, Rejected())


def _from_file(load: Callable[[Path], object]) -> Read:
    def read(content: bytes) -> object:
        path = Path("file")  # in the empty folder that each test runs in
        path.write_bytes(content)
        return load(path)

    return read


def _copilot(content: bytes) -> object:
    reported = ReportedDay(TODAY, ())
    return list(copilot_report.batches_of(copilot_report.rows_in(iter(content.split(b"\n"))), reported))


def _json(*documents: object) -> list[bytes]:
    return [json.dumps(each).encode() for each in documents]


def _samples(folder: str, pattern: str) -> list[bytes]:
    found = [path.read_bytes() for path in sorted((SAMPLES / folder).glob(pattern))]
    assert found
    return found


def _telemetry(pattern: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(TELEMETRY.glob(pattern))]


def _as_protobuf(signal: str, documents: Iterable[bytes]) -> list[bytes]:
    from google.protobuf import json_format  # type: ignore[import-untyped]

    from tests.telemetry import _REQUESTS

    return [json_format.Parse(each, _REQUESTS[signal]()).SerializeToString() for each in documents]


def _span() -> list[bytes]:
    from tests.telemetry import spans

    return _json(spans({"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": 4}))


# What reads bytes from outside, and valid documents to damage.
FROM_BYTES: Final[Mapping[str, tuple[Read, Callable[[], list[bytes]]]]] = {
    "push, lines": (
        lambda body: push.parse(body, T0), lambda: [lines(pushed(), pushed(event_id="2", cost=None))],
    ),
    "push, array": (lambda body: push.parse(body, T0), lambda: _json([pushed(), pushed(event_id="2")])),
    "push, a file's lines": (lambda body: push.parse_lines(body, WINDOW), lambda: [lines(pushed())]),
    "push, a file": (
        _from_file(lambda path: (push_file.array_of(path), list(push_file.blocks(path)))), lambda: [lines(pushed())],
    ),
    "ccusage": (
        lambda body: ccusage.parse(body, TODAY),
        lambda: [ccusage_file(unified(TODAY - timedelta(days=1), [breakdown("claude-sonnet-4-5")]))],
    ),
    "outcomes": (lambda body: finished_upload.parse(body, TODAY, 10), lambda: [*_json([_UPLOADED]), *_json(_UPLOADED)]),
    "accounts": (accounts_file.parse, lambda: [b"provider,account,person\ngithub,ana,a@b.example\nopenai,k,shared\n"]),
    "organisation": (
        org_file.parse,
        lambda: [
            b"what,name,value\ngroup,L,\ngroup,P,L\nmember,a@l.example,P\nteam,P,a@l.example\nplace,P,acme/p\n"
            b"members,P,S0614TZR7\nchannel,P,C0123456789\ncost,P,L\n"
        ],
    ),
    "Kiro's report": (
        lambda body: list(kiro_report.kiro_rows(body.decode("utf-8-sig", "replace").splitlines(keepends=True))),
        lambda: _samples("kiro", "*.csv"),
    ),
    "Bedrock's log": (
        lambda body: list(bedrock_log.bedrock_rows(body.split(b"\n"), PRICES)),
        lambda: [json.dumps(json.loads(each)).encode() for each in _samples("bedrock", "*.json")],
    ),
    "Copilot's report": (_copilot, lambda: _samples("github_copilot", "*.ndjson")),
    "OTLP JSON, metrics": (lambda body: _points(otlp_json, body), lambda: _telemetry("*metrics.json")),
    "OTLP JSON, logs": (lambda body: _events(otlp_json, body), lambda: _telemetry("*logs.json")),
    "OTLP JSON, traces": (lambda body: _spans(otlp_json, body), _span),
    "OTLP protobuf, metrics": (
        lambda body: _points(otlp_protobuf, body), lambda: _as_protobuf(METRICS, _telemetry("*metrics.json")),
    ),
    "OTLP protobuf, logs": (
        lambda body: _events(otlp_protobuf, body), lambda: _as_protobuf(LOGS, _telemetry("*logs.json")),
    ),
    "OTLP protobuf, traces": (lambda body: _spans(otlp_protobuf, body), lambda: _as_protobuf(TRACES, _span())),
    "gzip": (lambda body: unpacked(body, "gzip"), lambda: [gzip.compress(b"abc" * 50)]),
    "prices": (_from_file(contract_prices.load_contract_prices), lambda: [_PRICES]),
    "overlaps": (_from_file(overlaps.load_overlaps), lambda: [(ROOT / "bot/defaults/overlaps.toml").read_bytes()]),
    "policy": (_from_file(load_policy), lambda: [(ROOT / "bot/defaults/policy.toml").read_bytes()]),
    "customers": (_from_file(lambda path: load_customer_names(str(path))), lambda: [b"Brightwater Foods\n"]),
}  # fmt: skip

# What reads a text that a person typed, or that came back from Slack or the database.
FROM_TEXT: Final[Mapping[str, tuple[Callable[[str], object], list[str]]]] = {
    "period": (lambda text: parse_period(text, TODAY), ["4w", "2026-10", "month", "90d"]),
    "day": (lambda text: parse_day(text, TODAY), ["tuesday", "2026-11-18", "yesterday"]),
    "block": (parse_block, ["block-37", "block-1"]),
    "week": (parse_iso_week, ["2026-W46"]),
    "weekday": (parse_weekday, ["tuesday"]),
    "hour": (parse_hour, ["9", "17"]),
    "readers": (readers_of, [Readers("Platform", 1, 2).stored()]),
    "a use case's words": (scan_words, ["ghp_abc", "4111 1111 1111 1111", "-----BEGIN KEY-----"]),
    "a customer": (lambda text: customer_names(text).found_in(text), ["Brightwater Foods"]),
}


def assert_takes(read: Read, content: bytes) -> None:
    """Let *content* be read; only our own errors may come of it."""
    with suppress(WorthwhileError):
        read(content)


@pytest.mark.parametrize("name", FROM_BYTES)
def test_what_arrives_as_bytes_is_a_value_or_refused_in_our_words(name: str) -> None:
    read, made = FROM_BYTES[name]
    valid = made()
    for each in valid:
        read(each)  # the samples are right, or the rest would say little

    @settings(max_examples=120)
    @given(st.integers(0, 2**32), st.sampled_from(valid))
    def damaged_samples(seed: int, sample: bytes) -> None:
        assert_takes(read, damaged(sample, Random(seed)))

    @settings(max_examples=25)
    @given(st.binary(max_size=200))
    def any_bytes(content: bytes) -> None:
        assert_takes(read, content)

    damaged_samples()
    any_bytes()


@pytest.mark.parametrize("name", FROM_TEXT)
def test_what_is_typed_is_understood_or_not(name: str) -> None:
    read, valid = FROM_TEXT[name]
    assert None not in [read(word) for word in valid]

    @settings(max_examples=60)
    @given(st.text(max_size=60) | st.sampled_from(valid).flatmap(lambda word: st.text(max_size=3).map(word.__add__)))
    def any_text(text: str) -> None:
        read(text)

    any_text()


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["import", "token", "--format", "sync", "--days", "-", "job"]) | st.text(max_size=8)))
def test_any_command_line_is_understood_or_ends_with_usage(words: list[str]) -> None:
    ended: object = 0
    try:
        parser().parse_args(words)
    except SystemExit as end:
        ended = end.code
    assert ended in {0, 2}


BOMBS: Final[Mapping[str, bytes]] = {
    "deep list": b"[" * 300_000,
    "deep object": b'{"a":' * 60_000,
    "a length of two gigabytes": b"\x0a\xff\xff\xff\xff\x07",
    "groups in groups": b"\x0b" * 300_000,
    "a number of many digits": b'{"daily":[{"totalCost":' + b"9" * 200_000 + b"}]}",
    "an exponent": b'{"daily":[{"date":"2026-11-10","totalCost":1e999999999}]}',
    "an amount with an exponent": lines(pushed(cost={"amount": "1e999999999", "currency": "USD", "basis": "billed"})),
    "a line without end": b"provider,account,person\n" + b'"' + b"a" * 200_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_nothing_small_becomes_huge(bomb: str) -> None:
    """A body has at most 64 MiB unpacked; what reads it must not make many times as much of it."""
    for read, _ in FROM_BYTES.values():
        tracemalloc.start()
        try:
            assert_takes(read, BOMBS[bomb])
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < MEMORY_MIB << 20


# registered


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "bot/connectors").glob("*.py")):
        yield f"bot.connectors.{path.stem}", ast.parse(path.read_text("utf-8"))


def _decodes(tree: ast.Module) -> bool:
    """Return whether a module takes something from outside apart."""
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    named |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    public = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    return bool(named & {"Decoder", "loads", "reader", "DictReader", "FromString", "ParseFromString"}) or any(
        name.startswith(("parse", "read", "load")) for name in public
    )


def _reached(roots: Iterable[str]) -> set[str]:
    """Return the modules of connectors that *roots* import, directly or not."""
    trees, found, waiting = dict(_modules()), set[str](), list(roots)
    while waiting:
        module = waiting.pop()
        if module in found or module not in trees:
            continue
        found.add(module)
        for node in ast.walk(trees[module]):
            if isinstance(node, ast.ImportFrom) and node.module:
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def test_every_connector_that_takes_something_apart_is_tried_here() -> None:
    """What is not in a table above belongs to a source that is asked: tests/security/test_replies.py."""
    sources = import_module("bot.sources")
    asked = [made.__module__ for made in vars(sources).values() if isinstance(made, type)]
    tables = [
        f"bot.connectors.{module}"
        for module in (
            "push", "push_file", "ccusage", "finished_upload", "accounts_file", "org_file", "kiro_report",
            "bedrock_log", "copilot_report", "otlp_batch", "otlp_json", "otlp_protobuf", "contract_prices", "overlaps",
        )
    ]  # fmt: skip
    decoding = {module for module, tree in _modules() if _decodes(tree)}

    assert decoding - _reached([*asked, *tables]) == set()
    assert {"bot.connectors.push_event", "bot.connectors.jira_api"} & decoding
