"""The rules in plain words: the one page, single values, and what changes. `docs/rules.md` has the same words."""

from collections.abc import Callable, Mapping, Sequence
from textwrap import fill
from typing import Any, Final

from bot.domain.company_cost import MIN_COMPANY
from bot.domain.period import day_and_month
from bot.domain.report.counted import MIN_PEOPLE_OF_PARTS, MIN_ROSTER_OF_PARTS
from bot.domain.rules import WAITS_DAYS, Change, DatedChange, PolicyRules, Waiting
from bot.views.blocks import Block, Message, context, foreign, header, modal, section
from bot.views.help import contacts
from bot.views.wording import plural

_TITLE: Final = "The rules on one page"
NOTIFICATION: Final = "The rules changed."
_DOCUMENT_WIDTH: Final = 140
_MOST_CHANGES: Final = 60  # a window takes a hundred blocks


def days(number: int) -> str:
    """Return a number of days as people say it: weeks where it is whole weeks."""
    return plural(number // 7, "week") if number % 7 == 0 else plural(number, "day")


def _times(number: float) -> str:
    return f"{number:g} times"


# What a value of the policy is, and how it is said.
_VALUES: Final[Mapping[tuple[str, str], tuple[str, Callable[[Any], str]]]] = {
    ("sharing", "min_people"): ("people counted, besides each reader, before a group's cost is shown", str),
    ("sharing", "min_roster"): ("people in a group before its cost is shown", str),
    ("sharing", "cap"): ("how far one person's amount counts, by the group's median", _times),
    ("sharing", "band"): ("upper end of a range, by its lower", _times),
    ("retention", "daily_days"): ("daily rows and titles are kept", days),
    ("retention", "monthly_months"): ("monthly sums are kept", lambda number: plural(number, "month")),
    ("retention", "raw_hours"): ("times of day for the runaway alarm are kept", lambda number: plural(number, "hour")),
    ("retention", "leaver_days"): ("somebody who left is erased after", days),
    ("retention", "ledger_days"): ("released figures and the log's rows are kept", days),
}


def value_name(part: str, name: str) -> str:
    """Return what a value of the policy is."""
    return _VALUES[part, name][0] if (part, name) in _VALUES else f"[{part}] {name}"


def value_words(part: str, name: str, value: Any) -> str:
    """Return how a value of the policy is said."""
    return "unknown" if value is None else _VALUES[part, name][1](value)


def change_line(change: Change) -> str:
    """Return one value that changed; of what has no strict side, that it did."""
    if (change.part, change.name) not in _VALUES:
        return foreign(f"{value_name(change.part, change.name)} changed", 120)
    before, after = (value_words(change.part, change.name, value) for value in (change.before, change.after))
    how = "" if change.how == "no rule" else f" ({change.how})"
    return f"{value_name(change.part, change.name)}: {before}, now {after}{how}"


def waiting_line(waits: Waiting) -> str:
    """Return one loosened value that is not in force yet."""
    now, asked = (value_words(waits.part, waits.name, value) for value in (waits.in_force, waits.asked))
    return f"{value_name(waits.part, waits.name)}: {now}; from {day_and_month(waits.from_day)} {asked} (looser)"


def change_lines(dated: DatedChange) -> str:
    """Return what a policy changed when it came into force; nothing of the first one."""
    said = "; ".join(change_line(each) for each in dated.changes)
    return f"*{day_and_month(dated.day)} {dated.day.year}, policy {dated.mark}:* {said}" if said else ""


def rules_changed(mark: str, changed: Sequence[Change], waits: Sequence[Waiting]) -> Message:
    """Return what operators are told when rules came into force, or when a loosened one begins to wait."""
    lines = [f"*Rules in force: policy {mark}.*", *(f"• {change_line(each)}" for each in changed)]
    if waits:
        lines += [f"*Loosened in the policy file, and waiting {WAITS_DAYS} days:*"]
        lines += [f"• {waiting_line(each)}" for each in waits]
    return Message(
        NOTIFICATION,
        [
            section("\n".join(lines)[:2900]),
            context(
                "Everybody finds the same in `/mytokens privacy`. A yes to being counted never covers looser rules."
            ),
        ],
    )


def rules_page(rules: PolicyRules) -> list[tuple[str, str]]:
    """Return the one page as titles and paragraphs; bold as in Slack."""
    sharing, retention = rules["sharing"], rules["retention"]
    return [
        ("What it is for", _PURPOSE),
        ("Nothing before you say so", _BEFORE),
        ("What is kept", _KEPT),
        ("Who can see what", _WHO),
        ("Cost of a group", _group_cost(sharing)),
        ("Finished work of a team", _TEAM),
        ("How long", _how_long(retention)),
        ("What you can do at any time", _RIGHTS),
        ("How rules change", _CHANGES),
        ("What the bot cannot prevent", _LIMITS),
    ]


_PURPOSE: Final = (
    "People see what their own AI use cost and what came of it; teams see what they finished and which methods "
    "worked. It is *not for judging performance*. There is no ranking, no target and no comparison of people, and "
    "using more AI never makes anything look better."
)
_BEFORE: Final = (
    "No usage is collected about you before you press [Switch it on]. If you do nothing, it stays off. Nobody is "
    "told what you chose. Known about everybody are name, email and time zone from Slack, the group from the "
    "company's file, and the accounts that the connected tools list."
)
_KEPT: Final = (
    "*Kept per day:* tool, model, kinds of tokens, cost, job or repository. Of finished work that is yours: link, "
    "title, date. *Never kept:* what you wrote, what the AI answered, file names, code; times of day only as below. "
    "[Every field that is kept] is the whole list."
)
_WHO: Final = (
    "*You* see all of yours, and nobody else does: not your lead, HR, an operator or the works council. There is no "
    "screen, command, log or exception for it, and nobody sees whether you switched on. `/mytokens who` lists every "
    "figure that includes you and who could read it."
)
_TEAM: Final = (
    "A team's digest is about its repositories and projects: how many changes were finished and stayed, without "
    "names and without AI usage. What could point to somebody is left out where fewer than three people wrote the "
    "changes. Everybody in the team reads the same digest."
)
_RIGHTS: Final = (
    "Pause (`/mytokens pause`), download everything (`/mytokens export`), erase everything (`/mytokens forget`), say "
    "which account is not yours, and take back a yes to being counted. None of it is told to anybody. Figures that "
    "were released stay as they were."
)
_CHANGES: Final = (
    f"Stricter rules are in force at once. A looser one waits {WAITS_DAYS} days, listed for everybody in "
    "`/mytokens privacy`, and cannot go past a floor that is built in. Every policy has a mark of eight letters and "
    "digits, and every change is listed with its date and mark. A yes to being counted was given under a mark: "
    "looser rules do not use it."
)
_LIMITS: Final = (
    "The AI tools' own admin pages show what they show. Whoever runs the database could read its tables. Somebody "
    "who looks at your screen sees it, and owners of the workspace may be able to export messages."
)


def _group_cost(sharing: Mapping[str, Any]) -> str:
    return (
        f"Only of groups of {sharing['min_roster']} or more people, of whom {sharing['min_people']} or more besides "
        "each reader chose to be counted. Once in four weeks, as a range whose upper end is "
        f"{_times(sharing['band'])} its lower. One person's amount counts up to {_times(sharing['cap'])} the group's "
        "median, so that nobody shows. Everybody in the group reads the same figure at the same time; a smaller "
        "group reads the nearest larger one's. It is never worked out again: not for late data, somebody's erasing or "
        "a changed answer. The company's own bill is no person's: what a change that stayed cost the whole company in "
        f"twelve weeks is shown to everybody as a range, from {max(sharing['min_roster'], MIN_COMPANY)} people on. The "
        "readers of the company's report have the bill itself; they "
        f"read that cost of each four weeks from {sharing['min_roster']} people on. An amount of those who chose to be "
        f"counted is in the report from {max(sharing['min_roster'], MIN_ROSTER_OF_PARTS)} people on, of whom "
        f"{max(sharing['min_people'], MIN_PEOPLE_OF_PARTS)} or more besides each reader have a part in it. "
        'For everything that is not shown there is one text: "Not shown."'
    )


def _how_long(retention: Mapping[str, Any]) -> str:
    said = {name: value_words("retention", name, value) for name, value in retention.items()}
    return (
        f"Daily rows and titles: {said['daily_days']}. Monthly sums: {said['monthly_months']}. Times of day, only if "
        f"you switch the runaway alarm on: {said['raw_hours']}. Everything about somebody who left: "
        f"{said['leaver_days']}. Released figures, and the log of who could read them: {said['ledger_days']}. "
        "Everything about you, if you ask: at once."
    )


def rules_window(
    rules: PolicyRules, mark: str, helpers: Sequence[str], history: Sequence[DatedChange], waits: Sequence[Waiting]
) -> dict[str, Any]:
    """Return the one page as a window, for everybody, with every change there was and what is announced."""
    blocks: list[Block] = [header(_TITLE)]
    blocks += [section(f"*{title}*\n{text}") for title, text in rules_page(rules)]
    blocks += [section(f"*Announced:* {waiting_line(each)}") for each in waits]
    said = [line for each in history if (line := change_lines(each))]
    blocks += [header("Every change")] if said else []
    blocks += [section(line[:2900]) for line in said[:_MOST_CHANGES]]
    blocks.append(context(f"Rules in force: policy {mark}. Questions: {contacts(helpers)}"))
    return modal("The one-page rules", blocks)


def rules_document(rules: PolicyRules) -> str:
    """Return the one page as Markdown, as `docs/rules.md` has it."""
    parts = [f"# {_TITLE}"]
    paragraphs = (f"**{title}.** {text.replace('*', '**')}" for title, text in rules_page(rules))
    parts += [fill(paragraph, _DOCUMENT_WIDTH, break_on_hyphens=False) for paragraph in paragraphs]
    return "\n\n".join(parts) + "\n"
