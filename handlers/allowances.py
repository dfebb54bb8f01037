"""Whether a limit of a person's own is used up early, to be said beside their figures."""

from bot.domain.allowance import ends_early_on
from bot.domain.people import Viewer
from bot.services import Services
from bot.views.feeds import allowance_line
from storage.allowances import allowances_of


def allowance_lines(viewer: Viewer, services: Services) -> str:
    """Return a line for each limit that is used up early on the present path; empty where all last."""
    now = services.now()
    with services.database.reading() as session:
        stated = allowances_of(session, viewer.person_id)
    ends = ((each.source, ends_early_on(each, now)) for each in stated)
    return "\n".join(allowance_line(source, day, now.date()) for source, day in ends if day is not None)
