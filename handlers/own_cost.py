"""A person's own cost, and beside it the jobs that they marked as shared."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from bot.domain.outcomes.links import OwnMarks, is_own
from bot.domain.people import Viewer
from bot.domain.summary import cost_of
from bot.domain.usage import UsageRow
from bot.services import Services
from bot.views.blocks import Block
from bot.views.shared_jobs import Job, job_blocks


class Split(NamedTuple):
    """Rows that are in a person's own sum, and those of jobs that they marked as shared."""

    own: list[UsageRow]
    shared: list[UsageRow]

    def within(self, first: date, last: date) -> "Split":
        """Return the rows of the days from *first* to *last*."""
        own, shared = ([row for row in rows if first <= row.day <= last] for rows in self)
        return Split(own, shared)


def split(rows: Iterable[UsageRow], marks: OwnMarks) -> Split:
    """Return *rows*, those of jobs that are marked as shared apart."""
    own: list[UsageRow] = []
    shared: list[UsageRow] = []
    for row in rows:
        (own if is_own(row, marks.shared_jobs) else shared).append(row)
    return Split(own, shared)


def job_name(row: UsageRow) -> str:
    """Return what a job that ran on its own is called where its cost is shown."""
    return row.work or row.tool


def jobs_shown(rows: Split, viewer: Viewer, services: Services, asked: str) -> list[Block]:
    """Return the way to move the jobs of *rows* out of the own sum and back; *asked* is a period or a day."""
    own, shared = _jobs(rows.own, viewer, services), _jobs(rows.shared, viewer, services)
    return job_blocks(own, shared, asked)


def _jobs(rows: Sequence[UsageRow], viewer: Viewer, services: Services) -> list[Job]:
    """Return the jobs among *rows* that ran on their own, the dearest first."""
    by_name: dict[str, list[UsageRow]] = {}
    for row in rows:
        if row.ran_on_its_own and not row.is_seat:
            by_name.setdefault(job_name(row), []).append(row)
    jobs = [Job(name, *cost_of(theirs), key_of(services, viewer, name)) for name, theirs in by_name.items()]
    return sorted(jobs, key=lambda job: (-(job.nano_usd.known or 0), job.name))


def key_of(services: Services, viewer: Viewer, name: str) -> str:
    """Return the key under which a button of the person names a job; nobody else's leads anywhere."""
    return services.marks.of_request("job", str(viewer.person_id), name).hex()
