"""The policy: floors that hold, a mark that tells, and mistakes that are named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.errors import ConfigError
from bot.policy import Policy, load_policy, packaged_text


def load(text: str) -> Policy:
    Path("policy.toml").write_text(text, "utf-8")
    return load_policy(Path("policy.toml"))


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(text)
    return list(caught.value.problems)


def rules() -> Iterator[tuple[str, str]]:
    for part, field in Policy.model_fields.items():
        if isinstance(field.default, BaseModel):
            yield from ((part, name) for name in type(field.default).model_fields)


OTHERS: dict[tuple[str, str], Any] = {
    ("digest", "weekday"): "friday",
    ("digest", "uncertain"): "resend",
    ("ingest", "notice_date"): "2026-11-23",
    ("report", "budget_usd"): "5000",
    ("use_cases", "publish"): "after_curator",
    ("use_cases", "text_usd_a_day"): "1.00",
    ("sharing", "cap"): 2.5,
}


def another(part: str, name: str) -> object:
    """Return a value that is allowed and not the default."""
    usual = getattr(getattr(Policy(), part), name)
    if (part, name) in OTHERS:
        return OTHERS[part, name]
    if isinstance(usual, bool):
        return not usual
    if isinstance(usual, str):
        return "C0OTHER"
    if isinstance(usual, tuple):
        return ["U0SAM"]
    return usual + 1 if part == "sharing" else usual - 1


def test_the_packaged_policy_is_the_defaults_apart_from_seats() -> None:
    packaged = load_policy(None)

    assert packaged.model_copy(update={"seats": {}}) == Policy()
    assert packaged.seats


def test_the_packaged_policy_says_every_rule() -> None:
    """Whoever copies it has every rule before them."""
    text = packaged_text("policy.toml")

    assert [f"{part}.{name}" for part, name in rules() if f"\n{name} = " not in text] == []
    assert [part for part in Policy.model_fields if f"\n[{part}]" not in text] == []


def test_an_empty_policy_is_the_defaults() -> None:
    assert load("") == Policy()


@pytest.mark.parametrize(
    ("part", "rule", "kept", "loosened"),
    [
        ("sharing", "min_people", 12, 11),
        ("sharing", "min_roster", 18, 17),
        ("sharing", "cap", 3.0, 3.1),
        ("sharing", "cap", 0.1, 0),
        ("sharing", "cap", 3.0, "inf"),
        ("sharing", "cap", 3.0, "nan"),
        ("sharing", "band", 1.5, 1.4),
        ("sharing", "band", 1.5, "nan"),
        ("sharing", "band", 1.5, "inf"),
        ("retention", "daily_days", 400, 401),
        ("retention", "daily_days", 28, 27),
        ("retention", "monthly_months", 25, 26),
        ("retention", "monthly_months", 0, -1),
        ("retention", "raw_hours", 72, 73),
        ("retention", "leaver_days", 90, 91),
        ("retention", "leaver_days", 0, -1),
        ("retention", "ledger_days", 1, 0),
        ("digest", "hour", 23, 24),
        ("digest", "hour", 0, -1),
        ("use_cases", "text_usd_a_day", '"0"', '"-0.01"'),
        ("report", "budget_usd", '"0.01"', '"0"'),
    ],
)
def test_no_rule_can_be_loosened_past_its_floor(part: str, rule: str, kept: object, loosened: object) -> None:
    load(f"[{part}]\n{rule} = {kept}\n")

    found = problems(f"[{part}]\n{rule} = {loosened}\n")
    assert found[0].startswith(f"POLICY_FILE: policy.toml: [{part}] {rule}")


def test_a_seat_costs_nothing_or_something() -> None:
    assert load('[seats]\ncopilot = "0"\n').seats["copilot"] == 0
    assert problems('[seats]\ncopilot = "-1"\n')[0].startswith("POLICY_FILE: policy.toml: [seats] copilot: ")


@pytest.mark.parametrize("amount", ['"NaN"', '"Infinity"', "nan", "inf", '"nineteen"'])
def test_a_price_is_a_number(amount: str) -> None:
    assert problems(f"[seats]\ncopilot = {amount}\n")


def test_usage_is_collected_about_nobody_who_has_not_switched_on() -> None:
    assert problems('[ingest]\npeople = "everyone"\n') == [
        'POLICY_FILE: policy.toml: [ingest] people can only be "enrolled" in this version.'
    ]


def test_every_mistake_is_named_at_once() -> None:
    found = problems(
        '[sharing]\nmin_people = 3\nband = "wide"\n[digest]\nweekday = "someday"\n[guests]\nadmitted = true\n'
    )

    assert [problem.removeprefix("POLICY_FILE: policy.toml: ").split(":")[0] for problem in found] == [
        "[sharing] min_people",
        "[sharing] band",
        "[digest] weekday",
        "[guests] admitted",
    ]
    assert all("\n" not in problem for problem in found)


def test_a_part_that_there_is_not_is_named() -> None:
    assert problems("[leaderboard]\nshow = true\n")[0].startswith("POLICY_FILE: policy.toml: [leaderboard]: ")


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^POLICY_FILE: nowhere\.toml cannot be read: No such file"):
        load_policy(Path("nowhere.toml"))


@pytest.mark.parametrize("content", [b"[sharing\n", b"\xff\xfe"])
def test_a_file_that_is_no_policy_is_named(content: bytes) -> None:
    Path("policy.toml").write_bytes(content)

    with pytest.raises(ConfigError, match=r"^POLICY_FILE: policy\.toml is not TOML: "):
        load_policy(Path("policy.toml"))


def test_the_mark_is_short_and_the_same_again() -> None:
    assert Policy().mark == load("").mark
    assert [len(part) for part in Policy().mark.split("-")] == [4, 4]


@pytest.mark.parametrize(
    ("part", "name"), [rule for rule in rules() if rule[0] != "people" and rule != ("ingest", "people")]
)
def test_the_mark_changes_with_every_rule(part: str, name: str) -> None:
    changed = Policy.model_validate({part: {name: another(part, name)}})

    assert getattr(getattr(changed, part), name) != getattr(getattr(Policy(), part), name)
    assert changed.mark != Policy().mark


def test_the_mark_changes_with_the_price_of_a_seat() -> None:
    assert len({load(f'[seats]\ncopilot = "{price}"\n').mark for price in ("19.00", "39.00")}) == 2


@pytest.mark.parametrize("name", [name for part, name in rules() if part == "people"])
def test_the_mark_does_not_change_with_who_does_the_work(name: str) -> None:
    changed = Policy.model_validate({"people": {name: another("people", name)}})

    assert changed != Policy()
    assert changed.mark == Policy().mark


def test_the_mark_does_not_change_with_the_order_of_lines() -> None:
    first = load('[seats]\ncopilot = "19.00"\ncursor = "40.00"\n[digest]\nhour = 8\nweekday = "friday"\n')
    second = load('[digest]\nweekday = "friday"\nhour = 8\n[seats]\ncursor = "40.00"\ncopilot = "19.00"\n')

    assert first.mark == second.mark


def test_rules_cannot_be_changed_while_the_bot_runs() -> None:
    policy = Policy()

    with pytest.raises(ValueError, match="frozen"):
        policy.sharing.min_people = 1
