"""The policy and the other files: the rules in force, who is named in them, and which source is believed."""

from collections.abc import Container, Iterator
from typing import Final

from bot.domain.counting import Overlaps
from bot.domain.people import Profile
from bot.errors import ConnectorError
from bot.policy import Policy
from bot.slack import Slack
from bot.views import doctor as views
from bot.views.doctor import Line

_OF_PEOPLE: Final = ("help", "operators", "curators", "report_readers")
# Entries without which something is missing that people notice.
_NEEDED: Final = ("help", "operator_channel")
# What is sent in, beside the sources that are asked.
_SENT_IN: Final = frozenset({"push", "otel", "otel-metrics", "ccusage"})


def policy_lines(policy: Policy) -> Iterator[Line]:
    """Yield the policy's mark, and what does not work because nobody is named."""
    yield views.fine("Policy", f"floors kept, mark {policy.mark}")
    yield views.guests(allowed=policy.guests.allowed)
    yield from (views.people_missing(entry) for entry in _NEEDED if not getattr(policy.people, entry))
    if not policy.people.operators:
        yield views.nobody_agrees_to_teams()
    if not policy.people.curators:
        yield views.no_curators(wanted=policy.use_cases.publish == "after_curator")
    if not policy.people.report_readers:
        yield views.nobody_reads_the_report()


def named_lines(policy: Policy, slack: Slack) -> Iterator[Line]:
    """Yield who is named and is not there; raises ConnectorError when Slack does not say."""
    for entry in _OF_PEOPLE:
        for user_id in getattr(policy.people, entry):
            profile = _profile(slack, user_id)
            if profile is None or profile.is_deleted:
                yield views.person_gone(entry, user_id, left=profile is not None)


def _profile(slack: Slack, user_id: str) -> Profile | None:
    try:
        return slack.profile(user_id)
    except ConnectorError as error:
        if "user_not_found" not in str(error):
            raise
        return None


def overlap_lines(overlaps: Overlaps, known: Container[str]) -> Iterator[Line]:
    """Yield names in the overlaps that are no source's, so that no rule is passed over in silence."""
    found = False
    for tool, kinds in overlaps.items():
        for kind in kinds:
            if kind not in known and kind not in _SENT_IN:
                found = True
                yield views.overlap_unknown(tool, kind)
    if not found:
        yield views.fine("Overlaps", "every name is a source's")
