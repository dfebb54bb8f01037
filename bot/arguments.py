"""The words of the command line; what a verb does is in `cli`."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from bot.jobs.clock import JOBS


def parser() -> argparse.ArgumentParser:
    """Return the parser of every verb; `verb` says which was meant."""
    words = argparse.ArgumentParser(prog="worthwhile", description="AI usage, shown to the person it is about.")
    words.add_argument("--debug", action="store_true", help="show a trace when something unexpected happens")
    verbs = words.add_subparsers(required=True, metavar="VERB")
    _serving(verbs)
    _loading(verbs)
    _tokens(verbs)
    _persons(verbs)
    _database(verbs)
    post = verbs.add_parser("announce", help="posts the launch message")
    post.add_argument("channel", metavar="CHANNEL", help="the channel's id; the bot must be in it")
    post.add_argument("--preview", action="store_true", help="print it as text, post nothing")
    post.set_defaults(verb="announce")
    digest = verbs.add_parser("digest", help="weekly digests").add_subparsers(required=True, metavar="WHAT")
    shown = digest.add_parser("preview", help="a team's last released one, or of somebody in a demo database")
    shown.add_argument("name", metavar="TEAM|DEMO_PERSON")
    shown.add_argument("--text", action="store_true", help="as text, not as Block Kit JSON")
    shown.set_defaults(verb="digest preview")
    told = verbs.add_parser("report", help="the organisation's report as last released").add_mutually_exclusive_group()
    told.add_argument("--text", action="store_true", help="as text; so it is without --html")
    told.add_argument("--html", type=Path, metavar="FILE", help="as a page with its charts, which prints well")
    verbs.choices["report"].set_defaults(verb="report")
    form = verbs.add_parser("manifest", help="the Slack app's manifest")
    form.add_argument("--url", metavar="https://...", help="for HTTP at this address")
    form.set_defaults(verb="manifest")
    return words


def _serving(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = verbs.add_parser("run", help="the bot: Slack connection, web server, scheduler")
    run.add_argument("--or-demo", action="store_true", help="without Slack tokens: the local Slack")
    run.set_defaults(verb="run")
    demo = verbs.add_parser("demo", help="the playground: a made-up company, with the real bot in it")
    for words in (run, demo):
        words.add_argument("--port", type=_port, default=8765, help="of the playground's page")
        words.add_argument("--ccusage", type=Path, metavar="FILE", help="adds you, from `ccusage daily --json`")
        words.add_argument("--terminal", action="store_true", help="the playground in this terminal, without a page")
    demo.set_defaults(verb="demo")
    ask = verbs.add_parser("sync", help="asks the connected sources now")
    ask.add_argument("--source", metavar="NAME", help="only this one: anthropic, cursor, ...")
    ask.add_argument("--days", type=_days, metavar="N", help="so many days back, in the place of those that are due")
    ask.set_defaults(verb="sync")
    check = verbs.add_parser("doctor", help="checks everything, and says what to do next")
    check.add_argument("--live", action="store_true", help="also asks Slack whether it would take every message")
    check.set_defaults(verb="doctor")
    job = verbs.add_parser("job", help="one run of a job")
    job.add_argument("name", choices=sorted(JOBS))
    job.add_argument("--now", type=_moment, metavar="ISO8601", help="as if it were then; on a demo database only")
    job.set_defaults(verb="job")


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no time: 2026-11-24T08:00:00Z, for example") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text} is no port: take a number from 0 to 65535")
    return int(text)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 400):
        raise argparse.ArgumentTypeError(f"{text} is no number of days: take 1 to 400")
    return int(text)


def _loading(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    load = verbs.add_parser("import", help="loads a file of usage, finished work, groups and teams, or accounts")
    load.add_argument(
        "--format", choices=("accounts", "bedrock", "ccusage", "kiro-csv", "org", "outcomes", "push"), required=True
    )
    load.add_argument("file", metavar="FILE", help="- is standard input")
    load.add_argument("--person", metavar="EMAIL", help="whose ccusage file it is")
    load.add_argument(
        "--name",
        metavar="MACHINE",
        help="the machine (laptop), the pushing platform (import), or the report (its file name)",
    )
    load.set_defaults(verb="import")


def _tokens(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    token = verbs.add_parser("token", help="ingest tokens").add_subparsers(required=True, metavar="WHAT")
    create = token.add_parser("create", help="shown once, stored hashed")
    create.add_argument("--name", required=True)
    create.add_argument("--person", metavar="EMAIL", help="takes this person's own figures only")
    create.set_defaults(verb="token create")
    token.add_parser("list", help="the operator's tokens").set_defaults(verb="token list")
    revoke = token.add_parser("revoke", help="withdraws one")
    revoke.add_argument("name", metavar="NAME")
    revoke.set_defaults(verb="token revoke")


def _persons(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    person = verbs.add_parser("person", help="on a person's behalf").add_subparsers(required=True, metavar="WHAT")
    for name, text in (
        ("export", "offers them their data by direct message"),
        ("forget", "erases them, as they can in Slack"),
    ):
        one = person.add_parser(name, help=text)
        one.add_argument("email", metavar="EMAIL")
        one.set_defaults(verb=f"person {name}")


def _database(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    db = verbs.add_parser("db", help="migrations").add_subparsers(required=True, metavar="WHAT")
    db.add_parser("upgrade", help="brings the schema up to date").set_defaults(verb="db upgrade")
    db.add_parser("check", help="says whether it is").set_defaults(verb="db check")
