"""The library of use cases at 5,000 entries: searching, ordering, and looking for what says nearly the same.

The entries are made of the words of this project's own documents, as often as they stand there. A third of the
questions is begun only, a third has a slip.
"""

import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from sqlmodel import Session

from benchmarks.sent import NOW
from benchmarks.table import Row
from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import Draft
from bot.domain.use_cases.evidence import Answer, Result
from bot.domain.use_cases.rank import in_order
from storage import migrate, use_case_answers, use_case_entries, use_case_standing
from storage.engine import Database, open_database
from storage.use_case_search import search, similar_to
from tests.postgresql import running_postgresql

_ENTRIES: Final = 5_000
_AT_ONCE: Final = 250
_QUESTIONS: Final = 200
_TODAY: Final = NOW.date()
_RESULTS: Final[Sequence[Result]] = ("yes", "yes", "yes", "partly", "no")
_ROOT: Final = Path(__file__).parents[1]


class _Words:
    """Draws words as often as they stand in the documents."""

    def __init__(self, seed: int) -> None:
        texts = [path.read_text("utf-8") for path in sorted([*_ROOT.glob("*.md"), *_ROOT.glob("docs/*.md")])]
        counts = Counter(word for text in texts for word in re.findall(r"[a-z]{3,}", text.lower()))
        self._words = [word for word, _ in counts.most_common()]
        self._cumulated = list(accumulate(counts[word] for word in self._words))
        self.chance = random.Random(seed)

    def text(self, words: int) -> str:
        return " ".join(self.chance.choices(self._words, cum_weights=self._cumulated, k=words))

    def question(self, number: int) -> str:
        asked = self.text(self.chance.randint(1, 4))
        if number % 3 == 1:
            return asked[:-1]
        return asked[:2] + asked[3:] if number % 3 == 2 else asked


def main() -> list[Row]:
    """Measure both engines and return the rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = _engine(f"sqlite:///{folder}/library.db", "SQLite")
    with running_postgresql() as server, server.empty() as url:
        rows += _engine(url, "PostgreSQL")
    return rows


def _engine(url: str, name: str) -> list[Row]:
    database = open_database(url)
    try:
        migrate.upgrade(database)
        words = _Words(seed=1)
        for first in range(1, _ENTRIES, _AT_ONCE):
            database.writing(partial(_write, words=words, first=first))
        if not database.is_sqlite:
            with database.engine.connect() as connection:
                connection.exec_driver_sql("ANALYZE")
        return _measured(database, words, name)
    finally:
        database.dispose()


def _write(session: Session, words: _Words, first: int) -> None:
    chance = words.chance
    for id_ in range(first, first + _AT_ONCE):
        draft = Draft(
            title=words.text(6)[:80], when=words.text(15)[:300], how=words.text(chance.randint(40, 200)), tool="Cursor"
        )
        day = _TODAY - timedelta(days=chance.randrange(400))
        kept = steps.kept_draft(id_, draft, id_ % 500 + 1, day)
        sent = steps.sent(kept, "after_scan", day, team=f"team {id_ % 40}", model="claude-sonnet-4-5")
        use_case_entries.put(session, sent)
        for number in range(chance.randrange(12)):
            said_on = _TODAY - timedelta(days=chance.randrange(300))
            team = f"team {chance.randrange(40)}"
            answer = Answer(id_ * 100 + number, 1_000 + chance.randrange(900), team, chance.choice(_RESULTS), said_on)
            use_case_answers.say(session, id_, answer)


def _measured(database: Database, words: _Words, name: str) -> list[Row]:
    questions = [words.question(number) for number in range(_QUESTIONS)]
    with database.reading() as session:
        found = [_seconds(partial(search, session, question)) for question in questions]
        read = median(_seconds(lambda: use_case_standing.offers(session, _TODAY)) for _ in range(5))
        candidates = [offer.candidate for offer in use_case_standing.offers(session, _TODAY)]
        ordered = median(_seconds(lambda: in_order(candidates, _TODAY, "this week")) for _ in range(5))
        drafts = use_case_entries.entries_published(session)[:: _ENTRIES // 40]
        similar = [_seconds(partial(similar_to, session, draft)) for draft in drafts]
        assert all(similar_to(session, draft)[0].id == draft.id for draft in drafts[:5])
    what = f"library of {_ENTRIES:,} entries, {name}"
    return [
        Row(f"{what}: search, 95 of 100", f"{_of_100(found, 95) * 1000:.0f} ms", "< 50 ms"),
        Row(f"{what}: all entries put in order", f"{ordered:.2f} s", "< 0.5 s"),
        Row(f"{what}: what the order hangs on, read", f"{read:.2f} s", "-"),
        Row(f"{what}: what says nearly the same, 95 of 100", f"{_of_100(similar, 95) * 1000:.0f} ms", "-"),
    ]


def _of_100(seconds: Sequence[float], place: int) -> float:
    return sorted(seconds)[len(seconds) * place // 100]


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


if __name__ == "__main__":
    for row in main():
        print(f"{row.what:<80} {row.figure:>10}   {row.bar}")
