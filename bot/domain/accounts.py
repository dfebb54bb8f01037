"""Whose an account at a connected tool is: what a file says, what is asked, and what somebody denied."""

from datetime import date
from typing import NamedTuple


class AssignedAccount(NamedTuple):
    """A row of the operator's file: an account, and whose it is by mail address; None means shared by several."""

    provider: str
    name: str
    email: str | None


class Question(NamedTuple):
    """An account that the operator's file gives somebody from a day on, who has not said yet whether it is theirs."""

    provider: str
    name: str
    from_day: date


class Denied(NamedTuple):
    """An account of which somebody said that it is not theirs."""

    provider: str
    name: str
    on: date


class KnownAccount(NamedTuple):
    """An account that a connected tool lists for somebody's mail address."""

    provider: str
    name: str
    kind: str
    seen_on: date


class Given(NamedTuple):
    """An account that the operator's file gives somebody, and what they answered: "", "yes" or "no"."""

    provider: str
    name: str
    from_day: date
    answer: str


FROM_FILE = "your company's file"  # how such a link was found
