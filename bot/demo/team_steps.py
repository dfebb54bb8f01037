"""The tour's steps about teams: the digest, the door, who saw what, the friendly no, and a lead's tricks."""

from collections.abc import Sequence
from typing import Final

from bot.demo.seats import AS_ANA, AS_MO, GENERAL, MO, SAM, VERA
from bot.playground.page.story import Act, Step

# A user group in Slack, by which a lead might try to find one person's part.
WITHOUT_ANA: Final = "payments-without-ana"
_RANGE: Final = "Usual AI cost of Engineering"
_PAYING_OFF: Final = "Is it paying off? The four-week report"
_CURVE: Final = "Spend and finished work"
_TYPES_CREATE: Final[Sequence[Act]] = (
    ("type", "right", "/teamdigest create"),
    ("wait", "right", "Who is in it"),
)
# What a form says once it is sent, whatever came of it: a team can be set up once.
_SAID: Final[Act] = ("wait", "right", "Only you can see this.")


def _both_see(words: str) -> Sequence[Act]:
    """Return how Mo finds something in his messages and Ana in her Home tab."""
    return (
        ("open", "right", "messages"),
        ("wait", "right", words),
        ("show", "right", words),
        ("open", "left", "home"),
        ("wait", "left", words),
        ("show", "left", words),
    )


def _ana_chooses(label: str) -> Sequence[Act]:
    return (
        *AS_ANA,
        ("type", "left", "/mytokens digest"),
        ("wait", "left", "May your cost be counted"),
        ("press", "left", label),
        ("wait", "left", f"You chose: {label}."),
    )


TEAM: Final = (
    Step(
        "Mo sets up a digest",
        (
            *AS_ANA,
            *AS_MO,
            *_TYPES_CREATE,
            ("fill", "right", "Team", "Payments"),
            ("choose", "right", "Repositories and projects", "acme/payments"),
            ("choose", "right", "Repositories and projects", "acme/ledger"),
            ("choose", "right", "Who is in it", "Payments"),
            ("press", "right", "Set it up"),
            ("wait", "right", "Payments is set up"),
            ("close", "right"),
            ("clock", "digest"),
            *_both_see("Payments, week of"),
        ),
        "Finished work of repositories: no names, no AI usage. Ana finds the same in Home, word for word.",
        "The team",
    ),
    Step(
        "Ana is counted",
        (
            *_ana_chooses("Count me in"),
            ("as", "right", MO),
            ("open", "right", "messages"),
            ("clock", "four-weeks"),
            *_both_see(_RANGE),
        ),
        "Ten people are too few to hide one: Mo reads Engineering's range, Ana the same at the same minute.",
    ),
    Step(
        "What is not shown, and who saw",
        (
            ("as", "right", MO),
            ("open", "right", "messages"),
            ("press", "right", "Why is something not shown?"),
            ("wait", "right", "How many did is never said."),
            *AS_ANA,
            ("type", "left", "/mytokens who"),
            ("wait", "left", "everybody in Engineering"),
        ),
        "One text for every reason. And every figure that she is in, with who could read it.",
    ),
    Step(
        "Vera wants a leaderboard",
        (
            ("as", "right", VERA),
            ("open", "right", GENERAL),
            ("type", "right", "/teamdigest leaderboard"),
            ("wait", "right", "There is no ranking here"),
            ("press", "right", _PAYING_OFF),
            ("wait", "right", "of AI per change that stayed"),
            ("show", "right", _CURVE),
            *AS_ANA,
            ("type", "left", "/teamdigest leaderboard"),
            ("press", "left", _PAYING_OFF),
            ("wait", "left", _CURVE),
            ("show", "left", _CURVE),
        ),
        "A friendly no, and a better answer. Vera reads all of the report; Ana, as everybody, what is about people.",
    ),
)

TRICKS: Final = (
    Step(
        "Be curious: ask five times",
        (
            *AS_MO,
            *(("type", "right", "/teamdigest last"), ("wait", "right", "Read by everybody in Payments")) * 5,
        ),
        "A preview shows what was released, each time the same: nothing to subtract.",
    ),
    Step(
        "Be curious: one fewer",
        (
            *AS_MO,
            *_TYPES_CREATE,
            ("fill", "right", "Team", "Payments without Ana"),
            ("choose", "right", "Repositories and projects", "acme/payments"),
            ("choose", "right", "Who is in it", f"{WITHOUT_ANA} (user group)"),
            ("press", "right", "Set it up"),
            _SAID,
            ("close", "right"),
            ("as", "left", SAM),
            ("open", "left", "messages"),
            ("press", "left", "Agree", "if there"),
            ("wait", "left", "Payments without Ana is set up"),
            ("clock", "four-weeks"),
            ("open", "right", "messages"),
            ("wait", "right", "Payments without Ana, week of"),
            ("show", "right", _RANGE),
        ),
        "A team with one fewer reads the same range of Engineering: there is no difference to take.",
    ),
    Step(
        "Ana leaves",
        (
            *_ana_chooses("Leave me out"),
            ("as", "right", MO),
            ("open", "right", "messages"),
            ("clock", "digest"),
            ("wait", "right", "Payments, week of"),
        ),
        "Mo's next digest looks the same, and nobody is told.",
    ),
)

DOCTOR: Final = Step(
    "Sam asks the doctor",
    (("as", "left", SAM), ("open", "left", GENERAL), ("run", "doctor")),
    "What whoever runs the bot reads: a line a check, the next step, and no figure of anybody.",
)
