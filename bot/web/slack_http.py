"""Slack's requests by HTTP: bounded, checked by signature, dispatched in threads."""

from typing import Final

from anyio import CapacityLimiter, to_thread
from slack_bolt import App, BoltRequest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

# Slack's own payloads stay far below; more is refused before it is read.
MAX_BODY_BYTES: Final = 1024 * 1024
_THREADS: Final = 64


def slack_route(app: App) -> Route:
    """Return `POST /slack/events`: commands, buttons and events for the Bolt app."""
    limiter = CapacityLimiter(_THREADS)

    async def events(request: Request) -> Response:
        body = await _bounded_body(request)
        if body is None:
            return Response("too large", status_code=413)
        if not request.headers.get("x-slack-request-timestamp", "").isdigit():
            return Response("unsigned", status_code=401)
        bolt_request = BoltRequest(
            body=body.decode("utf-8", "replace"), query=request.url.query, headers=dict(request.headers)
        )
        answer = await to_thread.run_sync(app.dispatch, bolt_request, limiter=limiter)
        headers = {name: values[0] for name, values in answer.headers.items() if name.lower() != "content-length"}
        return Response(answer.body, status_code=answer.status, headers=headers)

    return Route("/slack/events", events, methods=["POST"])


async def _bounded_body(request: Request) -> bytes | None:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
