"""Rows from what one page of LiteLLM's daily activity says of a day."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from bot.connectors.estimates import GATEWAY
from bot.connectors.litellm_format import (
    Breakdown,
    KeyInfo,
    Metrics,
    Part,
    Parts,
    key_decoder,
    part_decoder,
    readable,
)
from bot.connectors.pull import NO_MODEL, ReportedDay, ReportedRow
from bot.domain.money import MAX_NANO_USD, nano_usd, usd
from bot.domain.usage import UsageRow

SOURCE: Final = "litellm"
NAME: Final = "LiteLLM"
# What LiteLLM calls nobody in particular: the user of its own interface, and rows without a user.
NOBODY: Final = frozenset({"", "default_user_id", "Unassigned"})
_CLIENTS: Final = ("claude-code", "codex", "gemini-cli", "opencode", "openclaw", "cursor")
_MAX_COUNT: Final = 10**12
_MOST_USD: Final = usd(MAX_NANO_USD)
_NO_INFO: Final = KeyInfo()


def rows_of(breakdown: Breakdown, reported: ReportedDay) -> list[ReportedRow]:
    """Return the rows of one part of a day: by model and key, or by user where models are not told by key."""
    flaws_before = reported.flaws.total()
    models = readable(part_decoder, breakdown.models, reported)
    users = readable(part_decoder, breakdown.entities, reported)
    if users and not any(part.api_key_breakdown for part in models.values()):
        rows = [_row(_account(user), SOURCE, NO_MODEL, part.metrics, reported) for user, part in users.items()]
    else:
        keys = _Keys(breakdown.api_keys, users, reported)
        told: defaultdict[str, list[Metrics]] = defaultdict(list)
        rows = list(_by_model(models, keys, told, reported))
        # What could not be read would pass for what has no model.
        if reported.flaws.total() == flaws_before:
            rows += _without_model(keys, told, reported)
    return [row for row in rows if row is not None]


class _Keys:
    """The keys of one page: whose each is, its client, and what came through it in all."""

    def __init__(self, parts: Parts | None, users: Mapping[str, Part], reported: ReportedDay) -> None:
        self.all = readable(key_decoder, parts, reported)
        used_by: defaultdict[str, list[str]] = defaultdict(list)
        for user, part in users.items():
            for key in part.api_key_breakdown or {}:
                used_by[key].append(user)
        # Proxies that do not say whose a key is say who used it: where that is one user, it is theirs.
        self._only_user = {key: names[0] for key, names in used_by.items() if len(names) == 1 and _account(names[0])}

    def account(self, key: str) -> str | None:
        """Return the user of *key*, else its hash."""
        user = self._info(key).user_id
        return _account(self._only_user.get(key, key) if user is None else user)

    def tool(self, key: str) -> str:
        """Return the client that the key's alias begins with, so that its work is counted once."""
        alias = (self._info(key).key_alias or "").lower()
        return next((name for name in _CLIENTS if alias == name or alias.startswith(f"{name}-")), SOURCE)

    def _info(self, key: str) -> KeyInfo:
        known = self.all.get(key)
        return (known.metadata if known else None) or _NO_INFO


def _account(user: str) -> str | None:
    return None if user in NOBODY else user


def _by_model(
    models: Mapping[str, Part], keys: _Keys, told: defaultdict[str, list[Metrics]], reported: ReportedDay
) -> Iterator[ReportedRow | None]:
    for model, part in models.items():
        for key, of_key in readable(key_decoder, part.api_key_breakdown, reported).items():
            told[key].append(of_key.metrics)
            yield _row(keys.account(key), keys.tool(key), model or NO_MODEL, of_key.metrics, reported, key)


def _without_model(
    keys: _Keys, told: Mapping[str, list[Metrics]], reported: ReportedDay
) -> Iterator[ReportedRow | None]:
    """Yield what came through each key without a model, as calls of MCP tools."""
    for key, of_key in keys.all.items():
        rest = _rest(of_key.metrics, told.get(key, ()))
        if rest is not None:
            yield _row(keys.account(key), keys.tool(key), NO_MODEL, rest, reported, key)


def _rest(whole: Metrics, told: Sequence[Metrics]) -> Metrics | None:
    """Return *whole* without what is *told*; None when no requests are left."""
    rest = {}
    for name in Metrics.__struct_fields__:
        first, *others = (getattr(part, name) for part in (whole, *told))
        rest[name] = None if None in (first, *others) else first - sum(others)
    if rest["spend"] is not None:
        rest["spend"] = max(rest["spend"], Decimal(0))  # the proxy's sums are floats and not exact
    return Metrics(**rest) if (rest["api_requests"] or 0) > 0 else None


def _row(
    account: str | None, tool: str, model: str, metrics: Metrics, reported: ReportedDay, key: str = ""
) -> ReportedRow | None:
    problem = _problem(metrics)
    if problem:
        reported.flawed(problem)
        return None
    written = metrics.cache_creation_input_tokens
    row = UsageRow(
        day=reported.day,
        source=SOURCE,
        source_id=0,
        tool=tool,
        model=model,
        uncached_input_tokens=_new_input(metrics),
        cache_read_tokens=metrics.cache_read_input_tokens,
        cache_write_tokens=written,
        # LiteLLM does not tell the two lifetimes of what is written to the cache apart.
        cache_write_1h_tokens=None if written is None else 0,
        output_tokens=metrics.completion_tokens,
        requests=metrics.api_requests,
        failed_requests=metrics.failed_requests,
        list_value_nano_usd=None if metrics.spend is None else nano_usd(metrics.spend),
        list_value_by="" if metrics.spend is None else GATEWAY,
    )
    return ReportedRow(account, row, key or None)


def _new_input(metrics: Metrics) -> int | None:
    """Return what is left of the prompt without what was read from and written to the cache."""
    prompt, read, written = (
        metrics.prompt_tokens,
        metrics.cache_read_input_tokens,
        metrics.cache_creation_input_tokens,
    )
    return None if prompt is None or read is None or written is None else prompt - read - written


def _problem(metrics: Metrics) -> str:
    counts = [count for count in msgspec.structs.astuple(metrics)[1:] if count is not None]
    if any(count < 0 for count in counts):
        return "a row with a negative count"
    if any(count > _MAX_COUNT for count in counts):
        return "a row with a count that cannot be"
    if (_new_input(metrics) or 0) < 0:
        return "a row with more input from the cache than input"
    spend = metrics.spend
    if spend is not None and (not spend.is_finite() or not 0 <= spend <= _MOST_USD):
        return "a row with a cost that cannot be"
    return ""
