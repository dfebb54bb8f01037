"""The pictures of the documents: screenshots of the playground, made anew by `make pictures`.

The made-up company, its hour and the size of the page are always the same: what looks different has changed.
"""

import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PIL import Image
from selenium.webdriver.common.by import By

from bot.demo.story import LarkfieldStory
from bot.demo.world import demo_world
from bot.logs import set_up_logs
from bot.manifest import manifest
from bot.playground.page.serving import serving_page
from tests.browser.browsing import Browser, browser

PICTURES: Final = Path(__file__).with_name("pictures")
SIZE: Final = (1280, 800)
PHONE: Final = (390, 800)
MOST_BYTES: Final = 1_500_000
_COLOURS: Final = 256
_STEP_SECONDS: Final = 120
_TOASTS_SECONDS: Final = 10
# What would differ between two runs: a caret that blinks, and whatever is on its way.
_STILL: Final = """
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      '* { caret-color: transparent !important; animation: none !important; transition: none !important }');
    document.adoptedStyleSheets = [sheet];
"""


class Camera:
    """Takes pictures of one page, still ones and those of the moving one."""

    def __init__(self, page: Browser, address: str) -> None:
        self.page = page
        self._address = address
        self._frames: list[Image.Image] = []
        self._seconds: list[float] = []

    def seat(self, left: str, right: str = "U01MO:C01PAYMENTS", size: tuple[int, int] = SIZE) -> None:
        """Put two people in their places."""
        self.page.sized(size).open(self._address, left=left, right=right)
        self.page.js(_STILL)

    def taken(self) -> Image.Image:
        """Return what is on the screen once it has come to rest."""
        self.page.driver.execute_cdp_cmd(
            "Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 1, "y": 1, "button": "none"}
        )
        before = b""
        for _ in range(40):
            time.sleep(0.15)
            now = self.page.driver.get_screenshot_as_png()
            if now == before:
                return Image.open(io.BytesIO(now)).convert("RGB")
            before = now
        raise RuntimeError("the page does not come to rest")

    def still(self, name: str) -> None:
        """Save what is on the screen."""
        few_colours = self.taken().quantize(_COLOURS, dither=Image.Dither.NONE)
        few_colours.save(PICTURES / f"{name}.png", optimize=True)

    def frame(self, seconds: float) -> None:
        """Add what is on the screen to the moving picture."""
        self._frames.append(self.taken())
        self._seconds.append(seconds)

    def press(self, words: str) -> None:
        """Press a button of the left pane, with a frame in which it is seen to be pressed."""
        button = self.page.find("left", words)
        self.page.js("arguments[0].scrollIntoView({block: 'nearest'})", button)
        self.page.js("arguments[0].classList.add('pressing')", button)
        self.frame(0.9)
        self.page.js("arguments[0].classList.remove('pressing')", button)
        button.click()

    def play(self, label: str) -> None:
        """Play a step of the rail to its end; raises RuntimeError when it stops."""
        step = next(one for one in self.page.driver.find_elements(By.CSS_SELECTOR, ".step") if label in one.text)
        self.page.js("document.querySelectorAll('.toast').forEach((one) => one.remove())")
        step.click()
        done = lambda: {"done", "failed"} & set((step.get_attribute("class") or "").split())  # noqa: E731
        if "done" not in self.page.until(done, _STEP_SECONDS):
            raise RuntimeError(self.page.driver.find_element(By.CSS_SELECTOR, ".doing").text)
        self.page.until(lambda: not self.page.driver.find_elements(By.CSS_SELECTOR, ".toast"), _TOASTS_SECONDS)

    def save_moving(self, name: str) -> None:
        """Save the frames as one picture that moves; raises RuntimeError when it is too large."""
        first, *rest = self._frames
        path = PICTURES / f"{name}.png"
        milliseconds = [round(seconds * 1000) for seconds in self._seconds]
        first.save(path, save_all=True, append_images=rest, duration=milliseconds, loop=0, optimize=True)
        if path.stat().st_size > MOST_BYTES:
            raise RuntimeError(f"{path.name} has more than {MOST_BYTES} bytes")


@contextmanager
def camera() -> Iterator[Camera]:
    """Run the demo, and a browser on it."""
    with (
        demo_world(None) as world,
        serving_page(world.slack, 0, LarkfieldStory(world), manifest("", None)) as address,
        browser(SIZE) as page,
    ):
        page.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
        calm = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}  # steps play ten times as fast
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", calm)
        yield Camera(page, address)
        page.driver.get("about:blank")


def tell(shots: Camera) -> None:
    """Ana looks, switches on, says whose login it is, asks, and asks why; Mo's pane stays as it is."""
    shots.seat("U01ANA:C01PAYMENTS")
    shots.frame(1.6)
    shots.press("See mine (only you will see it)")
    shots.page.sees("left", "No usage is collected about you yet")
    shots.still("first-screen")
    shots.frame(2.2)
    shots.press("Switch it on")
    shots.page.sees("left", "It's on.")
    shots.frame(1.8)
    shots.press("Yes")
    shots.page.sees("left", "at GitHub is yours")
    time.sleep(4)  # her weeks are fetched in the background
    shots.page.type("left", "/mytokens ", enter=False)
    shots.frame(1.2)
    shots.page.type("left", "")
    shots.page.sees("left", "changes finished")
    shots.still("answer")
    shots.frame(3.4)
    shots.press("Why Tue 10 Nov cost $37.00")
    shots.page.sees("left", "was re-reading earlier conversation")
    shots.still("why")
    shots.frame(4.0)
    shots.save_moving("two-panes")


def tell_the_rest(shots: Camera) -> None:
    """What is kept, the Home tab, and a telephone."""
    shots.page.type("left", "/mytokens privacy")
    shots.page.sees("left", "What is kept about you")
    shots.still("privacy")
    shots.seat("U01ANA:home")
    shots.page.sees("left", "Your switches")
    shots.still("home")
    shots.seat("U01ANA:C01PAYMENTS", size=PHONE)
    shots.page.type("left", "/mytokens")
    shots.page.sees("left", "Your last four weeks")
    shots.still("phone")


def tell_of_the_team(shots: Camera) -> None:
    """The digest that Mo and Ana read alike, the fourth week's figure, who saw it, and what a lead never gets."""
    shots.seat("U01ANA:C01PAYMENTS")
    for step, words, name in (
        ("Mo sets up a digest", "", "team-digest"),
        ("Ana is counted", "", "team-figure"),
        ("What is not shown, and who saw", "Figures you are counted in", "who"),
    ):
        shots.play(step)
        if words:
            shots.page.sees("left", words)
        shots.still(name)


def tell_of_the_report(shots: Camera) -> None:
    """What Ana and Vera read of the same report, and the page of it for who has no Slack at hand."""
    shots.seat("U01ANA:C01PAYMENTS", "U01VERA:C01GENERAL")
    shots.play("Vera wants a leaderboard")
    shots.still("report")
    with shots.page.in_new_tab(lambda: shots.page.driver.find_element(By.CSS_SELECTOR, ".own-page").click()):
        shots.page.sized(SIZE).js("document.documentElement.style.scrollbarWidth = 'none'")
        shots.page.js("document.querySelectorAll('section')[2].scrollIntoView()")
        shots.still("report-page")


def tell_of_the_library(shots: Camera) -> None:
    """A card, and the form in which a key was found."""
    shots.seat("U01ANA:C01PAYMENTS", "U01RUI:C01PLATFORM")
    shots.page.type("left", "/usecase find red CI")
    shots.page.sees("left", "who tried it said it worked")
    shots.page.js("document.querySelector('#right [data-share]').click()")
    shots.page.sees("right", "What does it do?", ".window")
    shots.page.press("right", "Check and share")
    shots.page.sees("right", "looks like an access key", ".window .error")
    shots.page.js("document.querySelector('#right .error').closest('.b').scrollIntoView({block: 'center'})")
    shots.still("use-cases")


def main() -> None:
    """Make every picture anew."""
    set_up_logs("WARNING", "console")
    PICTURES.mkdir(exist_ok=True)
    with camera() as shots:
        tell(shots)
        tell_the_rest(shots)
        tell_of_the_library(shots)
        tell_of_the_report(shots)
        tell_of_the_team(shots)
    for path in sorted(PICTURES.glob("*.png")):
        sys.stdout.write(f"{path.name}\t{path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
