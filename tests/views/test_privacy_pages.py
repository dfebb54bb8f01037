"""The pages that everybody can open: what is kept, the rules on one page, who saw what; and their paper twin."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bot.domain.blocks_of_weeks import Block
from bot.domain.chain import EXPORT, FIGURE, POLICY, TEAM_DIGEST, Entry, LoggedRow, Readers, SealedMark
from bot.domain.released import COMPANY_CELL, Range, Released, group_cell
from bot.domain.rules import Change, DatedChange, Waiting
from bot.playground.block_rules import problems, view_problems
from bot.policy import Policy, Retention, Sharing, load_policy
from bot.views import privacy, rules_page, who
from bot.views.blocks import Message, texts_of
from tests.cast import T0, TODAY
from tests.promises.test_outcomes_before_volume import NEVER, without_allowed

DOCS: Final = Path(__file__).parents[2] / "docs"
LOOSER = Change("sharing", "min_people", 15, 12, "looser")
WAITS = Waiting("retention", "daily_days", 70, 105, date(2026, 12, 3))
RULES = privacy.Rules(load_policy(None).rules, "3c1e-04ab", ("U0SAM",), ("U0SAM",))
KEPT = privacy.Kept(86, date(2026, 8, 6), (), (), {"counted": "yes"}, paused=False)
FIRST = DatedChange(date(2026, 11, 12), "3c1e-04ab", ())


def said(message: Message) -> str:
    return "\n".join(texts_of(message.blocks(rich=False)))


def in_window(view: dict[str, Any]) -> str:
    return "\n".join(texts_of(view["blocks"]))


def released(cell: str = group_cell("Engineering"), number: int = 35) -> Released:
    readers = Readers("Engineering", 0, 2).stored()
    mark = SealedMark(TODAY, "7f3a-91c2")
    return Released(cell, Block(number), "Engineering", Range(1, 2), readers, "3c1e-04ab", mark, T0)


def row(entry: Entry | None, back: int = 0) -> LoggedRow:
    return LoggedRow(TODAY - timedelta(days=back), 1, bytes(32), entry, None if entry is None else bytes(16))


def test_the_document_is_the_page_with_the_packaged_policys_figures() -> None:
    policy = load_policy(None)

    assert (DOCS / "rules.md").read_text("utf-8") == rules_page.rules_document(policy.rules)
    figures = ("18 or more people", "12 or more besides", "1.5 times", "3 times", "15 weeks", "13 months", "72 hours")
    assert [value for value in figures if value not in rules_page.rules_document(policy.rules)] == []


def test_every_figure_of_the_page_follows_the_policy() -> None:
    strict = Policy(
        sharing=Sharing(min_people=17, min_roster=41, cap=2.5, band=1.75),
        retention=Retention(daily_days=63, monthly_months=7, raw_hours=23, leaver_days=11, ledger_days=399),
    )
    page = rules_page.rules_document(strict.rules)

    figures = ("17 or more", "41 or more", "2.5 times", "1.75 times", "9 weeks", "7 months", "23 hours", "11 days")
    assert [value for value in (*figures, "57 weeks") if value not in page] == []


def test_the_rules_in_force_are_said_with_mark_date_and_whether_they_were_ever_loosened() -> None:
    first, later = replace(RULES, history=[FIRST]), DatedChange(date(2026, 12, 1), "aaaa-bbbb", [LOOSER])

    never = "Policy *3c1e-04ab*, in force since 12 Nov 2026, never loosened since the first."
    assert never in privacy.rules_lines(first)
    loosened = privacy.rules_lines(replace(RULES, mark="aaaa-bbbb", history=[later, FIRST]))
    assert "in force since 1 Dec 2026, last loosened 1 Dec 2026." in loosened
    assert "*1 Dec 2026, policy aaaa-bbbb:* people counted, besides each reader, before" in loosened
    assert "15, now 12 (looser)" in loosened


def test_what_was_loosened_is_announced_to_everybody_with_its_day() -> None:
    rules = replace(RULES, waits=[WAITS])

    for text in (said(privacy.privacy_message(KEPT, rules)), said(privacy.privacy_when_off(rules))):
        assert "*Announced:* daily rows and titles are kept: 10 weeks; from 3 Dec 15 weeks (looser)" in text
    assert "from 3 Dec 15 weeks" in in_window(rules_page.rules_window(rules.values, "x", (), (), rules.waits))


def test_a_yes_under_stricter_rules_is_said_to_be_unused() -> None:
    assert "not used until you say so again" in said(privacy.privacy_message(replace(KEPT, yes_holds=False), RULES))
    assert "not used" not in said(privacy.privacy_message(KEPT, RULES))
    no = replace(KEPT, yes_holds=False, choices={"counted": "no"})
    assert "not used" not in said(privacy.privacy_message(no, RULES))


def test_figures_are_listed_with_everybody_who_could_read_them_by_role_and_number() -> None:
    figures, files = [released(), released(COMPANY_CELL)], [(T0, None), (T0, T0)]
    text = said(who.who_message(figures, files, ["Anthropic"], "7f3a-91c2"))

    assert "*Your own numbers:* nobody but you." in text
    assert "Engineering, cost, 7 Sep to 4 Oct · everybody in Engineering, two report readers" in text
    assert "All of the company, cost per change, 7 Sep to 4 Oct" in text
    assert "your own export, 19 Nov · your own export, 19 Nov, deleted 19 Nov" in text
    assert "the admin pages of Anthropic, and whoever runs the database" in text
    assert "Log mark today: 7f3a-91c2." in text


def test_every_entry_is_said_in_words_and_paged() -> None:
    readers = Readers("Payments", leads=1).stored()
    rows = [
        row(Entry(FIGURE, group_cell("Engineering"), "block-35", readers=Readers("Engineering", 0, 12).stored())),
        row(Entry(TEAM_DIGEST, "Payments", "2026-W46", readers=readers)),
        row(Entry(EXPORT, person_id=7)),
        row(Entry(POLICY, policy_mark="3c1e-04ab")),
        row(None),
    ]
    text = in_window(who.entries_window(rows, 0, "7f3a-91c2"))

    assert "Engineering, 7 Sep to 4 Oct · could be read by everybody in Engineering, 12 report readers" in text
    assert "Payments, week of 9 Nov · could be read by everybody in Payments, one lead" in text
    assert "a file of your own data was made for you" in text
    assert "rules came into force · policy 3c1e-04ab" in text
    assert "19 Nov 2026 · no longer kept" in text
    many = [row(Entry(EXPORT, person_id=7), back) for back in range(60)]
    assert [in_window(who.entries_window(many, page, "x")).count("own data") for page in (0, 1, 2, 3)] == [
        25,
        25,
        10,
        0,
    ]
    days = [SealedMark(TODAY - timedelta(days=number), f"mark-{number}") for number in range(100)]
    first, second = (in_window(who.entries_window([], page, "x", days)) for page in (0, 1))
    assert "*Log marks of days that are over:* 19 Nov 2026 mark-0 · 18 Nov mark-1 · " in first
    assert ("mark-89" in first, "mark-90" in first, "Older" in first) == (True, False, True)
    assert ("mark-99" in second, "Older" in second) == (True, False)
    assert "Newer" in in_window(who.entries_window(many, 1, "x"))
    assert "Older" not in in_window(who.entries_window(many, 2, "x"))


def test_what_the_lead_sees_is_the_issue_word_for_word_or_an_example_that_says_so() -> None:
    monday = date(2026, 11, 9)
    real = who.example_issue(monday)
    shown = in_window(who.lead_window([("Payments", real), ("Data", None)], monday))

    assert "as your lead and everybody in the team got it" in shown
    assert "made-up example" not in shown
    assert "*Data:* no digest has been released yet." in shown
    assert "*A made-up example:*" in in_window(who.lead_window([], monday))


MANY = [DatedChange(TODAY - timedelta(days=n), "aaaa-bbbb", [LOOSER] * 6) for n in range(80)]
PAGES = {
    "on": privacy.privacy_message(KEPT, replace(RULES, history=MANY, waits=[WAITS] * 9)),
    "off": privacy.privacy_when_off(replace(RULES, history=MANY, waits=[WAITS] * 9)),
    "who": who.who_message([released(number=n) for n in range(40)], [(T0, T0)] * 9, ["Anthropic"] * 12, "7f3a-91c2"),
    "changed": rules_page.rules_changed("aaaa-bbbb", [LOOSER] * 9, [WAITS] * 9),
}
WINDOWS = {
    "rules": rules_page.rules_window(RULES.values, "x", ("U0SAM",), MANY, [WAITS] * 9),
    "entries": who.entries_window([row(Entry(FIGURE, "x" * 90, "block-1", readers="y" * 300))] * 60, 1, "x"),
    "lead": who.lead_window([("Payments", who.example_issue(date(2026, 11, 9)))] * 6, TODAY),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_taken_by_slack_however_much_there_is(name: str) -> None:
    assert problems(PAGES[name].blocks(rich=False), "message") == []
    assert not any(char.isdigit() for char in PAGES[name].text)


@pytest.mark.parametrize("name", WINDOWS)
def test_every_window_is_taken_by_slack_however_much_there_is(name: str) -> None:
    assert view_problems(WINDOWS[name]) == []


def test_no_page_praises_or_compares() -> None:
    texts = [said(message) for message in PAGES.values()] + [in_window(view) for view in WINDOWS.values()]

    assert [NEVER.search(without_allowed(text)) for text in texts if NEVER.search(without_allowed(text))] == []
    assert all(":lock:" in text for text in [*texts[:3], *texts[5:]])
