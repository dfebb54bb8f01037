"""What the organisation's report says, a line at a time: the same words in Slack, as text and on paper.

A line is plain text in two parts, of which the first stands out. Names in it come from outside: whoever shows a
line escapes it for where it goes.
"""

from typing import Final, NamedTuple

from bot.domain.money import NANO_PER_USD, usd
from bot.domain.period import day_and_month, short_day
from bot.domain.report.content import Amounts, Bill, CompanyReport, Counted, Growth, NotCovered, RunOut, UnusedSeats
from bot.domain.report.curve import Curve
from bot.domain.team_digest import LibraryLine
from bot.views.blocks import visible
from bot.views.wording import about_dollars, listed, plural, provider_name

NOT_SHOWN: Final = "Not shown."
# The headings, by which a chart finds its place and a channel leaves out the bill and what is about people's use.
WORK: Final = "Finished work, and what it came to"
BILL: Final = "The bill"
COUNTED: Final = "Of those who chose to be counted"
CURVE: Final = "Spend and finished work"
SPREAD: Final = "What spread, and what this does not cover"
_CENTS_BELOW: Final = 10 * NANO_PER_USD
REFERENCE: Final = (
    "Published for comparison, from one large study: about ten times the tokens for about twice the output."
)
OTHER_WORK: Final = "People who spend more also do other work, so this is no proof of what causes what."


class Said(NamedTuple):
    """A line of the report: *first* stands out, *rest* follows it."""

    first: str
    rest: str = ""

    @property
    def text(self) -> str:
        """Return it as plain text."""
        return f"{self.first} {self.rest}".strip()


class Chapter(NamedTuple):
    """Lines that belong together under a heading."""

    heading: str
    lines: tuple[Said, ...]


def title_of(report: CompanyReport) -> str:
    """Return the report's heading."""
    weeks = report.weeks
    return f"Is it paying off? {day_and_month(weeks.first)} to {day_and_month(weeks.last)} {weeks.last.year}"


def chapters_for_readers(report: CompanyReport) -> list[Chapter]:
    """Return the whole report, for those whom the policy names as its readers."""
    bill = [*bill_lines(report.bill), *_growth_lines(report.growth), *_seat_lines(report.unused_seats)]
    spread = [*library_lines(report), *not_covered_lines(report.not_covered, report.bill)]
    return [
        Chapter(WORK, (per_change_line(report), came_back_line(report))),
        Chapter(BILL, (*bill, *_run_out_lines(report.run_out))),
        *chapters_for_everybody(report),
        Chapter(SPREAD, tuple(spread)),
    ]


def chapters_for_channel(report: CompanyReport) -> list[Chapter]:
    """Return what a channel may read: finished work, what spread, and whose work nothing tells of.

    A cost by the block would give the bill away beside the number of changes; a bill helps to guess at one person.
    """
    groups = not_covered_lines(NotCovered(report.not_covered.groups), None)
    return [Chapter("Finished work", (came_back_line(report),)), Chapter(SPREAD, (*library_lines(report), *groups))]


def chapters_for_everybody(report: CompanyReport) -> list[Chapter]:
    """Return what is about people: everybody in the company may read it, and nobody more than that of it."""
    return [Chapter(COUNTED, tuple(counted_lines(report.counted))), Chapter(CURVE, tuple(curve_lines(report)))]


def per_change_line(report: CompanyReport) -> Said:
    """Return what a change that stayed came to, in this block and the one before."""
    if report.per_change is None:
        return Said("AI cost per change that stayed:", NOT_SHOWN)
    before = report.per_change_before
    rest = f"all of {visible(report.company, 60)}"
    rest += (
        f"; the four weeks before {range_of(before)}."
        if before is not None
        else "; of the four weeks before: not shown."
    )
    return Said(f"{range_of(report.per_change)} of AI per change that stayed,", rest)


def bill_lines(bill: Bill | None) -> list[Said]:
    """Return what was billed, by source where enough people stand behind it, and what is missing from the sum."""
    if bill is None:
        return [Said("Billed:", NOT_SHOWN)]
    parts = [
        f"{provider_name(each.source) if each.source else 'other'} {about_dollars(each.nano_usd)}"
        for each in bill.by_source
    ]
    lines = [
        Said(
            f"Billed: {about_dollars(bill.whole_nano_usd)}.",
            f"{' · '.join(parts)} (a source by itself from 12 billed users on).",
        )
    ]
    if bill.late:
        lines.append(Said("The sum is too low:", f"{_names(bill.late)} did not tell of every day."))
    if bill.without:
        lines.append(Said("Not in it, since there is no bill:", f"{_names(bill.without)}."))
    return lines


def counted_lines(counted: Counted) -> list[Said]:
    """Return who started the work that cost, as ranges; what is not shown says so once."""
    kinds = [
        (name, amounts)
        for name, amounts in (
            ("at the keyboard", counted.at_keyboard),
            ("ran on its own", counted.on_its_own),
            ("unknown", counted.unknown),
        )
        if amounts is not None
    ]
    if not kinds:
        return [Said("Who started it:", NOT_SHOWN)]
    lines = [Said("Who started it:", f"{' · '.join(f'{name} {range_of(amounts)}' for name, amounts in kinds)}.")]
    if counted.not_tied is not None:
        lines.append(
            Said(f"Up to {range_of(counted.not_tied)} is not tied to finished work yet;", "some of it is learning.")
        )
    if counted.without_result is not None:
        said = f"{range_of(counted.without_result)} ran on its own and saved nothing."
        lines.append(Said(said, "Which of these jobs does somebody still need?"))
    return lines


def _growth_lines(growth: Growth | None) -> list[Said]:
    """Return growth of spend beside that of finished work, as a question, where the first is ahead."""
    if growth is None or growth.billed_percent <= max(0, growth.finished_percent):
        return []
    finished = growth.finished_percent
    work = (
        f"{abs(finished)} % {'more' if finished > 0 else 'fewer'} finished changes"
        if finished
        else "as many finished changes"
    )
    first = f"Billed {growth.billed_percent} % more than in the four weeks before, with {work}."
    return [Said(first, "What was it for?")]


def came_back_line(report: CompanyReport) -> Said:
    """Return how much finished work came back."""
    known = report.finished is not None
    finished = f"{plural(report.finished or 0, 'change')} finished." if known else "How much was finished is unknown."
    if report.came_back is None:
        return Said(finished, f"How much came back within 14 days: {NOT_SHOWN.lower()}")
    low, high = report.came_back.low, report.came_back.high
    return Said(finished, f"Came back within 14 days: likely {low}-{high} in 100.")


def _seat_lines(seats: UnusedSeats | None) -> list[Said]:
    if seats is None:
        return []
    return [
        Said(
            f"{about_dollars(seats.nano_usd)} went for seats of {provider_name(seats.source)} that nobody used",
            "in these four weeks.",
        )
    ]


def _run_out_lines(run_out: RunOut | None) -> list[Said]:
    if run_out is None:
        return []
    budget = f"The month's budget of {about_dollars(run_out.budget_nano_usd)}"
    if run_out.on is None:
        return [Said(f"{budget} lasts until the month is over,", "at the pace so far.")]
    return [Said(f"{budget} is spent on {short_day(run_out.on)},", "at the pace so far.")]


def library_lines(report: CompanyReport) -> list[Said]:
    """Return what other teams took over, and what is worth bringing to more of them."""
    lines = [Said(f"{visible(each.title)}:", _reuse(each)) for each in report.spread]
    if report.worth_rolling_out:
        lines.append(Said("Worth bringing to more teams:", f"{'; '.join(map(_whose, report.worth_rolling_out))}."))
    return lines or [Said("No method was taken over by another team in these weeks.")]


def _whose(line: LibraryLine) -> str:
    return f"{visible(line.title)} ({visible(line.team, 60)})" if line.team else visible(line.title)


def _reuse(line: LibraryLine) -> str:
    used = f"now used in {plural(line.teams, 'team')}" if line.teams else "new"
    return f"{used}; {line.worked:,} of {line.tried:,} who tried it said it worked." if line.worked else f"{used}."


def curve_lines(report: CompanyReport) -> list[Said]:
    """Return how finished work went with spend, as multiples, over twelve weeks."""
    if report.curve is None:
        return [Said("How finished work went with spend:", NOT_SHOWN)]
    first, last = day_and_month(report.curve.first), day_and_month(report.curve.last)
    return [
        Said(doubling_text(report.curve.curve), f"{first} to {last}, of those counted. {OTHER_WORK}"),
        Said(REFERENCE),
    ]


def doubling_text(curve: Curve) -> str:
    """Return how much more finished work went with twice the spend, with its likely range."""
    low, high = curve.doubling_low_percent, curve.doubling_high_percent
    if low < 0:
        return f"Twice the spend went with between {-low} % less and {high} % more finished work."
    return f"Twice the spend went with about {curve.doubling_percent} % more finished work, likely {low}-{high} %."


def not_covered_lines(not_covered: NotCovered, bill: Bill | None) -> list[Said]:
    """Return what the report cannot see."""
    lines = []
    if not_covered.counted is not None:
        counted = not_covered.counted
        lines.append(
            Said(
                f"What is said of those counted stands for {counted.low}-{counted.high} % of the bill", "without seats."
            )
        )
    if not_covered.groups:
        groups = listed([visible(group, 60) for group in not_covered.groups])
        lines.append(Said(f"No finished work is known of {groups}:", "no system that would tell it is connected."))
    unowned = not_covered.unowned_percent
    if bill is not None and unowned is not None and unowned > 0:
        lines.append(Said(f"{unowned} % of the bill has no owner", "that its provider names."))
    elif bill is not None and unowned is None:
        lines.append(Said("How much of the bill has no owner is unknown."))
    return lines


def range_of(amounts: Amounts) -> str:
    """Return a range as people say it: `$15-22`, in cents where it is small."""
    cents = 0 if amounts.high_nano_usd >= _CENTS_BELOW else 2
    return f"${usd(amounts.low_nano_usd):,.{cents}f}-{usd(amounts.high_nano_usd):,.{cents}f}"


def _names(kinds: tuple[str, ...]) -> str:
    return listed([provider_name(kind) for kind in kinds])
