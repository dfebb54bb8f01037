"""The Home tab: the durable answer of one person with every switch, and what other modules show below it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import structlog

from bot.domain.people import Standing, Viewer
from bot.errors import ConnectorError, RefusedError, WorthwhileError
from bot.services import Services
from bot.views import home as views
from bot.views import switching
from bot.views.blocks import Message
from bot.views.help import broken, sentence
from handlers import report, team_digest, use_case_finding
from handlers.recognising import recognise
from handlers.usage import show
from handlers.visit import Visit
from storage.choices import choose, note_rich_blocks_refused, rich_blocks_refused, settings_of
from storage.people import viewer_of

log = structlog.get_logger()
# What stands below one's own answer, on or off: each gives some groups of blocks, shown whole, or none.
Part = Callable[[Visit, Services], Sequence[views.Part]]
PARTS: Final[tuple[Part, ...]] = (team_digest.in_home, report.in_home, use_case_finding.in_home)
_SURFACE = "home"
_OPENED = "home_opened"


def open_home(visit: Visit, services: Services, opened_hash: str) -> None:
    """Publish the Home tab of somebody who opens it, and remember that there is one to keep up."""
    publish_home(visit, services, opened_hash)
    with suppress(WorthwhileError):
        viewer, opened = _opened(visit, services)
        if viewer is not None and not opened:
            now = services.now()
            services.database.writing(lambda session: choose(session, viewer.person_id, _OPENED, "yes", now))


def has_opened_home(visit: Visit, services: Services) -> bool:
    """Return whether the person has a Home tab that would show what is no longer so."""
    with suppress(WorthwhileError):
        return _opened(visit, services)[1]
    return False


def _opened(visit: Visit, services: Services) -> tuple[Viewer | None, bool]:
    with services.database.reading() as session:
        viewer = viewer_of(session, visit.slack_id)
        if viewer is None or viewer.standing is Standing.OFF:
            return None, False
        return viewer, _OPENED in settings_of(session, viewer.person_id)


def publish_home(visit: Visit, services: Services, opened_hash: str = "") -> None:
    """Publish the Home tab of who asks; with the hash of the view that was opened, a newer one stays."""
    message = _home(visit, services)
    rich = message.has_rich and _rich_allowed(services)
    try:
        error = _publish(visit, message, services, opened_hash, rich=rich)
        if error and rich:
            services.database.writing(
                lambda session: note_rich_blocks_refused(session, services.slack.org_id, _SURFACE, services.now())
            )
            _publish(visit, message, services, opened_hash, rich=False)
    except WorthwhileError as error:
        log.error("home_not_published", error=str(error))


def _publish(visit: Visit, message: Message, services: Services, opened_hash: str, *, rich: bool) -> bool:
    """Publish; return whether Slack refused the blocks."""
    view = {"type": "home", "blocks": message.blocks(rich=rich, prefix=services.command_prefix)}
    try:
        services.slack.publish_home(visit.slack_id.user_id, view, opened_hash)
    except ConnectorError as error:
        if "hash_conflict" in str(error):
            return False  # a newer one is there already
        if rich and ("invalid_blocks" in str(error) or "invalid_arguments" in str(error)):
            return True
        raise
    return False


def _rich_allowed(services: Services) -> bool:
    with services.database.reading() as session:
        return not rich_blocks_refused(session, services.slack.org_id, _SURFACE, services.now())


def _home(visit: Visit, services: Services) -> Message:
    try:
        viewer = recognise(visit, services)
        first = _first(visit, viewer, services)
    except RefusedError as error:
        return sentence(str(error))
    except WorthwhileError as error:
        log.error("home_not_made", error=str(error))
        return broken(services.policy.people.help)
    return views.home(first, [blocks for part in PARTS for blocks in _guarded(part, visit, services)])


def _first(visit: Visit, viewer: Viewer | None, services: Services) -> Message:
    """Return the answer of who is on, with every switch; the first screen for others."""
    if viewer is None:
        return switching.first_screen(services.slack.profile(visit.slack_id.user_id).name)
    with services.database.reading() as session:
        chosen = settings_of(session, viewer.person_id)
    usage = show(visit.with_word("show", "4w"), viewer, services)
    return views.own_answer(usage, chosen, paused=viewer.standing is Standing.PAUSED)


def _guarded(part: Part, visit: Visit, services: Services) -> Sequence[views.Part]:
    """Return what a part has to show; one that cannot be made keeps no other from being seen."""
    try:
        return part(visit, services)
    except Exception:
        log.exception("home_part_not_made", part=part.__module__)
        return []
