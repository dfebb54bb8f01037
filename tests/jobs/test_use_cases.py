"""What the library sends: one question, a weekly line to authors, round-ups; each once, and nobody's answer by name."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace as changed
from sqlmodel import Session, select

from bot.domain.iso_week import week_of
from bot.domain.people import Viewer
from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import Draft, Entry
from bot.domain.use_cases.evidence import Answer, Result
from bot.domain.use_cases.traces import Decision, Report
from bot.jobs import digests, use_cases
from bot.jobs.kind import ToChannel, ToPerson
from bot.jobs.kinds import KINDS
from bot.policy import Digest, People
from bot.services import Services
from bot.views.blocks import Message
from handlers import digest as digest_words
from handlers.visit import Visit
from storage import choices, use_case_asking, use_case_curating, use_case_tries
from storage.engine import Database
from storage.ids import new_id, source_id
from storage.known_rows import read_known
from storage.people import by_person_id, own_account, switch_on
from storage.tables import Outbox
from storage.usage import add_source_days, replace_days
from storage.use_case_answers import add_reason, add_thanks, say
from storage.use_case_entries import entry_of, put
from storage.use_case_lending import for_team, to_borrow, what_worked
from storage.use_case_mail import report_entry, tell_askers
from storage.use_case_round_ups import subscribe, unsubscribe
from tests.cast import DAILY_DAYS, MARKS, row
from tests.domain.use_cases.made import FLAKY, entry
from tests.promises.answers import services_on
from tests.team_company import CALM_DUE, DUE, PLATFORM, founded, profile_of, team_of, viewer_of, worked
from tests.threads import at_once

ANA, MO, RUI = "U01ANA", "U01MO", "U01RUI"
DAY = timedelta(days=1)
NOTES = Draft(title="First draft of release notes", when="A release is due", how="Give it the titles.", tool="Cursor")


@dataclass
class Library:
    """The small company, on a clock that is moved; Rui wrote entry 1."""

    database: Database
    at: datetime = DUE
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        founded(self.database, PLATFORM[:6])
        self.services = replace(services_on(self.database), now=lambda: self.at)
        self.put(entry(1, person_id=self.id(RUI), days_ago=90))

    def id(self, user: str) -> int:
        return viewer_of(self.database, user).person_id

    def write(self, work: Callable[[Session], Any]) -> Any:
        return self.database.writing(work)

    def read(self, work: Callable[[Session], Any]) -> Any:
        with self.database.reading() as session:
            return work(session)

    def put(self, *entries: Entry) -> None:
        for each in entries:
            self.write(partial(put, entry=each))

    def answer(self, user: str, result: Result = "yes", team: str = "", on: date | None = None, of: int = 1) -> int:
        said = Answer(new_id(), self.id(user), team or user, result, on or self.at.date())
        self.write(lambda session: say(session, of, said))
        return said.id

    def tries(self, user: str) -> None:
        today = self.at.date()
        self.write(lambda s: use_case_tries.want_to_try(s, self.id(user), 1, today, today + 7 * DAY))

    def run(self, at: datetime | None = None) -> dict[str, int]:
        self.at = at or self.at
        return use_cases.run(self.services)

    def planned(self, kind: str) -> list[Outbox]:
        return self.read(lambda s: list(s.exec(select(Outbox).where(Outbox.kind == kind))))  # type: ignore[no-any-return]

    def says(self, kind: str) -> list[tuple[int, str]]:
        """Return to whom every planned message of a kind goes, and what it says now; empty where it has nothing."""
        return [(each.person_id, self._composed(each)) for each in self.planned(kind)]

    def _composed(self, planned: Outbox) -> str:
        how, payload = KINDS[planned.kind], json.loads(planned.payload)
        if isinstance(how, ToChannel):
            return _text(how.compose(self.services, payload))
        assert isinstance(how, ToPerson)
        assert how.anybody
        person: Viewer | None = self.read(lambda s: by_person_id(s, planned.person_id))
        assert person is not None
        return _text(how.compose(self.services, person, payload))


def _text(message: Message | None) -> str:
    return "" if message is None else message.as_text()


@pytest.fixture
def library(database: Database) -> Library:
    return Library(database)


@pytest.fixture
def shelf(sqlite_database: Database) -> Library:
    return Library(sqlite_database)


def test_who_wants_to_try_is_asked_once_after_seven_days_on_or_off(library: Library) -> None:
    library.tries(ANA)
    before = library.run(DUE + 6 * DAY)["questions"]
    library.at = DUE + 7 * DAY
    at_once(4, lambda _: use_cases.run(library.services))
    again = library.run(DUE + 30 * DAY)["questions"]

    assert (before, again) == (0, 0)
    ((person, text),) = library.says("use-case-question")
    assert person == library.id(ANA)
    assert text.startswith("*Sort flaky tests in ten minutes*: did it work?")


@pytest.mark.parametrize("state", ["answered", "left"])
def test_who_has_said_already_is_not_asked(shelf: Library, state: Any) -> None:
    for user in (ANA, MO):
        shelf.tries(user)
    shelf.write(lambda s: use_case_tries.settle(s, shelf.id(ANA), 1, state))
    shelf.run(DUE + 7 * DAY)
    shelf.write(lambda s: use_case_tries.settle(s, shelf.id(MO), 1, state))

    assert shelf.says("use-case-question") == [(shelf.id(MO), "")]


def test_an_author_hears_once_a_week_and_reasons_from_three_answers_on(library: Library) -> None:
    first = library.answer(ANA, "no", on=DUE.date())
    library.write(lambda s: add_reason(s, first, library.id(ANA), "needs access to CI logs", sent=True))
    early = [library.run(DUE + days * DAY)["authors"] for days in (1, 7, 7, 8)]
    second = library.answer(MO, on=(DUE + 8 * DAY).date())
    third = library.answer(PLATFORM[0], on=(DUE + 8 * DAY).date())
    library.answer(RUI, on=(DUE + 8 * DAY).date())
    library.write(lambda s: add_thanks(s, second, library.id(MO), "Saved my morning", named=True))
    library.write(lambda s: add_thanks(s, third, library.id(PLATFORM[0]), "Us too", named=False))
    later = library.run(DUE + 14 * DAY)["authors"]

    assert (early, later) == ([0, 1, 0, 0], 1)
    ((_, one), (_, two)) = sorted(library.says("use-case-news"), key=lambda each: len(each[1]))
    assert {person for person, _ in library.says("use-case-news")} == {library.id(RUI)}
    assert "*One person in one team used Sort flaky tests in ten minutes last week.*" in one
    assert "needs access" not in one
    assert "Ana" not in one
    assert "*Two people in two teams used Sort flaky tests in ten minutes last week.* It worked for all two." in two
    assert "Add 'needs access to CI logs' to 'Watch out'?" in two
    assert f"&gt; Saved my morning ({profile_of(MO).name})" in two
    assert "&gt; Us too\n" in two
    assert profile_of(PLATFORM[0]).name not in two


def test_whether_it_is_still_right_is_asked_once_and_no_answer_archives_it(library: Library) -> None:
    library.put(entry(2, NOTES, person_id=library.id(MO), days_ago=200), entry(3, NOTES, person_id=None, days_ago=10))
    newer = [row(day=(DUE - days * DAY).date(), source_id=0, model="claude-sonnet-5") for days in (1, 2)]

    def told(session: Session) -> None:
        source = source_id(session, "anthropic", "company")
        add_source_days(session, [changed(each, source_id=source, requests=1) for each in newer])

    library.write(told)
    done = [library.run(DUE + days * DAY) for days in (0, 1, 27)]
    right = library.read(lambda s: entry_of(s, 1))
    library.put(steps.checked(right, (DUE + 20 * DAY).date()))
    late = library.run(DUE + 28 * DAY)

    assert [each["asked"] for each in done] == [3 - 1, 0, 0]
    assert sorted(person for person, _ in library.says("use-case-still-right")) == sorted(map(library.id, (RUI, MO)))
    assert late["archived"] == 1
    assert [library.read(partial(entry_of, id_=number)).state for number in (1, 2, 3)] == [
        "published",
        "archived",
        "published",
    ]
    assert [text for _, text in library.says("use-case-still-right")] == ["", ""]


def test_a_channel_gets_one_round_up_a_week_and_none_when_nothing_is_new(library: Library) -> None:
    library.write(lambda s: subscribe(s, "C1", library.id(ANA), (DUE - 3 * DAY).date()))
    library.write(lambda s: subscribe(s, "C2", library.id(ANA), (DUE + 20 * DAY).date()))
    library.put(entry(2, NOTES, days_ago=8, shown_as="nobody", team="Secret team"))
    for number, user in enumerate((ANA, MO, *PLATFORM[:2])):
        library.answer(user, team="AB"[number % 2], on=(DUE - 5 * DAY).date())
    library.write(lambda s: use_case_asking.ask(s, 7, "review Terraform plans", library.id(MO), (DUE - 4 * DAY).date()))
    at_once(3, lambda _: use_cases.run(library.services))
    counts = [library.run(DUE + days * DAY)["round_ups"] for days in (1, 7, 14)]

    ((_, text),) = library.says("round-up")
    assert counts == [0, 0, 0]
    assert "*Sort flaky tests in ten minutes* · Platform · worked for 4 of 4, 2 teams" in text
    assert "*New, waiting for its first try:* First draft of release notes" in text
    assert "*Looking for:* review Terraform plans · asked by 1 person" in text
    assert "Secret team" not in text
    library.write(lambda s: unsubscribe(s, "C1"))
    assert library.says("round-up") == [(0, "")]


def test_those_who_looked_for_it_are_told_once_it_is_published(shelf: Library) -> None:
    today = shelf.at.date()
    shelf.write(lambda s: use_case_asking.ask(s, 7, "release notes", shelf.id(ANA), today))
    shelf.write(lambda s: use_case_asking.ask_too(s, 7, shelf.id(MO), today))
    waiting = entry(2, NOTES, person_id=shelf.id(MO), state="waiting")
    shelf.put(waiting)
    shelf.write(lambda s: tell_askers(s, 7, 2, shelf.at))
    before = shelf.run()["found"]
    shelf.put(steps.published(waiting, today))

    assert [before, shelf.run()["found"], shelf.run()["found"]] == [0, 1, 0]
    ((person, text),) = shelf.says("use-case-found")
    assert person == shelf.id(ANA)
    assert "*First draft of release notes*" in text


@pytest.mark.parametrize(
    ("people", "kind"),
    [
        (People(curators=(MO,), operators=(ANA,)), "use-case-reported"),
        (People(operators=(MO,)), "use-case-report-to-operators"),
    ],
)
def test_a_report_reaches_curators_or_operators_once_until_they_decide(
    shelf: Library, people: People, kind: str
) -> None:
    slack, policy = shelf.services.slack, shelf.services.policy.model_copy(update={"people": people})
    slack.org_id = "T0LOCAL"
    shelf.services = replace(shelf.services, policy=policy)
    today = shelf.at.date()

    def send(id_: int) -> None:
        said = Report(id_, 1, shelf.id(ANA), "Names <!channel> a customer", today)
        operators = shelf.services.operators
        shelf.write(lambda s: report_entry(s, said, people.curators, operators, shelf.at))

    for number in (11, 11, 12):
        send(number)
    ((person, text),) = shelf.says(kind)
    shelf.write(lambda s: use_case_curating.decide(s, Decision(1, 1, shelf.id(MO), "kept", "", today)))
    send(13)

    assert person == shelf.id(MO)
    assert "Names &lt;!channel&gt; a customer" in text
    assert profile_of(ANA).name not in text
    assert len(shelf.planned(kind)) == 2


def _reused(shelf: Library, of: int = 1) -> None:
    for number, user in enumerate((MO, *PLATFORM[:2])):
        shelf.answer(user, team="AB"[number % 2], on=(DUE - 5 * DAY).date(), of=of)


def _ana_is_on(shelf: Library, tool: str = "claude-code") -> Viewer:
    def fill(session: Session) -> Viewer:
        viewer = switch_on(session, profile_of(ANA), MARKS, DUE - 60 * DAY, DAILY_DAYS)
        account, source = own_account(session, profile_of(ANA).slack_id), source_id(session, "ccusage", "laptop")
        days = [(DUE - back * DAY).date() for back in range(1, 20)]
        rows = [row(day=day, source_id=source, tool=tool, requests=9, billed_nano_usd=10**9) for day in days]
        replace_days(session, account, source, set(days), rows, DUE)
        choices.choose(session, viewer.person_id, "digest", "figures", DUE - 30 * DAY)
        return viewer

    return shelf.write(fill)  # type: ignore[no-any-return]


def test_a_note_offers_one_to_borrow_the_same_wherever_it_is_read_and_never_again(library: Library) -> None:
    _reused(library)
    talkative = library.services.policy.model_copy(update={"digest": Digest(quiet_when_empty=False)})
    library.services = replace(library.services, policy=talkative)
    ana, week = _ana_is_on(library), week_of(DUE.date()).before()
    notes = [_text(digests.compose(library.services, ana, {"week": week.word})) for _ in range(2)]
    shown = digest_words.show_week(Visit(ana.slack_id, "T0LOCAL", "", week.word, "", ""), ana, library.services)
    library.at = DUE + 7 * DAY
    later = _text(digests.compose(library.services, ana, {"week": week_of(DUE.date()).word}))
    home = library.read(lambda s: to_borrow(s, ana, library.at.date(), offered_too=True))

    line = "*To borrow:* Sort flaky tests in ten minutes (Platform). 3 of 3 who tried it said it worked."
    assert notes[0] == notes[1]
    assert line in notes[0]
    assert line in shown.as_text()
    assert "To borrow" not in later
    assert home is not None


@pytest.mark.parametrize(
    ("tool", "changes", "fits"),
    [
        ("claude-code", {}, True),
        ("cursor", {}, False),
        ("claude-code", {"team": "Payments"}, False),
        ("claude-code", {"state": "archived"}, False),
    ],
)
def test_what_is_offered_is_for_a_tool_in_use_and_from_another_team(
    shelf: Library, tool: str, changes: dict[str, Any], fits: bool
) -> None:
    shelf.put(entry(1, person_id=shelf.id(RUI), days_ago=90, **changes))
    _reused(shelf)
    ana = _ana_is_on(shelf, tool)
    offered = shelf.read(lambda s: to_borrow(s, ana, DUE.date()))
    known = shelf.read(lambda s: read_known(s, ana.person_id, DUE, shelf.services.prices, shelf.services.overlaps))
    hinted = [each.id for each in known.library or () if each.tool == tool and each.team not in known.own_teams]

    assert (offered is not None) == fits
    assert hinted == (["1"] if fits else [])


def test_a_teams_digest_names_what_it_shared_and_what_it_could_borrow_once(shelf: Library) -> None:
    worked(shelf.database, told_on=CALM_DUE)
    team = team_of(shelf.database)
    _reused(shelf)
    week = week_of(DUE.date()).before()
    shelf.put(entry(2, NOTES, team="Payments", days_ago=8, shown_as="team"))
    shelf.put(entry(3, changed(NOTES, title="Nobody's"), team="Payments", days_ago=8, shown_as="nobody"))
    said = shelf.read(lambda s: for_team(s, team, week, DUE.date()))
    best = shelf.read(lambda s: what_worked(s, (DUE - 9 * DAY).date(), DUE.date(), DUE.date()))
    quiet = shelf.read(lambda s: what_worked(s, (DUE - 90 * DAY).date(), (DUE - 60 * DAY).date(), DUE.date()))

    assert [(each.title, each.tried) for each in said.shared] == [("First draft of release notes", 0)]
    assert [(each.team, each.worked, each.tried, each.teams) for each in said.worth_borrowing] == [
        ("Platform", 3, 3, 2)
    ]
    assert (best and best.entry, quiet) == ("1", None)
    assert FLAKY.title == said.worth_borrowing[0].title
