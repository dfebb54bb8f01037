"""Whose a pull request is, and whether somebody else accepted it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from bot.connectors.ai_authors import is_agent, is_machine

# Who made it and who accepted it; an assignee is always a person's account.
ACCEPTANCE: Final = """
fragment Who on Actor { __typename login }
fragment Acceptance on PullRequest {
  author { ...Who }
  mergedBy { ...Who }
  reviewDecision
  assignees(first: 5) { nodes { ...Who } }
  reviews(first: 50) { totalCount nodes { state submittedAt author { ...Who } } }
}
"""
_HUMAN: Final = frozenset({"User", "EnterpriseUserAccount"})
_SAID_SO: Final = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
Moment = Annotated[datetime, Meta(tz=True)]


class Actor(Struct, frozen=True, gc=False):
    """An account; a deleted one is null where it would stand."""

    login: str
    kind: str = field(default="User", name="__typename")  # assignees may come without

    @property
    def human(self) -> str | None:
        """The login of a person, in lower case; None for an app or a machine."""
        person = self.kind in _HUMAN and not is_machine(self.login)
        return self.login.lower() if person and self.login else None

    @property
    def agent(self) -> bool:
        """Whether it is an AI agent."""
        return is_agent(self.login, is_app=self.kind == "Bot")


class Actors(Struct, frozen=True):
    """Several accounts."""

    nodes: list[Actor | None] | None = None

    @property
    def first_human(self) -> str | None:
        """The first who is a person."""
        return next((actor.human for actor in self.nodes or () if actor and actor.human), None)


class _Review(Struct, frozen=True, rename="camel"):
    state: str = ""
    submitted_at: Moment | None = None  # a review that is not sent yet has none
    author: Actor | None = None


class _Reviews(Struct, frozen=True, rename="camel"):
    total_count: int = 0
    nodes: list[_Review | None] | None = None


class Acceptance(Struct, frozen=True, rename="camel"):
    """What of a pull request says whose it is and who accepted it."""

    author: Actor | None = None
    merged_by: Actor | None = None
    review_decision: str | None = None
    assignees: Actors | None = None
    reviews: _Reviews | None = None

    @property
    def by_agent(self) -> bool:
        """Whether an AI agent made it."""
        return self.author is not None and self.author.agent

    @property
    def credited(self) -> str | None:
        """Whose work it is: its author's, or for an agent's the first person's it is assigned to.

        Whoever merges what an agent made has accepted it and not asked for it.
        """
        if self.author is None:
            return None
        if self.author.agent:
            return self.assignees.first_human if self.assignees else None
        return self.author.human

    def accepted_by_another(self, credited: str | None) -> bool:
        """Return whether a person merged or approved it who is neither its author nor *credited* with the work."""
        if self._is_other(self.merged_by, credited):
            return True
        if not self._all_reviews and self.review_decision == "APPROVED":
            return True
        said = [each for each in self._by_others(credited) if each[1].state in _SAID_SO]
        return "APPROVED" in {name: review.state for name, review in said}.values()  # what each said last

    @property
    def reviewed(self) -> bool | None:
        """Whether another person reviewed it, None where not all reviews are known."""
        if any(True for _ in self._by_others(self.credited)):
            return True
        return False if self._all_reviews else None

    @property
    def first_reviewed_at(self) -> datetime | None:
        """When another person first reviewed it."""
        return min((at for _, review in self._by_others(self.credited) if (at := review.submitted_at)), default=None)

    @property
    def _all_reviews(self) -> bool:
        return self.reviews is None or self.reviews.total_count <= len(self.reviews.nodes or ())

    def _by_others(self, credited: str | None) -> Iterator[tuple[str, _Review]]:
        for review in (self.reviews and self.reviews.nodes) or ():
            if review and review.submitted_at and review.author and self._is_other(review.author, credited):
                yield review.author.login.lower(), review

    def _is_other(self, actor: Actor | None, credited: str | None) -> bool:
        own = {credited, self.author.login.lower() if self.author else None}
        return actor is not None and actor.human is not None and actor.human not in own
