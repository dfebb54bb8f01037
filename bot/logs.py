"""Logs: events with fields; never a payload, a text, a token, a name or a figure of somebody's."""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, Literal

import structlog

# Libraries that would log payloads, headers or URLs with secrets below this level.
_QUIET: Final = ("slack_bolt", "slack_sdk", "urllib3", "uvicorn", "uvicorn.error", "apscheduler", "alembic", "httpx2")

# Its errors are raised, and logged by us; it would log the body of an answer that is not Slack's.
_SILENT: Final = ("slack_sdk.web.base_client",)


def set_up_logs(level: str, form: Literal["console", "json"]) -> None:
    """Send our events and the warnings of libraries to stderr, one line each."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _trace_without_values,
    ]
    renderer: Any = structlog.processors.JSONRenderer() if form == "json" else _console()
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=lambda *_: _Stderr(),
        cache_logger_on_first_use=False,
    )
    handler = _StderrHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _trace_without_values(_logger: Any, _method: str, event: Any) -> Any:
    """Put where an exception came from into *event*, without its message: a driver quotes what it was to write."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else (given[1] if isinstance(given, tuple) else sys.exc_info()[1])
    if given and error is not None:
        event["exception"] = "\n".join(_frames(error))
    return event


def _frames(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or error.__context__
    if cause is not None:
        yield from _frames(cause)
    yield "Traceback (most recent call last):"
    yield from (
        f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    )
    yield f"{type(error).__module__}.{type(error).__qualname__}"


class _Stderr:
    """Writes lines to stderr; one that cannot be written, as on a full disk, is lost and stops nothing."""

    def msg(self, line: str) -> None:
        """Write one line."""
        with suppress(OSError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = msg


class _StderrHandler(logging.StreamHandler[Any]):
    """Writes to what stderr is now, not to what it was when logging was set up."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        """Return the stream to write to."""
        return sys.stderr


def _console() -> Any:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
