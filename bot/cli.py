"""The command line: `worthwhile VERB`; one function a verb.

Results go to stdout, progress and logs to stderr. An error is one line that says what to do.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tqdm import tqdm

from bot import app
from bot.config import Settings, load_settings, require_slack
from bot.demo import run_demo
from bot.errors import InputError, WorthwhileError
from bot.intake import take_ccusage, take_push_file
from bot.jobs.clock import JOBS
from bot.logs import set_up_logs
from bot.manifest import manifest
from bot.services import Services
from bot.slack import Slack, connect, offline
from bot.views.feeds import export_offer
from storage import people, tokens
from storage.engine import open_database
from storage.erasure import erase
from storage.migrate import check, upgrade
from storage.tokens import Bearer

_MAX_FILE_BYTES: Final = 64 * 1024 * 1024


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit status: 0, 1 for an error, 2 for wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        arguments.run(arguments)
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


def _services(settings: Settings, *, slack: Slack | None = None) -> Services:
    database = app.open_ready_database(settings)
    return app.build_services(settings, database, slack or offline(people.org_id_of(database)))


def _run(arguments: argparse.Namespace) -> None:
    """The bot: Slack connection, web server, scheduler."""
    settings = _settings()
    if arguments.or_demo and not settings.has_slack:
        _demo(arguments)
        return
    require_slack(settings)
    app.run_until_stopped(settings)


def _demo(arguments: argparse.Namespace) -> None:
    """A local Slack in the terminal, with the real bot in it."""
    set_up_logs("WARNING", "console")
    run_demo(arguments.ccusage, sys.stdin, sys.stdout)


def _import(arguments: argparse.Namespace) -> None:
    """Load a file of usage."""
    services = _services(_settings())
    if arguments.format == "ccusage":
        _import_ccusage(arguments, services)
    else:
        _import_push(arguments, services)


def _import_ccusage(arguments: argparse.Namespace, services: Services) -> None:
    if not arguments.person:
        raise SystemExit(_wrong_usage("import --format ccusage needs --person EMAIL: whose figures are these?"))
    with services.database.reading() as session:
        viewer = people.by_email(session, arguments.person, services.marks)
    taken = take_ccusage(services, _content(arguments.file), arguments.name, viewer, own=False)
    _say(taken.said)


def _import_push(arguments: argparse.Namespace, services: Services) -> None:
    with tqdm(unit=" bytes", unit_scale=True, disable=None, file=sys.stderr) as bar:
        taken = take_push_file(services, arguments.file, Bearer(arguments.name, None), bar.update)
    _say(taken.said)


def _content(path: str) -> bytes:
    try:
        if path == "-":
            return sys.stdin.buffer.read(_MAX_FILE_BYTES + 1)
        with Path(path).open("rb") as file:
            return file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None


def _job(arguments: argparse.Namespace) -> None:
    """One run of a job, now."""
    settings = _settings()
    slack = _connected(settings) if arguments.name == "directory" else None
    counts = JOBS[arguments.name](_services(settings, slack=slack))
    import json

    _say(json.dumps(counts))


def _connected(settings: Settings) -> Slack:
    require_slack(settings)
    return connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)


def _token_create(arguments: argparse.Namespace) -> None:
    services = _services(_settings())

    def create(session: tokens.Session) -> str:
        if tokens.is_taken(session, arguments.name):
            raise InputError(f"--name {arguments.name}: a token in force has this name; revoke it first.")
        person_id = None
        if arguments.person:
            viewer = people.by_email(session, arguments.person, services.marks)
            if viewer is None:
                raise InputError("--person: a personal token is made by that person, with `/mytokens connect`.")
            person_id = viewer.person_id
        return tokens.create_token(session, arguments.name, person_id, services.now())

    _say(services.database.writing(create))


def _token_list(_arguments: argparse.Namespace) -> None:
    services = _services(_settings())
    with services.database.reading() as session:
        for token in tokens.operator_tokens(session):
            state = f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else "in force"
            _say(f"{token.name}\tmade {token.created_at:%Y-%m-%d}\t{state}")


def _token_revoke(arguments: argparse.Namespace) -> None:
    services = _services(_settings())
    if not services.database.writing(lambda session: tokens.revoke(session, arguments.name, services.now())):
        raise InputError(f"No operator's token in force is called {arguments.name}.")
    _say("revoked")


def _person_export(arguments: argparse.Namespace) -> None:
    """Offer somebody their data by direct message; says the same whoever it is."""
    settings = _settings()
    services = _services(settings, slack=_connected(settings))
    with services.database.reading() as session:
        viewer = people.by_email(session, arguments.email, services.marks)
    if viewer is not None:
        offer = export_offer()
        services.slack.post_dm(viewer.slack_id.user_id, offer.text, offer.blocks(rich=False))
    _say("sent")


def _person_forget(arguments: argparse.Namespace) -> None:
    """Erase somebody; says the same whoever it is."""
    services = _services(_settings())
    today = services.now().date()

    def forget(session: people.Session) -> None:
        viewer = people.by_email(session, arguments.email, services.marks)
        if viewer is not None:
            erase(session, viewer.person_id, services.marks, today)

    services.database.writing(forget)
    _say("done")


def _db_upgrade(_arguments: argparse.Namespace) -> None:
    _say(upgrade(open_database(_settings().database_url)))


def _db_check(_arguments: argparse.Namespace) -> None:
    _say(check(open_database(_settings().database_url)))


def _manifest(arguments: argparse.Namespace) -> None:
    sys.stdout.write(manifest(_settings().command_prefix, arguments.url))


def _wrong_usage(text: str) -> int:
    sys.stderr.write(f"worthwhile: {text}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="worthwhile", description="AI usage, shown to the person it is about.")
    parser.add_argument("--debug", action="store_true", help="show a trace when something unexpected happens")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    run = verbs.add_parser("run", help="the bot: Slack connection, web server, scheduler")
    run.add_argument("--or-demo", action="store_true", help="without Slack tokens: the local Slack")
    run.add_argument("--ccusage", type=Path, metavar="FILE", help="with --or-demo: your own figures")
    run.set_defaults(run=_run)

    demo = verbs.add_parser("demo", help="a local Slack in this terminal, with the real bot in it")
    demo.add_argument("--ccusage", type=Path, metavar="FILE", help="your own figures, from `ccusage daily --json`")
    demo.set_defaults(run=_demo)

    load = verbs.add_parser("import", help="loads a file of usage")
    load.add_argument("--format", choices=("ccusage", "push"), required=True)
    load.add_argument("file", metavar="FILE", help="- is standard input")
    load.add_argument("--person", metavar="EMAIL", help="whose ccusage file it is")
    load.add_argument("--name", metavar="MACHINE", default="laptop", help="the machine, or the pushing platform")
    load.set_defaults(run=_import)

    job = verbs.add_parser("job", help="one run of a job")
    job.add_argument("name", choices=sorted(JOBS))
    job.set_defaults(run=_job)
    _token_parser(verbs)
    _person_and_db_parsers(verbs)

    form = verbs.add_parser("manifest", help="the Slack app's manifest")
    form.add_argument("--url", metavar="https://...", help="for HTTP at this address")
    form.set_defaults(run=_manifest)
    return parser


def _token_parser(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    token = verbs.add_parser("token", help="ingest tokens").add_subparsers(required=True, metavar="WHAT")
    create = token.add_parser("create", help="shown once, stored hashed")
    create.add_argument("--name", required=True)
    create.add_argument("--person", metavar="EMAIL")
    create.set_defaults(run=_token_create)
    token.add_parser("list", help="the operator's tokens").set_defaults(run=_token_list)
    revoke = token.add_parser("revoke", help="withdraws one")
    revoke.add_argument("name")
    revoke.set_defaults(run=_token_revoke)


def _person_and_db_parsers(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    person = verbs.add_parser("person", help="on a person's behalf").add_subparsers(required=True, metavar="WHAT")
    for name, run, text in (
        ("export", _person_export, "offers them their data by direct message"),
        ("forget", _person_forget, "erases them, as they can in Slack"),
    ):
        one = person.add_parser(name, help=text)
        one.add_argument("email", metavar="EMAIL")
        one.set_defaults(run=run)
    db = verbs.add_parser("db", help="migrations").add_subparsers(required=True, metavar="WHAT")
    db.add_parser("upgrade", help="brings the schema up to date").set_defaults(run=_db_upgrade)
    db.add_parser("check", help="says whether it is").set_defaults(run=_db_check)
