"""A file is read in blocks of whole lines, and every line keeps its number."""

from pathlib import Path

import pytest

from bot.connectors.push_file import array_of, blocks
from bot.errors import InputError


def test_blocks_have_every_line_once_under_its_number(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    lines = [f"{number:>100}" for number in range(1, 100_001)]
    path.write_text("\n".join(lines))
    found = list(blocks(path))
    assert len(found) > 2
    assert b"".join(block for _, block in found).decode().split("\n") == lines
    for first, block in found:
        assert int(block.split(b"\n", 1)[0]) == first


@pytest.mark.parametrize(
    ("content", "is_array"),
    [(b"[]", True), (b" \n [", True), (b"\xef\xbb\xbf[", True), (b'{"a": []}', False), (b"", False)],
)
def test_an_array_is_told_from_lines(tmp_path: Path, content: bytes, is_array: bool) -> None:
    path = tmp_path / "events"
    path.write_bytes(content)
    assert array_of(path) == (content if is_array else None)


def test_an_array_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    with path.open("wb") as file:
        file.write(b"[")
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(InputError, match="one event on a line"):
        array_of(path)
