"""What happens to a mistake of ours on the way to an acknowledgement."""

import structlog
from slack_bolt import BoltResponse

log = structlog.get_logger()


def on_error(error: Exception) -> BoltResponse:
    """Log the mistake, without the request, and acknowledge, so that Slack does not repeat it for nothing."""
    log.error("listener_failed", error=type(error).__name__, exc_info=error)
    return BoltResponse(status=200, body="")
