"""Whether the process lives, and whether it can do its work."""

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.errors import WorthwhileError
from storage import migrate
from storage.engine import Database


def health_routes(database: Database) -> list[Route]:
    """Return the routes for liveness, which asks nothing, and readiness, which says why not."""

    async def alive(_: Request) -> Response:
        return JSONResponse({"alive": True})

    async def ready(_: Request) -> Response:
        reasons = await anyio.to_thread.run_sync(_reasons, database)
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    return [Route("/healthz", alive), Route("/readyz", ready)]


def _reasons(database: Database) -> list[str]:
    try:
        migrate.check(database)
    except WorthwhileError as error:
        return [str(error)]
    return []
