"""`manifest.yml` as one company needs it: with its command prefix, for Socket Mode or for HTTP."""

import re
from pathlib import Path
from typing import NamedTuple

from bot.errors import InputError


class Scopes(NamedTuple):
    """What the manifest asks a workspace for."""

    required: frozenset[str]
    optional: frozenset[str]


def scopes() -> Scopes:
    """Return the scopes that the bot needs, and those that a workspace may leave out."""
    text = _packaged()
    return Scopes(_listed_under("bot", text), _listed_under("bot_optional", text))


def _listed_under(name: str, text: str) -> frozenset[str]:
    found = re.search(rf"^ +{name}:\n((?: +- \S+\n)+)", text, re.MULTILINE)
    return frozenset(re.findall(r"- (\S+)", found[1])) if found else frozenset()


def _packaged() -> str:
    return Path(__file__).parents[1].joinpath("manifest.yml").read_text("utf-8")


def manifest(prefix: str, url: str | None) -> str:
    """Return the manifest; with *url* requests come by HTTP to `URL/slack/events`.

    Raises InputError when *url* is not https.
    """
    text = _packaged().replace("command: /", f"command: /{prefix}")
    if url is None:
        return text
    if not re.fullmatch(r"https://[^\s/\"'#?]+(/[^\s\"'#?]*)?", url):
        raise InputError(f"--url {url!r}: Slack only calls https:// addresses.")
    endpoint = f"{url.rstrip('/')}/slack/events"
    text = text.replace("      should_escape: true", f"      should_escape: true\n      url: {endpoint}")
    text = text.replace("  event_subscriptions:", f"  event_subscriptions:\n    request_url: {endpoint}")
    text = text.replace("    is_enabled: true", f"    is_enabled: true\n    request_url: {endpoint}")
    return text.replace("socket_mode_enabled: true", "socket_mode_enabled: false")
