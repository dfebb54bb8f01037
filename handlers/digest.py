"""Opening the weekly note, and saying whether it was useful."""

from datetime import date, timedelta
from typing import Final

from bot.domain.iso_week import IsoWeek, parse_iso_week, week_of
from bot.domain.people import Viewer
from bot.domain.subscription import USEFUL, kinds_due
from bot.services import Services
from bot.views.blocks import Message
from bot.views.digest import digest_message
from bot.views.digest_answers import no_longer_kept, noted
from bot.views.use_case_cards import borrow_block
from handlers.changes import change_once
from handlers.own_hints import of_week
from handlers.visit import Visit
from handlers.words import Word
from storage.choices import choose
from storage.digests import read_week
from storage.use_case_lending import offered_with


def show_week(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show the week that the button names, with what is known of it now."""
    now = services.now()
    week, daily_days = _week(visit.argument, now.date()), services.policy.retention.daily_days
    if week.monday < now.date() - timedelta(days=daily_days):
        return no_longer_kept(week, daily_days)
    with services.database.reading() as session:
        read = read_week(session, viewer, week, now.date(), services.overlaps, services.asked)
        hint = of_week(session, viewer, services, week.word)
        offered = offered_with(session, viewer, week, now.date())
    due = kinds_due({source.kind for source in services.all_sources}, week, now)
    extra = [*hint, borrow_block(offered)] if offered else hint
    return digest_message(read.digest, read.reach(due), viewer.tz, extra)


def _week(word: str, today: date) -> IsoWeek:
    """Return the week that *word* names if it is over; else the last one that is."""
    last = week_of(today).before()
    named = parse_iso_week(word)
    return last if named is None else min(named, last)


def say_useful(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Remember whether a week's note was useful, for the person alone: the last answer counts."""
    word, _, said = visit.argument.partition(" ")
    week, now = _week(word, services.now().date()), services.now()
    useful = said == "yes"
    if parse_iso_week(word) == week and said in {"yes", "no"}:
        value = f"{week.word} {said}"
        change_once(visit, services, lambda session: choose(session, viewer.person_id, USEFUL, value, now))
    return noted(useful=useful)


WORDS: Final = (
    Word("digest-show", answer=show_week, typed=False),
    Word("digest-useful", answer=say_useful, typed=False),
)
