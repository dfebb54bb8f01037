"""`worthwhile digest preview`: a team's last released digest, a demo person's week, and never a real person's."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from bot import cli
from bot.domain.iso_week import IsoWeek, week_of
from bot.domain.people import Profile, SlackId
from bot.domain.released import Issue
from bot.domain.team_digest import TeamDigest
from storage.company_report import put_report
from storage.engine import Database, open_database
from storage.released import put_issue
from storage.tables import Team
from tests.cast import ADA, MARKS, T0, switched_on
from tests.views.test_report import REPORT
from tests.weeks import ANA

WEEK: Final = IsoWeek(date(2026, 11, 9))


@pytest.fixture
def database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("WORTHWHILE_SECRET", MARKS.secret.decode())
    opened = open_database(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture
def preview(database: Database, capsys: pytest.CaptureFixture[str]) -> "Preview":
    return Preview(capsys)


class Preview:
    """The verb, as an operator types it."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        status = cli.main(["digest", "preview", *words])
        return (status, *self._capsys.readouterr())


def test_somebody_of_the_demo_is_shown_with_their_last_week(preview: Preview, database: Database) -> None:
    switched_on(database, ANA)
    switched_on(database, Profile(SlackId("T0LOCAL", "U01BO"), "Bo Lind", "bo@larkfield.example", "UTC"))
    for name in ("Ana Ruiz", "ana"):
        status, out, _ = preview(name)
        assert (status, json.loads(out)["text"]) == (0, "Your week is ready.")
        assert [block["type"] for block in json.loads(out)["blocks"]][:1] == ["header"]
    status, text, _ = preview("bo", "--text")

    assert status == 0
    assert text.startswith("Your week, ")
    assert str(week_of(datetime.now(UTC).date() - timedelta(weeks=1)).sunday.day) in text.partition("\n")[0]


def test_a_real_persons_is_refused_in_the_same_words_whether_they_exist_or_not(
    preview: Preview, database: Database
) -> None:
    switched_on(database, ADA)
    said = [preview(name) for name in (ADA.name, "Nobody Here")]

    assert {(status, out) for status, out, _ in said} == {(1, "")}
    assert said[0][2].replace(ADA.name, "X") == said[1][2].replace("Nobody Here", "X")
    assert len(said[0][2].splitlines()) == 1


def test_who_is_not_on_is_nobody_in_the_demo_either(preview: Preview, database: Database) -> None:
    switched_on(database, ANA)

    assert preview("Mo")[:2] == (1, "")


@pytest.mark.parametrize("whose", [ADA, ANA], ids=["a real workspace", "the demo"])
def test_a_teams_last_released_digest_is_shown_however_its_name_is_written(
    preview: Preview, database: Database, whose: Profile
) -> None:
    switched_on(database, whose)
    for week in (WEEK.before(), WEEK):
        digest = TeamDigest("Payments", week.monday, ("acme/payments",), (), None)
        database.writing(lambda session, digest=digest: put_issue(session, 7, digest.week, Issue(7, digest), T0))  # type: ignore[misc]
    team = Team(id=7, name="Payments", name_key="payments", state="running", lead_person_id=1, places="", created_at=T0)
    database.writing(lambda session: session.add(team))
    status, out, _ = preview("PAYMENTS", "--text")

    assert status == 0
    assert out.startswith("Payments, week of 9 November")
    assert json.loads(preview("payments")[1])["text"] == "Payments: this week's digest"


def test_the_report_is_printed_as_it_was_released(
    database: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    database.writing(lambda session: put_report(session, REPORT, T0))
    page = tmp_path / "report.html"

    assert cli.main(["report", "--text"]) == 0
    assert "Billed: $15,400." in capsys.readouterr().out
    assert cli.main(["report"]) == 0
    assert capsys.readouterr().out.startswith("Is it paying off?")
    assert cli.main(["report", "--html", str(page)]) == 0
    assert capsys.readouterr().out == f"{page}\n"
    assert "Billed: $15,400." in page.read_text("utf-8")


def test_before_the_first_report_it_says_when_it_comes(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report"]) == 1
    assert "15 days after a block of four weeks is over" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_one_plain_line(
    database: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    database.writing(lambda session: put_report(session, REPORT, T0))

    assert cli.main(["report", "--html", str(tmp_path / "nowhere" / "report.html")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
