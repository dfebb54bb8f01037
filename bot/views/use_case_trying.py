"""Trying a use case: that it is noted, the one question after a week, and what somebody may add to their answer."""

from datetime import date
from typing import Any, Final

from bot.domain.period import short_day
from bot.domain.use_cases.evidence import Result
from bot.views.blocks import Block, Message, actions, button, context, entry, foreign, form, plain, section
from bot.views.use_case_cards import NOTIFICATION, USECASE, open_button
from bot.views.wording import LOCK

_ASKED: Final = "One question about a use case."
_NAME: Final = "name"
_LONGEST: Final = 300
_ADDED: Final[dict[Result, str]] = {
    "yes": "Thanks.",
    "partly": "Thanks.",
    "no": "Thanks, that helps the next one who looks for it.",
}


def will_try(title: str, entry_id: int, due_on: date) -> Message:
    """Return that somebody is asked once, and when."""
    text = f"Noted. I'll ask once, on {short_day(due_on)}, whether *{foreign(title)}* worked. Nobody else is told."
    row = actions(
        button("Show the prompt as text", "prompt", str(entry_id), command=USECASE),
        button("I tried it", "tried", str(entry_id), command=USECASE),
        button("Not after all", "not-after-all", str(entry_id), command=USECASE),
    )
    return Message(NOTIFICATION, [section(text), context(LOCK), row], beside=True)


def not_after_all() -> Message:
    """Return that nobody asks."""
    return Message(NOTIFICATION, [section("Fine. I won't ask."), context(LOCK)])


def your_own() -> Message:
    """Return that an author's own word does not count."""
    text = "This one is yours, so your answer does not count; those of others do."
    return Message(NOTIFICATION, [section(text), context(LOCK)], beside=True)


def question(title: str, entry_id: int) -> Message:
    """Return the one question after a week, and for who says that they tried it."""
    text = f"*{foreign(title)}*: did it work?"
    return Message(_ASKED, [section(text), context(_WHO_SEES), _answers(entry_id)], beside=True)


_WHO_SEES: Final = "Counted without your name; the last answer counts. You are asked once."


def _answers(entry_id: int) -> Block:
    said = (("Yes", "yes"), ("Partly", "partly"), ("No", "no"))
    row = [button(label, "worked", f"{entry_id} {result}", command=USECASE) for label, result in said]
    return actions(*row, button("Didn't get to it", "not-yet", str(entry_id), command=USECASE))


def not_yet() -> Message:
    """Return the answer to who did not get to it."""
    text = "Fine. I won't ask again; [I tried it] stays on its card."
    return Message(NOTIFICATION, [section(text), context(LOCK)])


def thanks(result: Result, entry_id: int, author: str, *, is_read: bool) -> Message:
    """Return the answer to an answer; *author* is a first name where it is shown, *is_read* whether there is one."""
    id_ = str(entry_id)
    if result == "no":
        texts = [_ADDED[result]]
        if is_read:
            texts.append(
                "Why didn't it? What you write goes to the author only if you press [Send], without your name, in a "
                "weekly line and not before three people have answered."
            )
        row = [button("Tell why", "tell-why", id_, command=USECASE)] if is_read else []
    else:
        texts = [_ADDED[result]]
        if is_read:
            whom = foreign(author, 30) if author else "its author"
            texts.append(f"A line for {whom}? They see the line; your name only if you add it.")
        row = [button("Write a line", "line", id_, command=USECASE)] if is_read else []
        row.append(button("It helped with a change or ticket", "helped", id_, command=USECASE))
    row.append(button("No", "enough", command=USECASE))
    return Message(NOTIFICATION, [section(" ".join(texts)), context(LOCK), actions(*row)])


def enough() -> Message:
    """Return the answer to who adds nothing."""
    return Message(NOTIFICATION, [section("Fine, that was all."), context(LOCK)])


def line_form(title: str, entry_id: int) -> dict[str, Any]:
    """Return the form for a line to the author."""
    add = {"type": "checkboxes", "options": [{"text": plain("Add my name"), "value": "yes"}]}
    blocks = [
        section(f"*{foreign(title) or '-'}*\nThe author reads it in a weekly line. Nobody else does."),
        entry("line", "A line", _input(multiline=False)),
        entry(_NAME, "Your name", add, optional=True, hint="Without it nobody is told who wrote the line."),
    ]
    return form("A line to the author", "line", blocks, submit="Send", argument=str(entry_id), command=USECASE)


def reason_form(title: str, entry_id: int) -> dict[str, Any]:
    """Return the form for why it did not work."""
    blocks = [
        section(
            f"*{foreign(title) or '-'}*\nThe author reads it in a weekly line, without your name, and not before three "
            "people have answered. Others read it only if the author adds it to 'Watch out'."
        ),
        entry("reason", "Why didn't it work?", _input(multiline=True)),
    ]
    return form("Why it did not work", "tell-why", blocks, submit="Send", argument=str(entry_id), command=USECASE)


def helped_form(title: str, entry_id: int, typed: str = "") -> dict[str, Any]:
    """Return the form for a finished change or ticket that a use case helped with."""
    field = {"type": "plain_text_input", "max_length": 200, "placeholder": plain("acme/api#431 or PAY-12")}
    if typed:
        field["initial_value"] = typed[:200]
    blocks = [
        section(f"*{foreign(title) or '-'}*\nIts card says to how many finished changes it is linked, never to which."),
        entry("reference", "A finished change or ticket", field),
    ]
    return form("What it helped with", "helped", blocks, submit="Link it", argument=str(entry_id), command=USECASE)


def _input(*, multiline: bool) -> dict[str, Any]:
    return {"type": "plain_text_input", "multiline": multiline, "max_length": _LONGEST}


def line_kept() -> Message:
    """Return that a line or a reason is kept."""
    return Message(NOTIFICATION, [section("Thanks. It goes into the author's weekly line."), context(LOCK)])


def no_answer_yet(title: str, entry_id: int) -> Message:
    """Return that something is added to an answer that was not given."""
    text = f"First: did *{foreign(title)}* work?"
    return Message(NOTIFICATION, [section(text), context(_WHO_SEES), _answers(entry_id)])


def linked_to(reference: str, entry_id: int) -> Message:
    """Return that a finished item is linked."""
    text = f"Linked to *{foreign(reference, 200)}*. It is counted once it has stayed for 14 days."
    return Message(NOTIFICATION, [section(text), context(LOCK), actions(open_button(entry_id))])


def not_known(reference: str, entry_id: int) -> Message:
    """Return that no finished item has that name."""
    text = (
        f"I know no finished change or ticket called *{foreign(reference, 200)}*, so nothing is linked. Write it as "
        "its system does: acme/api#431 or PAY-12. What was finished today may arrive tomorrow."
    )
    row = actions(button("Try again", "helped", str(entry_id), command=USECASE))
    return Message(NOTIFICATION, [section(text), context(LOCK), row])
