"""Links whose words come from somebody else: they lead to the web alone and stay in their place."""

import re
from typing import Final
from urllib.parse import urlsplit

from bot.views.blocks import escape, foreign

_MAX_ADDRESS: Final = 500
# What an address is made of; blanks, quotes, brackets and the bar could end Slack's link.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")


def linked(text: str, address: str, most: int = 80) -> str:
    """Return somebody else's *text* for mrkdwn, as a link to *address* where that is one of the web's."""
    words = foreign(text, most).replace("|", "¦")
    return f"<{escape(address)}|{words}>" if words and _leads_to_the_web(address) else words


def _leads_to_the_web(address: str) -> bool:
    if len(address) > _MAX_ADDRESS or _ADDRESS.fullmatch(address) is None:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
