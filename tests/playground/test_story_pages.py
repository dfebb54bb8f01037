"""A story's own pages: only for who has loaded the page, and with nothing in them that is run."""

from collections.abc import Iterator, Sequence

import httpx2
import pytest

from bot.playground.local_slack import LocalSlack
from bot.playground.page.serving import serving_page
from bot.playground.page.story import Button, Page, Start, Step, Switch
from tests.loopback import NO_CERTIFICATES


class Told:
    """A story of one page."""

    banner = "Made up"
    starts = (Start("U01ANA"), Start("U01MO"))
    steps: Sequence[Step] = (Step("Nothing", ()),)
    switches: Sequence[Switch] = ()
    pages = (Page("more", "More of it"), Page("later", "Not yet"))

    def clock_text(self) -> str:
        return "Now"

    def clock_buttons(self) -> Sequence[Button]:
        return ()

    def press_clock(self, button_id: str) -> str:
        return button_id

    def flip(self, switch_id: str) -> str:
        return switch_id

    def run(self, verb: str) -> str:
        return verb

    def page(self, name: str) -> str | None:
        return "<p>All of it</p>" if name == "more" else None


@pytest.fixture
def page(slack: LocalSlack) -> Iterator[httpx2.Client]:
    """A browser that has not loaded the page yet."""
    with (
        serving_page(slack, story=Told()) as served,
        httpx2.Client(base_url=served, verify=NO_CERTIFICATES) as client,
    ):
        yield client


def test_a_page_of_the_story_is_linked_and_nothing_in_it_is_run(page: httpx2.Client) -> None:
    before = page.get("/page/more").status_code
    whole, more, later = page.get("/"), page.get("/page/more"), page.get("/page/later")

    assert before == 403
    assert '<a class="own-page" href="/page/more" target="_blank" rel="noopener">More of it</a>' in whole.text
    assert (more.status_code, more.text, later.status_code) == (200, "<p>All of it</p>", 404)
    policy = more.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "script" not in policy
    assert "'unsafe-inline'" not in whole.headers["Content-Security-Policy"]
    assert whole.headers.keys() - {"set-cookie"} == more.headers.keys()
