"""Keyed marks: how the bot recognises what it no longer keeps."""

import hmac
from dataclasses import dataclass, field
from hashlib import blake2b, sha256

from bot.domain.people import SlackId, normal_email


@dataclass(frozen=True, slots=True)
class Marks:
    """Makes 16-byte marks that nobody without the installation's secret can connect to a person."""

    secret: bytes = field(repr=False)

    def of_email(self, email: str) -> bytes:
        """Return the mark of a mail address."""
        return self._mark("email", normal_email(email))

    def of_slack(self, slack_id: SlackId) -> bytes:
        """Return the mark of a Slack user."""
        return self._mark("slack", f"{slack_id.org_id}/{slack_id.user_id}")

    def of_author(self, provider: str, name: str) -> bytes:
        """Return the mark by which authors of finished work are counted, from what *provider* calls one."""
        return self._mark("author", f"{provider}\x1f{name}")

    def of_window(self, slack_id: SlackId, view_id: str) -> str:
        """Return the mark that binds an open window to the person it was opened for."""
        return self._mark("window", f"{slack_id.org_id}/{slack_id.user_id}/{view_id}").hex()

    def of_delivery(self, person_id: int, kind: str, period: str) -> str:
        """Return the mark by which a message that the bot sent on its own is found again in Slack."""
        return self._mark("delivery", f"{person_id}\x1f{kind}\x1f{period}").hex()

    def place_of(self, person_id: int, places: int) -> int:
        """Return which of so many places is somebody's: always the same, and nobody without the secret knows it."""
        digest = blake2b(person_id.to_bytes(8, "big"), key=self.secret[:64], person=b"place", digest_size=8).digest()
        return int.from_bytes(digest, "big") % places

    def of_request(self, *parts: str) -> bytes:
        """Return the mark of a request, from what makes it unique."""
        return self._mark("request", "\x1f".join(parts))

    def of_run(self, account_id: int, tool: str, name: str) -> str:
        """Return the mark of a run, from what its platform or client calls it."""
        return self._mark("run", f"{account_id}\x1f{tool}\x1f{name}").hex()

    def shift_of_series(self, series: bytes) -> int:
        """Return by how many nanoseconds (0 to some two years) the start of a telemetry series is kept shifted.

        Two starts of one series can then be compared, and neither says at what time anybody began.
        """
        return int.from_bytes(hmac.digest(self.secret, b"series\x1e" + series, "sha256")[:7], "big")

    def _mark(self, purpose: str, text: str) -> bytes:
        return hmac.digest(self.secret, f"{purpose}\x1e{text}".encode(), "sha256")[:16]


def token_hash(token: str) -> bytes:
    """Return the hash under which an ingest token is stored; tokens are random, so no salt is needed."""
    return sha256(token.encode()).digest()


def event_hash(event_id: str) -> bytes:
    """Return the 16 bytes by which a pushed event is remembered."""
    return blake2b(event_id.encode(), digest_size=16).digest()


def content_hash(content: bytes) -> int:
    """Return a 63-bit hash of an event's content."""
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big") >> 1
