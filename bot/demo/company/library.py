"""What Larkfield's people wrote into the library of use cases, and what became of each entry. Pure.

Days are counted back from the demo's start. The evidence is uneven on purpose: measured, reused in three
teams, tried by one team, tried once, not tried at all, mostly failed.
"""

from typing import Final, NamedTuple

from bot.domain.use_cases.entry import Draft
from bot.domain.use_cases.evidence import Result

CLAUDE_CODE: Final = ("Claude Code", "claude-sonnet-4-5")
CURSOR: Final = ("Cursor", "")
COPILOT: Final = ("Copilot", "")
YES: Final[Result] = "yes"
PARTLY: Final[Result] = "partly"
NO: Final[Result] = "no"

# Made of parts, so that nobody's scanner takes it for a real one. It is made up.
_PLANTED_KEY: Final = "".join(("ghp", "_", "q7Zk2vB9", "xT4mW8rN", "c6Jd1sHy", "5PfL3gAe"))
RUIS_MESSAGE: Final = (
    "Tell slow steps of the pipeline from stuck ones. It helps when a deploy waits and nobody knows for what.\n"
    "1. Ask Claude Code for the usual length of every step, from the last thirty runs.\n"
    f"2. It needs to read them: export CI_TOKEN={_PLANTED_KEY}\n"
    "3. Have it print step, usual length, length now; restart what takes three times as long."
)
RUI: Final = "rui"
RUIS_CHANNEL: Final = "C01PLATFORM"


class Tried(NamedTuple):
    """Who tried an entry, what came of it, and how many days ago."""

    handle: str
    result: Result
    days_ago: int


class Shelved(NamedTuple):
    """An entry: what its author typed, who that is, since when, and what others said."""

    author: str
    draft: Draft
    model: str
    days_ago: int
    tried: tuple[Tried, ...] = ()
    linked: int = 0  # finished changes that it helped with
    checked_days_ago: int | None = None
    measured: str = ""


WANTED: Final = ("A way to review Terraform plans", ("yuki", "ola"), 6)


def _draft(tool: tuple[str, str], title: str, when: str, *how: str, **more: object) -> Draft:
    return Draft(title=title, when=when, how="\n".join(how), tool=tool[0], **more)  # type: ignore[arg-type]


def _said(result: Result, **days_ago: int) -> tuple[Tried, ...]:
    return tuple(Tried(handle, result, days) for handle, days in days_ago.items())


SHELF: Final = (
    Shelved(
        RUI,
        _draft(
            CLAUDE_CODE,
            "Sort flaky tests in ten minutes",
            "CI is red and nobody knows whether it is their change.",
            "1. Paste the failing test names and ask which of them failed on main in the last week.",
            "2. Ask for a table: test, failed on main, failed here, verdict.",
            "3. Rerun only what is flaky; open a ticket for each with the table's row.",
            link="https://github.example/acme/ci/pull/512",
            watch_out="Needs read access to the CI logs.",
        ),
        CLAUDE_CODE[1],
        96,
        (*_said(YES, linh=61, jonas=33, aoife=48, chiara=21, elif_=26, hugo=12), Tried("oskar", NO, 30)),
        linked=4,
        checked_days_ago=17,
    ),
    Shelved(
        "amara",
        _draft(
            CURSOR,
            "First draft of release notes",
            "A release is due and the list of merged changes is long.",
            "Give it the titles of the merged changes and last month's notes as the example.",
            "Ask for three lines a group: new, fixed, what to do when upgrading. Check every line against its change.",
        ),
        CURSOR[1],
        54,
        _said(YES, iva=35, teo=20, selma=13),
        linked=1,
    ),
    Shelved(
        "pia",
        _draft(
            CLAUDE_CODE,
            "A support ticket into a failing test",
            "A customer describes a bug and the team asks for steps.",
            "Paste the ticket without names and ask for the smallest test that fails for the same reason.",
            "Attach the test to the ticket instead of a description.",
        ),
        CLAUDE_CODE[1],
        3,
    ),
    Shelved(
        "nils",
        _draft(
            CLAUDE_CODE,
            "Find flaky tests with a bisect",
            "A test fails every few days and nobody knows since when.",
            "Let it write the script for git bisect run, which runs the test twenty times a step.",
            "Start it in the evening; read the first bad change in the morning.",
        ),
        CLAUDE_CODE[1],
        40,
        _said(YES, tariq=22),
    ),
    Shelved(
        "kaja",
        _draft(
            COPILOT,
            "Dependency updates in one batch",
            "Twenty updates wait and each needs its own look.",
            "Group them by changelog: nothing but fixes, new functions, anything that breaks.",
            "Merge the first group together, read the second, plan the third.",
        ),
        COPILOT[1],
        140,
        (*_said(YES, piotr=120, marek=104, zofia=98), Tried("caleb", PARTLY, 95)),
        linked=3,
        measured="Opened to merged: 31 hours before, 9 hours after, 24 updates each; the difference is 14 to 28 hours.",
    ),
    Shelved(
        "greta",
        _draft(
            CLAUDE_CODE,
            "Check a migration before it runs",
            "A migration touches a large table and nobody wants to be paged.",
            "Give it the migration and the table's size; ask for locks taken, how long, and the way back.",
            "Ask for the two steps it would split it into, and compare with the runbook.",
            watch_out="It does not know your replication lag.",
        ),
        CLAUDE_CODE[1],
        75,
        (*_said(YES, hana=51, femi=47, arjun=40), Tried("deniz", PARTLY, 16)),
        linked=2,
    ),
    Shelved(
        "noor",
        _draft(
            CLAUDE_CODE,
            "Sum up an incident for the review",
            "The channel has four hundred messages and the review is tomorrow.",
            "Export the channel, take names out, ask for a timeline with what was known when.",
            "Mark every line that nobody wrote down as a guess.",
        ),
        CLAUDE_CODE[1],
        45,
        (*_said(YES, emre=30, wen=29), Tried("luis", PARTLY, 11)),
        linked=1,
    ),
    Shelved(
        "carla",
        _draft(
            CURSOR,
            "Draft answers to common tickets",
            "The same ten questions come every day.",
            "Keep the ten best answers in a file; let it adapt one, never write one anew.",
        ),
        CURSOR[1],
        60,
        _said(YES, owen=41, nadia=39, tomas=35, ingrid=28),
    ),
    Shelved(
        "jiho",
        _draft(
            CURSOR,
            "Explain a module before changing it",
            "The last person who knew it has moved on.",
            "Ask for its promises, who calls it, and three questions that the code does not answer.",
        ),
        CURSOR[1],
        80,
        (*_said(YES, leila=60, diego=52), *_said(NO, anya=45, sofia=40, zofia=22)),
    ),
    Shelved(
        "mina",
        _draft(
            CURSOR,
            "A first screen from a design",
            "A new screen needs something to click on this week.",
            "Give it the tokens of the design system and one screen that is right.",
            tried=False,
        ),
        CURSOR[1],
        12,
    ),
    Shelved(
        "ravi",
        _draft(
            CLAUDE_CODE,
            "The failing test before the fix",
            "A bug came back for the second time.",
            "Ask for the test alone, see it fail for the right reason, then ask for the fix.",
        ),
        CLAUDE_CODE[1],
        100,
        _said(YES, hana=95, linh=93),
    ),
    Shelved(
        "arjun",
        _draft(
            CLAUDE_CODE,
            "Ask the warehouse in plain words",
            "A number is needed now and the analyst is on holiday.",
            "Give it the names of the tables and two queries that are known to be right; check its sums against them.",
            watch_out="It joins on names where it should join on ids.",
        ),
        CLAUDE_CODE[1],
        33,
        (*_said(PARTLY, hugo=20, vera=15), Tried("beth", NO, 9)),
    ),
    Shelved(
        "priya",
        _draft(
            COPILOT,
            "A review checklist from past comments",
            "New colleagues make the mistakes that everybody made.",
            "Collect a quarter's review comments, group them, keep the ten that come most often beside the template.",
            shown_as="team",
        ),
        COPILOT[1],
        25,
        _said(YES, anya=10, kofi=8),
    ),
    Shelved(
        "lucia",
        _draft(
            CURSOR,
            "Translate error messages with their place",
            "A message is right in English and odd in four other languages.",
            "Give it the screen, the button that was pressed and the message; ask for two versions and the reason.",
            shown_as="nobody",
        ),
        CURSOR[1],
        18,
        _said(YES, femi=6),
    ),
)
