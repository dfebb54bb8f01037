"""The made-up company's library: uneven evidence, one thing looked for, and a key where none belongs."""

from bot.demo.company.library import RUIS_MESSAGE, SHELF, WANTED
from bot.demo.company.people import person
from bot.domain.use_cases.entry import normal, problems_of
from bot.domain.use_cases.evidence import Answer, Claims, Level, evidence_of
from bot.domain.use_cases.rank import Candidate, in_order
from bot.domain.use_cases.scan import scan
from bot.domain.use_cases.splitting import split_message
from bot.views.use_case_words import evidence_line, problem_line
from tests.domain.use_cases.made import TODAY, ago


def candidates() -> list[Candidate]:
    def answers(number: int) -> list[Answer]:
        return [
            Answer(
                number * 100 + place,
                int(tried.handle.encode().hex(), 16),
                person(tried.handle.rstrip("_")).team,
                tried.result,
                day,
            )
            for place, tried in enumerate(SHELF[number].tried)
            if (day := ago(tried.days_ago)) <= TODAY
        ]

    return [
        Candidate(number, ago(each.days_ago), answers(number), claims(number), 0) for number, each in enumerate(SHELF)
    ]


def claims(number: int) -> Claims:
    shelved = SHELF[number]
    return Claims(shelved.draft.tried, shelved.linked, bool(shelved.measured))


def test_there_are_fourteen_that_could_be_published_as_they_are() -> None:
    assert len(SHELF) == 14
    for shelved in SHELF:
        assert normal(shelved.draft) == shelved.draft
        assert problems_of(shelved.draft) == scan(shelved.draft) == []
        assert person(shelved.author).name
        assert all(0 < tried.days_ago < shelved.days_ago for tried in shelved.tried)
        assert all(person(tried.handle.rstrip("_")).name for tried in shelved.tried)
    assert all(person(handle).name for handle in WANTED[1])


def test_the_evidence_is_uneven() -> None:
    shown = [evidence_of(each.claims, each.answers, each.author_id) for each in candidates()]

    assert {each.level for each in shown} == set(Level)
    assert evidence_line(shown[0]) == (
        "*6 of 7 who tried it said it worked*, in 3 teams · linked to 4 finished changes"
    )
    assert evidence_line(shown[1]).startswith("*3 of 3 who tried it said it worked*, in 2 teams")
    assert not shown[2].tried_at_all


def test_what_works_for_other_teams_is_first_and_what_is_new_gets_its_place() -> None:
    ordered = in_order(candidates(), TODAY, "2026-W47")

    assert ordered[:2] == [0, 1]
    assert set(ordered[2:4]) == {4, 5}
    assert SHELF[ordered[4]].days_ago < 30


def test_ruis_message_makes_a_draft_with_a_key_in_its_third_line() -> None:
    draft = normal(split_message(RUIS_MESSAGE, ["Claude Code"]))
    (problem,) = scan(draft)

    assert problems_of(draft) == []
    assert problem_line(problem) == "Line 3 looks like an access key. Take it out and send again; nothing was stored."
    assert draft.title == "Tell slow steps of the pipeline from stuck ones"
    assert draft.when == "It helps when a deploy waits and nobody knows for what."
    assert draft.tool == "Claude Code"
