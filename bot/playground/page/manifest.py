"""What the app's manifest offers to people: commands, shortcuts, tabs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parents[3] / "manifest.yml"


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as the composer offers it."""

    name: str
    description: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut, global or on messages."""

    name: str
    callback_id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the app offers; *reads_messages* says whether people can write to it."""

    commands: tuple[Command, ...] = ()
    everywhere: tuple[Shortcut, ...] = ()
    on_messages: tuple[Shortcut, ...] = ()
    has_home: bool = False
    reads_messages: bool = False


def manifest_of(text: str | None = None) -> Manifest:
    """Returns what a manifest offers; without a text that of the repository."""
    lines = (_FILE.read_text("utf-8") if text is None else text).splitlines()
    shortcuts = list(_entries(lines, "shortcuts"))
    flags = {key: value == "true" for key, value in map(_pair, lines) if value in ("true", "false")}

    def chosen(kind: str) -> tuple[Shortcut, ...]:
        found = [one for one in shortcuts if one.get("type") == kind]
        return tuple(Shortcut(one["name"], one["callback_id"], one.get("description", "")) for one in found)

    commands = _entries(lines, "slash_commands")
    return Manifest(
        tuple(Command(one["command"], one.get("description", ""), one.get("usage_hint", "")) for one in commands),
        chosen("global"),
        chosen("message"),
        flags.get("home_tab_enabled", False),
        flags.get("messages_tab_enabled", False) and not flags.get("messages_tab_read_only_enabled", False),
    )


def _entries(lines: list[str], key: str) -> Iterator[dict[str, str]]:
    # Our manifest is plain: `key:`, then "- name: value" and its siblings. No YAML library is needed for that.
    start = next((index for index, line in enumerate(lines) if line.strip() == f"{key}:"), None)
    if start is None:
        return
    indent = _indent(lines[start])
    entry: dict[str, str] = {}
    for line in lines[start + 1 :]:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        begins = line.lstrip().startswith("- ")
        if _indent(line) < indent or (_indent(line) == indent and not begins):
            break
        if begins and entry:
            yield entry
            entry = {}
        name, value = _pair(line.lstrip().removeprefix("- "))
        entry[name] = value
    if entry:
        yield entry


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.strip().partition(":")
    value = value.strip()
    if value[:1] in ("'", '"'):
        return name, value[1:].partition(value[0])[0]
    return name, value.partition(" #")[0].strip()
