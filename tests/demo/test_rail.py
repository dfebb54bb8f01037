"""The rail, played without a browser: every act names something that is there, and every promise of a step is kept."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from bot.demo.company.people import person
from bot.demo.company.repositories import login_of
from bot.demo.steps import ANA, CURIOUS, DAG, PROOFS, TOUR
from bot.domain.usage import MEASURES, UsageRow
from bot.playground.page.story import Step
from bot.playground.shown import Shown
from tests.demo.demonstrated import Demo, demonstrated, usd
from tests.e2e.harness import texts, until

pytestmark = pytest.mark.xdist_group("the rail, played")
ALONE = {"left": ANA, "right": "U01MO"}


@dataclass
class Player:
    """Does the acts of steps as the page does them, in the same order."""

    demo: Demo
    sits: dict[str, str] = field(default_factory=lambda: dict(ALONE))
    place: dict[str, str] = field(default_factory=lambda: dict.fromkeys(ALONE, "C01PAYMENTS"))
    newest: dict[str, Shown] = field(default_factory=dict)
    other_moved: list[str] = field(default_factory=list)
    seen: dict[str, list[str]] = field(default_factory=dict)

    def play(self, step: Step) -> None:
        """Play one step, and keep what its panes showed."""
        for kind, *rest in step.acts:
            getattr(self, f"_{kind}")(*rest)
        self.seen[step.label] = [texts(shown) for shown in self.newest.values()]

    def _as(self, side: str, user: str) -> None:
        assert user in self.demo.world.slack.world.users
        self.sits[side] = user

    def _open(self, side: str, place: str) -> None:
        user = self.sits[side]
        if place in ("home", "messages"):
            mark = self.demo.stage.slack.mark()
            self.demo.stage.slack.open_home(user, place)
            self.demo.stage.settle()
            self.newest[side] = next(iter(self.demo.stage.slack.shown_to(user, mark)), self.newest[side])
        else:
            assert user in self.demo.world.slack.world.channels[place].members
        self.place[side] = place

    def _type(self, side: str, words: str) -> None:
        name, _, rest = words.partition(" ")
        assert name == self.demo.stage.command
        channel = self.place[side] if self.place[side].startswith("C") else None
        self._do(side, lambda: self.demo.stage.ask(self.sits[side], rest, channel=channel))

    def _press(self, side: str, label: str) -> None:
        shown = next(one for one in reversed(self.demo.stage.slack.shown_to(self.sits[side])) if label in texts(one))
        self._do(side, lambda: self.demo.press(self.sits[side], shown, label))

    def _do(self, side: str, act: Callable[[], Shown]) -> None:
        mark, other = self.demo.stage.slack.mark(), self.sits["right" if side == "left" else "left"]
        self.newest[side] = act()
        if other != self.sits[side] and self.demo.stage.slack.shown_to(other, mark):
            self.other_moved.append(other)

    def _close(self, side: str) -> None:
        assert self.newest[side].surface == "modal"

    def _wait(self, side: str, text: str) -> None:
        assert text in texts(self.newest[side])

    def _switch(self, switch_id: str, to: str = "") -> None:
        (switch,) = [one for one in self.demo.story.switches if one.id == switch_id]
        if to != ("on" if switch.on else "off"):
            self.demo.story.flip(switch_id)

    def _clock(self, button_id: str) -> None:
        assert button_id in [button.id for button in self.demo.story.clock_buttons()]
        self.demo.story.press_clock(button_id)


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    """A demo in which the whole rail was played, with what each step showed."""
    with demonstrated() as demo:
        played = Player(demo)
        for step in demo.story.steps:
            played.play(step)
            if step.label == "Is that login hers?":
                assert until(demo.has_arrived)
        yield played


def test_the_rail_has_every_step_once(player: Player) -> None:
    assert [step.label for step in player.demo.story.steps] == [step.label for step in (*TOUR, CURIOUS, *PROOFS)]
    assert len(player.seen) == len(player.demo.story.steps)
    assert all(step.look for step in player.demo.story.steps)


def test_nothing_moves_in_the_other_pane(player: Player) -> None:
    assert player.other_moved == []


def test_whoever_is_curious_reads_nothing_of_anas(player: Player) -> None:
    handle = person("ana").email
    for shown in player.demo.stage.slack.shown_to("U01MO"):
        said = texts(shown)
        assert handle not in said
        assert "billed" not in said


def test_inflating_raises_dags_cost_and_leaves_anas_to_the_cent(player: Player) -> None:
    anas, dags = player.seen["Inflate Dag's agent"]

    assert "*$197.53 billed*" in anas
    assert "*$197.53 billed*" not in dags
    assert any("dependency-bump" in line and usd(line.split("$")[1].split()[0]) > 1_000 for line in dags.splitlines())


def test_finished_work_leads_and_what_was_denied_and_taken_back_is_counted_again(player: Player) -> None:
    for label in ("/mytokens", "Inflate Dag's agent"):
        assert player.seen[label][0].index("*7 changes finished*, 5 show AI help") < player.seen[label][0].index("$")
    assert "about $23, likely $15-36" in player.seen["Twelve weeks"][0]


def test_the_week_without_cursor_is_missed_and_comes_back(player: Player) -> None:
    without, again = player.seen["Unplug Cursor for a week"][0], player.seen["Plug it in again"][0]

    assert "*Cursor: no data since Wed 18 Nov*, so this sum is too low." in without
    assert "no data since" not in again
    assert _sum(again) > _sum(without)
    assert [row.day for row in player.demo.rows(ANA) if row.tool == "cursor" and row.day > date(2026, 11, 18)]


def test_every_day_that_the_sources_have_is_there_after_the_switches(player: Player) -> None:
    demo = player.demo
    demo.story.press_clock("four-weeks")
    if demo.story.switches[0].on:
        demo.story.flip("inflate")
    assert f"{demo.today.day} December 2026" in demo.story.clock_text()
    for user, kind in ((ANA, "cursor"), (DAG, "meshclaw")):
        first = demo.today - timedelta(days=45)
        told = {_figures(row) for row in demo.rows(user) if row.source == kind and row.day >= first}
        assert told == {_figures(row) for row in _reported(demo, user, kind, first)}


def test_what_ana_finished_while_time_passed_is_there(player: Player) -> None:
    demo = player.demo
    (github,) = demo.world.services.work_sources
    start = demo.world.clock.start.date()
    told = {
        each.item.reference
        for each in github.reported_work(start, demo.today).items
        if each.author == login_of(person("ana"))
    }

    assert told
    assert {item.reference for item in demo.finished(ANA) if item.finished_on >= start} == told


def _figures(row: UsageRow) -> tuple[object, ...]:
    return row.day, row.tool, row.model, row.work, *(getattr(row, name) for name in MEASURES), row.billed_nano_usd


def _reported(demo: Demo, user: str, kind: str, first: date) -> list[UsageRow]:
    account = demo.world.slack.world.users[user].email
    days = demo.world.sources[kind].reported_days(first, demo.today)
    return [each.row for day in days for batch in day.batches for each in batch if each.account == account]


def _sum(answer: str) -> float:
    return usd(answer.split(" billed*")[0].split("*")[-1])
