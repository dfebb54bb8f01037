"""Merged pull requests of an organization as finished changes, and which other changes they take back."""

from datetime import UTC, date, tzinfo
from typing import Annotated, Final, NamedTuple

from msgspec import Meta, Struct, field
from msgspec.json import Decoder

from bot.connectors.ai_authors import names_ai_co_author
from bot.connectors.finished import ReportedItem
from bot.connectors.finished_reverts import taken_back
from bot.connectors.finished_tickets import named_ticket
from bot.connectors.finished_titles import kept_link, kept_title
from bot.connectors.github_acceptance import ACCEPTANCE, Acceptance, Moment
from bot.domain.outcomes.reverts import Revert
from bot.domain.outcomes.work import FinishedItem
from bot.domain.outcomes.working_hours import working_minutes

CHANGES_QUERY: Final = f"""
query($q: String!, $first: Int!, $after: String) {{
  search(query: $q, type: ISSUE, first: $first, after: $after) {{
    issueCount
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ ... on PullRequest {{
      id number title url createdAt mergedAt additions deletions changedFiles headRefName body
      repository {{ nameWithOwner }}
      mergeCommit {{ messageBody }}
      closingIssuesReferences(first: 5) {{ nodes {{ number repository {{ nameWithOwner }} }} }}
      ...Acceptance
    }} }}
  }}
}}
{ACCEPTANCE}
"""
Count = Annotated[int, Meta(ge=0, le=10**9)]
Number = Annotated[int, Meta(ge=1, le=10**12)]


class Repository(Struct, frozen=True, gc=False, rename="camel"):
    """A repository under its current name: a renamed one brings its earlier work along."""

    name_with_owner: Annotated[str, Meta(pattern=r"^[^\s/]+/[^\s/]+$", max_length=200)]


class _Issue(Struct, frozen=True):
    number: Number
    repository: Repository | None = None


class _Issues(Struct, frozen=True):
    nodes: list[_Issue | None] | None = None


class _Commit(Struct, frozen=True, rename="camel"):
    message_body: str = ""


class PullRequest(Acceptance, frozen=True, kw_only=True, rename="camel"):
    """A merged pull request; its text and its commit's are looked at once and not kept."""

    number: Number
    merged_at: Moment
    repository: Repository
    id: str = ""
    title: str = ""
    url: str = ""
    created_at: Moment | None = None
    additions: Count | None = None
    deletions: Count | None = None
    changed_files: int | None = None
    head_ref_name: str | None = None
    body: str | None = None
    merge_commit: _Commit | None = None
    closes: _Issues | None = field(default=None, name="closingIssuesReferences")

    @property
    def place(self) -> str:
        """Its repository."""
        return self.repository.name_with_owner

    @property
    def merged_on(self) -> date:
        """The day of its merge, in UTC."""
        return self.merged_at.astimezone(UTC).date()


class Change(NamedTuple):
    """A finished change, what it takes back, and by which id its files can be asked for."""

    reported: ReportedItem
    reverts: list[Revert]
    node_id: str
    changed_files: int | None


PULL_REQUEST: Final = Decoder(PullRequest)


def change_of(pull: PullRequest, tz: tzinfo) -> Change:
    """Return what is kept of a merged pull request; reviews are timed in working hours of *tz*."""
    reference = f"{pull.place}#{pull.number}"
    item = _item(pull, reference, tz)
    title = kept_title(pull.title, reference)
    reported = ReportedItem(item, pull.credited, title, kept_link(pull.url), pull.merged_at)
    taken = taken_back(pull.title, pull.body or "", pull.place, "#")
    reverts = [Revert(reference, of, item.finished_on) for of in taken if of != reference]
    return Change(reported, reverts, pull.id, pull.changed_files)


def _item(pull: PullRequest, reference: str, tz: tzinfo) -> FinishedItem:
    opened, reviewed_at = pull.created_at, pull.first_reviewed_at
    shown = pull.by_agent or (pull.merge_commit is not None and names_ai_co_author(pull.merge_commit.message_body))
    return FinishedItem(
        place=pull.place,
        reference=reference,
        kind="change",
        finished_on=pull.merged_on,
        accepted=pull.accepted_by_another(pull.credited),
        ticket=_ticket(pull),
        lines=None if pull.additions is None or pull.deletions is None else pull.additions + pull.deletions,
        minutes_to_first_review=working_minutes(opened, reviewed_at, tz) if opened and reviewed_at else None,
        minutes_open=_minutes_open(pull),
        reviewed=pull.reviewed,
        agent_made=pull.by_agent,
        ai_evidence="shown" if shown else "none",
    )


def _minutes_open(pull: PullRequest) -> int | None:
    """Return the minutes from opened to merged; None where an import brought times that cannot be."""
    if pull.created_at is None or pull.created_at > pull.merged_at:
        return None
    return int((pull.merged_at - pull.created_at).total_seconds()) // 60


def _ticket(pull: PullRequest) -> str:
    """Return the issue that it closed, else the ticket that its title or branch names."""
    for issue in (pull.closes and pull.closes.nodes) or ():
        if issue is not None:
            place = issue.repository.name_with_owner if issue.repository else pull.place
            return f"{place}#{issue.number}"
    return named_ticket(pull.title, pull.head_ref_name)
