"""What a person's AI use cost: a period, today, one day's arithmetic, token details."""

from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlmodel import Session

from bot.domain.counting import count_once
from bot.domain.day import explain_day
from bot.domain.people import Delivered, Standing, Viewer
from bot.domain.period import MONTHS, Period, month_of, parse_day, parse_period
from bot.domain.pricing import Rates
from bot.domain.summary import cost_of, costed, daily_costs, lane_of, summarise
from bot.domain.tally import tokens_by_model
from bot.domain.usage import UsageRow
from bot.domain.weekly import Span
from bot.services import Services
from bot.views import day as day_views
from bot.views import feeds as feed_views
from bot.views import help as help_views
from bot.views import usage as usage_views
from bot.views.blocks import Message
from bot.views.tokens import token_details
from bot.views.wording import day_hours
from handlers.visit import Visit
from handlers.words import Word
from storage.choices import settings_of
from storage.links import links_of
from storage.usage import deliveries_for, months_of, usage_of

BUDGET: Final = "budget_nano_usd"


class Read(NamedTuple):
    """What the database knows of a period and the one before it, counted once."""

    rows: list[UsageRow]
    earlier: list[UsageRow]
    this_month: list[UsageRow]
    deliveries: list[Delivered]
    awaited: list[str]  # kinds of sources that are asked for this person and have not delivered yet
    choices: dict[str, str]


def show(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show a period: the argument's, or the last four weeks."""
    today = services.now().date()
    period = parse_period(visit.argument or "4w", today)
    if period is None:
        return help_views.unknown_word()
    with services.database.reading() as session:
        read = _read(session, viewer, period, today, services)
    summary = summarise(
        read.rows,
        read.earlier,
        period,
        whole_before=_is_whole(period.previous(), read, today, services),
        delivered=_delivered(read.deliveries),
    )
    if period.kind == "today":
        return usage_views.today_message(read.rows, summary, today)
    if not read.rows:
        paused = viewer.standing is Standing.PAUSED
        return usage_views.nothing_yet(period, read.deliveries, today, awaited=read.awaited, paused=paused)
    return usage_views.usage_message(
        summary,
        read.deliveries,
        today,
        awaited=read.awaited,
        paused_since=viewer.paused_since,
        budget_line=_budget_line(read, today),
    )


def _delivered(deliveries: list[Delivered]) -> Span | None:
    """Return from which to which day sources have reported."""
    if not deliveries:
        return None
    return min(d.first_day for d in deliveries), max(d.last_day for d in deliveries)


def _read(session: Session, viewer: Viewer, period: Period, today: date, services: Services) -> Read:
    first = min(period.previous().first, today.replace(day=1))
    rows = count_once(usage_of(session, viewer.person_id, first, max(period.last, today)), services.overlaps).counted
    kept_from = today - timedelta(days=services.policy.retention.daily_days)
    months = []
    if period.kind == "month" and period.first < kept_from:
        months = months_of(session, viewer.person_id, period.first, period.last)
    before, month_start = period.previous(), today.replace(day=1)
    return Read(
        rows=[row for row in rows if period.first <= row.day <= period.last] + months,
        earlier=[row for row in rows if before.first <= row.day <= before.last],
        this_month=[row for row in rows if row.day >= month_start],
        deliveries=(deliveries := deliveries_for(session, viewer.person_id)),
        awaited=_awaited(session, viewer, deliveries, services),
        choices=settings_of(session, viewer.person_id),
    )


def _awaited(session: Session, viewer: Viewer, deliveries: list[Delivered], services: Services) -> list[str]:
    """Return the kinds of sources that know this person and have not delivered yet: a sum lacks them."""
    arrived = {delivered.kind for delivered in deliveries}
    if viewer.standing is Standing.PAUSED or all(source.kind in arrived for source in services.sources):
        return []
    linked = {link.provider for link in links_of(session, viewer.person_id) if link.to_day is None}
    return [source.kind for source in services.sources if source.kind in linked - arrived]


def _is_whole(period: Period, read: Read, today: date, services: Services) -> bool:
    """Whether days are kept and delivered for the whole of a period."""
    kept_from = today - timedelta(days=services.policy.retention.daily_days)
    return period.first >= kept_from and any(d.first_day <= period.first for d in read.deliveries)


def _budget_line(read: Read, today: date) -> str:
    budget = read.choices.get(BUDGET)
    if budget is None:
        return ""
    lane, spent = cost_of(read.this_month)
    return feed_views.budget_line(int(budget), spent, MONTHS[today.month - 1], lane)


def why(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Explain one day: the argument's, or the most expensive one of the last four weeks."""
    now = services.now()
    today = now.date()
    day = parse_day(visit.argument, today) if visit.argument else None
    if visit.argument and day is None:
        return help_views.unknown_word()
    first = (day or today) - timedelta(days=70)
    with services.database.reading() as session:
        rows = count_once(usage_of(session, viewer.person_id, first, today), services.overlaps).counted
    if day is None:
        day = _most_expensive(rows, today)
    of_day = [row for row in rows if row.day == day]
    if not of_day:
        return day_views.empty_day(day, today)
    before = [row for row in rows if row.day < day]
    answer = explain_day(of_day, day, _rates(services), daily_costs(costed(before, lane_of(of_day))))
    return day_views.day_message(answer, today, day_hours(viewer.tz, now))


def _most_expensive(rows: list[UsageRow], today: date) -> date:
    recent = [row for row in rows if today - timedelta(days=28) <= row.day < today]
    costs = daily_costs(costed(recent, lane_of(recent)))
    return max(costs, key=lambda cost: cost.nano_usd).day if costs else today - timedelta(days=1)


def _rates(services: Services) -> Any:
    def rates_of(row: UsageRow) -> Rates | None:
        return services.prices("", row.model, row.day, row.tier)

    return rates_of


def tokens(visit: Visit, viewer: Viewer, services: Services) -> dict[str, Any]:
    """Fill the modal with the four kinds of tokens by model, for a period or a day."""
    today = services.now().date()
    day = parse_day(visit.argument, today) if "-" in visit.argument and len(visit.argument) == 10 else None
    period = Period("today", day, day) if day else parse_period(visit.argument or "4w", today)
    period = period or month_of(today)
    with services.database.reading() as session:
        rows = count_once(usage_of(session, viewer.person_id, period.first, period.last), services.overlaps).counted
    title = usage_views.title(period) if day is None else usage_views.day_title(day)
    return token_details(tokens_by_model(rows), title)


def budget_nano_usd(choices: dict[str, str]) -> int | None:
    """Return the monthly budget that a person set for themselves."""
    return int(choices[BUDGET]) if BUDGET in choices else None


WORDS: Final = (
    Word("show", answer=show, typed=False),
    Word("why", answer=why),
    Word("tokens", modal=tokens, window_title="Token details", typed=False),
)
