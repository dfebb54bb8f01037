"""The weekly note from the first question to the last button, on the strict local Slack."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs import digests
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from storage import outbox
from storage.choices import settings_of
from tests.e2e.harness import Stage, Transport, only_over, staged, texts, until
from tests.jobs.delivering import Clock, deliver
from tests.weeks import DUE, ITEMS, paid_rows, plant

transport = only_over("socket")

THURSDAY = datetime(2026, 11, 12, 9, 40, tzinfo=UTC)
COST = "*Cost:* $61.10 billed, more than usual for you; $37.00 of it on Tuesday."
LOCK = ":lock: Only you can see this."
QUESTION = "*A short note once a week?*"


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The bot's clock."""
    return Clock(THURSDAY)


@pytest.fixture(scope="module")
def stage(transport: Transport, new_database: Callable[[], str], clock: Clock) -> Iterator[Stage]:
    """A bot whose clock is moved."""
    with staged(LocalSlack(), new_database(), transport, now=clock) as made:
        yield made


@pytest.fixture(autouse=True)
def _thursday(clock: Clock) -> None:
    clock.at = THURSDAY


def with_week(stage: Stage) -> str:
    """Let somebody switch on who has finished work and cost in week 46."""
    user = stage.someone_on(tz="Europe/Berlin")
    viewer = stage.viewer(user)
    assert viewer is not None
    plant(stage.services.database, viewer, paid_rows(), ITEMS)
    return user


def chosen(stage: Stage, user: str) -> dict[str, str]:
    viewer = stage.viewer(user)
    assert viewer is not None
    with stage.services.database.reading() as session:
        return settings_of(session, viewer.person_id)


def notes(stage: Stage, user: str, clock: Clock, at: datetime = DUE) -> list[Shown]:
    """Let the note's hour come and return what the bot wrote to *user* of its own accord."""
    clock.at, mark = at, stage.slack.mark()
    digests.run(stage.services)
    clock.at = at + timedelta(minutes=1)  # those of the same hour go a second after each other
    assert until(lambda: _sent(stage))
    return [shown for shown in stage.slack.shown_to(user, mark) if shown.surface == "dm"]


def _sent(stage: Stage) -> bool:
    """Send what is due; return whether nothing of it is left, in the hands of the bot itself either."""
    deliver(stage.services)
    with stage.services.database.reading() as session:
        left = outbox.states(session)
    return not left.get(outbox.PLANNED) and not left.get(outbox.SENDING)


def test_who_is_new_is_asked_and_gets_nothing_before_they_choose(stage: Stage, clock: Clock) -> None:
    user = with_week(stage)

    assert QUESTION in texts(stage.ask(user))
    assert notes(stage, user, clock) == []
    clock.at = THURSDAY + timedelta(days=14)
    assert QUESTION in texts(stage.ask(user))
    clock.at = THURSDAY + timedelta(days=15)
    assert QUESTION not in texts(stage.ask(user))


def test_from_the_question_to_the_opened_note(stage: Stage, clock: Clock) -> None:
    user = with_week(stage)
    answer = stage.press(user, stage.ask(user), "Yes, behind a button")
    (note,) = notes(stage, user, clock)
    opened = stage.press(user, note, "Show it to me")

    assert "You chose: Yes, behind a button." in texts(answer)
    assert "The next one comes Tue 17 Nov, 09:00, or up to 36 hours later when a source is late." in texts(answer)
    assert QUESTION not in texts(stage.ask(user))
    assert not any(char.isdigit() for char in texts(note))
    assert note.user_ids == (user,)
    assert opened.raw["response_type"] == "ephemeral"
    assert COST in texts(opened)
    assert "*Finished:* 2 changes, 1 ticket" in texts(opened)
    assert LOCK in texts(opened)


def test_the_opened_note_agrees_with_the_answer_to_the_command(stage: Stage, clock: Clock) -> None:
    user = with_week(stage)
    stage.press(user, stage.ask(user, "digest"), "Yes, with figures in the message")
    (note,) = notes(stage, user, clock)
    clock.at = datetime(2026, 11, 16, 12, tzinfo=UTC)  # the seven days before it are those of the week
    week = texts(stage.ask(user, "week"))

    assert COST in texts(note)
    assert "*$61.10 billed*" in week
    assert "*2 changes finished*" in week
    assert "*1 ticket closed*" in week


def test_every_button_of_the_note_works(stage: Stage, clock: Clock) -> None:
    user = with_week(stage)
    stage.press(user, stage.ask(user, "digest"), "Yes, with figures in the message")
    (note,) = notes(stage, user, clock)

    assert "Your last four weeks" in texts(stage.press(user, note, "Details"))
    assert QUESTION in texts(stage.press(user, note, "Change or stop"))
    assert "nobody else sees it" in texts(stage.press(user, note, "Useful"))
    assert chosen(stage, user)["digest_useful"] == "2026-W46 yes"
    assert "nobody else sees it" in texts(stage.press(user, note, "Not useful"))
    assert chosen(stage, user)["digest_useful"] == "2026-W46 no"


def test_the_weekday_and_the_hour_can_be_chosen(stage: Stage, clock: Clock) -> None:
    user = with_week(stage)
    asked = stage.press(user, stage.ask(user, "digest"), "Yes, behind a button")
    friday = stage.press(user, asked, "mytokens-digest-day", option="digest-day friday")
    afternoon = stage.press(user, friday, "mytokens-digest-hour", option="digest-hour 16")

    assert "The next one comes Fri 13 Nov, 09:00" in texts(friday)
    assert "The next one comes Fri 13 Nov, 16:00" in texts(afternoon)
    assert notes(stage, user, clock, DUE) == []
    assert len(notes(stage, user, clock, datetime(2026, 11, 20, 15, tzinfo=UTC))) == 1


def test_a_rest_of_four_weeks_can_be_taken_and_ended(stage: Stage, clock: Clock) -> None:
    user = with_week(stage)
    asked = stage.press(user, stage.ask(user, "digest"), "Yes, behind a button")
    rests = stage.press(user, asked, "Rest for four weeks")
    nothing = notes(stage, user, clock)
    awake = stage.press(user, stage.ask(user, "digest"), "Wake it up now")

    assert "It rests; the next one comes Tue 15 Dec, 09:00." in texts(rests)
    assert nothing == []
    assert "The next one comes Tue 24 Nov, 09:00" in texts(awake)
    assert len(notes(stage, user, clock)) == 1


def test_stopping_ends_it(stage: Stage, clock: Clock) -> None:
    user = with_week(stage)
    asked = stage.press(user, stage.ask(user, "digest"), "Yes, behind a button")
    stopped = stage.press(user, asked, "mytokens-digest:none")

    assert "You chose: No." in texts(stopped)
    assert notes(stage, user, clock) == []


def test_after_four_quiet_weeks_one_line_with_two_buttons(stage: Stage, clock: Clock) -> None:
    user = stage.someone_on(tz="Europe/Berlin")
    stage.press(user, stage.ask(user, "digest"), "Yes, behind a button")
    written = [note for week in range(4) for note in notes(stage, user, clock, DUE + timedelta(weeks=week))]
    (line,) = written
    kept = stage.press(user, line, "Keep it")
    stopped = stage.press(user, line, "Stop")
    later = stage.press(user, line, "Keep it")

    assert "Nothing to report for four weeks, so I kept quiet. The note is still on." in texts(line)
    assert "It stays on. The next one comes Tue 15 Dec, 09:00" in texts(kept)
    assert "You chose: No." in texts(stopped)
    assert "You chose: No." in texts(later)


def test_a_button_of_last_year_says_that_the_week_is_gone(stage: Stage, clock: Clock) -> None:
    user = with_week(stage)
    stage.press(user, stage.ask(user, "digest"), "Yes, behind a button")
    (note,) = notes(stage, user, clock)
    twice = [texts(stage.press(user, note, "Show it to me")) for _ in range(2)]
    clock.at = DUE + timedelta(days=365)
    late = texts(stage.press(user, note, "Show it to me"))

    assert all(COST in each for each in twice)
    assert "The week of 9 Nov 2026 is too long ago: days are kept for 15 weeks." in late
    assert "$" not in late


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("digest", "everything"),
        ("digest-day", "caturday"),
        ("digest-day", "7"),
        ("digest-hour", "3"),
        ("digest-hour", "99"),
        ("digest-snooze", "for ever"),
        ("digest-useful", "2026-W46"),
        ("digest-useful", "2099-W01 yes"),
        ("digest-useful", "2026-W45 maybe"),
        ("digest-show", "2099-W01"),
        ("digest-show", "U01ANA"),
        ("digest-keep", "2026-W46"),
    ],
)
def test_a_forged_value_changes_nothing(stage: Stage, word: str, value: str) -> None:
    user = stage.someone_on()
    stage.press(user, stage.ask(user, "digest"), "Yes, behind a button")
    before = chosen(stage, user)
    mark = stage.slack.mark()
    stage.answer(user, mark, stage.slack.forge_action(user, f"mytokens-{word}", value))

    assert chosen(stage, user) == before


def test_who_presses_somebody_elses_note_reads_their_own(stage: Stage, clock: Clock) -> None:
    ana, mo = with_week(stage), stage.someone_on()
    stage.press(ana, stage.ask(ana, "digest"), "Yes, behind a button")
    notes(stage, ana, clock)
    mark = stage.slack.mark()
    answer = stage.answer(mo, mark, stage.slack.forge_action(mo, "mytokens-digest-show:2026-W46", "2026-W46"))

    assert "*Cost:* no use of yours has arrived for this week." in texts(answer)
    assert "Retry" not in texts(answer)
    stage.answer(mo, mark, stage.slack.forge_action(mo, "mytokens-digest:none", "none"))
    assert chosen(stage, ana)["digest"] == "button"


def test_a_choice_that_is_sent_twice_is_made_once(stage: Stage, clock: Clock) -> None:
    """Slack delivers a press again after the person has changed their mind: it stays changed."""
    user = with_week(stage)
    asked = stage.ask(user, "digest")
    first = stage.slack.click(user, asked, "Yes, behind a button")
    stage.settle()
    stage.press(user, stage.ask(user, "digest"), "mytokens-digest:none")
    stage.slack.repeat(first)
    stage.settle()

    assert chosen(stage, user)["digest"] == "none"
    assert notes(stage, user, clock) == []


def test_home_asks_who_is_new_and_has_every_switch_in_a_window(stage: Stage) -> None:
    user = stage.someone_on(tz="Europe/Berlin")
    home = opened_home(stage, user)
    window = stage.press(user, home, "Weekly note and counting")
    stage.slack.click(user, modal(stage, user), "Yes, behind a button")
    stage.settle()
    stage.slack.click(user, modal(stage, user), "mytokens-digest-day", option="digest-day monday")
    stage.settle()

    assert QUESTION in texts(home)
    assert QUESTION in texts(window)
    assert "The next one comes Mon 16 Nov, 09:00" in texts(modal(stage, user))
    assert QUESTION not in texts(opened_home(stage, user))
    assert "*Weekly note*\nYes, behind a button" in texts(opened_home(stage, user))


def opened_home(stage: Stage, user: str) -> Shown:
    mark = stage.slack.mark()
    stage.slack.open_home(user)
    stage.settle()
    return [shown for shown in stage.slack.shown_to(user, mark) if shown.surface == "home"][-1]


def modal(stage: Stage, user: str) -> Shown:
    return [shown for shown in stage.slack.shown_to(user) if shown.surface == "modal"][-1]
