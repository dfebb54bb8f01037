"""What the page's frame shows: the clock, three minutes in steps, and switches that prove the promises."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from bot.demo.checking import doctors_report
from bot.demo.company.ana_ledger import expensive_tuesday
from bot.demo.company.people import person, with_names
from bot.demo.live import pass_runaway_night
from bot.demo.notes import next_report, send_notes, until_next_note, until_the_others
from bot.demo.seats import ANA, GENERAL, MO, PAYMENTS
from bot.demo.steps import CURIOUS, PROOFS, SHOWN, TOUR
from bot.demo.team_steps import WITHOUT_ANA
from bot.demo.world import YOU, World
from bot.domain.period import long_day
from bot.jobs import retention
from bot.jobs.finished_work import sync_work
from bot.jobs.sync import sync_source
from bot.playground.page.story import Button, Page, Start, Step, Switch
from bot.views.report_page import report_page
from bot.views.wording import plural
from storage.company_report import last_report

_TIMES: Final = 500
_LEAPS: Final = {"week": timedelta(days=7), "four-weeks": timedelta(days=28)}
_TUESDAY: Final = "2026-11-10"
_TEAM: Final = "Payments"
_LATE: Final = 3  # the last days change longest at a source: they are asked for again


class LarkfieldStory:
    """Moves the demo world; each press is carried out whole before the next."""

    banner = "Larkfield is a made-up company; every person and figure here is invented. Nothing leaves this machine."
    starts = (Start(ANA, PAYMENTS), Start(MO, PAYMENTS))

    def __init__(self, world: World) -> None:
        self._world = world
        self._inflated_since: date | None = None
        members = [each.slack_id for each in with_names() if each.team == _TEAM and each.slack_id != ANA]
        world.slack.world.usergroups["S01WITHOUT"] = {"handle": WITHOUT_ANA, "users": members}
        if world.has_you:
            self.starts = (Start(YOU.id, GENERAL), Start(MO, PAYMENTS))

    @property
    def steps(self) -> Sequence[Step]:
        """Return the rail; with your own figures there is one step more, and the demo's dates are today's."""
        if not self._world.has_you:
            return (*TOUR, CURIOUS, *PROOFS)
        yours = Step(
            "Your own figures",
            (
                ("as", "left", YOU.id),
                ("open", "left", GENERAL),
                ("type", "left", "/mytokens"),
                ("wait", "left", SHOWN),
            ),
            "From the file that you gave; they go when you stop.",
        )
        tuesday = expensive_tuesday(self._world.clock.start.date()).isoformat()
        return (yours, *(_on_day(step, tuesday) for step in TOUR), CURIOUS, *PROOFS)

    @property
    def switches(self) -> Sequence[Switch]:
        """Return the switches as they stand."""
        cursor = self._world.sources["cursor"]
        return (
            Switch(
                "inflate",
                f"Inflate: run Dag's agent {_TIMES} times",
                "Be Dag and ask /mytokens: only his cost rises. Nobody else's answer changes a word.",
                self._inflated_since is not None,
            ),
            Switch(
                "unplug",
                "Unplug Cursor",
                "Let a week pass and ask /mytokens: the answer says that its sum is too low.",
                cursor.unplugged is not None,
            ),
        )

    def clock_text(self) -> str:
        """Return the demo's day and time."""
        now = self._world.clock.now()
        return f"{long_day(now.date())} {now.year}, {now:%H:%M} UTC"

    def clock_buttons(self) -> Sequence[Button]:
        """Return the leaps that the clock can make."""
        return (Button("digest", "next digest"), Button("week", "+1 week"), Button("four-weeks", "+4 weeks"))

    def press_clock(self, button_id: str) -> str:
        """Let time pass, have the sources asked for the days between, and send the weekly notes that are due."""
        services = self._world.services
        leap = _LEAPS.get(button_id)
        if leap is None:
            leap = until_the_others(services, until_next_note(services, self.starts[0].user))
        sent = sum(self._let_pass(each) for each in _by_week(leap))
        retention.run(services)
        notes = plural(sent, "weekly note")
        return f"It is {long_day(self._world.clock.now().date())} now; the sources were asked again. Sent: {notes}."

    def _let_pass(self, time: timedelta) -> int:
        """Let time pass, a week at most, with a stop where the organisation's report is due; return how many notes."""
        until, due = self._world.clock.now() + time, next_report(self._world.services)
        return sum(self._move_on(each) for each in (due, until) if each <= until)

    def _move_on(self, until: datetime) -> int:
        """Let time pass, have the sources asked, and send what is due; return how many notes."""
        services, clock = self._world.services, self._world.clock
        days = (until - clock.now()).days + _LATE
        pass_runaway_night(services, clock, until)
        clock.move(until - clock.now())
        self._sync(days)
        for system in services.work_sources:
            sync_work(services, system, days)
        return send_notes(services)

    def flip(self, switch_id: str) -> str:
        """Flip a switch; returns what happened."""
        return self._flip_inflate() if switch_id == "inflate" else self._flip_cursor()

    def run(self, verb: str) -> str:
        """Run a verb of the command line on the demo; return what it prints."""
        return doctors_report(self._world.services) if verb == "doctor" else f"no verb {verb!r} here"

    @property
    def pages(self) -> Sequence[Page]:
        """Return what `worthwhile report --html` writes into a file."""
        return (Page("report", "The report as a page"),)

    def page(self, name: str) -> str | None:
        """Return the organisation's report as HTML; None before the first."""
        with self._world.services.database.reading() as session:
            report = last_report(session)
        return report_page(report) if name == "report" and report is not None else None

    def _flip_inflate(self) -> str:
        today, since = self._world.clock.now().date(), self._inflated_since
        meshclaw, dag = self._world.sources["meshclaw"], person("dag").email
        if since is None:
            self._inflated_since = since = today - timedelta(days=7)
            meshclaw.inflated(dag, _TIMES, since)
        else:
            self._inflated_since = None
            meshclaw.inflated(dag, 1)
        self._sync((today - since).days)
        return f"Dag's agent ran {_TIMES} times as often in the last week." if self._inflated_since else "As it was."

    def _flip_cursor(self) -> str:
        today, cursor = self._world.clock.now().date(), self._world.sources["cursor"]
        stopped = cursor.unplugged
        cursor.unplugged = today - timedelta(days=2) if stopped is None else None
        self._sync((today - (stopped or today)).days + _LATE)
        if stopped is None:
            return "Cursor has stopped answering. What came before is still there."
        return "Cursor is plugged in again; the days between have arrived."

    def _sync(self, days: int) -> None:
        for source in self._world.services.sources:
            sync_source(self._world.services, source, days)


def _by_week(leap: timedelta) -> list[timedelta]:
    """Return a leap in weeks, so that the digest of every week is released in its own."""
    weeks, rest = divmod(leap, timedelta(days=7))
    return [timedelta(days=7)] * weeks + ([rest] if rest else [])


def _on_day(step: Step, tuesday: str) -> Step:
    """Return the step with the expensive Tuesday's date where the demo does not begin on its usual day."""
    return replace(step, acts=[tuple(word.replace(_TUESDAY, tuesday) for word in act) for act in step.acts])
