"""Where figures come from, in which money, beside which bill; and an allowance that ends before its cycle does."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.app import running
from bot.connectors.pull import Allowance, PullSource, ReportedDay, ReportedRow, Windows
from bot.domain.usage import SEAT_TIER, UsageRow
from bot.errors import ConnectorError
from bot.jobs.sync import sync_source
from bot.playground.local_slack import LocalSlack
from tests.e2e.harness import T0, Stage, settings_for, texts

TODAY = T0.date()
DAY = timedelta(days=1)
FIRST = date(2026, 10, 1)
OTHERS = tuple(f"other{number}@larkfield.example" for number in range(11))


@dataclass
class Told(PullSource):
    """A source that reports the same of everybody on every day that is over."""

    kind: str = ""
    rows: Sequence[Mapping[str, Any]] = ()
    people: Sequence[str] = ()
    bill_nano_usd: int | None = None
    stated: Sequence[Allowance] = ()
    fails: bool = False
    name: str = "company"
    accounts_are_emails: bool = True
    windows: Windows = field(default_factory=lambda: Windows(1, 50, 50))

    def reported_days(self, first: date, last: date) -> Iterator[ReportedDay]:
        if self.fails:
            raise ConnectorError(self.kind, "HTTP 500", permanent=False)
        for back in range((TODAY - max(first, FIRST)).days, 0, -1):
            day = TODAY - back * DAY
            yield ReportedDay(day, [[self._row(email, day, each) for email in self.people for each in self.rows]])

    def _row(self, email: str, day: date, measures: Mapping[str, Any]) -> ReportedRow:
        return ReportedRow(email, UsageRow(day, self.kind, 0, **{"tool": self.kind, "model": "m", **measures}))

    def billed(self, first: date, last: date) -> Iterator[tuple[date, int]]:
        days = (last - max(first, FIRST)).days + 1 if self.bill_nano_usd is not None else 0
        return ((last - back * DAY, self.bill_nano_usd or 0) for back in range(days))

    def allowances(self) -> Iterator[Allowance]:
        return iter(self.stated)


@dataclass
class Clock:
    now: datetime = T0


@contextmanager
def asking(new_database: Callable[[], str], *sources: Told, clock: Clock | None = None) -> Iterator[Stage]:
    """Run the bot with these sources, which report Ana and eleven others."""
    time = clock or Clock()
    with LocalSlack().running() as slack:
        settings = settings_for(slack, new_database(), "http")
        with running(settings, lambda: time.now, sources) as services:
            slack.deliver_to(f"{services.web_url}/slack/events")
            yield Stage(slack, services, settings.database_url, "http")


def someone_asked_for(stage: Stage, *sources: Told) -> str:
    """Switch somebody on, whom all sources report, and ask every source."""
    user = stage.newcomer()
    for source in sources:
        source.people = source.people or (stage.slack.world.users[user].email, *OTHERS)
    stage.press(user, stage.ask(user), "Switch it on")
    for source in sources:
        sync_source(stage.services, source)
    return user


def nano(amount: int) -> dict[str, Any]:
    return {"billed_nano_usd": amount * 10**9}


def test_every_source_says_how_fresh_it_is_in_which_money_and_beside_which_bill(
    new_database: Callable[[], str],
) -> None:
    claude = {"tool": "claude-code"}
    sources = (
        Told("anthropic", [claude | nano(5)], bill_nano_usd=60 * 10**9),
        Told("litellm", [claude | {"list_value_nano_usd": 4, "list_value_by": "gateway"}]),
        Told("cursor", [{"list_value_nano_usd": 10**9, "list_value_by": "vendor"}], bill_nano_usd=10**9),
        Told("copilot", [nano(1) | {"tier": SEAT_TIER}], people=()),
        Told("openai", [nano(1)], people=OTHERS, bill_nano_usd=11 * 10**9),
    )
    with asking(new_database, *sources) as stage:
        user = someone_asked_for(stage, *sources)
        answer = stage.ask(user, "sources")
        said, lines = texts(answer), {name: line_of(answer.raw["blocks"], name) for name in NAMES}

    assert lines == {
        "Anthropic": ["complete to Wed 18 Nov", "billed", "matches billing within 5 %"],
        "LiteLLM": ["complete to Wed 18 Nov", "the gateway's estimate", "no bill to compare with"],
        "Cursor": ["complete to Wed 18 Nov", "the vendor's own estimate", "does not match billing"],
        "GitHub Copilot": ["complete to Wed 18 Nov", "billed (your seat)", "no bill to compare with"],
        "OpenAI": ["complete to Wed 18 Nov", "no use of yours", "-"],
    }
    assert "*Cursor does not match billing*, so these figures may be off. Ask whoever runs this bot." in said
    assert "Claude Code: from Anthropic; also reported by LiteLLM, counted once" in said


NAMES = ("Anthropic", "LiteLLM", "Cursor", "GitHub Copilot", "OpenAI")


def line_of(blocks: list[dict[str, Any]], name: str) -> list[str]:
    """Return the cells beside a source's name."""
    (table,) = (block for block in blocks if block["type"] == "data_table")
    rows = [[cell["text"] for cell in row] for row in table["rows"]]
    return next(row[1:] for row in rows if row[0] == name)


def test_a_source_that_fails_says_since_when_and_one_that_has_not_delivered_is_named(
    new_database: Callable[[], str],
) -> None:
    clock = Clock()
    cursor = Told("cursor", [nano(1)])
    anthropic = Told("anthropic", [nano(1)], fails=True)
    with asking(new_database, cursor, anthropic, clock=clock) as stage:
        user = someone_asked_for(stage, cursor, anthropic)
        cursor.fails = True
        sync_source(stage.services, cursor)
        clock.now = T0 + 2 * DAY
        blocks = stage.ask(user, "sources").raw["blocks"]

    assert line_of(blocks, "Cursor")[:2] == ["no answer since Thu 19 Nov, complete to Wed 18 Nov", "billed"]
    assert line_of(blocks, "Anthropic")[0] == "waiting for its first data about you"


def test_of_few_people_nothing_is_said_about_the_bill(new_database: Callable[[], str]) -> None:
    with asking(new_database, cursor := Told("cursor", [nano(1)], bill_nano_usd=10**9)) as stage:
        user = stage.newcomer()
        cursor.people = (stage.slack.world.users[user].email, *OTHERS[:10])
        stage.press(user, stage.ask(user), "Switch it on")
        sync_source(stage.services, cursor)
        said = texts(stage.ask(user, "sources"))

    assert "billing" not in said
    assert "bill to compare" not in said


# an allowance of one's own


def allowed(stage: Stage, cursor: Told, spent: int, user: str) -> None:
    """Let Cursor state that so much of 240 dollars is spent, ten days into a cycle of thirty."""
    email = stage.slack.world.users[user].email
    first = TODAY - 10 * DAY
    cursor.stated = [Allowance(email, 240 * 10**9, spent * 10**9, first, first + 29 * DAY)]


def test_an_allowance_that_ends_early_is_said_to_its_owner_alone(new_database: Callable[[], str]) -> None:
    clock = Clock()
    with asking(new_database, cursor := Told("cursor", [nano(1)]), clock=clock) as stage:
        user, other = stage.newcomer(), stage.newcomer()
        cursor.people = (*(stage.slack.world.users[each].email for each in (user, other)), *OTHERS)
        for each in (user, other):
            stage.press(each, stage.ask(each), "Switch it on")
        allowed(stage, cursor, 100, user)
        sync_source(stage.services, cursor)
        said = {words: texts(stage.ask(user, words)) for words in ("", "today", "week", "12w")}
        others = texts(stage.ask(other)) + texts(stage.ask(other, "today"))
        clock.now = T0 + timedelta(days=2, seconds=1)
        later = texts(stage.ask(user))

    line = "Cursor: on the present path the allowance ends about 3 Dec."
    assert {words: line in text for words, text in said.items()} == {
        "": True,
        "today": True,
        "week": False,
        "12w": False,
    }
    assert "allowance" not in others
    assert "allowance" not in later


@pytest.mark.parametrize(
    ("spent", "said"),
    [
        (70, ""),
        (140, "Cursor: on the present path the allowance ends about the 26th."),
        (240, "Cursor: the allowance of this cycle is about used up."),
    ],
)
def test_an_allowance_is_mentioned_where_it_does_not_last(
    new_database: Callable[[], str], spent: int, said: str
) -> None:
    with asking(new_database, cursor := Told("cursor", [nano(1)])) as stage:
        user = stage.newcomer()
        cursor.people = (stage.slack.world.users[user].email, *OTHERS)
        allowed(stage, cursor, spent, user)
        stage.press(user, stage.ask(user), "Switch it on")
        sync_source(stage.services, cursor)
        answer = texts(stage.ask(user))

    assert said in answer
    assert ("allowance" in answer) == bool(said)
