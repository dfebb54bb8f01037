"""`POST /v1/outcomes`: an operator's token only, all or nothing, and the same answer whoever is on."""

import json

import httpx2
import pytest
from sqlmodel import select

from bot.connectors.finished_upload import MAX_ITEMS
from bot.web.ingest import MAX_BODY
from storage.engine import Database
from storage.tables import Change
from tests.cast import switched_on
from tests.test_work_intake import lines, own, sent
from tests.web.conftest import MakeToken

PATH = "/v1/outcomes"


def kept(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.exec(select(Change.reference)))


def test_items_are_answered_after_they_are_stored_and_repeats_are_harmless(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database
) -> None:
    ada = switched_on(sqlite_database)
    operator = make_token("helpdesk", None)
    for content in (lines(sent(), sent(reference="CASE-2")), json.dumps([sent(), sent(reference="CASE-2")]).encode()):
        answer = client.post(PATH, content=content, headers=operator)
        assert (answer.status_code, answer.json()) == (200, {"read": 2})

    assert kept(sqlite_database) == ["CASE-1", "CASE-2"]
    assert len(own(sqlite_database, ada)) == 2


def test_a_personal_token_is_refused_even_for_ones_own(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database
) -> None:
    ada = switched_on(sqlite_database)
    answer = client.post(PATH, content=lines(sent()), headers=make_token("laptop", ada.person_id))

    assert (answer.status_code, list(answer.json())) == (403, ["error"])
    assert kept(sqlite_database) == []


@pytest.mark.parametrize("header", [None, "Bearer ww_nobody"])
def test_without_a_known_token_nobody_is_let_in(client: httpx2.Client, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}

    assert client.post(PATH, content=lines(sent()), headers=headers).status_code == 401


def test_bad_lines_are_named_and_nothing_is_stored(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database
) -> None:
    body = lines(sent(), sent(finished_on="2027-01-01"), sent(kind="win"))
    answer = client.post(PATH, content=body, headers=make_token("helpdesk", None))

    assert answer.status_code == 400
    assert answer.json() == {
        "error": "2 items cannot be used; nothing was stored. Mend and send again.",
        "rows": ["line 2: finished_on lies in the future", "line 3: Invalid enum value 'win' - at `$.kind`"],
    }
    assert kept(sqlite_database) == []


def test_too_many_and_too_much_are_refused(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database
) -> None:
    operator = make_token("helpdesk", None)
    many = lines(*(sent(reference=str(number), title="", link="") for number in range(MAX_ITEMS + 1)))

    assert client.post(PATH, content=many, headers=operator).status_code == 400
    assert client.post(PATH, content=b" " * (MAX_BODY + 1), headers=operator).status_code == 413
    assert kept(sqlite_database) == []


@pytest.mark.parametrize("email", ["ada@example.com", "bob@example.com", "nobody@example.com"])
def test_the_answer_is_the_same_whoever_is_on(
    client: httpx2.Client, make_token: MakeToken, sqlite_database: Database, email: str
) -> None:
    switched_on(sqlite_database)
    answer = client.post(PATH, content=lines(sent(person={"email": email})), headers=make_token("helpdesk", None))

    assert (answer.status_code, answer.content) == (200, b'{"read":1}')
