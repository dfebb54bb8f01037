"""The references under which a system of record would know what an author linked an entry to."""

import re
from typing import Final

_PATTERNS: Final = (
    (re.compile(r"https?://[^/\s]+/(?P<place>[\w.-]+/[\w.-]+)/(?:pull|pulls|issues)/(?P<number>\d+)"), "#"),
    (re.compile(r"https?://[^/\s]+/(?P<place>[\w.-]+(?:/[\w.-]+)+)/-/merge_requests/(?P<number>\d+)"), "!"),
    (re.compile(r"https?://[^/\s]+/(?P<place>[\w.-]+(?:/[\w.-]+)+)/-/issues/(?P<number>\d+)"), "#"),
)
_TICKET: Final = re.compile(r"https?://[^/\s]+/(?:[\w.-]+/)*(?:browse|issue)/(?P<ticket>[A-Z][A-Z0-9_]{1,9}-\d+)\b")


def reference_of(link: str) -> str:
    """Return the reference of a change or ticket (`acme/api#12`, `PAY-12`) or of its address; nothing of others."""
    for pattern, sign in _PATTERNS:
        match = pattern.match(link)
        if match is not None:
            return f"{match['place']}{sign}{match['number']}"
    match = _TICKET.match(link)
    if match is not None:
        return match["ticket"]
    return "" if "://" in link else link
