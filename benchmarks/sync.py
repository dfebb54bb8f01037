"""A day of 350,000 people and three models from a paged provider, against its client alone on the same replies.

The client alone pages, decodes and throws away. The whole way also sums over everybody, keeps the rows
of those who are on, and swaps the day in. The provider is a process of its own on loopback.
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from typing import Any, Final, cast
from urllib.parse import parse_qs, urlsplit

from sqlmodel import Session

from benchmarks.ingest import resident_mib
from benchmarks.sent import MARKS, NOW, ORG, hire
from benchmarks.table import Row
from bot.connectors.anthropic import AnthropicSource, anthropic_api
from bot.connectors.anthropic_analytics import COST, USAGE, asked_for
from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.jobs.taking import Asking, take_day
from bot.policy import load_policy
from bot.services import Services
from storage import migrate, pulls
from storage.engine import open_database
from storage.ids import insert_new, new_id, source_id
from storage.tables import Account, AccountLink
from tests.postgresql import running_postgresql

_PEOPLE: Final = 350_000
_MODELS: Final = ("claude-opus-4-7", "claude-sonnet-4-5", "claude-haiku-4-5")
_PAGE: Final = 1_000
_ROUNDS: Final = 3
_DAY: Final = NOW.date() - timedelta(days=2)
_SHARES_ON: Final = (35_000, 350_000)
_READY: Final[dict[str, list[bytes]]] = {}


class _NoSlack:
    org_id = ORG


def main() -> list[Row]:
    """Measure and return the rows of the table."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += _measured(f"sqlite:///{folder}/small.db", "SQLite", _SHARES_ON[0])
        rows += _measured(f"sqlite:///{folder}/all.db", "SQLite", _SHARES_ON[1])
    with running_postgresql() as server, server.empty() as url:
        rows += _measured(url, "PostgreSQL", _SHARES_ON[0])
    return rows


def _measured(url: str, engine: str, on: int) -> list[Row]:
    """Measure in a process of its own, so that its memory is its own."""
    with _provider() as address:
        command = [sys.executable, "-m", "benchmarks.sync", "measure", url, address, str(on)]
        said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=1800).stdout
    ratio, rate, bare, grown = (float(word) for word in said.split()[-4:])
    what = f"a day of {_PEOPLE:,} people x 3 models, {on:,} on, {engine}"
    return [
        Row(f"{what}: rows a second ({bare:,.0f} by the client alone)", f"{rate:,.0f}", "-"),
        Row(f"{what}: of the client alone", f"{ratio:.2f}", ">= 0.50"),
        Row(f"{what}: memory grows by", f"{grown:.0f} MiB", "< 64 MiB"),
    ]


@contextmanager
def _provider() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.sync", "provider"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _measure(url: str, address: str, on: int) -> None:
    database = open_database(url)
    try:
        migrate.upgrade(database)
        database.writing(partial(hire, people=on))
        services = Services(
            database=database,
            policy=load_policy(None),
            prices=price_book(None),
            overlaps=load_overlaps(None),
            marks=MARKS,
            now=lambda: NOW,
            slack=cast(Any, _NoSlack()),
            pool=cast(Any, None),
            web_url="",
        )
        _compare(services, address, on)
    finally:
        database.dispose()


def _compare(services: Services, address: str, on: int) -> None:
    api = anthropic_api(address, "key", "ANTHROPIC_ADMIN_KEY")
    source = AnthropicSource(api, None, services.prices, services.now)
    instance = services.database.writing(partial(source_id, kind=source.kind, name=source.name))
    services.database.writing(lambda session: _delivered_before(session, instance, on))
    whole: list[float] = []
    bare: list[float] = []
    grown: list[float] = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        rows = sum(len(page.data) for end in (USAGE, COST) for page in end.pages(api, asked_for(_DAY)))
        bare.append(rows / (time.perf_counter() - began))
        (report,) = source.reported_days(_DAY, _DAY)
        with _watched(grown):
            began = time.perf_counter()
            read = take_day(Asking(services, source, instance), report)
            whole.append(read / (time.perf_counter() - began))
        assert read == rows == 2 * _PEOPLE * len(_MODELS)
    ratio = median(one / other for one, other in zip(whole, bare, strict=True))
    print(ratio, median(whole), median(bare), max(grown))


def _delivered_before(session: Session, instance: int, on: int) -> None:
    """Link everybody's account at the provider, filled in already."""
    persons = session.connection().exec_driver_sql("SELECT person_id, email FROM slack_user").all()
    accounts = [(new_id(), person, email) for person, email in persons]
    assert len(accounts) == on
    named = [{"provider": "anthropic", "name": email, "id": id_} for id_, _, email in accounts]
    insert_new(session, Account, named)
    first = date(2026, 1, 1)
    links = [
        {"account_id": id_, "person_id": person, "from_day": first, "how": "", "by": ""} for id_, person, _ in accounts
    ]
    insert_new(session, AccountLink, links)
    pulls.note_days(session, instance, [id_ for id_, _, _ in accounts], first, first, NOW)


@contextmanager
def _watched(grown: list[float]) -> Iterator[None]:
    """Note by how much memory grew at most."""
    before, peak, done = resident_mib(), 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, resident_mib())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        grown.append(max(0.0, peak - before))


def _page(kind: str, number: int) -> bytes:
    rows = range(number * _PAGE, min((number + 1) * _PAGE, _PEOPLE * len(_MODELS)))
    text = ",".join(_item(kind, index) for index in rows)
    more = (number + 1) * _PAGE < _PEOPLE * len(_MODELS)
    refreshed = (NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    cursor = f'"{number + 1}"' if more else "null"
    head = f'{{"has_more":{str(more).lower()},"next_page":{cursor},"data_refreshed_at":"{refreshed}","data":['
    return f"{head}{text}]}}".encode()


def _item(kind: str, index: int) -> str:
    person, model = divmod(index, len(_MODELS))
    figures = (
        f'"usage":{{"uncached_input_tokens":{900 + index % 97},"cache_read_input_tokens":{20_000 + index % 991},'
        f'"cache_creation":{{"ephemeral_5m_input_tokens":{1500 + index % 31},"ephemeral_1h_input_tokens":0}},'
        f'"output_tokens":{400 + index % 53},"total_tokens":0,"requests":{1 + index % 7},'
        '"server_tool_use":{"web_search_requests":0}}'
        if kind == "usage"
        else f'"cost":{{"amount":"{index % 997}.5025","list_amount":"{index % 997 + 3}.25",'
        '"currency":"USD","requests":3}'
    )
    return (
        f'{{"starting_at":"{_DAY}T00:00:00Z","ending_at":"{_DAY + timedelta(days=1)}T00:00:00Z","group":{{"actor":'
        f'{{"type":"user_actor","user_id":"user_{person:08}","email_address":"person{person}@example.com","name":"P",'
        f'"deleted":false}},"model":"{_MODELS[model]}","product":"claude_code","claude_tag_category":null}},{figures}}}'
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        number = int(parse_qs(parts.query).get("page", ["0"])[0])
        content = _READY[parts.path.rpartition("/")[2]][number]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _serve() -> None:
    """Serve pages that are ready, so that making them slows nobody down."""
    for kind in ("usage", "cost"):
        _READY[kind] = [_page(kind, number) for number in range(_PEOPLE * len(_MODELS) // _PAGE)]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


def _run(words: Sequence[str]) -> None:
    if words[:1] == ["provider"]:
        _serve()
    elif words[:1] == ["measure"]:
        _measure(words[1], words[2], int(words[3]))
    else:
        for row in main():
            print(f"{row.what:<95} {row.figure:>12}   {row.bar}")


if __name__ == "__main__":
    _run(sys.argv[1:])
