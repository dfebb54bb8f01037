"""The composition root: settings -> engine -> services -> handlers -> scheduler -> connect."""

import logging
import os
import platform
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import structlog
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.config import Settings, installation_secret, require_slack
from bot.connection.socket_mode import Watch, connected
from bot.connection.stopping import STOP_SECONDS, Stopping
from bot.connectors.finished import WorkSource
from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.connectors.pull import PullSource
from bot.customer_names import load_customer_names
from bot.domain.marks import Marks
from bot.drafting import configured_text_model
from bot.errors import BusyError, ConnectionLostError, WorthwhileError
from bot.jobs.backfill import Backfiller
from bot.jobs.clock import start_clock
from bot.jobs.delivery import delivering
from bot.jobs.ruling import take_file
from bot.limits import Visits
from bot.measuring.counters import Measures
from bot.policy import load_policy
from bot.policy_in_force import PolicyInForce
from bot.pool import AnswerPool
from bot.services import Services
from bot.slack import Slack, connect
from bot.sources import configured, configured_work
from bot.web.app import web_app
from bot.web.serving import serving
from bot.web.slack_http import slack_route
from handlers.register import register
from storage.engine import Database, open_database
from storage.hosts import claim_host, release_host
from storage.migrate import upgrade

log = structlog.get_logger()
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
_LATEST_SECONDS: Final = STOP_SECONDS + 0.7  # then the process ends with what is still in hand
_GRACE_SECONDS: Final = 0.5  # for the interpreter to end by itself
_DRAIN_SECONDS: Final = 4.0  # for answers that wait or are in hand, while the web server still serves
_CLOSE_SECONDS: Final = 2.0  # for those that came meanwhile
_NO_WATCH: Final = Watch()
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
    slack.counts = (measures := Measures()).called_slack
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
        measures=measures,
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
        enterprise_id=slack.org_id if slack.is_org_wide or slack.org_id != slack.team_id else None,
        team_id=None if slack.is_org_wide else slack.team_id,
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
    watch: Watch = _NO_WATCH,
    visits: Visits | None = None,
) -> Iterator[Services]:
    """Run the whole bot until the block is left: database, web server, Slack, clock; *now* is its time.

    The sources are those of `build_services`; *watch* looks after Socket Mode; *visits* says how often one person
    may ask. What is in hand is finished on leaving.
    """
    require_slack(settings)
    with ExitStack() as closing:
        database = open_ready_database(settings)
        closing.callback(_release, database)
        slack = connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
        closing.callback(slack.close)
        services = build_services(settings, database, slack, now, sources, work_sources)
        state = services.connection
        stopping = Stopping(state)
        services = _with_backfill(services, closing, stopping)
        services = services if visits is None else replace(services, visits=visits)
        closing.callback(lambda: services.pool.close(stopping.left(_CLOSE_SECONDS)))
        take_file(services)
        for source in services.all_sources:
            closing.callback(source.close)
        app = build_bolt(settings, services)
        by_http = settings.transport == "http"
        routes = [slack_route(app, settings.slack_signing_secret.get_secret_value(), state)] if by_http else []
        closing.enter_context(serving(web_app(services, routes), settings.web_host, settings.web_port, stopping.left))
        closing.callback(lambda: services.pool.idle(stopping.left(_DRAIN_SECONDS)))
        state.transport, state.connected = settings.transport or "", by_http
        if settings.transport == "socket":
            closing.enter_context(connected(app, settings.slack_app_token.get_secret_value(), state, stopping, watch))
        clock = start_clock(services, lambda: _claim_host(database))
        closing.callback(stopping.finish, "jobs", clock.shutdown)
        closing.enter_context(delivering(services))
        closing.callback(stopping.begin)
        log.info("ready", transport=settings.transport, web=services.web_url, policy=services.policy.mark)
        yield services


def _with_backfill(services: Services, closing: ExitStack, stopping: Stopping) -> Services:
    """Give services that ask the sources soon after somebody switched on."""
    backfiller = Backfiller()
    closing.callback(stopping.finish, "back-fill", backfiller.close)
    return replace(services, backfill=lambda: backfiller.wake(services))


def run_until_stopped(settings: Settings, watch: Watch = _NO_WATCH, end: Callable[[int], None] = os._exit) -> None:
    """Run the bot until SIGTERM or SIGINT; what is in hand is finished within ten seconds.

    A second signal ends it at once. What hangs for longer does not keep the process from ending: *end* is called with
    the exit status. Raises ConnectionLostError when Slack's side stays silent on every new socket.
    """
    stopped, lost = threading.Event(), threading.Event()

    def stop(*_: object) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        stopped.set()

    def give_up() -> None:
        lost.set()
        stopped.set()

    for number in _SIGNALS:
        signal.signal(number, stop)
    with running(settings, watch=replace(watch, give_up=give_up)):
        stopped.wait()
        late = _end_after(_LATEST_SECONDS, end, lost.is_set())
        log.info("stopping")
    late.cancel()
    _end_after(_GRACE_SECONDS, end, lost.is_set())  # a job that hangs in a thread would hold the process
    if lost.is_set():
        raise ConnectionLostError(
            "Slack sends nothing on any new socket, so this process ends; whatever supervises it starts it anew."
        )


def _end_after(seconds: float, end: Callable[[int], None], lost: bool) -> threading.Timer:
    timer = threading.Timer(seconds, end, (int(lost),))
    timer.daemon = True
    timer.start()
    return timer
