"""What is known of the way in from Slack, for whoever reports on it."""

from dataclasses import dataclass


@dataclass(slots=True)
class ConnectionState:
    """The way in from Slack and whether the bot is being stopped: plain values that any thread may read.

    Times are seconds of `time.monotonic()`, None where nothing came yet. Each value has one writer.
    """

    transport: str = ""  # "socket" or "http"; nothing before the bot runs
    connected: bool = False  # Socket Mode: a connection is up, though it may be deaf; HTTP: requests are taken
    last_pong_at: float | None = None  # Socket Mode: the newest answer to a ping
    last_envelope_at: float | None = None  # the newest command, button or event, by either transport
    rebuilds: int = 0  # Socket Mode: how often the client was made anew
    stopping: bool = False  # the bot finishes what is in hand and takes nothing new
