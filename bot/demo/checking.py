"""What `worthwhile doctor` says of the demo: the same checks, on the services that are running."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from bot.doctor.guarding import carried_out
from bot.doctor.messages import message_lines
from bot.doctor.policy import named_lines, overlap_lines, policy_lines
from bot.doctor.rules import log_lines, rules_lines
from bot.doctor.slack import slack_lines
from bot.doctor.sources import source_lines
from bot.policy import Policy
from bot.policy_in_force import PolicyInForce
from bot.services import Services
from bot.sources import KNOWN
from bot.views import doctor as views
from bot.views.doctor import Line, report
from storage.migrate import check

Check = Callable[[], Iterator[Line]]


def doctors_report(services: Services) -> str:
    """Carry out every check that needs no environment, each of which stops no other; return the to-do list."""
    lines = [line for name, each in _checks(services).items() for line in carried_out(name, each)]
    return report(lines)


def _checks(services: Services) -> Mapping[str, Check]:
    today = services.now().date()
    policy = services.policy.file if isinstance(services.policy, PolicyInForce) else services.policy
    return {
        "Database": partial(_database, services),
        "Slack": partial(_slack, services, policy),
        "Policy": partial(policy_lines, policy),
        "Rules": partial(rules_lines, services.database, policy, today),
        "Log": partial(log_lines, services.database),
        "Overlaps": partial(overlap_lines, services.overlaps, KNOWN),
        "Messages": partial(message_lines, services.database, services.now()),
        "Sources": partial(source_lines, services),
    }


def _database(services: Services) -> Iterator[Line]:
    yield views.database("SQLite", check(services.database))


def _slack(services: Services, policy: Policy) -> Iterator[Line]:
    yield from slack_lines(services.slack, datetime.now(UTC))  # Slack goes by the machine's clock, also a local one
    yield from named_lines(policy, services.slack)
