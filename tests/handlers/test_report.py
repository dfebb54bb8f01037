"""Who reads what of the organisation's report, and what the buttons below the word about the budget do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.people import SlackId
from bot.policy import People
from bot.services import Services
from bot.views.blocks import texts_of
from handlers.report import WORDS, in_home
from handlers.visit import Visit
from storage.company_report import budget_is_quiet, put_report
from storage.engine import Database
from tests.cast import ADA, BOB, ORG, T0, switched_on
from tests.senders import services_for
from tests.views.test_report import EMPTY, REPORT

MONTH = "2026-11"
BY_NAME = {word.name: word for word in WORDS}


def read_by(database: Database, readers: Sequence[str] = (ADA.slack_id.user_id,)) -> Services:
    for profile in (ADA, BOB):
        switched_on(database, profile)
    services = services_for(database)
    return replace(
        services, policy=services.policy.model_copy(update={"people": People(report_readers=tuple(readers))})
    )


def visit(who: SlackId, word: str, argument: str = "") -> Visit:
    return Visit(who, ORG, word, argument, "", f"{word}-{who.user_id}", command="teamdigest")


def answered(services: Services, who: SlackId, word: str, argument: str = "") -> str:
    answer = BY_NAME[word].anybody
    assert answer is not None
    return answer(visit(who, word, argument), None, services).as_text()


def home_of(services: Services, who: SlackId) -> str:
    return "\n".join(texts_of([list(part) for part in in_home(visit(who, ""), services)]))


def test_a_reader_reads_the_bill_and_anybody_else_what_is_about_people(sqlite_database: Database) -> None:
    services = read_by(sqlite_database)
    sqlite_database.writing(lambda session: put_report(session, REPORT, T0))

    assert "$15,400" in answered(services, ADA.slack_id, "paying-off")
    assert "$15,400" in home_of(services, ADA.slack_id)
    for text in (answered(services, BOB.slack_id, "paying-off"), home_of(services, BOB.slack_id)):
        assert "at the keyboard $5,200-7,800" in text
        assert "15,400" not in text


def test_who_is_named_no_longer_reads_it_no_longer(sqlite_database: Database) -> None:
    services = read_by(sqlite_database, readers=())
    sqlite_database.writing(lambda session: put_report(session, REPORT, T0))

    assert "15,400" not in answered(services, ADA.slack_id, "paying-off")
    assert "15,400" not in home_of(services, ADA.slack_id)


def test_before_the_first_report_nothing_is_shown(sqlite_database: Database) -> None:
    services = read_by(sqlite_database)

    assert "*Not shown.*" in answered(services, ADA.slack_id, "paying-off")
    assert in_home(visit(ADA.slack_id, ""), services) == []


def test_home_has_nothing_for_everybody_where_nothing_is_shown_of_people(sqlite_database: Database) -> None:
    services = read_by(sqlite_database)
    sqlite_database.writing(lambda session: put_report(session, EMPTY, T0))

    assert in_home(visit(BOB.slack_id, ""), services) == []
    assert "How much was finished is unknown." in home_of(services, ADA.slack_id)


@pytest.mark.parametrize(("word", "days"), [("budget-seen", 31), ("budget-later", 7)])
def test_the_word_about_the_budget_comes_again_when_a_reader_said(
    sqlite_database: Database, word: str, days: int
) -> None:
    services = read_by(sqlite_database)
    answered(services, ADA.slack_id, word, MONTH)
    now = services.now()

    with sqlite_database.reading() as session:
        assert budget_is_quiet(session, MONTH, now + timedelta(days=days, seconds=-1))
        assert not budget_is_quiet(session, MONTH, now + timedelta(days=days))
        assert not budget_is_quiet(session, "2026-12", now)


def test_nobody_but_a_reader_quietens_it(sqlite_database: Database) -> None:
    services = read_by(sqlite_database)

    assert "readers of the report" in answered(services, BOB.slack_id, "budget-seen", MONTH)
    with sqlite_database.reading() as session:
        assert not budget_is_quiet(session, MONTH, services.now())
