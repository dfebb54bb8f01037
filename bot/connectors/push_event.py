"""A pushed event as it was sent: the fields that are read, and their bounds."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal, NamedTuple

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from bot.domain.people import normal_email
from bot.domain.usage import ON_ITS_OWN, RunKind

Count = Annotated[int, Meta(ge=0, le=10**12)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=200)]


class Person(Struct, frozen=True, omit_defaults=True, gc=False):
    """Whom an event is about, in one of three ways."""

    email: Name | None = None
    slack_user_id: Name | None = None
    external_id: Name | None = None

    @property
    def identity(self) -> "Identity":
        """The first of email, Slack user and external id that is given."""
        if self.email:
            return Identity("email", normal_email(self.email))
        if self.slack_user_id:
            return Identity("slack", self.slack_user_id)
        return Identity("external", self.external_id or "")


class Tokens(Struct, frozen=True, omit_defaults=True, gc=False):
    """Counts of the classes; None is unknown. *input* is uncached input."""

    input: Count | None = None
    cache_read: Count | None = None
    cache_write: Count | None = None
    cache_write_1h: Count | None = None
    output: Count | None = None


class Cost(Struct, frozen=True, gc=False):
    """What the sender says an event cost, and what the amount rests on."""

    amount: Annotated[str, Meta(max_length=40)]
    currency: str
    basis: Literal["billed", "vendor_list_estimate", "estimate", "list"] = "estimate"


class Moment(NamedTuple):
    """Where in which run something happened: for the buffer of 72 hours of who chose the alarm, and nothing else."""

    run: str
    at: datetime


class Event(Struct, frozen=True, omit_defaults=True, gc=False):
    """One event as it was sent; fields that are not listed here are not read."""

    event_id: Name
    occurred_at: Annotated[datetime, Meta(tz=True)]
    person: Person
    tool: Name
    model: Name
    work: Text = ""
    run_id: Text = ""
    trigger: RunKind = "unknown"
    provider: Text = ""
    tokens: Tokens = Tokens()
    requests: Count | None = None
    failed_requests: Count | None = None
    cost: Cost | UnsetType | None = UNSET
    outcomes: Annotated[tuple[Text, ...], Meta(max_length=1000)] = ()
    result: bool = False

    @property
    def day(self) -> date:
        """The UTC day; the time of day goes no further than this."""
        at = self.occurred_at
        return (at if at.tzinfo is UTC else at.astimezone(UTC)).date()

    @property
    def has_result(self) -> bool:
        """Whether it says that its run led to something."""
        return self.result or bool(self.outcomes)

    @property
    def is_turn(self) -> bool:
        """Whether somebody was there."""
        return self.trigger == "person"

    def moment(self) -> Moment | None:
        """Return where in a run it lies that started on its own, or in which a person takes a turn."""
        told = self.run_id and (self.trigger in ON_ITS_OWN or self.is_turn)
        return Moment(self.run_id, self.occurred_at) if told else None

    def about(self, person: Person) -> "Event":
        """Return the same, about *person*."""
        return replace(self, person=person)


class Identity(NamedTuple):
    """How a sender names somebody: "email", "slack" or "external", and the name."""

    kind: str
    name: str
