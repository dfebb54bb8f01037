"""Three minutes in Larkfield: every step of the rail is clicked, and what each of two people sees is read."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from bot.demo.steps import CURIOUS, PROOFS, TOUR
from bot.demo.story import LarkfieldStory
from bot.demo.world import demo_world
from bot.manifest import manifest
from bot.playground.page.serving import serving_page
from tests.browser.browsing import DESKTOP, PHONE, Browser
from tests.browser.conftest import silent
from tests.e2e.harness import logging_as_the_bot_does, until

LABELS = [step.label for step in (*TOUR, CURIOUS, *PROOFS)]
FOUR_WEEKS = "$197.53 billed, $17.53 of it seats. The four weeks before: $188.60."
# What the pane of the step shows in its newest message, or in its Home tab, once the step is done.
SEEN = {
    "Ana presses [See mine]": ("left", "Hi Ana. No usage is collected about you yet.", "Switch it on"),
    "She switches it on": ("left", "It's on. Fetching your last 15 weeks", "A short note once a week?"),
    "/mytokens": ("left", FOUR_WEEKS, "Claude Code     ████", "Why Tue 10 Nov cost $37.00"),
    "Why was Tuesday expensive?": (
        "left",
        "Tuesday 10 November: $37.00 billed",
        "41 million × $0.50 a million",
        "$7.40",
    ),
    "Twelve weeks": ("left", "Your last twelve weeks", "Most expensive day: Tue 10 Nov, $37.00"),
    "Mo asks for Ana's": ("right", "I only ever show you your own.", "Only visible to you"),
    "What is kept, and who saw it": ("left", "Your own numbers: nobody but you.", "Policy"),
    "Home keeps it": ("left", FOUR_WEEKS, "Your switches", "Download my data"),
    "Be curious: a lead's tricks": ("right", "Your own numbers: nobody but you."),
    "Inflate Dag's agent": ("left", FOUR_WEEKS),
    "Unplug Cursor for a week": ("left", "Cursor: no data since Wed 18 Nov, so this sum is too low."),
    "Plug it in again": ("left", "Your last four weeks", "to yesterday"),
}
WALKS = {"Inflate Dag's agent"}  # both panes move


@dataclass
class Tour:
    """The page on Larkfield, and what both panes held after each step."""

    page: Browser
    phone: bool
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    before: dict[str, dict[str, str]] = field(default_factory=dict)
    inflated: list[str] = field(default_factory=list)

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

    def wide(self) -> int:
        return int(self.page.js("return document.documentElement.scrollWidth"))


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
        yield Tour(page.open(address), size == PHONE)
        silent(page)
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.fixture(scope="module", params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def tour(one_browser: Browser, request: pytest.FixtureRequest) -> Iterator[Tour]:
    """The demo, at one of two widths; the tests below take it from its first minute to its last."""
    with larkfield(one_browser, request.param) as made:
        yield made


@pytest.mark.parametrize("label", LABELS)
def test_each_step_shows_what_it_says(tour: Tour, label: str) -> None:
    side, *words = SEEN[label]
    tour.play(label)

    for each in words:
        tour.page.until(lambda each=each: each in tour.newest(side))  # type: ignore[misc]
    if label not in WALKS:
        other = "left" if side == "right" else "right"
        assert tour.held[label][other] == tour.before[label][other]
    assert tour.wide() <= tour.page.js("return innerWidth")
