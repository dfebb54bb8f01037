"""The friendly no to a ranking: why there is none, and what there is instead."""

from typing import Final

from bot.domain.released import FourthWeek
from bot.domain.report.content import CompanyReport
from bot.views.blocks import Block, Message, actions, button, context, header, section
from bot.views.report import shared_blocks
from bot.views.team_digest import TEAM
from bot.views.team_figures import NOT_SHOWN, cost_text, counted_text

NOTIFICATION: Final = "About a ranking."
PAGE_TITLE: Final = "Why no ranking"
_NO: Final = (
    "*There is no ranking here, and no setting for one.* Where AI use was ranked, people ran pointless agents to "
    "climb. In one large study the heaviest tenth used about ten times the tokens of the median for about twice the "
    "output."
)
# The page in short; docs/why-no-leaderboard.md has the sources.
_PAGE: Final = (
    "*What is counted gets made.* A count of tokens rises with idle agents, longer conversations and a larger model, "
    "whatever comes of it. Companies that ranked use took the ranking down after people had run agents for nothing.",
    "*More use is not as much more work.* In one large study the heaviest tenth used about ten times the tokens of the "
    "median for about twice the output: an association, since heavy users do other work too.",
    "*A rank harms also where it is private.* In an experiment with 1,754 salespeople, taking rank feedback away "
    "raised sales by 11 %. In a review of 607 effects of feedback more than a third lowered performance, the more "
    "so the more it was about the person and not the task.",
    "*Watching brings nothing.* Over 94 samples with 23,461 people, being monitored went with no better performance "
    "and with more stress.",
    "*A small group is no veil.* In a team of eight the dearest person is about half of the sum, so a team's number is "
    "that person's.",
    "*What there is instead:* what was finished and stayed, by repository and project; what a change that stayed cost "
    "the whole company; and methods that other teams took over.",
)


def friendly_no() -> Message:
    """Return the answer to who asks for a ranking, in any word for one."""
    return Message(
        NOTIFICATION,
        [
            section(_NO),
            section("*What you can have:*"),
            actions(
                button("Is it paying off? The four-week report", "paying-off", command=TEAM),
                button("What worked, and where it could go next", "find", command="usecase"),
                button("Why no ranking (one page)", "why-no-ranking", command=TEAM),
            ),
            context("Nobody is counted in this answer, and only you read it."),
        ],
    )


def paying_off(fourth: FourthWeek | None, report: CompanyReport | None = None) -> Message:
    """Return what was last released about the whole company for everybody in it, or that nothing is shown."""
    about = context("Released once, the same for everybody; only you read this answer.")
    shared = shared_blocks(report) if report is not None else []
    if fourth is None or fourth.per_change is None:
        return Message(NOTIFICATION, [*(shared or [section(NOT_SHOWN)]), about], beside=True)
    company = FourthWeek(fourth.first, fourth.last, None, fourth.per_change, None, None, fourth.log_mark)
    text = cost_text(company).removeprefix(NOT_SHOWN).strip()
    return Message(NOTIFICATION, [section(text), context(counted_text(company)), *shared, about], beside=True)


def why_no_ranking() -> list[Block]:
    """Return the page for its window."""
    return [header("Why there is no ranking"), *(section(text) for text in _PAGE)]
