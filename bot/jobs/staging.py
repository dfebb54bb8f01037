"""Rows of one day on their way into the database: in memory while they are few, else in a file without a name."""

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Final

import msgspec

from bot.domain.usage import UsageRow

StagedRow = tuple[int, UsageRow]  # (account id, row)

AT_ONCE: Final = 10_000
_LENGTH_BYTES: Final = 4
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(list[StagedRow])


class Staging:
    """Takes rows one batch after another and gives them back in parts, as often as asked."""

    def __init__(self) -> None:
        self._rows: list[StagedRow] = []
        self._file: IO[bytes] | None = None
        self.count = 0

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, rows: Sequence[StagedRow]) -> None:
        """Take *rows*."""
        self._rows += rows
        self.count += len(rows)
        if len(self._rows) > AT_ONCE:
            self._write()

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="worthwhile-")  # noqa: SIM115  # closed on leaving
        part = _encoder.encode(self._rows)
        self._file.write(len(part).to_bytes(_LENGTH_BYTES) + part)
        self._rows = []

    def parts(self) -> Iterator[Sequence[StagedRow]]:
        """Yield everything that was taken, some thousand rows at a time."""
        if self._file is not None:
            self._file.seek(0)
            while length := self._file.read(_LENGTH_BYTES):
                yield _decoder.decode(self._file.read(int.from_bytes(length)))
            self._file.seek(0, 2)
        if self._rows:
            yield self._rows
