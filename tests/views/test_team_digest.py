"""What a team's digest says: facts about places in plain words, who reads it, and nothing about use or a person."""

import re
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.chain import SealedMark
from bot.domain.outcomes.work import FinishedItem
from bot.domain.released import FourthWeek, GroupFigure, Issue
from bot.domain.team_digest import BlockWork, KindWeek, LibraryLine, TeamDigest, ToldBy
from bot.views import no_ranking, team_answers
from bot.views.blocks import Message, Twin, texts_of
from bot.views.home import MAX_BLOCKS, home
from bot.views.team_digest import team_digest_message
from bot.views.team_figures import NOT_SHOWN, figures_message, fourth_blocks, vp_text, why_not_shown
from bot.views.team_trouble import channel_closed, lead_is_gone
from tests.domain.outcomes.cast import items
from tests.domain.test_team_digest import digest
from tests.promises.test_outcomes_before_volume import NEVER
from tests.team_company import weekly_work

USD = 10**9
MESSAGE = digest(
    weekly_work(), told_by=[ToldBy("github", "x", date(2026, 11, 15)), ToldBy("jira", "x", date(2026, 11, 15))]
)
WORKED = LibraryLine("7", "Sort flaky tests in ten minutes", "Platform", 7, 6, 3)
FOURTH = FourthWeek(
    date(2026, 10, 5),
    date(2026, 11, 1),
    GroupFigure("Engineering", 7_480 * USD, 11_200 * USD),
    GroupFigure("Larkfield", 11_400_000_000, 17_100_000_000, ("openai",), date(2026, 8, 10), date(2026, 11, 1)),
    BlockWork(41, 3, 10, 250),
    WORKED,
    SealedMark(date(2026, 11, 16), "7f3a-91c2"),
)
ISSUE = Issue(5, MESSAGE, FOURTH)


def said(message: Message) -> str:
    return "\n".join([message.text, *texts_of(message.blocks(rich=True)), *texts_of(message.blocks(rich=False))])


def test_the_digest_reads_as_it_should() -> None:
    with_library = replace(MESSAGE, shared=(LibraryLine("1", "Release notes", tried=1),), worth_borrowing=(WORKED,))
    text = team_digest_message(with_library, 5).as_text()

    for line in (
        "Payments, week of 9 November",
        "*10 changes finished*, in acme/api and PAY · 2 tickets closed",
        "*From two weeks ago:* 9 changes have now stayed for 14 days, 1 came back. Usually 9 a week.",
        "Changes that stayed, by week",
        "*Shared by your team:* Release notes. Others are trying it.",
        "*Worth borrowing:* Sort flaky tests in ten minutes (Platform). 6 of 7 who tried it said it worked.",
    ):
        assert line in text.splitlines(), text
    assert "From GitHub and Jira, complete to Sun 15 Nov." in text
    assert text.splitlines()[-5].endswith(
        "About repositories, not people: no names, no AI usage. Read by everybody in Payments."
    )


def test_every_fourth_one_says_cost_as_ranges_and_has_a_paragraph_to_paste() -> None:
    text = team_digest_message(MESSAGE, 5, fourth_blocks(ISSUE)).as_text()

    assert (
        "*Usual AI cost of Engineering, 5 Oct to 1 Nov:* $7,480-11,200, for those counted; very large single amounts "
        "count in part, so that nobody shows. *All of Larkfield, 10 Aug to 1 Nov:* $11-17 of AI per change that "
        "stayed, from the invoices. Not in it, since there is no bill: OpenAI."
    ) in text
    assert "*What worked:* Sort flaky tests in ten minutes is now used in 3 teams; 6 of 7 said it worked." in text
    assert vp_text(ISSUE) == (
        "In the four weeks to 1 November Payments finished 41 changes, of which fewer than 1 in 10 came back within 14 "
        "days; a first review usually took half a working day. The method Sort flaky tests in ten minutes is now in "
        "use in 3 teams, and 6 of 7 people who tried it said it worked. Across Larkfield the AI bill came to $11-17 "
        "per change that stayed. We don't report usage: it follows cost, not results."
    )
    assert "everybody in Engineering can read this figure. Not changed afterwards. " in text
    assert " Log mark of 16 Nov: 7f3a-91c2." in text


def test_after_other_places_it_says_from_when_on_weeks_are_told_of() -> None:
    text = team_digest_message(replace(MESSAGE, places_since=date(2026, 11, 2)), 5).as_text()

    assert "Its places changed: all but this week's count is of the weeks from 2 November on. About" in text


def test_what_is_not_shown_has_one_text_everywhere() -> None:
    hidden = Issue(5, MESSAGE, FourthWeek(FOURTH.first, FOURTH.last, None, None, FOURTH.work, None, None))

    assert NOT_SHOWN in figures_message(hidden).as_text()
    assert NOT_SHOWN in why_not_shown().as_text()
    assert NOT_SHOWN in no_ranking.paying_off(None).as_text()


EVERY = [
    team_digest_message(MESSAGE, 5),
    team_digest_message(MESSAGE, 5, fourth_blocks(ISSUE)),
    figures_message(ISSUE),
    team_answers.example(date(2026, 11, 9)),
    team_answers.no_team(),
    team_answers.noted(),
    why_not_shown(),
    no_ranking.paying_off(FOURTH),
    channel_closed("Payments", 5, "C01PAYMENTS"),
    lead_is_gone("Payments"),
]


@pytest.mark.parametrize("message", EVERY)
def test_no_notification_has_a_number_and_no_words_praise_or_compare(message: Message) -> None:
    assert not re.search(r"\d", message.text), message.text
    assert not NEVER.search(said(message)), NEVER.search(said(message))
    assert not re.search(r"\b(tokens?|sessions?|prompts?)\b", said(message))


@given(items, st.sampled_from(["Payments", "*_`<!channel>`_*", "<@U01ANA>", "x" * 60]))
def test_whatever_was_finished_it_fits_slack_and_a_name_pings_nobody(found: list[FinishedItem], team: str) -> None:
    made = replace(digest(found), team=team, places=("<!here>", *(f"acme/{'y' * 190}{n}" for n in range(30))))
    message = team_digest_message(made, 5, fourth_blocks(Issue(5, made, FOURTH)))

    assert len(message.blocks(rich=False)) <= 50
    assert not re.search(r"<[!@#]", "\n".join(_mrkdwn(message.blocks(rich=False))))


def _mrkdwn(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [str(value["text"])] if value.get("type") == "mrkdwn" else []
        return own + [text for inner in value.values() for text in _mrkdwn(inner)]
    return [text for inner in value for text in _mrkdwn(inner)] if isinstance(value, list) else []


def test_no_figure_of_the_weekly_part_is_about_money() -> None:
    assert "$" not in said(team_digest_message(MESSAGE, 5))


def test_nothing_in_a_digest_can_hold_a_person() -> None:
    names = {name for kind in (TeamDigest, KindWeek) for name in kind.__struct_fields__}

    assert not {name for name in names if "person" in name or "author" in name or "cost" in name}
    assert {field.name for field in fields(Message)} == {"text", "parts", "beside"}


def test_home_shows_parts_whole_within_what_slack_takes() -> None:
    block = {"type": "divider"}
    chart = Twin(block, (block, block))
    full = home(Message("x", [block] * 40), [[block] * 20, [chart] * 30, [block] * 5, []])

    assert len(full.blocks(rich=False)) <= MAX_BLOCKS
    assert len(full.blocks(rich=False)) == 40 + 21 + 6 + 1  # the charts are left out whole, and that is said
    assert len(home(Message("x", [block]), [[block]]).blocks(rich=False)) == 3
