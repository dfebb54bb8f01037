"""Which earlier change a revert takes back, as its title and its text say."""

import re
from functools import cache
from typing import Final

# GitHub's and GitLab's buttons write the first line of these; people write the others.
_LINE: Final = (
    r"^[ \t]*(?:this[ \t]+)?reverts(?:[ \t]+(?:merge|pull)[ \t]+request)?[ \t]+"
    r"(?:https?://[^\s/]+/)?(?P<place>[\w.-]+(?:/[\w.-]+)+)?(?:{mark}|/pull/|/-/merge_requests/)(?P<number>[0-9]{{1,9}})\b"
)
_TITLE: Final = r"^(?:Revert|Reapply) \".*\({mark}(?P<number>[0-9]{{1,9}})\)\"+"
_IS_REVERT: Final = re.compile(r"^(?:Revert|Reapply) [\"“]")
_MOST: Final = 20


def taken_back(title: str, text: str, place: str, mark: str) -> list[str]:
    """Return the references that a change in *place* says it reverts; *mark* is "#" or "!".

    A change whose title a button wrote reverts one of its own repository, whatever that was called then.
    """
    by_button = bool(_IS_REVERT.match(title))
    found = [
        _reference(line["place"] or place, line["number"], place, mark, by_button)
        for line in _pattern(_LINE, mark).finditer(text)
    ]
    if not found and title.startswith("Revert ") and (named := _pattern(_TITLE, mark).match(title)):
        found = [_reference(place, named["number"], place, mark, by_button)]
    if not found and by_button:
        numbers = set(re.findall(rf"(?<![\w/]){mark}([0-9]{{1,9}})\b", text))
        found = [f"{place}{mark}{int(number)}" for number in numbers] if len(numbers) == 1 else []
    return list(dict.fromkeys(found))[:_MOST]


def _reference(named: str, number: str, place: str, mark: str, by_button: bool) -> str:
    own = by_button or named.casefold() == place.casefold()
    return f"{place if own else named}{mark}{int(number)}"


@cache
def _pattern(form: str, mark: str) -> re.Pattern[str]:
    return re.compile(form.format(mark=re.escape(mark)), re.IGNORECASE | re.MULTILINE)
