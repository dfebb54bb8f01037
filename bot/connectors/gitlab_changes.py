"""Merged merge requests of a GitLab group as finished changes, and which other changes they take back."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.json import Decoder

from bot.connectors.finished import ReportedItem
from bot.connectors.finished_reverts import taken_back
from bot.connectors.finished_tickets import named_ticket
from bot.connectors.finished_titles import kept_link, kept_title
from bot.connectors.gitlab_people import User, first_human
from bot.domain.outcomes.reverts import Revert
from bot.domain.outcomes.work import FinishedItem

Moment = Annotated[datetime, Meta(tz=True)]
Number = Annotated[int, Meta(ge=1, le=10**12)]
# The words after which GitLab closes an issue, unless an installation has its own.
_CLOSES: Final = re.compile(
    r"\b(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)(?::|[ \t]+issues?)?[ \t]+"
    r"(?:https?://[^\s/]+/)?(?P<place>[\w.-]+(?:/[\w.-]+)+)?(?:#|/-/issues/)(?P<number>[0-9]{1,9})\b",
    re.IGNORECASE,
)


class _ChangeReferences(Struct, frozen=True, gc=False):
    full: Annotated[str, Meta(pattern=r"^[^\s!]+/[^\s!]+![0-9]+$", max_length=500)]


class MergeRequest(Struct, frozen=True):
    """A merged merge request, under the current path of its project; its text is looked at once and not kept."""

    iid: Number
    project_id: Number
    references: _ChangeReferences
    merged_at: Moment
    title: str = ""
    description: str | None = None
    created_at: Moment | None = None
    author: User | None = None
    merge_user: User | None = None
    merged_by: User | None = None  # what merge_user was called before GitLab 14.7
    assignees: list[User | None] | None = None
    source_branch: str | None = None
    user_notes_count: int | None = None
    web_url: str | None = None

    @property
    def place(self) -> str:
        """The path of its project."""
        return self.references.full.rpartition("!")[0]

    @property
    def merged_on(self) -> date:
        """The day of its merge, in UTC."""
        return self.merged_at.astimezone(UTC).date()

    @property
    def by_agent(self) -> bool:
        """Whether an AI agent made it."""
        return self.author is not None and self.author.agent

    @property
    def credited(self) -> str | None:
        """Whose work it is: its author's, or for an agent's the first person's it is assigned to."""
        if self.author is None:
            return None
        return first_human(self.assignees or ()) if self.author.agent else self.author.human

    @property
    def merged_by_another(self) -> bool:
        """Whether a person merged it who is neither its author nor credited with it."""
        merger = self.merge_user or self.merged_by
        return merger is not None and self.is_other(merger)

    def is_other(self, user: User) -> bool:
        """Return whether *user* is a person who is neither its author nor credited with it."""
        own = {self.credited, self.author.username.lower() if self.author else None}
        return user.human is not None and user.human not in own

    @property
    def closed_issue(self) -> str:
        """The issue that its text closes, or nothing."""
        found = _CLOSES.search(f"{self.title}\n{self.description or ''}")
        return f"{found['place'] or self.place}#{int(found['number'])}" if found else ""


MERGE_REQUEST: Final = Decoder(MergeRequest)


def change_of(merge: MergeRequest, approved: bool | None) -> ReportedItem:
    """Return what is kept of a merged change; *approved* is whether another person approved it, None if unknown.

    Lines, files and the time of the first review would each take one more request a change: they stay unknown.
    """
    reference = merge.references.full
    item = FinishedItem(
        place=merge.place,
        reference=reference,
        kind="change",
        finished_on=merge.merged_on,
        accepted=merge.merged_by_another or bool(approved),
        ticket=merge.closed_issue or named_ticket(merge.title, merge.source_branch),
        minutes_open=_minutes_open(merge),
        reviewed=_reviewed(merge, approved),
        agent_made=merge.by_agent,
        ai_evidence="shown" if merge.by_agent else "none",
    )
    title = kept_title(merge.title, reference)
    return ReportedItem(item, merge.credited, title, kept_link(merge.web_url), merge.merged_at)


def reverts_of(merge: MergeRequest) -> list[Revert]:
    """Return which changes it says it takes back."""
    reference = merge.references.full
    taken = taken_back(merge.title, merge.description or "", merge.place, "!")
    return [Revert(reference, of, merge.merged_on) for of in taken if of != reference]


def _minutes_open(merge: MergeRequest) -> int | None:
    if merge.created_at is None or merge.created_at > merge.merged_at:
        return None
    return int((merge.merged_at - merge.created_at).total_seconds()) // 60


def _reviewed(merge: MergeRequest, approved: bool | None) -> bool | None:
    """Return whether another person reviewed it; comments may be the author's own, so they say nothing."""
    if approved is None:
        return None
    if approved:
        return True
    return False if merge.user_notes_count == 0 else None
