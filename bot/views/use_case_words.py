"""Words about use cases: how well one is known to work, and what is wrong with what somebody typed."""

from collections.abc import Iterable
from typing import Final

from bot.domain.use_cases.entry import FieldName, Kind, Problem
from bot.domain.use_cases.evidence import Evidence, Level
from bot.views.wording import plural

LEVEL_WORDS: Final = {
    Level.IDEA: "Idea",
    Level.WORKED_FOR_AUTHOR: "Worked for its author",
    Level.LINKED: "Linked to finished work",
    Level.WORKED_FOR_OTHERS: "Worked for others",
    Level.MEASURED: "Measured",
}
_LOOKS_LIKE: Final[dict[Kind, str]] = {
    "access_key": "an access key",
    "private_key": "a private key",
    "password": "a password",
    "mail_address": "somebody's mail address",
    "phone_number": "a telephone number",
    "bank_account": "a bank account",
    "card_number": "a card number",
    "customer_name": "a customer's name",
}
FIELD_LABELS: Final[dict[FieldName, str]] = {
    "title": "What does it do?",
    "when": "When would someone need it?",
    "how": "How do you do it?",
    "tool": "With which tool?",
    "link": "Link to something it helped with",
    "watch_out": "Anything to watch out for?",
}


def evidence_line(evidence: Evidence) -> str:
    """Return how well it is known that it works: in counts from three people for whom it worked, else in words."""
    linked = f"linked to {plural(evidence.linked, 'finished change')}" if evidence.linked else ""
    if evidence.worked_for is None:
        known = linked.capitalize() or LEVEL_WORDS[evidence.level]
        return f"{known}. Others are trying it." if evidence.tried_at_all else known
    where = f", in {plural(evidence.teams, 'team')}" if evidence.teams else ""
    counted = f"*{evidence.worked_for} of {evidence.tried_by} who tried it said it worked*{where}"
    measured = "measured" if evidence.level is Level.MEASURED else ""
    return " · ".join(part for part in (counted, measured, linked) if part)


def problem_line(problem: Problem) -> str:
    """Return what is wrong with a field, and what to do; never what it says."""
    if problem.kind == "missing":
        return "Please fill this in."
    if problem.kind == "too_long":
        return f"At most {problem.most:,} characters."
    if problem.kind == "not_a_link":
        return "A web address (https://...), a change (acme/api#12) or a ticket (PAY-12)."
    where = f"Line {problem.line}" if problem.field == "how" else "This"
    if problem.kind == "link_scheme":
        return f"{where} has a link that does not start with https:// or http://. Take it out and send again."
    what = _LOOKS_LIKE[problem.kind]
    return f"{where} looks like {what}. Take it out and send again; nothing was stored."


def problems_by_field(problems: Iterable[Problem]) -> dict[FieldName, str]:
    """Return for each field the line to show at it: of its first problem."""
    lines: dict[FieldName, str] = {}
    for problem in problems:
        lines.setdefault(problem.field, problem_line(problem))
    return lines
