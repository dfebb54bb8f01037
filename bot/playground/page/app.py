"""The page as a web app: the panes, what people do in them, and live updates."""

import secrets
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.playground.local_slack import LocalSlack
from bot.playground.page.acts import Act, Actor
from bot.playground.page.drawing import Drawing
from bot.playground.page.guard import Guard
from bot.playground.page.live import stream
from bot.playground.page.manifest import manifest_of
from bot.playground.page.memory import Memory
from bot.playground.page.panes import Panes, Seat
from bot.playground.page.story import Start, Story
from bot.playground.screens import NotPossibleError

_STATIC: Final = Path(__file__).parent / "static"
_SIDES: Final = ("left", "right")
_MOST_BYTES: Final = 100_000
# A story's own page has its styles inside, and nothing else that does anything.
_PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page_app(slack: LocalSlack, story: Story | None = None, manifest: str | None = None) -> Starlette:
    """Returns the page on a local Slack; *manifest* is the text of the app's, by default the repository's."""
    page = _Page(slack, story, manifest)
    return Starlette(
        routes=[
            Route("/", page.whole),
            Route("/events", page.events),
            Route("/act", page.act, methods=["POST"]),
            Route("/file/{file_id}", page.file),
            Route("/page/{name}", page.of_story),
            Route("/run", page.run_id),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        middleware=[Middleware(Guard)],
    )


class _Page:
    def __init__(self, slack: LocalSlack, story: Story | None, manifest: str | None) -> None:
        self._slack, self._story = slack, story
        self._run = secrets.token_hex(8)
        offers, memory = manifest_of(manifest), Memory()
        self._panes = Panes(slack.world, offers, memory)
        self._actor = Actor(slack, offers, memory, story)
        self._drawing = Drawing(offers, story)

    def whole(self, request: Request) -> Response:
        seats = self._seats(request)
        return HTMLResponse(self._drawing.page(parts=self._draw(seats), seats=seats, run=self._run))

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._stream(self._seats(request)), media_type="text/event-stream")

    def _stream(self, seats: Sequence[Seat]) -> AsyncIterator[str]:
        return stream(self._slack.world.shown, seats, self._draw, self._run)

    async def act(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > _MOST_BYTES:
            return PlainTextResponse("too long", 413)
        try:
            act = msgspec.json.decode(body, type=Act)
        except msgspec.MsgspecError:
            return PlainTextResponse("not an act", 400)
        return JSONResponse(await run_in_threadpool(self._do, act))

    def _do(self, act: Act) -> dict[str, Any]:
        try:
            return {"ok": True, "said": self._actor.do(act)}
        except NotPossibleError as error:
            return {"ok": False, "said": str(error)}

    def run_id(self, request: Request) -> Response:
        return PlainTextResponse(self._run)

    def file(self, request: Request) -> Response:
        world = self._slack.world
        file = world.files.get(request.path_params["file_id"])
        user = request.query_params.get("user", "")
        readable = file is not None and any(user in world.channels[name].members for name in file.channels)
        if file is None or not readable:
            return PlainTextResponse("not found", 404)
        headers = {"Content-Disposition": "attachment"}
        return Response(file.content or b"", headers=headers, media_type="application/octet-stream")

    def of_story(self, request: Request) -> Response:
        html = self._story.page(request.path_params["name"]) if self._story else None
        if html is None:
            return PlainTextResponse("There is none yet.", 404)
        return HTMLResponse(html, headers={"Content-Security-Policy": _PAGE_POLICY})

    def _seats(self, request: Request) -> list[Seat]:
        starts = self._story.starts if self._story else (Start(""), Start(""))
        seats = []
        for side, start in zip(_SIDES, starts, strict=True):
            user, _, place = request.query_params.get(side, "").partition(":")
            seats.append(self._panes.seat(side, user or start.user, place if user else start.place))
        return seats

    def _draw(self, seats: Sequence[Seat]) -> dict[str, str]:
        parts = {seat.side: self._drawing.pane(self._panes.pane(seat)) for seat in seats}
        return parts | ({"story": self._drawing.story()} if self._story else {})
