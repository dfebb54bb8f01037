"""The finished work that the demo tells comes out of raw items, by the same rules as anybody's."""

from collections import Counter
from datetime import date, timedelta
from functools import cache

import pytest

from bot.demo.company.people import everybody
from bot.demo.company.usage import HISTORY_DAYS, SEED
from bot.demo.stated import links_of_ana
from bot.domain.outcomes.person import KindCounts, PersonOutcomes, person_outcomes
from bot.domain.outcomes.states import counted_once, merged_by_author
from bot.domain.period import Period
from bot.views.wording import dollars
from tests.demo.larkfield import START, billed, company, days, rows_of
from tests.demo.larkfields_work import of_person, of_places, own_items, told, work

NANO = 10**9
KNOWN_FROM = START - timedelta(days=HISTORY_DAYS)  # 6 August
FOUR_WEEKS = Period("4w", date(2026, 10, 22), date(2026, 11, 18))
THE_WEEK = Period("week", date(2026, 11, 9), date(2026, 11, 15))
STARTS = [START + timedelta(days=more) for more in (0, 3, 4, 200)]


@cache
def outcomes(handle: str = "ana", period: Period = FOUR_WEEKS) -> PersonOutcomes:
    links = list(links_of_ana(company(), work())) if handle == "ana" else []
    return person_outcomes(own_items(handle, told()), rows_of(handle, days(105)), links, period, START, KNOWN_FROM)


def finished_between(first: date, last: date) -> Counter[tuple[str, str]]:
    """Return what Ana finished, by kind and state."""
    works = counted_once(own_items("ana", told()), START)
    return Counter((work.kind, work.state) for work in works if first <= work.finished_on <= last)


def test_ana_finished_seven_changes_in_four_weeks_and_closed_three_tickets() -> None:
    changes, tickets = outcomes().counts

    assert changes == KindCounts("change", 7, stayed=3, came_back=1, too_new=3, shows_help=5, may_have_had_help=0)
    assert (tickets.kind, tickets.finished, tickets.came_back) == ("ticket", 3, 0)


def test_the_list_has_what_she_finished_by_title() -> None:
    listed = {line.item.reference: line for line in outcomes().listed}

    assert [line.item.title for line in outcomes().listed if line.item.kind == "change"] == [
        "Time out slow refund look-ups",
        "Faster checkout page",
        "Retry on 429",
        "Name the field that is missing",
        "Idempotency keys for refunds",
        "Label tickets that name a failing test",
        "Card errors beside the field",
    ]
    retry, faster = listed["acme/api#431"], listed["acme/web#98"]
    assert (retry.item.title, retry.item.finished_on, retry.state, retry.help) == (
        "Retry on 429",
        date(2026, 11, 12),
        "too_new",
        "shown",
    )
    assert (faster.item.title, faster.item.finished_on, faster.help) == (
        "Faster checkout page",
        date(2026, 11, 13),
        "shown",
    )
    (back,) = [line for line in listed.values() if line.state == "came_back"]
    assert (back.item.title, back.item.came_back_on) == ("Card errors beside the field", date(2026, 10, 27))


def test_each_change_with_a_trailer_says_what_its_runs_came_to() -> None:
    costs = {line.item.reference: line.cost for line in outcomes().listed}
    stated = {reference: dollars(cost.nano_usd.known or 0) for reference, cost in costs.items() if cost}

    assert stated == {
        "acme/api#451": "$10.45",
        "acme/web#98": "$1.10",
        "acme/api#431": "$2.52",  # about $3
        "acme/api#371": "$10.13",
    }
    assert {cost.lane for cost in costs.values() if cost} == {"billed"}


def test_what_is_stated_is_part_of_what_was_billed() -> None:
    for link in links_of_ana(company(), work()):
        whole = [row for row in rows_of("ana", [link.used.day]) if row.tool == "claude-code"]
        assert link.used.billed_nano_usd == billed(whole)


def test_her_week_and_what_became_of_the_one_two_weeks_earlier() -> None:
    week = {each.kind: each.finished for each in outcomes(period=THE_WEEK).counts}
    earlier = finished_between(date(2026, 10, 26), date(2026, 11, 1))

    assert week == {"change": 2, "ticket": 1}
    assert {state: count for (kind, state), count in earlier.items() if kind == "change"} == {"stayed": 3}


def test_a_finished_change_of_hers_costs_about_23() -> None:
    cost = outcomes().cost_per_change

    assert cost is not None
    assert cost.each is not None
    assert (cost.lane, dollars(cost.cost.known or 0), cost.stayed) == ("billed", "$431.00", 19)
    assert (cost.first, cost.last) == (date(2026, 8, 10), date(2026, 11, 1))
    assert [nano // NANO for nano in cost.each] == [15, 23, 36]


def test_she_finished_nothing_on_her_two_weeks_off_and_eight_tickets_in_all() -> None:
    off = finished_between(date(2026, 8, 17), date(2026, 8, 30))

    assert not off
    assert sum(each.item.kind == "ticket" for each in of_person("ana", told())) == 8


@pytest.mark.parametrize(("start", "seed"), [*((start, SEED) for start in STARTS), (START, 1)])
def test_the_settled_weeks_hold_on_whatever_day_the_demo_starts(start: date, seed: int) -> None:
    items = own_items("ana", told(today=start, start=start, seed=seed))
    known_from = start - timedelta(days=HISTORY_DAYS)
    period = Period("4w", start - timedelta(days=28), start - timedelta(days=1))
    found = person_outcomes(items, [], [], period, start, known_from)

    assert found.cost_per_change is not None
    assert found.cost_per_change.stayed == 19
    assert 5 <= found.counts[0].finished <= 7
    assert {"acme/api#431", "acme/web#98"} <= {item.reference for item in items}


def test_bo_has_two_changes_in_all_and_that_is_too_few_for_a_cost() -> None:
    bo = outcomes("bo")

    assert len(of_person("bo", told())) == bo.counts[0].finished == 2
    assert bo.cost_per_change is not None
    assert (bo.cost_per_change.stayed, bo.cost_per_change.each) == (2, None)


def test_tove_does_ordinary_work() -> None:
    tove, dag = outcomes("tove"), outcomes("dag")

    assert 5 <= tove.counts[0].finished <= 15
    assert tove.cost_per_change is not None
    assert dag.cost_per_change is not None
    assert tove.cost_per_change.each is not None
    assert dag.cost_per_change.each is not None
    assert tove.cost_per_change.each.about < dag.cost_per_change.each.about


@pytest.mark.parametrize("handle", ["kit", "lea", "gus", "vera", "ines", "sam", "carla"])
def test_who_makes_no_software_has_no_finished_work_at_github(handle: str) -> None:
    assert not of_person(handle, told())


def test_supports_work_is_in_a_jira_of_its_own() -> None:
    support = {each.email for each in everybody() if each.team == "Support"}
    cases = told("jira")

    assert {each.author for each in cases.items} == support
    assert {(each.item.place, each.item.kind) for each in cases.items} == {("SUP", "ticket")}
    assert 100 < len(cases.items) / 15 * 4 < 400
    assert cases.reopenings


def test_some_work_is_a_bots_an_agents_or_was_accepted_by_nobody_else() -> None:
    bots = [each for each in told().items if each.title.startswith("Bump ")]
    agents = {each.author for each in told().items if each.item.agent_made}
    own = merged_by_author(item for item in of_places({"acme/platform"}, told()))

    assert {each.author for each in bots} == {None}
    assert agents == {"ana-ruiz", "emre-aslan"}
    assert [item.reference for item in own] == [
        each.item.reference for each in of_person("dag", told()) if not each.item.accepted
    ]


def test_a_title_with_a_key_is_not_told_and_one_with_markup_stays_text() -> None:
    titles = [each.title for each in told().items]
    (tokens,) = [each for each in of_person("tove", told()) if each.title == each.item.reference]

    assert not any("ghp_" in title for title in titles)
    assert tokens.item.finished_on == date(2026, 11, 5)
    assert "<!channel> *Faster* builds & `less` waiting" in titles
