"""Hints and the last hours of runs as their person's own file has them."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.domain.money import usd


def exported_hint(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored hint: its trigger values opened, amounts as decimal strings, what is unknown null."""
    found = _plain(stored)
    saving = found.pop("saving_nano_usd")
    found["trigger_values"] = json.loads(found["trigger_values"])
    found["answer"] = found["answer"] or None
    return found | {"saving_usd": None if saving is None else f"{usd(saving).normalize():f}"}


def exported_minute(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored minute of a run, amounts as decimal strings."""
    found = _plain(stored)
    amounts = {name: found.pop(f"{name}_nano_usd") for name in ("billed", "list_value")}
    return found | {
        f"{name}_usd": None if nano is None else f"{usd(nano).normalize():f}" for name, nano in amounts.items()
    }


def _plain(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in stored.items()}
