"""What one process counts of itself since it began: numbers under names of closed lists, of nobody in particular."""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

ACKNOWLEDGED: Final = "worthwhile_acknowledgement_seconds"
MISSED: Final = "worthwhile_acknowledgements_missed_total"
ANSWERED: Final = "worthwhile_answer_seconds"
SLACK_CALLS: Final = "worthwhile_slack_calls_total"
SLACK_ERRORS: Final = "worthwhile_slack_errors_total"
MESSAGES: Final = "worthwhile_messages_total"
REQUESTS_REFUSED: Final = "worthwhile_requests_refused_total"
ROWS_REJECTED: Final = "worthwhile_rows_rejected_total"
PULLS: Final = "worthwhile_source_pulls_total"
PULLS_FAILED: Final = "worthwhile_source_pull_failures_total"
TICKS: Final = "worthwhile_ticks_total"
TICKS_FAILED: Final = "worthwhile_tick_failures_total"

# Slack shows the person an error when an acknowledgement takes longer.
SLACK_WAITS_SECONDS: Final = 3.0
BOUNDS: Final[Mapping[str, Sequence[float]]] = {
    ACKNOWLEDGED: (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, SLACK_WAITS_SECONDS),
    ANSWERED: (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
}
_OTHER: Final = "other"
# Names that Slack gives to what went wrong; a name that is not here counts as another.
SLACK_ERROR_NAMES: Final = frozenset(
    {
        "account_inactive",
        "channel_not_found",
        "expired_trigger_id",
        "fatal_error",
        "internal_error",
        "invalid_arguments",
        "invalid_auth",
        "invalid_blocks",
        "is_archived",
        "missing_scope",
        "no_answer",
        "not_found",
        "not_in_channel",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "token_revoked",
        "user_disabled",
        "user_not_found",
    }
)
Labels = tuple[str, ...]


class Spread(NamedTuple):
    """How many durations were at most each bound, and beyond the last one; and their sum, in seconds."""

    counts: list[int]
    seconds: float


class Measures:
    """Counts and durations under the names above; safe to share between threads, and never written anywhere."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, dict[Labels, int]] = defaultdict(lambda: defaultdict(int))
        self._spreads: dict[str, dict[Labels, Spread]] = defaultdict(dict)

    def count(self, name: str, *labels: str, by: int = 1) -> None:
        """Add to a count."""
        with self._lock:
            self._counts[name][labels] += by

    def took(self, name: str, seconds: float, *labels: str) -> None:
        """Note how long something took."""
        bounds = BOUNDS[name]
        with self._lock:
            spread = self._spreads[name].get(labels) or Spread([0] * (len(bounds) + 1), 0.0)
            spread.counts[bisect_left(bounds, seconds)] += 1
            self._spreads[name][labels] = spread._replace(seconds=spread.seconds + seconds)

    def acknowledged(self, seconds: float) -> None:
        """Note how long Slack waited for the acknowledgement of a request."""
        self.took(ACKNOWLEDGED, seconds)
        if seconds > SLACK_WAITS_SECONDS:
            self.count(MISSED)

    def called_slack(self, method: str, error: str | None) -> None:
        """Note a call of a method of Slack's, and the name of what went wrong, if anything did."""
        self.count(SLACK_CALLS, method)
        if error is not None:
            name = error.partition(" ")[0]
            self.count(SLACK_ERRORS, method, name if name in SLACK_ERROR_NAMES else _OTHER)

    def counts(self, name: str) -> dict[Labels, int]:
        """Return what was counted under a name, by its labels."""
        with self._lock:
            return dict(self._counts[name])

    def spreads(self, name: str) -> dict[Labels, Spread]:
        """Return the durations under a name, by its labels."""
        with self._lock:
            return {labels: Spread(list(each.counts), each.seconds) for labels, each in self._spreads[name].items()}
