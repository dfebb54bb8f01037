"""Hints in words: what was found, one option, why it is shown, and the buttons to answer it."""

from datetime import date
from typing import Any, Final

from bot.domain.hints.finding import Finding
from bot.domain.hints.wishes import ALARMS_ON
from bot.views.blocks import Block, Message, actions, button, context, foreign, section
from bot.views.hint_rules import rule_line
from bot.views.hint_values import values_line
from bot.views.hint_words import said, spent
from bot.views.wording import LOCK, tool_name

ABOUT: Final = "About a hint."
MAY_NEED_A_LOOK: Final = "One of your jobs may need a look."
DAY_STANDS_OUT: Final = "One of your days may need a look."
# Where somebody can stop a job, by the tool that runs it.
_STOPS: Final = {
    "meshclaw": "In MeshClaw: Runs > {job} > Stop.",
    **dict.fromkeys(("claude-code", "codex", "gemini-cli", "otel"), "It can be stopped on the machine where it runs."),
}


def worth_a_look(finding: Finding, key: str, today: date) -> Block:
    """Return the one thing worth a look, with the way to why."""
    return section(f"*Worth a look:* {said(finding, today)}", button("Why this?", "hint-why", f"{finding.kind} {key}"))


def alarm(finding: Finding, key: str, today: date, since: str = "") -> Message:
    """Return what somebody is told at once who chose so: a run that runs away, or a day far above usual."""
    argument = f"{finding.kind} {key}"
    if finding.kind == "runaway":
        blocks = [section(spent(finding, since)), section(_where_to_stop(finding))]
        row = [button("It's fine", "hint-say", f"fine {argument}")]
        title = MAY_NEED_A_LOOK
    else:
        blocks, title = [section(said(finding, today))], DAY_STANDS_OUT
        row = [
            button("Yes, planned", "hint-say", f"planned {argument}"),
            button("Show me why", "why", finding.last.isoformat()),
        ]
    more = [*_useful(argument), _mute(finding), button("Why am I seeing this?", "hint-why", argument)]
    return Message(title, [*blocks, context(LOCK), actions(*row, *more)])


def _where_to_stop(finding: Finding) -> str:
    job, tool = foreign(finding.subject, 60), finding.word("tool")
    where = _STOPS.get(tool, f"{foreign(tool_name(tool), 40)} lists its runs; {{job}} can be stopped there.")
    return f"I can't stop it from here. {where.format(job=job)}"


def _useful(argument: str) -> list[dict[str, Any]]:
    return [
        button("Useful", "hint-say", f"useful {argument}"),
        button("Not useful", "hint-say", f"not_useful {argument}"),
    ]


def _mute(finding: Finding) -> dict[str, Any]:
    return button("Mute this kind", "hint-mute", finding.kind)


def why_this(finding: Finding, key: str) -> Message:
    """Return the rule, the values that set it off, and every answer that there is."""
    argument = f"{finding.kind} {key}"
    row = [*_useful(argument), button("Not now", "hint-say", f"not_now {argument}"), _mute(finding)]
    texts = [f"*Rule:* {rule_line(finding.kind)}", f"*Yours:* {values_line(finding)}"]
    return Message(
        ABOUT,
        [
            section("\n".join([*texts, "Nobody else gets this message."])),
            context(LOCK),
            actions(*row, button("All rules", "hint-rules")),
        ],
        beside=True,
    )


def noted(answer: str, *, muted: bool = False) -> Message:
    """Return the answer to an answer."""
    text = {
        "not_now": "Fine. This kind rests for twice as long.",
        "fine": "Fine. I won't mention this run again.",
        "planned": "Noted as planned. It is not brought up again.",
    }.get(answer, "Noted, for you alone: nobody else sees it.")
    row = [button("All rules", "hint-rules")]
    if muted:
        text = "Noted. Said twice, so this kind is muted now."
    return Message(ABOUT, [section(text), context(LOCK), actions(*row)], beside=True)


def muted(kind: str, *, is_muted: bool) -> Message:
    """Return the answer to muting a kind of hint, or to its way back."""
    text = "Muted: no hint of this kind any more." if is_muted else "This kind is on again."
    back = button("Undo", "hint-mute", kind if not is_muted else f"{kind} off")
    return Message(ABOUT, [section(text), context(LOCK), actions(back, button("All rules", "hint-rules"))], beside=True)


def passed() -> Message:
    """Return the answer about something that is no longer found."""
    text = "That has passed: what set it off is no longer there."
    return Message(ABOUT, [section(text), context(LOCK), actions(button("Four weeks", "show", "4w"))], beside=True)


def alarm_blocks(choices: dict[str, str]) -> list[Block]:
    """Return the question whether to be told at once, with what was chosen."""
    is_on = choices.get("alarms") == ALARMS_ON
    chosen = f"\nYou chose: {'Yes, tell me at once' if is_on else 'No'}." if "alarms" in choices else ""
    return [
        section(
            "*Tell you at once about a runaway job or a spike?* At most one message a day, about a job at night too. "
            "For that, what your runs come to minute by minute is kept for 72 hours; without a yes nothing of it is. "
            "Such a message has its figures in it, and messages in Slack can be exported by workspace owners."
            f"{chosen}"
        ),
        actions(button("Yes, tell me at once", "alarms", "on"), button("No", "alarms", "off")),
    ]
