"""What people are told is kept about them is what the tables can hold about them, column by column."""

from typing import Final

import pytest
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  # fills the metadata
from bot.domain.fields import KEPT_FIELDS
from bot.domain.usage import MEASURES

# Every other table, and why it is not among the fields that are listed for a person.
EXCEPTIONS: Final = {
    "org_group": "the groups of the company's file and the tree they are in; nobody is named in it",
    "access_day": "a hash over a day of the log of who could see what",
    "policy_version": "the rules that were in force, and from when",
    "usage_month": "the columns of usage_day by month; [Every field] says so below its list",
    "tombstone": "a keyed mark of somebody who erased everything, and the day; said below the list and when erasing",
    "seen_request": "a keyed mark of a request, for two days; said below the list",
    "source_day": "sums over everybody that a platform reports; no account in it",
    "source_state": "when a company's source last answered, and how many listed accounts match nobody",
    "source_flaw": "what could not be used of a company's source; the lines name nobody",
    "source_total": "of a day, over everybody: how many accounts a source reported, what was billed, how seats stand",
    "company_report": "the organisation's reports as they were released; who is counted in a figure is in figure_part",
    "otel_series": "how far a counter of telemetry had counted; nothing of it is a person's",
    "change": "finished items of repositories and projects; the author is a keyed mark that only counts authors",
    "label": "names of tools, models, kinds of run and tiers",
    "block_verdict": "what a workspace's Slack can draw",
    "job_slot": "which nightly job ran when",
    "send_rate": "how fast a workspace's Slack takes messages",
    "released_figure": "the ledger of figures of groups; who is counted in one is in figure_part",
    "team_issue": "digests of teams as they were released: repositories and projects, and figures of groups",
    "host_seen": "which machine has the file open",
    "text_spending": "what the text model that drafts entries may have cost on a day, over everybody",
    "use_case_link": "which finished items an entry of the library helped with",
    "use_case_posting": "the words of published entries, for finding them",
    "use_case_word": "in how many published entries a word is",
    "use_case_spelling": "how a word of a published entry may be typed",
    "looking_for": "what people look for; who does is in looking_for_asker",
}


def test_every_table_is_listed_or_has_a_reason() -> None:
    assert SQLModel.metadata.tables.keys() - KEPT_FIELDS.keys() - EXCEPTIONS.keys() == set()
    assert not KEPT_FIELDS.keys() & EXCEPTIONS.keys()


@pytest.mark.parametrize("table", KEPT_FIELDS)
def test_every_column_is_listed_and_explained(table: str) -> None:
    columns = {column.name for column in SQLModel.metadata.tables[table].columns}

    assert KEPT_FIELDS[table].keys() == columns
    assert all(meaning.strip() for meaning in KEPT_FIELDS[table].values())


def test_a_month_holds_nothing_that_a_day_does_not() -> None:
    day, month = (
        {column.name for column in SQLModel.metadata.tables[name].columns} for name in ("usage_day", "usage_month")
    )

    assert month - day == {"month"}
    assert day - month == {"day", "work"}
    assert set(MEASURES) < month


def test_no_table_without_a_reason_points_to_a_person() -> None:
    pointing = {"person_id", "account_id", "email", "email_mark", "owner"}
    found = {name for name, table in SQLModel.metadata.tables.items() if pointing & set(table.columns.keys())}

    assert found - KEPT_FIELDS.keys() == {"usage_month"}
