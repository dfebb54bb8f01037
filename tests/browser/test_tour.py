"""Three minutes in Larkfield: every step of the rail is clicked, and what each of two people sees is read."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from bot.demo.steps import ANA, CURIOUS, PROOFS, TOUR
from bot.demo.story import LarkfieldStory
from bot.demo.world import World, demo_world
from bot.domain.people import SlackId
from bot.manifest import manifest
from bot.playground.page.serving import serving_page
from storage import people
from storage.finished import work_deliveries_for
from storage.usage import deliveries_for
from tests.browser.browsing import DESKTOP, PHONE, Browser
from tests.browser.conftest import silent
from tests.demo.demonstrated import usd
from tests.e2e.harness import logging_as_the_bot_does, until

LABELS = [step.label for step in (*TOUR, CURIOUS, *PROOFS)]
FOUR_WEEKS = "$197.53 billed, $17.53 of it seats. The four weeks before: $188.60."
FINISHED = "7 changes finished, 5 show AI help"
# What the pane of the step shows in its newest message, or in its Home tab, once the step is done.
SEEN = {
    "Ana presses [See mine]": ("left", "Hi Ana. No usage is collected about you yet.", "Switch it on"),
    "She switches it on": ("left", "It's on. Fetching your last 15 weeks", "A short note once a week?"),
    "Is that login hers?": ("left", "ana-ruiz at GitHub is yours", "Only you can see this."),
    "/mytokens": ("left", FINISHED, FOUR_WEEKS, "Claude Code     ████", "Why Tue 10 Nov cost $37.00"),
    "See the list": ("left", FINISHED, FOUR_WEEKS),
    "Why was Tuesday expensive?": (
        "left",
        "Tuesday 10 November: $37.00 billed",
        "41 million × $0.50 a million",
        "$7.40",
    ),
    "Twelve weeks": (
        "left",
        "Your last twelve weeks",
        "about $23, likely $15-36",
        "Most expensive day: Tue 10 Nov, $37.00",
    ),
    "Mo asks for Ana's": ("right", "I only ever show you your own.", "Only visible to you"),
    "What is kept, and who saw it": ("left", "Your own numbers: nobody but you.", "policy"),
    "Home keeps it": ("left", FINISHED, FOUR_WEEKS, "Your switches", "Download my data"),
    "Be curious: a lead's tricks": ("right", "Your own numbers: nobody but you."),
    "Inflate Dag's agent": ("left", FINISHED, FOUR_WEEKS),
    "Unplug Cursor for a week": ("left", "Cursor: no data since Wed 18 Nov, so this sum is too low."),
    "Plug it in again": ("left", "Your last four weeks", "to yesterday"),
}
BOTH_MOVE = {"Inflate Dag's agent"}
BILLED = re.compile(r"(\$[\d,]+\.\d\d) billed")


@dataclass
class Tour:
    """The page on Larkfield, and what both panes held after each step."""

    page: Browser
    world: World
    phone: bool
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    before: dict[str, dict[str, str]] = field(default_factory=dict)

    def steps(self) -> list[WebElement]:
        return self.page.driver.find_elements(By.CSS_SELECTOR, ".step")

    def panes(self) -> dict[str, str]:
        """Return what both panes hold; on a phone one of them is not on the screen."""
        return {side: str(self.page.js(f"return document.querySelector('#{side} .scroll').textContent"))
                for side in ("left", "right")}  # fmt: skip

    def play(self, label: str) -> None:
        """Click a step, wait until it is done, and keep what is then on the page."""
        number = LABELS.index(label)
        if self.phone and not self.steps()[number].is_displayed():
            self.page.driver.find_element(By.CSS_SELECTOR, ".rail summary").click()
        self.before[label] = self.panes()
        self.steps()[number].click()
        self.page.until(lambda: {"done", "failed"} & set(self.classes(number)), 20)
        assert "done" in self.classes(number), self.page.driver.find_element(By.CSS_SELECTOR, ".doing").text
        self.held[label] = self.panes()

    def classes(self, number: int) -> list[str]:
        return (self.steps()[number].get_attribute("class") or "").split()

    def newest(self, side: str) -> str:
        """Return what a person reads in the newest message of a pane, or in its Home tab."""
        where = self.page.all(side, ".post") or self.page.all(side, ".home")
        assert where[-1].is_displayed()
        return where[-1].text

    def press(self, selector: str) -> None:
        """Press a button of the frame; on a phone it may have to be brought into view."""
        button = self.page.driver.find_element(By.CSS_SELECTOR, selector)
        self.page.js("arguments[0].scrollIntoView({inline: 'center', block: 'nearest'})", button)
        self.page.until(lambda: button.is_displayed())
        button.click()

    def clock(self) -> str:
        """Return what the clock shows."""
        return self.page.driver.find_element(By.CSS_SELECTOR, ".clock-text").text

    def has_arrived(self) -> bool:
        """Whether every source has delivered for Ana."""
        services = self.world.services
        with services.database.reading() as session:
            viewer = people.viewer_of(session, SlackId(services.slack.org_id, ANA))
            if viewer is None:
                return False
            arrived = [*deliveries_for(session, viewer.person_id), *work_deliveries_for(session, viewer.person_id)]
            return len(arrived) == len(services.all_sources)


@contextmanager
def larkfield(page: Browser, size: tuple[int, int]) -> Iterator[Tour]:
    with ExitStack() as stack:
        stack.enter_context(logging_as_the_bot_does("ERROR"))
        world = stack.enter_context(demo_world(None))
        address = stack.enter_context(serving_page(world.slack, 0, LarkfieldStory(world), manifest("", None)))
        page.driver.delete_all_cookies()
        page.sized(size).errors()
        calm = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}  # types four times as fast
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", calm)
        yield Tour(page.open(address), world, size == PHONE)
        silent(page)
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def step_by_step(tour: Tour) -> None:
    """Click every step in turn, and read both panes."""
    for label in LABELS:
        side, *words = SEEN[label]
        tour.play(label)
        for each in words:
            tour.page.until(lambda side=side, each=each: each in tour.newest(side))  # type: ignore[misc]
        if label not in BOTH_MOVE:
            other = "left" if side == "right" else "right"
            assert tour.held[label][other] == tour.before[label][other], label
        assert tour.page.js("return document.documentElement.scrollWidth <= innerWidth"), label
        if label == "Is that login hers?":
            assert until(tour.has_arrived)


def read_the_costs(tour: Tour) -> None:
    """Inflating raised Dag's cost and nobody else's; the lead read no figure; the missing week arrived."""
    dag = tour.held["Inflate Dag's agent"]["right"]
    lower, higher = (usd(amount) for amount in BILLED.findall(dag)[-2:])
    assert higher > 100 * lower
    assert "billed" not in tour.held["Be curious: a lead's tricks"]["right"].replace("Only you see yours", "")
    without, again = (BILLED.findall(tour.held[label]["left"])[-1] for label in LABELS[-2:])
    assert usd(again) > usd(without)
    assert "no data since" not in tour.newest("left")


def let_time_pass(tour: Tour) -> None:
    """Press both leaps by hand: the clock moves by them, and nothing is said in any pane."""
    before = tour.panes()
    for button, day in (("week", "Thursday 3 December 2026"), ("four-weeks", "Thursday 31 December 2026")):
        tour.press(f'[data-clock="{button}"]')
        tour.page.until(lambda day=day: day in tour.clock())  # type: ignore[misc]
    assert tour.panes() == before


def flip_by_hand(tour: Tour) -> None:
    """Unplug and plug in by hand; what the switch says is seen, and so is what the bot then says."""
    for stands, words in (("true", "Cursor has stopped answering."), ("false", "Cursor is plugged in again")):
        tour.press('[data-switch="unplug"]')
        tour.page.until(
            lambda words=words: words in tour.page.driver.find_element(By.CSS_SELECTOR, "#toasts").text  # type: ignore[misc]
        )
        tour.page.until(
            lambda stands=stands: tour.page.driver.find_elements(  # type: ignore[misc]
                By.CSS_SELECTOR, f'[data-switch="unplug"][aria-checked="{stands}"]'
            )
        )
        answered = len(tour.page.all("left", ".post"))
        tour.page.type("left", "/mytokens")
        tour.page.until(lambda answered=answered: len(tour.page.all("left", ".post")) > answered)  # type: ignore[misc]
        assert ("Cursor: no data since" in tour.newest("left")) is (stands == "true")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_three_minutes(one_browser: Browser, size: tuple[int, int]) -> None:
    with larkfield(one_browser, size) as tour:
        step_by_step(tour)
        read_the_costs(tour)
        let_time_pass(tour)
        if tour.phone:
            tour.press("[data-show=left]")
        flip_by_hand(tour)
