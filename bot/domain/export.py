"""A person's own data as one object, in the shape that the contract promises."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from msgspec.structs import asdict as asdict_of

from bot.domain.accounts import Given, KnownAccount
from bot.domain.chain import LoggedRow
from bot.domain.counting import Overlaps, count_once
from bot.domain.delivery import OwnMessage
from bot.domain.hints.exported import exported_hint, exported_minute
from bot.domain.money import usd
from bot.domain.outcomes.links import StatedLink
from bot.domain.outcomes.work import OwnItem
from bot.domain.people import Delivered, Link, SlackId
from bot.domain.released import Released
from bot.domain.subscription import stored_subscriptions
from bot.domain.usage import BIT, TOKEN_MEASURES, UsageRow
from bot.domain.use_cases.traces import NOTHING_LEFT, OwnLibrary, library_tables

_COUNTS = (*TOKEN_MEASURES, "requests", "failed_requests", "runs", "runs_with_result")


class Allowed(NamedTuple):
    """A limit that a source states for one of the person's accounts, and what of it is spent."""

    provider: str
    account: str
    limit_nano_usd: int
    spent_nano_usd: int
    first_day: date
    last_day: date
    seen_at: datetime


class Organised(NamedTuple):
    """Where the person is in the organisation: their group, and teams they are in or lead, by their names."""

    group: str | None = None
    leads_by_file: Sequence[str] = ()
    teams: Sequence[tuple[str, str, bool]] = ()  # name, state, whether they lead it


NOWHERE: Final = Organised()


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything that the database holds about one person."""

    slack_id: SlackId
    name: str
    email: str | None
    tz: str
    created_at: datetime
    switched_on_at: datetime | None
    paused_at: datetime | None
    links: Sequence[Link]
    usage: Sequence[UsageRow]
    months: Sequence[UsageRow]
    source_names: Mapping[int, str]
    deliveries: Sequence[Delivered]
    settings: Mapping[str, str]
    tokens: Sequence[tuple[str, datetime, datetime | None]]
    files: Sequence[tuple[str, datetime, datetime | None]]
    listed: Sequence[KnownAccount] = ()
    given: Sequence[Given] = ()
    allowances: Sequence[Allowed] = ()
    outcomes: Sequence[OwnItem] = ()
    outcome_links: Sequence[StatedLink] = ()
    marks: Sequence[tuple[str, str, datetime]] = ()
    messages: Sequence[OwnMessage] = ()
    hints: Sequence[Mapping[str, Any]] = ()
    recent_runs: Sequence[Mapping[str, Any]] = ()
    organised: Organised = NOWHERE
    logged: Sequence[LoggedRow] = ()
    library: OwnLibrary = NOTHING_LEFT
    figures: Sequence[Released] = ()


def export_object(stored: Stored, overlaps: Overlaps) -> dict[str, Any]:
    """Return the person's data as one JSON object; amounts are decimal strings, unknown is null.

    `partly_unknown` names the measures of a row that are lower bounds.
    """
    counted = {id(row) for row in count_once(stored.usage, overlaps).counted}
    return {
        "person": {
            "slack_org_id": stored.slack_id.org_id,
            "slack_user_id": stored.slack_id.user_id,
            "name": stored.name,
            "email": stored.email,
            "time_zone": stored.tz,
            "created_at": _time(stored.created_at),
            "switched_on_at": _time(stored.switched_on_at),
            "paused_at": _time(stored.paused_at),
        },
        "accounts": [_link(link) for link in stored.links],
        "listed_accounts": [{**each._asdict(), "seen_on": each.seen_on.isoformat()} for each in stored.listed],
        "accounts_in_company_file": [
            {**each._asdict(), "from_day": each.from_day.isoformat()} for each in stored.given
        ],
        "group_in_company_file": stored.organised.group,
        "teams_led_by_company_file": list(stored.organised.leads_by_file),
        "teams": [{"name": name, "state": state, "lead": lead} for name, state, lead in stored.organised.teams],
        "allowances": [_allowance(each) for each in stored.allowances],
        "usage": [_row(row, stored.source_names, counted=id(row) in counted) for row in stored.usage],
        "usage_months": [_row(row, stored.source_names, counted=True) for row in stored.months],
        "deliveries": [_delivery(delivered) for delivered in stored.deliveries],
        "outcomes": [_outcome(item) for item in stored.outcomes],
        "outcome_links": [_stated(link, stored.source_names) for link in stored.outcome_links],
        "hints": [exported_hint(each) for each in stored.hints],
        "recent_runs": [exported_minute(each) for each in stored.recent_runs],
        "marks": [{"kind": kind, "of": subject, "marked_at": _time(at)} for kind, subject, at in stored.marks],
        "subscriptions": stored_subscriptions(stored.settings),
        **library_tables(stored.library),
        "figures": [_figure(each) for each in stored.figures],
        "access_log": [_logged(row) for row in stored.logged],
        "settings": dict(stored.settings),
        "tokens": _timed(stored.tokens, "name", "created_at", "revoked_at"),
        "files": _timed(stored.files, "file_id", "made_at", "deleted_at"),
        "messages": [_message(each) for each in stored.messages],
    }


def _row(row: UsageRow, source_names: Mapping[int, str], *, counted: bool) -> dict[str, Any]:
    return {
        "day": row.day.isoformat(),
        "source": f"{row.source}:{source_names.get(row.source_id, '')}",
        "tool": row.tool,
        "model": row.model,
        "run_kind": row.run_kind,
        "work": row.work,
        "tier": row.tier,
        **{name: getattr(row, name) for name in _COUNTS},
        "billed_usd": _amount(row.billed_nano_usd),
        "list_value_usd": _amount(row.list_value_nano_usd),
        "list_value_by": row.list_value_by or None,
        "counted": counted,
        "partly_unknown": _partly_unknown(row),
    }


def _partly_unknown(row: UsageRow) -> list[str]:
    return [name for name, bit in BIT.items() if row.partly_unknown & bit]


def _amount(nano: int | None) -> str | None:
    if nano is None:
        return None
    amount = usd(nano)
    return f"{amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize():f}"


def _outcome(item: OwnItem) -> dict[str, Any]:
    """Return an item without the mark that only counts authors."""
    values = {name: value for name, value in asdict_of(item).items() if name != "author"}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _stated(link: StatedLink, source_names: Mapping[int, str]) -> dict[str, Any]:
    """Return what runs that named an item came to; of their measures only the cost is kept."""
    used = link.used
    return {
        "reference": link.reference,
        "day": used.day.isoformat(),
        "source": f"{used.source}:{source_names.get(used.source_id, '')}",
        "tool": used.tool,
        "run_kind": used.run_kind,
        "work": used.work,
        "billed_usd": _amount(used.billed_nano_usd),
        "list_value_usd": _amount(used.list_value_nano_usd),
        "list_value_by": used.list_value_by or None,
        "partly_unknown": _partly_unknown(used),
    }


def _figure(figure: Released) -> dict[str, Any]:
    """Return a figure that the person is counted in, as everybody who could read it got it."""
    low, high = figure.amounts or (None, None)
    return {
        "cell": figure.cell,
        "group": figure.group,
        "first_day": figure.block.first.isoformat(),
        "last_day": figure.block.last.isoformat(),
        "low_usd": _amount(low),
        "high_usd": _amount(high),
        "readers": figure.readers,
        "policy_mark": figure.policy_mark,
        "log_mark": figure.log_mark and figure.log_mark.mark,
        "log_mark_of": figure.log_mark and figure.log_mark.day.isoformat(),
        "released_at": _time(figure.released_at),
    }


def _logged(row: LoggedRow) -> dict[str, Any]:
    """Return a row of the log with all that its hash is made of, so that it can be worked out again."""
    said = None if row.entry is None else asdict(row.entry)
    salt = None if row.salt is None else row.salt.hex()
    return {
        "day": row.day.isoformat(),
        "place": row.place,
        "row_hash": row.row_hash.hex(),
        "salt": salt,
        **(said or {}),
    }


def _link(link: Link) -> dict[str, Any]:
    return {**asdict(link), "from_day": link.from_day.isoformat(), "to_day": link.to_day and link.to_day.isoformat()}


def _allowance(allowed: Allowed) -> dict[str, Any]:
    return {
        "provider": allowed.provider,
        "account": allowed.account,
        "limit_usd": _amount(allowed.limit_nano_usd),
        "spent_usd": _amount(allowed.spent_nano_usd),
        "first_day": allowed.first_day.isoformat(),
        "last_day": allowed.last_day.isoformat(),
        "seen_at": _time(allowed.seen_at),
    }


def _delivery(delivered: Delivered) -> dict[str, Any]:
    return {
        "source": f"{delivered.kind}:{delivered.name}",
        "first_day": delivered.first_day.isoformat(),
        "last_day": delivered.last_day.isoformat(),
        "received_at": _time(delivered.received_at),
    }


def _message(message: OwnMessage) -> dict[str, Any]:
    return {**message._asdict(), "planned_at": _time(message.planned_at), "due_at": _time(message.due_at)}


def _timed(rows: Iterable[tuple[str, datetime, datetime | None]], *names: str) -> list[dict[str, Any]]:
    return [dict(zip(names, (name, _time(at), _time(end)), strict=True)) for name, at, end in rows]


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
