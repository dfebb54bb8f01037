"""Titles and links of finished work as they may be kept: short, plain, and without what looks like a key."""

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

MAX_TITLE: Final = 80
_MAX_LINK: Final = 500
# Keys that announce themselves by how they begin. A few ask for no more than their beginning to be certain.
_SECRET: Final = re.compile(
    r"\b(?:gh[pousr]_|github_pat_|glpat-|gl(?:ptt|dt|rt|soat|ft)-)[A-Za-z0-9_-]{16,}"
    r"|\b(?:sk|rk|pk)[-_](?:ant|proj|live|test|svcacct|admin|or)[-_][A-Za-z0-9_-]{10,}"
    r"|\bsk-[A-Za-z0-9]{20,}"
    r"|\b(?:AKIA|ASIA|AROA)[A-Z0-9]{16}\b"
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-[0-9]-[A-Za-z0-9-]{10,}"
    r"|hooks\.slack\.com/services/\S+"
    r"|\bAIza[A-Za-z0-9_-]{30,}|\bya29\.[A-Za-z0-9_-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}"
    r"|\b(?:npm|pypi|hf|dop_v1|doo_v1|lin_api|whsec|shpat|figd|atlasv1|dckr_pat|hvs)[-_.][A-Za-z0-9_-]{20,}"
    r"|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"
    r"|\bATATT3[A-Za-z0-9_=-]{20,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|://[^\s/:@]+:[^\s/@]{3,}@"
)


def kept_title(title: str | None, reference: str) -> str:
    """Return *title* on one line of at most 80 characters, else *reference*: also where it seems to hold a key."""
    if not title or _SECRET.search(title):
        return reference
    # Characters that only steer others would hide a key from the pattern, or turn a line around.
    plain = "".join(_plain(character) for character in title)
    if _SECRET.search(plain):
        return reference
    line = " ".join(plain.split())
    return (line if len(line) <= MAX_TITLE else f"{line[: MAX_TITLE - 1].rstrip()}…") or reference


def kept_link(link: str | None) -> str:
    """Return *link* if it is an address of the web that carries nothing secret, else nothing."""
    if not link or len(link) > _MAX_LINK or not link.isprintable() or " " in link or _SECRET.search(link):
        return ""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    return link if parts.scheme in ("https", "http") and parts.netloc and "@" not in parts.netloc else ""


def _plain(character: str) -> str:
    """Return the character, a space for one that breaks lines or controls, nothing for one that is invisible."""
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    return "" if category in ("Cf", "Cs", "Co") else character
