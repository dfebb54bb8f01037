"""`worthwhile doctor` as an operator reads it: a line a check, and what to do next. No figure of anybody."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from bot.views.blocks import visible
from bot.views.wording import plural

State = Literal["ok", "warn", "to do", "fail"]
_STATE_WIDTH: Final = len("to do")
_MOST_TEXT: Final = 400
# What does not work without a scope that a workspace may leave out.
_WITHOUT_SCOPE: Final = {
    "channels:read": "looking whether the bot is in a channel before something is to go there",
    "files:write": "`/mytokens export`",
    "groups:read": "looking whether the bot is in a private channel before something is to go there",
    "im:history": "looking whether a message that got no answer was posted; it is skipped",
    "im:write": "opening a conversation to look whether a message was posted; the first to somebody is skipped",
    "usergroups:read": "team whose members are a user group in Slack",
}
_WITHOUT_PERSON: Final = {
    "help": ("Help", 'nobody is named: whoever has a question reads "whoever runs this bot"'),
    "operator_channel": ("Alerts", "nobody gets them: [people] operator_channel is empty"),
}


class Line(NamedTuple):
    """What one check found, and the next step where there is one."""

    name: str
    state: State
    text: str
    step: str = ""


def report(lines: Sequence[Line]) -> str:
    """Return the whole list, aligned, with the first thing to do at its end."""
    width = max(len(line.name) for line in lines)
    said = [f"{line.name:<{width}}  {line.state:<{_STATE_WIDTH}}  {_whole(line)}" for line in lines]
    return "\n".join([*said, _next(lines)])


def _whole(line: Line) -> str:
    text, step = visible(line.text, _MOST_TEXT), visible(line.step, _MOST_TEXT)
    if not step:
        return text
    return f"{text.removesuffix('.')}. {step[0].upper()}{step[1:]}"


def _next(lines: Sequence[Line]) -> str:
    for state in ("fail", "to do"):
        for line in lines:
            if line.state == state:
                return f"Next: {line.name}: {visible(line.step or line.text, _MOST_TEXT)}"
    if any(line.state == "warn" for line in lines):
        return "Next: nothing has to be done; the lines that say warn are worth a look."
    return "Next: nothing. Everything works."


def failing(lines: Sequence[Line]) -> str:
    """Return how many checks fail, in a sentence; empty where none does."""
    count = sum(line.state == "fail" for line in lines)
    return f"{plural(count, 'check fails', 'checks fail')}; the list says what to do." if count else ""


def failed(name: str, text: str) -> Line:
    """Return that a check failed, in the words of what it met."""
    return Line(name, "fail", text)


def failed_oddly(name: str, kind: str) -> Line:
    """Return that a check met something that nobody expected."""
    text = f"unexpected {kind}: a fault in Worthwhile, not in your settings"
    return Line(name, "fail", text, "tell whoever maintains it; what the other checks say holds")


def not_set(name: str, text: str) -> Line:
    """Return that a setting is missing which only the real Slack needs."""
    return Line(name, "to do", text)


def fine(name: str, text: str) -> Line:
    """Return that there is nothing to do."""
    return Line(name, "ok", text)


def database(engine: str, revision: str) -> Line:
    """Return which database answers, at the newest revision."""
    return fine("Database", f"{engine}, at the newest revision {revision}")


def prices(*, contract: bool) -> Line:
    """Return which prices are used."""
    return fine("Prices", "your contract prices over the public list" if contract else "the public list")


def scopes(missing: Sequence[str], optional: Sequence[str]) -> list[Line]:
    """Return which scopes the token lacks."""
    lines = [Line("Slack", "fail", f"the token lacks the scope {scope}", _add(scope)) for scope in missing]
    for scope in optional:
        without = _WITHOUT_SCOPE.get(scope)
        text = f"without the optional scope {scope}" + (f" there is no {without}" if without else "")
        lines.append(Line("Slack", "to do", text, _add(scope)))
    return lines or [fine("Slack", "connected, all scopes")]


def _add(scope: str) -> str:
    return f"add {scope} under OAuth & Permissions on the app's page, and install the app again"


def scopes_unknown() -> Line:
    """Return that Slack did not list the token's scopes."""
    return Line("Slack", "warn", "connected; Slack does not say which scopes the token has")


def clock(seconds: int, most: int) -> Line:
    """Return how far this machine's clock is before (above 0) or behind Slack's, in seconds."""
    if abs(seconds) <= most:
        return fine("Clock", "agrees with Slack's")
    where = "ahead of" if seconds > 0 else "behind"
    step = "set this machine's time by NTP: Slack refuses what is five minutes off"
    return Line("Clock", "warn", f"{abs(seconds):,} s {where} Slack's", step)


def people_missing(entry: str) -> Line:
    """Return what does not work because an entry of [people] is empty."""
    name, text = _WITHOUT_PERSON[entry]
    example = '["U0123456789"]' if entry == "help" else '"C0123456789"'
    return Line(name, "to do", text, f"say who: [people] {entry} = {example} in the policy file")


def nobody_agrees_to_teams() -> Line:
    """Return that leads set team digests up by themselves."""
    return fine("Teams", "set up by their leads at once: [people] operators is empty, so nobody has to agree")


def no_curators(*, wanted: bool) -> Line:
    """Return what it means that nobody is named as a curator, who are *wanted* where the policy lets them publish."""
    if wanted:
        step = 'say who: [people] curators = ["U0123456789"] in the policy file'
        return Line("Curators", "to do", "none named, and the policy lets nobody else publish use cases", step)
    return fine("Curators", "none named: use cases publish after the automatic check")


def nobody_reads_the_report() -> Line:
    """Return that nobody is named who reads the organisation's report."""
    return fine("Report", "sent to nobody: [people] report_readers is empty")


def person_gone(entry: str, user_id: str, *, left: bool) -> Line:
    """Return that somebody whom the policy names is not there."""
    said = "has left" if left else "is nobody whom Slack knows"
    return Line("People", "warn", f"[people] {entry} names {user_id}, who {said}", "name somebody else")


def guests(*, allowed: bool) -> Line:
    """Return whether guests are answered."""
    return fine("Guests", "are answered like employees" if allowed else "are not answered: [guests] allowed is false")


def overlap_unknown(tool: str, kind: str) -> Line:
    """Return that the overlaps name a source that does not exist."""
    step = "correct the name in the file that OVERLAPS_FILE names"
    return Line("Overlaps", "warn", f"{tool} names {kind}, which is no source", step)
