"""What people read of the library: the words, and that text which somebody typed stays text wherever it stands."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from bot.domain.iso_week import IsoWeek
from bot.domain.team_digest import LibraryLine
from bot.domain.use_cases.borrowing import Offer
from bot.domain.use_cases.entry import Draft
from bot.domain.use_cases.evidence import Claims, evidence_of
from bot.domain.use_cases.lending import Known, RoundUpNews, round_up_news
from bot.domain.use_cases.news import EntryNews, Thanks
from bot.domain.use_cases.rank import Candidate
from bot.domain.use_cases.traces import Wanted
from bot.playground.block_rules import problems, view_problems
from bot.views import use_case_asking, use_case_cards, use_case_news, use_case_round_up, use_case_trying
from bot.views.blocks import Message, texts_of
from bot.views.use_case_cards import Card
from tests.domain.use_cases.made import FLAKY, TODAY, ago, entry, said
from tests.promises.test_outcomes_before_volume import NEVER

WEEK: Final = IsoWeek(date(2026, 11, 9))
SIX_OF_SEVEN: Final = [*(said(n, team="ABC"[n % 3]) for n in range(6)), said(6, "no", team="C")]
EVIDENCE: Final = evidence_of(Claims(linked=4), SIX_OF_SEVEN)
WANTED: Final = Wanted(9, "a way to review Terraform plans", 2, ago(3), "open")
HOSTILE: Final = (
    "<!channel> <@U01ANA> <#C01GENERAL|x> <https://evil.example|your bank>",
    "*bold* _it_ ~no~ `code` ```fence``` > quote\n\n\n* list",
    "\u202eevil\u202c \u2066x\u2069 \u200f\u061c zero\u200bwidth \ue0041 \x00\x07",
    "😀" * 3000,
    "&<>" * 900,
    "https://evil.example/" + "a" * 900,
    "```\n<!here>\n```",
    "|>*<|" * 50,
    " \n\t\u2028\u2029",
)
hostile = st.sampled_from(HOSTILE) | st.text(max_size=400)


def known(id_: int = 1, draft: Draft = FLAKY, answers: Any = SIX_OF_SEVEN, **changes: Any) -> Known:
    made = entry(id_, draft, **changes)
    assert made.published_on is not None
    return Known(made, Offer(Candidate(id_, made.published_on, answers, Claims()), made.tool, made.team))


def everything(text: str) -> tuple[list[Message], list[dict[str, Any]]]:
    """Return every message and every window in which somebody's text stands."""
    draft = Draft(title=text, when=text, how=text, tool=text, link=text, watch_out=text)
    each = entry(1, draft, team=text, model=text)
    card, line = Card(each, EVIDENCE, text), LibraryLine("1", text, text, 7, 6, 3)
    wanted = WANTED._replace(wanted=text)
    news = EntryNews(1, 3, 2, 2, (Thanks(text, 5),) * 4, (text,) * 4)
    of_week = RoundUpNews((known(1, draft, team=text),) * 5, (known(2, draft, (), team=text),) * 3, (wanted,) * 3)
    messages = [
        use_case_cards.page([card._replace(entry=entry(n, draft, team=text)) for n in range(1, 6)], text, "2 x"),
        use_case_cards.opened(card, [each] * 4),
        use_case_cards.opened(Card(entry(2, changed(draft, link="https://ci.example/12")), EVIDENCE)),
        use_case_cards.nothing_about(text),
        use_case_cards.reported_to_operators(each, text),
        Message("Home", [use_case_cards.borrow_block(line), *use_case_cards.home_part(line)]),
        use_case_trying.will_try(text, 1, TODAY),
        use_case_trying.question(text, 1),
        *(use_case_trying.thanks(result, 1, text, is_read=True) for result in ("yes", "partly", "no")),
        use_case_trying.no_answer_yet(text, 1),
        use_case_trying.linked_to(text, 1),
        use_case_trying.not_known(text, 1),
        use_case_asking.noted(wanted),
        use_case_asking.is_wanted_already(wanted),
        use_case_asking.perhaps(text, [each]),
        use_case_asking.looked_for([wanted] * 12),
        use_case_asking.was_found(wanted, each),
        use_case_round_up.round_up(of_week, "C01PAYMENTS"),
        use_case_news.news_message([(each, news)] * 4, {5: text}, WEEK),
        use_case_news.warning_added(each),
        use_case_news.warning_not_added(each),
        use_case_news.still_right(each, newer_model=True),
        use_case_news.is_archived(each),
    ]
    windows = [
        use_case_cards.prompt_window(each),
        use_case_cards.report_form(each),
        use_case_trying.line_form(text, 1),
        use_case_trying.reason_form(text, 1),
        use_case_trying.helped_form(text, 1),
        use_case_news.tell_team_window(each, EVIDENCE),
    ]
    return messages, windows


@given(hostile)
@settings(max_examples=25)
def test_whatever_somebody_typed_slack_takes_it_and_it_is_no_markup(text: str) -> None:
    messages, windows = everything(text)
    windows.append(use_case_cards.ask_author_window(entry(1, Draft(title=text)), text, "U01RUI"))
    for message in messages:
        blocks = message.blocks(rich=False)
        assert problems(blocks, "message") == []
        assert _bad(blocks) == []
        assert not re.search(r"\d", message.text), message.text
    for window in windows:
        assert view_problems(window) == []
        assert _bad(window["blocks"]) in ([], ["<@U01RUI>"])


def _bad(blocks: Any) -> list[str]:
    """Return what would mention somebody, lead elsewhere than it says, hide, or turn the reading direction."""
    found = []
    for each in _texts(blocks):
        if each["type"] == "plain_text":
            assert not each.get("emoji")
        elif each["type"] == "mrkdwn":
            found += [mark for mark in re.findall(r"<[^>]*>?", each["text"]) if not _is_honest(mark)]
            found += re.findall(r"[`~]", re.sub(r"`(/usecase[a-z WORDS]*|curators|\[people\])`", "", each["text"]))
        found += re.findall("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u200b\x00-\x08]", each["text"])
    return found


def _is_honest(mark: str) -> bool:
    """A channel that we name, or a link whose words are its address."""
    address, _, label = mark.strip("<>").partition("|")
    return mark == "<#C01PAYMENTS>" or (bool(label) and address.startswith(label.removesuffix("…")))


def _texts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield {"type": "", **value}
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


@given(hostile)
@settings(max_examples=10)
def test_the_prompt_can_be_copied_as_it_was_typed(text: str) -> None:
    made = entry(1, Draft(title="x", when="y", how="1. Ask\n\n  indented & <b> *as is*\n" + text))
    shown = "".join(texts_of(use_case_cards.prompt_window(made)["blocks"][0]))

    assert shown.startswith("1. Ask\n\n  indented & <b> *as is*")


def test_a_card_reads_as_it_should() -> None:
    made = entry(1, watch_out="needs read access to the CI logs.", checked_on=date(2026, 11, 2))
    text = use_case_cards.opened(Card(made, EVIDENCE, "Rui Pinto")).as_text().splitlines()

    assert text[0] == "*Sort flaky tests in ten minutes*"
    assert "*6 of 7 who tried it said it worked*, in 3 teams · linked to 4 finished changes" in text
    assert "Watch out: needs read access to the CI logs." in text
    assert "Claude Code, claude-sonnet-4-5 · Rui Pinto, Platform · still right on 2 Nov" in text
    assert [line for line in text if line in {"I'll try it", "I tried it", "Ask Rui", "Report"}] == [
        "I'll try it",
        "I tried it",
        "Ask Rui",
        "Report",
    ]


@pytest.mark.parametrize(
    ("shown_as", "says", "asks"),
    [("me", "Rui Pinto, Platform", True), ("team", "Platform", False), ("nobody", "shared without a name", False)],
)
def test_a_card_says_no_more_of_its_author_than_they_chose(shown_as: str, says: str, asks: bool) -> None:
    made = entry(1, shown_as=shown_as)
    text = use_case_cards.opened(Card(made, EVIDENCE, "Rui Pinto" if asks else "")).as_text()

    assert says in text
    assert ("Ask Rui" in text) == asks
    assert ("Platform" in text) == (shown_as != "nobody")


def test_a_round_up_reads_as_it_should_and_a_quiet_week_has_none() -> None:
    notes = Draft(title="A support ticket into a failing test", when="x", how="y")
    old = known(3, days_ago=60, answers=[said(n, days_ago=30) for n in range(3)])
    weekly = [known(1), known(2, notes, (), days_ago=8, team="Support"), old]
    quiet = [old]
    week = IsoWeek(date(2026, 11, 16))
    news = round_up_news(weekly, [WANTED], IsoWeek(date(2026, 11, 9)))
    reused = round_up_news(weekly, [WANTED], week)

    assert round_up_news(quiet, [WANTED._replace(asked_on=ago(40))], week) is None
    assert news is not None
    assert [each.entry.id for each in news.new] == [2]
    assert reused is not None
    assert [each.entry.id for each in reused.reused] == [1]
    text = use_case_round_up.round_up(RoundUpNews(reused.reused, news.new, (WANTED,)), "C01PAYMENTS").as_text()
    for line in (
        "*Sort flaky tests in ten minutes* · Platform · worked for 6 of 7, 3 teams",
        "*New, waiting for its first try:* A support ticket into a failing test · Support",
        "*Looking for:* a way to review Terraform plans · asked by 2 people",
    ):
        assert line in text.splitlines(), text


@pytest.mark.parametrize(
    ("people", "teams", "worked", "says"),
    [
        (
            3,
            2,
            3,
            "*Three people in two teams used Sort flaky tests in ten minutes last week.* It worked for all three.",
        ),
        (1, 0, None, "*One person used Sort flaky tests in ten minutes last week.* For how many it worked is said"),
        (
            2,
            1,
            1,
            "*Two people in one team used Sort flaky tests in ten minutes last week.* It worked for one of them.",
        ),
        (
            12,
            3,
            0,
            "*12 people in three teams used Sort flaky tests in ten minutes last week.* It did not fully work for",
        ),
    ],
)
def test_the_authors_line(people: int, teams: int, worked: int | None, says: str) -> None:
    news = EntryNews(1, people, teams, worked, (Thanks("Saved my day", None),), ("needs access to CI logs",))
    text = use_case_news.news_message([(entry(1), news)], {}, WEEK).as_text()

    assert says in text
    assert "&gt; Saved my day" in text
    assert "Add 'needs access to CI logs' to 'Watch out'?" in text


def test_no_words_praise_compare_or_rank() -> None:
    messages, windows = everything("a method")
    said = "\n".join([*(each.as_text() for each in messages), *("\n".join(texts_of(each)) for each in windows)])

    assert not NEVER.search(said), NEVER.search(said)
    assert not re.search(r"\b(points?|likes? it|top|best|score|rank|he|she|his|her)\b", said)
