"""What a ticket of Jira says about finished work: who asked, who did it, and when it was opened again."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from msgspec import Struct

from bot.connectors.finished import ReportedItem
from bot.connectors.finished_titles import kept_link, kept_title
from bot.connectors.jira_api import History
from bot.domain.outcomes.reverts import Reopening
from bot.domain.outcomes.work import FinishedItem

FIELDS: Final = ["summary", "project", "status", "resolution", "resolutiondate", "assignee", "reporter", "creator"]
# Resolutions that say a request was turned down; what a company adds of its own counts as finished.
REFUSALS: Final = frozenset(
    {
        "abandoned",
        "canceled",
        "cancelled",
        "cannot reproduce",
        "can't reproduce",
        "declined",
        "duplicate",
        "incomplete",
        "invalid",
        "not a bug",
        "obsolete",
        "rejected",
        "withdrawn",
        "won't do",
        "won't fix",
        "wont do",
        "wont fix",
        "wontfix",
        "works as designed",
    }
)
_KEY: Final = re.compile(r"[A-Z][A-Z0-9_]*-[0-9]+")
_NOBODY: Final = "unknown"  # the account id that stands for somebody who was deleted


class _User(Struct, frozen=True, rename="camel"):
    account_id: str | None = None
    account_type: str | None = None


class _Named(Struct, frozen=True):
    name: str = ""


class _Keyed(Struct, frozen=True):
    key: str = ""


class _Status(Struct, frozen=True, rename="camel"):
    status_category: _Keyed = _Keyed()


class _Fields(Struct, frozen=True):
    project: _Keyed
    status: _Status
    summary: str | None = None
    resolution: _Named | None = None
    resolutiondate: str | None = None
    assignee: _User | None = None
    reporter: _User | None = None
    creator: _User | None = None


class _Changelog(Struct, frozen=True):
    histories: list[History] = []
    total: int = 0


class Issue(Struct, frozen=True):
    """A ticket with the fields that are asked for, and the latest part of its history."""

    id: str
    key: str
    fields: _Fields
    changelog: _Changelog = _Changelog()


class Moment(NamedTuple):
    """What was changed at one moment, in UTC."""

    at: datetime
    history: History


def moment_of(text: str) -> datetime:
    """Return a timestamp in UTC; raises ValueError, also where it has no offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a timestamp without an offset")
    return at.astimezone(UTC)


def in_order(histories: Iterable[History]) -> list[Moment]:
    """Return *histories*, the earliest first; raises ValueError."""
    return sorted((Moment(moment_of(each.created), each) for each in histories), key=lambda moment: moment.at)


def is_key(text: str) -> bool:
    """Return whether *text* is a ticket's key."""
    return bool(_KEY.fullmatch(text))


def finished_at(issue: Issue) -> datetime | None:
    """Return when the ticket was finished, None where it is open or was turned down; raises ValueError."""
    fields = issue.fields
    if fields.status.status_category.key != "done" or fields.resolution is None or not fields.resolutiondate:
        return None
    if " ".join(fields.resolution.name.casefold().replace("\u2019", "'").split()) in REFUSALS:
        return None
    return moment_of(fields.resolutiondate)


def item_of(issue: Issue, finished: datetime, former_keys: list[str], site: str) -> ReportedItem:
    """Return the finished ticket; where it was moved it counts once with the first key that it had."""
    fields = issue.fields
    assignee, asker = _account(fields.assignee), _account(fields.reporter) or _account(fields.creator)
    first_key = former_keys[0] if former_keys else issue.key
    item = FinishedItem(
        place=fields.project.key,
        reference=issue.key,
        kind="ticket",
        finished_on=finished.date(),
        accepted=assignee is not None and asker is not None and asker != assignee,
        ticket="" if first_key == issue.key else first_key,
    )
    by_app = fields.assignee is not None and fields.assignee.account_type == "app"
    link = kept_link(f"{site}/browse/{issue.key}") if site else ""
    return ReportedItem(item, None if by_app else assignee, kept_title(fields.summary, issue.key), link)


def former_keys(moments: Iterable[Moment]) -> list[str]:
    """Return the keys that a ticket had in other projects, the first one first."""
    changes = (change for moment in moments for change in moment.history.items if change.field == "Key")
    return list(
        dict.fromkeys(change.from_words for change in changes if change.from_words and is_key(change.from_words))
    )


def reopened_at(moments: Iterable[Moment], done: Collection[str]) -> Iterator[datetime]:
    """Yield when a ticket left the statuses whose ids are *done*."""
    for moment in moments:
        for change in moment.history.items:
            if change.field == "status" and change.from_id in done and change.to_id not in done:
                yield moment.at


def reopenings(keys: Iterable[str], moments: Iterable[datetime], finished: datetime | None) -> Iterator[Reopening]:
    """Yield a reopening for each day and each key that the ticket has or had.

    One that stands finished on the same day was closed again: it is not told.
    """
    days = {at.date() for at in moments} - ({finished.date()} if finished else set())
    for day in sorted(days):
        yield from (Reopening(key, day) for key in keys)


def _account(user: _User | None) -> str | None:
    return user.account_id if user and user.account_id and user.account_id != _NOBODY else None
