"""Why somebody sees a hint, what they say of it, which kinds they mute, and whether they are told at once."""

from typing import Any, Final

from sqlmodel import Session

from bot.domain.hints.choose import ANSWERS, Answer, is_muted, is_too_often_useless
from bot.domain.hints.finding import KINDS, Finding, HintKind
from bot.domain.hints.keys import hint_key
from bot.domain.hints.wishes import ALARMS, ALARMS_ON, MUTED, WANTED_AGAIN, hint_kind, muted_name
from bot.domain.people import Viewer
from bot.domain.period import parse_day
from bot.services import Services
from bot.views import hint_rules
from bot.views import hints as views
from bot.views.blocks import Message
from handlers.changes import change_once
from handlers.own_hints import hint_meant
from handlers.switching import show_choices
from handlers.usage import why
from handlers.visit import Visit
from handlers.words import Word
from storage.choices import choose
from storage.hints import PLANNED, answer, history_of
from storage.own_marks import drop_mark, put_mark
from storage.recent_runs import drop_minutes_of


def why_this(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Show the rule behind a hint and the values that set it off."""
    with services.database.reading() as session:
        finding = hint_meant(session, viewer, services, visit.argument)
    return (
        views.passed()
        if finding is None
        else views.why_this(finding, hint_key(services.marks, viewer.person_id, finding))
    )


def say(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Remember what the person says of a hint, for them alone."""
    word, _, rest = visit.argument.partition(" ")
    said = next((each for each in ANSWERS if each and each == word), None)
    with services.database.reading() as session:
        finding = hint_meant(session, viewer, services, rest)
    if said is None or finding is None:
        return views.passed()
    change_once(visit, services, lambda session: _keep(session, viewer, services, finding, said))
    with services.database.reading() as session:
        muted = said == "not_useful" and is_muted(finding.kind, history_of(session, viewer.person_id))
    return views.noted(said, muted=muted)


def _keep(session: Session, viewer: Viewer, services: Services, finding: Finding, said: Answer) -> None:
    now = services.now()
    answer(session, viewer.person_id, finding, said, now)
    if said == PLANNED and finding.kind == "spike":
        put_mark(session, viewer.person_id, PLANNED, finding.last.isoformat(), now)
    if said == "not_useful" and is_too_often_useless(finding.kind, history_of(session, viewer.person_id)):
        choose(session, viewer.person_id, muted_name(finding.kind), MUTED, now)  # for longer than answers are kept


def mute(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Mute a kind of hint, or take that back (`off`)."""
    kind = _toggle(visit, viewer, services)
    return views.passed() if kind is None else views.muted(kind, is_muted=not visit.argument.endswith(" off"))


def toggle(visit: Visit, viewer: Viewer, services: Services) -> dict[str, Any]:
    """Mute a kind of hint, or take that back, and draw the window with all rules again."""
    _toggle(visit, viewer, services)
    return rules(visit, viewer, services)


def _toggle(visit: Visit, viewer: Viewer, services: Services) -> HintKind | None:
    word, _, off = visit.argument.partition(" ")
    kind, now = hint_kind(word), services.now()
    if kind is None:
        return None
    name = muted_name(kind)

    def keep(session: Session) -> None:
        choose(session, viewer.person_id, name, WANTED_AGAIN if off else MUTED, now)

    change_once(visit, services, keep)
    return kind


def rules(_visit: Visit, viewer: Viewer, services: Services) -> dict[str, Any]:
    """Fill the window with every rule, its thresholds, and which kinds are muted."""
    with services.database.reading() as session:
        history = history_of(session, viewer.person_id)
    return hint_rules.rules_window([kind for kind in KINDS if is_muted(kind, history)])


def choose_alarms(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Remember whether the person is to be told at once; without a yes nothing is kept by the minute."""
    wanted, now = visit.argument, services.now()

    def keep(session: Session) -> None:
        choose(session, viewer.person_id, ALARMS, wanted, now)
        if wanted != ALARMS_ON:
            drop_minutes_of(session, viewer.person_id)

    if wanted in {ALARMS_ON, "off"}:
        change_once(visit, services, keep)
    return show_choices(visit, viewer, services)


def plan_day(visit: Visit, viewer: Viewer, services: Services) -> Message:
    """Remember that a day's cost was planned, or take that back (`off`), and show the day again."""
    word, _, off = visit.argument.partition(" ")
    now = services.now()
    day = parse_day(word, now.date())

    def keep(session: Session) -> None:
        if day is None:
            return
        if off:
            drop_mark(session, viewer.person_id, PLANNED, day.isoformat())
        else:
            put_mark(session, viewer.person_id, PLANNED, day.isoformat(), now)

    change_once(visit, services, keep)
    return why(visit.with_word("why", word), viewer, services)


WORDS: Final = (
    Word("hint-why", answer=why_this, typed=False),
    Word("hint-say", answer=say, typed=False, changes=True),
    Word("hint-mute", answer=mute, typed=False, changes=True),
    Word("hint-rules", modal=rules, window_title="All rules", typed=False),
    Word("hint-toggle", modal=toggle, window_title="All rules", typed=False, changes=True),
    Word("alarms", answer=choose_alarms, typed=False, changes=True),
    Word("planned", answer=plan_day, typed=False, changes=True),
)
