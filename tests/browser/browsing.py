"""Debian's Chromium, and what a person sees and does in the two panes."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    StaleElementReferenceException,
)
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

CHROMIUM: Final = "/usr/bin/chromium"
CHROMEDRIVER: Final = "/usr/bin/chromedriver"
DESKTOP: Final = (1280, 860)
PHONE: Final = (390, 800)
_FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
_AGAIN: Final = (StaleElementReferenceException, ElementClickInterceptedException)


@contextmanager
def browser(size: tuple[int, int] = DESKTOP) -> Iterator["Browser"]:
    """Runs a browser with a fresh profile; raises when there is none."""
    for needed in (CHROMIUM, CHROMEDRIVER):
        if not Path(needed).exists():
            raise RuntimeError(f"{needed} is missing: apt-get install chromium chromium-driver")
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in (*_FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = Chrome(options, Service(CHROMEDRIVER))
        try:
            yield Browser(driver).sized(size)
        finally:
            driver.quit()


class Browser:
    """One tab, as a person uses it: everything is found by what is seen, waiting a little for it."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def sized(self, size: tuple[int, int]) -> "Browser":
        """Gives the page exactly this size; a window could not be as narrow as a phone."""
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        return self

    def open(self, address: str, **seats: str) -> "Browser":
        """Loads the page with people at their places: left="U01ANA:C01GENERAL"."""
        asked = "&".join(f"{side}={seat}" for side, seat in seats.items())
        self.driver.get(f"{address}?{asked}")
        self.until(lambda: bool(self.js("return document.readyState === 'complete'")))
        return self

    def js(self, code: str, *args: Any) -> Any:
        """Runs a script in the page."""
        return self.driver.execute_script(code, *args)

    def until(self, true: Callable[[], Any], seconds: float = 10.0) -> Any:
        """Waits until something is true and returns it; raises AssertionError when it stays false."""
        give_up_at = time.monotonic() + seconds
        while True:
            try:
                found = true()
            except _AGAIN:
                found = None
            if found:
                return found
            if time.monotonic() > give_up_at:
                raise AssertionError(f"not within {seconds} s: {self.seen('left')[-600:]!r}")
            time.sleep(0.01)

    def all(self, side: str, selector: str) -> list[WebElement]:
        """Returns what matches in a pane, in order."""
        return self.driver.find_elements(By.CSS_SELECTOR, f"#{side} {selector}")

    def seen(self, side: str, selector: str = ".talk") -> str:
        """Returns the words that are visible in a pane."""
        return "\n".join(str(one.text) for one in self.all(side, selector))

    def sees(self, side: str, words: str, selector: str = ".talk", seconds: float = 10.0) -> None:
        """Waits until a pane shows some words."""
        self.until(lambda: words in self.seen(side, selector), seconds)

    def find(self, side: str, words: str, selector: str = "button, a.btn") -> WebElement:
        """Returns the newest visible element with these words on it, or with this label."""

        def look() -> WebElement | None:
            scope = ".window " if self.all(side, ".window") else ""
            every = [one for part in selector.split(", ") for one in self.all(side, f"{scope}{part}")]
            named = [one for one in every if words in (one.text.strip(), one.get_attribute("aria-label"))]
            return next((one for one in reversed(named) if one.is_displayed()), None)

        found = self.until(look)
        assert isinstance(found, WebElement)
        return found

    def press(self, side: str, words: str, selector: str = "button, a.btn") -> None:
        """Presses what has these words on it."""

        def click() -> bool:
            self.find(side, words, selector).click()
            return True

        self.until(click)

    def type(self, side: str, words: str, *, enter: bool = True) -> None:
        """Types into the composer, and sends."""
        self._send(lambda: self.all(side, ".composer textarea")[0], words + (Keys.ENTER if enter else ""))

    def fill(self, side: str, label: str, words: str) -> None:
        """Types into a field of a window in the place of what is there."""

        def field() -> WebElement:
            found = self.find(side, label, "input.field, textarea.field")
            found.clear()
            return found

        self._send(field, words)

    def menu(self, side: str, option: str, words: str = "More actions") -> None:
        """Opens a menu and chooses from it."""
        self.press(side, words, "[data-opens-menu]")
        self.press(side, option, "[role=menuitem]")

    def keys(self, *keys: str) -> None:
        """Presses keys where the focus is."""
        self._send(lambda: self.driver.switch_to.active_element, *keys)

    def _send(self, target: Callable[[], WebElement], *keys: str) -> None:
        """Sends keys once; where the page was redrawn before any arrived, to what stands there now."""

        def send() -> bool:
            target().send_keys(*keys)
            return True

        self.until(send)

    def errors(self) -> list[str]:
        """Returns what the console complained about since the last time."""
        log: list[dict[str, Any]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [json.dumps(entry) for entry in log if entry["level"] in ("SEVERE", "WARNING")]

    @contextmanager
    def in_new_tab(self, opened: Callable[[], None]) -> Iterator[None]:
        """Is in the tab that *opened* opens, until left; then that one is closed."""
        here, before = self.driver.current_window_handle, set(self.driver.window_handles)
        opened()
        (there,) = self.until(lambda: set(self.driver.window_handles) - before)
        self.driver.switch_to.window(there)
        try:
            self.until(
                lambda: bool(self.js("return document.readyState === 'complete' && location.href !== 'about:blank'"))
            )
            yield
        finally:
            self.driver.close()
            self.driver.switch_to.window(here)

    def picture(self, path: Path | str) -> None:
        """Saves what is seen as a PNG."""
        self.driver.save_screenshot(str(path))
