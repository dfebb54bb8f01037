"""Slack's directory, nightly: names, addresses, time zones, and who has left."""

from functools import partial

from bot.services import Services
from storage.people import known_users, refresh_profile


def run(services: Services) -> dict[str, int]:
    """Refresh what is known of those who are persons here; of others nothing is kept."""
    with services.database.reading() as session:
        known = set(known_users(session, services.slack.org_id))
    seen = left = 0
    if not known:
        return {"refreshed": 0, "left": 0}
    for profile in services.slack.profiles():
        if profile.slack_id.user_id in known:
            refresh = partial(refresh_profile, profile=profile, marks=services.marks, now=services.now())
            services.database.writing(refresh)
            seen += 1
            left += profile.is_deleted
    return {"refreshed": seen, "left": left}
