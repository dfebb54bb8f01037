"""The policy of the day: the file, but for what it loosened less than 14 days ago."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bot.domain.rules import WAITING_PARTS, PolicyRules, Said, rules_in_force
from bot.policy import Digest, Guests, Ingest, People, Policy, Report, Retention, Sharing, UseCases


class PolicyInForce:
    """The policy of today, read like a `Policy`: the file, but for values that were loosened and still wait.

    What the file has said before comes from the database, by `learn`; until then the file is all there is.
    """

    def __init__(self, file: Policy, now: Callable[[], datetime]) -> None:
        self.file = file
        self._now = now
        self._history: Sequence[Said] = ()
        self._known: tuple[date, Policy] | None = None

    def learn(self, history: Sequence[Said]) -> None:
        """Take what the file has said, in order."""
        self._history, self._known = tuple(history), None

    @property
    def today(self) -> Policy:
        """The rules in force today; without a restart others tomorrow, if something waits until then."""
        today, known = self._now().date(), self._known
        if known is None or known[0] != today:
            known = self._known = (today, self._on(today))
        return known[1]

    def _on(self, today: date) -> Policy:
        history = self._history
        if not history:
            return self.file
        if history[-1].rules != self.file.rules:  # as for a verb, which has a file that the bot has not read yet
            history = (*history, Said(today, self.file.rules))
        return in_force(self.file, rules_in_force(history, today))

    def model_copy(self, *, update: Mapping[str, Any]) -> Policy:
        """Return today's policy with parts changed, as a value of its own."""
        return self.today.model_copy(update=update)

    @property
    def sharing(self) -> Sharing:
        """What may be shared about cost."""
        return self.today.sharing

    @property
    def retention(self) -> Retention:
        """What is kept for how long."""
        return self.today.retention

    @property
    def mark(self) -> str:
        """Return the mark of the rules in force."""
        return self.today.mark

    @property
    def rules(self) -> PolicyRules:
        """Return every rule in force by its place in the file."""
        return self.today.rules

    @property
    def ingest(self) -> Ingest:
        """About whom usage is collected."""
        return self.file.ingest

    @property
    def digest(self) -> Digest:
        """When digests come."""
        return self.file.digest

    @property
    def use_cases(self) -> UseCases:
        """How use cases are published."""
        return self.file.use_cases

    @property
    def report(self) -> Report:
        """Where the organisation's report goes."""
        return self.file.report

    @property
    def guests(self) -> Guests:
        """Whether guests are answered."""
        return self.file.guests

    @property
    def seats(self) -> dict[str, Decimal]:
        """What a seat costs a month, in USD."""
        return self.file.seats

    @property
    def people(self) -> People:
        """Who does a part of the work."""
        return self.file.people


def in_force(file: Policy, rules: PolicyRules) -> Policy:
    """Return the policy of the *file* with those values of *rules* that may wait."""
    parts = {}
    for name in WAITING_PARTS:
        part = getattr(file, name)
        known = {key: value for key, value in rules.get(name, {}).items() if key in type(part).model_fields}
        parts[name] = part.model_copy(update=known)
    return file.model_copy(update=parts)
