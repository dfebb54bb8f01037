"""A few words to say what a JSON value must look like: each returns a rule, and rules combine."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

type_names: Mapping[type, str] = {str: "string", list: "array", dict: "object", bool: "boolean"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: *pointer* is a JSON pointer from the top of what was sent."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Rule = Callable[[object, str], Iterable[Problem]]


def _mistyped(value: object, wanted: type, at: str) -> Problem | None:
    return None if type(value) is wanted else Problem(at, f"must provide a {type_names[wanted]}")


def text(most: int, least: int = 1) -> Rule:
    """Takes a string of *least* to *most* characters."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(at, "must provide a string")
        elif len(value) > most:
            yield Problem(at, f"must be less than {most + 1} characters")
        elif len(value) < least:
            yield Problem(at, f"must be more than {least - 1} characters")

    return rule


def url(most: int) -> Rule:
    """Takes an http or https address."""
    length = text(most)

    def rule(value: object, at: str) -> Iterator[Problem]:
        yield from length(value, at)
        if isinstance(value, str) and not value.startswith(("http://", "https://")):
            yield Problem(at, "must be a valid URL")

    return rule


def matching(pattern: str, looks: str) -> Rule:
    """Takes a string of a form; *looks* says it to people."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield Problem(at, f"must be formatted as {looks}")

    return rule


def flag(value: object, at: str) -> Iterator[Problem]:
    """Takes true or false."""
    if problem := _mistyped(value, bool, at):
        yield problem


def number(value: object, at: str) -> Iterator[Problem]:
    """Takes a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value - value != 0:
        yield Problem(at, "must provide a number")


def whole(least: int, most: int | None = None) -> Rule:
    """Takes an integer of *least* to *most*."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        if type(value) is not int:
            yield Problem(at, "must provide an integer")
        elif value < least or (most is not None and value > most):
            yield Problem(at, f"must be an integer from {least} to {most}")

    return rule


def one_of(*values: object) -> Rule:
    """Takes one of a few values."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        if value not in values:
            yield Problem(at, "must be a valid enum value")

    return rule


def items(each: Rule, most: int, least: int = 1) -> Rule:
    """Takes a list of *least* to *most* values that each obey a rule."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(at, "must provide an array")
            return
        if len(value) > most:
            yield Problem(at, f"no more than {most} items allowed")
        if len(value) < least:
            yield Problem(at, f"no fewer than {least} items allowed")
        for index, item in enumerate(value):
            yield from each(item, f"{at}/{index}")

    return rule


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """Takes an object with these keys and no others."""
    keys = {**required, **(optional or {})}

    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must provide an object")
            return
        for key in required.keys() - value.keys():
            yield Problem(at, f"missing required field: {key}")
        for key, inner in value.items():
            if key in keys:
                yield from keys[key](inner, f"{at}/{key}")
            else:
                yield Problem(f"{at}/{key}", f"invalid additional property: {key}")

    return rule


def by_type(rules: Mapping[str, Rule]) -> Rule:
    """Takes an object whose `type` picks its rule."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must provide an object")
        elif not isinstance(value.get("type"), str):
            yield Problem(at, "missing required field: type")
        elif value["type"] not in rules:
            yield Problem(f"{at}/type", f"unsupported type: {value['type']}")
        else:
            yield from rules[value["type"]](value, at)

    return rule


def only(types: Iterable[str], rules: Mapping[str, Rule]) -> Rule:
    """Is by_type for some of the types."""
    return by_type({name: rules[name] for name in types})


def both(*rules: Rule) -> Rule:
    """Takes what every rule takes; the later ones see only what the first let pass."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        for one in rules:
            found = list(one(value, at))
            yield from found
            if found:
                return

    return rule


def needs_one(*keys: str, exactly: bool = True) -> Rule:
    """Takes an object with one of the keys: just one, or at least one."""

    def rule(value: object, at: str) -> Iterator[Problem]:
        present = [key for key in keys if isinstance(value, dict) and key in value]
        if not present or (exactly and len(present) > 1):
            yield Problem(at, f"must define {'exactly' if exactly else 'at least'} one of: {', '.join(keys)}")

    return rule


def unique(values: Iterable[tuple[object, str]], what: str) -> Iterator[Problem]:
    """Yields a problem for each value that came before; *values* are (value, pointer)."""
    seen: set[object] = set()
    for value, at in values:
        if value in seen:
            yield Problem(at, f"{what} must be unique: {value}")
        seen.add(value)
