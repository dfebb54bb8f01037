"""Two replicas that are killed and frozen while Slack misbehaves: nothing is doubled, nothing is lost."""

from tests.jobs.trial import Rules, try_out

RULES = Rules(messages=120, along=40, kills=6, freezes=1, a_second=60, lease=2.0)


def test_every_message_arrives_once_whatever_happens_to_those_who_send(database_url: str) -> None:
    outcome = try_out(database_url, RULES)

    everything = RULES.messages + RULES.along
    assert (outcome.sent, outcome.doubled, outcome.lost, outcome.skipped) == (everything, 0, 0, 0), outcome
    assert (outcome.kills > 0, outcome.looked_up > 0, outcome.carried > 0) == (True, True, True), outcome
