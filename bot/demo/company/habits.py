"""How each person of Larkfield works with AI: which tools, how much on a usual day, on which models."""

from typing import Final, NamedTuple

from bot.demo.company.draws import Draws
from bot.demo.company.people import Person
from bot.demo.company.roster import ENGINEERING
from bot.demo.company.tokens import LONG_SESSIONS, SHORT_CALLS, UNCACHED, Shape

HEAVY: Final = "nils"  # two thirds of Mobile's cost
STORY: Final = "ana"  # has figures of her own, to the cent
_WITHOUT_DATA: Final = frozenset({"kit", "gus", STORY, HEAVY})
_PREVIEW_USERS: Final = frozenset({"wen", "malik", "zofia", "account-091"})

# Spend between people is skewed: log-sd 1.5, and nobody but the heavy one above the cap.
_LOG_SD: Final = 1.5
_CAP: Final = 16.0
_SEAT_USD: Final = 0.9  # a seat's month, spread over the usual days on which people work

# chance to use Claude Code, its median on a usual day; chance to use Cursor, its median; chance of a
# Copilot seat; chance to use Codex
_Ways = tuple[float, float, float, float, float, float]
_ENGINEERS: Final[_Ways] = (0.86, 1.5, 0.55, 1.25, 0.78, 0.28)
_BY_TEAM: Final[dict[str, _Ways]] = {
    "Data": (1.0, 1.7, 0.5, 1.1, 0.75, 0.5),
    "Support": (0.6, 0.45, 0.0, 0.0, 0.35, 0.05),
    "Design": (0.5, 0.5, 0.4, 0.65, 0.4, 0.1),
}
_ELSEWHERE: Final[_Ways] = (0.3, 0.3, 0.0, 0.0, 0.12, 0.0)


class Habits(NamedTuple):
    """USD on a usual day by tool, and how it is used; 0 where the tool is not used."""

    claude_usd: float = 0.0
    opus: float = 0.0  # share of it on Opus
    haiku: float = 0.0
    shape: Shape = LONG_SESSIONS
    cursor_usd: float = 0.0
    codex_usd: float = 0.0  # at list price; a seat covers it
    has_seat: bool = False
    tries_preview: bool = False
    day_log_sd: float = 0.55  # how much one day differs from another

    @property
    def billed_usd(self) -> float:
        """What is billed for a usual day, the seat's share included."""
        return self.claude_usd + self.cursor_usd + (_SEAT_USD if self.has_seat else 0.0)


NONE: Final = Habits()
# Those whose way of working the demo shows.
_OWN: Final[dict[str, Habits]] = {
    "tove": Habits(claude_usd=0.9, haiku=0.45, cursor_usd=0.4, has_seat=True, day_log_sd=0.2),
    "bo": Habits(claude_usd=1.1, opus=0.1, cursor_usd=0.7, has_seat=True),
    "dag": Habits(claude_usd=2.1, opus=0.15, haiku=0.1, has_seat=True, day_log_sd=0.35),
    "rui": Habits(claude_usd=5.2, opus=0.3, haiku=0.05, has_seat=True),
    "mo": Habits(claude_usd=1.4, opus=0.2, has_seat=True),
    "sam": Habits(claude_usd=2.6, haiku=0.2, codex_usd=0.8),
    "vera": Habits(claude_usd=0.3, haiku=0.3),
    "ines": Habits(claude_usd=0.25, haiku=0.6),
    "iva": Habits(claude_usd=2.0, opus=1.0, shape=SHORT_CALLS, has_seat=True, day_log_sd=0.25),
    "teo": Habits(claude_usd=6.0, opus=0.0, haiku=0.1, shape=UNCACHED, has_seat=True),
    "lea": Habits(codex_usd=4.6, has_seat=True),
}


def habits_of(person: Person, draws: Draws) -> Habits:
    """Return how *person* works; the two with amounts of their own have at most a seat here."""
    if person.handle in _WITHOUT_DATA:
        return Habits(has_seat=True) if person.handle == STORY else NONE
    if person.handle in _OWN:
        return _OWN[person.handle]
    ways = _ENGINEERS if person.team in ENGINEERING else _ELSEWHERE
    return _drawn(person.handle, _BY_TEAM.get(person.team, ways), draws)


def _drawn(handle: str, ways: _Ways, draws: Draws) -> Habits:
    uses_claude, claude, uses_cursor, cursor, seat, uses_codex = ways

    def usd(chance: float, median: float, tool: str) -> float:
        if not draws.happens(chance, "uses", tool, handle):
            return 0.0
        return draws.log_normal(median, _LOG_SD, "level", tool, handle, most=_CAP * median)

    opus = draws.uniform("opus", handle)
    return Habits(
        claude_usd=usd(uses_claude, claude, "claude-code"),
        opus=0.0 if opus < 0.3 else round(opus * 0.7, 2),
        haiku=round(0.2 * draws.uniform("haiku", handle), 2),
        shape=UNCACHED if draws.happens(0.12, "uncached", handle) else LONG_SESSIONS,
        cursor_usd=usd(uses_cursor, cursor, "cursor"),
        codex_usd=usd(uses_codex, 0.6, "codex"),
        has_seat=draws.happens(seat, "seat", handle),
        tries_preview=handle in _PREVIEW_USERS,
    )
