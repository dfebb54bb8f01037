"""What the command line tells an operator: never a cost, and nothing about one person."""

from typing import Final

from bot.views.wording import plural

# Fewer would tell something about single people.
_MIN_UNMATCHED: Final = 5


def synced_line(source: str, days: int, rows: int, seconds: float, unmatched: int | None) -> str:
    """Return what came of asking one source: rows are everybody's, as the provider reported them."""
    line = f"{source}: {plural(rows, 'row')} of {plural(days, 'day')}, {seconds:.1f} s"
    if unmatched is not None and unmatched >= _MIN_UNMATCHED:
        line += f"; {unmatched:,} identities match nobody in the directory (import --format accounts)"
    return line
