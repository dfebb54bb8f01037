"""Every metric: its name with its unit, what it says, and its labels. None is about a person, a cost or a use of AI."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from bot.measuring import counters

DATABASE_UP: Final = "worthwhile_database_up"
BUILD: Final = "worthwhile_build_info"
IN_HAND: Final = "worthwhile_answers_in_hand"
REFUSED: Final = "worthwhile_answers_refused_total"
CONNECTED: Final = "worthwhile_connection_up"
REBUILDS: Final = "worthwhile_connection_rebuilds_total"
PONG_AGE: Final = "worthwhile_connection_pong_age_seconds"
DUE: Final = "worthwhile_outbox_due"
OLDEST_DUE: Final = "worthwhile_outbox_oldest_due_seconds"
DEAD: Final = "worthwhile_outbox_dead_week"
SKIPPED: Final = "worthwhile_outbox_skipped_week"
LAST_SUCCESS: Final = "worthwhile_source_last_success_timestamp_seconds"
DATA_AGE: Final = "worthwhile_source_data_age_seconds"
FAILING: Final = "worthwhile_source_failing_seconds"
UNLINKED: Final = "worthwhile_unlinked_accounts"


class Metric(NamedTuple):
    """What a metric is; *shared* ones are the same on every replica, the others are this process's own."""

    kind: Literal["counter", "gauge", "histogram"]
    text: str
    labels: tuple[str, ...] = ()
    shared: bool = False


METRICS: Final[Mapping[str, Metric]] = {
    BUILD: Metric(
        "gauge", "1, with the version of the bot and the schema revision that it needs.", ("version", "schema")
    ),
    DATABASE_UP: Metric("gauge", "1 when the database answered this scrape within seconds, else 0."),
    counters.ACKNOWLEDGED: Metric("histogram", "How long Slack waited for an acknowledgement, in seconds."),
    counters.MISSED: Metric("counter", "Acknowledgements that took longer than the 3 seconds that Slack waits."),
    counters.ANSWERED: Metric(
        "histogram", "From a request to the end of its answer, in seconds, by registered word.", ("word",)
    ),
    IN_HAND: Metric("gauge", "Answers that are being made or wait in this process."),
    REFUSED: Metric("counter", "Answers refused because too many waited."),
    counters.SLACK_CALLS: Metric("counter", "Calls of Slack, by method.", ("method",)),
    counters.SLACK_ERRORS: Metric(
        "counter", "Calls of Slack that failed, by method and Slack's name for why.", ("method", "error")
    ),
    CONNECTED: Metric("gauge", "1 when Slack's requests can come in, else 0.", ("transport",)),
    REBUILDS: Metric("counter", "How often the Socket Mode client was made anew."),
    PONG_AGE: Metric("gauge", "Seconds since Slack last answered a ping on the Socket Mode connection."),
    counters.MESSAGES: Metric(
        "counter", "What came of the bot's own messages, by kind; sent ones to people in fives.", ("kind", "came_to")
    ),
    DUE: Metric("gauge", "Messages of the bot's own that are due and have not come to an end.", shared=True),
    OLDEST_DUE: Metric(
        "gauge", "Seconds since the oldest message was due that has not come to an end; 0 without one.", shared=True
    ),
    DEAD: Metric("gauge", "Messages given up that were due in the last seven days, by kind.", ("kind",), shared=True),
    SKIPPED: Metric("gauge", "Messages skipped that were due in the last seven days, by kind.", ("kind",), shared=True),
    LAST_SUCCESS: Metric(
        "gauge", "When a source last answered in full, in seconds since 1970.", ("source",), shared=True
    ),
    DATA_AGE: Metric(
        "gauge", "Seconds since the end of the last day (UTC) that a source has reported.", ("source",), shared=True
    ),
    FAILING: Metric("gauge", "Seconds for which a source has failed; 0 when it answers.", ("source",), shared=True),
    UNLINKED: Metric(
        "gauge",
        "Accounts of a source that match nobody in the directory; 0 for fewer than five.",
        ("source",),
        shared=True,
    ),
    counters.PULLS: Metric("counter", "How often a source was asked by this process.", ("source",)),
    counters.PULLS_FAILED: Metric("counter", "How often a source did not answer this process in full.", ("source",)),
    counters.REQUESTS_REFUSED: Metric(
        "counter", "Requests by HTTP that were refused, by path and why.", ("path", "reason")
    ),
    counters.ROWS_REJECTED: Metric("counter", "Rows in requests by HTTP that were rejected, by path.", ("path",)),
    counters.TICKS: Metric("counter", "How often the clock looked whether a job is due.", ("task",)),
    counters.TICKS_FAILED: Metric("counter", "How often such a look, or the job that it started, failed.", ("task",)),
}
