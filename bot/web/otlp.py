"""Telemetry by OTLP over HTTP: counters, events of logs and spans, in protobuf or JSON."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Final

import anyio.to_thread
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import telemetry
from bot.connectors import otlp_batch
from bot.connectors.otlp import LOGS, METRICS, TRACES
from bot.measuring.counters import ROWS_REJECTED
from bot.services import Services
from bot.telemetry import Taken
from bot.web.answers import answered, problem
from bot.web.bearers import Bearers
from bot.web.bodies import body_of, unpacked
from storage.tokens import Bearer

MAX_BODY: Final = 8 * 2**20
# So many bodies are worked on at once; each may be 64 MiB.
_AT_ONCE: Final = 8
# An answer is in the encoding of its request. What reads one is loaded with the first request in it: a bot that
# nobody sends telemetry to is some megabytes smaller.
_ENCODINGS: Final = {
    "application/x-protobuf": "bot.connectors.otlp_protobuf",
    "application/json": "bot.connectors.otlp_json",
}

log = structlog.get_logger()


class Telemetry:
    """The routes that take telemetry in; work and database calls run in threads of their own."""

    def __init__(self, services: Services, bearers: Bearers) -> None:
        self._services = services
        self._bearers = bearers
        self._threads = anyio.CapacityLimiter(_AT_ONCE)

    @property
    def routes(self) -> list[Route]:
        """The routes and their methods."""
        return [
            Route(f"/v1/{signal}", answered("telemetry_sent", partial(self.take, signal)), methods=["POST"])
            for signal in (METRICS, LOGS, TRACES)
        ]

    async def take(self, signal: str, request: Request) -> Response:
        """Count what a request brings."""
        bearer = await self._bearers.of(request)
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        encoding = _ENCODINGS.get(content_type)
        if encoding is None:
            return problem(415, f"Content-Type: {' or '.join(_ENCODINGS)}.")
        body = await body_of(request, MAX_BODY)
        reader, packed = import_module(encoding), request.headers.get("content-encoding", "")
        work = partial(self._take, signal, reader, body, packed, bearer)
        content = await anyio.to_thread.run_sync(work, limiter=self._threads)
        return Response(content, media_type=content_type)

    def _take(self, signal: str, encoding: Any, body: bytes, packed: str, bearer: Bearer) -> bytes:
        request = encoding.parse(signal, unpacked(body, packed))
        taken = _COUNTS[signal](self._services, encoding, request, bearer)
        rejected = taken.rejected.total()
        if rejected:
            self._services.measures.count(ROWS_REJECTED, f"/v1/{signal}", by=rejected)
        log.info("telemetry_counted", signal=signal, read=taken.read, rejected=rejected)
        answer: bytes = encoding.answer(signal, rejected, taken.rejected.message)
        return answer


def _points(services: Services, encoding: Any, request: Any, bearer: Bearer) -> Taken:
    return telemetry.take_points(services, encoding.points(request, otlp_batch.METRICS), bearer)


def _events(services: Services, encoding: Any, request: Any, bearer: Bearer) -> Taken:
    return telemetry.take_events(services, encoding.events(request, otlp_batch.EVENTS), bearer)


def _spans(services: Services, encoding: Any, request: Any, bearer: Bearer) -> Taken:
    return telemetry.take_spans(services, encoding.spans(request), bearer)


_COUNTS: Final[dict[str, Callable[..., Taken]]] = {METRICS: _points, LOGS: _events, TRACES: _spans}
