"""Carrying out one check so that whatever it meets stops no other."""

from collections.abc import Callable, Iterable

from bot.errors import ConfigError, WorthwhileError
from bot.views.doctor import Line, failed, failed_oddly

Check = Callable[[], Iterable[Line]]


def carried_out(name: str, check: Check) -> list[Line]:
    """Return what *check* found; where it raises, what it had found and a failing line."""
    lines: list[Line] = []
    try:
        for line in check():
            lines.append(line)
    except ConfigError as error:
        lines += [failed(name, problem) for problem in error.problems]
    except WorthwhileError as error:
        lines.append(failed(name, str(error)))
    except Exception as error:  # noqa: BLE001  the boundary of one check, of which no trace is wanted
        lines.append(failed_oddly(name, type(error).__name__))
    return lines
