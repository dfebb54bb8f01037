"""Entries and answers for the tests of the library."""

from datetime import date, timedelta
from typing import Any, Final

from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import Draft, Entry
from bot.domain.use_cases.evidence import Answer, Result

TODAY: Final = date(2026, 11, 19)
FLAKY: Final = Draft(
    title="Sort flaky tests in ten minutes",
    when="CI is red and nobody knows whether it is their change.",
    how="1. Paste the failing names.\n2. Ask which failed on main.\n3. Rerun only those.",
    tool="Claude Code",
)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def entry(id_: int = 1, draft: Draft = FLAKY, person_id: int | None = 7, days_ago: int = 60, **changes: Any) -> Entry:
    """Return a published entry, with what matters to a test changed."""
    day = ago(days_ago)
    made = steps.sent(
        steps.kept_draft(id_, draft, 7, day), "after_scan", day, team="Platform", model="claude-sonnet-4-5"
    )
    fields = {name: getattr(made, name) for name in made.__struct_fields__}
    return Entry(**fields | {"person_id": person_id} | changes)


def said(id_: int, result: Result = "yes", days_ago: int = 1, person_id: int | None = None, team: str = "") -> Answer:
    """Return what somebody else said: another person each, of team A, B or C in turn, unless told."""
    return Answer(id_, person_id or 1000 + id_, team or "ABC"[id_ % 3], result, ago(days_ago))
