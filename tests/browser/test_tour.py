"""Three minutes in Larkfield: every step of the rail is clicked, and what each of two people sees is read."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from bot.demo.seats import ANA
from bot.demo.steps import CURIOUS, PROOFS, TOUR
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
# What the pane of the step shows in its newest message, in its window or in its Home tab, once the step is done.
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
    "What is kept, and who saw it": ("left", "Your own numbers: nobody but you.", "Log mark today"),
    "Home keeps it": ("left", FINISHED, FOUR_WEEKS, "Your switches", "Download my data"),
    "A note once a week": ("left", "Your week, 16-22 November", "Finished:", "Small corrections can follow"),
    "Ana tries what worked": ("right", "One person in one team used Sort flaky tests", "Tell my team"),
    "Rui shares a trick": ("left", "Tell slow steps of the pipeline from stuck ones", "Rui, Platform", "I'll try it"),
    "Mo sets up a digest": (
        "right",
        "Payments, week of",
        "changes finished, in ",
        "no names",
    ),
    "Ana is counted": ("left", "Usual AI cost of Engineering, ", "Not changed afterwards."),
    "What is not shown, and who saw": ("left", "Figures you are counted in", "· everybody in Engineering"),
    "Vera wants a leaderboard": (
        "right",
        "of AI per change that stayed, all of Larkfield",
        "Billed: $",
        "Twice the spend went with about 23 % more finished work, likely 15-32 %.",
    ),
    "Be curious: a lead's tricks": ("right", "An example. The team and every figure in it are made up."),
    "Be curious: ask five times": ("right", "Payments, week of", "no names, no AI usage"),
    "Be curious: one fewer": ("left", "Payments without Ana is set up for acme/payments. Its lead is told."),
    "Ana leaves": ("right", "week of", "changes finished, in ", "no names, no AI usage"),
    "Inflate Dag's agent": ("left", "Your last four weeks"),
    "Unplug Cursor for a week": ("left", "Cursor: no data since", "so this sum is too low."),
    "Plug it in again": ("left", "Your last four weeks", "to yesterday"),
    "Sam asks the doctor": ("left",),
}
# Steps in which something happens for both; in all others nothing moves in the pane of who does nothing.
BOTH_MOVE = {
    "Ana tries what worked",
    "Rui shares a trick",
    "Mo sets up a digest",
    "Ana is counted",
    "What is not shown, and who saw",
    "Vera wants a leaderboard",
    "Be curious: one fewer",
    "Ana leaves",
    "Inflate Dag's agent",
}
ON_A_PHONE = (
    *LABELS[:4],
    "Mo asks for Ana's",
    "Home keeps it",
    "Rui shares a trick",
    "Mo sets up a digest",
    "Vera wants a leaderboard",
    "Sam asks the doctor",
)
BILLED = re.compile(r"(\$[\d,]+\.\d\d) billed")
RANGE = re.compile(r"Usual AI cost of Engineering, \d+ \w+ to \d+ \w+: \$[\d,]+-[\d,]+, for those counted")


@dataclass
class Tour:
    """The page on Larkfield, and what both panes held after each step."""

    page: Browser
    world: World
    address: str
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
        self.page.until(lambda: {"done", "failed"} & set(self.classes(number)), 90)
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
        calm = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}  # types ten times as fast
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", calm)
        yield Tour(page.open(address), world, address, size == PHONE)
        silent(page)
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def step_by_step(tour: Tour, labels: Sequence[str]) -> None:
    """Click steps in turn, and read both panes."""
    for label in labels:
        side, *words = SEEN[label]
        tour.play(label)
        if tour.phone and label in BOTH_MOVE:  # the pane on the screen is the one that moved last
            tour.press(f"[data-show={side}]")
        for each in words:
            assert until(lambda side=side, each=each: each in tour.newest(side)), (label, each, tour.newest(side))  # type: ignore[misc]
        if label not in BOTH_MOVE:
            other = "left" if side == "right" else "right"
            assert tour.held[label][other] == tour.before[label][other], label
        assert tour.page.js("return document.documentElement.scrollWidth <= innerWidth"), label
        if label == "Is that login hers?":
            assert until(tour.has_arrived)
    read_the_doctor(tour)


def read_the_doctor(tour: Tour) -> None:
    """Whoever runs the bot reads a list of what to do, without a figure of anybody."""
    said = tour.page.driver.find_element(By.CSS_SELECTOR, ".terminal pre").text
    assert re.search(r"^Database +ok ", said, re.MULTILINE)
    assert "Next: " in said
    assert "$" not in said
    tour.page.driver.find_element(By.CSS_SELECTOR, ".terminal .btn").click()


def read_the_team(tour: Tour) -> None:
    """The member reads the lead's digest word for word, and the same range; who leaves is not missed."""
    first = tour.held["Mo sets up a digest"]
    digest = first["right"][first["right"].rindex("Payments, week of") :].partition("Useful")[0]
    assert digest in first["left"]
    counted = tour.held["Ana is counted"]
    (left,), (*_, right) = RANGE.findall(counted["left"]), RANGE.findall(counted["right"])
    assert left == right
    fewer = RANGE.findall(tour.held["Be curious: one fewer"]["right"])
    same_weeks = [each for each in fewer if each.partition(":")[0] == fewer[-1].partition(":")[0]]
    assert len(same_weeks) >= 2
    assert len(set(same_weeks)) == 1
    before, after = (_headings(tour.held[label]["right"]) for label in ("Mo sets up a digest", "Ana leaves"))
    assert after == before
    five = tour.held["Be curious: ask five times"]["right"].split("Read by everybody in Payments.")[-5:-1]
    assert len({re.sub(r"\d\d:\d\d", "", each) for each in five}) == 1
    assert "Ana" not in digest


def _headings(pane: str) -> list[str]:
    """Return what the last digest of Payments in a pane tells of."""
    last = pane[pane.rindex("Payments, week of") :].partition("Changes that stayed")[0]
    told = ("changes finished, in ", "From two weeks ago:", "First review", "Open to merged", "Typical change")
    return [each for each in told if each in last]


def read_the_report(tour: Tour) -> None:
    """Vera reads all of it, with its chart; Ana what is about people, word for word; both open as a page."""
    held = tour.held["Vera wants a leaderboard"]
    vera, ana = held["right"], held["left"].rpartition("There is no ranking here")[2]
    of_people = vera[vera.rindex("Of those who chose to be counted") :].partition("What spread")[0].strip()
    assert of_people in ana
    assert "The bill" in vera
    assert "The bill" not in ana
    tour.page.open(tour.address, left="U01ANA:C01PAYMENTS", right="U01VERA:C01GENERAL")
    chart = "[role=img][aria-label*='Finished work that stayed, by spend']"
    tour.page.until(lambda: tour.page.all("left", chart) and tour.page.all("right", chart))
    with tour.page.in_new_tab(lambda: tour.press(".own-page")):
        said = str(tour.page.js("return document.body.innerText"))
        assert "Twice the spend went with about 23 % more finished work, likely 15-32 %." in said
        assert "Billed by source" in said
        assert (
            tour.page.js("return [...document.querySelectorAll('figure svg')].map(o => o.clientWidth > 300)")
            == [True] * 2
        )
        assert tour.page.js("return getComputedStyle(document.body).maxWidth") != "none"
        assert tour.page.errors() == []


def read_the_costs(tour: Tour) -> None:
    """Inflating raised Dag's cost and nobody else's; the lead read no figure; the missing week arrived."""
    inflated = tour.held["Inflate Dag's agent"]
    lower, higher = (usd(BILLED.findall(said)[0]) for said in inflated["right"].split("Your last four weeks")[-2:])
    assert higher > 10 * lower
    before, after = inflated["left"].split("Your last four weeks")[-2:]
    assert BILLED.findall(after) == BILLED.findall(before) != []
    assert "billed" not in tour.held["Mo asks for Ana's"]["right"].replace("Only you see yours", "")
    without, again = (
        BILLED.findall(tour.held[label]["left"])[-1] for label in ("Unplug Cursor for a week", "Plug it in again")
    )
    assert usd(again) > usd(without)


def let_time_pass(tour: Tour) -> None:
    """Press a leap by hand: the clock moves by it, and nothing is said to who sits in a channel."""
    tour.page.until(lambda: not tour.page.driver.find_elements(By.CSS_SELECTOR, ".terminal"))
    before, stood = tour.panes(), tour.clock()
    tour.press('[data-clock="week"]')
    tour.page.until(lambda: tour.clock() != stood, 30)
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


def test_three_minutes_at_a_desk(one_browser: Browser) -> None:
    """Every step; the company and twenty weeks of it take most of a minute."""
    with larkfield(one_browser, DESKTOP) as tour:
        step_by_step(tour, LABELS)
        read_the_team(tour)
        read_the_costs(tour)
        read_the_report(tour)
        let_time_pass(tour)
        flip_by_hand(tour)


def test_three_minutes_on_a_phone(one_browser: Browser) -> None:
    """A step of each part."""
    with larkfield(one_browser, PHONE) as tour:
        step_by_step(tour, ON_A_PHONE)
