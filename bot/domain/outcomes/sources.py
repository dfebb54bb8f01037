"""Which sources tell of finished work, by the names under which they deliver."""

from typing import Final

UPLOADS: Final = "outcomes"  # what other systems of record send in
ASKED: Final = ("github", "gitlab", "jira", "linear")
WORK_SOURCES: Final = frozenset({*ASKED, UPLOADS})
