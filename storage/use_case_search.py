"""The words of published entries, and what is found by them: candidates by index, judged in the domain.

Both databases give the same rows and put none of them in order, so that both answer alike.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, select
from sqlmodel import Session

from bot.domain.use_cases.entry import Draft, Entry, shown_author
from bot.domain.use_cases.search import (
    Found,
    asked_words,
    fitting,
    found_in,
    postings_of,
    rarest,
    spellings_of,
    times_of,
)
from bot.domain.use_cases.similar import Library, Similar, nearest
from storage.holders import in_parts
from storage.ids import insert_new, table_of, upsert
from storage.tables import UseCase, UseCasePosting, UseCaseSpelling, UseCaseWord

_entries, _postings = table_of(UseCase), table_of(UseCasePosting)
_words, _spellings = table_of(UseCaseWord), table_of(UseCaseSpelling)

# An entry that is nearly the same as another shares most of its rarest words with it.
_RAREST: Final = 24
_COMPARED: Final = 20
_AT_ONCE: Final = 500

_SPELLED: Final = (
    select(_words.c.word, _words.c.entries)
    .join(_spellings, _spellings.c.word == _words.c.word)
    .where(_spellings.c.spelling.in_(bindparam("spellings", expanding=True)))
)
_HAVING: Final = select(_postings.c.word, _postings.c.use_case_id, _postings.c.weight).where(
    _postings.c.word.in_(bindparam("words", expanding=True))
)
_SAID: Final = select(_postings.c.use_case_id, _postings.c.word, _postings.c.times)
_COUNTED: Final = select(_words.c.word, _words.c.entries)
_PUBLISHED: Final = select(func.count()).select_from(_entries).where(_entries.c.state == "published")


def search(session: Session, text: str) -> list[Found]:
    """Return the published entries that have any of the words in *text*, the best first."""
    asked = asked_words(text)
    if not asked:
        return []
    spelled = sorted({spelling.encode() for word in asked for spelling in spellings_of(word)})
    known = session.connection().execute(_SPELLED, {"spellings": spelled})
    fits = fitting(asked, {word.decode(): entries for word, entries in known})
    words = sorted({word for each in fits.values() for word in each})
    if not words:
        return []
    postings: dict[str, list[tuple[int, int]]] = {word: [] for word in words}
    for word, id_, weight in session.connection().execute(_HAVING, {"words": [word.encode() for word in words]}):
        postings[word.decode()].append((id_, weight))
    return found_in(fits, postings, _entries_published(session))


def similar_to(session: Session, draft: Draft, but: Collection[int] = ()) -> list[Similar]:
    """Return the published entries that say nearly the same as *draft*, the nearest first; none of *but*."""
    times = times_of(draft)
    shared: Counter[int] = Counter()
    for word in rarest(times, _entries_with(session, times), _RAREST):
        rows = session.connection().execute(_HAVING, {"words": [word.encode()]})
        shared.update(id_ for _, id_, _ in rows if id_ not in but)
    ids = [id_ for id_, _ in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:_COMPARED]]
    said: dict[int, dict[str, int]] = {id_: {} for id_ in ids}
    for id_, word, often in in_parts(session, _SAID, _postings.c.use_case_id, ids):
        said[id_][word.decode()] = often
    with_word = _entries_with(session, {*times, *(word for each in said.values() for word in each)})
    return nearest(times, said.items(), Library(_entries_published(session), with_word))


def index(session: Session, entry: Entry) -> None:
    """Let a published entry be found by its words as they are now."""
    before = _posted(session, entry.id)
    now = {posting.word: posting for posting in postings_of(entry, shown_author(entry)[1])}
    _remove(session, entry.id, before)
    _count(session, now.keys() - before)
    _discount(session, before - now.keys())
    rows = [
        {"word": word.encode(), "use_case_id": entry.id, "weight": posting.weight, "times": posting.times}
        for word, posting in sorted(now.items())
    ]
    insert_new(session, UseCasePosting, rows)


def unindex(session: Session, id_: int) -> None:
    """Let an entry no longer be found; nothing stays of words that no other entry has."""
    before = _posted(session, id_)
    _remove(session, id_, before)
    _discount(session, before)


def _posted(session: Session, id_: int) -> set[str]:
    query = select(_postings.c.word).where(_postings.c.use_case_id == id_)
    return {word.decode() for (word,) in session.connection().execute(query)}


def _remove(session: Session, id_: int, before: Collection[str]) -> None:
    if before:
        session.connection().execute(delete(_postings).where(_postings.c.use_case_id == id_))


def _count(session: Session, words: Collection[str]) -> None:
    """Count an entry more that has each of *words*; a new word gets its spellings."""
    known = _entries_with(session, words)
    _add_to_counts(session, words, 1)
    new = sorted(word for word in words if word not in known)
    spelled = sorted((spelling.encode(), word.encode()) for word in new for spelling in spellings_of(word))
    insert_new(session, UseCaseSpelling, [{"spelling": one, "word": other} for one, other in spelled])


def _discount(session: Session, words: Collection[str]) -> None:
    """Count an entry less; a word that none has any more is gone."""
    _add_to_counts(session, words, -1)
    unused = [word for word, entries in _entries_with(session, words).items() if entries <= 0]
    for start in range(0, len(unused), _AT_ONCE):
        part = _encoded(unused[start : start + _AT_ONCE])
        for table in (_spellings, _words):
            session.connection().execute(delete(table).where(table.c.word.in_(part)))


def _add_to_counts(session: Session, words: Iterable[str], by: int) -> None:
    rows: list[dict[str, Any]] = [{"word": word, "entries": by} for word in _encoded(words)]
    upsert(session, UseCaseWord, rows, lambda old, new: {"entries": old.entries + new.entries})


def _entries_with(session: Session, words: Iterable[str]) -> dict[str, int]:
    rows = in_parts(session, _COUNTED, _words.c.word, _encoded(words))
    return {word.decode(): entries for word, entries in rows}


def _entries_published(session: Session) -> int:
    found: int = session.connection().execute(_PUBLISHED).scalar_one()
    return found


def _encoded(words: Iterable[str]) -> list[bytes]:
    return [word.encode() for word in sorted(words)]
