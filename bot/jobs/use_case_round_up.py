"""The weekly round-up of a channel: what worked for other teams, what is new, what is looked for."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from bot.domain.iso_week import IsoWeek, parse_iso_week
from bot.domain.subscription import Subscription, covered_week, last_due, usual_time
from bot.domain.use_cases.lending import RoundUpNews, round_up_news
from bot.jobs.kind import Kind, Payload, ToChannel
from bot.services import Services
from bot.views.blocks import Message
from bot.views.use_case_round_up import round_up
from storage.planning import plan
from storage.use_case_asking import wanted_now
from storage.use_case_lending import moved_in
from storage.use_case_mail import ROUND_UP
from storage.use_case_round_ups import round_up_of, round_ups

_TZ: Final = "UTC"  # a channel has no clock
_LATE: Final = timedelta(days=6)


def round_up_channels(services: Services) -> int:
    """Plan the last round-up that is due to every channel that wanted it by then; return how many.

    A week with nothing new has none.
    """
    now, rules = services.now(), services.policy.digest
    due_at = last_due(Subscription("button", *usual_time(rules.weekday, rules.hour)), _TZ, now)
    if due_at is None or now - due_at > _LATE:
        return 0
    week = covered_week(due_at, _TZ)
    with services.database.reading() as session:
        channels = [each.channel for each in round_ups(session) if each.since < due_at.date()]
        news = _news(session, services, week) if channels else None
    if news is None:
        return 0
    planned = 0
    for channel in channels:
        put = partial(plan, kind=ROUND_UP, period=f"{channel} {week.word}", due=[(0, due_at)], now=now)
        payload = {"channel": channel, "week": week.word}
        planned += services.database.writing(partial(put, payload=payload, channel=channel))
    return planned


def _news(session: Session, services: Services, week: IsoWeek) -> RoundUpNews | None:
    return round_up_news(moved_in(session, week, services.now().date()), wanted_now(session), week)


def _compose(services: Services, payload: Payload) -> Message | None:
    """Return a channel's round-up about a week; None once it was stopped, or nothing of it is there any more."""
    week = parse_iso_week(payload["week"])
    with services.database.reading() as session:
        if week is None or round_up_of(session, payload["channel"]) is None:
            return None
        news = _news(session, services, week)
    return round_up(news, payload["channel"]) if news else None


KINDS: Final[Mapping[str, Kind]] = {ROUND_UP: ToChannel(_compose, late=_LATE)}
