"""Between planning a message and sending it people opt out, leave or become guests: nothing is sent to them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from sqlmodel import Session, select

from bot.domain.people import Profile, Viewer
from bot.jobs import digests
from bot.playground.local_slack import LocalSlack
from bot.slack import Slack
from storage import people, subscriptions
from storage.directory import take_page
from storage.engine import Database
from storage.erasure import erase
from storage.tables import Outbox
from tests.cast import MARKS, TODAY
from tests.jobs.delivering import deliver
from tests.jobs.test_digests import HOUR, Stage
from tests.weeks import ANA, DUE, ITEMS, MO, paid_rows, plant


def _told_by_slack(session: Session, profile: Profile) -> None:
    take_page(session, [profile], MARKS, DUE, guests_allowed=False)


Change = Callable[[Session, Viewer], object]
CHANGES: Final[dict[str, Change]] = {
    "stops the note": lambda s, who: subscriptions.subscribe(s, who.person_id, "none", DUE),
    "snoozes it": lambda s, who: subscriptions.snooze(s, who.person_id, DUE),
    "pauses": lambda s, who: people.pause(s, who.person_id, DUE),
    "erases everything": lambda s, who: erase(s, who.person_id, MARKS, TODAY),
    "leaves": lambda s, _who: _told_by_slack(s, replace(ANA, is_deleted=True)),
    "becomes a guest": lambda s, _who: _told_by_slack(s, replace(ANA, is_guest=True)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_who_changes_their_mind_or_leaves_after_it_was_planned_gets_nothing_and_others_get_theirs(
    sqlite_database: Database, slack: LocalSlack, way_out: Slack, what: str
) -> None:
    database = sqlite_database
    stage = Stage(database, slack, way_out)
    ana, mo = stage.subscribed("figures"), stage.subscribed("figures", MO)
    plant(database, ana, paid_rows(), ITEMS)
    plant(database, mo, paid_rows())
    planned = digests.run(stage.services)["planned"]
    database.writing(lambda session: CHANGES[what](session, ana))
    stage.at += HOUR  # in which all that is due at a moment goes
    deliver(stage.services)
    with database.reading() as session:
        ends = {row.person_id: (row.state, row.last_error) for row in session.exec(select(Outbox))}

    assert planned == 2
    assert (stage.notes("U01ANA"), len(stage.notes("U01MO"))) == ([], 1)
    assert ends[mo.person_id][0] == "sent"
    assert ends.get(ana.person_id, ("suppressed", "gone"))[0] == "suppressed"
    assert ends.get(ana.person_id, ("suppressed", "gone"))[1], "why is kept for doctor"
