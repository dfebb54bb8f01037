"""Amounts with no more digits than their range supports."""

from typing import Final, NamedTuple

# The range may be at most this part of a value for each further digit: 15 to 36 has two, 9 to 70 one.
_WIDEST: Final = 2
_MAX_DIGITS: Final = 6


class Likely(NamedTuple):
    """An amount and its likely range, in nano-USD."""

    low: int
    about: int
    high: int

    @property
    def digits(self) -> int:
        """Return how many digits the range supports; it depends on its width in relation to the amount alone."""
        width, digits = self.high - self.low, 1
        while digits < _MAX_DIGITS and width * 10 ** (digits - 1) <= _WIDEST * self.about:
            digits += 1
        return digits

    def rounded(self) -> "Likely":
        """Return the amounts with the digits that the range supports.

        Each is rounded by its own size, so that a higher cost never shows as a lower one.
        """
        return Likely(*(round_digits(nano_usd, self.digits) for nano_usd in self))


def round_digits(nano_usd: int, digits: int) -> int:
    """Return an amount (not negative) rounded to its first *digits* digits, half up."""
    unit: int = 10 ** max(0, len(str(nano_usd)) - digits)
    return (nano_usd + unit // 2) // unit * unit
