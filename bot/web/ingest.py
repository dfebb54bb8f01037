"""What arrives with a token: pushed events, finished work and files of ccusage."""

from functools import partial
from typing import Final

import anyio.to_thread
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot import intake, work_intake
from bot.connectors import ccusage_format, finished_upload, push
from bot.domain.people import Viewer
from bot.errors import InputError, RefusedError
from bot.services import Services
from bot.web.answers import answered
from bot.web.bearers import Bearers
from bot.web.bodies import body_of, unpacked
from storage import people
from storage.tokens import Bearer

MAX_BODY: Final = 8 * 2**20
# So many bodies are worked on at once; each may be 64 MiB.
_AT_ONCE: Final = 8

log = structlog.get_logger()


class Ingest:
    """The routes that take usage and finished work in; work and database calls run in threads of their own."""

    def __init__(self, services: Services, bearers: Bearers) -> None:
        self._services = services
        self._bearers = bearers
        self._threads = anyio.CapacityLimiter(_AT_ONCE)

    @property
    def routes(self) -> list[Route]:
        """The routes and their methods."""
        return [
            Route("/v1/usage", answered("usage_pushed", self.push), methods=["POST"]),
            Route("/v1/outcomes", answered("outcomes_taken", self.outcomes), methods=["POST"]),
            Route("/v1/import/ccusage", answered("ccusage_imported", self.ccusage), methods=["POST"]),
        ]

    async def push(self, request: Request) -> Response:
        """Count pushed events."""
        bearer = await self._bearers.of(request)
        body = await body_of(request, MAX_BODY)
        work = partial(self._push, body, request.headers.get("content-encoding", ""), bearer)
        return JSONResponse(await anyio.to_thread.run_sync(work, limiter=self._threads))

    def _push(self, body: bytes, encoding: str, bearer: Bearer) -> dict[str, object]:
        events = push.parse(unpacked(body, encoding), self._services.now())
        taken = intake.take_push(self._services, events, bearer)
        log.info("push_counted", read=taken.read, repeated=taken.repeated, conflicts=len(taken.conflicts))
        return {"read": taken.read, "repeated": taken.repeated, "conflicts": list(taken.conflicts)}

    async def outcomes(self, request: Request) -> Response:
        """Take finished work in, from a platform of the operator's."""
        bearer = await self._bearers.of(request)
        if bearer.person_id is not None:
            raise RefusedError("Finished work needs an operator's token: `worthwhile token create` makes one.")
        body = await body_of(request, MAX_BODY)
        work = partial(self._outcomes, body, request.headers.get("content-encoding", ""), bearer)
        return JSONResponse(await anyio.to_thread.run_sync(work, limiter=self._threads))

    def _outcomes(self, body: bytes, encoding: str, bearer: Bearer) -> dict[str, object]:
        content = unpacked(body, encoding)
        read = work_intake.take_outcomes(self._services, content, bearer.name, most=finished_upload.MAX_ITEMS)
        log.info("outcomes_kept", read=read)
        return {"read": read}

    async def ccusage(self, request: Request) -> Response:
        """Take a file of ccusage in for the person whose token it is."""
        bearer = await self._bearers.of(request)
        if bearer.person_id is None:
            raise RefusedError("A ccusage file needs a personal token: `/mytokens connect` makes one.")
        machine = request.query_params.get("name", "")
        if not machine:
            raise InputError("Say which machine it is: /v1/import/ccusage?name=MACHINE")
        body = await body_of(request, ccusage_format.MAX_BYTES)
        work = partial(self._ccusage, body, request.headers.get("content-encoding", ""), machine, bearer.person_id)
        return JSONResponse(await anyio.to_thread.run_sync(work, limiter=self._threads))

    def _ccusage(self, body: bytes, encoding: str, machine: str, person_id: int) -> dict[str, object]:
        viewer = self._person(person_id)
        taken = intake.take_ccusage(self._services, unpacked(body, encoding), machine, viewer, own=True)
        log.info("ccusage_taken", rows=taken.rows, days=taken.days)
        return {"rows": taken.rows, "days": taken.days, "notes": list(taken.notes)}

    def _person(self, person_id: int) -> Viewer | None:
        with self._services.database.reading() as session:
            return people.by_person_id(session, person_id)
