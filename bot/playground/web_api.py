"""The HTTP side: /api/<method>, /respond/<id>, /upload/<id> and the Socket Mode link."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from bot.playground.faults import RESPONSE_URL, Fault, Faults
from bot.playground.forms import arguments, parts, token_of
from bot.playground.methods.args import Args, decoded
from bot.playground.methods.table import METHODS, Entry
from bot.playground.response_urls import respond
from bot.playground.shown import Json
from bot.playground.sockets import SocketHub
from bot.playground.things import SlackError
from bot.playground.world import World


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A call that the bot made; *response* is what it was told, or the fault that met it."""

    method: str
    args: Json
    response: Json
    status: int
    at: float = field(default_factory=time.monotonic)


class WebApi:
    """Answers the bot's calls, keeps a log of them, and misbehaves when told to."""

    def __init__(self, world: World, faults: Faults, hub: SocketHub) -> None:
        self.world, self.faults, self.hub = world, faults, hub
        self.calls: deque[ApiCall] = deque(maxlen=world.keep_last)
        self.drop: Callable[[tuple[str, int]], None] = lambda client: None  # set by the server
        self.app = Starlette(
            routes=[
                Route("/respond/{url_id}", self._respond, methods=["POST"]),
                Route("/api/{method}", self._api, methods=["GET", "POST"]),
                Route("/upload/{file_id}", self._upload, methods=["POST", "PUT"]),
                WebSocketRoute("/link/", hub.serve),
            ]
        )

    async def _api(self, request: Request) -> Response:
        method = request.path_params["method"]
        body = await request.body()

        def work() -> tuple[int, Json, dict[str, str]]:
            args, answer, headers = self._answer(method, request, body)
            self.calls.append(ApiCall(method, args, answer, 200))
            return 200, answer, headers

        return await self._unless_faulty(method, request, work)

    async def _respond(self, request: Request) -> Response:
        body = await request.body()

        def work() -> tuple[int, Json, dict[str, str]]:
            status, answer, args = self._post(request.path_params["url_id"], body)
            self.calls.append(ApiCall(RESPONSE_URL, args, answer, status))
            return status, answer, {}

        return await self._unless_faulty(RESPONSE_URL, request, work)

    async def _upload(self, request: Request) -> Response:
        file = self.world.files.get(request.path_params["file_id"])
        content = await request.body()
        sent = parts(content, request.headers.get("content-type", ""))
        if file is None:
            return PlainTextResponse("not found", 404)
        file.content = next(iter(sent.values()), content) if sent else content
        return PlainTextResponse(f"OK - {len(file.content)}")

    async def _unless_faulty(
        self, method: str, request: Request, work: Callable[[], tuple[int, Json, dict[str, str]]]
    ) -> Response:
        fault = self.faults.pick(method)
        if fault and not fault.after_effect:
            if fault.kind != "silent":
                self.calls.append(ApiCall(method, {}, {"ok": False, "error": f"fault:{fault.kind}"}, 0))
                return self._misbehave(fault, request)
            await asyncio.sleep(fault.seconds)
        status, answer, headers = work()
        if fault and fault.after_effect:
            if fault.kind != "silent":
                return self._misbehave(fault, request)
            await asyncio.sleep(fault.seconds)
        if method == RESPONSE_URL and status == 200:
            return PlainTextResponse("ok")
        return Response(json.dumps(answer), status, headers, "application/json; charset=utf-8")

    def _misbehave(self, fault: Fault, request: Request) -> Response:
        if fault.kind == "rate_limited":
            body = json.dumps({"ok": False, "error": "ratelimited"})
            return Response(body, 429, {"Retry-After": str(int(fault.seconds))}, "application/json")
        if fault.kind == "dropped":
            return _Nothing(lambda: self.drop((request.client.host, request.client.port)) if request.client else None)
        if fault.kind == "html":
            return Response("<!doctype html><title>Oops</title>", 200, media_type="text/html")
        if fault.kind == "refused":
            return Response(json.dumps({"ok": False, "error": fault.error}), 200, media_type="application/json")
        return PlainTextResponse("Internal Server Error", 500)

    def _answer(self, method: str, request: Request, body: bytes) -> tuple[Args, Json, dict[str, str]]:
        args: Args = {}
        entry = METHODS.get(method)
        try:
            args = arguments(request, body)
            token = token_of(request, args)
            if method == "apps.connections.open":
                self._check_token(Entry(lambda world, args: {}, caller="app"), token)
                return args, {"ok": True, "url": self._link()}, {}
            if entry is None:
                raise SlackError("unknown_method", req_method=method)
            self._check_token(entry, token)
            with self.world.lock:
                answer = {"ok": True, **entry.run(self.world, decoded(args))}
        except SlackError as e:
            answer = {"ok": False, "error": e.error, **e.more}
        return args, answer, self._scope_headers(entry)

    def _scope_headers(self, entry: Entry | None) -> dict[str, str]:
        return {
            "x-oauth-scopes": ",".join(sorted(self.world.scopes)),
            "x-accepted-oauth-scopes": ",".join(entry.scopes if entry else ()),
        }

    def _check_token(self, entry: Entry, token: str) -> None:
        if entry.caller == "nobody":
            return
        if not token:
            raise SlackError("not_authed")
        owner = {self.world.bot_token: "bot", self.world.app_token: "app"}.get(token)
        if owner is None:
            raise SlackError("invalid_auth")
        if self.world.revoked:
            raise SlackError("token_revoked")
        if entry.caller not in (owner, "any"):
            raise SlackError("not_allowed_token_type")
        missing = [scope for scope in entry.scopes if scope not in self.world.scopes]
        if owner == "bot" and missing:
            provided = ",".join(sorted(self.world.scopes))
            raise SlackError("missing_scope", needed=",".join(entry.scopes), provided=provided)

    def _link(self) -> str:
        base = self.world.base_url.replace("http://", "ws://", 1)
        return f"{base}link/?ticket={self.hub.ticket()}&app_id={self.world.app_id}"

    def _post(self, url_id: str, body: bytes) -> tuple[int, Json, Json]:
        args: Any = {}
        try:
            args = json.loads(body)
            respond(self.world, url_id, args)
        except ValueError:
            return 400, {"ok": False, "error": "invalid_payload"}, {}
        except SlackError as e:
            status = 400 if e.error in ("no_text", "invalid_payload") else 404
            # Slack names the reason and nothing else here: no pointers.
            return status, {"ok": False, "error": e.error}, args if isinstance(args, dict) else {}
        return 200, {"ok": True}, args


class _Nothing(Response):
    """Breaks the connection instead of answering."""

    def __init__(self, instead: Callable[[], None]) -> None:
        super().__init__()
        self._instead = instead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._instead()
