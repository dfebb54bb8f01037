"""Every kind of message that the bot sends on its own, by the name under which it is planned."""

from collections.abc import Mapping
from typing import Final

from bot.jobs import (
    alarms,
    announcing,
    digests,
    reconcile,
    report_mail,
    ruling,
    stopped,
    team_mail,
    team_requests,
    use_case_mail,
    use_cases,
    user_groups,
    watching,
)
from bot.jobs.kind import Kind
from storage.choices import ALERT, BACK_FILL

KINDS: Final[Mapping[str, Kind]] = {
    alarms.ALARM: alarms.KIND,
    ALERT: reconcile.KIND,
    BACK_FILL: announcing.KIND,
    digests.DIGEST: digests.KIND,
    ruling.RULES: ruling.KIND,
    stopped.STOPPED: stopped.KIND,
    **report_mail.KINDS,
    **team_mail.KINDS,
    **team_requests.KINDS,
    **use_case_mail.KINDS,
    **use_cases.KINDS,
    **user_groups.KINDS,
    **watching.KINDS,
}
