"""Finished work that other systems send in: kept whole or not at all, and the newest content counts."""

import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, delete, select

from bot import cli
from bot.connectors import finished_upload
from bot.domain.outcomes.work import FinishedItem, OwnItem
from bot.domain.people import Viewer
from bot.errors import InputError
from bot.work_intake import take_outcomes
from storage import finished, people
from storage.engine import Database
from storage.tables import Change, Outcome
from tests.cast import ADA, BOB, MARKS, T0, TODAY, switched_on
from tests.domain.outcomes.cast import ago
from tests.senders import services_for

ROOT = Path(__file__).parents[1]


def sent(**changes: Any) -> dict[str, Any]:
    """Return an item as it is sent, with what matters to a test changed; ... takes a field away."""
    usual: dict[str, Any] = {
        "reference": "CASE-1",
        "place": "helpdesk",
        "kind": "case",
        "finished_on": "2026-11-18",
        "person": {"email": "ada@example.com"},
        "title": "Refunds arrive twice",
        "link": "https://helpdesk.example.com/1",
    }
    return {key: value for key, value in (usual | changes).items() if value is not ...}


def lines(*items: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def take(database: Database, *items: dict[str, Any], name: str = "helpdesk") -> int:
    return take_outcomes(services_for(database), lines(*items), name)


def known(database: Database) -> list[FinishedItem]:
    with database.reading() as session:
        found = finished.items_of(session, finished.places(session), date.min, date.max)
    return sorted(found, key=lambda item: (item.place, item.reference))


def own(database: Database, viewer: Viewer) -> list[OwnItem]:
    with database.reading() as session:
        return finished.own_items(session, viewer.person_id, date.min, date.max)


def problems(*items: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as caught:
        finished_upload.parse(lines(*items), TODAY)
    return list(caught.value.rows)


def test_an_item_is_kept_as_it_was_sent(database: Database) -> None:
    ada = switched_on(database)
    took = take(database, sent(ticket="PAY-1", came_back_on="2026-11-19", surprise="x"))
    author = MARKS.of_author("email", "ada@example.com")
    expected = FinishedItem(
        "helpdesk", "CASE-1", "case", ago(1), True, came_back_on=TODAY, ticket="PAY-1", author=author
    )

    assert took == 1
    assert known(database) == [expected]
    assert [(item.title, item.link) for item in own(database, ada)] == [
        ("Refunds arrive twice", "https://helpdesk.example.com/1")
    ]


@pytest.mark.parametrize(
    ("told", "accepted"),
    [
        ({}, True),
        ({"accepted": False}, False),
        ({"accepted_by": {"email": "bob@example.com"}}, True),
        ({"accepted_by": {"email": " Ada@Example.com"}}, False),
    ],
)
def test_who_accepts_their_own_work_accepts_nothing(told: dict[str, Any], accepted: bool) -> None:
    (item,) = finished_upload.parse(lines(sent(**told)), TODAY)

    assert item.item(b"").accepted is accepted


@pytest.mark.parametrize("first_is_on", [True, False])
def test_the_newest_content_of_a_reference_wins(database: Database, first_is_on: bool) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    first = {"email": "ada@example.com"} if first_is_on else {"email": "eve@example.com"}
    take(database, sent(person=first), sent(person=first, title="Newer", came_back_on="2026-11-19"))
    (before,) = known(database)
    take(database, sent(person={"slack_user_id": "U0BOB"}, title="Newest"), name="another")
    (after,) = known(database)

    assert (before.came_back_on, after.came_back_on) == (TODAY, None)
    assert own(database, ada) == []
    assert [item.title for item in own(database, bob)] == ["Newest"]


def test_of_people_who_are_not_on_nothing_but_the_item_is_kept(database: Database) -> None:
    ada = switched_on(database)
    database.writing(lambda session: people.pause(session, ada.person_id, T0))
    take(
        database,
        *(
            sent(reference=str(number), person=person)
            for number, person in enumerate(
                [{"email": "ada@example.com"}, {"email": "x@example.com"}, {"external_id": "7"}, None]
            )
        ),
    )
    with database.reading() as session:
        assert session.exec(select(Outcome)).all() == []
    assert [bool(item.author) for item in known(database)] == [True, True, True, False]


def test_of_what_is_older_than_the_daily_rows_the_item_alone_is_kept(database: Database) -> None:
    ada = switched_on(database)
    take(database, *(sent(reference=str(days), finished_on=str(ago(days))) for days in (105, 106)))

    assert [item.reference for item in own(database, ada)] == ["105"]
    assert len(known(database)) == 2


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"reference": ...}, "Object missing required field `reference`"),
        ({"reference": " "}, "reference and place must not be blank"),
        ({"place": "a\u0000b"}, "a name has characters that cannot be printed"),
        ({"ticket": "a\nb"}, "a name has characters that cannot be printed"),
        ({"kind": "win"}, "Invalid enum value 'win' - at `$.kind`"),
        ({"finished_on": "2026-11-20"}, "finished_on lies in the future"),
        ({"finished_on": "2024-10-19"}, "finished_on is more than 760 days ago"),
        ({"finished_on": "yesterday"}, "Invalid RFC3339 encoded date - at `$.finished_on`"),
        ({"came_back_on": "2026-11-17"}, "came_back_on lies before finished_on or in the future"),
        ({"person": {}}, "person and accepted_by need an email, slack_user_id or external_id"),
        (
            {"link": "javascript:alert(1)"},
            "link is no address that begins with https:// or http://",
        ),
        ({"accepted": True, "accepted_by": {"email": "b@example.com"}}, "give accepted or accepted_by, not both"),
        (
            {"accepted_by": {"slack_user_id": "U1"}},
            "name person and accepted_by in the same way, or it cannot be told whether they are two",
        ),
    ],
)
def test_every_bad_line_is_named_with_its_reason(wrong: dict[str, Any], reason: str) -> None:
    assert problems(sent(), sent(**wrong), sent(), sent(**wrong)) == [f"line 2: {reason}", f"line 4: {reason}"]


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b'[{"reference": 1}, {', "the array is not whole JSON"),
        (b"\xff\xfe", "line 1: not JSON in UTF-8"),
        (b"[" * 100_000, "the array is not whole JSON"),
    ],
)
def test_what_is_no_json_is_refused(content: bytes, row: str) -> None:
    with pytest.raises(InputError) as caught:
        finished_upload.parse(content, TODAY)

    assert caught.value.rows[0].startswith(row)


def test_an_array_is_taken_and_its_bad_items_are_numbered() -> None:
    assert len(finished_upload.parse(json.dumps([sent(), sent()]).encode(), TODAY)) == 2
    with pytest.raises(InputError) as caught:
        finished_upload.parse(json.dumps([sent(), sent(kind="win")]).encode(), TODAY)

    assert caught.value.rows == ["item 2: Invalid enum value 'win' - at `$.kind`"]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=st.lists(
        st.builds(
            lambda number, who, day: sent(reference=f"C-{number}", person={"email": who}, finished_on=str(ago(day))),
            st.integers(1, 4),
            st.sampled_from(["ada@example.com", "bob@example.com", "x@example.com"]),
            st.integers(0, 120),
        ),
        max_size=10,
    ),
    cuts=st.sets(st.integers(0, 10)),
)
def test_items_in_any_cut_and_sent_again_leave_the_same(
    sqlite_database: Database, told: list[dict[str, Any]], cuts: set[int]
) -> None:
    viewers = [switched_on(sqlite_database, profile) for profile in (ADA, BOB)]

    def state() -> Any:
        return known(sqlite_database), [own(sqlite_database, viewer) for viewer in viewers]

    def forget(session: Session) -> None:
        for table in (Change, Outcome):
            session.exec(delete(table))

    sqlite_database.writing(forget)
    take(sqlite_database, *told)
    whole = state()
    sqlite_database.writing(forget)
    edges = sorted({0, len(told), *(cut for cut in cuts if cut < len(told))})
    for first, last in pairwise(edges):
        for _ in range(2):
            take(sqlite_database, *told[first:last])

    assert state() == whole


def test_the_example_in_the_document_is_taken() -> None:
    text = (ROOT / "docs/outcomes.md").read_text("utf-8")
    example = text.partition("```json\n")[2].partition("```")[0]
    (item,) = finished_upload.parse(f"[{example}]".encode(), TODAY)

    assert (item.reference, item.item(b"").accepted) == ("CASE-4711", True)
    assert all(f"`{name}`" in text for name in finished_upload.UploadedItem.__struct_fields__)


def test_a_file_is_loaded_by_the_command_line(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    file = tmp_path / "finished.ndjson"
    file.write_bytes(lines(sent(), sent(reference="CASE-2")))
    status = cli.main(["import", "--format", "outcomes", str(file)])
    file.write_bytes(lines(sent(), sent(kind="win")))
    failed = cli.main(["import", "--format", "outcomes", str(file)])
    said = capsys.readouterr()

    assert (status, failed) == (0, 1)
    assert said.out == "2 rows read, none malformed\n"
    assert "worthwhile: line 2: Invalid enum value 'win' - at `$.kind`" in said.err
