"""What those who watch the bot read: `/metrics`, for this machine and for who holds an operator's token."""

from functools import partial
from ipaddress import ip_address
from typing import Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import RefusedError
from bot.measuring.exposing import exposition
from bot.measuring.reading import Reading, Shared
from bot.services import Services
from bot.web.answers import answered
from bot.web.bearers import Bearers

# A scraper waits ten seconds by default, and has to hear that the database is away.
_READING_SECONDS: Final = 3.0
# What only a proxy puts into a request: from another machine, then, however near the proxy is.
_PROXIED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class Metrics:
    """The route; reading the database and making the text run in threads of their own."""

    def __init__(self, services: Services, bearers: Bearers) -> None:
        self._services, self._bearers = services, bearers
        self._reading = Reading(services.database)
        # One hangs at most, one says that it does, and one makes the text.
        self._threads = anyio.CapacityLimiter(3)

    @property
    def routes(self) -> list[Route]:
        """The route and its method."""
        return [Route("/metrics", answered("metrics_read", self.read, logged=False), methods=["GET"])]

    async def read(self, request: Request) -> Response:
        """Tell how the bot is doing."""
        if not is_near(request):
            bearer = await self._bearers.of(request)
            if bearer.person_id is not None:
                raise RefusedError("Metrics need an operator's token: `worthwhile token create` makes one.")
        shared = await self._shared()
        text, kind = await anyio.to_thread.run_sync(partial(exposition, self._services, shared), limiter=self._threads)
        return Response(text, headers={"Content-Type": kind})

    async def _shared(self) -> Shared | None:
        read = partial(self._reading.now, self._services.now())
        with anyio.move_on_after(_READING_SECONDS):
            return await anyio.to_thread.run_sync(read, limiter=self._threads, abandon_on_cancel=True)
        return None


def is_near(request: Request) -> bool:
    """Return whether a request comes from this machine, and not through a proxy on it."""
    if request.client is None or any(name in request.headers for name in _PROXIED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
