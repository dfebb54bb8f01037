"""Turning what went wrong into what the sender is told."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.errors import BusyError, InputError, RefusedError, WorthwhileError
from bot.web.bodies import TooLargeError, TooSlowError
from bot.web.requests import ROWS

Endpoint = Callable[[Request], Awaitable[Response]]
_RETRY_SECONDS: Final = "5"

log = structlog.get_logger()


class UnknownTokenError(WorthwhileError):
    """The request has no token that is known."""


class TooOftenError(WorthwhileError):
    """The token sends more often than is taken."""


def answered(name: str, endpoint: Endpoint, *, logged: bool = True) -> Endpoint:
    """Return *endpoint* with every error turned into an answer, and *logged* as *name* with its duration."""

    async def answer(request: Request) -> Response:
        began = time.monotonic()
        try:
            response = await endpoint(request)
        except WorthwhileError as error:
            response = _told(error)
            setattr(request.state, ROWS, len(getattr(error, "rows", ())))
        except ClientDisconnect:
            response = Response(status_code=400)  # nobody is there to read it
        except Exception as error:  # noqa: BLE001  the boundary: senders get no traceback
            # neither message nor traceback: a driver's error quotes what it was about to write
            log.error("web_failed", name=name, error=type(error).__name__, at=_place(error))
            response = problem(500, "Something went wrong here; nothing was stored. The operator can see it.")
        if logged:
            log.info(name, status=response.status_code, seconds=round(time.monotonic() - began, 3))
        return response

    return answer


def problem(status: int, message: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """Return an answer that says what went wrong."""
    return JSONResponse({"error": message, **more}, status, headers)


def _told(error: WorthwhileError) -> Response:
    message = str(error)
    if isinstance(error, TooLargeError):
        return problem(413, message)
    if isinstance(error, TooSlowError):
        return problem(408, message, {"Connection": "close"})
    if isinstance(error, InputError):
        return problem(400, message, rows=list(error.rows))
    if isinstance(error, UnknownTokenError):
        return problem(401, message, {"WWW-Authenticate": "Bearer"})
    if isinstance(error, RefusedError):
        return problem(403, message)
    if isinstance(error, TooOftenError):
        return problem(429, message, {"Retry-After": "1"})
    if isinstance(error, BusyError):
        return problem(503, message, {"Retry-After": _RETRY_SECONDS})
    return problem(500, "Something went wrong here; nothing was stored.")


def _place(error: Exception) -> str:
    """Return the innermost place of a traceback, without any value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
