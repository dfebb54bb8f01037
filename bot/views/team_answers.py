"""What is said around a team's digest: the last one, a made-up one, none yet, and that an answer is noted."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from bot.domain.outcomes.flow import Flow, Part, Spread
from bot.domain.team_digest import KindWeek, LibraryLine, TeamDigest, ToldBy
from bot.domain.teams import Team
from bot.views.blocks import Block, Message, Twin, actions, button, context, foreign, section
from bot.views.team_digest import TEAM, digest_parts

ABOUT: Final = "About your team's digest."
_STAYED: Final = (8, 11, 9, 12, 7, 10, 8, 12, 11, 9, 10, 9)
_MOST_OTHERS: Final = 5


def last_digest(parts: Sequence[Block | Twin], others: Sequence[tuple[str, int]]) -> Message:
    """Return the last digest of one of the asker's teams, with a button for each of the *others* (name and id)."""
    more = [button(name, "last", str(team_id), command=TEAM) for name, team_id in others[:_MOST_OTHERS]]
    return Message(ABOUT, [*parts, *([actions(*more)] if more else [])])


def no_team() -> Message:
    """Return what somebody reads who is in no team that gets digests."""
    text = (
        "*You are in no team that gets a digest.* Whoever leads one sets it up; it is about repositories and projects, "
        "not about people."
    )
    return _said(text, button("Set one up", "create", command=TEAM))


def none_yet(team: Team) -> Message:
    """Return what somebody reads whose team has had no digest."""
    from_whom = f"*{foreign(team.name, 60)} has had no digest yet.* The first comes after its next week that is over."
    return _said(from_whom)


def noted() -> Message:
    """Return the answer to [Useful] and [Not useful]."""
    said = "Noted. Nobody in your team, nor its lead, sees who said it."
    return Message(ABOUT, [section(said), context("Only you read this.")], beside=True)


def _said(text: str, *buttons: Block) -> Message:
    example = button("See an example", "example", command=TEAM)
    return Message(ABOUT, [section(text), context("Only you read this."), actions(*buttons, example)])


def example(monday: date) -> Message:
    """Return a digest of a made-up team for the week of *monday*, which says that it is one."""
    digest = example_digest(monday)
    first = section("*An example. The team and every figure in it are made up.*")
    about = context(
        "Made up, to show what a digest looks like. A real one is about repositories, not people, and is read by "
        "everybody in the team; nobody is counted in it."
    )
    row = actions(button("Set one up", "create", command=TEAM))
    return Message("An example of a team's digest.", [first, *digest_parts(digest), about, row])


def example_digest(monday: date) -> TeamDigest:
    """Return the made-up digest."""
    weeks = [monday - timedelta(weeks=2 + back) for back in reversed(range(len(_STAYED)))]
    changes = KindWeek("change", 11, 9, 1, (8, 12), tuple(zip(weeks, _STAYED, strict=True)))
    flow = Flow(Spread(240, 180, 360, 120), Spread(1260, 900, 1800, 120), Part(1, 11), Spread(85, 30, 210, 120))
    return TeamDigest(
        team="Harbour (made up)",
        monday=monday,
        places=("example/quay", "example/crane"),
        kinds=(changes, KindWeek("ticket", 6)),
        flow=flow,
        told_by=(ToldBy("github", "example", monday + timedelta(days=6)),),
        worth_borrowing=(LibraryLine("", "Sort flaky tests in ten minutes", "another team", 7, 6, 3),),
    )
