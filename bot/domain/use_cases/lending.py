"""What is said of entries to those who could borrow them: a line for a digest, a candidate for a hint, what is new."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final, NamedTuple

from bot.domain.hints.borrow import Borrowable
from bot.domain.iso_week import IsoWeek
from bot.domain.team_digest import LibraryLine
from bot.domain.use_cases.borrowing import Offer, Reader, worth_borrowing
from bot.domain.use_cases.entry import Entry, shown_author
from bot.domain.use_cases.evidence import Answer, Evidence, Level, evidence_of, of_others
from bot.domain.use_cases.traces import Try, Wanted

MOST_REUSED: Final = 5  # of a round-up
MOST_NEW: Final = 3
MOST_WANTED: Final = 3


class Known(NamedTuple):
    """A published entry, what is known of it, and how it stands in the library's order."""

    entry: Entry
    offer: Offer

    @property
    def evidence(self) -> Evidence:
        """Return what people are shown of it."""
        candidate = self.offer.candidate
        return evidence_of(candidate.claims, candidate.answers, candidate.author_id)


class RoundUpNews(NamedTuple):
    """A week of the library: what worked for others again, what is new, what is looked for."""

    reused: tuple[Known, ...] = ()
    new: tuple[Known, ...] = ()
    wanted: tuple[Wanted, ...] = ()


def tool_key(tool: str) -> str:
    """Return what is the same of a tool however it is written: `Claude Code` and `claude-code`."""
    return "".join(char for char in tool.casefold() if char.isalnum())


def of_tools(offers: Iterable[Offer], tools: Collection[str] | None) -> list[Offer]:
    """Return the *offers* for one of these *tools*, or for no tool in particular; all where None is known."""
    if tools is None:
        return list(offers)
    keys = {tool_key(tool) for tool in tools}
    return [offer for offer in offers if not offer.tool or tool_key(offer.tool) in keys]


def fitting(
    offers: Iterable[Offer], own_teams: Collection[str], seen: Collection[int], person_id: int | None,
    tools: Collection[str] | None, today: date, most: int = 1,
) -> list[int]:  # fmt: skip
    """Return up to *most* ids of entries of other teams than *own_teams* for somebody who has *tools*."""
    others = [offer for offer in of_tools(offers, tools) if not offer.team or offer.team not in own_teams]
    return worth_borrowing(others, Reader(seen=seen, person_id=person_id), today, most)


def library_line(known: Known) -> LibraryLine:
    """Return an entry as digests name it: with a team where its author shows one, with counts where they are shown.

    Where others tried it and counts are not shown yet, *tried* is 1 and says no more than that.
    """
    _, team = shown_author(known.entry)
    evidence = known.evidence
    tried = evidence.tried_by if evidence.tried_by is not None else int(evidence.tried_at_all)
    worked, teams = evidence.worked_for or 0, evidence.teams or 0
    return LibraryLine(str(known.entry.id), known.entry.title, team, tried, worked, teams)


def shared_by(known: Iterable[Known], names: Collection[str], week: IsoWeek) -> list[Known]:
    """Return what people of a team, by any of its *names*, shared in *week* and showed as theirs or the team's."""
    return [
        each
        for each in known
        if each.entry.team in names
        and shown_author(each.entry)[1]
        and each.entry.published_on is not None
        and week.period.contains(each.entry.published_on)
    ]


def borrowables(known: Iterable[Known], tools: Collection[str]) -> list[Borrowable]:
    """Return what a hint may suggest, in the order given, by the person's own names of *tools*.

    What its author shows without a team is not among them: a hint says whose method it is.
    """
    own = {tool_key(tool): tool for tool in tools}
    found = []
    for each in known:
        line, tool = library_line(each), own.get(tool_key(each.entry.tool), "")
        if tool and line.team and each.evidence.worked_for is not None:
            found.append(Borrowable(line.entry, line.title, tool, line.team, line.worked, line.tried))
    return found


def offered_in(tries: Iterable[Try], after: IsoWeek) -> int | None:
    """Return what somebody was offered in their note about the week *after* which the note came."""
    period = IsoWeek(after.before(-1).monday).period
    return next((each.use_case_id for each in tries if each.state == "offered" and period.contains(each.said_on)), None)


def round_up_news(ordered: Iterable[Known], wanted: Iterable[Wanted], week: IsoWeek) -> RoundUpNews | None:
    """Return what a round-up about *week* says; None in a week with nothing new.

    *ordered* are the published entries in the library's order. News is what was published, what worked for
    somebody else, and what was asked for in that week; what is looked for stands there until it is found.
    """
    known = list(ordered)
    reused = [each for each in known if each.evidence.level >= Level.WORKED_FOR_OTHERS and _worked_in(each, week)]
    new = [each for each in known if each not in reused and _is_of(each.entry.published_on, week)]
    open_now = list(wanted)
    if not (reused or new or any(_is_of(each.asked_on, week) for each in open_now)):
        return None
    return RoundUpNews(tuple(reused[:MOST_REUSED]), tuple(new[:MOST_NEW]), tuple(open_now[:MOST_WANTED]))


def _worked_in(known: Known, week: IsoWeek) -> bool:
    candidate = known.offer.candidate
    answers = of_others(candidate.answers, candidate.author_id)
    return any(answer.result == "yes" and _is_of(answer.day, week) for answer in answers)


def _is_of(day: date | None, week: IsoWeek) -> bool:
    return day is not None and week.period.contains(day)


def worked_in(known: Iterable[Known], first: date, last: date) -> list[Known]:
    """Return the entries that worked for somebody else from *first* to *last*."""

    def worked(answer: Answer) -> bool:
        return answer.result == "yes" and first <= answer.day <= last

    return [each for each in known if any(map(worked, of_others(each.offer.candidate.answers, each.entry.person_id)))]
