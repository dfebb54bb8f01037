"""Finished work before cost: the answer, its list, and what a person says is not theirs alone."""

from datetime import date, timedelta
from typing import Any, Final

import pytest
from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.outcomes.links import StatedLink
from bot.domain.outcomes.work import FinishedItem, OwnItem
from bot.domain.people import Viewer
from bot.domain.usage import UsageRow
from bot.playground.shown import Shown
from handlers.mytokens import WORDS
from storage.ids import source_id
from storage.own_marks import own_marks
from storage.retention import add_to_months
from tests.cast import row
from tests.domain.outcomes.cast import USD, ago, change, own, ticket
from tests.e2e.harness import Stage, everything_stored, only_over, texts
from tests.finished import plant, plant_usage

transport = only_over("socket")

NOT_MINE, MINE = "Not mine", "Mine after all"
JOB: Final = "nightly-triage"


def titled(item: FinishedItem, title: str) -> OwnItem:
    return replace(own(item, title), link=f"https://github.example/{item.reference.replace('#', '/pull/')}")


def billed(dollars: int, back: int, **known: Any) -> UsageRow:
    return row(day=ago(back), billed_nano_usd=dollars * USD, **known)


ITEMS: Final = [
    titled(change(425, ago(20), ai_evidence="shown"), "Faster checkout page"),
    titled(change(426, ago(20), came_back_on=ago(12)), "Cache the rates"),
    titled(change(431, ago(7), ai_evidence="shown"), "Retry on 429"),
    titled(change(432, ago(6), accepted=False), "Fix a typo"),
    titled(ticket(12, ago(7)), "Checkout is slow"),
]
COUNTS: Final = (
    "*3 changes finished*, 2 show AI help\n"
    "1 has stayed for 14 days · 1 came back · 1 is too new to say\n"
    "*1 ticket closed*\n"
    "Not counted: 1 that nobody else accepted"
)
USAGE: Final = [billed(20, 25), billed(10, 40), billed(6, 3, run_kind="schedule", work=JOB)]


def on(stage: Stage) -> tuple[str, Viewer]:
    user = stage.someone_on()
    viewer = stage.viewer(user)
    assert viewer is not None
    return user, viewer


@pytest.fixture
def finisher(stage: Stage) -> str:
    """Somebody with three changes, a ticket, $26.00 of the last four weeks and $10.00 of those before."""
    user, viewer = on(stage)
    stated = [StatedLink("acme/api#431", billed(3, 8, run_kind="schedule", work="fixer"))]
    plant(stage.services, viewer, ITEMS, stated)
    plant_usage(stage.services, viewer, USAGE)
    return user


def first_lines(shown: Shown) -> list[str]:
    sections = [block["text"]["text"] for block in shown.blocks if block["type"] == "section" and "text" in block]
    return [text.partition("\n")[0] for text in sections]


def marks_of(stage: Stage, user: str) -> set[str]:
    viewer = stage.viewer(user)
    assert viewer is not None
    with stage.services.database.reading() as session:
        marks = own_marks(session, viewer.person_id)
    return set(marks.not_mine | marks.shared_jobs)


def test_the_answer_opens_with_what_was_finished_and_then_says_what_it_cost(stage: Stage, finisher: str) -> None:
    shown = stage.ask(finisher)

    assert COUNTS in texts(shown)
    assert first_lines(shown)[0] == "*3 changes finished*, 2 show AI help"
    assert first_lines(shown)[1].startswith("*$26.00 billed*.")
    assert "ccusage from laptop to yesterday" in texts(shown)
    assert "GitHub to this morning" in texts(shown)
    assert not any(character.isdigit() for character in shown.text)


@pytest.mark.parametrize("words", ["", "week", "12w", "month", "2026-10"])
def test_at_most_six_blocks_stand_between_the_title_and_the_small_print(
    stage: Stage, finisher: str, words: str
) -> None:
    kinds = [block["type"] for block in stage.ask(finisher, words).blocks]

    assert kinds[0] == "header"
    assert kinds.index("context") - 1 <= 6
    assert kinds[-1] == "actions"


def test_every_period_counts_its_own_items(stage: Stage, finisher: str) -> None:
    assert "*1 change finished*, 1 shows AI help\n1 is too new to say\n*1 ticket closed*" in texts(
        stage.ask(finisher, "week")
    )
    assert "*2 changes finished*, 1 shows AI help" in texts(stage.ask(finisher, "2026-10"))


def test_without_a_source_of_finished_work_the_answer_opens_with_cost_and_says_what_is_needed(stage: Stage) -> None:
    user, viewer = on(stage)
    plant_usage(stage.services, viewer, [billed(41, 3)])
    shown = stage.ask(user)

    assert first_lines(shown)[0] == "*$41.00 billed*."
    assert "I can't see finished work for you yet: no ticket system or repository is connected." in texts(shown)
    assert "finished change" not in texts(stage.ask(user, "12w"))


def test_finished_work_is_shown_before_any_usage_has_arrived(stage: Stage) -> None:
    user, viewer = on(stage)
    plant(stage.services, viewer, ITEMS)
    shown = texts(stage.ask(user))

    assert COUNTS in shown
    assert "so there is no cost to show." in shown


def test_nothing_finished_is_said_without_blame(stage: Stage) -> None:
    user, viewer = on(stage)
    plant(stage.services, viewer, [])
    plant_usage(stage.services, viewer, [billed(41, 3)])
    shown = stage.ask(user)

    assert first_lines(shown)[0] == "*$41.00 billed*."
    assert "No finished work is recorded for these days (GitHub)." in texts(shown)


def stayed_in_twelve_weeks() -> list[OwnItem]:
    """Nineteen changes that stayed, one or two in each week from 10 August to 1 November."""
    mondays = [date(2026, 8, 10) + timedelta(weeks=week) for week in range(12)]
    days = [day for week, day in enumerate(mondays) for day in [day] * (1 if week in {1, 3, 5, 7, 10} else 2)]
    return [titled(change(number, day), f"Change {number}") for number, day in enumerate(days)]


def test_twelve_weeks_add_the_cost_per_change_worked_out_by_hand(stage: Stage) -> None:
    """$400 of use and $31 of a seat over 19. Half of chi-square at 5 and 95 %: 19 may be 12.44 to 27.88.

    431 / 27.88 = 15.46, 431 / 19 = 22.68, 431 / 12.44 = 34.64. What was spent after 1 November is in
    the sum of the twelve weeks to yesterday, and not in that of the settled weeks.
    """
    user, viewer = on(stage)
    plant(stage.services, viewer, stayed_in_twelve_weeks())
    seat = billed(31, 60, tool="copilot", tier="seat")
    plant_usage(stage.services, viewer, [billed(400, 60), seat, billed(50, 3)])
    shown = texts(stage.ask(user, "12w"))

    assert "*$481.00 billed*, $31.00 of it seats." in shown
    assert (
        "*AI cost per finished change: about $23, likely $15-35.* All your AI cost ($431 billed, seats included) "
        "divided by all 19 changes that stayed, with or without AI; 10 Aug to 1 Nov."
    ) in shown
    assert "per finished change" not in texts(stage.ask(user))


def test_twelve_weeks_with_few_changes_say_how_many_there_are_so_far(stage: Stage, finisher: str) -> None:
    assert "Too few for a cost per change: 1 so far, from 5." in texts(stage.ask(finisher, "12w"))


def test_what_is_not_tied_to_finished_work_is_a_range(stage: Stage) -> None:
    """Of $120 that name a repository $60 were spent there at most three days before a change."""
    user, viewer = on(stage)
    plant(stage.services, viewer, [titled(change(1, ago(8)), "One")])
    plant_usage(stage.services, viewer, [billed(60, 9, work="acme/api"), billed(60, 20, work="acme/web")])

    assert "$60-120 of what was billed is not tied to finished work yet." in texts(stage.ask(user))


def test_the_list_has_each_item_with_its_state_and_its_cost(stage: Stage, finisher: str) -> None:
    shown = stage.press(finisher, stage.ask(finisher), "See the list")

    assert (shown.surface, shown.text) == ("modal", "Finished work")
    assert first_lines(shown) == [
        "*3 changes finished*",
        "<https://github.example/PAY-12|Checkout is slow> · PAY-12 · closed 12 Nov · too new to say · \N{EN DASH}",
        "<https://github.example/acme/api/pull/431|Retry on 429> · acme/api#431 · merged 12 Nov · too new to say · "
        "shows AI help · about $3 of AI, billed",
        "<https://github.example/acme/api/pull/425|Faster checkout page> · acme/api#425 · merged 30 Oct · "
        "stayed for 14 days · shows AI help · \N{EN DASH}",
        "<https://github.example/acme/api/pull/426|Cache the rates> · acme/api#426 · merged 30 Oct · "
        "came back 7 Nov · \N{EN DASH}",
        "*Not counted:* nobody else accepted it.",
        "<https://github.example/acme/api/pull/432|Fix a typo> · acme/api#432 · merged 13 Nov",
    ]


def test_the_list_opens_at_once_and_is_filled(stage: Stage, finisher: str) -> None:
    answer, before = stage.ask(finisher), stage.slack.mark()
    filled = stage.press(finisher, answer, "See the list")
    opened = stage.slack.shown_to(finisher, before)[0]

    assert "One moment, your figures are coming." in texts(opened)
    assert filled.view_id == opened.view_id


def press_beside(stage: Stage, user: str, shown: Shown, words: str) -> Shown:
    """Press the button of the line that has *words* in it."""
    blocks = [block for block in shown.blocks if words in str(block.get("text")) and "accessory" in block]
    return stage.press(user, shown, blocks[0]["accessory"]["action_id"])


def test_not_mine_takes_an_item_out_at_once_and_mine_after_all_brings_it_back(stage: Stage, finisher: str) -> None:
    opened = stage.press(finisher, stage.ask(finisher), "See the list")
    without = press_beside(stage, finisher, opened, "Retry on 429")
    counted = texts(stage.ask(finisher))
    again = press_beside(stage, finisher, without, "Retry on 429")

    assert without.view_id == again.view_id == opened.view_id
    assert "*2 changes finished*" in texts(without)
    assert texts(without).index("*Not yours, as you said:*") < texts(without).index("Retry on 429")
    assert "*2 changes finished*, 1 shows AI help" in counted
    assert first_lines(again) == first_lines(opened)
    assert COUNTS in texts(stage.ask(finisher))
    assert marks_of(stage, finisher) == set()


def test_a_late_repeat_of_not_mine_does_not_undo_what_came_after(stage: Stage, finisher: str) -> None:
    opened = stage.press(finisher, stage.ask(finisher), "See the list")
    block = next(block for block in opened.blocks if "Retry on 429" in str(block.get("text")))
    delivery = stage.slack.click(finisher, opened, block["accessory"]["action_id"])
    stage.settle()
    press_beside(stage, finisher, stage.slack.shown_to(finisher)[-1], "Retry on 429")
    stage.slack.repeat(delivery)
    stage.settle()

    assert marks_of(stage, finisher) == set()


@pytest.mark.parametrize("word", ["not-my-work", "my-work", "shared-job", "own-job"])
def test_forged_keys_mark_nothing_of_anybody(stage: Stage, finisher: str, word: str) -> None:
    thief, viewer = on(stage)
    plant(stage.services, viewer, ITEMS)  # what both of them have is still each one's own to mark
    plant_usage(stage.services, viewer, USAGE)
    answer = stage.ask(finisher)
    opened = stage.press(finisher, answer, "See the list")
    keys = [block["accessory"]["value"] for block in [*answer.blocks, *opened.blocks] if "accessory" in block]
    stored = [line for line in everything_stored(stage.services.database).splitlines() if "own_mark" in line]
    for value in [
        *keys,
        "4w 1 acme/api#431",
        "4w 1 ",
        "4w acme/api#431",
        f"4w {JOB}",
        "",
        "- - -",
        "4w ٣ x",
        "x" * 2000,
    ]:
        stage.slack.forge_action(thief, f"mytokens-{word}:1", value)
        stage.slack.forge_action(thief, f"mytokens-{word}:1", value, view={"id": opened.view_id, "type": "modal"})
    stage.settle()

    assert len(keys) >= 6
    assert (marks_of(stage, finisher), marks_of(stage, thief)) == (set(), set())
    after = [line for line in everything_stored(stage.services.database).splitlines() if "own_mark" in line]
    assert after == stored


def test_a_shared_job_leaves_ones_own_sum_and_comes_back(stage: Stage, finisher: str) -> None:
    shared = stage.press(finisher, stage.ask(finisher), "Shared job")
    twelve = texts(stage.ask(finisher, "12w"))
    mine = stage.press(finisher, stage.ask(finisher), MINE)

    assert "*$20.00 billed*." in texts(shared)
    assert f"Shared jobs, not in your sum: {JOB} $6.00 billed" in texts(shared)
    assert "*$30.00 billed*." in twelve
    assert "*$26.00 billed*." in texts(mine)
    assert marks_of(stage, finisher) == set()


def test_a_shared_job_leaves_the_sum_of_its_day_too(stage: Stage, finisher: str) -> None:
    day = ago(3).isoformat()
    shared = stage.press(finisher, stage.ask(finisher, f"why {day}"), "Shared job")
    mine = stage.press(finisher, shared, MINE)

    assert "no cost of your own: only shared jobs ran." in texts(shared)
    assert f"{JOB} $6.00 billed" in texts(shared)
    assert "Monday 16 November: $6.00 billed" in texts(mine)


def test_days_on_which_only_shared_jobs_ran_have_no_cost_of_ones_own(stage: Stage, finisher: str) -> None:
    stage.press(finisher, stage.ask(finisher), "Shared job")

    assert "*No cost of your own*: in these days only shared jobs ran." in texts(stage.ask(finisher, "week"))


def test_a_shared_job_is_not_in_a_budget_of_ones_own(stage: Stage, finisher: str) -> None:
    stage.ask(finisher, "budget $5")
    before = texts(stage.ask(finisher, "budget"))
    stage.press(finisher, stage.ask(finisher), "Shared job")
    after = texts(stage.ask(finisher, "budget"))

    assert "November so far: $6.00 billed, above it." in before
    assert "above it" not in after


def test_of_months_without_job_names_it_is_said_that_shared_jobs_are_in_the_sum(stage: Stage, finisher: str) -> None:
    viewer = stage.viewer(finisher)
    assert viewer is not None

    def remember(session: Session) -> None:
        july = row(day=date(2026, 7, 1), billed_nano_usd=70 * USD, source_id=source_id(session, "ccusage", "old"))
        add_to_months(session, viewer, [july])

    stage.services.database.writing(remember)
    before = texts(stage.ask(finisher, "2026-07"))
    stage.press(finisher, stage.ask(finisher), "Shared job")
    after = texts(stage.ask(finisher, "2026-07"))

    assert "*$70.00 billed*." in before
    assert "job names" not in before
    assert "Of days this old no job names are kept, so shared jobs are in this sum." in after


def test_of_several_jobs_one_is_chosen_from_a_list(stage: Stage) -> None:
    user, viewer = on(stage)
    jobs = [billed(number, number, run_kind="schedule", work=f"job-{number}") for number in (1, 2, 3)]
    plant_usage(stage.services, viewer, [*jobs, billed(20, 5)])
    shown = stage.press(user, stage.ask(user), "mytokens-jobs", option="Shared job: job-2")

    assert "*$24.00 billed*." in texts(shown)
    assert "Shared jobs, not in your sum: job-2 $2.00 billed" in texts(shown)


def test_home_opens_with_finished_work_and_follows_a_mark(stage: Stage, finisher: str) -> None:
    stage.slack.open_home(finisher)
    stage.settle()
    home = [each for each in stage.slack.shown_to(finisher) if each.surface == "home"][-1]
    stage.press(finisher, home, "See the list")
    opened = [each for each in stage.slack.shown_to(finisher) if each.surface == "modal"][-1]
    mark = stage.slack.mark()
    press_beside(stage, finisher, opened, "Retry on 429")
    followed = [each for each in stage.slack.shown_to(finisher, mark) if each.surface == "home"][-1]

    assert first_lines(home)[0] == "*3 changes finished*, 2 show AI help"
    assert first_lines(followed)[0] == "*2 changes finished*, 1 shows AI help"


def test_privacy_says_how_many_items_are_kept(stage: Stage, finisher: str) -> None:
    assert "4 changes, 1 ticket (link, title, date)" in texts(stage.ask(finisher, "privacy"))


def test_reading_finished_work_writes_nothing(stage: Stage, finisher: str) -> None:
    before = everything_stored(stage.services.database)
    for words in ("", "12w", "why", "privacy", "2026-10"):
        stage.ask(finisher, words)
    stage.press(finisher, stage.ask(finisher), "See the list")

    assert everything_stored(stage.services.database) == before


def test_every_new_word_is_a_button_alone() -> None:
    words = ("finished", "not-my-work", "my-work", "shared-job", "own-job")

    assert [WORDS[word].typed for word in words] == [False] * 5
    assert [WORDS[word].changes for word in words] == [False, True, True, True, True]
