"""Every kind of message that the bot sends on its own, by the name under which it is planned."""

from collections.abc import Mapping
from typing import Final

from bot.jobs import announcing, digests, reconcile, stopped
from bot.jobs.kind import Kind
from storage.choices import ALERT, BACK_FILL

KINDS: Final[Mapping[str, Kind]] = {
    ALERT: reconcile.KIND,
    BACK_FILL: announcing.KIND,
    digests.DIGEST: digests.KIND,
    stopped.STOPPED: stopped.KIND,
}
