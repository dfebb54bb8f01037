"""What a GraphQL query asks for: a stand-in answers that and nothing more."""

import re
from typing import Any, NamedTuple

Json = dict[str, Any]
_TOKEN = re.compile(r"\.\.\.|\w+|[{}():]")
_INTERFACES = {"Actor"}


class Field(NamedTuple):
    """A field that is asked for, under which name, and what of it."""

    alias: str
    name: str
    wanted: list["Field | On"]


class On(NamedTuple):
    """What is asked for of one type only; a fragment has its name until it is looked up."""

    type: str
    wanted: list["Field | On"]


class Query:
    """A parsed query; `answer` picks from an object what it asks for."""

    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(re.sub(r"\$\w+|\[[^\]]*\]|!", "", text))
        self._at = 0
        self._fragments: dict[str, On] = {}
        self.wanted: list[Field | On] = []
        while self._at < len(self._tokens):
            word = self._next()
            if word == "query":
                self._skip_arguments()
                self.wanted = self._selection()
            else:
                assert word == "fragment", f"a query has {word!r}"
                name, _, kind = self._next(), self._next(), self._next()
                self._fragments[name] = On(kind, self._selection())

    def answer(self, value: Any, wanted: "list[Field | On] | None" = None) -> Any:
        """Return of *value* what is asked for; raises KeyError for a field that it does not have."""
        wanted = self.wanted if wanted is None else wanted
        if isinstance(value, list):
            return [self.answer(each, wanted) for each in value]
        if value is None or not wanted:
            return value
        picked: Json = {}
        for each in wanted:
            if isinstance(each, Field):
                name = each.alias if each.alias in value else each.name
                picked[each.alias] = self.answer(value[name], each.wanted) if each.wanted else value[name]
            else:
                kind, of_it = self._fragments.get(each.type, each)
                if kind in _INTERFACES or kind == value["__typename"]:
                    picked |= self.answer(value, of_it)
        return picked

    def _next(self) -> str:
        self._at += 1
        return str(self._tokens[self._at - 1])

    def _skip_arguments(self) -> None:
        if self._tokens[self._at] == "(":
            while self._next() != ")":
                pass

    def _selection(self) -> list[Field | On]:
        assert self._next() == "{"
        wanted: list[Field | On] = []
        while (word := self._next()) != "}":
            if word == "...":
                kind = self._next()
                wanted.append(On(self._next(), self._selection()) if kind == "on" else On(kind, []))
                continue
            name = word
            if self._tokens[self._at] == ":":
                self._next()
                name = self._next()
            self._skip_arguments()
            wanted.append(Field(word, name, self._selection() if self._tokens[self._at] == "{" else []))
        return wanted
