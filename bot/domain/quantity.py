"""Sums that remember whether a part of them is unknown."""

from collections.abc import Iterable
from typing import NamedTuple


class Quantity(NamedTuple):
    """A sum of counts or nano-USD: *known* is None when no part is known, *complete* when every part is."""

    known: int | None
    complete: bool

    @property
    def unknown(self) -> bool:
        """Whether nothing at all is known."""
        return self.known is None

    def __add__(self, other: object) -> "Quantity":
        """Add two sums; an unknown part stays unknown and is never counted as 0."""
        if not isinstance(other, Quantity):
            return NotImplemented
        if self.known is None and other.known is None:
            return Quantity(None, self.complete and other.complete)
        return Quantity((self.known or 0) + (other.known or 0), self.complete and other.complete)


NOTHING = Quantity(0, True)
UNKNOWN = Quantity(None, False)


def total(parts: Iterable[Quantity]) -> Quantity:
    """Add up *parts*; without any part the sum is a known 0, of unknown parts alone it is unknown."""
    known, some_known, some_part, complete = 0, False, False, True
    for part in parts:
        some_part = True
        complete = complete and part.complete
        if part.known is not None:
            known, some_known = known + part.known, True
    if some_part and not some_known:
        return Quantity(None, complete)
    return Quantity(known, complete)


def of(value: int | None) -> Quantity:
    """Return the quantity of one reported value, where None means unknown."""
    return UNKNOWN if value is None else Quantity(value, True)
