"""Those who run the bot are told what needs a look: once a day each, of nobody, and when it is over."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.connection.state import ConnectionState
from bot.connectors.pull import PullSource
from bot.jobs.watching import Watching
from bot.playground.local_slack import LocalSlack
from bot.policy import load_policy
from bot.services import Services
from bot.slack import connect
from bot.views.alerts import is_over, needs_a_look
from bot.views.blocks import texts_of
from storage import pulls
from storage.engine import Database
from storage.ids import source_id
from storage.planning import plan
from storage.tables import Outbox
from tests.cast import ADA, T0, switched_on
from tests.jobs.delivering import Clock, deliver
from tests.promises.answers import services_on

CHANNEL = "C01PAYMENTS"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Stand(PullSource):
    kind, name = "cursor", "company"


@dataclass
class Bot:
    """A bot whose operators have a channel, and its clock."""

    services: Services
    clock: Clock
    slack: LocalSlack

    def told(self, watching: Watching) -> list[str]:
        """Look, send what was planned, and return what the operators' channel got."""
        before = len(self.slack.calls)
        watching.look(self.services)
        deliver(self.services)
        calls = [call for call in self.slack.calls[before:] if call.method == "chat.postMessage"]
        assert {call.args["channel"] for call in calls} <= {CHANNEL}
        return [" ".join(texts_of(call.args["blocks"])) for call in calls]

    def source(self, *, fails_since: datetime | None) -> None:
        """Let the source fail since then, or answer."""

        def note(session: Session) -> None:
            source = source_id(session, "cursor", "company")
            if fails_since is None:
                pulls.note_success(session, source, self.clock())
            else:
                pulls.note_failure(session, source, fails_since, "Cursor: HTTP 401 for secret-name")

        self.services.database.writing(note)


@pytest.fixture
def bot(sqlite_database: Database) -> Iterator[Bot]:
    with LocalSlack().running() as slack:
        way_out, clock = connect(slack.bot_token, slack.api_url), Clock(T0)
        base = services_on(sqlite_database)
        people = base.policy.people.model_copy(update={"operator_channel": CHANNEL})
        policy = base.policy.model_copy(update={"people": people})
        changed = {"slack": way_out, "policy": policy, "now": clock, "sources": (Stand(),)}
        yield Bot(replace(base, connection=ConnectionState("socket"), **changed), clock, slack)  # type: ignore[arg-type]
        way_out.close()


def test_a_source_that_fails_is_told_each_day_once_whoever_looks_and_then_that_it_answers(bot: Bot) -> None:
    one, other = Watching(), Watching()
    bot.source(fails_since=T0)
    assert bot.told(one) == []

    bot.clock.move(days=1, hours=1)
    (said,) = bot.told(one)
    assert said.startswith("*Cursor has not answered for more than a day.*")
    assert "401" not in said
    assert bot.told(other) == bot.told(one) == []

    bot.clock.move(days=1)
    assert len(bot.told(other)) == 1

    bot.source(fails_since=None)
    (said,) = bot.told(one)
    assert said.startswith("*Over:* Cursor answers again")
    assert bot.told(other) == bot.told(one) == []

    bot.source(fails_since=bot.clock())
    bot.clock.move(days=2)
    assert len(bot.told(one)) == 1


def test_a_source_that_is_no_longer_connected_is_not_watched(bot: Bot) -> None:
    bot.source(fails_since=T0 - 2 * DAY)
    bot.services = replace(bot.services, sources=())

    assert bot.told(Watching()) == []


def test_messages_that_wait_or_are_given_up_are_told_but_not_for_whom(bot: Bot) -> None:
    ada = switched_on(bot.services.database, ADA)

    def queue(session: Session) -> None:
        for number in range(10):  # five that nobody can help, of people who have left
            why = "user_disabled" if number < 5 else "invalid_blocks"
            key = {"person_id": number, "kind": "digest", "period": "2026-W47"}
            row: dict[str, Any] = {"state": "dead", "attempts": 1, "payload": "{}", "last_error": why, **key}
            session.add(Outbox(due_at=T0 - HOUR, created_at=T0, **row))
        plan(session, "of-another-version", "2026-W47", [(ada.person_id, T0 - 4 * HOUR)], T0)

    bot.services.database.writing(queue)
    given_up, waits = sorted(bot.told(Watching()))

    assert waits.startswith("*Messages of mine have been waiting for more than three hours.*")
    assert given_up.startswith("*I gave up five or more messages in the last day.*")
    assert "ada" not in (waits + given_up).lower()

    with bot.services.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET last_error = 'user_disabled' WHERE state = 'dead'")
    assert [said.split(".")[0] for said in bot.told(Watching())] == [
        "*Over:* Fewer than five messages were given up in the last day"
    ]


def test_what_a_process_counts_of_itself_is_told_by_the_day(bot: Bot) -> None:
    watching = Watching()
    bot.services.measures.acknowledged(2.9)
    assert bot.told(watching) == []

    bot.services.measures.acknowledged(3.1)
    bot.services.connection.rebuilds += 3
    assert sorted(said.split(".")[0] for said in bot.told(watching)) == [
        "*I had to make my connection to Slack anew three times or more today",
        "*Slack waited more than three seconds for me today",
    ]
    bot.clock.move(days=1)
    assert bot.told(watching) == []  # of yesterday, and told


def test_nobody_is_told_where_nobody_is_named(bot: Bot) -> None:
    bot.source(fails_since=T0 - 2 * DAY)
    policy = load_policy(None)
    bot.services = replace(bot.services, policy=policy)
    Watching().look(bot.services)

    with bot.services.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM job_slot").scalar() == 0


def test_every_condition_has_its_words_and_none_has_a_number_in_its_notification() -> None:
    from bot.domain import troubles

    names = {value for name, value in vars(troubles).items() if name.isupper() and isinstance(value, str)}
    for name in names:
        trouble = troubles.Trouble(name, "cursor/company" if name == "source" else "")
        messages = [needs_a_look(trouble), *([] if name in troubles.WITHOUT_END else [is_over(trouble)])]
        assert not any(char.isdecimal() for message in messages for char in message.text)
        assert "{" not in json.dumps([texts_of(message.blocks(rich=False)) for message in messages])
