"""The chain over the log: what was written stays provable, and what was changed is found with its day."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chain import (
    BEGINNING,
    EXPORT,
    FIGURE,
    Entry,
    LoggedRow,
    Readers,
    SealedMark,
    chained,
    day_hash,
    first_break,
    readers_of,
    row_hash,
    short_mark,
)

FIRST = date(2026, 11, 16)
DAY = timedelta(days=1)
Log = tuple[list[tuple[date, bytes]], list[LoggedRow]]


def logged(entry: Entry, day: date = FIRST, place: int = 1) -> LoggedRow:
    salt = bytes([place]) * 16
    return LoggedRow(day, place, row_hash(salt, day, entry), entry, salt)


def three_days() -> Log:
    """Return a log of three days, the second of which is empty."""
    rows = [
        logged(Entry(FIGURE, "group/Engineering", "1042", readers=Readers("Engineering", 1, 2).stored())),
        logged(Entry(EXPORT, person_id=7), place=2),
        logged(Entry(EXPORT, person_id=8), FIRST + 2 * DAY),
    ]
    return list(chained(BEGINNING, FIRST, FIRST + 2 * DAY, rows)), rows


def test_a_log_as_it_was_written_is_sound_also_before_its_last_day_is_sealed() -> None:
    sealed, rows = three_days()

    assert first_break(sealed, rows) is None
    assert first_break(sealed[:2], rows) is None
    assert first_break([], rows) is None
    assert first_break([], []) is None


def test_deleted_content_leaves_the_chain_as_it_was() -> None:
    sealed, rows = three_days()
    rows[1] = replace(rows[1], entry=None, salt=None)

    assert first_break(sealed, rows) is None


@pytest.mark.parametrize("change", ["cell", "period", "readers", "policy_mark", "kind", "person_id"])
def test_a_changed_row_is_found_whatever_was_changed(change: str) -> None:
    sealed, rows = three_days()
    assert rows[0].entry is not None
    value = 9 if change == "person_id" else "other"
    rows[0] = replace(rows[0], entry=replace(rows[0].entry, **{change: value}))  # type: ignore[arg-type]

    assert first_break(sealed, rows) == (FIRST, "row")
    assert first_break([], rows) == (FIRST, "row")


def test_a_row_that_went_came_or_moved_is_found_on_its_day() -> None:
    sealed, rows = three_days()
    moved = [replace(rows[0], place=3), *rows[1:]]
    added = [*rows, logged(Entry(EXPORT, person_id=9), FIRST + DAY)]
    earlier = [*rows, logged(Entry(EXPORT, person_id=9), FIRST - DAY)]

    assert first_break(sealed, rows[1:]) == (FIRST, "hash")
    assert first_break(sealed, moved) == (FIRST, "hash")
    assert first_break(sealed, added) == (FIRST + DAY, "hash")
    assert first_break(sealed, earlier) == (FIRST - DAY, "missing")


def test_a_missing_day_and_a_changed_hash_are_found_with_their_day() -> None:
    sealed, rows = three_days()
    changed = [sealed[0], (sealed[1][0], bytes(32)), sealed[2]]

    assert first_break([sealed[0], sealed[2]], rows) == (FIRST + DAY, "missing")
    assert first_break(changed, rows) == (FIRST + DAY, "hash")


def test_a_mark_that_was_printed_finds_days_that_were_cut_off_or_written_anew() -> None:
    sealed, rows = three_days()
    printed = [SealedMark(day, short_mark(hashed)) for day, hashed in sealed]
    anew = list(chained(BEGINNING, FIRST, FIRST + 2 * DAY, rows[1:]))

    assert first_break(sealed, rows, printed) is None
    assert first_break(sealed[:2], rows[:2], printed) == (FIRST + 2 * DAY, "printed")
    assert first_break([], [], printed) == (FIRST, "printed")
    assert first_break(anew, rows[1:], printed[1:]) == (FIRST + DAY, "printed")


def test_a_days_hash_is_plain_sha_256_that_anybody_can_recompute() -> None:
    _, rows = three_days()
    content = b'{"cell": "", "day": "2026-11-18", "kind": "export", "period": "", "person_id": 8, "policy_mark": "", '
    content += b'"readers": ""}'

    assert rows[2].row_hash == sha256(bytes([1]) * 16 + content).digest()
    assert day_hash(BEGINNING, rows[:2]) == sha256(bytes(32) + rows[0].row_hash + rows[1].row_hash).digest()
    assert short_mark(bytes.fromhex("7f3a91c2") + bytes(28)) == "7f3a-91c2"


@given(st.permutations(range(6)))
def test_the_order_in_which_rows_are_read_does_not_matter(order: list[int]) -> None:
    rows = [logged(Entry(EXPORT, person_id=number), place=number // 2) for number in range(6)]

    assert day_hash(BEGINNING, [rows[number] for number in order]) == day_hash(BEGINNING, rows)


def test_readers_are_kept_by_group_and_role() -> None:
    readers = Readers("Engineering", 1, 2)

    assert readers_of(readers.stored()) == readers
    assert readers_of("") is None
    assert readers_of('{"somebody": 1}') is None
