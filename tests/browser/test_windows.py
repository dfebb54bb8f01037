"""Windows, menus, confirmations, double clicks, reloads: on a tiny app that keeps what it is told."""

import time
from typing import Any

from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from bot.playground.page.serving import serving_page
from tests.browser.browsing import Browser
from tests.browser.conftest import Site
from tests.browser.gallery import MANIFEST

FIELDS = {"Name": "Sort flaky tests", "How do you do it?": "1. Paste"}


def opened(site: Site) -> Browser:
    page = site.open()
    page.press("left", "Shortcuts", "[data-opens-menu]")
    page.keys(Keys.ENTER)
    page.sees("left", "Share a use case", ".window")
    return page


def shown(site: Site, which: str = "") -> Browser:
    page = site.open()
    page.type("left", f"/blocks {which}".strip())
    page.until(lambda: page.all("left", ".post .actions"))
    return page


def values_of(body: dict[str, Any]) -> dict[str, Any]:
    return {name: next(iter(held.values())) for name, held in body["view"]["state"]["values"].items()}


def test_a_form_says_at_the_field_what_is_missing(gallery: Site) -> None:
    page = opened(gallery)
    page.press("left", "Check and share")
    page.sees("left", "Please complete this required field.", ".window")
    assert gallery.got == []
    assert page.js("return document.activeElement.getAttribute('aria-label')") == "Name"


def test_the_bots_own_errors_stand_at_the_field_and_what_was_typed_stays(gallery: Site) -> None:
    page = opened(gallery)
    for label, words in {**FIELDS, "Name": "my key <b>"}.items():
        page.fill("left", label, words)
    page.js("const s = document.querySelector('#left .window select'); s.value = 'v1';"
            "s.dispatchEvent(new Event('change', {bubbles: true}))")  # fmt: skip
    page.press("left", "Check and share")
    page.sees("left", "looks like an access key: my key <b>", ".window .error")
    page.driver.refresh()
    page.sees("left", "looks like an access key: my key <b>", ".window .error")
    assert page.find("left", "Name", "input.field").get_attribute("value") == "my key <b>"
    page.fill("left", "Name", "Fine")
    page.press("left", "Check and share")
    page.until(lambda: not page.all("left", ".window"))

    held = values_of(gallery.got[-1])
    assert held["what"]["value"] == "Fine"
    assert held["tool"]["selected_option"]["value"] == "v1"


def test_what_is_typed_outlives_a_reload_and_going_back(gallery: Site) -> None:
    page = opened(gallery)
    page.fill("left", "Name", "half a thou")
    page.driver.refresh()
    page.until(lambda: page.find("left", "Name", "input.field").get_attribute("value") == "half a thou")


def test_windows_stand_on_each_other_and_close_one_by_one(gallery: Site) -> None:
    page = opened(gallery)
    page.press("left", "One more window")
    page.sees("left", "Another window", ".window h2")
    page.press("left", "One more window")
    page.until(lambda: len(gallery.slack.world.modals["U01ANA"]) == 3)
    page.keys(Keys.ESCAPE)
    page.until(lambda: len(gallery.slack.world.modals["U01ANA"]) == 2)
    time.sleep(0.35)
    page.press("left", "Back")
    page.sees("left", "Share a use case", ".window h2")
    time.sleep(0.35)
    page.press("left", "Close")
    page.until(lambda: not page.all("left", ".window"))
    assert page.all("right", ".window") == []


def test_a_double_click_sends_one_act(gallery: Site) -> None:
    page = shown(gallery)
    for words in ("Press me", "Agree", "Useful", "Why this?", "I'll try it"):
        gallery.got.clear()
        button = page.find("left", words, "button")
        page.js("arguments[0].scrollIntoView({block: 'center'})", button)
        ActionChains(page.driver).double_click(button).perform()
        page.until(lambda: gallery.got)
        time.sleep(0.5)
        assert len(gallery.got) == 1, words


def test_a_double_click_submits_once(gallery: Site) -> None:
    page = opened(gallery)
    for label, words in FIELDS.items():
        page.fill("left", label, words)
    page.js("document.querySelector('#left .window select').value = 'v0'")
    ActionChains(page.driver).double_click(page.find("left", "Check and share")).perform()
    page.until(lambda: not page.all("left", ".window"))
    time.sleep(0.3)
    assert len(gallery.got) == 1


def test_a_confirmation_is_asked_before_anything_is_sent(gallery: Site) -> None:
    page = shown(gallery)
    page.press("left", "Erase")
    page.until(
        lambda: page.js("return document.querySelector('dialog.confirm h2')?.textContent === 'Erase everything?'")
    )
    assert page.js("return document.querySelector('dialog.confirm p').textContent") == "It cannot be undone."
    page.keys(Keys.ESCAPE)
    page.until(lambda: page.js("return !document.querySelector('dialog')"))
    assert gallery.got == []
    page.press("left", "Erase")
    page.until(lambda: page.js("return document.activeElement.textContent === 'Erase'"))
    page.keys(Keys.ENTER)
    page.until(lambda: gallery.got)
    assert gallery.got[0]["actions"][0]["action_id"] == "danger"


def test_menus_are_used_by_keyboard(gallery: Site) -> None:
    page = shown(gallery)
    page.press("left", "More actions", "[data-opens-menu]")
    page.keys(
        Keys.ARROW_DOWN,
    )
    page.keys(Keys.ENTER)
    page.until(lambda: gallery.got)
    assert gallery.got[0]["actions"][0]["selected_option"]["value"] == "v1"


def test_a_message_is_shared_from_its_menu(gallery: Site) -> None:
    page = gallery.open()
    page.type("left", "Sort flaky tests like this")
    page.sees("right", "Sort flaky tests like this")
    post = page.all("right", ".post")[-1]
    ActionChains(page.driver).move_to_element(post).perform()
    page.menu("right", "Share as a use case\nMakes an entry of a message", "More actions for the message of Ana Ruiz")
    page.sees("right", "Share a use case", ".window")
    assert gallery.got[0]["message"]["text"] == "Sort flaky tests like this"
    assert page.all("left", ".window") == []


def test_pages_and_orders_of_a_table(gallery: Site) -> None:
    page = shown(gallery)
    page.until(lambda: page.all("left", ".data-table"))
    rows = ".data-table tbody tr:not([hidden]) td:first-child"
    assert page.seen("left", rows).split() == [f"model-{n}" for n in range(5)]
    page.press("left", "Next page")
    assert page.seen("left", rows).split() == ["model-5", "model-6"]
    page.press("left", "Cost", ".sort")
    assert page.seen("left", rows).split()[0] == "model-2"


def test_the_home_tab_and_the_messages_tab(gallery: Site) -> None:
    page = gallery.open()
    page.press("right", "Worthwhile", ".place .name")
    page.press("right", "Home", "[role=tab]")
    page.sees("right", "7 changes finished")
    page.driver.back()
    page.sees("right", "This is the very beginning of your messages with Worthwhile")
    assert "7 changes" not in page.seen("left")


def test_two_tabs_of_one_person_show_the_same(gallery: Site) -> None:
    page = gallery.open(left="U01ANA:C01PAYMENTS", right="U01ANA:C01PAYMENTS")
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    second = page.driver.current_window_handle
    gallery.open()
    page.type("left", "/blocks")
    page.sees("left", "7 changes finished")
    page.driver.get("about:blank")
    page.driver.close()
    page.driver.switch_to.window(first)
    assert first != second
    page.sees("left", "7 changes finished")
    page.sees("right", "7 changes finished")


def test_the_composer_completes_commands(gallery: Site) -> None:
    page = gallery.open()
    page.type("left", "/", enter=False)
    page.sees("left", "/blocks [words: all|hostile]", ".commands")
    page.keys(Keys.ARROW_DOWN)
    page.keys(Keys.TAB)
    area = page.all("left", ".composer textarea")[0]
    assert area.get_attribute("value") == "/slow "


def test_nothing_hostile_becomes_markup(gallery: Site) -> None:
    page = gallery.open()
    page.type("left", "/blocks hostile")
    page.sees("left", "<script>alert(1)</script>")
    page.type("left", "<script>alert(7)</script> *b* </p><img src=x>")
    page.sees("right", "<script>alert(7)</script>")
    assert (
        page.js(
            "return document.querySelectorAll('.pane script, .pane img, .pane [onerror], .pane [onmouseover]').length"
        )
        == 0
    )
    links = page.js("return [...document.querySelectorAll('.pane a[href]')].map(a => a.protocol)")
    assert set(links) <= {"http:", "https:"}


def test_a_server_that_restarts_is_found_again(gallery: Site, tab: Browser) -> None:
    port = 0
    with serving_page(gallery.slack, manifest=MANIFEST) as first:
        port = int(first.rsplit(":", 1)[1].strip("/"))
        tab.open(first)
        tab.type("left", "before")
        tab.sees("left", "before")
    tab.until(lambda: tab.js("return !document.getElementById('link').hidden"))
    with serving_page(gallery.slack, port, manifest=MANIFEST) as again:
        tab.until(lambda: tab.js("return document.getElementById('link').hidden"))
        tab.sees("left", "before")
        tab.type("left", "after")
        tab.sees("right", "after")
        tab.driver.get("about:blank")
        assert again
    tab.errors()  # the browser reports the refused connections itself
