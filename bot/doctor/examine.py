"""Every check in the order in which things are set up, on the settings of this machine."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Final

from slack_sdk import WebClient
from sqlalchemy import text

from bot import app
from bot.config import Settings, installation_secret, load_settings, require_slack
from bot.connectors.overlaps import load_overlaps
from bot.connectors.prices import price_book
from bot.doctor.guarding import carried_out
from bot.doctor.live import live_lines
from bot.doctor.messages import message_lines
from bot.doctor.policy import named_lines, overlap_lines, policy_lines
from bot.doctor.rules import log_lines, rules_lines
from bot.doctor.slack import slack_lines
from bot.doctor.sources import source_lines
from bot.errors import ConfigError, ConnectorError
from bot.policy import Policy, load_policy
from bot.services import Services
from bot.slack import Slack, connect, offline
from bot.sources import KNOWN
from bot.views import doctor as views
from bot.views import doctor_live as views_live
from bot.views.doctor import Line
from storage.engine import Database, open_database
from storage.migrate import check

Build = Callable[[Settings, Database, Slack], Services]


def examine(build: Build = app.build_services, *, live: bool = False) -> list[Line]:
    """Carry out every check on what the environment says, with the sources of the services that *build* makes.

    Where *live*, Slack is also asked about every message that the bot can send.
    """
    try:
        settings = load_settings()
    except ConfigError as error:
        return [views.failed("Settings", problem) for problem in error.problems]
    checks: Mapping[str, Callable[[Settings], Iterator[Line]]] = {
        **_CHECKS,
        "Sources": partial(_sources, build=build),
        **({"Blocks": _live} if live else {}),
    }
    lines = [views.fine("Settings", "every value can be used")]
    for name, each in checks.items():
        said = {line.text for line in lines if line.state == "fail"}
        lines += [line for line in carried_out(name, partial(each, settings)) if line.text not in said]
    return lines


def _database(settings: Settings) -> Iterator[Line]:
    database = open_database(settings.database_url)
    try:
        with database.reading() as session:
            session.connection().execute(text("SELECT 1"))
        yield views.database("SQLite" if database.is_sqlite else "PostgreSQL", check(database))
    finally:
        database.dispose()


def _secret(settings: Settings) -> Iterator[Line]:
    installation_secret(settings)
    yield from ()


def _slack(settings: Settings) -> Iterator[Line]:
    try:
        require_slack(settings)
    except ConfigError as error:
        yield from (views.not_set("Slack", problem) for problem in error.problems)
        return
    with closing(connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)) as slack:
        yield from slack_lines(slack, app.utc_now())
        policy = _usable_policy(settings)
        if policy is not None:
            yield from carried_out("People", lambda: named_lines(policy, slack))


def _usable_policy(settings: Settings) -> Policy | None:
    try:
        return load_policy(settings.policy_file)
    except ConfigError:
        return None  # said by a check of its own


def _policy(settings: Settings) -> Iterator[Line]:
    yield from policy_lines(load_policy(settings.policy_file))


def _rules(settings: Settings) -> Iterator[Line]:
    policy = _usable_policy(settings)
    database = open_database(settings.database_url)
    try:
        check(database)  # what is missing is said of the database already
        today = app.utc_now().date()
        if policy is not None:
            yield from rules_lines(database, policy, today)
        yield from log_lines(database)
    finally:
        database.dispose()


def _prices(settings: Settings) -> Iterator[Line]:
    price_book(settings.prices_file)
    yield views.prices(contract=settings.prices_file is not None)


def _overlaps(settings: Settings) -> Iterator[Line]:
    yield from overlap_lines(load_overlaps(settings.overlaps_file), KNOWN)


def _messages(settings: Settings) -> Iterator[Line]:
    database = open_database(settings.database_url)
    try:
        check(database)  # what it raises is said by the check of the database
        yield from message_lines(database, app.utc_now())
    finally:
        database.dispose()


def _live(settings: Settings) -> Iterator[Line]:
    # needs neither a token nor a scope
    client = WebClient(base_url=settings.slack_api_url, retry_handlers=[], timeout=20)
    try:
        yield from live_lines(client, time.sleep)
    except ConnectorError as error:
        yield views_live.not_asked(str(error))


def _sources(settings: Settings, build: Build) -> Iterator[Line]:
    database = open_database(settings.database_url)
    try:
        services = build(settings, database, offline(""))
        try:
            yield from source_lines(services)
        finally:
            for source in services.all_sources:
                source.close()
            services.pool.close()
    finally:
        database.dispose()


_CHECKS: Final[Mapping[str, Callable[[Settings], Iterator[Line]]]] = {
    "Database": _database,
    "Secret": _secret,
    "Slack": _slack,
    "Policy": _policy,
    "Rules": _rules,
    "Prices": _prices,
    "Overlaps": _overlaps,
    "Messages": _messages,
}
