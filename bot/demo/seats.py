"""Who sits where in a step of the tour."""

from collections.abc import Sequence
from typing import Final

from bot.playground.page.story import Act

ANA: Final = "U01ANA"
MO: Final = "U01MO"
DAG: Final = "U01DAG"
RUI: Final = "U01RUI"
SAM: Final = "U01SAM"
VERA: Final = "U01VERA"
GENERAL: Final = "C01GENERAL"
PAYMENTS: Final = "C01PAYMENTS"
PLATFORM: Final = "C01PLATFORM"

# Each step says who sits where, so that it can be played alone and again.
AS_ANA: Final[Sequence[Act]] = (("as", "left", ANA), ("open", "left", PAYMENTS))
AS_MO: Final[Sequence[Act]] = (("as", "right", MO), ("open", "right", PAYMENTS))
