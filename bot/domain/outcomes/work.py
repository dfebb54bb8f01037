"""Finished work, as every system of record is normalised to."""

from datetime import date
from typing import Final, Literal

from msgspec import Struct

# Kinds are never added together: a merged change, a closed ticket, a support case, any other deliverable.
Kind = Literal["change", "ticket", "case", "piece"]
Evidence = Literal["shown", "none"]

KINDS: Final[tuple[Kind, ...]] = ("change", "ticket", "case", "piece")


class FinishedItem(Struct, frozen=True, gc=False):
    """One item that was finished in a place; None is unknown. It has no title and no name."""

    place: str  # a repository ("acme/api") or a project ("PAY")
    reference: str  # "acme/api#431", "PAY-12"
    kind: Kind
    finished_on: date
    accepted: bool  # by someone else than its author
    came_back_on: date | None = None
    ticket: str = ""  # what it counts once with: a ticket, or the first of several small changes
    lines: int | None = None
    minutes_to_first_review: int | None = None  # working minutes
    minutes_open: int | None = None  # from opened to merged, nights included
    reviewed: bool | None = None
    author: bytes = b""  # a keyed mark, only for counting authors; empty where unknown
    agent_made: bool = False
    ai_evidence: Evidence = "none"  # "shown": a trailer, an agent as author, a vendor's report


class OwnItem(FinishedItem, frozen=True, gc=False):
    """A finished item in its author's own list, the only place where it has a title."""

    title: str = ""
    link: str = ""
