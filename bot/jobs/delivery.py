"""Sending what is planned, each message once: claim, send or look, and give back what was not begun."""

import os
import platform
import secrets
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

import structlog

from bot.domain.delivery import Delivery
from bot.errors import BusyError
from bot.jobs.kind import Kind
from bot.jobs.kinds import KINDS
from bot.jobs.looking import look
from bot.jobs.sender import Handled, Sender
from bot.jobs.sending import send
from bot.measuring.counters import MESSAGES
from bot.services import Services
from storage import outbox, send_rate
from storage.outbox import Claim

log = structlog.get_logger()
_PAUSE_SECONDS: Final = 2.0  # between two looks for what is due
_STOP_SECONDS: Final = 9.0  # for the message in hand; one that takes longer is looked for later
_ENDS_THE_RUN: Final = frozenset({Handled.WAITING, Handled.STOPPED})


class Deliverer:
    """Sends what is due, one message after the other; every replica has one."""

    def __init__(self, sender: Sender, kinds: Mapping[str, Kind] = KINDS) -> None:
        self.owner = f"{platform.node()[:40]}/{os.getpid()}/{secrets.token_hex(4)}"
        self._sender, self._kinds = sender, kinds

    def tick(self) -> dict[str, int]:
        """Send everything that is due; return how many messages came to which end.

        Ends early when nothing goes for a while, when the database is busy, and when the bot is being stopped.
        """
        done: Counter[str] = Counter()
        try:
            while self._may_go_on() and (batch := self._claim()):
                if not self._carry_out(batch, done):
                    break
        except BusyError as error:
            log.warning("delivery_held_up", error=str(error))
        if done:
            log.info("messages_handled", **done)
        return dict(done)

    def _may_go_on(self) -> bool:
        services = self._sender.services
        with services.database.reading() as session:
            wait = send_rate.blocked_seconds(session, services.slack.org_id, self._sender.clock())
        return not wait and not self._sender.stopping.is_set()

    def _claim(self) -> list[Delivery]:
        """Take a few messages in hand; while there is none nothing is written."""
        sender, now = self._sender, self._sender.services.now()
        claim = Claim(self.owner, tuple(self._kinds), sender.timing.batch, sender.clock(), sender.lease_until())
        with sender.services.database.reading() as session:
            if not outbox.any_due(session, claim, now):
                return []
        return sender.services.database.adding(lambda session: outbox.claim_due(session, claim, now))

    def _carry_out(self, batch: list[Delivery], done: Counter[str]) -> bool:
        """Carry out what is in hand; return whether there may be more."""
        try:
            for delivery in batch:
                if self._sender.stopping.is_set():
                    return False
                handled = self._handle(delivery)
                self._sender.services.measures.count(MESSAGES, delivery.key.kind, handled.value)
                done[handled.value] += 1
                if handled in _ENDS_THE_RUN:
                    return False
        finally:
            with suppress(BusyError):  # what is not given back is free when its lease is over
                self._sender.services.database.adding(lambda session: outbox.release(session, self.owner))
        return True

    def _handle(self, delivery: Delivery) -> Handled:
        if delivery.uncertain:
            return look(self._sender, delivery)
        return send(self._sender, self._kinds, delivery)


@contextmanager
def delivering(services: Services) -> Iterator[None]:
    """Send what is due, in a thread of its own, until the block is left; the message in hand is finished then.

    It is no job of the ticker's: one run may take hours, and the ticker would say of every tick that it is missed.
    """
    sender = Sender(services)
    thread = threading.Thread(target=run, args=(sender,), name="delivery", daemon=True)
    thread.start()
    try:
        yield
    finally:
        sender.stopping.set()
        thread.join(_STOP_SECONDS)


def run(sender: Sender, pause_seconds: float = _PAUSE_SECONDS, kinds: Mapping[str, Kind] = KINDS) -> None:
    """Send what is due, again and again, until the sender is told to stop."""
    deliverer = Deliverer(sender, kinds)
    while not sender.stopping.wait(pause_seconds):
        try:
            deliverer.tick()
        except Exception:  # the thread's boundary: one failing look stops no later one
            log.exception("delivery_failed")
