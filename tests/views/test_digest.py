"""The weekly note in words: titles that are somebody's own text, spans of days, kinds of cost, what is missing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.digest import Digest, Reach, digest_of
from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.work import OwnItem
from bot.domain.people import Delivered
from bot.domain.usage import UsageRow
from bot.views.blocks import MAX_SECTION, Block, section, texts_of
from bot.views.digest import digest_message
from bot.views.digest_answers import no_longer_kept
from tests.cast import T0, TODAY, row
from tests.domain.outcomes.cast import change, own, ticket
from tests.weeks import WEEK, paid_rows

USD = 10**9


def told(kind: str, last_day: date = WEEK.sunday, number: int = 1) -> Delivered:
    return Delivered(kind, number, "company", WEEK.before(14).monday, last_day, T0)


GITHUB = told("github", number=2)
ALL = Reach([told("anthropic")], [GITHUB])


def made_of(rows: list[UsageRow], items: list[OwnItem] | None = None, week: IsoWeek = WEEK) -> Digest:
    return digest_of(week, items or [], rows, [told("anthropic")], TODAY)


def lines(digest: Digest, reach: Reach = ALL, *, rich: bool = False) -> list[str]:
    found = texts_of(digest_message(digest, reach, "Europe/Berlin").blocks(rich=rich))
    return [line for text in found for line in text.split("\n")]


def in_week(**known: Any) -> UsageRow:
    return row(**{"day": date(2026, 11, 11), "source": "anthropic", **known})


@pytest.mark.parametrize(
    ("monday", "title"),
    [
        (date(2026, 11, 9), "Your week, 9-15 November"),
        (date(2026, 10, 26), "Your week, 26 October to 1 November"),
        (date(2026, 12, 28), "Your week, 28 December to 3 January"),
    ],
)
def test_the_title_has_the_weeks_days(monday: date, title: str) -> None:
    assert lines(made_of([], week=IsoWeek(monday)))[0] == title


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([in_week(billed_nano_usd=44_200_000_000)], "*Cost:* $44.20 billed."),
        ([in_week(list_value_nano_usd=12 * USD, list_value_by="ccusage")],
         "*Cost:* $12.00 at list price, what was billed is unknown."),
        ([in_week(tool="copilot", tier="seat", billed_nano_usd=4_430_000_000)], "*Cost:* $4.43 billed, your seat."),
        ([in_week(model="some-new-model", requests=86)], "*Cost:* unknown, nothing that arrived has a price."),
        ([], "*Cost:* no use of yours has arrived for this week."),
        ([in_week(billed_nano_usd=7 * USD), in_week(model="some-new-model", requests=86)],
         "*Cost:* at least $7.00 billed."),
    ],
)  # fmt: skip
def test_money_has_its_word_and_what_is_unknown_is_said(rows: list[UsageRow], said: str) -> None:
    assert said in lines(made_of(rows))


def test_a_model_without_a_price_and_a_tool_in_the_other_money_stand_beside_the_sum() -> None:
    codex = in_week(tool="codex", list_value_nano_usd=12 * USD, list_value_by="ccusage")
    said = lines(made_of([in_week(billed_nano_usd=7 * USD), codex, in_week(model="some-new-model", requests=86)]))

    assert any(line.startswith("Not in this sum: Codex, about $12 at list price") for line in said)
    assert "Price unknown: some-new-model, 86 requests. Not in the sum." in said


def test_titles_can_neither_mention_nor_link_nor_leave_their_line() -> None:
    item = replace_title(own(change(7, date(2026, 11, 11))), "<!channel> *bold* <https://evil.example|x>\n@here & co")
    said = "\n".join(lines(made_of([], [item])))

    assert "<!channel>" not in said
    assert "<https://evil" not in said
    assert "*bold*" not in said
    assert "&lt;!channel&gt; ∗bold∗ &lt;https://evil.example¦x&gt; @here &amp; co (acme/api#7)" in said


def replace_title(item: OwnItem, title: str, link: str = "") -> OwnItem:
    known = {name: getattr(item, name) for name in item.__struct_fields__}
    return OwnItem(**known | {"title": title, "link": link})


def test_a_title_that_is_no_longer_kept_leaves_the_reference() -> None:
    assert "• acme/api#7" in lines(made_of([], [own(change(7, date(2026, 11, 11)))]))


def test_of_many_items_five_are_named_and_the_rest_counted() -> None:
    items = [own(change(number, date(2026, 11, 11)), f"Title {number}") for number in range(12)]
    said = lines(made_of([], items))

    assert "*Finished:* 12 changes" in said
    assert sum(line.startswith("• Title") for line in said) == 5
    assert "• and 7 more" in said


def test_long_titles_and_links_stay_within_what_slack_takes() -> None:
    items = [
        replace_title(own(change(n, date(2026, 11, 11))), "&<>" * 30, f"https://git.example/{'x&' * 200}{n}")
        for n in range(9)
    ]
    message = digest_message(made_of([], items), ALL, "UTC")
    section = next(block for block in message.blocks(rich=False) if block["type"] == "section")

    assert len(section["text"]["text"]) < MAX_SECTION
    assert section["text"]["text"].endswith("more")


def test_what_came_back_already_is_said_with_what_was_finished() -> None:
    items = [own(change(1, date(2026, 11, 9), came_back_on=date(2026, 11, 12))), own(ticket(2, date(2026, 11, 10)))]

    assert "*Finished:* 1 change, 1 ticket · 1 came back" in lines(made_of([], items))


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([change(1, date(2026, 10, 26))], "*From two weeks ago:* 1 change has now stayed for 14 days. None came back."),
        ([change(1, date(2026, 10, 26)), ticket(2, date(2026, 10, 27)), ticket(3, date(2026, 10, 27))],
         "*From two weeks ago:* 1 change and 2 tickets have now stayed for 14 days. None came back."),
        ([change(1, date(2026, 10, 26), came_back_on=date(2026, 11, 1))], "*From two weeks ago:* 1 change came back."),
    ],
)  # fmt: skip
def test_what_became_of_earlier_work_is_said_by_kind(items: list[Any], said: str) -> None:
    assert said in lines(made_of([], [own(item) for item in items]))


def test_without_a_system_of_record_nothing_is_said_of_finished_work() -> None:
    assert not any("Finished" in line for line in lines(made_of([]), replace(ALL, work=[])))
    assert "*Finished:* nothing is recorded for this week." in lines(made_of([]))


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        (ALL, "Complete to Sun 15 Nov. Small corrections can follow; Home has the latest."),
        (replace(ALL, usage=[told("anthropic"), told("copilot", date(2026, 11, 12), 3)]),
         "Complete to Sun 15 Nov, GitHub Copilot to Thu 12 Nov. Small corrections can follow; Home has the latest."),
        (Reach([told("cursor", date(2026, 11, 12))]),
         "Cursor to Thu 12 Nov. Small corrections can follow; Home has the latest."),
        (Reach(), "Small corrections can follow; Home has the latest."),
        (Reach([told("ccusage", date(2026, 5, 1))]), "Small corrections can follow; Home has the latest."),
        (replace(ALL, late=[told("anthropic", date(2026, 11, 10))]),
         "*Anthropic: no data since Tue 10 Nov*, so this sum is too low."),
        (replace(ALL, late=[told("github", date(2026, 11, 10), 2)]),
         "*GitHub: no data since Tue 10 Nov*, so finished work may be missing."),
        (replace(ALL, waiting=["cursor"]), "*Waiting for the first data from Cursor*, so this is too low."),
    ],
)  # fmt: skip
def test_how_far_the_sources_reach_and_what_is_missing(reach: Reach, said: str) -> None:
    assert said in lines(made_of([]), reach)


def test_the_chart_comes_with_a_cost_that_is_more_than_usual_and_in_words_where_there_is_none() -> None:
    dear, usual = made_of(paid_rows()), made_of([in_week(billed_nano_usd=44 * USD), *paid_rows()[:8]])
    chart = [block for block in digest_message(dear, ALL, "UTC").blocks(rich=True) if "visual" in block["type"]]

    assert dear.more_than_usual
    assert [point["value"] for point in chart[0]["chart"]["series"][0]["data"]][-2:] == [44.0, 61.1]
    assert any("$61.10" in line and "9 Nov" in line for line in lines(dear))
    assert not digest_message(usual, ALL, "UTC").has_rich


def test_a_week_that_is_gone_is_named() -> None:
    said = " ".join(texts_of(no_longer_kept(IsoWeek(WEEK.monday - timedelta(weeks=52)), 105).blocks(rich=False)))

    assert "The week of 10 Nov 2025 is too long ago: days are kept for 15 weeks." in said


def test_what_is_worth_a_look_follows_the_cost_and_takes_the_charts_room() -> None:
    dear, worth, borrow = (
        made_of(paid_rows(), [own(change(431, date(2026, 11, 12)), "Retry on 429")]),
        section("Worth a look"),
        section("To borrow"),
    )

    def kinds(*extra: Block) -> list[str]:
        blocks = digest_message(dear, ALL, "UTC", extra).blocks(rich=True)
        return [_short(block) for block in blocks]

    assert kinds() == ["header", "*Finished:*", "*Cost:*", "data_visualization", "context", "actions"]
    assert kinds(worth) == ["header", "*Finished:*", "*Cost:*", "data_visualization", "Worth", "context", "actions"]
    assert kinds(worth, borrow) == ["header", "*Finished:*", "*Cost:*", "Worth", "To", "context", "actions"]


def _short(block: Block) -> str:
    return str(block["text"]["text"]).split()[0] if block["type"] == "section" else str(block["type"])
