"""The command line: `worthwhile VERB`; one function a verb.

Results go to stdout, progress and logs to stderr. An error is one line that says what to do.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Final

from sqlmodel import Session

from bot import app, importing, syncing
from bot.arguments import parser
from bot.config import Settings, load_settings, require_slack
from bot.doctor.examine import examine
from bot.domain.people import Standing
from bot.errors import InputError, WorthwhileError
from bot.files import put_text
from bot.jobs.clock import JOBS
from bot.jobs.ruling import learn
from bot.logs import set_up_logs
from bot.manifest import manifest
from bot.policy import load_policy
from bot.previewing import LOCAL_ORG, as_json, preview, released_report
from bot.services import Services
from bot.slack import Slack, connect, offline
from bot.views.doctor import failing, report
from bot.views.feeds import export_offer
from bot.views.launch import launch_post
from bot.views.report_page import report_page, report_text
from storage import people, tokens
from storage.engine import Database, open_database
from storage.erasure import erase
from storage.ids import new_id
from storage.migrate import check, upgrade

_MAX_NAME: Final = 100


class UsageError(Exception):
    """The words of a verb do not go together."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit status: 0, 1 for an error, 2 for wrong usage."""
    arguments = parser().parse_args(argv)
    try:
        with ExitStack() as arguments.closing:
            VERBS[arguments.verb](arguments)
    except UsageError as error:
        _failed(str(error), ())
        return 2
    except WorthwhileError as error:
        return _failed(str(error), getattr(error, "rows", ()))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except Exception as error:  # the command line's boundary: a trace only where it is asked for
        if arguments.debug:
            raise
        return _failed(f"Unexpected {type(error).__name__}; the same with --debug shows where.", ())
    return 0


def _failed(text: str, rows: Sequence[str]) -> int:
    for line in (*text.splitlines(), *rows):
        sys.stderr.write(f"worthwhile: {line}\n")
    return 1


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _settings() -> Settings:
    settings = load_settings()
    set_up_logs(settings.log_level, settings.log_format)
    return settings


def _services(arguments: argparse.Namespace, *, on_slack: bool = False) -> Services:
    """Return services on the configured database; what they hold open is closed when the verb ends."""
    settings = _settings()
    database = app.open_ready_database(settings)
    arguments.closing.callback(database.dispose)
    slack = _connected(settings) if on_slack else offline(people.org_id_of(database))
    arguments.closing.callback(slack.close)
    services = app.build_services(settings, database, slack)
    learn(services)
    for source in services.all_sources:
        arguments.closing.callback(source.close)
    return services


def _run(arguments: argparse.Namespace) -> None:
    """The bot: Slack connection, web server, scheduler."""
    settings = _settings()
    if arguments.ccusage and not arguments.or_demo:
        raise UsageError("run --ccusage FILE needs --or-demo: the bot on your Slack takes files by `import`.")
    if arguments.or_demo and not settings.has_slack:
        _say("No Slack tokens are set in .env, so this is the demo; README.md says how to get to your Slack.")
        _demo(arguments)
        return
    require_slack(settings)
    app.run_until_stopped(settings)


def _demo(arguments: argparse.Namespace) -> None:
    """The playground: a made-up company on a local Slack, with the real bot in it."""
    # A bot on a real Slack has no use for the company, which would take six megabytes of its memory.
    from bot.demo.playground import run_page, run_terminal

    set_up_logs("WARNING", "console")
    if arguments.terminal:
        run_terminal(arguments.ccusage, sys.stdin, sys.stdout)
    else:
        run_page(arguments.port, arguments.ccusage, sys.stdout)


def _import(arguments: argparse.Namespace) -> None:
    """Load a file of usage, of finished work, or of whose accounts are whose."""
    if problem := importing.misused(arguments):
        raise UsageError(problem)
    for line in importing.loaded(arguments, _services(arguments)):
        _say(line)


def _sync(arguments: argparse.Namespace) -> None:
    """Ask the sources now; one that fails stops no other."""
    syncing.ask(arguments, _services(arguments), _say)


def _doctor(arguments: argparse.Namespace) -> None:
    """A line for each check, and what to do next."""
    set_up_logs("ERROR", "console")
    lines = examine(live=arguments.live)
    _say(report(lines))
    if problem := failing(lines):
        raise WorthwhileError(problem)


def _job(arguments: argparse.Namespace) -> None:
    """One run of a job, now."""
    services = _services(arguments, on_slack=arguments.name == "directory")
    if arguments.now is not None:
        _require_demo(services)
        services = replace(services, now=lambda: arguments.now)
    _say(json.dumps(JOBS[arguments.name](services)))


def _require_demo(services: Services) -> None:
    """Raise InputError unless everybody in the database is of the local Slack, where nobody is real."""
    if people.org_id_of(services.database) != LOCAL_ORG:
        raise InputError("--now moves the clock of a demo database only; leave it out on this one.")


def _connected(settings: Settings) -> Slack:
    require_slack(settings)
    return connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)


def _token_create(arguments: argparse.Namespace) -> None:
    if not arguments.name.strip() or not arguments.name.isprintable() or len(arguments.name) > _MAX_NAME:
        raise InputError(f"--name: give the token a name of 1 to {_MAX_NAME} printable characters.")
    services = _services(arguments)

    def create(session: Session) -> str:
        if tokens.is_taken(session, arguments.name):
            raise InputError(f"--name {arguments.name}: a token in force has this name; choose another, or revoke it.")
        person_id = None
        if arguments.person:
            viewer = people.by_email(session, arguments.person, services.marks)
            # of somebody off or unknown it is nobody's: the same is printed, so that nothing tells who is here
            person_id = viewer.person_id if viewer and viewer.standing is not Standing.OFF else new_id()
        return tokens.create_token(session, arguments.name, person_id, services.now())

    _say(services.database.writing(create))


def _token_list(arguments: argparse.Namespace) -> None:
    services = _services(arguments)
    with services.database.reading() as session:
        for token in tokens.operator_tokens(session):
            state = f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else "in force"
            _say(f"{token.name}\tmade {token.created_at:%Y-%m-%d}\t{state}")


def _token_revoke(arguments: argparse.Namespace) -> None:
    services = _services(arguments)
    if not services.database.writing(lambda session: tokens.revoke(session, arguments.name, services.now())):
        raise InputError(f"No operator's token in force is called {arguments.name}.")
    _say("revoked")


def _person_export(arguments: argparse.Namespace) -> None:
    """Offer somebody their data by direct message; says the same whoever it is."""
    services = _services(arguments, on_slack=True)
    with services.database.reading() as session:
        viewer = people.by_email(session, arguments.email, services.marks)
    if viewer is not None:
        offer = export_offer()
        services.slack.post_dm(viewer.slack_id.user_id, offer.text, offer.blocks(rich=False))
    _say("sent")


def _person_forget(arguments: argparse.Namespace) -> None:
    """Erase somebody; says the same whoever it is."""
    services = _services(arguments)
    today = services.now().date()

    def forget(session: Session) -> None:
        viewer = people.by_email(session, arguments.email, services.marks)
        if viewer is not None:
            erase(session, viewer.person_id, services.marks, today)

    services.database.writing(forget)
    _say("done")


def _database(arguments: argparse.Namespace) -> Database:
    database = open_database(_settings().database_url)
    arguments.closing.callback(database.dispose)
    return database


def _db_upgrade(arguments: argparse.Namespace) -> None:
    _say(upgrade(_database(arguments)))


def _db_check(arguments: argparse.Namespace) -> None:
    _say(check(_database(arguments)))


def _announce(arguments: argparse.Namespace) -> None:
    """Post the launch message to a channel."""
    post = launch_post(load_policy(_settings().policy_file).people.help)
    if arguments.preview:
        _say(post.as_text())
        return
    slack = _connected(_settings())
    arguments.closing.callback(slack.close)
    slack.post_to_channel(arguments.channel, post.text, post.blocks(rich=False))
    _say("posted")


def _digest_preview(arguments: argparse.Namespace) -> None:
    """What a team was sent last, or what somebody of the demo would read; never a real person's."""
    message = preview(_services(arguments), arguments.name)
    _say(message.as_text() if arguments.text else as_json(message))


def _report(arguments: argparse.Namespace) -> None:
    """The organisation's report as it was last released, as text or as a page."""
    report = released_report(_services(arguments))
    if arguments.html is None:
        _say(report_text(report))
        return
    put_text(arguments.html, report_page(report))
    _say(str(arguments.html))


def _manifest(arguments: argparse.Namespace) -> None:
    sys.stdout.write(manifest(_settings().command_prefix, arguments.url))


VERBS: Final[Mapping[str, Callable[[argparse.Namespace], None]]] = {
    "run": _run,
    "demo": _demo,
    "import": _import,
    "sync": _sync,
    "doctor": _doctor,
    "job": _job,
    "token create": _token_create,
    "token list": _token_list,
    "token revoke": _token_revoke,
    "person export": _person_export,
    "person forget": _person_forget,
    "db upgrade": _db_upgrade,
    "db check": _db_check,
    "announce": _announce,
    "digest preview": _digest_preview,
    "report": _report,
    "manifest": _manifest,
}
