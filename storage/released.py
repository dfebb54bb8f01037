"""What was released, once and for good: issues of team digests, the ledger of figures, who is counted in which."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import delete as core_delete
from sqlmodel import Session, col, delete, select

from bot.domain.blocks_of_weeks import Block, block_of, parse_block
from bot.domain.chain import SealedMark
from bot.domain.iso_week import IsoWeek
from bot.domain.released import COMPANY_CELL, Issue, Range, Released, issue_in
from bot.domain.teams import name_key
from storage import bulk
from storage.choices import take_slot
from storage.holders import in_parts
from storage.ids import insert_new, table_of
from storage.tables import FigurePart, JobSlot, Outbox, ReleasedFigure, Team, TeamIssue

_parts, _issues = table_of(FigurePart), table_of(TeamIssue)
_QUIET: Final = ""
_WAITS: Final = "team-digests wait"


class Shown(NamedTuple):
    """An issue, and since when everybody in the team can see it."""

    issue: Issue
    released_at: datetime


def put_issue(session: Session, team_id: int, week: IsoWeek, issue: Issue | None, now: datetime) -> bool:
    """Keep a team's digest of a week, None of a quiet one; return whether there was none yet."""
    content = _QUIET if issue is None else issue.stored()
    row = {"team_id": team_id, "week": week.word, "content": content, "released_at": now}
    return insert_new(session, TeamIssue, [row]) == 1


def issued(session: Session, team_ids: Collection[int], weeks: Collection[IsoWeek]) -> set[tuple[int, str]]:
    """Return of which teams and *weeks* there is an issue, or it is known that they were quiet."""
    query = table_of(TeamIssue).select().with_only_columns(_issues.c.team_id, _issues.c.week)
    query = query.where(_issues.c.week.in_([week.word for week in weeks]))
    return {(team_id, week) for team_id, week in in_parts(session, query, _issues.c.team_id, team_ids)}


def issue_of(session: Session, team_id: int, week: str) -> Issue | None:
    """Return a team's issue of the week of that word."""
    row = session.get(TeamIssue, (team_id, week))
    return issue_in(row.content) if row is not None and row.content else None


def last_issue(session: Session, team_id: int) -> Shown | None:
    """Return the last digest that was released to a team."""
    query = select(TeamIssue).where(TeamIssue.team_id == team_id, TeamIssue.content != _QUIET)
    row = session.exec(query.order_by(col(TeamIssue.week).desc()).limit(1)).first()
    return None if row is None else Shown(issue_in(row.content), row.released_at)


def last_issue_named(session: Session, name: str) -> Shown | None:
    """Return the last digest of a team of that name, however it is written, also of one that was stopped."""
    teams = session.exec(select(Team.id).where(Team.name_key == name_key(name)))
    found = [shown for team_id in teams.all() if (shown := last_issue(session, team_id))]
    return max(found, key=lambda shown: shown.released_at, default=None)


def note_waiting(session: Session, team_id: int, week: IsoWeek, now: datetime) -> None:
    """Remember for two days that a digest waits for its sources."""
    take_slot(session, _WAITS, f"{team_id} {week.word}", now)


def waiting(session: Session) -> set[tuple[int, str]]:
    """Return which digests, by team and week, have waited for their sources lately."""
    slots = session.exec(select(JobSlot.slot).where(JobSlot.job == _WAITS))
    return {(int(team_id), week) for team_id, _, week in (slot.partition(" ") for slot in slots)}


def channels_without(session: Session, kind: str) -> set[str]:
    """Return the channels in which a message of *kind* could not be posted lately."""
    dead = (Outbox.person_id == 0, Outbox.kind == kind, Outbox.state == "dead")
    return set(session.exec(select(Outbox.channel).where(*dead).distinct()))


def release(session: Session, figures: Sequence[Released]) -> bool:
    """Write a block's figures to the ledger; return whether nobody has before. Then nothing is written."""
    rows = [
        {
            "cell": each.cell,
            "period": each.block.word,
            "group_name": each.group,
            "low_nano_usd": each.amounts and each.amounts.low_nano_usd,
            "high_nano_usd": each.amounts and each.amounts.high_nano_usd,
            "readers": each.readers,
            "policy_mark": each.policy_mark,
            "log_mark": each.log_mark.mark if each.log_mark else "",
            "log_day": each.log_mark and each.log_mark.day,
            "released_at": each.released_at,
            "without": "\n".join(each.without),
        }
        for each in figures
    ]
    # the first row is always there, so that it tells who was first
    if insert_new(session, ReleasedFigure, rows[:1]) != 1:
        return False
    insert_new(session, ReleasedFigure, rows[1:])
    return True


def note_parts(session: Session, block: Block, parts: Iterable[tuple[int, str]]) -> None:
    """Remember who is counted in which cell of a block: pairs of a person and a cell."""
    rows = sorted((person_id, cell, block.word) for person_id, cell in parts)
    bulk.insert_new_rows(session, _parts, ("person_id", "cell", "period"), rows)


def figures_of(session: Session, block: Block) -> list[Released]:
    """Return everything that the ledger has of a block; nothing before it was released."""
    query = select(ReleasedFigure).where(ReleasedFigure.period == block.word)
    return [_released(row, block) for row in session.exec(query.order_by(ReleasedFigure.cell))]


def company_figure(session: Session, block: Block) -> Released | None:
    """Return what a change cost the whole company in the last twelve weeks that were over by the end of *block*."""
    of = block_of(block.twelve_weeks[1])
    row = session.get(ReleasedFigure, (COMPANY_CELL, of.word))
    return None if row is None else _released(row, of)


def last_released_block(session: Session) -> Block | None:
    """Return the last block of which figures were released."""
    periods = session.exec(select(ReleasedFigure.period).distinct()).all()
    blocks = [block for word in periods if (block := parse_block(word))]
    return max(blocks, default=None)


def figures_with(session: Session, person_id: int) -> list[Released]:
    """Return the figures that somebody is counted in, the latest first."""
    query = select(ReleasedFigure).where(
        FigurePart.person_id == person_id,
        FigurePart.cell == ReleasedFigure.cell,
        FigurePart.period == ReleasedFigure.period,
    )
    found = [_released(row, block) for row in session.exec(query) if (block := parse_block(row.period))]
    return sorted(found, key=lambda each: (-each.block.number, each.cell))


def forget_parts_of(session: Session, person_id: int) -> None:
    """Forget in which figures somebody is counted; the figures stay as they are."""
    session.exec(delete(FigurePart).where(col(FigurePart.person_id) == person_id))


def drop_released_before(session: Session, at: datetime) -> None:
    """Forget what was released before *at*, and who is counted in it."""
    old = select(ReleasedFigure.period).where(col(ReleasedFigure.released_at) < at).distinct()
    periods = list(session.exec(old))
    session.connection().execute(core_delete(_parts).where(_parts.c.period.in_(periods)))
    session.exec(delete(ReleasedFigure).where(col(ReleasedFigure.released_at) < at))
    session.exec(delete(TeamIssue).where(col(TeamIssue.released_at) < at))


def _released(row: ReleasedFigure, block: Block) -> Released:
    shown = row.low_nano_usd is not None and row.high_nano_usd is not None
    return Released(
        cell=row.cell,
        block=block,
        group=row.group_name,
        amounts=Range(row.low_nano_usd or 0, row.high_nano_usd or 0) if shown else None,
        readers=row.readers,
        policy_mark=row.policy_mark,
        log_mark=SealedMark(row.log_day, row.log_mark) if row.log_day is not None else None,
        released_at=row.released_at,
        without=tuple(row.without.splitlines()),
    )
