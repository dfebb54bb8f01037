"""The errors that people and operators read.

WorthwhileError        the message is meant to be shown, in one line
├── ConfigError        a setting, the policy or the database is not as it must be; the bot does not start
├── InputError         what was sent or typed cannot be used; names the place and what to do
├── ConnectorError     a provider did not answer as agreed; *permanent* when trying again is of no use
├── ConnectionLostError  Slack says nothing any more; the process ends, and its supervisor starts another
├── RefusedError       a person asked for something that is declined, kindly
└── BusyError          try again in a moment; nothing was lost
"""

from collections.abc import Sequence


class WorthwhileError(Exception):
    """Carries a message that may be shown as it is."""


class ConfigError(WorthwhileError):
    """Holds every mistake found at start, each a line that names the setting."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems: Sequence[str] = problems


class InputError(WorthwhileError):
    """Says what cannot be used, where, and what to do; *rows* has one line for each bad row."""

    def __init__(self, message: str, rows: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.rows = rows


class ConnectorError(WorthwhileError):
    """Says which provider failed, and whether trying again can help."""

    def __init__(self, provider: str, message: str, *, permanent: bool) -> None:
        super().__init__(f"{provider}: {message}")
        self.permanent = permanent


class ConnectionLostError(WorthwhileError):
    """Says that Slack is silent on every new socket; only another process may help."""


class RefusedError(WorthwhileError):
    """Declines what a person asked for."""


class BusyError(WorthwhileError):
    """Asks to try again: the database is locked or away, or the pool is full."""
