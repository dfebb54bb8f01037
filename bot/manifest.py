"""`manifest.yml` as one company needs it: with its command prefix, for Socket Mode or for HTTP."""

import re
from pathlib import Path

from bot.errors import InputError


def manifest(prefix: str, url: str | None) -> str:
    """Return the manifest; with *url* requests come by HTTP to `URL/slack/events`.

    Raises InputError when *url* is not https.
    """
    text = Path(__file__).parents[1].joinpath("manifest.yml").read_text("utf-8")
    text = text.replace("command: /", f"command: /{prefix}")
    if url is None:
        return text
    if not re.fullmatch(r"https://[^\s/\"'#?]+(/[^\s\"'#?]*)?", url):
        raise InputError(f"--url {url!r}: Slack only calls https:// addresses.")
    endpoint = f"{url.rstrip('/')}/slack/events"
    text = text.replace("      should_escape: true", f"      should_escape: true\n      url: {endpoint}")
    text = text.replace("  event_subscriptions:", f"  event_subscriptions:\n    request_url: {endpoint}")
    text = text.replace("    is_enabled: true", f"    is_enabled: true\n    request_url: {endpoint}")
    return text.replace("socket_mode_enabled: true", "socket_mode_enabled: false")
