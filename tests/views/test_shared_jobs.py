"""Jobs that ran on their own: out of one's own sum and back, by one button or one list."""

import pytest

from bot.domain.quantity import UNKNOWN, Quantity
from bot.playground.block_rules import problems
from bot.views.shared_jobs import Job, job_blocks
from tests.domain.outcomes.cast import USD

TRIAGE = Job("nightly-triage", "billed", Quantity(26_300_000_000, True), "a" * 32)
DOCS = Job("docs-bot", "list", Quantity(4 * USD, False), "b" * 32)
NO_PRICE = Job("mystery", "list", UNKNOWN, "c" * 32)
OUT = "nightly-triage ran on its own. If others use it too, it can stand apart from your sum."


def shown(own: list[Job], shared: list[Job], asked: str = "4w") -> tuple[str, dict[str, str]]:
    """Return the words, and by label what each choice asks for."""
    (block,) = job_blocks(own, shared, asked)
    assert problems([block], "message") == problems([block], "modal") == []
    way = block["accessory"]
    if way["type"] == "button":
        word = way["action_id"].partition("-")[2].partition(":")[0]
        return block["text"]["text"], {way["text"]["text"]: f"{word} {way['value']}"}
    return block["text"]["text"], {one["text"]["text"]: one["value"] for one in way["options"]}


def test_without_a_job_nothing_is_said() -> None:
    assert job_blocks([], [], "4w") == []


def test_one_job_has_a_button() -> None:
    assert shown([TRIAGE], []) == (OUT, {"Shared job": f"shared-job 4w {'a' * 32}"})


def test_a_job_that_is_out_is_shown_apart_with_its_amount_and_the_way_back() -> None:
    text, ways = shown([], [TRIAGE], "2026-11-10")

    assert text == "Shared jobs, not in your sum: nightly-triage $26.30 billed"
    assert ways == {"Mine after all": f"own-job 2026-11-10 {'a' * 32}"}


def test_several_jobs_share_one_list() -> None:
    text, ways = shown([TRIAGE], [DOCS, NO_PRICE])

    apart = "docs-bot at least $4.00 at list price and mystery: cost unknown"
    assert text == f"{OUT}\nShared jobs, not in your sum: {apart}"
    assert list(ways) == ["Shared job: nightly-triage", "Mine after all: docs-bot", "Mine after all: mystery"]


def test_names_of_several_jobs_are_listed() -> None:
    assert shown([TRIAGE, DOCS], [])[0] == (
        "nightly-triage and docs-bot ran on their own. What others use too can stand apart from your sum."
    )


@pytest.mark.parametrize("name", ["<!channel>", "*" * 200, "&" * 200, "a\nb", "<https://x.example|x>", "\u202ex"])
def test_forty_jobs_with_hostile_names_stay_in_slacks_limits(name: str) -> None:
    jobs = [Job(f"{name}{number}", "billed", Quantity(USD, True), f"{number:032}") for number in range(40)]
    text, _ = shown(jobs, jobs)

    assert "<" not in text
    assert text.count("\n") == 1
    assert text.endswith(" and 34 more")
