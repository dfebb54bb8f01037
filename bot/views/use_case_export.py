"""The library as files for curators: one table as CSV that no spreadsheet executes, and the same as JSON."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.use_cases.entry import Entry, shown_author
from bot.domain.use_cases.evidence import Evidence
from bot.views.blocks import Message, context, section
from bot.views.export import table_csv
from bot.views.use_case_words import LEVEL_WORDS
from bot.views.wording import LOCK

CSV_NAME = "use-cases.csv"
JSON_NAME = "use-cases.json"


def library_files(
    entries: Iterable[tuple[Entry, Evidence]], names: Mapping[int, str], links: Mapping[int, list[str]]
) -> dict[str, bytes]:
    """Return the files by name, from entries in the order given.

    *names* are of authors by person, used where an author chose to be named; *links* are what entries helped
    with. Who answered is in neither file, and no count that people are not shown in Slack.
    """
    rows = [_row(entry, evidence, names, links.get(entry.id, [])) for entry, evidence in entries]
    text = json.dumps({"use_cases": rows}, indent=1, ensure_ascii=False)
    flat = [{**row, "helped_with": " ".join(row["helped_with"])} for row in rows]
    return {JSON_NAME: text.encode(), CSV_NAME: (table_csv(flat) if flat else "").encode("utf-8-sig")}


def _row(entry: Entry, evidence: Evidence, names: Mapping[int, str], links: list[str]) -> dict[str, Any]:
    person, team = shown_author(entry)
    return {
        "id": str(entry.id),  # as text: a spreadsheet keeps 15 digits of a number
        "state": entry.state,
        "title": entry.title,
        "when": entry.when,
        "how": entry.how,
        "tool": entry.tool,
        "model": entry.model,
        "link": entry.link,
        "watch_out": entry.watch_out,
        "author": names.get(person, "") if person is not None else "",
        "team": team,
        "published_on": _day(entry.published_on),
        "checked_on": _day(entry.checked_on),
        "evidence": LEVEL_WORDS[evidence.level],
        "worked_for": evidence.worked_for,
        "tried_by": evidence.tried_by,
        "teams": evidence.teams,
        "finished_changes": evidence.linked,
        "measured": entry.measured,
        "helped_with": sorted(links),
    }


def _day(day: object) -> str | None:
    return None if day is None else str(day)


def export_started() -> Message:
    """Return that the files are on their way."""
    text = "The library is in your direct messages with this app, as CSV and as JSON."
    return Message("The library as files.", [section(text), context(LOCK)])


def export_note() -> Message:
    """Return what stands beside each file."""
    note = "Authors are named where they chose to be. Who tried an entry is in neither file."
    return Message("The library as a file.", [section(f"The library of use cases, as you asked. {note}")])
