"""What is typed after `/teamdigest`, and where it is written down."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.teamdigest import NOBODY_ALONE, UNKNOWN, WORDS, typed_word
from handlers.visit import Visit
from storage.engine import Database
from tests.cast import ADA, ORG
from tests.senders import services_for

VISIT = Visit(ADA.slack_id, ORG, "", "", "", "", command="teamdigest")
DOCUMENT = Path(__file__).parents[2] / "docs" / "teams.md"


@pytest.mark.parametrize(
    ("word", "argument", "meant"),
    [
        ("", "", WORDS["teams"]),
        ("create", "", WORDS["create"]),
        ("agree", "7", UNKNOWN),
        ("not-my-team", "7", UNKNOWN),
        ("nonsense", "", UNKNOWN),
        ("<@u01ana|ana>", "", NOBODY_ALONE),
        ("last", "ana@larkfield.example", NOBODY_ALONE),
    ],
)
def test_a_word_means_what_it_says_and_a_name_nothing(
    sqlite_database: Database, word: str, argument: str, meant: object
) -> None:
    visit = replace(VISIT, word=word, argument=argument)

    assert typed_word(visit, services_for(sqlite_database)) == (visit, meant)


def test_every_word_that_can_be_typed_is_in_the_document() -> None:
    typed = {name for name, word in WORDS.items() if word.typed} - {"teams"}
    written = set(re.findall(r"`(?:/teamdigest )?([\w-]+)`", DOCUMENT.read_text("utf-8")))

    assert typed <= written


def test_somebody_whom_the_directory_does_not_know_has_no_teams(sqlite_database: Database) -> None:
    anybody = WORDS["teams"].anybody
    assert anybody is not None
    assert "You lead no team here" in anybody(VISIT, None, services_for(sqlite_database)).as_text()
