"""Slack's requests by HTTP: bounded, checked by signature, dispatched in threads."""

import time
from typing import Final

import structlog
from anyio import CapacityLimiter, to_thread
from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.connection.state import ConnectionState
from bot.web.bodies import TooLargeError, TooSlowError, body_of

# Slack's own payloads stay far below; more is refused before it is read.
MAX_BODY_BYTES: Final = 1024 * 1024
_THREADS: Final = 64

log = structlog.get_logger()


def slack_route(app: App, signing_secret: str, state: ConnectionState | None = None) -> Route:
    """Return `POST /slack/events`: commands, buttons and events for the Bolt app; *state* keeps when one came.

    The signature is checked before anything is parsed: Bolt parses first. A body that is too large or does not come
    is dropped before that, without holding a thread.
    """
    limiter = CapacityLimiter(_THREADS)
    verifier = SignatureVerifier(signing_secret)

    async def events(request: Request) -> Response:
        try:
            body = await body_of(request, MAX_BODY_BYTES)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except TooLargeError:
            return Response("too large", status_code=413)
        except TooSlowError:
            return Response("too slow", status_code=408, headers={"Connection": "close"})
        text = body.decode("utf-8", "replace")
        if not _is_signed(verifier, text, request.headers):
            return Response("unsigned", status_code=401)
        if state is not None:
            state.last_envelope_at = time.monotonic()
        answer = await to_thread.run_sync(_dispatch, app, text, request, limiter=limiter)
        if answer is None:
            return Response("not understood", status_code=400)
        headers = {name: values[0] for name, values in answer.headers.items() if name.lower() != "content-length"}
        return Response(answer.body, status_code=answer.status, headers=headers)

    return Route("/slack/events", events, methods=["POST"])


def _is_signed(verifier: SignatureVerifier, body: str, headers: Headers) -> bool:
    timestamp, signature = (headers.get(f"x-slack-{name}", "") for name in ("request-timestamp", "signature"))
    if not (timestamp.isascii() and timestamp.isdecimal() and signature.isascii()):
        return False
    return verifier.is_valid(body, timestamp, signature)


def _dispatch(app: App, body: str, request: Request) -> BoltResponse | None:
    """Return Bolt's answer, None for what Slack would not send: it fails before it reaches a handler."""
    try:
        return app.dispatch(BoltRequest(body=body, query=request.url.query, headers=dict(request.headers)))
    except Exception as error:  # noqa: BLE001  a handler's own mistakes end in `handlers.errors`
        log.warning("slack_request_not_understood", error=type(error).__name__)
        return None
