"""What became of an author's entries in a week: how many people tried them, what they said of their own will."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from bot.domain.iso_week import IsoWeek
from bot.domain.use_cases.evidence import Answer, of_others

# Before so many answers in all, a result or a reason could be laid at somebody's door.
ANSWERS_BEFORE_RESULTS: Final = 3


class Said(NamedTuple):
    """An answer, and what its writer added: a line of thanks, or why it did not work, sent or not."""

    use_case_id: int
    answer: Answer
    thanks: str = ""
    is_named: bool = False
    reason: str = ""
    is_sent: bool = False


class Thanks(NamedTuple):
    """A line for the author; whose it is only where its writer added the name."""

    line: str
    person_id: int | None


class EntryNews(NamedTuple):
    """One entry's week. *worked* is None while there are fewer than three answers in all."""

    use_case_id: int
    people: int
    teams: int  # those that are known
    worked: int | None
    thanks: tuple[Thanks, ...] = ()
    reasons: tuple[str, ...] = ()  # that their writers sent, once there are three answers


def news_of(week: IsoWeek, said: Mapping[int, Iterable[Said]], author_id: int) -> list[EntryNews]:
    """Return what became of each of an author's entries in *week*, the most tried first; quiet ones are left out.

    *said* has all answers to each entry. A reason that came before there were three answers comes in the week
    of the third.
    """
    found = [_entry_news(week, id_, list(answers), author_id) for id_, answers in said.items()]
    return sorted((news for news in found if news), key=lambda news: (-news.people, news.use_case_id))


def _entry_news(week: IsoWeek, id_: int, said: list[Said], author_id: int) -> EntryNews | None:
    by_id = {each.answer.id: each for each in said}
    known = [by_id[answer.id] for answer in of_others((each.answer for each in said), author_id)]
    until = [each for each in known if each.answer.day <= week.sunday]
    now = [each for each in until if week.period.contains(each.answer.day)]
    if not now:
        return None
    enough = len(until) >= ANSWERS_BEFORE_RESULTS
    return EntryNews(
        use_case_id=id_,
        people=len(now),
        teams=len({each.answer.team for each in now if each.answer.team}),
        worked=sum(each.answer.result == "yes" for each in now) if enough else None,
        thanks=tuple(_thanks(each) for each in _by_day(now) if each.thanks),
        reasons=tuple(_reasons(until, week.monday)) if enough else (),
    )


def _reasons(until: list[Said], monday: date) -> list[str]:
    before = [each for each in until if each.answer.day < monday]
    waited = len(before) < ANSWERS_BEFORE_RESULTS
    told = until if waited else [each for each in until if each.answer.day >= monday]
    return [each.reason for each in _by_day(told) if each.reason and each.is_sent]


def _thanks(said: Said) -> Thanks:
    return Thanks(said.thanks, said.answer.person_id if said.is_named else None)


def _by_day(said: Iterable[Said]) -> list[Said]:
    return sorted(said, key=lambda each: (each.answer.day, each.answer.id))
