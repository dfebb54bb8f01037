"""Ingest tokens: shown once, and of no use once they are revoked."""

from datetime import timedelta

from sqlalchemy import select

from storage import tokens
from storage.engine import Database
from storage.ids import table_of
from storage.tables import Token
from storage.tokens import Bearer, Listed
from tests.cast import ADA, BOB, T0, switched_on


def create(database: Database, name: str, person_id: int | None = None) -> str:
    return database.writing(lambda session: tokens.create_token(session, name, person_id, T0))


def bearer(database: Database, token: str) -> Bearer | None:
    with database.reading() as session:
        return tokens.bearer(session, token)


def test_a_token_speaks_for_whom_it_was_made(database: Database) -> None:
    ada = switched_on(database)
    own, operators = create(database, "laptop", ada.person_id), create(database, "meshclaw")

    assert bearer(database, own) == Bearer("laptop", ada.person_id)
    assert bearer(database, operators) == Bearer("meshclaw", None)
    assert bearer(database, own + "x") is None
    assert bearer(database, "") is None


def test_no_two_tokens_are_alike_and_each_says_whose_it_is(database: Database) -> None:
    made = {create(database, "meshclaw") for _ in range(20)}

    assert len(made) == 20
    assert all(token.startswith("ww_") and len(token) > 40 for token in made)


def test_a_token_is_not_stored(database: Database) -> None:
    token = create(database, "meshclaw")

    with database.reading() as session:
        (stored,) = session.connection().execute(select(table_of(Token))).all()
    assert token not in [each.decode("latin-1") if isinstance(each, bytes) else each for each in stored]


def test_a_revoked_token_speaks_for_nobody(database: Database) -> None:
    token = create(database, "meshclaw")

    assert database.writing(lambda session: tokens.revoke(session, "meshclaw", T0))
    assert bearer(database, token) is None
    assert not database.writing(lambda session: tokens.revoke(session, "meshclaw", T0))


def test_an_operator_cannot_revoke_or_list_a_persons_token(database: Database) -> None:
    ada = switched_on(database)
    token = create(database, "laptop", ada.person_id)

    assert not database.writing(lambda session: tokens.revoke(session, "laptop", T0))
    assert bearer(database, token) is not None
    with database.reading() as session:
        assert tokens.operator_tokens(session) == []


def test_a_person_revokes_all_of_their_own_tokens_alone(database: Database) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    own = [create(database, name, ada.person_id) for name in ("laptop", "desktop")]
    others = [create(database, "laptop", bob.person_id), create(database, "meshclaw")]

    assert database.writing(lambda session: tokens.revoke_own(session, ada.person_id, T0))
    assert [bearer(database, token) for token in own] == [None, None]
    assert None not in [bearer(database, token) for token in others]
    with database.reading() as session:
        assert not tokens.has_own_token(session, ada.person_id)
        assert tokens.has_own_token(session, bob.person_id)


def test_a_name_is_taken_until_its_token_is_revoked(database: Database) -> None:
    def taken() -> bool:
        with database.reading() as session:
            return tokens.is_taken(session, "meshclaw")

    before = taken()
    create(database, "meshclaw")
    while_in_force = taken()
    database.writing(lambda session: tokens.revoke(session, "meshclaw", T0))

    assert [before, while_in_force, taken()] == [False, True, False]


def test_a_persons_own_token_is_in_nobodys_way(database: Database) -> None:
    create(database, "laptop", switched_on(database).person_id)

    with database.reading() as session:
        assert not tokens.is_taken(session, "laptop")


def test_operators_tokens_are_listed_with_their_dates(database: Database) -> None:
    create(database, "meshclaw")
    later = T0 + timedelta(days=1)
    database.writing(lambda session: tokens.create_token(session, "openclaw", None, later))
    database.writing(lambda session: tokens.revoke(session, "meshclaw", later))

    with database.reading() as session:
        assert tokens.operator_tokens(session) == [
            Listed("meshclaw", T0, later),
            Listed("openclaw", later, None),
        ]
