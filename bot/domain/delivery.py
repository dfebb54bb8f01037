"""Messages that the bot sends on its own: what an answer of Slack's means for one, and whether one may still go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

from bot.domain.people import Standing, Viewer

MOST_ATTEMPTS: Final = 8
OVERTAKEN: Final = "a later one is due"  # why a message is skipped in whose place another goes
_FIRST_PAUSE_SECONDS: Final = 30.0
_MOST_PAUSE_SECONDS: Final = 3600.0


class Key(NamedTuple):
    """What makes a message the same one: whom it goes to (0 is a channel), its kind, and which of its kind."""

    person_id: int
    kind: str
    period: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that a sender has in hand.

    One that is *uncertain* was on its way when its sender was lost, or got no clear answer. *channel* is where
    it goes or went, as far as that is known.
    """

    key: Key
    owner: str
    attempts: int
    due_at: datetime
    payload: Mapping[str, str]
    channel: str = ""
    uncertain: bool = False
    first_tried_at: datetime | None = None


class OwnMessage(NamedTuple):
    """A message that the bot sent somebody on its own, or did not send, as they are told of it."""

    kind: str
    period: str
    state: str
    planned_at: datetime
    due_at: datetime
    why_not: str


class Undelivered(NamedTuple):
    """How many messages of one kind were skipped, or given up, for the same reason."""

    kind: str
    given_up: bool
    why: str
    number: int


class Posted(NamedTuple):
    """Slack has the message: in which conversation, and its timestamp there."""

    channel: str
    ts: str


class Missing(Enum):
    """A message that was not found: it is not there, or the app may not look."""

    NOT_THERE = "not there"
    CANNOT_LOOK = "cannot look"


class Failure(NamedTuple):
    """What came back instead: Slack's name for it, the HTTP status, the seconds that Slack asks to wait.

    A request that never left in whole was not *sent*: Slack cannot have carried it out.
    """

    error: str
    status: int | None = None
    retry_after: float | None = None
    sent: bool = True


class Meaning(Enum):
    """What a failure says about the message and about those that follow."""

    OVERSLEPT = "not posted, since it was no longer the sender's to post"
    WAIT = "not posted; everybody waits"
    AGAIN = "not posted; this one later"
    UNCERTAIN = "it may have been posted"
    ROW = "this message can never be posted"
    PERSON = "nothing can be posted to this recipient"
    WORKSPACE = "nothing can be posted until somebody mends it"


# What a sender says of itself that was frozen just before the request left.
OVERSLEPT: Final = "overslept"
_WAIT: Final = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# Slack says of these that a part of the work may have been done.
_UNCERTAIN: Final = frozenset({"internal_error", "fatal_error", "service_unavailable", "no_answer"})
_ROW: Final = frozenset(
    {
        "invalid_arguments", "invalid_blocks", "invalid_blocks_format", "invalid_metadata_format",
        "invalid_metadata_schema", "metadata_too_large", "msg_blocks_too_long", "msg_too_long", "no_text",
    }
)  # fmt: skip
_PERSON: Final = frozenset(
    {
        "cannot_dm_bot", "channel_not_found", "is_archived", "is_inactive", "not_in_channel", "restricted_action",
        "user_disabled", "user_not_found",
    }
)  # fmt: skip
_WORKSPACE: Final = frozenset(
    {
        "access_denied", "account_inactive", "ekm_access_denied", "invalid_auth", "messages_tab_disabled",
        "missing_scope", "no_permission", "not_allowed_token_type", "not_authed", "org_login_required",
        "team_access_not_granted", "team_not_found", "token_expired", "token_revoked", "two_factor_setup_required",
    }
)  # fmt: skip


def meaning(failure: Failure) -> Meaning:
    """Return what *failure* of posting a message means; where that is not clear, the message is uncertain."""
    name = failure.error.partition(" ")[0]
    if not failure.sent and name == OVERSLEPT:
        return Meaning.OVERSLEPT
    if not failure.sent or failure.status == 429 or name in _WAIT:
        return Meaning.WAIT
    if failure.status is None or failure.status >= 500 or name in _UNCERTAIN:
        return Meaning.UNCERTAIN
    for names, means in ((_ROW, Meaning.ROW), (_PERSON, Meaning.PERSON), (_WORKSPACE, Meaning.WORKSPACE)):
        if name in names:
            return means
    return Meaning.AGAIN  # Slack refused it in so many words, so it was not posted


def pause_after(attempts: int) -> timedelta:
    """Return how long a message waits that was tried so often: longer each time, at most an hour."""
    seconds: float = _FIRST_PAUSE_SECONDS * 2 ** min(max(0, attempts - 1), 10)
    return timedelta(seconds=min(seconds, _MOST_PAUSE_SECONDS))


class Needs(NamedTuple):
    """A choice of the person's that must stand for a message to go: its name, and the values that allow it."""

    setting: str
    values: frozenset[str]


def hindrance(
    viewer: Viewer | None,
    chosen: Mapping[str, str],
    needs: Needs | None,
    *,
    guests_allowed: bool,
    anybody: bool = False,
) -> str:
    """Return why somebody gets no message now; empty when they do.

    One that is for *anybody* goes to everybody who works here, on or not.
    """
    if viewer is None or viewer.has_left or (viewer.standing is Standing.OFF and not anybody):
        return "not on"
    if viewer.standing is Standing.PAUSED and not anybody:
        return "paused"
    if viewer.is_guest and not guests_allowed:
        return "a guest"
    if needs is not None and chosen.get(needs.setting) not in needs.values:
        return "no longer wanted"
    return ""
