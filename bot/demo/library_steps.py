"""The tour's steps about use cases: one is tried and its author hears of it, and one is shared without its key."""

from typing import Final

from bot.demo.company.library import RUIS_MESSAGE
from bot.demo.seats import AS_ANA, PLATFORM, RUI
from bot.playground.page.story import Step

_KEY: Final = RUIS_MESSAGE.splitlines()[2].partition("read them")[2]
_HOW: Final = "How do you do it?"

LIBRARY: Final = (
    Step(
        "Ana tries what worked",
        (
            *AS_ANA,
            ("as", "right", RUI),
            ("open", "right", "messages"),
            ("type", "left", "/usecase find red CI"),
            ("wait", "left", "who tried it said it worked"),
            ("press", "left", "I'll try it"),
            ("wait", "left", "I'll ask once"),
            ("clock", "week"),
            ("open", "left", "messages"),
            ("wait", "left", "did it work?"),
            ("press", "left", "Yes", "if there"),
            ("wait", "left", "A line for Rui?"),
            ("clock", "digest"),
            ("wait", "right", "used Sort flaky tests in ten minutes last week"),
        ),
        "One question after a week. Rui, on the right, hears how many used it, and no name.",
        "Worth borrowing",
    ),
    Step(
        "Rui shares a trick",
        (
            *AS_ANA,
            ("as", "right", RUI),
            ("open", "right", PLATFORM),
            ("share", "right", "Tell slow steps", "Share as a use case"),
            ("wait", "right", "What does it do?"),
            ("press", "right", "Check and share"),
            ("wait", "right", "Line 3 looks like an access key."),
            ("cut", "right", _HOW, _KEY),
            ("press", "right", "Check and share"),
            ("wait", "right", "Only you can see this."),
            ("close", "right"),
            ("type", "left", "/usecase find pipeline"),
            ("wait", "left", "Tell slow steps of the pipeline from stuck ones"),
        ),
        "A key in his message is found before anybody else sees it. Then Ana finds the card.",
    ),
)
