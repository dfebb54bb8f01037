"""Reading a list of Anthropic's Admin API page by page: cursors, repeats, and rows that cannot be used."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder

from bot.connectors.http import Api, Params, ReplyError
from bot.connectors.pull import ReportedDay
from bot.errors import ConnectorError

T = TypeVar("T")

_IMPOSSIBLE_COUNT: Final = "a row with an impossible count"
UNREADABLE: Final = "a row that is not as agreed"
_TWICE: Final = "a row that came twice"
_CONTRADICTION: Final = "two rows that contradict each other"


class Rows(NamedTuple, Generic[T]):
    """The rows of a page, a line for each that cannot be used, and until when the provider has data."""

    data: list[T]
    flaws: list[str]
    refreshed_at: datetime | None = None


class RowDecoder(Generic[T]):
    """Decodes rows at once, and one by one where some are not as agreed."""

    def __init__(self, rows: Decoder[list[T]], row: Decoder[T]) -> None:
        self._all, self._one = rows, row

    def read(self, content: Raw) -> Rows[T]:
        """Return the rows of a JSON array; raises DecodeError where it is none."""
        try:
            return Rows(self._all.decode(content), [])
        except (DecodeError, UnicodeDecodeError):
            pass
        rows: list[T] = []
        flaws: list[str] = []
        for raw in _RAW_ROWS.decode(content):
            try:
                rows.append(self._one.decode(raw))
            except ValidationError as error:
                flaws.append(_IMPOSSIBLE_COUNT if str(error).startswith("Expected `int` ") else UNREADABLE)
            except (DecodeError, UnicodeDecodeError):
                flaws.append(UNREADABLE)
        return Rows(rows, flaws)


class _Page(Struct, frozen=True):
    """A page as it comes: reports go on at *next_page*, listings after *last_id*."""

    data: Raw
    has_more: bool | None = None
    next_page: str | None = None
    last_id: str | None = None
    data_refreshed_at: datetime | None = None


_PAGE: Final = Decoder(_Page)
_RAW_ROWS: Final = Decoder(list[Raw])


class Endpoint(Generic[T]):
    """A list at *path* whose next page is asked for with *cursor*."""

    def __init__(
        self, path: str, rows: RowDecoder[T], *, headers: Mapping[str, str] | None = None, cursor: str = "page"
    ) -> None:
        self.path = path
        self._row_decoder, self._headers, self._cursor = rows, dict(headers or {}), cursor

    def ask(self, api: Api, params: Params) -> Rows[T]:
        """Return the first page; raises ConnectorError (ReplyError where a status says why)."""
        return self._read(api, self._content(api, params))[1]

    def pages(self, api: Api, params: Params) -> Iterator[Rows[T]]:
        """Yield every page; raises ConnectorError, also where pages repeat or cannot be read to the end.

        A cursor that has expired starts the list again once, as long as nothing of it was given.
        """
        given = False
        for last_try in (False, True):
            try:
                for rows in self._each(api, params):
                    given = given or bool(rows.data or rows.flaws)
                    yield rows
            except ReplyError as error:
                if error.status != 410:
                    raise
                if given or last_try:
                    raise self._broken(api, "did not keep its page cursor (410)") from None
            else:
                return

    def _each(self, api: Api, params: Params) -> Iterator[Rows[T]]:
        asked: dict[str, str | int | list[str]] = dict(params)
        cursors: set[str] = set()
        before = b""
        while True:
            page, rows = self._read(api, self._content(api, asked))
            data = bytes(page.data)
            if data == before and (rows.data or rows.flaws):
                raise self._broken(api, "repeats a page")
            yield rows
            cursor = page.next_page if self._cursor == "page" else page.last_id
            if page.has_more is False or (page.has_more is None and not cursor):
                return
            if not cursor:
                raise self._broken(api, "has more and does not say where")
            if cursor in cursors:
                raise self._broken(api, "repeats a page")
            cursors.add(cursor)
            asked[self._cursor] = cursor
            before = data

    def _content(self, api: Api, params: Params) -> bytes:
        return api.content("GET", self.path, params=params, headers=self._headers)

    def _read(self, api: Api, body: bytes) -> tuple[_Page, Rows[T]]:
        try:
            page = _PAGE.decode(body)
            return page, self._row_decoder.read(page.data)._replace(refreshed_at=_in_utc(page.data_refreshed_at))
        except (DecodeError, UnicodeDecodeError):
            if body.lstrip()[:1] == b"<":
                raise self._broken(api, "answered a web page instead of JSON; is the address right?") from None
            raise self._broken(api, "answered something else than was agreed") from None

    def _broken(self, api: Api, problem: str) -> ConnectorError:
        return ConnectorError(api.provider, f"{self.path} {problem}", permanent=False)


class Repeats:
    """Rows that came before, on this page or on the one before it."""

    def __init__(self, reported: ReportedDay) -> None:
        self._reported = reported
        self._before: dict[Any, object] = {}
        self._here: dict[Any, object] = {}

    def turn_page(self) -> None:
        """Forget the page before the last one."""
        self._before, self._here = self._here, {}

    def has(self, key: object, row: object) -> bool:
        """Return whether the row of *key* has come; what that means for the day is noted."""
        earlier = self._here.get(key) or self._before.get(key)
        if earlier is None:
            self._here[key] = row
            return False
        if earlier == row:
            self._reported.flaws[_TWICE] += 1
        else:
            self._reported.flawed(_CONTRADICTION)
        return True


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
