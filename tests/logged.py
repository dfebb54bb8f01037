"""Everything that the bot logged during a run of the tests is searched at its end for what was planted.

Lines of the bot's loggers are noted as they are written, in every process of pytest-xdist, and so is what a bot in a
process of its own wrote to stderr. A run in which one of them holds a canary fails, whatever its tests say.
"""

import logging
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from structlog._base import BoundLoggerBase

from tests.canaries import found_in

# Where the processes of one run note what was logged; inherited by the workers.
_FOLDER: Final = "TESTS_NOTE_LOGS_IN"
_MOST_NAMED: Final = 20
_leaks: list[str] = []


def note(lines: str) -> None:
    """Keep what was logged, with the test that was running."""
    folder = os.environ.get(_FOLDER)
    if folder and lines:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        with (Path(folder) / f"{os.getpid()}.log").open("a", encoding="utf-8", errors="replace") as file:
            file.writelines(f"{test}\t{line}\n" for line in lines.splitlines())


def leaks_in(folder: Path) -> list[str]:
    """Return every canary in what was noted, each with its test and the line."""
    found = []
    for path in sorted(folder.glob("*.log")):
        with path.open(encoding="utf-8") as noted:
            for each in noted:
                test, _, line = each.rstrip("\n").partition("\t")
                found += [f"{canary!r} in a log line of {test}: {line[:300]}" for canary in found_in(line)]
    return found


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to note; what starts the workers makes the folder."""
    if not hasattr(session.config, "workerinput"):
        os.environ[_FOLDER] = tempfile.mkdtemp(prefix="logged-")
    _listen()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Search what all processes noted, once they have ended, and fail the run."""
    if hasattr(session.config, "workerinput"):
        return
    folder = Path(os.environ.pop(_FOLDER))
    _leaks[:] = leaks_in(folder)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    if _leaks:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was found."""
    if _leaks:
        terminalreporter.section(f"{len(_leaks)} canaries in the logs", red=True)
        for leak in _leaks[:_MOST_NAMED]:
            terminalreporter.line(leak)


def _listen() -> None:
    """Note what passes the last places before a line is written; a second call changes nothing."""
    if getattr(BoundLoggerBase, "is_noted", False):
        return
    BoundLoggerBase.is_noted = True  # type: ignore[attr-defined]
    BoundLoggerBase._process_event = _noting(BoundLoggerBase._process_event)  # type: ignore[method-assign]
    logging.StreamHandler.emit = _noting_records(logging.StreamHandler.emit)  # type: ignore[method-assign]
    subprocess.Popen.communicate = _noting_stderr(subprocess.Popen.communicate)  # type: ignore[method-assign]
    subprocess.Popen.__init__ = _knowing_file(subprocess.Popen.__init__)  # type: ignore[method-assign]
    subprocess.Popen.wait = _noting_file(subprocess.Popen.wait)  # type: ignore[method-assign]


def _noting(process: Callable[..., Any]) -> Callable[..., Any]:
    """Note an event as it was rendered, whatever it is then written to."""

    def noted(self: BoundLoggerBase, *args: Any, **more: Any) -> Any:
        rendered, named = process(self, *args, **more)
        note(" ".join(map(str, [*rendered, *named.values()])))
        return rendered, named

    return noted


def _noting_records(emit: Callable[..., None]) -> Callable[..., None]:
    def noted(self: "logging.StreamHandler[Any]", record: logging.LogRecord) -> None:
        note(self.format(record))
        emit(self, record)

    return noted


def _noting_stderr(communicate: Callable[..., Any]) -> Callable[..., Any]:
    def noted(self: "subprocess.Popen[Any]", *args: Any, **more: Any) -> Any:
        out, err = communicate(self, *args, **more)
        note(err.decode("utf-8", "replace") if isinstance(err, bytes) else err or "")
        return out, err

    return noted


def _knowing_file(make: Callable[..., None]) -> Callable[..., None]:
    def known(self: "subprocess.Popen[Any]", *args: Any, **more: Any) -> None:
        name = getattr(more.get("stderr"), "name", None)
        self.logged_into = Path(name) if isinstance(name, str | os.PathLike) else None  # type: ignore[attr-defined]
        make(self, *args, **more)

    return known


def _noting_file(wait: Callable[..., int]) -> Callable[..., int]:
    def noted(self: "subprocess.Popen[Any]", *args: Any, **more: Any) -> int:
        ended = wait(self, *args, **more)
        path = getattr(self, "logged_into", None)
        if path is not None and path.is_file():
            self.logged_into = None  # type: ignore[attr-defined]
            note(path.read_text("utf-8", "replace"))
        return ended

    return noted
