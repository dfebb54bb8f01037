"""What an entry must not hold before anybody else sees it: secrets, personal data, customers' names, odd links."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bot.domain.use_cases.entry import FIELDS, Draft, Kind, Problem
from bot.domain.use_cases.keys import secret_in
from bot.domain.use_cases.personal import personal_in
from bot.domain.use_cases.text import bare

_SCHEME: Final = re.compile(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]*)://")
# They do something without two slashes too.
_ACTS: Final = re.compile(r"(?<![\w-])(?:(?:javascript|vbscript):\S|data:[a-z]+/[a-z]|file:/)", re.IGNORECASE)
_ALLOWED: Final = frozenset({"http", "https"})
_WORD: Final = re.compile(r"\w+")
_SHORTEST_NAME: Final = 3


class CustomerNames:
    """The names that an operator listed, ready for finding: whole words, in any case."""

    def __init__(self, names: Iterable[str]) -> None:
        split = (tuple(_words(name)) for name in names if len(name.strip()) >= _SHORTEST_NAME)
        self._names = frozenset(words for words in split if words)
        self._lengths = sorted({len(words) for words in self._names})

    def found_in(self, text: str) -> bool:
        """Return whether a line of text holds one of them."""
        words = _words(text)
        return any(
            tuple(words[start : start + length]) in self._names
            for length in self._lengths
            for start in range(len(words) - length + 1)
        )


NO_CUSTOMERS: Final = CustomerNames(())


def customer_names(text: str) -> CustomerNames:
    """Return the names in the operator's file: one a line; what starts with # is a remark."""
    return CustomerNames(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def scan(draft: Draft, customers: CustomerNames = NO_CUSTOMERS) -> list[Problem]:
    """Return what a draft must not hold, by field and line; the same kind once a line, and never the text itself."""
    return [
        Problem(name, kind, number)
        for name in FIELDS
        for number, line in enumerate(getattr(draft, name).split("\n"), start=1)
        for kind in _kinds_in(bare(line), customers)
    ]


def scan_words(text: str, customers: CustomerNames = NO_CUSTOMERS) -> list[Problem]:
    """Return the same for a single line, such as what somebody is looking for or a line of thanks."""
    return scan(Draft(title=text), customers)


def _kinds_in(line: str, customers: CustomerNames) -> Iterator[Kind]:
    secret = secret_in(line)
    if secret is not None:
        yield secret
    else:  # a password before the @ of an address looks like a mail address too
        yield from personal_in(line)
    if customers.found_in(line):
        yield "customer_name"
    if any(match[1].lower() not in _ALLOWED for match in _SCHEME.finditer(line)) or _ACTS.search(line):
        yield "link_scheme"


def _words(text: str) -> list[str]:
    return _WORD.findall(bare(text).casefold())
