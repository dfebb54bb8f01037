"""The rail "Three minutes": what each step does, and what to look at meanwhile; two parts have files of their own."""

from typing import Final

from bot.demo.library_steps import LIBRARY
from bot.demo.seats import AS_ANA, AS_MO, DAG, GENERAL
from bot.demo.team_steps import DOCTOR, TEAM, TRICKS
from bot.playground.page.story import Act, Step

SHOWN: Final = "Your last four weeks"
_ONLY_OWN: Final[Act] = ("wait", "right", "I only ever show you your own.")
_NO_RANK: Final[Act] = ("wait", "right", "There is no ranking here")

_OWN: Final = (
    Step(
        "Ana presses [See mine]",
        (
            *AS_ANA,
            ("press", "left", "See mine (only you will see it)"),
            ("wait", "left", "No usage is collected about you yet"),
        ),
        "Nothing is collected before she says so. Mo's pane does not move.",
        part="Her own figures",
    ),
    Step(
        "She switches it on",
        (("press", "left", "Switch it on"), ("wait", "left", "It's on.")),
        "Her last 15 weeks are fetched in the background.",
    ),
    Step(
        "Is that login hers?",
        (("press", "left", "Yes"), ("wait", "left", "at GitHub is yours")),
        "The company's file names a login; only she can say that it is hers. Now her finished work comes.",
    ),
    Step(
        "/mytokens",
        (*AS_ANA, ("type", "left", "/mytokens"), ("wait", "left", SHOWN)),
        "Finished work first, then its cost, where it went, how fresh. Still nothing on the right.",
    ),
    Step(
        "See the list",
        (
            *AS_ANA,
            ("type", "left", "/mytokens"),
            ("wait", "left", SHOWN),
            ("press", "left", "See the list"),
            ("wait", "left", "Retry on 429"),
            ("press", "left", "Not mine"),
            ("wait", "left", "Mine after all"),
            ("press", "left", "Mine after all"),
            ("close", "left"),
        ),
        "Each item by title, with what its runs came to. What is not hers goes by one press, and nobody is told.",
    ),
    Step(
        "Why was Tuesday expensive?",
        (
            *AS_ANA,
            ("type", "left", "/mytokens why 2026-11-10"),
            ("wait", "left", "was re-reading earlier conversation"),
        ),
        "The arithmetic, one option, and no praise or blame.",
    ),
    Step(
        "Twelve weeks",
        (*AS_ANA, ("type", "left", "/mytokens 12w"), ("wait", "left", "Your last twelve weeks")),
        "What one finished change came to, with its likely range and its arithmetic.",
    ),
    Step(
        "Mo asks for Ana's",
        (*AS_MO, ("type", "right", "/mytokens @ana"), _ONLY_OWN),
        "Her lead gets a friendly no; there is no other way either.",
    ),
    Step(
        "What is kept, and who saw it",
        (
            *AS_ANA,
            ("type", "left", "/mytokens privacy"),
            ("wait", "left", "What is kept about you"),
            ("type", "left", "/mytokens who"),
            ("wait", "left", "nobody but you"),
        ),
        "Every field, the rules in force, and their mark.",
    ),
    Step("Home keeps it", (("open", "left", "home"), ("wait", "left", "Your switches")), "And every switch is here."),
    Step(
        "A note once a week",
        (
            *AS_ANA,
            ("type", "left", "/mytokens digest"),
            ("wait", "left", "A short note once a week?"),
            ("press", "left", "Yes, behind a button"),
            ("wait", "left", "You chose: Yes, behind a button."),
            ("clock", "digest"),
            ("open", "left", "messages"),
            ("wait", "left", "Your week is ready."),
            ("press", "left", "Show it to me"),
            ("wait", "left", "Small corrections can follow"),
        ),
        "What Slack keeps is a line with a button. The week itself is shown to her alone.",
    ),
)

TOUR: Final = (*_OWN, *LIBRARY, *TEAM)

CURIOUS: Final = Step(
    "Be curious: a lead's tricks",
    (
        *AS_MO,
        ("type", "right", "/mytokens @ana"),
        _ONLY_OWN,
        ("type", "right", "/mytokens ana@larkfield.example"),
        _ONLY_OWN,
        ("type", "right", "/mytokens why @ana"),
        _ONLY_OWN,
        ("type", "right", "/mytokens who"),
        ("wait", "right", "nobody but you"),
        ("type", "right", "/teamdigest @ana"),
        ("wait", "right", "I never show anybody's work or usage alone."),
        ("type", "right", "/teamdigest rank"),
        _NO_RANK,
        ("type", "right", "/teamdigest top"),
        _NO_RANK,
        ("type", "right", "/teamdigest adoption"),
        _NO_RANK,
        ("type", "right", "/teamdigest example"),
        ("wait", "right", "every figure in it are made up"),
    ),
    "Each trick is answered; none shows anything of Ana's.",
    "Proofs",
)

PROOFS: Final = (
    *TRICKS,
    Step(
        "Inflate Dag's agent",
        (
            *AS_ANA,
            ("as", "right", DAG),
            ("open", "right", GENERAL),
            ("switch", "inflate", "off"),
            ("type", "left", "/mytokens"),
            ("wait", "left", SHOWN),
            ("type", "right", "/mytokens"),
            ("wait", "right", SHOWN),
            ("switch", "inflate", "on"),
            ("type", "right", "/mytokens"),
            ("wait", "right", SHOWN),
            ("type", "left", "/mytokens"),
            ("wait", "left", SHOWN),
        ),
        "Running it more finishes nothing: only his cost rises, and hers stays to the cent.",
    ),
    Step(
        "Unplug Cursor for a week",
        (
            *AS_ANA,
            ("switch", "unplug", "on"),
            ("clock", "week"),
            ("type", "left", "/mytokens"),
            ("wait", "left", "Cursor: no data since"),
        ),
        "A source that stops makes a sum too low, and the answer says so.",
    ),
    Step(
        "Plug it in again",
        (*AS_ANA, ("switch", "unplug", "off"), ("type", "left", "/mytokens"), ("wait", "left", SHOWN)),
        "The week that was missing arrives, and the warning goes.",
    ),
    DOCTOR,
)
