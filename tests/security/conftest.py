"""What the tests of threats have in common with the end-to-end tests."""

from tests.e2e.conftest import new_database

__all__ = ["new_database"]
