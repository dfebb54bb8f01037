"""The web application: what arrives by HTTP."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from bot.services import Services
from bot.web.bearers import Bearers
from bot.web.health import health_routes
from bot.web.ingest import Ingest
from bot.web.metrics import Metrics
from bot.web.otlp import Telemetry
from bot.web.requests import Requests


def web_app(services: Services, extra_routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the application with the routes for usage, telemetry, health and metrics, and *extra_routes*."""
    bearers = Bearers(services.database)
    taking_in = [*Ingest(services, bearers).routes, *Telemetry(services, bearers).routes, *extra_routes]
    watched = [*health_routes(services), *Metrics(services, bearers).routes]
    paths = [route.path for route in taking_in if isinstance(route, Route)]
    around = Middleware(Requests, measures=services.measures, paths=paths)
    return Starlette(routes=[*taking_in, *watched], middleware=[around])
