"""Which source is believed where several report the same work: the operator's file or the packaged one."""

import tomllib
from pathlib import Path

import msgspec

from bot.domain.counting import Overlaps
from bot.errors import ConfigError
from bot.policy import packaged_text


def load_overlaps(path: Path | None) -> Overlaps:
    """Read the overlap groups; raises ConfigError that names every wrong group."""
    name = str(path) if path else "the packaged overlaps"
    try:
        text = path.read_text("utf-8") if path else packaged_text("overlaps.toml")
        groups = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"OVERLAPS_FILE: {name} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"OVERLAPS_FILE: {name} is not TOML: {error}.") from None
    problems = [f"OVERLAPS_FILE: {name}: {problem}" for problem in map(_problem, groups.items()) if problem]
    if problems:
        raise ConfigError(*problems)
    return {tool: tuple(order) for tool, order in groups.items()}


def _problem(group: tuple[str, object]) -> str:
    tool, order = group
    try:
        kinds = msgspec.convert(order, list[str])
    except msgspec.ValidationError:
        return f'{tool}: give a list of sources, the most believed first, as ["anthropic", "ccusage"].'
    if not kinds or not all(kinds):
        return f"{tool}: name at least one source, and none empty."
    twice = sorted({kind for kind in kinds if kinds.count(kind) > 1})
    return f"{tool}: {', '.join(twice)} is named twice." if twice else ""
