"""The order of the library: the examples of its formula, and what can never move an entry up."""

import inspect
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.use_cases.evidence import Answer, Claims, Level, Result, counted, level_of
from bot.domain.use_cases.rank import PLACES, Candidate, in_order, weight, worth, worth_of

TODAY = date(2026, 11, 19)
LONG_AGO = TODAY - timedelta(days=200)
AUTHOR = 99


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


RESULTS: tuple[Result, ...] = ("yes", "partly", "no")
TEAMS = ("", "Payments", "Platform", "Mobile")


def answer_of(number: int) -> Answer:
    rest, person = divmod(number, 5)
    rest, result = divmod(rest, 3)
    days, team = divmod(rest, 4)
    return Answer(number + 1, person or None, TEAMS[team], RESULTS[result], days_ago(days))


def some_answers(seed: int) -> list[Answer]:
    chance = random.Random(seed)
    return [answer_of(number) for number in chance.sample(range(24_000), chance.randrange(11))]


# A number makes answers: drawing their parts one by one takes most of a property's time.
answers = st.integers(0, 23_999).map(answer_of)
several = st.integers(0, 10**6).map(some_answers)
claims = st.builds(Claims, tried=st.booleans(), linked=st.integers(0, 2), measured=st.booleans())


def candidate(said: list[Answer], id_: int = 1, published_on: date = LONG_AGO, **more: object) -> Candidate:
    return Candidate(id_, published_on, said, author_id=AUTHOR, **more)  # type: ignore[arg-type]


def value(said: list[Answer], known: Claims = Claims(), today: date = TODAY) -> float:  # noqa: B008  a value
    return worth_of(candidate(said, claims=known), today).value


@pytest.mark.parametrize(
    ("worked", "of", "teams", "level", "age", "expected"),
    [
        (6, 7, 3, Level.WORKED_FOR_OTHERS, 30, 66),
        (30, 45, 8, Level.WORKED_FOR_OTHERS, 300, 62),
        (2, 2, 1, Level.LINKED, 0, 44),
        (5, 5, 1, Level.WORKED_FOR_AUTHOR, 30, 42),
        (0, 0, 0, Level.WORKED_FOR_AUTHOR, 0, 0),
        (6, 7, 3, Level.WORKED_FOR_OTHERS, 0, 68),
        (1, 1, 1, Level.IDEA, 0, 13),
    ],
)
def test_the_formula_gives_its_examples(
    worked: int, of: int, teams: int, level: Level, age: int, expected: int
) -> None:
    each = weight(days_ago(age), TODAY)

    assert round(worth(level, of * each, worked * each, teams)) == expected


def test_nothing_but_these_decides_the_order() -> None:
    """Likes, views, tokens and cost have no way in: there is no parameter for them."""
    assert Candidate._fields == ("id", "published_on", "answers", "claims", "author_id", "generation_changed_on")
    assert Claims._fields == ("tried", "linked", "measured")
    assert Answer._fields == ("id", "person_id", "team", "result", "day", "by_author")
    assert list(inspect.signature(in_order).parameters) == ["candidates", "today", "seed"]


@given(several, answers, claims)
def test_another_who_failed_never_raises_it(said: list[Answer], more: Answer, known: Claims) -> None:
    """Neither somebody new nor somebody who had said otherwise, today or on any later day than theirs."""
    failed = more._replace(id=10**7, result="no", day=max([more.day, *(each.day for each in said)]))

    assert value([*said, failed], known) <= value(said, known) + 1e-9


@given(several, answers, claims)
def test_somebody_new_for_whom_it_worked_never_lowers_it(said: list[Answer], more: Answer, known: Claims) -> None:
    worked = more._replace(id=10**7, person_id=1000, team="Support", result="yes", day=TODAY)

    assert value([*said, worked], known) >= value(said, known) - 1e-9


@given(several, claims, st.integers(1, 500))
def test_it_is_worth_less_as_time_passes(said: list[Answer], known: Claims, days: int) -> None:
    assert value(said, known, TODAY + timedelta(days=days)) <= value(said, known) + 1e-9


@given(several, claims)
def test_what_worked_before_the_model_changed_is_worth_less(said: list[Answer], known: Claims) -> None:
    changed = candidate(said, claims=known)._replace(generation_changed_on=TODAY)
    before = [each for each in said if each.day < TODAY]

    assert worth_of(changed._replace(answers=before), TODAY).value <= value(before, known) + 1e-9


def test_an_answer_weighs_half_after_180_days_and_half_again_after_a_change() -> None:
    assert weight(days_ago(180), TODAY) == pytest.approx(0.5)
    assert weight(days_ago(180), TODAY, days_ago(10)) == pytest.approx(0.25)
    assert weight(days_ago(5), TODAY, days_ago(10)) == weight(days_ago(5), TODAY)
    assert weight(days_ago(5), TODAY, TODAY + timedelta(days=1)) == weight(days_ago(5), TODAY), "not yet"
    assert weight(TODAY + timedelta(days=3), TODAY) == 1.0


def test_ten_teams_are_as_good_as_twenty() -> None:
    assert worth(Level.MEASURED, 20, 20, 10) == worth(Level.MEASURED, 20, 20, 20)
    assert worth(Level.MEASURED, 20, 20, 9) < worth(Level.MEASURED, 20, 20, 10) <= 150


@given(several)
def test_the_authors_own_answer_never_counts(said: list[Answer]) -> None:
    own = Answer(10**7, AUTHOR, "Platform", "yes", TODAY)
    nameless = Answer(10**7 + 1, None, "Platform", "yes", TODAY, by_author=True)

    assert value([*said, own, nameless]) == value(said)


@given(several)
def test_at_most_one_answer_a_person_and_three_a_team_count(said: list[Answer]) -> None:
    found = counted(said, AUTHOR)
    persons = [each.person_id for each in found if each.person_id is not None]
    teams = [each.team for each in found]

    assert len(persons) == len(set(persons))
    assert all(teams.count(team) <= 3 for team in teams)
    latest = {person: max(each.day for each in said if each.person_id == person) for person in persons}
    assert all(each.day == latest[each.person_id] for each in found if each.person_id is not None)


@given(several, claims)
def test_work_for_others_needs_three_people_in_two_known_teams(said: list[Answer], known: Claims) -> None:
    found = counted(said)
    worked = [each for each in found if each.result == "yes"]
    enough = len(worked) >= 3 and len({each.team for each in worked} - {""}) >= 2

    assert (level_of(known, found) >= Level.WORKED_FOR_OTHERS) == enough
    assert (level_of(known, found) == Level.MEASURED) == (enough and known.measured)


@given(st.integers(0, 10**6))
def test_the_order_hangs_on_nothing_but_what_is_known(seed: int) -> None:
    chance = random.Random(seed)
    found = [
        candidate(
            [answer_of(chance.randrange(24_000)) for _ in range(chance.randrange(6))], id_, days_ago(id_ % 4 * 20)
        )
        for id_ in range(chance.randrange(12))
    ]
    shuffled = [each._replace(answers=chance.sample(each.answers, len(each.answers))) for each in found]
    chance.shuffle(shuffled)

    ordered = in_order(found, TODAY, "a")
    assert ordered == in_order(shuffled, TODAY, "a")
    assert sorted(ordered) == list(range(len(found)))


def test_every_fifth_place_is_for_one_that_is_new() -> None:
    tried = [
        candidate([Answer(n * 10 + k, k, f"team {k}", "yes", days_ago(n)) for k in range(3)], n) for n in range(1, 13)
    ]
    new = [candidate([], 100 + n, days_ago(29)) for n in range(3)]
    old = [candidate([], 200 + n, days_ago(30)) for n in range(3)]
    ordered = in_order([*old, *new, *tried], TODAY, "this week")

    assert [ordered[place] // 100 for place in range(PLACES - 1, 15, PLACES)] == [1, 1, 1]
    assert [id_ for id_ in ordered if id_ < 100] == list(range(1, 13)), "the freshest first"
    assert ordered[15:] == [202, 201, 200], "of the same worth and day the higher id first"
    turns = {tuple(in_order([*new, *old, *tried], TODAY, f"week {n}")[4:15:5]) for n in range(20)}
    assert len(turns) > 1, "the turns change with the seed"
    assert {id_ // 100 for turn in turns for id_ in turn} == {1}


def test_one_that_is_new_but_much_tried_has_no_need_of_a_place() -> None:
    def tried(id_: int, people: int) -> Candidate:
        said = [Answer(id_ * 10 + k, k, f"team {k}", "no", TODAY) for k in range(people)]
        return candidate(said, id_, days_ago(3))

    ahead = [candidate([Answer(n * 10, 1, "a", "yes", TODAY)], n) for n in range(1, 7)]
    assert in_order([*ahead, tried(50, 3), tried(51, 2)], TODAY, "x")[4] == 51


def test_of_one_worth_the_better_known_then_the_later_comes_first() -> None:
    nothing = [candidate([], 1, days_ago(90)), candidate([], 2, days_ago(80)), candidate([], 3, days_ago(80))]
    failed = candidate([Answer(1, 1, "a", "no", TODAY)], 4, days_ago(99))

    assert in_order([*nothing, failed], TODAY, "x") == [4, 3, 2, 1]
