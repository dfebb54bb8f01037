"""Ingest tokens: shown once, stored as a hash."""

import secrets
from datetime import datetime
from typing import Final, NamedTuple

from sqlmodel import Session, col, select

from bot.domain.marks import token_hash
from storage.tables import Token

PREFIX: Final = "ww_"
# what people make for themselves in Slack; an operator neither sees nor revokes these
PERSONAL: Final = "my laptop"


class Bearer(NamedTuple):
    """Who a token speaks for: a person, or with None an operator's platform called *name*."""

    name: str
    person_id: int | None


class Listed(NamedTuple):
    """A token as it is listed: never the token itself."""

    name: str
    created_at: datetime
    revoked_at: datetime | None


def create_token(session: Session, name: str, person_id: int | None, now: datetime) -> str:
    """Store a new token under *name* and return it; it cannot be shown again."""
    token = PREFIX + secrets.token_urlsafe(32)
    session.add(Token(token_hash=token_hash(token), name=name, person_id=person_id, created_at=now))
    return token


def bearer(session: Session, token: str) -> Bearer | None:
    """Return who *token* speaks for; None when it is unknown or revoked."""
    found = session.get(Token, token_hash(token))
    return None if found is None or found.revoked_at else Bearer(found.name, found.person_id)


def is_taken(session: Session, name: str) -> bool:
    """Return whether an operator's token in force has this name; people's own are in nobody's way."""
    query = select(Token.name).where(
        Token.name == name, col(Token.person_id).is_(None), col(Token.revoked_at).is_(None)
    )
    return session.exec(query).first() is not None


def operator_tokens(session: Session) -> list[Listed]:
    """Return the tokens that an operator made, the newest last; people's own are theirs alone."""
    query = select(Token).where(col(Token.person_id).is_(None)).order_by(col(Token.created_at))
    return [Listed(t.name, t.created_at, t.revoked_at) for t in session.exec(query)]


def revoke(session: Session, name: str, now: datetime) -> bool:
    """Revoke the operator's token *name*; return whether there was one in force."""
    query = select(Token).where(Token.name == name, col(Token.person_id).is_(None), col(Token.revoked_at).is_(None))
    return _revoke_all(session, list(session.exec(query)), now)


def revoke_own(session: Session, person_id: int, now: datetime) -> bool:
    """Revoke every token of the person; return whether there was one in force."""
    query = select(Token).where(Token.person_id == person_id, col(Token.revoked_at).is_(None))
    return _revoke_all(session, list(session.exec(query)), now)


def _revoke_all(session: Session, tokens: list[Token], now: datetime) -> bool:
    for token in tokens:
        token.revoked_at = now
        session.add(token)
    return bool(tokens)


def has_own_token(session: Session, person_id: int) -> bool:
    """Return whether the person has a token in force."""
    query = select(Token.name).where(Token.person_id == person_id, col(Token.revoked_at).is_(None))
    return session.exec(query).first() is not None
