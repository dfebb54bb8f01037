"""How words find entries: whole, begun, or with one slip of the finger; the same on every database.

The index holds the words of each published entry and, for each word, the spellings under which it is found.
What is found by them is judged here, so that the order never hangs on a database's own idea of text.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log
from typing import Final, NamedTuple

from bot.domain.use_cases.entry import Draft
from bot.domain.use_cases.text import bare

MAX_ASKED: Final = 8  # words of a question that are looked for
_SHORTEST: Final = 2
_LONGEST: Final = 32
_BEGUN: Final = 3  # letters from which on a begun word finds its ends
_FORGIVEN: Final = 4  # letters from which on a slip is forgiven
_LOOKED_AT: Final = 8  # letters of a word in which slips are looked for by the index
_WORD: Final = re.compile(r"[^\W_]+")
_WEIGHTS: Final = {"title": 5, "when": 3, "tool": 2, "how": 1, "watch_out": 1}
_MOST_WEIGHT: Final = 12
# Words that say nothing of what an entry is about.
_SAYS_NOTHING: Final = (
    "a an and are as at be but by can do does for from had has have how i if in into is it its me my no not of on or "
    "our so that the their them then there these they this to up us was we what when which who will with you your"
)
_EMPTY: Final = frozenset(_SAYS_NOTHING.split())
_NEAREST: Final = 12  # words of the index that an asked one may mean
_READ_AT_ONCE: Final = 4_000
_WHOLE, _STARTS, _SLIPPED = 1.0, 0.8, 0.6


class Posting(NamedTuple):
    """A word in an entry: what it weighs there for searching, and how often it is said in title, need and how."""

    word: str
    weight: int
    times: int


class Found(NamedTuple):
    """An entry that was found: how many of the asked words it has, and how well they fit."""

    id: int
    words: int
    fit: float


def words_of(text: str) -> list[str]:
    """Return the words of *text* that can be found: no case, no accents, nothing that says nothing."""
    folded = unicodedata.normalize("NFD", bare(text).casefold())
    letters = "".join(char for char in folded if unicodedata.category(char) != "Mn")
    found = (word[:_LONGEST] for word in _WORD.findall(letters))
    return [word for word in found if len(word) >= _SHORTEST and word not in _EMPTY]


def times_of(draft: Draft) -> Counter[str]:
    """Return how often each word is said in the title, the need and the how of an entry."""
    return Counter(word for text in (draft.title, draft.when, draft.how) for word in words_of(text))


def postings_of(draft: Draft, team: str = "") -> list[Posting]:
    """Return what the index holds of an entry, by word."""
    weights: Counter[str] = Counter(words_of(team))
    for name, weight in _WEIGHTS.items():
        for word in words_of(getattr(draft, name)):
            weights[word] += weight
    times = times_of(draft)
    return [Posting(word, min(weights[word], _MOST_WEIGHT), times[word]) for word in sorted(weights)]


def asked_words(text: str) -> list[str]:
    """Return the words that somebody looks for, each once."""
    return list(dict.fromkeys(words_of(text)))[:MAX_ASKED]


def spellings_of(word: str) -> list[str]:
    """Return under what a word is found in the index, and what is looked for when it is asked.

    As it is, begun, and with each letter left out in turn; of long words the first letters are looked at.
    """
    found = {word, *_slips(word)}
    if len(word) >= _BEGUN:
        found.add(f"{word[:_BEGUN]}~")
    return sorted(found)


def _slips(word: str) -> set[str]:
    """Return what is left of a word when one letter is left out, or none: two words with one slip share one."""
    start = word[:_LOOKED_AT]
    if len(start) < _FORGIVEN:
        return set()
    return {f"-{start}", *(f"-{start[:place]}{start[place + 1 :]}" for place in range(len(start)))}


def fit_of(asked: str, word: str) -> float:
    """Return how well a *word* of an entry fits an asked one: from 1, the same, to 0, another word."""
    if asked == word:
        return _WHOLE
    if len(asked) >= _BEGUN and word.startswith(asked):
        return _STARTS
    if min(len(asked), len(word)) >= _FORGIVEN and is_one_slip(asked, word):
        return _SLIPPED
    return 0.0


def is_one_slip(one: str, other: str) -> bool:
    """Return whether one letter more, less, other, or two neighbours swapped make one word of the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    same = next((place for place, char in enumerate(short) if char != long[place]), len(short))
    if len(short) < len(long):
        return short[same:] == long[same + 1 :]
    if short[same + 1 :] == long[same + 1 :]:
        return True
    swapped = short[same : same + 2] == long[same : same + 2][::-1]
    return swapped and short[same + 2 :] == long[same + 2 :]


def fitting(asked: Sequence[str], entries_with: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """Return for each asked word those of the index that fit it, and how well.

    *entries_with* says how many entries have a word. Of many that fit, the nearest count; and if all of it is
    more than can be read at once, the asked words that most entries have are left out: they tell the least.
    """
    fits = {each: _nearest(each, entries_with) for each in asked}
    read = {each: sum(entries_with[word] for word in found) for each, found in fits.items()}
    for each in sorted(asked, key=lambda each: (-read[each], each)):
        if sum(read[other] for other in fits) > _READ_AT_ONCE and len(fits) > 1:
            del fits[each]
    return fits


def _nearest(asked: str, words: Iterable[str]) -> dict[str, float]:
    fits = [(-fit, len(word), word) for word in words if (fit := fit_of(asked, word))]
    return {word: -fit for fit, _, word in sorted(fits)[:_NEAREST]}


def found_in(
    fits: Mapping[str, Mapping[str, float]],
    postings: Mapping[str, Sequence[tuple[int, int]]],
    entries: int,
) -> list[Found]:
    """Return the entries that have any asked word, the best first; equals by id.

    *postings* are (entry, weight) of each word, *entries* how many there are. A rare word tells more than a
    common one; of several words that fit an asked one, the best in an entry counts. More asked words first.
    """
    words: Counter[int] = Counter()
    fit: dict[int, float] = {}
    for fitting in fits.values():
        best: dict[int, float] = {}
        for word, how_well in fitting.items():
            having = postings.get(word, ())
            rarity = how_well * log(1 + entries / max(1, len(having)))
            for id_, weight in having:
                value = rarity * (weight / (weight + 2))
                if value > best.get(id_, 0.0):
                    best[id_] = value
        for id_, value in best.items():
            words[id_] += 1
            fit[id_] = fit.get(id_, 0.0) + value
    found = [Found(id_, words[id_], round(fit[id_], 6)) for id_ in fit]
    return sorted(found, key=lambda each: (-each.words, -each.fit, each.id))


def shown_order(found: Sequence[Found], order: Sequence[int], most: int) -> list[int]:
    """Return up to *most* ids of what was *found*: among what fits alike, as entries are *order*ed elsewhere.

    Alike are those with as many of the asked words that fit at least half as well as the best of these.
    """
    place = {id_: position for position, id_ in enumerate(order)}
    best: dict[int, float] = {}
    for each in found:
        best[each.words] = max(best.get(each.words, 0.0), each.fit)
    ordered = sorted(
        (each for each in found if each.id in place),
        key=lambda each: (-each.words, each.fit * 2 < best[each.words], place[each.id]),
    )
    return [each.id for each in ordered[:most]]


def rarest(words: Collection[str], entries_with: Mapping[str, int], most: int) -> list[str]:
    """Return those of *words* that the fewest entries have, but at least one, up to *most*."""
    known = [word for word in words if entries_with.get(word)]
    return sorted(known, key=lambda word: (entries_with[word], word))[:most]
