"""What the rules of hints look at, read for the one person whose rows they are."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from bot.domain.counting import Overlaps, count_once
from bot.domain.hints.rules import Known
from bot.domain.outcomes.links import is_own
from bot.domain.pricing import PriceBook
from storage.allowances import allowances_of
from storage.choices import settings_of
from storage.own_marks import own_marks
from storage.recent_runs import recent_runs_of
from storage.usage import deliveries_for, usage_of
from storage.use_case_lending import for_hints, team_names_of
from storage.use_case_tries import seen_by

_BUDGET = "budget_nano_usd"
_DAYS = 105


def read_known(session: Session, person_id: int, now: datetime, prices: PriceBook, overlaps: Overlaps) -> Known:
    """Return what is known of the person at *now*: counted once, without the jobs that they share."""
    today: date = now.date()
    shared = own_marks(session, person_id).shared_jobs
    reported = usage_of(session, person_id, today - timedelta(days=_DAYS), today)
    counted = count_once(reported, overlaps).counted
    budget = settings_of(session, person_id).get(_BUDGET)
    rows = [row for row in counted if is_own(row, shared)]
    library = for_hints(session, {row.tool for row in rows if not row.is_seat}, today) if rows else []
    return Known(
        rows=rows,
        reported=[row for row in reported if is_own(row, shared)],
        now=now,
        prices=prices,
        deliveries=deliveries_for(session, person_id),
        budget_nano_usd=None if budget is None else int(budget),
        allowances=allowances_of(session, person_id),
        runs=[run for run in recent_runs_of(session, person_id) if (run.work or run.tool) not in shared],
        library=library or None,
        own_teams=frozenset(team_names_of(session, person_id)) if library else frozenset(),
        seen_entries=frozenset(map(str, seen_by(session, person_id))) if library else frozenset(),
    )
