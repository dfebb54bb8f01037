"""A strict stand-in for Slack on loopback, which a real Bolt app talks to."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from bot.playground.acts import Acts
from bot.playground.block_rules import Plan
from bot.playground.delivery import ACK_SECONDS, Courier, Delivery
from bot.playground.faults import Faults
from bot.playground.people import MADE_UP_PEOPLE, made_up_channels
from bot.playground.server import serving
from bot.playground.shown import Shown
from bot.playground.sockets import SocketHub
from bot.playground.things import LocalChannel, LocalUser
from bot.playground.web_api import ApiCall, WebApi
from bot.playground.world import DEFAULT_SCOPES, World

BOT_USER_ID = "U0BOT"


class LocalSlack(Acts):
    """A workspace, its Web API, and the people in it; everything that anybody sees is recorded."""

    def __init__(
        self,
        users: Iterable[LocalUser] = MADE_UP_PEOPLE,
        channels: Iterable[LocalChannel] | None = None,
        scopes: Iterable[str] = DEFAULT_SCOPES,
        *,
        rich_blocks: bool = True,
        charts_in_home: bool = True,
        check_blocks: bool = True,
        keep_last: int | None = None,
        ack_seconds: float = ACK_SECONDS,
        clock: Callable[[], float] = time.time,
        enterprise_id: str | None = None,
        org_teams: Iterable[str] = (),
    ) -> None:
        places = made_up_channels(BOT_USER_ID) if channels is None else channels
        plan = Plan(rich_blocks, charts_in_home)
        world = World(users, places, scopes, plan, clock, keep_last, enterprise_id, org_teams)
        world.check_blocks = check_blocks
        self.signing_secret = "local-signing-secret"  # noqa: S105 - made up, for loopback
        self.hub = SocketHub(world.app_id)
        self.faults = Faults()
        self._api = WebApi(world, self.faults, self.hub)
        super().__init__(world, Courier(self.hub, self.signing_secret, ack_seconds))

    @contextmanager
    def running(self, port: int = 0) -> Iterator["LocalSlack"]:
        """Serves on loopback until left; port 0 takes a free one."""
        with serving(self._api, port) as base_url:
            self.world.base_url = base_url
            try:
                yield self
            finally:
                self.courier.close()

    @property
    def api_url(self) -> str:
        """The base URL of the Web API, with a slash at its end."""
        return f"{self.world.base_url}api/"

    @property
    def bot_token(self) -> str:
        return self.world.bot_token

    @property
    def app_token(self) -> str:
        return self.world.app_token

    @property
    def calls(self) -> list[ApiCall]:
        """Every call that the bot made, answers to a response_url included, in order."""
        return list(self._api.calls)

    def calls_of(self, method: str) -> list[ApiCall]:
        """Returns the calls of one method; "response_url" counts as one."""
        return [call for call in self.calls if call.method == method]

    def deliver_to(self, request_url: str) -> None:
        """Delivers by HTTP to this address from now on; an empty one means Socket Mode."""
        self.courier.request_url = request_url

    def wait_connected(self, timeout: float = 5.0, connections: int = 1) -> None:
        """Waits until the bot has so many sockets up."""
        if not self.hub.wait_connected(timeout, connections):
            raise TimeoutError(f"{self.hub.connected} of {connections} sockets up after {timeout} s")

    def disconnect_sockets(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Sends every socket away: "warning", "refresh_requested" or "link_disabled"."""
        self.hub.disconnect(reason, close=close)

    def pass_time(self, seconds: float) -> None:
        """Lets time go by inside the workspace: triggers and response_urls grow old."""
        self.world.pass_time(seconds)

    def everything_sent(self) -> list[Shown]:
        """Returns everything that anybody could see, in order."""
        return self.world.shown.everything()

    def shown_to(self, user_id: str, after: int = -1) -> list[Shown]:
        """Returns everything that a person could see, past a mark; full members can open public channels."""
        opens = self.world.opens_public_channels(user_id)
        return self.world.shown.to(user_id, opens_public=opens, after=after)

    def mark(self) -> int:
        """Returns a mark for `after`: what is shown from now on comes after it."""
        return self.world.shown.mark()

    def wait_shown(
        self,
        user_id: str,
        after: int | Shown | None = None,
        timeout: float = 5.0,
        where: Callable[[Shown], bool] = lambda shown: True,
    ) -> Shown:
        """Returns the first thing that a person sees after a mark, by default since they last acted."""
        if after is None:
            after = self.world.shown.last_act(user_id)
        mark = after.number if isinstance(after, Shown) else after

        def found() -> Shown | None:
            return next((shown for shown in self.shown_to(user_id, mark) if where(shown)), None)

        shown = self.world.shown.wait(found, timeout)
        if shown is None:
            seen = [f"{one.surface}: {one.text[:60]}" for one in self.shown_to(user_id, mark)]
            raise TimeoutError(f"{user_id} saw nothing that fits within {timeout} s, only {seen}")
        return shown


__all__ = ["BOT_USER_ID", "ApiCall", "Delivery", "LocalSlack", "Shown"]
