"""Commands and messages by the hundred: memory and open files of the process stay level."""

from collections.abc import Callable
from pathlib import Path

from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from tests.e2e.harness import until
from tests.e2e.test_process import process_on

COMMANDS = 60
USERS = [
    LocalUser(f"U{number:03}", f"Person {number}", "") for number in range(COMMANDS)
]  # one alone may not ask so often
ROUNDS = 5
MOST_KILOBYTES = 4_000  # by which the later rounds may grow; each answer would only have to leave 20 behind
MOST_FILES = 4


def test_memory_and_files_of_a_bot_stay_level_however_much_is_asked(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    """A process of its own, which first takes what it keeps; `python -m benchmarks leaks` is the long one."""
    slack = LocalSlack(USERS)
    with slack.running(), process_on(slack, new_database(), "http", tmp_path / "log") as process:
        sizes: list[tuple[float, int]] = []
        for done in range(1, ROUNDS + 1):
            for number in range(COMMANDS):
                assert slack.command(USERS[number].id, "/mytokens", ("", "help", "privacy")[number % 3]).acked
            assert until(lambda most=done * COMMANDS: len(slack.calls_of("response_url")) >= most, 30)  # type: ignore[misc]
            sizes.append((process.megabytes() * 1024, len(list(Path(f"/proc/{process.popen.pid}/fd").iterdir()))))

    assert sizes[-1][0] - sizes[-3][0] < MOST_KILOBYTES, sizes
    assert sizes[-1][1] - sizes[-3][1] <= MOST_FILES, sizes
