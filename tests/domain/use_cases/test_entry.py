"""What an entry takes, who may read and change it, and the steps that it goes through."""

import pytest
from msgspec.structs import replace

from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import (
    MAX_LENGTH,
    Draft,
    Problem,
    is_readable,
    may_change,
    normal,
    problems_of,
    shown_author,
)
from bot.domain.use_cases.splitting import split_message
from bot.domain.use_cases.text import bare, normal_line, normal_lines, without_slack_markup
from tests.domain.use_cases.made import FLAKY, TODAY, ago, entry

RTL, ZWSP, ZWJ, TAG = "\u202e", "\u200b", "\u200d", "\U000e0041"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"title": "", "how": ""}, [Problem("title", "missing"), Problem("how", "missing")]),
        ({"title": "x" * 81}, [Problem("title", "too_long", 0, 80)]),
        ({"how": "x" * 3001}, [Problem("how", "too_long", 0, 3000)]),
        ({"title": "x" * 80, "how": "y" * 3000}, []),
        ({"link": "https://git.example/acme/ci/pull/5"}, []),
        ({"link": "acme/api#431"}, []),
        ({"link": "PAY-12"}, []),
        ({"link": "the one from Tuesday"}, [Problem("link", "not_a_link")]),
        ({"link": "javascript:alert(1)"}, [Problem("link", "not_a_link")]),
        ({"link": "https://a b"}, [Problem("link", "not_a_link")]),
    ],
)
def test_each_field_says_what_is_wrong_with_it(changes: dict[str, str], expected: list[Problem]) -> None:
    assert problems_of(replace(FLAKY, **changes)) == expected


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\x85d\u2028e", "a\nb\nc\nd\ne"),
        ("cafe\u0301", "caf\u00e9"),
        (f"sk{ZWSP}ip {RTL}this\x00\x07", "skip this"),
        (f"hidden{TAG}{TAG} words\U000e0101", "hidden words"),
        (f"a{ZWJ} b", "a b"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("a\n\n\n\n\n\nb  \n", "a\n\n\nb"),
        ("\tindented `code` <@U1> *stays*", "\tindented `code` <@U1> *stays*"),
    ],
)
def test_what_is_kept_is_what_was_typed_without_what_cannot_be_seen(typed: str, kept: str) -> None:
    assert normal_lines(typed) == kept
    assert normal_lines(kept) == kept


def test_only_the_how_has_lines() -> None:
    typed = Draft(title="Two\nlines", when=" a \n b", how="one\r\ntwo", tool="x\ty", link=" PAY-1\n")

    assert normal(typed) == Draft(title="Two lines", when="a b", how="one\ntwo", tool="x y", link="PAY-1")


def test_nothing_hides_from_comparing() -> None:
    assert bare("\uff53\uff4b-a\u200db") == "sk-ab"
    assert normal_line(" a\n b ") == "a b"


def test_a_message_reads_as_its_author_saw_it() -> None:
    said = "<@U123|ana> see <https://x.example/1|this> &amp; <#C1|ci> <!here> <mailto:a@b.example|a> 1 &lt; 2"

    assert without_slack_markup(said) == "@somebody see https://x.example/1 & #ci @here a@b.example 1 < 2"


def test_a_message_is_split_by_its_labels() -> None:
    message = (
        "*What:* Sort flaky tests\n*When:* CI is red\nHow:\n1. Paste\n2. Ask\nTool: Cursor\n"
        "Link: https://git.example/acme/ci/pull/512\nWatch out: needs the logs"
    )

    assert split_message(message) == Draft(
        title="Sort flaky tests",
        when="CI is red",
        how="1. Paste\n2. Ask",
        tool="Cursor",
        link="https://git.example/acme/ci/pull/512",
        watch_out="needs the logs",
    )


def test_a_message_without_labels_is_split_by_its_sentences() -> None:
    message = (
        "Hi all, sort flaky tests in ten minutes!\nGood when CI is red and nobody knows why (see acme/ci#512).\n"
        "- Paste the names into claude code\n- Careful: needs the logs."
    )
    found = split_message(message, ["Cursor", "Claude", "Claude Code"])

    assert found.title == "Sort flaky tests in ten minutes"
    assert found.when == "Good when CI is red and nobody knows why (see acme/ci#512)."
    assert (found.how, found.tool, found.link) == (message, "Claude Code", "acme/ci#512")
    assert found.watch_out == "needs the logs."


@pytest.mark.parametrize(
    "message", ["", "\n\n", "x" * 5000, "word " * 900, "<https://a|b>", "Hi!", "1.", "How:", "* _ ~"]
)
def test_any_message_gives_a_draft_that_fits(message: str) -> None:
    found = split_message(message)

    assert all(len(getattr(found, name)) <= most for name, most in MAX_LENGTH.items())
    assert [problem for problem in problems_of(normal(found)) if problem.kind != "missing"] == []


def test_under_the_policy_a_curator_reads_it_first() -> None:
    draft = steps.kept_draft(1, FLAKY, 7, ago(5))
    waiting = steps.sent(draft, "after_curator", ago(3), team="Platform", model="m-1")

    assert (draft.state, waiting.state, waiting.published_on) == ("draft", "waiting", None)
    assert steps.published(waiting, TODAY).published_on == TODAY
    back = steps.returned(waiting, "Which logs?", TODAY)
    assert (back.state, back.reason) == ("returned", "Which logs?")
    assert steps.sent(back, "after_curator", TODAY, team="Platform", model="m-1").reason == ""


def test_an_edit_keeps_whose_it_is_since_when_it_is_read_and_its_state() -> None:
    before = entry(days_ago=60)
    after = steps.edited(before, replace(FLAKY, title="Sort them faster", shown_as="team"), TODAY)

    assert (after.title, after.shown_as, after.changed_on) == ("Sort them faster", "team", TODAY)
    assert (after.state, after.person_id, after.published_on) == ("published", 7, ago(60))
    again = steps.sent(after, "after_scan", TODAY, team="Platform", model="m")
    assert (again.published_on, again.checked_on) == (ago(60), TODAY), "an edit makes nothing new again"
    assert steps.kept_draft(9, FLAKY, 8, TODAY, before).state == "draft"
    assert steps.kept_draft(9, FLAKY, 8, TODAY, before).id == before.id


def test_a_warning_is_added_to_those_that_are_there() -> None:
    first = steps.with_warning(entry(), "needs the logs", TODAY)

    assert first.watch_out == "needs the logs"
    assert steps.with_warning(first, "slow on Mondays", TODAY).watch_out == "needs the logs; slow on Mondays"


@pytest.mark.parametrize(
    ("state", "others", "curators"),
    [
        ("published", True, True),
        ("waiting", False, True),
        ("archived", False, True),
        ("draft", False, False),
        ("returned", False, False),
        ("withdrawn", False, False),
    ],
)
def test_who_may_read_an_entry(state: str, others: bool, curators: bool) -> None:
    found = entry(state=state)

    assert is_readable(found, 8, curates=False) is others
    assert is_readable(found, 8, curates=True) is curators
    assert is_readable(found, 7, curates=False)
    assert may_change(found, 7)
    assert not may_change(found, 8)
    assert not may_change(entry(person_id=None), 8)


@pytest.mark.parametrize(
    ("shown_as", "expected"), [("me", (7, "Platform")), ("team", (None, "Platform")), ("nobody", (None, ""))]
)
def test_an_author_chooses_how_they_are_shown(shown_as: str, expected: tuple[int | None, str]) -> None:
    assert shown_author(entry(shown_as=shown_as)) == expected
