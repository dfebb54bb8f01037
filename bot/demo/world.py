"""The whole demo: the made-up company on a local Slack, with the real bot and a database of its own."""

import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from sqlmodel import Session

from bot.app import running
from bot.config import Settings
from bot.connectors.ccusage import parse
from bot.connectors.prices import price_book
from bot.connectors.pull import PullSource
from bot.demo import colleagues
from bot.demo.clock import START, DemoClock
from bot.demo.company.library import RUI, RUIS_CHANNEL, RUIS_MESSAGE
from bot.demo.company.organisation import organisation_file
from bot.demo.company.people import local_channels, local_users, person
from bot.demo.company.usage import Company
from bot.demo.company.work import CompanyWork
from bot.demo.connector import DemoSource, demo_sources
from bot.demo.months import remember_months
from bot.demo.notes import bring_out_last_report
from bot.demo.shelving import fill_library
from bot.demo.stated import state_links
from bot.demo.work_connector import DemoWork, accounts_file
from bot.domain.people import Profile, SlackId
from bot.errors import InputError
from bot.intake import take_ccusage
from bot.jobs import directory
from bot.jobs.asking import instance_of
from bot.jobs.finished_work import fill_in_work
from bot.jobs.listing import take_listing
from bot.jobs.organising import take_organisation
from bot.jobs.sync import sync_source
from bot.jobs.taking import Asking, take_day
from bot.limits import Visits
from bot.playground.local_slack import BOT_USER_ID, LocalSlack
from bot.playground.things import LocalUser
from bot.playground.world import DEFAULT_SCOPES
from bot.services import Services
from bot.views.launch import launch_post
from storage import assignments, links, people

YOU: Final = LocalUser("U01YOU", "You", "you@larkfield.example")
# Switched on when the tour begins: everybody with a name but those whose first screen the tour shows.
_OFF_AT_FIRST: Final = frozenset({"U01ANA", "U01KIT", "U01GUS"})
# The tour types and presses faster than people do.
_A_SECOND = _AT_ONCE = 1e6
_LAUNCH_CHANNEL: Final = "C01PAYMENTS"
# Of the optional scopes those with which Slack tells of user groups and channels.
_SCOPES: Final = (*DEFAULT_SCOPES, "channels:read", "groups:read", "usergroups:read")
_POLICY: Final = """\
[people]
help = ["U01SAM"]
operators = ["U01SAM"]
report_readers = ["U01VERA"]

[report]
budget_usd = "20000.00"
"""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that the story moves."""

    slack: LocalSlack
    services: Services
    clock: DemoClock
    sources: Mapping[str, DemoSource]
    has_you: bool


@contextmanager
def demo_world(ccusage: bytes | None) -> Iterator[World]:
    """Run the demo until the block is left; with a ccusage file its days set the clock, and you are in it."""
    clock = DemoClock(datetime.now(UTC) if ccusage is not None else START)
    company = Company(clock.start.date(), price_book(None))
    work = CompanyWork(clock.start.date())

    def today() -> date:
        return clock.now().date()

    sources = demo_sources(company, today)
    users = (YOU, *local_users()) if ccusage is not None else local_users()
    channels = local_channels(BOT_USER_ID)
    channels[0].members.update(user.id for user in users)
    slack = LocalSlack(users, channels, _SCOPES, clock=lambda: clock.now().timestamp())
    with (
        tempfile.TemporaryDirectory(prefix="worthwhile-demo-") as folder,
        slack.running(),
        running(
            _settings(slack, folder),
            clock.now,
            tuple(sources.values()),
            (DemoWork(work, "github", today),),
            visits=Visits(_A_SECOND, _AT_ONCE),
        ) as services,
    ):
        slack.wait_connected(10)
        sources["anthropic"].when_asked = partial(state_links, services, company, work)
        _settle_in(services, users)
        fill_library(services)
        bring_out_last_report(services)
        slack.say(person(RUI).slack_id, RUIS_CHANNEL, RUIS_MESSAGE)
        if ccusage is not None:
            _bring_you(services, ccusage)
        post = launch_post(services.policy.people.help)
        services.slack.post_to_channel(_LAUNCH_CHANNEL, post.text, post.blocks(rich=False))
        yield World(slack, services, clock, sources, ccusage is not None)


def _settings(slack: LocalSlack, folder: str) -> Settings:
    policy = Path(folder) / "policy.toml"
    policy.write_text(_POLICY)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=SecretStr(slack.app_token),
        slack_api_url=slack.api_url,
        database_url=f"sqlite:///{folder}/demo.db",
        policy_file=policy,
        web_port=port,
    )


def _settle_in(services: Services, users: Sequence[LocalUser]) -> None:
    """Switch on those who are on when the tour begins, and fetch their 15 weeks.

    The company's files of accounts and of its organisation were loaded long before.
    """
    directory.run(services)
    services.database.writing(lambda session: colleagues.let_in(session, services))
    take_organisation(services, organisation_file())
    services.database.writing(lambda session: _load_accounts(session, services))
    on = [user for user in users if user.id not in _OFF_AT_FIRST and not user.is_bot]
    services.database.writing(lambda session: _switch_on(session, services, on))
    services.database.writing(lambda session: colleagues.count_in(session, services))
    for source in services.sources:
        _collect(services, source)
    for system in services.work_sources:
        take_listing(services, system)
        fill_in_work(services, system)
    services.database.writing(lambda session: _remember(session, services, on))


def _collect(services: Services, source: PullSource) -> None:
    """Fetch 15 weeks, once: the sums over everybody, and the rows of those who are on."""
    asking = Asking(services, source, instance_of(services, source), with_new=True)
    today = services.now().date()
    for reported in source.reported_days(today - timedelta(days=services.policy.retention.daily_days), today):
        take_day(asking, reported)
    sync_source(services, source, 1)  # and what is asked for once a day: its accounts, its bill


def _load_accounts(session: Session, services: Services) -> None:
    from_day = services.now().date() - timedelta(days=services.policy.retention.daily_days + 1)
    assignments.assign(session, accounts_file(), services.marks, from_day)


def _remember(session: Session, services: Services, users: Sequence[LocalUser]) -> None:
    for user in users:
        remember_months(session, services, user.id)


def _switch_on(session: Session, services: Services, users: Sequence[LocalUser]) -> None:
    days = services.policy.retention.daily_days
    providers = [source.kind for source in services.sources]
    from_day = services.now().date() - timedelta(days=days)
    for user in users:
        profile = Profile(SlackId(services.slack.org_id, user.id), user.name.split()[0], user.email, user.tz)
        viewer = people.switch_on(session, profile, services.marks, services.now(), days)
        links.link_by_email(session, viewer, profile, providers, services.marks, from_day)
    colleagues.switch_on_engineers(session, services, providers)


def _bring_you(services: Services, ccusage: bytes) -> None:
    with services.database.reading() as session:
        viewer = people.viewer_of(session, SlackId(services.slack.org_id, YOU.id))
    take_ccusage(services, ccusage, "your laptop", viewer, own=True)


def read_ccusage(path: Path | None) -> bytes | None:
    """Return the file's content; raises InputError when it cannot be read or taken."""
    if path is None:
        return None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    parse(content, datetime.now(UTC).date())  # what is wrong is said before the seconds that a company takes
    return content
