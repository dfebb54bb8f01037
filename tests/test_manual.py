"""The manual as a site: built without a network, whole, and leading nowhere outside; its pages agree with the code."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest

from bot.connectors import finished_upload
from bot.domain.blocks_of_weeks import Block
from bot.domain.hints.finding import KINDS as HINTS
from bot.domain.outcomes.cost_per_change import MIN_STAYED
from bot.domain.outcomes.flow import MIN_AUTHORS
from bot.domain.outcomes.work import KINDS
from bot.domain.privacy import MIN_PEOPLE
from bot.domain.report.budget import MIN_DAYS
from bot.domain.report.counted import MIN_PEOPLE_OF_PARTS, MIN_ROSTER_OF_PARTS
from bot.domain.report.work import MIN_CHANGES
from bot.domain.team_digest import KindWeek
from bot.jobs.release import latest
from bot.sources import KNOWN, WORK_KNOWN
from bot.views import hint_rules, report_words
from bot.views.outcomes import kind_count
from bot.views.team_chart import stayed_chart
from storage.engine import Database
from tests.cast import TODAY
from tests.senders import services_for

pytestmark = pytest.mark.xdist_group("manual")  # built once

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"
FENCE: Final = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
# The command `mkdocs`, for which there is no network.
OFFLINE: Final = """
import socket
def refuse(*_): raise RuntimeError("the network was asked")
socket.socket.connect = socket.getaddrinfo = refuse
from mkdocs.__main__ import cli
cli()
"""
# What a browser loads by itself, by tag, and the attribute that says from where.
LOADED: Final = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
NOT_LOADED: Final = {"canonical", "next", "prev"}


class Parts(HTMLParser):
    """What a page loads, how many parts of each kind its text has, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.parts: Counter[str] = Counter()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get(LOADED.get(tag, ""))
        if address and given.get("rel") not in NOT_LOADED:
            self.loaded.append(address)
        self.parts[tag] += 1

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; whatever the build says is a complaint."""
    built = tmp_path_factory.mktemp("manual") / "site"
    words = ["build", "--quiet", "--site-dir", str(built)]
    said = subprocess.run([sys.executable, "-c", OFFLINE, *words], cwd=ROOT, capture_output=True, text=True)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    return built


def documents() -> Iterator[tuple[Path, str]]:
    """Yield every document with the page that it is to be."""
    yield from ((path, path.stem) for path in sorted(DOCS.glob("*.md")))
    yield from ((ROOT / f"{name}.md", f"project/{name}") for name in ("CHANGELOG", "CONTRIBUTING"))
    yield ROOT / "README.md", "project/index"


def article(html: str) -> Parts:
    """Return what a page says, without what stands around it."""
    return Parts(html.partition("<article")[2].partition("</article>")[0])


def test_every_document_is_a_page_and_no_part_of_it_is_lost(site: Path) -> None:
    for path, name in documents():
        text = path.read_text("utf-8")
        prose = FENCE.sub("", text)
        page = article((site / f"{name}.html").read_text("utf-8"))
        items = len(re.findall(r"^ *(?:[-*]|\d\d?\.) ", prose, re.MULTILINE))
        rows = len(re.findall(r"^\|", prose, re.MULTILINE)) - len(re.findall(r"^\|[-|]+$", prose, re.MULTILINE))

        assert (page.parts["pre"], page.parts["li"], page.parts["tr"]) == (len(FENCE.findall(text)), items, rows), name
        assert page.parts["ol"] == len(re.findall(r"^ *1\. ", prose, re.MULTILINE)), name  # none is broken in two
        assert page.parts["img"] == prose.count("!["), name
        assert not re.search(r"```|\]\(", page.text), name


def test_a_page_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = {path: path.read_text("utf-8") for path in site.rglob("*.html")}
    for path, html in pages.items():
        base = site if path.name == "404.html" else path.parent
        for address in Parts(html).loaded:
            local = address.partition("?")[0]
            assert (site / local[1:] if local.startswith("/") else base / local).is_file(), (path.name, address)
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"@import|url\((?![\"']?(?:data:|#))[^)]*", styles) == []
    # the theme's script fetches one more for drawings written as text
    assert [path.name for path, html in pages.items() if 'class="mermaid"' in html] == []


def test_what_the_pages_say_can_be_searched_without_a_network(site: Path) -> None:
    found = {
        each["location"]: each["text"] for each in json.loads((site / "search/search_index.json").read_text())["docs"]
    }
    settings = json.loads(re.findall(r'id="__config"[^>]*>(.*?)</script>', (site / "index.html").read_text())[0])

    assert "library" in found["for-curators.html"]
    assert {path.stem for path in DOCS.glob("*.md")} <= {location.partition(".html")[0] for location in found}
    assert (site / settings["search"]).is_file()


def test_a_dead_link_fails_the_build(tmp_path: Path) -> None:
    own, docs = tmp_path / "own", tmp_path / "docs"
    own.mkdir()
    docs.mkdir()
    for name in ("rules.md", "hooks.py"):
        (docs / name).write_bytes((DOCS / name).read_bytes())
    dead, alive = "[a](nowhere.md) [b](rules.md#not-there) [c](../gone.toml)", "[d](rules.md) [e](#rates--bills)"
    (docs / "index.md").write_text(f"{dead} {alive}\n\n## Rates & bills\n")
    settings = (ROOT / "mkdocs.yml").read_text()
    kept = [re.search(rf"^{name}:.*\n(?: .*\n)*", settings, re.MULTILINE) for name in ("strict", "hooks", "validation")]
    bare = "site_name: x\nplugins: []\ntheme: {name: null, custom_dir: own}\n"
    (tmp_path / "mkdocs.yml").write_text(bare + "".join(part[0] for part in kept if part))
    (own / "main.html").write_text("{{ page.content }}")
    said = subprocess.run([sys.executable, "-c", OFFLINE, "build"], cwd=tmp_path, capture_output=True, text=True)

    assert said.returncode == 1
    assert said.stderr.count("WARNING") == 3
    assert [name for name in ("'nowhere.md'", "#not-there", "project/gone.toml") if name not in said.stderr] == []


# the people to ask


def sections(path: Path) -> dict[str, str]:
    """Return the text under each heading of a page."""
    parts = re.split(r"^##+ (.+)$", path.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_source_has_a_message_that_asks_for_its_key() -> None:
    asked = "".join(re.findall(r"^\*\*Settings:\*\*.*?\n\n", (DOCS / "people-to-ask.md").read_text(), re.M | re.S))

    assert {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", *KNOWN.values(), *WORK_KNOWN.values()} <= set(
        re.findall(r"`(\w+)`", asked)
    )


def test_every_message_is_short_and_says_where_the_key_goes_and_what_is_missing_without_it() -> None:
    asking = {title: text for title, text in sections(DOCS / "people-to-ask.md").items() if "```" in text}
    messages = [match.splitlines()[1:-1] for text in asking.values() for match in FENCE.findall(text)]

    assert len(asking) == 8
    assert [
        title for title, text in asking.items() if not ("**Settings:**" in text and "**Without it:**" in text)
    ] == []
    assert all(3 <= len(lines) <= 6 for lines in messages), messages


# what the other pages say of the code


def test_what_the_report_is_made_of_is_said_with_the_numbers_that_hold(sqlite_database: Database) -> None:
    page = " ".join((DOCS / "report.md").read_text().split())
    group, block = MIN_PEOPLE + 1, Block(37)

    for said in (
        f"## {report_words.WORK} ",
        f"## {report_words.BILL} ",
        f"## {report_words.COUNTED} ",
        f"## {report_words.CURVE} ",
        f"or {MIN_STAYED} changes that stayed",
        f"under {MIN_CHANGES} changes; fewer than {MIN_AUTHORS} authors",
        f"a source by itself from {MIN_PEOPLE} billed users on",
        f"under {MIN_DAYS} known days",
        f"under {MIN_ROSTER_OF_PARTS} people in the company's file, or where",
        f"or where fewer than {MIN_PEOPLE_OF_PARTS} besides each reader said yes and cost something in that figure",
        f"from {5 * group} people on, or in ten from {10 * group} on",
        "seventeen days after the block's last day",
    ):
        assert said in page, said
    assert (latest(services_for(sqlite_database), block).date() - block.last).days == 17


def test_every_test_that_a_page_names_is_there() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (DOCS / "extending.md").read_text()))

    assert len(named) > 10
    assert [test for path, test in named if f"def {test}(" not in (ROOT / path).read_text("utf-8")] == []


def test_every_hint_has_a_row_in_its_page() -> None:
    page = (DOCS / "hints.md").read_text()
    rows = {row.lower() for row in re.findall(r"^\| (.+?) \|", page, re.MULTILINE)}

    assert {hint_rules.NAMES[kind].lower().replace("your own", "one's own") for kind in HINTS} <= rows


def test_every_kind_of_finished_work_has_its_words() -> None:
    weeks = ((TODAY, 3), (TODAY, 4))
    titles = [stayed_chart(KindWeek(kind, 3, stayed_by_week=weeks)).rich["title"] for kind in KINDS]

    assert len({*titles}) == len({kind_count(kind, 2) for kind in KINDS}) == len(KINDS)


def test_every_kind_of_finished_work_can_be_sent_in_and_is_in_the_table() -> None:
    (row,) = re.findall(r"^\| `kind` \|.*$", (DOCS / "outcomes.md").read_text(), re.MULTILINE)
    sent = [{"reference": kind, "place": "x", "kind": kind, "finished_on": str(TODAY)} for kind in KINDS]

    assert [each.kind for each in finished_upload.parse(json.dumps(sent).encode(), TODAY)] == list(KINDS)
    assert {*KINDS} <= set(re.findall(r"`(\w+)`", row))


def test_every_page_is_in_the_navigation() -> None:
    listed = set(re.findall(r": ([\w-]+)\.md$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE))

    assert listed == {path.stem for path in DOCS.glob("*.md")}
