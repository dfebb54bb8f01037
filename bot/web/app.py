"""The web application: what arrives by HTTP."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.services import Services
from bot.web.bearers import Bearers
from bot.web.health import health_routes
from bot.web.ingest import Ingest
from bot.web.otlp import Telemetry


def web_app(services: Services, extra_routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the application with the routes for usage, telemetry and health, and *extra_routes*."""
    bearers = Bearers(services.database)
    taking_in = [*Ingest(services, bearers).routes, *Telemetry(services, bearers).routes]
    return Starlette(routes=[*taking_in, *health_routes(services.database), *extra_routes])
