"""Who asks: a person here, a newcomer, or somebody who is kindly refused."""

from bot.domain.people import Standing, Viewer, refusal
from bot.errors import RefusedError
from bot.services import Services
from bot.views.help import not_for
from handlers.visit import Visit
from storage.people import viewer_of


def recognise(visit: Visit, services: Services) -> Viewer | None:
    """Return the person who asks, None for somebody who is not on.

    Raises RefusedError for guests, bots, closed accounts and people of other companies.
    """
    with services.database.reading() as session:
        viewer = viewer_of(session, visit.slack_id)
    if viewer is None or viewer.standing is Standing.OFF or viewer.is_guest:
        profile = services.slack.profile(visit.slack_id.user_id)
        refused = refusal(profile, guests_allowed=services.policy.guests.allowed)
        if refused is not None:
            raise RefusedError(not_for(refused.reason, services.policy.people.help))
    return viewer if viewer is not None and viewer.standing is not Standing.OFF else None


def known(visit: Visit, services: Services) -> Viewer | None:
    """Return who asks as far as the database knows them, on or off; they have been let in already."""
    with services.database.reading() as session:
        return viewer_of(session, visit.slack_id)
