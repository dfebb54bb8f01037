"""A team's digest from its hour to its last button, on the strict local Slack: for the lead and for who is off."""

from collections.abc import Callable, Iterator

import pytest

from bot.jobs import team_digests
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from storage import outbox
from tests.e2e.harness import Stage, Transport, staged, texts, until
from tests.jobs.delivering import Clock, deliver
from tests.team_company import DUE, USERS, billed, everybody_counted, founded, team_of, worked

MO, ANA, RUI, VERA = "U01MO", "U01ANA", "U01RUI", "U01VERA"
COST = "*Usual AI cost of Engineering, 5 Oct to 1 Nov:* $1,480-2,220"


@pytest.fixture(scope="module")
def stage(transport: Transport, new_database: Callable[[], str]) -> Iterator[Stage]:
    """A bot to whom the small company's week has come; its team's digest is out."""
    with staged(LocalSlack(USERS), new_database(), transport, now=Clock(DUE)) as made:
        database = made.services.database
        founded(database)
        worked(database)
        everybody_counted(database)
        billed(database, 2000)
        team_of(database)
        team_digests.run(made.services)
        assert until(lambda: _sent(made))
        yield made


def _sent(stage: Stage) -> bool:
    deliver(stage.services)
    with stage.services.database.reading() as session:
        left = outbox.states(session)
    return not left.get(outbox.PLANNED) and not left.get(outbox.SENDING)


def note(stage: Stage) -> Shown:
    return next(each for each in stage.slack.shown_to(MO) if each.surface == "dm")


def opened_home(stage: Stage, user: str) -> Shown:
    mark = stage.slack.mark()
    stage.slack.open_home(user)
    stage.settle()
    return [shown for shown in stage.slack.shown_to(user, mark) if shown.surface == "home"][-1]


def asked(stage: Stage, user: str, words: str) -> Shown:
    mark = stage.slack.mark()
    return stage.answer(user, mark, stage.slack.command(user, "/teamdigest", words))


def test_home_of_a_member_who_is_off_has_what_the_lead_got(stage: Stage) -> None:
    message = texts(note(stage)).partition("\n")[2]
    home = texts(opened_home(stage, ANA))

    assert "No usage is collected about you yet" in home
    assert COST in message
    assert message in home
    assert message in texts(asked(stage, ANA, "last"))
    assert "Not my team" in home
    assert "Not my team" not in texts(opened_home(stage, MO))


def test_the_paragraph_opens_as_text_for_those_in_the_team_alone(stage: Stage) -> None:
    row = note(stage)
    window = stage.press(MO, row, "Show as text for my VP")
    mark = stage.slack.mark()
    button = next(e for b in row.blocks for e in b.get("elements", []) if "vp-text" in str(e.get("action_id")))
    stranger = stage.answer(RUI, mark, stage.slack.forge_action(RUI, button["action_id"], button["value"]))

    assert window.surface == "modal"
    assert "In the four weeks to 1 November Payments finished 40 changes" in texts(window)
    assert "Payments" not in texts(stranger)


def test_every_button_of_the_digest_answers(stage: Stage) -> None:
    row = note(stage)
    why = stage.press(MO, row, "Why is something not shown?")
    useful = stage.press(MO, row, "Useful")

    assert "*Not shown.* A figure about cost appears for groups of 18 or more" in texts(why)
    assert "Noted." in texts(useful)
    assert useful.user_ids == (MO,)


@pytest.mark.parametrize("word", ["leaderboard", "rank", "top", "adoption"])
def test_who_asks_for_a_ranking_gets_a_friendly_no(stage: Stage, word: str) -> None:
    answer = asked(stage, VERA, word)

    assert "There is no ranking here, and no setting for one." in texts(answer)
    assert answer.user_ids == (VERA,)


def test_the_buttons_of_the_friendly_no(stage: Stage) -> None:
    answer = asked(stage, VERA, "leaderboard")
    report = stage.press(VERA, answer, "Is it paying off? The four-week report")
    page = stage.press(VERA, answer, "Why no ranking (one page)")

    assert "*All of Larkfield, 10 Aug to 1 Nov:* $" in texts(report)
    assert "Engineering" not in texts(report)
    assert page.surface == "modal"
    assert "What is counted gets made." in texts(page)


def test_an_example_says_that_it_is_one(stage: Stage) -> None:
    assert "An example. The team and every figure in it are made up." in texts(asked(stage, VERA, "example"))
