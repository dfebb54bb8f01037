"""What telemetry says of runs: which one a record belongs to, whether that started on its own, what it came to."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from bot.connectors.otlp import Attributes, Origin, plain_name
from bot.connectors.otlp_readings import COST, SAVED, Reading
from bot.connectors.push_event import Event, Moment
from bot.connectors.push_runs import MinuteOf, MinuteSum, by_minute
from bot.domain.usage import ON_ITS_OWN, RUN_KINDS, RunKind

# What whoever starts a program may say of it, as attributes of its resource.
TRIGGER: Final = "worthwhile.trigger"
WORK: Final = "worthwhile.work"
RUN: Final = "worthwhile.run"
_NAMES_OF_A_RUN: Final = (RUN, "session.id", "conversation.id", "gen_ai.conversation.id")
_KINDS: Final[Mapping[str, RunKind]] = {kind: kind for kind in RUN_KINDS}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Observed(Event, frozen=True, gc=False):
    """An event of a client, which has only a day; its run and its time are beside it, for the buffer of 72 hours.

    *session* is empty unless the run started on its own; it is no `run_id`: runs of clients are not counted.
    """

    session: str = ""
    at_ns: int = 0

    def moment(self) -> Moment | None:
        """Return where in which run it lies; None where nothing says that the run started on its own."""
        return Moment(self.session, moment_of(self.at_ns)) if self.session else None


class Said(NamedTuple):
    """What started the work, the name of the job, and the run's name if that started on its own."""

    trigger: RunKind
    work: str
    session: str


def said_of_run(attributes: Attributes, origin: Origin, told: RunKind, *, on_its_own: bool) -> Said:
    """Return what is said of a record's run.

    *told* is what the client says of the request, *on_its_own* whether it says so of the whole run: a subagent may
    work for somebody at the keyboard. What the resource says comes before both.
    """
    stated = _KINDS.get(_either(TRIGGER, attributes, origin))
    work = _either(WORK, attributes, origin)
    if stated is not None:
        told, on_its_own = stated, stated in ON_ITS_OWN
    session = ""
    if on_its_own:
        session = next((name for key in _NAMES_OF_A_RUN if (name := _either(key, attributes, origin))), "")
    return Said(told, plain_name(work) if work else "", session)


def _either(key: str, attributes: Attributes, origin: Origin) -> str:
    return str(attributes.get(key) or origin.attributes.get(key, ""))


def minutes_of_readings(told: Iterable[tuple[Reading, int]]) -> Mapping[MinuteOf, MinuteSum]:
    """Return by minute what counters add to runs: cost, and that something was saved."""
    return by_minute((_key(each), _sum(each, amount)) for each, amount in told if is_of_a_run(each, amount))


def is_of_a_run(reading: Reading, amount: int) -> bool:
    """Return whether what a reading adds says something of a run that started on its own."""
    return bool(reading.session) and amount > 0 and reading.lane in {COST, SAVED}


def _key(reading: Reading) -> MinuteOf:
    minute = moment_of(reading.time_ns).replace(second=0, microsecond=0)
    return MinuteOf(reading.person.identity, reading.of.tool, reading.session, minute)


def _sum(reading: Reading, amount: int) -> MinuteSum:
    listed = amount if reading.lane == COST else None
    return MinuteSum(reading.of.work, reading.of.run_kind, None, listed, has_progress=reading.lane == SAVED)


def moment_of(time_ns: int) -> datetime:
    """Return a moment with its time of day: for the buffer of 72 hours and nothing else."""
    return _EPOCH + timedelta(microseconds=time_ns // 1000)
