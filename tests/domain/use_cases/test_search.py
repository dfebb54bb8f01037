"""How words find entries, and how near two entries are."""

from collections import Counter
from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.use_cases.entry import Draft
from bot.domain.use_cases.search import (
    Found,
    Posting,
    asked_words,
    fit_of,
    fitting,
    found_in,
    is_one_slip,
    postings_of,
    rarest,
    shown_order,
    spellings_of,
    times_of,
    words_of,
)
from bot.domain.use_cases.similar import NEARLY_THE_SAME, Library, nearest
from tests.domain.use_cases.made import FLAKY

words = st.text("abcde", min_size=3, max_size=11)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sort the Flaky TESTS!", ["sort", "flaky", "tests"]),
        ("Stra\u00dfe na\u00efve \uff23\uff29", ["strasse", "naive", "ci"]),
        ("release_notes v2, acme/api#431", ["release", "notes", "v2", "acme", "api", "431"]),
        ("to be or not to be", []),
        ("a \U0001f680 !", []),
    ],
)
def test_words_have_no_case_and_no_accents(text: str, expected: list[str]) -> None:
    assert words_of(text) == expected


def test_what_stands_in_the_title_weighs_most() -> None:
    draft = Draft(title="Flaky tests", when="CI red", how="flaky CI, flaky", tool="Cursor", watch_out="slow")

    assert postings_of(draft, "Platform") == [
        Posting("ci", 4, 2),
        Posting("cursor", 2, 0),
        Posting("flaky", 7, 3),
        Posting("platform", 1, 0),
        Posting("red", 3, 1),
        Posting("slow", 1, 0),
        Posting("tests", 5, 1),
    ]


@pytest.mark.parametrize(
    ("asked", "word", "expected"),
    [
        ("flaky", "flaky", 1.0),
        ("fla", "flaky", 0.8),
        ("fl", "flaky", 0.0),
        ("flkay", "flaky", 0.6),
        ("flacky", "flaky", 0.6),
        ("flky", "flaky", 0.6),
        ("flamy", "flaky", 0.6),
        ("tests", "test", 0.6),
        ("flamo", "flaky", 0.0),
        ("red", "rep", 0.0),
        ("flakys", "flaky", 0.6),
    ],
)
def test_a_word_is_found_whole_begun_or_with_one_slip(asked: str, word: str, expected: float) -> None:
    assert fit_of(asked, word) == expected


@given(words, st.integers(0, 11), st.sampled_from("abcdex"), st.sampled_from(["more", "less", "other", "swapped"]))
def test_whatever_fits_shares_a_spelling_of_the_index(word: str, place: int, letter: str, slip: str) -> None:
    """Else the index would not offer it."""
    place %= len(word)
    changed = {
        "more": word[:place] + letter + word[place:],
        "less": word[:place] + word[place + 1 :],
        "other": word[:place] + letter + word[place + 1 :],
        "swapped": word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    }[slip]

    assert changed == word or is_one_slip(changed, word)
    assert is_one_slip(word, changed) == is_one_slip(changed, word)
    if fit_of(changed, word):
        assert set(spellings_of(changed)) & set(spellings_of(word))


def test_of_many_words_that_fit_the_nearest_count() -> None:
    known = {f"test{'s' * more}": 1 for more in range(30)} | {"zebra": 1}
    (found,) = fitting(["test"], known).values()

    assert list(found) == [f"test{'s' * more}" for more in range(12)]
    assert list(found.values()) == [1.0] + [0.8] * 11


def test_words_that_most_entries_have_are_left_out_where_there_is_too_much_to_read() -> None:
    known = {"code": 4000, "review": 3000, "flaky": 40}

    assert list(fitting(["code", "flaky", "review"], known)) == ["flaky", "review"]
    assert list(fitting(["code"], {"code": 10**6})) == ["code"]


def test_more_of_the_asked_words_come_first_then_what_fits_better() -> None:
    postings = {"flaky": [(1, 7), (2, 1), (3, 1)], "test": [(3, 5)], "flake": [(4, 12)]}
    fits = {"flaky": {"flaky": 1.0, "flake": 0.6}, "test": {"test": 1.0}}

    assert [each.id for each in found_in(fits, postings, 10)] == [3, 4, 1, 2]
    assert [each.words for each in found_in(fits, postings, 10)] == [2, 1, 1, 1]
    assert found_in({}, {}, 0) == []
    (both,) = found_in({"flaky": {"flaky": 1.0, "flake": 0.6}}, {"flaky": [(1, 7)], "flake": [(1, 7)]}, 10)
    assert [both] == found_in({"flaky": {"flaky": 1.0}}, {"flaky": [(1, 7)]}, 10)


def test_among_what_fits_alike_the_order_of_the_library_decides() -> None:
    found = [Found(1, 2, 9.0), Found(2, 2, 6.0), Found(3, 2, 4.0), Found(4, 1, 9.0), Found(5, 1, 1.0)]

    assert shown_order(found, [5, 4, 3, 2, 1], 9) == [2, 1, 3, 4, 5]
    assert shown_order(found, [2, 3], 9) == [2, 3], "what is not in the library any more is not shown"
    assert shown_order(found, [5, 4, 3, 2, 1], 1) == [2]


def test_a_question_has_eight_words_at_most_each_once() -> None:
    assert asked_words("flaky Flaky tests") == ["flaky", "tests"]
    assert len(asked_words(" ".join(f"word{n}" for n in range(20)))) == 8
    assert rarest(["a", "b", "c", "d"], {"a": 3, "b": 1, "c": 1}, 2) == ["b", "c"]


def test_nearness_is_the_cosine_of_weighed_words() -> None:
    library = Library(9, {"flaky": 1, "tests": 4})
    rare, common = log(10 / 2) + 1, log(10 / 5) + 1
    one, other = Counter({"flaky": 1, "tests": 1}), Counter({"flaky": 2})
    expected = rare / sqrt(rare**2 + common**2)

    assert expected > NEARLY_THE_SAME
    assert nearest(one, [(5, other), (4, one), (3, {"tests": 1}), (2, {})], library) == [
        (4, 1.0),
        (5, pytest.approx(expected)),
    ]
    assert nearest({}, [(1, {}), (2, one)], library) == []


def test_an_entry_with_another_title_and_the_same_way_is_nearly_the_same() -> None:
    times = times_of(FLAKY)
    renamed = times_of(
        Draft(title="Find tests that are flaky", when=FLAKY.when, how=FLAKY.how + "\nThen tell the team.")
    )
    unlike = times_of(Draft(title="Release notes", when="A release is due", how="Give it the titles of the changes."))

    assert [each.id for each in nearest(times, [(1, renamed), (2, unlike)], Library(2, Counter()))] == [1]
