"""A message split into the fields of an entry, without any model: a first draft that its author corrects."""

import re
from collections.abc import Sequence
from typing import Final

from bot.domain.use_cases.entry import MAX_LENGTH, Draft
from bot.domain.use_cases.text import normal_line, normal_lines, without_slack_markup

_LABEL: Final = re.compile(
    r"^\W{0,3}(?P<label>what|title|when|who needs it|problem|how|steps|tool|with|link|watch out|careful|caveat|note)"
    r"\W{0,3}:\W{0,3}(?P<rest>.*)$",
    re.IGNORECASE,
)
_FIELD_OF: Final = {
    "what": "title",
    "title": "title",
    "when": "when",
    "who needs it": "when",
    "problem": "when",
    "how": "how",
    "steps": "how",
    "tool": "tool",
    "with": "tool",
    "link": "link",
    "watch out": "watch_out",
    "careful": "watch_out",
    "caveat": "watch_out",
    "note": "watch_out",
}
_NEED: Final = re.compile(
    r"\b(?:when(?:ever)?|if|every time|each time|for (?:those|people|anyone|everybody) who)\b", re.I
)
_WARNING: Final = re.compile(
    r"^\W{0,3}(?:watch out|careful|beware|caveat|be aware|only works|does(?: not|n't) work)", re.I
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=\S)|\n+")
_WORK: Final = re.compile(
    r"https?://[^\s<>\"|]+/(?:pull|pulls|merge_requests|issues|browse|issue|commit)/[^\s<>\"|]+"
    r"|(?<!\S)[\w.-]+/[\w.-]+[#!]\d+\b|(?<![\w/-])[A-Z][A-Z0-9_]{1,9}-\d+\b"
)
_MARKUP: Final = re.compile(r"^\s*(?:[-•*>#]+\s+|\d{1,2}[.)]\s+)|[*_~`]{1,3}(?=\S)|(?<=\S)[*_~`]{1,3}")
_GREETING: Final = re.compile(
    r"^(?:hi|hey|hello|(?:good )?morning|fyi|tip|til|psa)(?:\s+(?:all|team|everybody|everyone|folks|there))?[\s,!:.-]+",
    re.IGNORECASE,
)


def split_message(text: str, tools: Sequence[str] = ()) -> Draft:
    """Return the draft of an entry from the text of a Slack message; *tools* are those that its author uses.

    Lines with a label ("When:", "How:") go where they say. Else the first sentence is the title, the first that
    says when is the need, and the whole message is how. What is not said stays empty.
    """
    message = normal_lines(without_slack_markup(text))
    labelled = _labelled(message)
    sentences = [found for found in (_plain(part) for part in _SENTENCE.split(message)) if found]
    title = labelled.get("title") or _title(sentences)
    when = labelled.get("when") or next((each for each in sentences if _NEED.search(each)), "")
    warning = next((each for each in sentences if _WARNING.match(each)), "")
    link = labelled.get("link") or _first(_WORK, message)
    return Draft(
        title=_cut(title, MAX_LENGTH["title"]),
        when=_cut(when, MAX_LENGTH["when"]),
        how=(labelled.get("how") or message)[: MAX_LENGTH["how"]],
        tool=_cut(labelled.get("tool") or _tool(message, tools), MAX_LENGTH["tool"]),
        link=link if len(link) <= MAX_LENGTH["link"] else "",
        watch_out=_cut(labelled.get("watch_out") or warning, MAX_LENGTH["watch_out"]),
    )


def _labelled(message: str) -> dict[str, str]:
    """Return what stands behind labels, by field; the lines after "How:" or "Steps:" belong to it."""
    found: dict[str, list[str]] = {}
    field = ""
    for line in message.split("\n"):
        match = _LABEL.match(line)
        if match is not None:
            field = _FIELD_OF[match["label"].lower()]
            found.setdefault(field, []).append(match["rest"])
        elif field == "how" or (field and line.strip() == ""):
            found[field].append(line)
        else:
            field = ""
    whole = {name: "\n".join(lines).strip("\n ") for name, lines in found.items()}
    return {name: text if name == "how" else normal_line(text) for name, text in whole.items() if text}


def _title(sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    title = _GREETING.sub("", sentences[0]) or (sentences[1] if len(sentences) > 1 else "")
    title = title.rstrip(".!:; ")
    return title[:1].upper() + title[1:]


def _plain(text: str) -> str:
    return normal_line(_MARKUP.sub("", text))


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[0].rstrip(".,;:!?)") if match else ""


def _tool(message: str, tools: Sequence[str]) -> str:
    """Return the tool that is named first; of two that start together the longer name."""
    said = message.casefold()
    found = [(said.find(tool.casefold()), -len(tool), tool) for tool in tools if tool and tool.casefold() in said]
    return min(found)[2] if found else ""


def _cut(text: str, most: int) -> str:
    """Return *text* no longer than *most*, cut between words."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:- ") + "…"
