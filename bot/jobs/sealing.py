"""Closing the log of the days that are over, and dropping what was released long ago, with what the log says of it."""

from datetime import timedelta
from typing import Final

from bot.services import Services
from storage import access_log
from storage.company_report import drop_reports_before
from storage.released import drop_released_before

# A figure that is gone would be worked out again while its block is the last one that is settled.
_LEAST_LEDGER_DAYS: Final = 120


def run(services: Services) -> dict[str, int]:
    """Seal every day that is over; running it again changes nothing.

    It runs hours after midnight: whatever began the evening before has ended, on whichever replica.
    """
    now, database = services.now(), services.database
    sealed = database.writing(lambda session: access_log.seal(session, now.date()))
    oldest = now - timedelta(days=max(services.policy.retention.ledger_days, _LEAST_LEDGER_DAYS))
    database.writing(lambda session: drop_released_before(session, oldest))
    database.writing(lambda session: drop_reports_before(session, oldest))
    database.writing(lambda session: access_log.drop_content_before(session, oldest.date()))
    return {"days_sealed": sealed}
