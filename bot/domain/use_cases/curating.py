"""What curators read and decide, and the names under which the library's mail is planned."""

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Final

from bot.domain.use_cases.entry import FIELDS, Entry
from bot.domain.use_cases.steps import Publish
from bot.domain.use_cases.traces import Decision

WAITS: Final = "use-case-waits"  # to curators: an entry waits for them
REPORTED: Final = "use-case-reported"  # to curators: somebody reported one
DECIDED: Final = "use-case-decided"  # to the author: what a curator decided
MAX_REASON: Final = 300


def version_of(entry: Entry) -> str:
    """Return eight hex digits that change with every word of an entry, so that nobody decides about other words."""
    return sha256("\x1f".join(getattr(entry, name) for name in FIELDS).encode(errors="replace")).hexdigest()[:8]


def decision_id(use_case_id: int, so_far: int) -> int:
    """Return the id of the next decision about an entry: of two curators at once only one can have it.

    Those about one entry ascend.
    """
    digest = sha256(str(use_case_id).encode()).digest()
    return int.from_bytes(digest[:6], "big") << 15 | min(so_far + 1, 0x7FFF)


def publish_rule(policy: Publish, decided: Sequence[Decision], curators: Collection[str]) -> Publish:
    """Return how an entry is published: what a curator returned or archived, one reads again, if there is one."""
    sent_back = bool(decided) and decided[-1].decision in {"returned", "archived"}
    return "after_curator" if sent_back and curators else policy
