"""The list of finished items: its words, its limits, and titles that stay titles."""

import json
import re
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.outcomes.links import OwnMarks, StatedLink
from bot.domain.outcomes.person import person_outcomes
from bot.domain.outcomes.work import FinishedItem, OwnItem
from bot.domain.period import parse_period
from bot.domain.usage import UsageRow
from bot.playground.block_rules import view_problems
from bot.playground.limits import VIEW_BYTES
from bot.views.finished_list import ITEMS_A_PAGE, FinishedList, finished_list
from bot.views.links import linked
from tests.cast import TODAY, row
from tests.domain.outcomes.cast import LONG_AGO, USD, ago, change, own, ticket

FOUR_WEEKS: Final = parse_period("4w", TODAY)
assert FOUR_WEEKS is not None
TITLE: Final = "Retry on 429"


def window(items: list[OwnItem], usage: list[UsageRow] | None = None, *links: StatedLink, page: int = 1,
           marked: tuple[OwnItem, ...] = ()) -> dict[str, Any]:  # fmt: skip
    assert FOUR_WEEKS is not None
    marks = OwnMarks(frozenset(item.reference for item in marked))
    found = person_outcomes([*items, *marked], usage or [], links, FOUR_WEEKS, TODAY, LONG_AGO, marks)
    keys = {item.reference: f"{number:032}" for number, item in enumerate([*items, *marked])}
    made = finished_list(FinishedList(found, marked, keys, page), "Your last four weeks")
    assert view_problems(made) == []
    assert len(json.dumps(made)) <= VIEW_BYTES
    return made


def lines(made: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in made["blocks"] if block["type"] == "section"]


def buttons(made: dict[str, Any]) -> list[str]:
    beside = [block["accessory"]["text"]["text"] for block in made["blocks"] if "accessory" in block]
    below = [
        each["text"]["text"] for block in made["blocks"] for each in block.get("elements", []) if "action_id" in each
    ]
    return [*beside, *below]


def titled(item: FinishedItem, title: str = TITLE, link: str = "") -> OwnItem:
    return replace(own(item, title), link=link)


def test_an_item_says_what_became_of_it_and_what_its_ai_cost() -> None:
    cost = StatedLink("acme/api#431", row(day=ago(8), billed_nano_usd=3_120_000_000))
    found = window([titled(change(431, date(2026, 11, 12)), link="https://github.example/acme/api/pull/431")], [], cost)

    assert lines(found) == [
        "*1 change finished*",
        "<https://github.example/acme/api/pull/431|Retry on 429> · acme/api#431 · merged 12 Nov · too new to say"
        " · shows AI help · about $3 of AI, billed",
    ]
    assert buttons(found) == ["Not mine"]


@pytest.mark.parametrize(
    ("used", "words"),
    [
        (row(billed_nano_usd=420_000_000), "about $0.42 of AI, billed"),
        (row(billed_nano_usd=2_000_000), "under $0.01 of AI, billed"),
        (row(list_value_nano_usd=14_600_000_000), "about $15 of AI, at list price"),
        (row(billed_nano_usd=USD, partly_unknown=1 << 9), "at least about $1 of AI, billed"),
        (row(), "AI cost unknown"),
        (None, "\N{EN DASH}"),
    ],
)
def test_the_cost_of_an_item_has_its_word_and_a_dash_where_no_run_named_it(used: UsageRow | None, words: str) -> None:
    links = [StatedLink("acme/api#1", used)] if used else []

    assert lines(window([titled(change(1, ago(2)))], [], *links))[1].endswith(f" · {words}")


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (change(1, ago(20)), "merged 30 Oct · stayed for 14 days · \N{EN DASH}"),
        (change(1, ago(20), came_back_on=ago(16)), "merged 30 Oct · came back 3 Nov · \N{EN DASH}"),
        (change(1, ago(20), came_back_on=ago(2)), "merged 30 Oct · stayed for 14 days · \N{EN DASH}"),
        (change(1, ago(20), ticket="PAY-7"), "merged 30 Oct · part of PAY-7 · stayed for 14 days · \N{EN DASH}"),
        (change(1, ago(20), ai_evidence="shown"), "merged 30 Oct · stayed for 14 days · shows AI help · \N{EN DASH}"),
        (ticket(1, ago(20)), "closed 30 Oct · stayed for 14 days · \N{EN DASH}"),
    ],
)  # fmt: skip
def test_each_state_has_its_words(item: FinishedItem, words: str) -> None:
    assert lines(window([titled(item)]))[1] == f"{TITLE} · {item.reference} · {words}"


def test_a_title_that_is_no_longer_kept_leaves_the_reference() -> None:
    item = titled(change(1, ago(20)), title="", link="https://github.example/1")

    assert lines(window([item]))[1].startswith("<https://github.example/1|acme/api#1> · merged 30 Oct")


def test_what_may_have_had_help_what_nobody_accepted_and_what_is_not_mine_stand_apart() -> None:
    used = [row(day=ago(4), work="acme/api", billed_nano_usd=USD)]
    items = [titled(change(1, ago(3)), "Maybe"), titled(change(2, ago(20)), "Plain"),
             titled(change(3, ago(2), accepted=False), "Alone")]  # fmt: skip
    found = window(items, used, marked=(titled(change(4, ago(5)), "Theirs"),))

    assert [line.split(" · ")[0].split(":")[0] for line in lines(found)] == [
        "*2 changes finished*", "Plain", "*May have had AI help", "Maybe", "*Not counted", "Alone",
        "*Not yours, as you said", "Theirs",
    ]  # fmt: skip
    assert buttons(found) == ["Not mine", "Not mine", "Not mine", "Mine after all"]


def test_an_empty_list_says_so() -> None:
    assert lines(window([])) == ["Nothing is counted as finished in these days."]


HOSTILE: Final = (
    "<!channel> <@U01MO> <https://evil.example|click> https://evil.example *b* _i_ ~s~ `c` ```x``` &lt;!here&gt;",
    "|>\n<!everyone>\n> quoted\n• point",
    "\u202egnp.exe \u200bhidden\u0000",
    "a" * 80,
    "&" * 80,
    "<" * 80,
    "*" * 80,
    "👩‍💻" * 40,
)
_CONTROL: Final = re.compile(r"<(?!https://github\.example/[^|>]*\|)")


@pytest.mark.parametrize("title", HOSTILE)
def test_five_hundred_hostile_titles_stay_in_their_blocks_and_in_slacks_limits(title: str) -> None:
    items = [titled(change(number, ago(1 + number % 27)), title[:80], f"https://github.example/{number}?a=1&b=2")
             for number in range(500)]  # fmt: skip
    pages = -(-500 // ITEMS_A_PAGE)
    seen = 0
    for page in range(1, pages + 1):
        found = window(items, page=page)
        assert len(found["blocks"]) <= 100
        shown = lines(found)[1:]
        seen += len(shown)
        for line in shown:
            assert not _CONTROL.search(line)
            assert "\n" not in line
    assert seen == 500


def test_pages_lead_to_each_other_and_a_wrong_page_to_the_nearest() -> None:
    items = [titled(change(number, ago(1 + number % 27))) for number in range(90)]

    assert buttons(window(items, page=1))[-1:] == ["Earlier ones"]
    assert buttons(window(items, page=2))[-2:] == ["Later ones", "Earlier ones"]
    assert buttons(window(items, page=3))[-1:] == ["Later ones"]
    assert lines(window(items, page=99)) == lines(window(items, page=3))
    assert "ones" not in " ".join(buttons(window(items[:40])))


@given(st.text(max_size=100))
def test_no_title_links_mentions_or_breaks_the_line(title: str) -> None:
    said = linked(title, "")

    assert "<" not in said
    assert ">" not in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "ftp://files.example/x", "//evil.example", "https://", "https://a.example|b",
        "https://a.example/<!channel>", "https://a.example/a b", "https://a.example\n", "https://me@evil.example/",
        "https://[broken", "mailto:a@b.example", "slack://open", "https://a.example/" + "a" * 500, "",
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_not_linked(address: str) -> None:
    assert linked("Title", address) == "Title"


def test_an_address_is_escaped_and_a_bar_in_a_title_cannot_end_it() -> None:
    assert linked("a|b", "https://a.example/?x=1&y=2") == "<https://a.example/?x=1&amp;y=2|a¦b>"
