"""Whether the process lives, and whether it can do its work."""

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.connection.state import ConnectionState
from bot.errors import WorthwhileError
from bot.services import Services
from storage import migrate
from storage.engine import Database


def health_routes(services: Services) -> list[Route]:
    """Return the routes for liveness, which asks nothing, and readiness, which says why not."""

    async def alive(_: Request) -> Response:
        return JSONResponse({"alive": True})

    async def ready(_: Request) -> Response:
        found = await anyio.to_thread.run_sync(_of_database, services.database)
        reasons = [*found, *of_connection(services.connection)]
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    return [Route("/healthz", alive), Route("/readyz", ready)]


def of_connection(connection: ConnectionState) -> list[str]:
    """Return why nothing can come in from Slack now, in plain words."""
    if connection.stopping:
        return ["The bot is being stopped: it finishes what is in hand and takes nothing new."]
    if connection.connected:
        return []
    if connection.transport == "socket":
        return ["Slack's connection is down; it is being made anew."]
    return ["The bot takes no requests of Slack's yet."]


def _of_database(database: Database) -> list[str]:
    try:
        migrate.check_running(database)
    except WorthwhileError as error:
        return [str(error)]
    return []
