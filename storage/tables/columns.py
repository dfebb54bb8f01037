"""Columns that tables share: 64-bit numbers that the database never gives out, and marks of 16 bytes."""

from typing import Any

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field


def number(*, key: bool = False, index: bool = False, null: bool = False) -> Any:
    """A column of 64-bit integers; never numbered by the database."""
    if null:
        return Field(default=None, sa_type=BigInteger, nullable=True, index=index)
    kwargs = {"autoincrement": False} if key else {}
    return Field(sa_type=BigInteger, primary_key=key, index=index, sa_column_kwargs=kwargs)


def mark(*, key: bool = False) -> Any:
    """A column of 16 bytes: a keyed or plain hash."""
    return Field(sa_type=LargeBinary(16), primary_key=key)
