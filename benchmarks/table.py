"""How figures are printed: a line each, with the bar they are held against."""

from typing import NamedTuple


class Row(NamedTuple):
    """One figure."""

    what: str
    figure: str
    bar: str
