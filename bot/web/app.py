"""The web application: what arrives by HTTP."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.services import Services
from bot.web.health import health_routes
from bot.web.ingest import Ingest


def web_app(services: Services, extra_routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the application with the routes for usage and health, and *extra_routes*."""
    return Starlette(routes=[*Ingest(services).routes, *health_routes(services.database), *extra_routes])
