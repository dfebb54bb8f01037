"""What the page's frame shows: the clock, three minutes in steps, and switches that prove the promises."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bot.demo.company.people import person
from bot.demo.world import YOU, World
from bot.domain.period import long_day
from bot.jobs.sync import sync_source
from bot.playground.page.story import Act, Button, Start, Step, Switch

_ANA: Final = "U01ANA"
_MO: Final = "U01MO"
_DAG: Final = "U01DAG"
_TIMES: Final = 500
_LEAPS: Final = {"week": timedelta(days=7), "four-weeks": timedelta(days=28)}

STEPS: Final = (
    Step(
        "Ana presses [See mine]",
        (
            ("as", "left", _ANA),
            ("open", "left", "C01PAYMENTS"),
            ("press", "left", "See mine (only you will see it)"),
            ("wait", "left", "No usage is collected about you yet"),
        ),
        "Nothing is collected before she says so. Mo's pane does not move.",
    ),
    Step(
        "She switches it on",
        (("press", "left", "Switch it on"), ("wait", "left", "It's on.")),
        "Her last 15 weeks are fetched in the background.",
    ),
    Step(
        "/mytokens",
        (("type", "left", "/mytokens"), ("wait", "left", "Your last four weeks")),
        "Cost first, where it went, how fresh. Still nothing on the right.",
    ),
    Step(
        "Why was Tuesday expensive?",
        (("type", "left", "/mytokens why 2026-11-10"), ("wait", "left", "was re-reading earlier conversation")),
        "The arithmetic, one option, and no praise or blame.",
    ),
    Step(
        "Twelve weeks",
        (("type", "left", "/mytokens 12w"), ("wait", "left", "Your last twelve weeks")),
        "The same for longer; what is unknown is said to be unknown.",
    ),
    Step(
        "Mo asks for Ana's",
        (
            ("as", "right", _MO),
            ("open", "right", "C01PAYMENTS"),
            ("type", "right", "/mytokens @ana"),
            ("wait", "right", "I only ever show you your own."),
        ),
        "Her lead gets a friendly no; there is no other way either.",
    ),
    Step(
        "What is kept, and who saw it",
        (
            ("type", "left", "/mytokens privacy"),
            ("wait", "left", "What is kept about you"),
            ("type", "left", "/mytokens who"),
            ("wait", "left", "nobody but you"),
        ),
        "Every field, the rules in force, and their mark.",
    ),
    Step("Home keeps it", (("open", "left", "home"), ("wait", "left", "Your switches")), "And every switch is here."),
)

# What a curious lead might try, and what he is to read.
CURIOUS: Final[Sequence[Act]] = (
    ("as", "right", _MO),
    ("open", "right", "C01PAYMENTS"),
    ("type", "right", "/mytokens @ana"),
    ("wait", "right", "I only ever show you your own."),
    ("type", "right", "/mytokens ana@larkfield.example"),
    ("wait", "right", "I only ever show you your own."),
    ("type", "right", "/mytokens why @ana"),
    ("wait", "right", "I only ever show you your own."),
    ("type", "right", "/mytokens who"),
    ("wait", "right", "nobody but you"),
)


class LarkfieldStory:
    """Moves the demo world; each press is carried out whole before the next."""

    banner = "Larkfield is a made-up company; every person and figure here is invented. Nothing leaves this machine."
    starts = (Start(_ANA, "C01PAYMENTS"), Start(_MO, "C01PAYMENTS"))

    def __init__(self, world: World) -> None:
        self._world = world
        self._inflated = False
        if world.has_you:
            self.starts = (Start(YOU.id, "messages"), Start(_MO, "C01PAYMENTS"))

    @property
    def steps(self) -> Sequence[Step]:
        """Return the rail; with your own figures there is one step more, and the demo's dates are today's."""
        curious = Step("Be curious: a lead's tricks", CURIOUS, "Each trick is answered; none shows anything of Ana's.")
        if not self._world.has_you:
            return (*STEPS, curious)
        yours = Step(
            "Your own figures",
            (("as", "left", YOU.id), ("type", "left", "/mytokens"), ("wait", "left", "Your last four weeks")),
            "From the file that you gave; they go when you stop.",
        )
        return (yours, *(step for step in STEPS if "2026-11-10" not in str(step.acts)), curious)

    @property
    def switches(self) -> Sequence[Switch]:
        """Return the switches as they stand."""
        cursor = self._world.sources["cursor"]
        return (
            Switch(
                "inflate",
                f"Inflate: run Dag's agent {_TIMES} times",
                "Be Dag and ask /mytokens: only his cost rises. Nobody else's answer changes a word.",
                self._inflated,
            ),
            Switch(
                "unplug",
                "Unplug Cursor",
                "Ask /mytokens again: the answer says that its sum is too low.",
                cursor.unplugged is not None,
            ),
        )

    def clock_text(self) -> str:
        """Return the demo's day and time."""
        now = self._world.clock.now()
        return f"{long_day(now.date())} {now.year}, {now:%H:%M} UTC"

    def clock_buttons(self) -> Sequence[Button]:
        """Return the leaps that the clock can make."""
        return (Button("week", "+1 week"), Button("four-weeks", "+4 weeks"))

    def press_clock(self, button_id: str) -> str:
        """Let time pass, and have the sources asked for the days between."""
        leap = _LEAPS[button_id]
        self._world.clock.move(leap)
        self._sync(leap.days + 3)
        return f"It is {long_day(self._world.clock.now().date())} now; the sources were asked again."

    def flip(self, switch_id: str) -> str:
        """Flip a switch; returns what happened."""
        return self._flip_inflate() if switch_id == "inflate" else self._flip_cursor()

    def _flip_inflate(self) -> str:
        self._inflated = not self._inflated
        since = self._world.clock.now().date() - timedelta(days=7)
        self._world.sources["meshclaw"].inflated(person("dag").email, _TIMES if self._inflated else 1, since)
        self._sync(8)
        return f"Dag's agent ran {_TIMES} times as often in the last week." if self._inflated else "As it was."

    def _flip_cursor(self) -> str:
        cursor = self._world.sources["cursor"]
        yesterday = self._world.clock.now().date() - timedelta(days=1)
        cursor.unplugged = None if cursor.unplugged else yesterday - timedelta(days=1)
        self._sync(3)
        return "Cursor is plugged in again." if cursor.unplugged is None else "Cursor has stopped answering."

    def _sync(self, days: int) -> None:
        for source in self._world.services.sources:
            sync_source(self._world.services, source, days)
