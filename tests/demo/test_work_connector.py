"""The made-up company's systems of record are asked like any other."""

from datetime import date, timedelta

import pytest

from bot.demo.company.people import DOMAIN, everybody, person
from bot.demo.company.repositories import BY_TEAM, login_of
from bot.demo.company.usage import HISTORY_DAYS
from bot.demo.company.work import WORK_KINDS, CompanyWork
from bot.demo.work_connector import accounts_file
from tests.demo.larkfield import START, YESTERDAY
from tests.demo.larkfields_work import later, of_person, source, told, work

FIRST = START - timedelta(days=HISTORY_DAYS)


@pytest.mark.parametrize("kind", WORK_KINDS)
def test_every_day_that_is_over_and_kept_is_told(kind: str) -> None:
    finished = {each.item.finished_on for each in told(kind).items}

    assert (min(finished), max(finished)) == (FIRST, YESTERDAY)
    assert not source(kind).reported_work(START, later(9)).items
    assert told(kind).complete


@pytest.mark.parametrize("kind", WORK_KINDS)
def test_days_told_alone_are_the_days_told_together(kind: str) -> None:
    asked = CompanyWork(START)
    alone = [asked.day(kind, FIRST + timedelta(days=number)) for number in reversed(range(HISTORY_DAYS))]

    assert [each for day in reversed(alone) for each in day.items] == told(kind).items
    assert [each for day in reversed(alone) for each in day.reverts] == told(kind).reverts
    assert work(seed=7).day(kind, YESTERDAY) != asked.day(kind, YESTERDAY)


@pytest.mark.parametrize("kind", WORK_KINDS)
def test_no_two_items_are_called_the_same_for_months_to_come(kind: str) -> None:
    references = [each.item.reference for each in told(kind, later(120)).items]

    assert len(references) == len(set(references))


@pytest.mark.parametrize("weeks", [1, 4])
def test_time_that_passes_brings_new_work_and_changes_none(weeks: int) -> None:
    grown = told(today=later(7 * weeks))

    assert grown.items[: len(told().items)] == told().items
    anas = [each for each in of_person("ana", grown) if each.item.finished_on >= START]
    assert weeks <= len(anas) <= 5 * weeks


def test_what_comes_back_was_finished_before() -> None:
    finished = {each.item.reference: each.item.finished_on for each in told().items}

    assert all(finished[revert.of] < revert.merged_on for revert in told().reverts)
    assert all(finished[again.reference] < again.reopened_on for again in told().reopenings)


def test_github_lists_addresses_for_everybody_but_ana_and_the_companys_file_says_whose_hers_is() -> None:
    listed = {each.name: each.email for each in source().accounts()}

    assert listed["mo-adeyemi"] == "mo@larkfield.example"
    assert [name for name, email in listed.items() if email is None] == ["ana-ruiz"]
    assert accounts_file() == [("github", "ana-ruiz", f"ana@{DOMAIN}")]
    assert not {person(handle).email for handle in ("kit", "gus", "carla")} & set(listed.values())


def test_github_lists_everybody_who_makes_software_and_whoever_runs_it() -> None:
    listed = {each.name for each in source().accounts()}

    assert listed == {login_of(each) for each in everybody() if each.team in BY_TEAM or each.handle == "sam"}
    assert len(listed) > 100


def test_jira_calls_people_by_their_address_and_lists_nobody() -> None:
    assert source("jira").accounts_are_emails
    assert not list(source("jira").accounts())
    assert [each.state for each in source("jira").findings()] == ["ok"]


def test_links_lead_nowhere() -> None:
    assert {each.link.split("/")[2] for kind in WORK_KINDS for each in told(kind).items} == {
        "github.example",
        "jira.example",
    }


def test_an_item_is_merged_on_its_day() -> None:
    changes = [each for each in told().items if each.item.kind == "change"]

    assert all(each.merged_at is not None and each.merged_at.date() == each.item.finished_on for each in changes)
    assert all(each.merged_at is None for each in told().items if each.item.kind == "ticket")
    assert max(each.item.finished_on for each in told().items) == date(2026, 11, 18)
