"""The templates, and the few functions that they call."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, Final

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from bot.playground.page.charts import chart_of
from bot.playground.page.emoji import NAMED, with_emoji
from bot.playground.page.manifest import Manifest
from bot.playground.page.mrkdwn import Reader, date_words, link, mrkdwn, safe_url
from bot.playground.page.panes import Pane
from bot.playground.page.story import Story
from bot.playground.shown import Json

_TAG: Final = re.compile("<[^>]*>")
_TEMPLATES: Final = Path(__file__).parent / "templates"


def _words(text: Json, reader: Reader) -> Markup | str:
    """Returns a text object as it is shown."""
    if text.get("type") == "mrkdwn":
        return mrkdwn(text["text"], reader, verbatim=text.get("verbatim", False))
    return _plain(text)


def _plain(text: Json) -> str:
    return str(text["text"]) if text.get("emoji") is False else with_emoji(str(text["text"]))


def _flat(text: Json, reader: Reader) -> str:
    """Returns a text object without any markup, for attributes."""
    if text.get("type") != "mrkdwn":
        return _plain(text)
    drawn = str(mrkdwn(text["text"], reader, verbatim=True)).replace("<br>", "\n").replace("</p>", "\n")
    return unescape(_TAG.sub("", drawn)).strip()


def _local_moment(timestamp: int | None, reader: Reader) -> str:
    """Returns a moment as a field for date and time holds it."""
    if timestamp is None:
        return ""
    return datetime.fromtimestamp(timestamp, UTC).astimezone(reader.zone).strftime("%Y-%m-%dT%H:%M")


def _rich_plain(value: Json | None) -> str:
    """Returns what was typed into a rich text field."""
    parts = value["elements"] if value else []
    return "\n".join("".join(one.get("text", "") for one in part["elements"]) for part in parts)


class Drawing:
    """Draws panes and the page around them; everything that is put into a template is escaped."""

    def __init__(self, manifest: Manifest, story: Story | None) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"plain": _plain, "safe_url": safe_url}
        self._environment.globals |= {
            "words": _words,
            "flat": _flat,
            "mrkdwn": mrkdwn,
            "link": link,
            "chart_of": chart_of,
            "emoji_named": lambda name: NAMED.get(name, f":{name}:"),
            "date_words": date_words,
            "local_moment": _local_moment,
            "rich_plain": _rich_plain,
            "manifest": manifest,
            "story": story,
        }

    def page(self, **context: Any) -> str:
        """Returns the whole page."""
        return self._environment.get_template("page.html").render(context)

    def pane(self, pane: Pane) -> str:
        """Returns the inside of a pane."""
        return self._environment.get_template("pane.html").render(pane=pane, reader=pane.reader)

    def story(self) -> str:
        """Returns the clock and the switches as they stand; nothing without a story."""
        return self._environment.get_template("story.html").render()
