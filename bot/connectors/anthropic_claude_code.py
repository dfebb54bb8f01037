"""Anthropic's Claude Code report: what each person's or key's sessions used, estimated at list price."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.json import Decoder

from bot.connectors.anthropic_format import (
    CLAUDE_CODE,
    KIND,
    OTHER_DAY,
    Count,
    UnusableError,
    day_of,
    model_name,
    nano_usd_of_cents,
)
from bot.connectors.anthropic_pages import Endpoint, Repeats, RowDecoder
from bot.connectors.estimates import VENDOR
from bot.connectors.http import Api
from bot.connectors.pull import ReportedDay, ReportedRow
from bot.domain.usage import UsageRow


class _Actor(Struct, frozen=True, gc=False):
    type: str = ""
    email_address: str | None = None
    api_key_name: str | None = None


class _Tokens(Struct, frozen=True, gc=False):
    input: Count | None = None
    output: Count | None = None
    cache_read: Count | None = None
    cache_creation: Count | None = None


class _Cost(Struct, frozen=True, gc=False):
    amount: Decimal
    currency: str | None = None


class _Model(Struct, frozen=True, gc=False):
    model: Annotated[str, Meta(min_length=1)]
    tokens: _Tokens = _Tokens()
    estimated_cost: _Cost | None = None


class _Record(Struct, frozen=True, gc=False):
    date: datetime
    actor: _Actor | None = None
    organization_id: str | None = None
    customer_type: str | None = None
    subscription_type: str | None = None
    terminal_type: str | None = None
    model_breakdown: tuple[_Model, ...] = ()


REPORT: Final = Endpoint(
    "/v1/organizations/usage_report/claude_code", RowDecoder(Decoder(list[_Record]), Decoder(_Record))
)


def asked_for(day: date, limit: int = 1000) -> dict[str, str | int | list[str]]:
    """Return the parameters of one day."""
    return {"starting_at": day.isoformat(), "limit": limit}


class ApiCustomers:
    """Who of the day's Claude Code was billed through the API, and with which models.

    The report of messages holds the same requests again.
    """

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def add(self, account: str, model: str) -> None:
        """Note an account (a mail address or the id of a key) and a model."""
        self._seen.add((account, _bare(model)))

    def has(self, account: str | None, model: str) -> bool:
        """Return whether Claude Code's report has the account with the model."""
        return account is not None and (account, _bare(model)) in self._seen

    @property
    def emails(self) -> set[str]:
        """The mail addresses among the accounts."""
        return {account for account, _ in self._seen if "@" in account}


def batches(
    api: Api, reported: ReportedDay, key_named: Callable[[str], str | None], customers: ApiCustomers
) -> Iterator[Sequence[ReportedRow]]:
    """Yield the day's rows page by page and fill *customers*; raises ConnectorError.

    *key_named* gives the id of the only key with a name, None where there are several or none.
    """
    repeats = Repeats(reported)
    for page in REPORT.pages(api, asked_for(reported.day)):
        for line in page.flaws:
            reported.flawed(line)
        repeats.turn_page()
        rows: list[ReportedRow] = []
        for record in page.data:
            try:
                rows += _rows(record, reported, repeats, key_named, customers)
            except UnusableError as problem:
                reported.flawed(str(problem))
        yield rows


def _rows(
    record: _Record,
    reported: ReportedDay,
    repeats: Repeats,
    key_named: Callable[[str], str | None],
    customers: ApiCustomers,
) -> list[ReportedRow]:
    """Return a record's rows, a model each; raises UnusableError where one of them cannot be used."""
    if day_of(record.date) != reported.day:
        raise UnusableError(OTHER_DAY)
    key = _key(record.actor, key_named)
    account = key or _email(record.actor)
    # Nothing makes a record unique but all that it says: a person has several, and they add up.
    if account is not None and repeats.has(record, record):
        return []
    rows = [ReportedRow(account, _row(each, reported.day), key) for each in record.model_breakdown]
    if account is not None and record.customer_type == "api":
        for each in record.model_breakdown:
            customers.add(account, each.model)
    return rows


def _row(each: _Model, day: date) -> UsageRow:
    tokens, cost = each.tokens, each.estimated_cost
    written = tokens.cache_creation
    return UsageRow(
        day,
        KIND,
        0,
        CLAUDE_CODE,
        model_name(each.model),
        uncached_input_tokens=tokens.input,
        cache_read_tokens=tokens.cache_read,
        # The report does not tell how long what was written stays: all of it stands in the one class.
        cache_write_tokens=written,
        cache_write_1h_tokens=None if written is None else 0,
        output_tokens=tokens.output,
        list_value_nano_usd=None if cost is None else nano_usd_of_cents(cost.amount, cost.currency),
        list_value_by="" if cost is None else VENDOR,
    )


def _email(actor: _Actor | None) -> str | None:
    return (actor.email_address or "").strip().lower() or None if actor else None


def _key(actor: _Actor | None, key_named: Callable[[str], str | None]) -> str | None:
    return key_named(actor.api_key_name) if actor and actor.api_key_name else None


def _bare(model: str) -> str:
    """Return the model's name without what only says how much it may read at once."""
    return model.strip().lower().removesuffix("[1m]")
