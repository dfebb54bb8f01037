"""What the tests of faults share: what is logged meanwhile, new SQLite files, a local Slack and the way out to it."""

from tests.e2e.conftest import log, new_database
from tests.jobs.conftest import slack, users, way_out

__all__ = ["log", "new_database", "slack", "users", "way_out"]
