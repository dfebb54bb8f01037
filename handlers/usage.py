"""What a person's AI use cost: a period, today, one day's arithmetic, token details."""

from datetime import date, timedelta
from typing import Any, Final

from bot.domain.counting import count_once
from bot.domain.day import explain_day
from bot.domain.people import Standing, Viewer
from bot.domain.period import MONTHS, Period, month_of, parse_day, parse_period
from bot.domain.pricing import Rates
from bot.domain.summary import cost_of, costed, daily_costs, lane_of, summarise
from bot.domain.tally import tokens_by_model
from bot.domain.usage import UsageRow
from bot.domain.why import why_lines
from bot.services import Services
from bot.views import day as day_views
from bot.views import feeds as feed_views
from bot.views import help as help_views
from bot.views import usage as usage_views
from bot.views.accounts import Unknown, nobody_knows, with_questions
from bot.views.blocks import Message
from bot.views.shared_jobs import NAMES_GONE
from bot.views.tokens import token_details
from bot.views.wording import day_hours
from handlers.accounts import questions_for, unknown_for
from handlers.allowances import allowance_lines
from handlers.own_cost import jobs_shown, split
from handlers.own_hints import worth_a_look
from handlers.reading import Read, is_whole, read_period
from handlers.visit import Visit
from handlers.weekly_note import offered_note
from handlers.words import Word
from storage.hints import history_of
from storage.own_marks import own_marks
from storage.usage import usage_of

BUDGET: Final = "budget_nano_usd"
_WITH_HINT: Final = frozenset({"week", "4w", "12w"})


def show(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show a period, and ask what the person has not answered: about their accounts, and about the weekly note."""
    message = _period(visit, viewer, services)
    with services.database.reading() as session:
        message = offered_note(message, session, viewer, services)
        return with_questions(message, questions_for(session, viewer, services))


def _period(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show a period: the argument's, or the last four weeks."""
    today = services.now().date()
    period = parse_period(visit.argument or "4w", today)
    if period is None:
        return help_views.unknown_word()
    with services.database.reading() as session:
        read = read_period(session, viewer, period, today, services)
    own, shared = read.rows
    if not own and not shared and period.kind != "today":
        return _without_usage(viewer, period, read, services)
    summary = summarise(
        own,
        read.earlier,
        period,
        whole_before=is_whole(period.previous(), read, today, services),
        delivered=read.delivered,
    )
    jobs = jobs_shown(read.rows, viewer, services, period.word)
    if period.kind == "today":
        return usage_views.today_message(own, summary, today, jobs, allowance_lines(viewer, services))
    limits = [
        NAMES_GONE if read.has_shared_unnamed else "",
        _budget_line(read, today),
        allowance_lines(viewer, services) if period.kind == "4w" else "",
    ]
    helpers = services.policy.people.help
    with services.database.reading() as session:
        hint = worth_a_look(session, viewer, services) if period.kind in _WITH_HINT else []
    beside = usage_views.Beside(jobs, hint, read.awaited, viewer.paused_since, limits, helpers)
    return usage_views.usage_message(summary, read.deliveries, read.work, today, beside)


def _without_usage(viewer: Viewer, period: Period, read: Read, services: Services) -> Message:
    """Say why there is no cost for a period, below what was finished in it."""
    unknown = None if read.work.outcomes.counts else _unknown(viewer, read, services)
    if unknown is not None:
        return nobody_knows(usage_views.title(period), unknown)
    return usage_views.nothing_yet(
        period,
        read.deliveries,
        read.work,
        paused=viewer.standing is Standing.PAUSED,
        awaited=read.awaited,
        helpers=services.policy.people.help,
    )


def _unknown(viewer: Viewer, read: Read, services: Services) -> Unknown | None:
    """Return that no connected tool knows the person, where nothing of their own arrived either."""
    if any(each.kind not in {source.kind for source in services.asked} for each in read.deliveries):
        return None
    with services.database.reading() as session:
        return None if questions_for(session, viewer, services) else unknown_for(session, viewer, services)


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
        apart = split(rows, own_marks(session, viewer.person_id))
        planned = history_of(session, viewer.person_id).planned
    day = day or _most_expensive(apart.own, today)
    of_day = apart.within(day, day)
    jobs = jobs_shown(of_day, viewer, services, day.isoformat())
    with services.database.reading() as session:
        hint = worth_a_look(session, viewer, services, day)
    if not of_day.own:
        return day_views.empty_day(day, today, jobs, hint)
    before = [row for row in apart.own if row.day < day]
    answer = explain_day(of_day.own, day, _rates(services), daily_costs(costed(before, lane_of(of_day.own))))
    beside = day_views.BesideDay(jobs, why_lines(of_day.own, services.prices), day in planned, hint)
    return day_views.day_message(answer, today, day_hours(viewer.tz, now), beside)


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
