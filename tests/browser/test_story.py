"""The clock, the switches and the rail: a made-up story plays itself in the two panes."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By

from bot.playground.page.serving import serving_page
from bot.playground.page.story import Button, Page, Start, Step, Switch
from tests.browser.browsing import PHONE, Browser
from tests.browser.conftest import Site, silent
from tests.browser.gallery import MANIFEST


class Told:
    """A story with a step of every kind."""

    banner = "Nobody in it exists."
    starts = (Start("U01ANA", "C01PAYMENTS"), Start("U01MO"))
    steps = (
        Step("Ana looks", (("type", "left", "/blocks"), ("press", "left", "Press me")), "Mo's pane stays still"),
        Step(
            "Rui shares",
            (
                ("as", "right", "U01RUI"),
                ("shortcut", "right", "Open the form"),
                ("fill", "right", "Name", "Sort"),
                ("choose", "right", "With which tool?", "Tool 1"),
                ("close", "right"),
                ("open", "right", "home"),
                ("wait", "right", "7 changes finished"),
            ),
        ),
        Step("A week goes by", (("clock", "week"), ("switch", "inflate"), ("choose", "left", "⋯", "Choice 1"))),
        Step("Nothing there", (("press", "left", "Not on this page"),)),
        Step(
            "Sam asks",
            (
                ("type", "left", "/blocks"),
                ("press", "left", "Not on this page", "if there"),
                ("shortcut", "left", "Open the form"),
                ("fill", "left", "Name", "Sort key tests"),
                ("cut", "left", "Name", " key"),
                ("run", "doctor"),
            ),
            part="Whoever runs it",
        ),
    )

    def __init__(self) -> None:
        self.weeks, self.inflated = 0, False

    @property
    def switches(self) -> tuple[Switch, ...]:
        return (Switch("inflate", "Inflate", "Nothing improves", self.inflated),)

    def clock_text(self) -> str:
        return f"Week {self.weeks}"

    def clock_buttons(self) -> tuple[Button, ...]:
        return (Button("week", "+1 week"),)

    def press_clock(self, button_id: str) -> str:
        self.weeks += 1
        return f"A {button_id} went by."

    def flip(self, switch_id: str) -> str:
        self.inflated = not self.inflated
        return f"{switch_id}: done."

    def run(self, verb: str) -> str:
        return f"{verb}: <b>all well</b>"

    @property
    def pages(self) -> tuple[Page, ...]:
        return (Page("more", "More of it"),)

    def page(self, name: str) -> str | None:
        return "<style>p { color: rgb(1, 2, 3) }</style><p>All of it</p>" if name == "more" else None


@pytest.fixture
def told(gallery: Site) -> Iterator[Browser]:
    """The page with the story."""
    with serving_page(gallery.slack, story=Told(), manifest=MANIFEST) as address:
        yield gallery.browser.open(address)
        silent(gallery.browser)


def play(page: Browser, number: int, becomes: str = "done") -> None:
    step = page.driver.find_elements(By.CSS_SELECTOR, ".step")[number]
    page.until(lambda: step.is_displayed())
    step.click()
    page.until(lambda: becomes in (step.get_attribute("class") or "").split(), 20)


def test_steps_play_and_can_be_played_again(told: Browser, gallery: Site) -> None:
    play(told, 0)
    told.until(lambda: gallery.got)
    told.sees("left", "7 changes finished")
    assert told.seen("right", ".scroll") == "This is the very beginning of the payments channel."
    play(told, 0)
    told.until(lambda: len(gallery.got) == 2)
    told.driver.refresh()
    assert "done" in (told.driver.find_elements(By.CSS_SELECTOR, ".step")[0].get_attribute("class") or "")


def test_steps_become_people_fill_in_and_choose(told: Browser, gallery: Site) -> None:
    play(told, 1)
    told.sees("right", "7 changes finished")
    assert told.all("right", ".window") == []
    play(told, 0)
    play(told, 2)
    told.until(lambda: any(body["actions"][0]["action_id"] == "more" for body in gallery.got))
    assert told.js("return document.querySelector('.clock-text').textContent") == "Week 1"
    assert told.js("return document.querySelector('[data-switch]').getAttribute('aria-checked')") == "true"


def test_a_step_cuts_words_out_and_shows_what_the_command_line_prints(told: Browser) -> None:
    assert told.driver.find_element(By.CSS_SELECTOR, ".rail .part").text == "Whoever runs it"
    play(told, 4)
    assert told.driver.find_element(By.CSS_SELECTOR, ".terminal pre").text == "doctor: <b>all well</b>"
    told.driver.find_element(By.CSS_SELECTOR, ".terminal .btn").click()
    told.until(lambda: not told.driver.find_elements(By.CSS_SELECTOR, ".terminal"))
    assert told.find("left", "Name", "input.field").get_attribute("value") == "Sort tests"


def test_a_page_of_the_story_opens_in_a_tab_of_its_own(told: Browser) -> None:
    with told.in_new_tab(lambda: told.driver.find_element(By.CSS_SELECTOR, ".own-page").click()):
        assert told.js("return document.querySelector('p').textContent") == "All of it"
        assert told.js("return getComputedStyle(document.querySelector('p')).color") == "rgb(1, 2, 3)"
    assert told.driver.find_element(By.CSS_SELECTOR, ".own-page").text == "More of it"


def test_a_step_that_cannot_go_on_says_so(told: Browser) -> None:
    play(told, 3, "failed")
    said = told.driver.find_element(By.CSS_SELECTOR, ".doing").text
    assert "Not on this page" in said
    assert "try again" in said


def test_on_a_phone_the_rail_folds_and_nothing_is_wider_than_the_screen(told: Browser) -> None:
    told.sized(PHONE)
    told.driver.refresh()
    assert not told.driver.find_element(By.CSS_SELECTOR, ".step").is_displayed()
    told.driver.find_element(By.CSS_SELECTOR, ".rail summary").click()
    play(told, 0)
    assert told.js("return document.documentElement.scrollWidth") <= PHONE[0]


def test_everything_that_can_be_used_has_a_name_and_can_be_reached(told: Browser) -> None:
    play(told, 0)
    nameless = told.js("""
        return [...document.querySelectorAll('button, a[href], input, select, textarea, [role=dialog], [role=log]')]
          .filter(one => !(one.innerText?.trim() || one.textContent.trim() || one.getAttribute('aria-label')
                           || one.labels?.length || one.getAttribute('aria-labelledby')))
          .map(one => one.outerHTML)""")
    assert nameless == []
    ids = told.js("return [...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    told.js("document.body.focus()")
    pictures = told.js("return [...document.querySelectorAll('[role=img]')].map(o => o.getAttribute('aria-label'))")
    assert pictures
    assert all(pictures)
