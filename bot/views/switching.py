"""Switching on, pausing and erasing: what a person decides about themselves."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.domain.period import day_and_month
from bot.views.blocks import Block, Message, actions, button, confirm, context, foreign, section
from bot.views.digest_settings import IN_SLACK, NoteSettings, note_blocks
from bot.views.help import contacts
from bot.views.hints import alarm_blocks
from bot.views.wording import LOCK, listed, plural, provider_name

NOTIFICATION = "About your AI usage."


def first_screen(name: str) -> Message:
    """Return what somebody reads who has not switched anything on."""
    return Message(
        NOTIFICATION,
        [
            section(
                f"*Hi {foreign(name, 40)}. No usage is collected about you yet.*\n"
                "Switch it on to see what you finished, what the AI part cost and where it went."
            ),
            section(
                "*Kept, per day:* tool, model, kinds of tokens, cost, job or repository name. Where your company "
                "connects them, your merged changes and closed tickets: link, title, date.\n"
                "*Never kept:* what you wrote, what the AI answered, file names, code, times of day (72 "
                "hours if you switch on the runaway alarm).\n"
                "*Known already, as about everybody:* your name, email and time zone from Slack, your group "
                "from the company's file, and the accounts that the connected tools list.\n"
                "*Seen by:* you."
            ),
            actions(
                button("Switch it on", "on"),
                button("Every field that is kept", "fields"),
                button("Not now", "not-now"),
            ),
            context("Pause, download or erase it whenever you like. If you do nothing, it stays off."),
            context(LOCK),
        ],
    )


def switched_on(
    choices: dict[str, str],
    note: NoteSettings,
    providers: Sequence[str] = (),
    about_accounts: Sequence[Block] = (),
    *,
    min_people: int,
) -> Message:
    """Return what follows [Switch it on]: where data comes from, whose accounts are whose, and two questions."""
    fetching = (
        f"Fetching your last 15 weeks from {listed([provider_name(kind) for kind in providers])}. Minutes, in a "
        "large company overnight; it will be in your Home tab."
        if providers
        else "From now on what arrives about you is kept, and only you see it. "
        "Your own laptop's figures are one command away."
    )
    return Message(
        NOTIFICATION,
        [
            section(f"*It's on.* {fetching}"),
            *about_accounts,
            actions(button("Connect my laptop", "connect"), button("Show my usage", "show", "4w")),
            *_questions(choices, note, min_people),
        ],
    )


def your_choices(
    choices: dict[str, str], note: NoteSettings, about_accounts: Sequence[Block] = (), *, min_people: int
) -> Message:
    """Return the two questions again, with what was chosen; it says nothing of collecting, which may be paused."""
    row = actions(
        button("Connect my laptop", "connect"), button("Show my usage", "show", "4w"), button("What is kept", "privacy")
    )
    return Message(NOTIFICATION, [*about_accounts, *_questions(choices, note, min_people), row])


def _questions(choices: dict[str, str], note: NoteSettings, min_people: int) -> list[Block]:
    return [
        *note_blocks(note),
        *alarm_blocks(choices),
        section(
            f"*May your cost be counted in your department's total?* Only where {min_people} or more are counted, as a "
            "range, once in four weeks. Everybody in the group can read the same figure."
            f"{_chosen(choices.get('counted'), COUNTED_CHOICES)}"
        ),
        actions(*(button(label, "counted", value) for value, label in COUNTED_CHOICES)),
        context(
            "Nobody is told what you choose, no answer is no, and you can change it any time in `/mytokens privacy`. "
            f"{IN_SLACK}"
        ),
        context(LOCK),
    ]


COUNTED_CHOICES: Sequence[tuple[str, str]] = (("yes", "Count me in"), ("no", "Leave me out"))


def choice_label(value: str | None, choices: Sequence[tuple[str, str]]) -> str:
    """Return what was chosen in the words of its button."""
    return dict(choices).get(value or "", "not answered")


def _chosen(value: str | None, choices: Sequence[tuple[str, str]]) -> str:
    return f"\nYou chose: {choice_label(value, choices)}." if value else ""


def not_now() -> Message:
    """Return the answer to [Not now]."""
    return Message(NOTIFICATION, [section("Fine. It stays off. `/mytokens` is here when you want it."), context(LOCK)])


def paused(since: date) -> Message:
    """Return the answer to pausing."""
    return Message(
        NOTIFICATION,
        [
            section(f"*Paused since {day_and_month(since)}.* What was there is still here."),
            context(LOCK),
            actions(
                button("Resume", "resume"),
                button("Erase everything", "forget"),
                button("Show it", "show", "4w"),
            ),
        ],
    )


def resumed() -> Message:
    """Return the answer to resuming."""
    return Message(
        NOTIFICATION,
        [
            section("*It's on again.* What came in between was not kept."),
            context(LOCK),
            actions(button("Show my usage", "show", "4w")),
        ],
    )


_COMES_BACK: Final = (
    "What is known about everybody (name, email and time zone from Slack, and the accounts that the connected tools "
    "list) comes back with the next nightly run, as for every employee."
)


def ask_to_erase() -> Message:
    """Return the question before everything is erased."""
    sure = confirm("Erase everything?", "This cannot be undone.", "Erase everything", "Keep it")
    return Message(
        NOTIFICATION,
        [
            section(
                "*Erase everything about you?* Daily rows, monthly sums, links to accounts, your settings, your "
                "upload token and the files made of your data go at once. A mark stays that stops old files from "
                "coming back; it holds no figure and no name.\n"
                f"{_COMES_BACK}"
            ),
            context(LOCK),
            actions(
                button("Erase everything", "erase", confirm=sure),
                button("Keep it", "show", "4w"),
                button("Download my data first", "export"),
            ),
        ],
    )


def erased(files_left: int = 0, helpers: Sequence[str] = ()) -> Message:
    """Return the answer after everything was erased; *files_left* are files that Slack did not delete."""
    text = f"Everything about you is gone, except two marks without a name, which stop old files.\n{_COMES_BACK}"
    if files_left:
        text += (
            f"\n{plural(files_left, 'file')} with your data {'is' if files_left == 1 else 'are'} still in the app's "
            f"messages: Slack didn't delete {'it' if files_left == 1 else 'them'}. Ask {contacts(helpers)}."
        )
    return Message(NOTIFICATION, [section(text), context(LOCK), actions(button("Start again", "on"))])
