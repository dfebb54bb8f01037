"""The composition root: settings -> engine -> services -> handlers -> scheduler -> connect."""

import logging
import platform
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import structlog
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from starlette.routing import Route

from bot.config import Settings, installation_secret, require_slack
from bot.connectors.finished import WorkSource
from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.connectors.pull import PullSource
from bot.customer_names import load_customer_names
from bot.domain.marks import Marks
from bot.drafting import configured_text_model
from bot.errors import BusyError, ConfigError, WorthwhileError
from bot.jobs.backfill import Backfiller
from bot.jobs.clock import start_clock
from bot.jobs.delivery import delivering
from bot.jobs.ruling import take_file
from bot.policy import load_policy
from bot.policy_in_force import PolicyInForce
from bot.pool import AnswerPool
from bot.services import Services
from bot.slack import Slack, connect
from bot.slack_calls import error_name
from bot.sources import configured, configured_work
from bot.web.app import web_app
from bot.web.slack_http import slack_route
from handlers.register import register
from storage.engine import Database, open_database
from storage.hosts import claim_host, release_host
from storage.migrate import upgrade

log = structlog.get_logger()
SOCKET_CONCURRENCY: Final = 64
Now = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time; the only clock of the bot."""
    return datetime.now(UTC)


def open_ready_database(settings: Settings) -> Database:
    """Open the database, bring its schema up to date and claim it for this host."""
    database = open_database(settings.database_url)
    try:
        upgrade(database)
        _claim_host(database)
    except WorthwhileError:
        database.dispose()
        raise
    return database


def _claim_host(database: Database) -> None:
    if database.is_sqlite:
        database.writing(lambda session: claim_host(session, platform.node(), utc_now()))


def _release(database: Database) -> None:
    """Let go of the database; what fails then is only that another host has to wait."""
    if database.is_sqlite:
        with suppress(BusyError):
            database.writing(lambda session: release_host(session, platform.node()))
    database.dispose()


def build_services(
    settings: Settings,
    database: Database,
    slack: Slack,
    now: Now = utc_now,
    sources: Sequence[PullSource] | None = None,
    work_sources: Sequence[WorkSource] | None = None,
) -> Services:
    """Make one of each of what handlers and jobs may reach.

    Without *sources*, those that the settings connect; only then also the systems of record that they
    connect, unless *work_sources* are given.
    """
    if work_sources is None:
        work_sources = configured_work(settings, now) if sources is None else ()
    policy, prices = load_policy(settings.policy_file), price_book(settings.prices_file)
    return Services(
        database=database,
        policy=PolicyInForce(policy, now),
        prices=prices,
        overlaps=load_overlaps(settings.overlaps_file),
        marks=Marks(installation_secret(settings)),
        now=now,
        slack=slack,
        pool=AnswerPool(),
        web_url=_web_url(settings),
        sources=configured(settings, prices, policy, now) if sources is None else sources,
        work_sources=work_sources,
        command_prefix=settings.command_prefix,
        customers=load_customer_names(policy.use_cases.customer_names_file),
        text_model=configured_text_model(settings),
    )


def _web_url(settings: Settings) -> str:
    """Return where pushes arrive; for a server on every address, this machine's name."""
    host = platform.node() if settings.web_host in {"0.0.0.0", "::"} else settings.web_host  # noqa: S104
    return f"http://{host}:{settings.web_port}"


def build_bolt(settings: Settings, services: Services) -> App:
    """Make the Bolt app with every handler attached.

    `process_before_response` acknowledges without Bolt's polling; our own pool does the work.
    """
    logger = logging.getLogger("worthwhile.bolt")
    logger.setLevel(logging.ERROR)  # its warnings quote whole requests
    slack = services.slack
    identity = AuthorizeResult(
        enterprise_id=None if slack.org_id == slack.team_id else slack.org_id,
        team_id=slack.team_id,
        bot_user_id=slack.bot_user_id,
        bot_token=slack.client.token,
    )
    app = App(
        logger=logger,
        client=WebClient(base_url=slack.client.base_url, retry_handlers=[]),  # no token: `authorize` gives it
        authorize=lambda: identity,  # one company: nothing to look up, and no call before an acknowledgement
        signing_secret=settings.slack_signing_secret.get_secret_value() or None,
        process_before_response=True,
    )
    register(app, services)
    return app


@contextmanager
def running(
    settings: Settings,
    now: Now = utc_now,
    sources: Sequence[PullSource] | None = None,
    work_sources: Sequence[WorkSource] | None = None,
) -> Iterator[Services]:
    """Run the whole bot until the block is left: database, web server, Slack, clock; *now* is its time.

    The sources are those of `build_services`.
    """
    require_slack(settings)
    with ExitStack() as closing:
        database = open_ready_database(settings)
        closing.callback(_release, database)
        slack = connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
        closing.callback(slack.close)
        services = _with_backfill(build_services(settings, database, slack, now, sources, work_sources), closing)
        closing.callback(services.pool.close)
        take_file(services)
        for source in services.all_sources:
            closing.callback(source.close)
        app = build_bolt(settings, services)
        by_http = settings.transport == "http"
        routes = [slack_route(app, settings.slack_signing_secret.get_secret_value())] if by_http else []
        closing.enter_context(_serving(settings, services, routes))
        if settings.transport == "socket":
            closing.enter_context(_connected(settings, app))
        clock = start_clock(services, lambda: _claim_host(database))
        closing.callback(clock.shutdown)
        closing.enter_context(delivering(services))
        log.info("ready", transport=settings.transport, web=services.web_url, policy=services.policy.mark)
        yield services


def _with_backfill(services: Services, closing: ExitStack) -> Services:
    """Give services that ask the sources soon after somebody switched on."""
    backfiller = Backfiller()
    closing.callback(backfiller.close)
    return replace(services, backfill=lambda: backfiller.wake(services))


@contextmanager
def _connected(settings: Settings, app: App) -> Iterator[None]:
    handler = SocketModeHandler(
        app, settings.slack_app_token.get_secret_value(), concurrency=SOCKET_CONCURRENCY, web_client=app.client
    )
    try:
        handler.connect()
    except (SlackClientError, OSError) as error:
        raise ConfigError(
            f"SLACK_APP_TOKEN: Slack does not open a connection for it ({error_name(error)}); "
            "make an app-level token (xapp-...) with connections:write."
        ) from error
    try:
        yield
    finally:
        # Who waits for the next message would notice only after a second.
        handler.client.closed = True
        handler.client.message_queue.put(None)
        handler.close()


@contextmanager
def _serving(settings: Settings, services: Services, routes: list[Route]) -> Iterator[None]:
    config = uvicorn.Config(
        web_app(services, routes),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # a client that reuses a connection must not meet it closing
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    with _listening(settings.web_host, settings.web_port) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), name="web", daemon=True)
        thread.start()
        _wait_until(lambda: server.started or not thread.is_alive())
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(timeout=15)


def _listening(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError:
        raise ConfigError(f"WEB_PORT: {host}:{port} cannot be listened on; is it in use? Choose another.") from None
    # Connections take this on. Without it an answer of two writes costs a kept-alive connection 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _wait_until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    give_up_at = time.monotonic() + seconds
    while not true() and time.monotonic() < give_up_at:
        time.sleep(0.01)


def run_until_stopped(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT; what is in hand is finished."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with running(settings):
        stopped.wait()
        log.info("stopping")
