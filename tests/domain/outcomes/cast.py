"""Finished work of the tests: changes in acme/api, tickets in PAY, all close to Thursday 19 November 2026."""

from datetime import date, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from bot.domain.outcomes.work import FinishedItem, OwnItem
from tests.cast import TODAY

USD: Final = 10**9
LONG_AGO: Final = date(2026, 1, 1)


def ago(days: int) -> date:
    """Return the day that was *days* before today."""
    return TODAY - timedelta(days=days)


def change(number: int = 1, finished_on: date = TODAY, **known: Any) -> FinishedItem:
    """Return an accepted change, with what matters to a test changed."""
    usual: dict[str, Any] = {"place": "acme/api", "kind": "change", "accepted": True}
    known = usual | known
    return FinishedItem(reference=f"{known['place']}#{number}", finished_on=finished_on, **known)


def ticket(number: int = 1, finished_on: date = TODAY, **known: Any) -> FinishedItem:
    """Return a closed ticket, with what matters to a test changed."""
    usual: dict[str, Any] = {"place": "PAY", "kind": "ticket", "accepted": True}
    return FinishedItem(reference=f"PAY-{number}", finished_on=finished_on, **usual | known)


def own(item: FinishedItem, title: str = "") -> OwnItem:
    """Return *item* as its author sees it."""
    known = {name: getattr(item, name) for name in item.__struct_fields__}
    return OwnItem(**known, title=title)


days = st.integers(0, 60).map(ago)
changes = st.builds(
    change,
    number=st.integers(1, 6),
    finished_on=days,
    accepted=st.sampled_from([True, True, True, False]),
    came_back_on=st.none() | days,
    ticket=st.sampled_from(["", "", "PAY-1", "PAY-2", "acme/api#1"]),
    author=st.sampled_from([b"", b"a", b"b", b"c"]),
    ai_evidence=st.sampled_from(["shown", "none"]),
    reviewed=st.sampled_from([True, False, None]),
    lines=st.none() | st.integers(1, 500),
)
tickets = st.builds(ticket, number=st.integers(1, 3), finished_on=days, came_back_on=st.none() | days)
items = st.lists(changes | tickets, max_size=16)
