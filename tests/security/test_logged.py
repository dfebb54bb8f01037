"""The search of the whole run's logs does find what is logged, by whichever way it was written."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
_LEAKS: Final = {
    "structlog": 'structlog.get_logger().info("read", title="canary-in-a-title")',
    "what the bot sets up": 'set_up_logs("INFO", "json"); structlog.get_logger().error("x", why="canary")',
    "logging": 'logging.getLogger("slack_sdk").warning("token xoxb-123456789-abcdef")',
    "a process": 'subprocess.run([sys.executable, "-c", CODE], capture_output=True, check=True)',
    "a process with a file": 'subprocess.run([sys.executable, "-c", CODE], stderr=open("x.log", "w"), check=True)',
}
_TESTS: Final = """
import logging, subprocess, sys
import structlog
from bot.logs import set_up_logs
CODE = "import sys; sys.stderr.write('cost 7,777,777')"
"""


def run(folder: Path, *bodies: str) -> subprocess.CompletedProcess[str]:
    """Run made-up tests under the search, and nothing else."""
    tests = "".join(f"\ndef test_{number}(capsys):\n    {body}\n" for number, body in enumerate(bodies))
    (folder / "test_made_up.py").write_text(_TESTS + tests, "utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "tests.logged", "-p", "no:cacheprovider", "-c", "/dev/null"]
    words += ["--rootdir", str(folder), "test_made_up.py"]
    return subprocess.run(
        words, cwd=folder, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True, check=False
    )


def test_a_run_that_logged_what_was_planted_fails(tmp_path: Path) -> None:
    ended = run(tmp_path, *_LEAKS.values())

    assert ended.returncode == pytest.ExitCode.TESTS_FAILED
    assert f"{len(_LEAKS)} passed" in ended.stdout
    assert "canaries in the logs" in ended.stdout
    for number in range(len(_LEAKS)):
        assert f"test_made_up.py::test_{number}:" in ended.stdout


def test_a_run_that_logged_nothing_of_anybody_passes(tmp_path: Path) -> None:
    ended = run(tmp_path, 'structlog.get_logger().info("read", rows=7, source="anthropic", seconds=0.777)')

    assert ended.returncode == 0
    assert "canaries" not in ended.stdout
