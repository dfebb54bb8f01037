"""PostgreSQL's connections: a server that falls silent is given up, so that nobody waits for it for ever.

Loaded only where PostgreSQL is used: its driver takes some megabytes.
"""

from typing import Any, Final

from psycopg import Connection, OperationalError, errors
from sqlalchemy import Engine, event

# A query that a person may be waiting for, a unit of work that writes, and whether a connection still lives.
_READING_SECONDS: Final = 30.0
_WRITING_SECONDS: Final = 300.0
_LOOK_SECONDS: Final = 0.1  # between two looks whether the process is interrupted
# For a network that drops packets; the system's own patience is hours.
_NETWORK: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}


class ImpatientConnection(Connection[Any]):
    """Waits *patience_seconds* for each answer, for ever where that is None; then it is closed and says so."""

    patience_seconds: float | None = None

    def wait(self, gen: Any, interval: float = _LOOK_SECONDS, timeout: float | None = None) -> Any:
        """Wait for one answer of the server's."""
        if timeout is not None or self.patience_seconds is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience_seconds)
        except errors._WaitTimeout:
            self.close()  # else an answer that comes later would be taken for that to the next question
            raise OperationalError("the server does not answer") from None


def give_up_silence(engine: Engine, busy_seconds: float) -> None:
    """Let every connection of *engine* give up a server that says nothing: soon where it is only looked at."""

    def connect(_dialect: Any, _record: Any, arguments: Any, named: dict[str, Any]) -> ImpatientConnection:
        return ImpatientConnection.connect(*arguments, **{**_NETWORK, **named})

    def be_brief(connection: ImpatientConnection | None, *_: Any) -> None:
        if connection is not None:
            connection.patience_seconds = busy_seconds

    def begin(connection: Any) -> None:
        options = connection.get_execution_options()
        seconds = _WRITING_SECONDS if options.get("worthwhile_writes") else _READING_SECONDS
        connection.connection.driver_connection.patience_seconds = options.get("worthwhile_patience", seconds)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "connect", be_brief)
    event.listen(engine, "checkin", be_brief)
    event.listen(engine, "begin", begin)
