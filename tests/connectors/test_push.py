"""Every bad event is named with its place and a reason; of the good ones only listed fields are kept."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connectors import push
from bot.connectors.push import parse
from bot.connectors.push_event import Identity
from bot.errors import InputError
from tests.cast import T0
from tests.senders import lines, parsed, pushed

COST = {"amount": "0.0912", "currency": "USD", "basis": "billed"}


def at(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"event_id": ...}, "missing required field `event_id`", id="no id"),
        pytest.param({"event_id": ""}, r"length >= 1 - at `\$\.event_id`", id="empty id"),
        pytest.param({"event_id": "  "}, "must not be blank", id="blank id"),
        pytest.param({"event_id": "x" * 201}, r"length <= 200 - at `\$\.event_id`", id="long id"),
        pytest.param({"person": ...}, "missing required field `person`", id="no person"),
        pytest.param({"person": {}}, "person needs an email", id="nobody"),
        pytest.param({"person": {"email": "  "}}, "person needs an email", id="blank email"),
        pytest.param({"tool": ...}, "missing required field `tool`", id="no tool"),
        pytest.param({"tool": " "}, "must not be blank", id="blank tool"),
        pytest.param({"model": ...}, "missing required field `model`", id="no model"),
        pytest.param({"model": "x\u0000"}, "cannot be printed", id="NUL"),
        pytest.param({"work": "a\nb"}, "cannot be printed", id="a line in a name"),
        pytest.param({"occurred_at": ...}, "missing required field `occurred_at`", id="no time"),
        pytest.param({"occurred_at": "2026-11-18T02:10:00"}, "timezone", id="no time zone"),
        pytest.param({"occurred_at": "yesterday"}, "RFC3339", id="no date"),
        pytest.param({"occurred_at": at(T0 + timedelta(minutes=6))}, "in the future", id="future"),
        pytest.param({"occurred_at": at(T0 - timedelta(days=35, seconds=1))}, "more than 35 days ago", id="old"),
        pytest.param({"trigger": "whim"}, "Invalid enum value 'whim'", id="trigger"),
        pytest.param({"trigger": None}, r"\$\.trigger", id="null trigger"),
        pytest.param({"tokens": {"input": -1}}, r">= 0 - at `\$\.tokens\.input`", id="negative"),
        pytest.param({"tokens": {"output": 10**12 + 1}}, r"<= 1000000000000 - at `\$\.tokens\.output`", id="absurd"),
        pytest.param({"tokens": {"input": 1.5}}, r"got `float` - at `\$\.tokens\.input`", id="a fraction"),
        pytest.param({"tokens": {"input": "12"}}, r"got `str`", id="text"),
        pytest.param({"requests": True}, r"got `bool`", id="a truth value"),
        pytest.param({"failed_requests": -3}, r"\$\.failed_requests", id="negative failures"),
        pytest.param({"cost": COST | {"currency": "EUR"}}, "only USD is taken", id="currency"),
        pytest.param({"cost": {"amount": "1"}}, "missing required field `currency`", id="no currency"),
        pytest.param({"cost": COST | {"amount": 0.0912}}, r"got `float` - at `\$\.cost\.amount`", id="number"),
        pytest.param({"cost": COST | {"amount": "-1"}}, "negative or absurd", id="negative amount"),
        pytest.param({"cost": COST | {"amount": "1e30"}}, "negative or absurd", id="absurd amount"),
        pytest.param({"cost": COST | {"amount": "NaN"}}, "negative or absurd", id="NaN"),
        pytest.param({"cost": COST | {"amount": "Infinity"}}, "negative or absurd", id="infinite"),
        pytest.param({"cost": COST | {"amount": "1,5"}}, "not a decimal string", id="comma"),
        pytest.param({"cost": COST | {"basis": "guess"}}, "Invalid enum value 'guess'", id="basis"),
        pytest.param({"outcomes": "acme/api#412"}, r"\$\.outcomes", id="outcomes"),
        pytest.param({"result": "yes"}, r"\$\.result", id="result"),
    ],
)
def test_a_bad_event_is_named_with_its_line_and_reason(changes: dict[str, Any], reason: str) -> None:
    content = lines(pushed()) + b"\n" + lines(pushed(**changes), pushed(event_id="3"))
    with pytest.raises(InputError, match="1 event cannot be used; nothing was stored") as refused:
        parse(content, T0)
    (row,) = refused.value.rows
    assert row.startswith("line 3: ")
    assert re.search(reason, row), row


@pytest.mark.parametrize("body", [b"nonsense", b"\xff\xfe{", b'{"event_id": NaN}', b"[" * 100_000, b"3"])
def test_garbage_is_named_too(body: bytes) -> None:
    with pytest.raises(InputError):
        parse(body, T0)
    with pytest.raises(InputError) as refused:
        parse(lines(pushed()) + body, T0)
    assert [row.split(":")[0] for row in refused.value.rows] == ["line 2"]


def test_every_bad_event_of_an_array_is_named() -> None:
    body = json.dumps([pushed(requests=-1), pushed(), pushed(trigger="whim")]).encode()
    with pytest.raises(InputError) as refused:
        parse(body, T0)
    assert [row.split(":")[0] for row in refused.value.rows] == ["event 1", "event 3"]


def test_an_array_that_is_cut_off_is_refused() -> None:
    with pytest.raises(InputError, match="1 event cannot be used") as refused:
        parse(json.dumps([pushed()]).encode()[:-1], T0)
    assert "not whole JSON" in refused.value.rows[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"occurred_at": at(T0 + timedelta(minutes=5))},
        {"occurred_at": at(T0 - timedelta(days=35))},
        {"tokens": {"input": 10**12}},
        {"event_id": "x" * 200},
        {"cost": COST | {"amount": "0"}},
        {"cost": None},
        {"cost": {"amount": "1", "currency": "USD"}},
        {"work": "Größe 東京"},
    ],
)
def test_what_lies_on_the_border_is_taken(changes: dict[str, Any]) -> None:
    assert len(parsed(pushed(**changes))) == 1


def test_lines_may_be_blank_end_in_either_way_and_begin_with_a_mark() -> None:
    one, two = lines(pushed(), pushed(event_id="2")).splitlines()
    body = b"\xef\xbb\xbf" + one + b"\r\n\r\n\n" + two
    assert [event.event_id for event in parse(body, T0)] == ["run-81-3", "2"]


@pytest.mark.parametrize("body", [b"", b"\n", b"[]", b" [ ]\n"])
def test_nothing_is_nothing(body: bytes) -> None:
    assert parse(body, T0) == []


def test_a_missing_trigger_is_unknown_and_never_a_person() -> None:
    assert parsed(pushed(trigger=...))[0].trigger == "unknown"


def test_days_are_utc() -> None:
    (event,) = parsed(pushed(occurred_at="2026-11-18T01:00:00+03:00"))
    assert event.day == datetime(2026, 11, 17, tzinfo=UTC).date()


@pytest.mark.parametrize(
    ("person", "identity"),
    [
        ({"email": " Ana@Example.com "}, Identity("email", "ana@example.com")),
        ({"slack_user_id": "U02BO"}, Identity("slack", "U02BO")),
        ({"external_id": "meshclaw:ab12"}, Identity("external", "meshclaw:ab12")),
        ({"external_id": "x", "email": "a@example.com"}, Identity("email", "a@example.com")),
    ],
)
def test_a_person_is_named_in_one_of_three_ways(person: dict[str, str], identity: Identity) -> None:
    assert parsed(pushed(person=person))[0].person.identity == identity


def test_unlisted_fields_are_not_kept() -> None:
    (event,) = parsed(pushed(prompt="secret", person={"email": "a@example.com", "name": "secret"}))
    assert b"secret" not in push.canonical(event)


_values: st.SearchStrategy[Any] = st.sampled_from(
    [..., None, "", " ", "x", "x\u0000", -1, 1, 1.5, {}, [], COST, "2026-11-18T00:00:00Z"]
)


@given(changes=st.dictionaries(st.sampled_from([*pushed(), "cost", "result"]), _values, max_size=4))
def test_the_fast_way_and_the_thorough_way_agree(changes: dict[str, Any]) -> None:
    """A batch is checked in a few passes first; that must find exactly what looking at each finds."""
    body, allowed = lines(pushed(**changes)), push.window(T0)
    _, thorough = push._one_by_one([("line 1", body)], allowed)
    events, problems = push.parse_lines(body, allowed)
    assert problems == thorough
    if events:
        assert push._all_fine(events, allowed)
