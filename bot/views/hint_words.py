"""What a hint says: an observation about a job, a model or a limit, one option, and that it is one's own call."""

from datetime import date
from typing import Final

from bot.domain.hints.finding import Finding, one_figure
from bot.domain.hints.runaway import TELEMETRY
from bot.domain.period import WEEKDAYS, day_and_month, long_day
from bot.views.blocks import foreign
from bot.views.wording import about_dollars, dollars, plural, provider_name, tool_name

_UNNAMED: Final = "otel"  # the tool of whoever writes spans and is none that is known
_LANES: Final = {"billed": "billed", "list": "at list price"}


def said(finding: Finding, today: date) -> str:
    """Return what was found and one option, as a sentence or two."""
    return {
        "runaway": _runaway,
        "spike": _spike,
        "idle_schedule": _idle,
        "short_calls": _short_calls,
        "pace": _pace,
        "borrow": _borrow,
    }[finding.kind](finding, today)


def up_to(finding: Finding) -> str:
    """Return what could be saved at most in four weeks, in one figure; empty where nothing is billed."""
    saving = one_figure(finding.saving_nano_usd or 0)
    return round_dollars(saving) if saving else ""


def round_dollars(nano_usd: int) -> str:
    """Return an amount without cents where it has none."""
    return dollars(nano_usd).removesuffix(".00")


def _idle(finding: Finding, _today: date) -> str:
    job, results = foreign(finding.subject, 60), finding.number("results_in_four_weeks")
    changed = f"changed something {_times(results)}" if results else "changed nothing"
    ran = f"*{job}* ran {_times(finding.number('runs_in_four_weeks'))} in four weeks and {changed}."
    saving = up_to(finding)
    could = f" could save up to {saving} in four weeks" if saving else " is an option"
    return f"{ran} Starting it when there is something to do{could}. Your call."


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def _short_calls(finding: Finding, _today: date) -> str:
    model, amount = foreign(finding.subject, 60), finding.number("billed_nano_usd")
    billed = f" ({dollars(amount)} billed)" if amount > 0 else ""
    text = f"{finding.number('calls'):,} mostly short calls ran on *{model}* in two weeks{billed}."
    saving = up_to(finding)
    most = f" Up to {saving} in four weeks." if saving else ""
    return f"{text} A smaller model may do as well; switch back if it doesn't.{most} Your call."


def _spike(finding: Finding, today: date) -> str:
    weekday = WEEKDAYS[finding.last.weekday()]
    lane = _LANES[finding.word("lane")]
    near = (today - finding.last).days < len(WEEKDAYS)
    day = weekday if near else long_day(finding.last)
    so_far = finding.last >= today
    came = "Today has come to" if so_far else f"{day} came to"
    amount = f"*{came} {dollars(finding.number('cost_nano_usd'))} {lane}{' so far' if so_far else ''}"
    usual = finding.number("usual_nano_usd")
    if not usual:
        return f"{amount}.* {_most_of_it(finding)} Was that planned?"
    days = f"{weekday}s are" if finding.word("usual_of") == "weekday" else "days with use are"
    return f"{amount}; your {days} usually about {about_dollars(usual)}.* {_most_of_it(finding)} Was that planned?"


def _most_of_it(finding: Finding) -> str:
    largest, cost = finding.number("largest_nano_usd"), finding.number("cost_nano_usd")
    name = foreign(finding.word("largest"), 60)
    ran = ", which ran on its own" if finding.word("largest_is") == "job" else ""
    how_much = "Most of it" if 2 * largest > cost else "The largest part"
    return f"{how_much} was {name}{ran}."


def _pace(finding: Finding, today: date) -> str:
    ends_on = date.fromisoformat(finding.word("ends_on"))
    when = "today" if ends_on <= today else day_and_month(ends_on)
    if finding.subject == "budget":
        what = f"the budget you set ({round_dollars(finding.number('limit_nano_usd'))} a month)"
    else:
        what = f"the allowance of this cycle at {foreign(provider_name(finding.subject), 60)}"
    path = f"If it goes on like your last {plural(finding.number('active_days'), 'day')} with use"
    return f"{path}, {what} ends about {when}. Your call."


def _borrow(finding: Finding, _today: date) -> str:
    title, team = foreign(finding.word("title"), 80), foreign(finding.word("team"), 60)
    worked = f"{finding.number('worked')} of {finding.number('tried')} who tried it said it worked"
    return f"*{title}* ({team}). {worked}. Your call."


def _runaway(finding: Finding, _today: date) -> str:
    return spent(finding, "") + " Your call."


def spent(finding: Finding, since: str) -> str:
    """Return what a run has come to; *since* is when it last saved something, by the person's clock."""
    lane = _LANES[finding.word("lane")]
    saved = "told of no saved change" if finding.word("source") in TELEMETRY else "saved no change"
    cost, minutes = dollars(finding.number("cost_nano_usd")), plural(finding.number("minutes"), "minute")
    nothing = f"since {since}" if since else f"for {plural(finding.number('minutes_without_result'), 'minute')}"
    text = f"*{run_name(finding)} came to {cost} {lane} in {minutes} and {saved} {nothing}.*"
    usual = usual_line(finding)
    return f"{text} {usual}" if usual else text


def run_name(finding: Finding) -> str:
    """Return what a run is called: by its job, else as one of the tool's."""
    tool = finding.word("tool")
    if finding.subject != tool:
        return foreign(finding.subject, 60)
    return "A run" if tool == _UNNAMED else f"A run of {foreign(tool_name(tool), 40)}"


def usual_line(finding: Finding) -> str:
    """Return what a run of the job usually costs, or where runs are not counted a day of it; empty of a new job."""
    for name, of in (("usual_run_nano_usd", "run"), ("usual_day_nano_usd", "day")):
        if usual := finding.number(name):
            return f"Its usual {of} costs about {about_dollars(usual)}."
    return ""
