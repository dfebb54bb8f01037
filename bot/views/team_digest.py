"""A team's weekly digest: finished work of its repositories and projects, without a name and without use."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.flow import Flow, Spread
from bot.domain.period import long_day, short_day
from bot.domain.team_digest import KindWeek, LibraryLine, SilentPlace, TeamDigest, ToldBy, in_lowest_terms
from bot.views.blocks import (
    Block,
    Message,
    Twin,
    actions,
    button,
    context,
    escape,
    fields,
    foreign,
    header,
    section,
    visible,
)
from bot.views.outcomes import kind_count, kind_words
from bot.views.team_chart import stayed_chart
from bot.views.wording import listed, plural, source_name

TEAM: Final = "teamdigest"  # whose words the buttons are
_MOST_PLACES: Final = 4
_MOST_LINES: Final = 3  # of a library's suggestions
_HOUR: Final = 60


def notification(team: str) -> str:
    """Return what a notification says of a digest; it has no figure."""
    return f"{visible(team, 60)}: this week's digest"


def team_digest_message(
    digest: TeamDigest, team_id: int, more: Sequence[Block] = (), *, in_channel: bool = False
) -> Message:
    """Return the digest as its lead or channel gets it; *more* stands before who is counted and who reads it."""
    about, row = shared_with(digest, in_channel=in_channel), digest_buttons(team_id, digest.week)
    return Message(notification(digest.team), [*digest_parts(digest), *more, about, row])


def digest_parts(digest: TeamDigest) -> list[Block | Twin]:
    """Return what the digest says, without who reads it and without buttons."""
    parts: list[Block | Twin] = [
        header(f"{visible(digest.team, 60)}, week of {long_day(digest.monday).partition(' ')[2]}"),
        section("\n".join([_finished_line(digest), *_earlier_lines(digest), *_missing_lines(digest)])),
    ]
    if digest.flow is not None and (told := _flow_fields(digest.flow)):
        parts.append(fields(told))
    main = digest.kinds[0] if digest.kinds else None
    if main is not None and len(main.stayed_by_week) > 1:
        parts.append(stayed_chart(main))
    parts += [section("\n".join(_shared(each) for each in digest.shared[:_MOST_LINES]))] if digest.shared else []
    parts += [_worth_borrowing(each) for each in digest.worth_borrowing[:_MOST_LINES]]
    return parts


def shared_with(digest: TeamDigest, *, in_channel: bool = False) -> Block:
    """Return how complete the digest is, what it is about, and who reads it."""
    told = _freshness(digest.told_by, digest.week)
    few = "" if _has_states(digest) else "What came back, review, speed and size are told from three authors on. "
    since = long_day(digest.places_since).partition(" ")[2] if digest.places_since else ""
    cut = f"Its places changed: all but this week's count is of the weeks from {since} on. " if since else ""
    about = "About repositories, not people: no names, no AI usage."
    over = "Review, time and size are usual for 12 weeks. " if digest.flow is not None else ""
    here = "this channel and in " if in_channel else ""
    return context(f"{told}{over}{few}{cut}{about} Read by everybody in {here}{foreign(digest.team, 60)}.")


def _has_states(digest: TeamDigest) -> bool:
    return any(each.stayed_by_week for each in digest.kinds) or not digest.kinds


def digest_buttons(team_id: int, week: IsoWeek, *others: Block) -> Block:
    """Return the row below a digest, with *others* at its end."""
    return actions(
        button("Useful", "useful", f"{team_id} {week.word}", command=TEAM),
        button("Not useful", "not-useful", f"{team_id} {week.word}", command=TEAM),
        button("Share a use case", "share", command="usecase"),
        button("Settings", "settings", str(team_id), command=TEAM),
        *others,
    )


def digest_in_home(digest: TeamDigest, team_id: int, more: Sequence[Block], *, is_lead: bool) -> list[Block | Twin]:
    """Return the digest as everybody in the team finds it in Home: what its lead got, and a way out of the team."""
    out = [] if is_lead else [button("Not my team", "not-my-team", str(team_id), command=TEAM)]
    row = digest_buttons(team_id, digest.week, *out)
    return [*digest_parts(digest), *more, shared_with(digest), row]


def _finished_line(digest: TeamDigest) -> str:
    places = f" in {_places(digest.places)}" if digest.places else ""
    found = [each for each in digest.kinds if each.finished]
    if not found:
        return f"Nothing was finished{places} in this week."
    first, *others = (kind_words(each.kind, each.finished) for each in found)
    rest = "".join(f" · {each}" for each in others)
    return f"*{first}*,{places}{rest}" if places else f"*{first}*{rest}"


def _places(places: Sequence[str]) -> str:
    if len(places) <= _MOST_PLACES:
        return listed([foreign(place) for place in places])
    shown = [foreign(place) for place in places[: _MOST_PLACES - 1]]
    return listed([*shown, f"{len(places) - len(shown)} more"])


def _earlier_lines(digest: TeamDigest) -> list[str]:
    """Say what became of the work of two weeks ago, kind by kind, and what usually stays of the first."""
    said = []
    for number, each in enumerate(digest.kinds):
        told = _became(each)
        if number == 0 and each.usual_stayed is not None and told:
            told += f" {_usually(each.usual_stayed)}"
        if told:
            said.append(told)
    return [f"*From two weeks ago:* {' '.join(said)}"] if said else []


def _became(kind: KindWeek) -> str:
    stayed, back = kind.earlier_stayed, kind.earlier_came_back
    if stayed is None or back is None or not stayed + back:
        return ""
    came = f"{back:,} came back" if back else "none came back"
    if not stayed:
        return f"{kind_count(kind.kind, back)} came back."
    return f"{kind_count(kind.kind, stayed)} {'has' if stayed == 1 else 'have'} now stayed for 14 days, {came}."


def _usually(usual: tuple[int, int]) -> str:
    low, high = usual
    return f"Usually {low:,} a week." if low == high else f"Usually {low:,} to {high:,} a week."


def _missing_lines(digest: TeamDigest) -> list[str]:
    """Say which sources have not told of the whole week, and which places are empty."""
    said = []
    for each in digest.told_by:
        if each.late:
            since = f"nothing new since {short_day(each.complete_to)}" if each.complete_to else "nothing has come yet"
            said.append(f"*{foreign(source_name(each.kind, each.name))}: {since}*, so finished work may be missing.")
    return said + [_silence(each) for each in digest.silent[:_MOST_PLACES]]


def _silence(silent: SilentPlace) -> str:
    if silent.last_finished_on is None:
        return f"*{foreign(silent.place)}:* no finished work is known of it. Is it still called that?"
    return f"*{foreign(silent.place)}:* nothing finished since {short_day(silent.last_finished_on)}."


def _flow_fields(flow: Flow) -> list[str]:
    told = []
    if flow.first_review_minutes is not None:
        told.append(f"*First review*\nabout {_time(flow.first_review_minutes, 'working ')}")
    if flow.open_minutes is not None:
        told.append(f"*Open to merged*\nabout {_time(flow.open_minutes, '')}")
    if flow.without_review is not None:
        part, whole = in_lowest_terms(flow.without_review)
        told.append(f"*Merged without review*\n{part:,} of {whole:,}" if part else "*Merged without review*\nnone")
    if flow.lines is not None:
        told.append(f"*Typical change*\n{plural(flow.lines.median, 'line')}")
    return told


def _time(spread: Spread, which: str) -> str:
    """Return minutes as people say them, with the range of the middle half: `4 working hours (half within 3-6)`."""
    if spread.median < 2 * _HOUR:
        unit, low, about, high = "minute", spread.low, spread.median, spread.high
    else:
        unit = "hour"
        low, about, high = (_hours(minutes) for minutes in (spread.low, spread.median, spread.high))
    return f"{plural(about, f'{which}{unit}')} (half within {low:,}-{high:,})"


def _hours(minutes: int) -> int:
    return (minutes + _HOUR // 2) // _HOUR


def _shared(line: LibraryLine) -> str:
    tried = "Others are trying it." if line.tried else "It waits for its first try."
    return f"*Shared by your team:* {foreign(line.title)}. {tried}"


def _worth_borrowing(line: LibraryLine) -> Block:
    who = f" ({foreign(line.team, 60)})" if line.team else ""
    text = f"*Worth borrowing:* {foreign(line.title)}{who}. {tried_line(line)}"
    return section(text, button("Open", "open", line.entry, command="usecase"))


def tried_line(line: LibraryLine) -> str:
    """Return what those said who tried a use case."""
    if not line.tried:
        return "It waits for its first try."
    return f"{line.worked:,} of {line.tried:,} who tried it said it worked."


def _freshness(told_by: Sequence[ToldBy], week: IsoWeek) -> str:
    """Return to when the sources reach: `From GitHub and Jira, complete to Sun 15 Nov.`"""
    if not told_by:
        return ""
    names = listed(list(dict.fromkeys(escape(source_name(each.kind, each.name)) for each in told_by)))
    whole = [each for each in told_by if not each.late and each.complete_to is not None]
    said = [f"complete to {short_day(week.sunday)}"] if len(whole) == len(told_by) else []
    behind: dict[date, list[str]] = {}
    for each in told_by:
        if each not in whole and each.complete_to is not None:
            behind.setdefault(each.complete_to, []).append(escape(source_name(each.kind, each.name)))
    said += [f"{listed(found)} to {short_day(day)}" for day, found in sorted(behind.items())]
    return f"From {names}{''.join(f', {each}' for each in said)}. "
