"""How fast messages go: a bucket of tokens that fills faster after successes and half as fast after a refusal."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

_MOST_BLOCKED: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many messages a second to begin with, at most and at least; *gain* is what a second of sending adds."""

    start: float = 1.0
    most: float = 5.0
    least: float = 0.1
    gain: float = 0.02


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a workspace may be sent: tokens at hand, tokens a second, and until when nothing goes."""

    tokens: float
    per_second: float
    updated_at: datetime
    blocked_until: datetime | None = None


def full(pace: Pace, now: datetime) -> Bucket:
    """Return the bucket of a workspace that was never sent anything."""
    return Bucket(max(1.0, pace.start), pace.start, now)


def blocked_seconds(bucket: Bucket, now: datetime) -> float:
    """Return for how long nothing may go; a block longer than any was set by a clock that has been put back."""
    until = bucket.blocked_until
    return (until - now).total_seconds() if until is not None and now < until <= now + _MOST_BLOCKED else 0.0


def take(bucket: Bucket, now: datetime) -> tuple[Bucket, float]:
    """Take a token; return the bucket, and the seconds to wait where there is none."""
    bucket = _filled(bucket, now)
    wait = blocked_seconds(bucket, now)
    if not wait and bucket.tokens < 1:
        wait = (1 - bucket.tokens) / bucket.per_second
    return (bucket, wait) if wait else (replace(bucket, tokens=bucket.tokens - 1), 0.0)


def _filled(bucket: Bucket, now: datetime) -> Bucket:
    seconds = max(0.0, (now - bucket.updated_at).total_seconds())  # the clock may have been put back
    tokens = min(bucket.tokens + seconds * bucket.per_second, max(1.0, bucket.per_second))
    return replace(bucket, tokens=tokens, updated_at=now)


def faster(bucket: Bucket, pace: Pace) -> Bucket:
    """Return the bucket after a success: by the same amount for each second of sending, whatever the rate."""
    return replace(bucket, per_second=min(pace.most, bucket.per_second + pace.gain / bucket.per_second))


def slower(bucket: Bucket, now: datetime, seconds: float, pace: Pace) -> Bucket:
    """Return the bucket after Slack refused for *seconds*: half as fast, once for all who are refused together."""
    if not blocked_seconds(bucket, now):
        bucket = replace(bucket, per_second=max(pace.least, bucket.per_second / 2), tokens=0.0)
    return blocked(bucket, now, seconds)


def blocked(bucket: Bucket, now: datetime, seconds: float) -> Bucket:
    """Return the bucket with nothing going for *seconds*, at most an hour."""
    until = now + min(timedelta(seconds=seconds), _MOST_BLOCKED)
    already = bucket.blocked_until if blocked_seconds(bucket, now) else None
    return replace(bucket, blocked_until=max(until, already or until))
