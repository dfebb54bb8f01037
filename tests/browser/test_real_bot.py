"""The real bot, clicked through: what each of two people sees, and that nothing moves for the other."""

import pytest

from tests.browser.browsing import PHONE
from tests.browser.conftest import RealSite
from tests.e2e.figures import days_back

EMPTY = "This is the very beginning of the payments channel."


def with_figures(real: RealSite) -> None:
    """Lets Ana switch on and send her own figures, before anybody looks."""
    real.stage.press("U01ANA", real.stage.ask("U01ANA", channel="C01PAYMENTS"), "Switch it on")
    real.stage.send_ccusage(real.stage.token_of("U01ANA"), days_back(1, 40))


def test_switching_on_is_seen_by_one_person_only(real: RealSite) -> None:
    page = real.open()
    page.sees("right", EMPTY)
    page.type("left", "/mytokens")
    page.sees("left", "No usage is collected about you yet.")
    page.sees("left", "Only visible to you")
    page.press("left", "Switch it on")
    page.sees("left", "It's on.")

    assert page.seen("right", ".scroll") == EMPTY
    assert page.seen("right", ".places").count("1") == 0


def test_the_answer_has_its_chart_and_every_period(real: RealSite) -> None:
    with_figures(real)
    page = real.open()
    page.type("left", "/mytokens")
    page.sees("left", "Your last four weeks")
    page.until(lambda: page.all("left", ".chart svg path.fill"))
    label = page.all("left", ".chart svg")[-1].get_attribute("aria-label")
    assert label is not None
    assert "Claude Code" in label
    page.press("left", "12 weeks")
    page.sees("left", "Your last twelve weeks")

    assert page.seen("right", ".scroll") == EMPTY


def test_token_details_open_in_a_window_over_one_pane(real: RealSite) -> None:
    with_figures(real)
    page = real.open()
    page.type("left", "/mytokens")
    page.sees("left", "Your last four weeks")
    page.press("left", "Token details")
    page.sees("left", "New input", ".window")
    page.sees("left", "There is no total on purpose", ".window")
    page.driver.refresh()
    page.sees("left", "There is no total on purpose", ".window")
    assert page.all("right", ".window") == []
    page.press("left", "Close")
    page.until(lambda: not page.all("left", ".window"))


def test_help_and_words_that_are_not_understood(real: RealSite) -> None:
    page = real.open()
    page.type("left", "/mytokens help")
    page.sees("left", "Your own AI usage and cost, only for you.")
    page.type("left", "/nothing here")
    page.sees("left", "/nothing is not a valid command")
    page.type("left", "Hello everybody")
    page.sees("right", "Hello everybody")
    assert "not a valid command" not in page.seen("right")


@pytest.mark.parametrize("size", [PHONE], ids=["phone"])
def test_on_a_phone_one_pane_is_seen_at_a_time(real: RealSite, size: tuple[int, int]) -> None:
    with_figures(real)
    page = real.open().sized(size)
    page.type("left", "/mytokens")
    page.sees("left", "Your last four weeks")
    assert not page.all("right", ".talk")[0].is_displayed()
    assert page.js("return document.documentElement.scrollWidth") <= size[0]
    page.js("document.querySelector('[data-show=right]').click()")
    page.sees("right", EMPTY)
    assert not page.all("left", ".talk")[0].is_displayed()


def test_an_answer_appears_by_itself(real: RealSite) -> None:
    with_figures(real)
    page = real.open()
    page.js("window.loadedOnce = true")
    page.type("left", "/mytokens 12w")
    page.sees("left", "Your last twelve weeks")

    assert page.js("return window.loadedOnce") is True
