"""Replicas that are killed and frozen at random while Slack misbehaves, and what became of every message.

One in a hundred calls is answered 429, another 500, another is cut off after it was carried out, another
is carried out and never answered. Shared with the benchmarks.
"""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final, NamedTuple

from slack_sdk import WebClient
from sqlmodel import Session, col, select

from bot.domain.pace import Pace
from bot.jobs.delivery import run
from bot.jobs.sender import Sender, Timing
from bot.playground.faults import dropped, rate_limited, server_error, silent
from bot.playground.local_slack import LocalSlack
from bot.playground.things import LocalUser
from bot.playground.world import DEFAULT_SCOPES
from bot.slack import Slack
from storage import choices, outbox
from storage.engine import Database, open_database
from storage.ids import insert_new, new_id
from storage.planning import plan
from storage.tables import Outbox, Person, Setting, SlackUser
from tests.cast import MARKS, T0
from tests.promises.answers import services_on

ORG: Final = "T0LOCAL"
POST: Final = "chat.postMessage"
TIMEOUT_SECONDS: Final = 1  # a call is given up for uncertain
_PERIOD: Final = "2026-11-19"
_SECOND: Final = "2026-11-20"


@dataclass(frozen=True)
class Rules:
    """How many messages go, at most how many a second, and how many kills and freezes meet the senders.

    They go to a person each, save that *along* of these people get a second one, which the first may carry.
    With *freeze_anywhere* a freeze may also come between the note that a message is on its way and the
    call, where it can double that message; else such a freeze is let go at once and tried again.
    """

    messages: int
    kills: int
    freezes: int
    a_second: float
    freeze_anywhere: bool = False
    seed: int = 1
    lease: float = 2.5
    along: int = 0

    @property
    def timing(self) -> Timing:
        """Short leases, and a pace that Slack would not allow."""
        return Timing(self.lease, 1.0, 5, Pace(self.a_second, self.a_second, self.a_second))


class Outcome(NamedTuple):
    """What became of the messages, and what the senders went through."""

    sent: int
    doubled: int
    lost: int
    skipped: int
    looked_up: int
    carried: int
    kills: int
    freezes: int
    seconds: float


def send_until_killed(database_url: str, api_url: str, token: str, timing: Timing) -> None:
    """Be a replica."""
    database = open_database(database_url, pool_size=4)
    client = WebClient(token=token, base_url=api_url, retry_handlers=[])
    slack = Slack(client, org_id=ORG, team_id=ORG, bot_user_id="U0BOT", delivery_seconds=TIMEOUT_SECONDS)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    run(Sender(replace(services_on(database), slack=slack), timing), pause_seconds=0.02)


@dataclass
class Senders:
    """Two replicas as processes; one that is killed is followed by another."""

    arguments: tuple[Any, ...]
    context: Any = field(default_factory=lambda: multiprocessing.get_context("forkserver"))
    running: list[BaseProcess] = field(default_factory=list)

    def start(self) -> None:
        """Start one more."""
        process = self.context.Process(target=send_until_killed, args=self.arguments, daemon=True)
        process.start()
        self.running.append(process)

    def kill(self, process: BaseProcess) -> None:
        """End one without warning."""
        self.running.remove(process)
        process.kill()
        process.join()
        process.close()


@contextmanager
def two_senders(*arguments: Any) -> Iterator[Senders]:
    """Run two replicas until the block is left; each is ended by its own id."""
    senders = Senders(arguments)
    senders.context.set_forkserver_preload([__name__])
    for _ in range(2):
        senders.start()
    try:
        yield senders
    finally:
        for process in list(senders.running):
            senders.kill(process)


def try_out(database_url: str, rules: Rules) -> Outcome:
    """Send the messages through it all and count what arrived."""
    users = [LocalUser(f"U{number:06}", f"Person {number}", "", tz="UTC") for number in range(rules.messages)]
    slack = LocalSlack(users, (), (*DEFAULT_SCOPES, "im:history", "im:write"), check_blocks=False)
    database = open_database(database_url)
    database.writing(lambda session: hire_and_plan(session, users, rules.along))
    misbehave(slack, rules.seed)
    began = time.monotonic()
    try:
        with slack.running(), two_senders(database_url, slack.api_url, slack.bot_token, rules.timing) as senders:
            kills, freezes = _disturb(senders, slack, database, rules)
            _wait_for_the_end(database, senders)
        return _counted(database, slack, kills, freezes, time.monotonic() - began)
    finally:
        database.dispose()


def misbehave(slack: LocalSlack, seed: int) -> None:
    """Let one call in a hundred go wrong in each of four ways; looking is met by two of them too."""
    slack.faults.every(POST, 100, rate_limited(1))
    slack.faults.share(POST, 0.01, server_error(), seed)
    slack.faults.share("*", 0.01, dropped(after_effect=True), seed)
    slack.faults.every("*", 100, silent(TIMEOUT_SECONDS + 0.3, after_effect=True))


def hire_and_plan(session: Session, users: list[LocalUser], along: int) -> None:
    """Switch everybody on and plan a message to each, to the first of them two."""
    ids = [new_id() for _ in users]
    insert_new(session, Person, [{"id": one, "created_at": T0, "switched_on_at": T0} for one in ids])
    about = {"org_id": ORG, "name": "", "tz": "UTC", "is_deleted": False, "is_guest": False, "checked_at": T0}
    known = zip(users, ids, strict=True)
    insert_new(session, SlackUser, [{"user_id": user.id, "person_id": one, **about} for user, one in known])
    told = {"name": choices.BACK_FILL, "value": choices.TOLD, "changed_at": T0}
    insert_new(session, Setting, [{"person_id": one, **told} for one in ids])
    plan(session, choices.BACK_FILL, _PERIOD, [(one, T0) for one in ids], T0)
    plan(session, choices.BACK_FILL, _SECOND, [(one, T0) for one in ids[:along]], T0)


def _disturb(senders: Senders, slack: LocalSlack, database: Database, rules: Rules) -> tuple[int, int]:
    """Kill and freeze at random moments, as long as there is something to send."""
    chance = random.Random(rules.seed)
    left = ["kill"] * rules.kills + ["freeze"] * rules.freezes
    chance.shuffle(left)
    done: Counter[str] = Counter()
    between = 0.8 * rules.messages / rules.a_second / max(1, len(left))
    while left and not _all_ended(database):
        process = chance.choice(senders.running)
        process.join(chance.uniform(0.4, 1.6) * between)
        if left[-1] == "kill":
            senders.kill(process)
            senders.start()
            done[left.pop()] += 1
        elif _freeze(process, slack, database, rules):
            done[left.pop()] += 1
    return done["kill"], done["freeze"]


def _freeze(process: BaseProcess, slack: LocalSlack, database: Database, rules: Rules) -> bool:
    """Stop a sender for longer than its lease and let it go on; return whether that was done."""
    pid = process.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            process.join(0.001)
        if not rules.freeze_anywhere and _may_not_have_called(pid, slack, database):
            return False
        process.join(1.5 * rules.lease)
        return True
    finally:
        os.kill(pid, signal.SIGCONT)


def _may_not_have_called(pid: int, slack: LocalSlack, database: Database) -> bool:
    """Return whether a sender noted that a message is on its way and Slack may not have got it."""
    query = select(Outbox).where(Outbox.state == outbox.SENDING, col(Outbox.owner).contains(f"/{pid}/"))
    with database.reading() as session:
        on_their_way = [MARKS.of_delivery(row.person_id, row.kind, row.period) for row in session.exec(query)]
    return not set(on_their_way) <= set(_marks(slack))


def _marks(slack: LocalSlack) -> list[str]:
    """Return the mark of every message that was posted."""
    with slack.world.lock:
        messages = [message for kept in slack.world.messages.values() for message in kept.values()]
    return [message.body["metadata"]["event_payload"]["mark"] for message in messages]


def _all_ended(database: Database) -> bool:
    with database.reading() as session:
        return not {outbox.PLANNED, outbox.PENDING, outbox.SENDING} & outbox.states(session).keys()


def _wait_for_the_end(database: Database, senders: Senders, seconds: float = 600.0) -> None:
    give_up_at = time.monotonic() + seconds
    while not _all_ended(database) and time.monotonic() < give_up_at:
        senders.running[0].join(0.05)


def _counted(database: Database, slack: LocalSlack, kills: int, freezes: int, seconds: float) -> Outcome:
    read = _read(slack)
    with database.reading() as session:
        rows = session.exec(select(Outbox)).all()
        users = {user.person_id: user.user_id for user in session.exec(select(SlackUser))}
    states = Counter(row.state for row in rows)
    told = Counter(users[row.person_id] for row in rows)
    sent = Counter(users[row.person_id] for row in rows if row.state != "skipped")
    return Outcome(
        sent=states[outbox.SENT],
        doubled=(read - told).total(),
        lost=(sent - read).total(),
        skipped=states["skipped"],
        looked_up=len(slack.calls_of("conversations.history")),
        carried=sum(bool(row.carried_by) for row in rows),
        kills=kills,
        freezes=freezes,
        seconds=seconds,
    )


def _read(slack: LocalSlack) -> Counter[str]:
    """Return how many messages each user has read, those below another one counted too."""
    found: Counter[str] = Counter()
    with slack.world.lock:
        for channel, kept in slack.world.messages.items():
            (user,) = slack.world.people_in(slack.world.channels[channel])
            lines = sum(block["type"] == "divider" for message in kept.values() for block in message.body["blocks"])
            found[user] += len(kept) + lines
    return found
