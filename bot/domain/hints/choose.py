"""Which finding is shown, and whether at all: asked for always the best, unasked rarely."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

from bot.domain.hints.finding import KINDS, MATERIAL_NANO_USD, Finding, HintKind
from bot.domain.iso_week import week_of

Where = Literal["asked", "digest", "at once"]
Answer = Literal["", "useful", "not_useful", "not_now", "fine", "planned"]
ANSWERS: Final[tuple[Answer, ...]] = get_args(Answer)

# Unasked, nothing is said before so many days are known; those of a back-fill count.
KNOWN_DAYS: Final = 14
COOL_DOWN_DAYS: Final = 28
_DOUBLED_AT_MOST: Final = 2
MUTED_AFTER: Final = 2
_SPIKE_REST_DAYS: Final = 7
# They claim no money: a limit that the person has set, and a way of working.
_WITHOUT_MONEY: Final = frozenset({"pace", "borrow"})
# Such an answer puts the same finding to rest, also where somebody asks: what was waved away is not repeated.
_WAVED_AWAY: Final = frozenset({"not_useful", "not_now", "fine", "planned"})
_AT_ONCE: Final = ("runaway", "spike")


@dataclass(frozen=True, slots=True)
class Shown:
    """A hint that was shown or answered: where, on which day, in which week's note, and what was said of it."""

    finding: Finding
    shown_on: date
    where: Where
    period: str = ""
    answer: Answer = ""


@dataclass(frozen=True, slots=True)
class History:
    """What was shown to one person and said by them: kinds that they muted or want again, days that they planned."""

    shown: Sequence[Shown] = ()
    muted: Collection[str] = frozenset()
    wanted: Collection[str] = frozenset()
    planned: Collection[date] = frozenset()

    def of(self, kind: HintKind) -> list[Shown]:
        """Return what was shown of a kind."""
        return [each for each in self.shown if each.finding.kind == kind]


def is_muted(kind: HintKind, history: History) -> bool:
    """Return whether a kind is not wanted any more: muted, or called not useful twice."""
    return kind in history.muted or (kind not in history.wanted and is_too_often_useless(kind, history))


def is_too_often_useless(kind: HintKind, history: History) -> bool:
    """Return whether a kind was called not useful twice."""
    return sum(each.answer == "not_useful" for each in history.of(kind)) >= MUTED_AFTER


def cool_down_days(kind: HintKind, history: History) -> int:
    """Return for how long a kind rests after it was shown; each "not now" doubles it, twice at most."""
    not_now = sum(each.answer == "not_now" for each in history.of(kind))
    return COOL_DOWN_DAYS << min(not_now, _DOUBLED_AT_MOST)


def asked_for(findings: Iterable[Finding], history: History, today: date) -> Finding | None:
    """Return the best finding for somebody who asks, but none that they have muted or waved away."""
    return _best(each for each in findings if _may_be_shown(each, history, today))


def unasked(
    findings: Iterable[Finding], history: History, today: date, *, known_from: date | None, is_complete: bool
) -> Finding | None:
    """Return the finding for the weekly note, if there is to be one.

    *known_from* is the first day that a source has told of. There is none before two weeks are known, while data is
    missing, where the calendar week has had one, below what is material, or of a kind that rests.
    """
    if known_from is None or today < known_from + timedelta(days=KNOWN_DAYS) or not is_complete:
        return None
    # by the calendar: a note that waited for data until Wednesday leaves the next one its hint
    if any(each.where == "digest" and week_of(each.shown_on) >= week_of(today) for each in history.shown):
        return None
    return _best(
        each
        for each in findings
        if each.kind != "runaway"
        and _is_material(each)
        and _may_be_shown(each, history, today)
        and not _rests(each.kind, history, today)
    )


def at_once(findings: Iterable[Finding], history: History, today: date) -> Finding | None:
    """Return what somebody who chose so is told at once: at most one a day, a run once, a dear day once a week."""
    if any(each.where == "at once" and each.shown_on >= today for each in history.shown):
        return None
    ready = [each for each in findings if each.kind in _AT_ONCE and _may_be_shown(each, history, today)]
    return _best(each for each in ready if not _told_before(each, history, today))


def _best(findings: Iterable[Finding]) -> Finding | None:
    """Return what runs away now, else what could save most; an order of one person's jobs and models alone."""
    return min(findings, key=_order, default=None)


def _order(finding: Finding) -> tuple[bool, int, int, str]:
    saving = finding.saving_nano_usd or 0
    return finding.kind != "runaway", -saving, KINDS.index(finding.kind), finding.subject


def _is_material(finding: Finding) -> bool:
    return finding.kind in _WITHOUT_MONEY or (finding.saving_nano_usd or 0) >= MATERIAL_NANO_USD


def _may_be_shown(finding: Finding, history: History, today: date) -> bool:
    if is_muted(finding.kind, history) or (finding.kind == "spike" and finding.last in history.planned):
        return False
    rest = timedelta(days=cool_down_days(finding.kind, history))
    return not any(
        each.answer in _WAVED_AWAY and today < each.shown_on + rest and is_same(each.finding, finding)
        for each in history.of(finding.kind)
    )


def identity(finding: Finding) -> tuple[str, str]:
    """Return what a finding is about, whenever it is found: a day, a run, else a job, model or source."""
    if finding.kind == "spike":
        return finding.kind, finding.last.isoformat()
    return finding.kind, finding.word("run") if finding.kind == "runaway" else finding.subject


def is_same(one: Finding, other: Finding) -> bool:
    """Return whether two findings are about the same."""
    return identity(one) == identity(other)


def _rests(kind: HintKind, history: History, today: date) -> bool:
    rest = timedelta(days=cool_down_days(kind, history))
    return any(today < each.shown_on + rest for each in history.of(kind))


def _told_before(finding: Finding, history: History, today: date) -> bool:
    before = history.of(finding.kind)
    if any(is_same(each.finding, finding) for each in before):
        return True
    rest = timedelta(days=_SPIKE_REST_DAYS)
    return finding.kind == "spike" and any(each.where == "at once" and today < each.shown_on + rest for each in before)
