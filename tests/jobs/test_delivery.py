"""Each message goes once, whatever Slack does: it is looked for before it is sent again, or left out and counted."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlmodel import Session, select

from bot.domain.delivery import Needs
from bot.domain.people import Profile, SlackId, Viewer
from bot.jobs.delivery import delivering
from bot.jobs.kind import Kind, Payload, ToChannel, ToPerson
from bot.jobs.kinds import KINDS
from bot.playground.faults import Fault, dropped, html, rate_limited, refused, server_error, silent
from bot.playground.local_slack import LocalSlack
from bot.playground.world import DEFAULT_SCOPES
from bot.services import Services
from bot.slack import Slack, connect
from bot.views.blocks import Message, Twin, section
from storage import choices, outbox, people
from storage.engine import Database
from storage.planning import plan
from storage.tables import Outbox
from tests.cast import MARKS, T0
from tests.jobs.delivering import Clock, Moving, deliver
from tests.promises.answers import services_on

POST: Final = "chat.postMessage"
ANA: Final = Profile(SlackId("T0LOCAL", "U01ANA"), "Ana Ruiz", "ana@larkfield.example", "Europe/Berlin")
MO: Final = Profile(SlackId("T0LOCAL", "U01MO"), "Mo Hale", "mo@larkfield.example", "Europe/London")
RUI: Final = Profile(SlackId("T0LOCAL", "U01RUI"), "Rui Costa", "rui@larkfield.example", "Europe/Lisbon")
CHANNEL: Final = "C01PAYMENTS"
MAY_LOOK: Final = (*DEFAULT_SCOPES, "im:history", "im:write")
CHART: Final[dict[str, Any]] = {
    "type": "data_visualization",
    "title": "Cost",
    "chart": {
        "type": "bar",
        "series": [{"name": "a", "data": [{"label": "w1", "value": 1}]}],
        "axis_config": {"categories": ["w1"]},
    },
}


def note(_services: Services, viewer: Viewer, _payload: Payload) -> Message | None:
    return Message("A note.", [section(f"A note to {viewer.name}"), section("The end.")])


def notice(_services: Services, payload: Payload) -> Message | None:
    return Message("A notice.", [section(f"A notice about {payload['about']}")])


@dataclass
class Post:
    """A bot, a workspace and a clock that both go by."""

    slack: LocalSlack
    services: Services
    clock: Clock
    kinds: dict[str, Kind] = field(
        default_factory=lambda: {**KINDS, "note": ToPerson(note), "notice": ToChannel(notice)}
    )

    @property
    def database(self) -> Database:
        return self.services.database

    def on(self, *profiles: Profile) -> None:
        for profile in profiles:
            self.database.writing(
                lambda session, profile=profile: people.switch_on(session, profile, MARKS, T0, 105)  # type: ignore[misc]
            )

    def person(self, profile: Profile) -> int:
        with self.database.reading() as session:
            viewer = people.viewer_of(session, profile.slack_id)
        assert viewer is not None
        return viewer.person_id

    def plan(self, *profiles: Profile, kind: str = "note", period: str = "1", due_at: datetime | None = None) -> None:
        """Plan a message to each of them, who are switched on if they are not yet."""
        self.on(*profiles)
        due = [(self.person(profile), due_at or self.clock()) for profile in profiles]
        self.database.adding(lambda session: plan(session, kind, period, due, self.clock()))

    def plan_notice(self, channel: str = CHANNEL) -> None:
        now = self.clock()
        payload = {"about": "bills"}
        self.database.adding(lambda s: plan(s, "notice", "1", [(0, now)], now, payload=payload, channel=channel))

    def run(self, **sender: Any) -> dict[str, int]:
        """Send what is due, as a replica does in one look."""
        return deliver(self.services, self.kinds, **{"clock": self.clock, "stopping": Moving(self.clock), **sender})

    def run_after(self, **by: float) -> dict[str, int]:
        self.clock.move(**by)
        return self.run()

    def read_by(self, *profiles: Profile) -> list[int]:
        """Return how many messages each of them has from the bot."""
        shown = self.slack.everything_sent()
        return [sum(profile.slack_id.user_id in each.user_ids for each in shown) for profile in profiles]

    def rows(self) -> list[Outbox]:
        with self.database.reading() as session:
            return sorted(session.exec(select(Outbox)), key=lambda row: (row.kind, row.person_id))

    def states(self) -> dict[str, int]:
        with self.database.reading() as session:
            return outbox.states(session)

    def with_policy(self, part: str, **changed: Any) -> None:
        policy = self.services.policy
        new = policy.model_copy(update={part: getattr(policy, part).model_copy(update=changed)})
        self.services = replace(self.services, policy=new)


def made_post(database: Database, slack: LocalSlack, clock: Clock) -> tuple[Post, Slack]:
    way_out = connect(slack.bot_token, slack.api_url, delivery_seconds=1)
    return Post(slack, replace(services_on(database), slack=way_out, now=clock), clock), way_out


@pytest.fixture
def post(sqlite_database: Database) -> Iterator[Post]:
    clock = Clock(T0)
    with LocalSlack(scopes=MAY_LOOK, clock=lambda: clock().timestamp()).running() as slack:
        made, way_out = made_post(sqlite_database, slack, clock)
        yield made
        way_out.close()


def posts(post: Post) -> int:
    return len(post.slack.calls_of(POST))


def test_everybody_gets_theirs_once_and_it_can_be_found_again(post: Post) -> None:
    post.plan(ANA, MO)

    assert [post.run(), post.run()] == [{"sent": 2}, {}]
    assert post.read_by(ANA, MO) == [1, 1]
    (message,) = post.slack.shown_to("U01ANA")
    mark = MARKS.of_delivery(post.person(ANA), "note", "1")
    assert message.raw["metadata"]["event_payload"] == {"mark": mark}
    assert [block.get("block_id") for block in message.blocks] == [mark, None]


def test_a_mark_says_nothing_about_whom_it_is_for() -> None:
    marks = {MARKS.of_delivery(person, kind, period) for person in (1, 2) for kind in "ab" for period in "12"}

    assert len(marks) == 8
    assert {len(mark) for mark in marks} == {32}


@pytest.mark.parametrize(
    ("fault", "posted"),
    [
        (server_error(), False),
        (server_error(after_effect=True), True),
        (dropped(), False),
        (dropped(after_effect=True), True),
        (silent(1.2, after_effect=True), True),
        (html(), False),
        (refused("fatal_error"), False),
    ],
    ids=["500 before", "500 after", "reset before", "reset after", "no answer", "not Slack", "fatal_error"],
)
def test_a_message_without_a_clear_answer_is_looked_for_before_it_is_sent_again(
    post: Post, fault: Fault, posted: bool
) -> None:
    post.plan(ANA)
    post.slack.faults.next(POST, fault)
    first, at_once = post.run(), post.run()
    later = post.run_after(seconds=11)

    assert (first, at_once) == ({"uncertain": 1}, {})
    assert later == ({"found": 1} if posted else {"not_found": 1, "sent": 1})
    assert (post.read_by(ANA), post.states()) == ([1], {"sent": 1})


def test_where_the_app_may_not_look_the_message_is_left_out_and_counted(post: Post) -> None:
    post.slack.world.scopes -= {"im:history"}
    post.plan(ANA)
    post.slack.faults.next(POST, server_error(after_effect=True))
    post.run()

    assert post.run_after(seconds=11) == {"skipped": 1}
    assert (post.read_by(ANA), post.states()) == ([1], {"skipped": 1})
    assert "im:history" in post.rows()[0].last_error


def test_where_the_policy_says_so_it_is_sent_again_instead(post: Post) -> None:
    post.with_policy("digest", uncertain="resend")
    post.slack.world.scopes -= {"im:history"}
    post.plan(ANA)
    post.slack.faults.next(POST, server_error())
    post.run()

    assert post.run_after(seconds=11) == {"again": 1, "sent": 1}
    assert post.read_by(ANA) == [1]


def test_a_conversation_that_is_known_can_be_read_without_opening_it(post: Post) -> None:
    post.plan(ANA, period="1")
    post.run()
    post.slack.world.scopes -= {"im:write"}
    post.plan(ANA, period="2")
    post.slack.faults.next(POST, dropped(after_effect=True))
    post.run()

    assert post.run_after(seconds=11) == {"found": 1}
    assert post.read_by(ANA) == [2]


def test_a_long_conversation_is_read_to_its_end(post: Post) -> None:
    post.plan(ANA)
    post.slack.faults.next(POST, dropped(after_effect=True))
    post.run()
    for _ in range(250):
        post.services.slack.post_dm("U01ANA", "another", [section("another")])

    assert post.run_after(seconds=11) == {"found": 1}


def test_a_look_that_fails_for_now_is_made_again(post: Post) -> None:
    post.plan(ANA)
    post.slack.faults.next(POST, dropped(after_effect=True))
    post.run()
    post.slack.faults.next("conversations.history", rate_limited(20))
    post.slack.faults.next("conversations.history", server_error())

    assert [post.run_after(seconds=11), post.run_after(seconds=19)] == [{"uncertain": 1}, {}]
    assert [post.run_after(seconds=2), post.run_after(seconds=31)] == [{"uncertain": 1}, {"found": 1}]
    assert post.read_by(ANA) == [1]


def test_in_a_storm_of_429_everybody_waits_as_long_as_slack_says_and_nothing_is_given_up(post: Post) -> None:
    post.plan(ANA, MO, RUI)
    post.slack.faults.next(POST, rate_limited(30), times=12)
    stormy = [post.run_after(seconds=31) for _ in range(12)]
    while_blocked = [post.run_after(seconds=10), posts(post)]

    assert stormy == [{"waiting": 1}] * 12
    assert while_blocked == [{}, 12]
    assert {row.attempts for row in post.rows()} == {0}
    assert post.run_after(seconds=31) == {"sent": 3}
    assert post.read_by(ANA, MO, RUI) == [1, 1, 1]


def test_while_slack_is_out_of_reach_nothing_is_lost_or_counted_as_tried(post: Post) -> None:
    gone = LocalSlack()
    with gone.running():
        away = connect(gone.bot_token, gone.api_url)
    post.plan(ANA, MO)
    reachable, post.services = post.services, replace(post.services, slack=away)
    outage = [post.run_after(seconds=31) for _ in range(20)]
    away.close()
    post.services = reachable

    assert outage == [{"waiting": 1}] * 20
    assert post.run_after(seconds=31) == {"sent": 2}


@pytest.mark.parametrize("error", ["user_disabled", "channel_not_found", "cannot_dm_bot"])
def test_whom_slack_lets_nobody_write_to_is_given_up_and_nobody_else(post: Post, error: str) -> None:
    post.plan(ANA, period="1")
    post.plan(ANA, period="2")
    post.slack.faults.next(POST, refused(error))
    first = post.run()
    post.plan(MO)

    assert (first, post.run()) == ({"dead": 1, "lost": 1}, {"sent": 1})
    assert (post.read_by(ANA, MO), post.states()) == ([0, 1], {"dead": 2, "sent": 1})


def test_who_was_deactivated_in_slack_a_moment_ago_gets_nothing(post: Post) -> None:
    post.plan(ANA)
    post.slack.world.users["U01ANA"] = replace(post.slack.world.users["U01ANA"], deleted=True)

    assert post.run() == {"dead": 1}
    assert post.rows()[0].last_error == "user_disabled"


def test_who_leaves_pauses_or_changes_their_mind_while_it_is_composed_gets_nothing(post: Post) -> None:
    def changing(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
        def change(session: Session) -> None:
            if viewer.name == ANA.name:
                people.pause(session, viewer.person_id, T0)
            else:
                choices.choose(session, viewer.person_id, "digest", "no", T0)

        services.database.writing(change)
        return note(services, viewer, payload)

    post.kinds["note"] = ToPerson(changing, needs=Needs("digest", frozenset({"button"})))
    post.plan(ANA, MO)
    for profile in (ANA, MO):
        person = post.person(profile)
        post.database.writing(lambda s, person=person: choices.choose(s, person, "digest", "button", T0))  # type: ignore[misc]

    assert post.run() == {"suppressed": 2}
    assert posts(post) == 0
    assert {row.last_error for row in post.rows()} == {"paused", "no longer wanted"}


def test_when_there_is_nothing_to_say_nothing_is_sent(post: Post) -> None:
    post.kinds["note"] = ToPerson(lambda *_: None)
    post.plan(ANA)

    assert [post.run(), post.run(), posts(post)] == [{"suppressed": 1}, {}, 0]


def test_a_revoked_token_stops_the_run_and_is_told_once_when_it_works_again(post: Post) -> None:
    post.with_policy("people", operator_channel=CHANNEL)
    post.plan(ANA, MO, RUI)
    post.slack.faults.next(POST, silent(0))
    post.slack.faults.next(POST, refused("token_revoked"), times=3)
    stopped = [post.run(), post.run(), post.run_after(minutes=6), post.run_after(minutes=6)]

    assert stopped == [{"sent": 1, "stopped": 1}, {}, {"stopped": 1}, {"stopped": 1}]
    assert {row.attempts for row in post.rows() if row.state == "pending"} == {0}
    assert post.run_after(minutes=6) == {"sent": 3}
    assert post.read_by(ANA, MO, RUI) == [2, 2, 2]  # all three are in the operators' channel too
    assert [shown.text for shown in post.slack.everything_sent()].count("Messages were held back.") == 1


def test_without_a_channel_for_operators_a_revoked_token_stops_the_run_all_the_same(post: Post) -> None:
    post.plan(ANA)
    post.slack.world.revoked = True

    assert [post.run(), post.run()] == [{"stopped": 1}, {}]
    assert post.states() == {"pending": 1}


def test_a_clock_that_is_put_back_doubles_and_loses_nothing(post: Post) -> None:
    post.plan(ANA, MO)
    post.slack.faults.next(POST, server_error(after_effect=True))
    first = post.run()
    post.plan(RUI)
    back = post.run_after(minutes=-40)
    soon = post.run_after(minutes=41)

    assert (first, back) == ({"uncertain": 1, "sent": 1}, {})
    assert soon == {"found": 1, "sent": 1}
    assert post.read_by(ANA, MO, RUI) == [1, 1, 1]


def test_a_clock_that_was_a_year_ahead_holds_nothing_up(post: Post) -> None:
    post.plan(ANA, MO)
    post.clock.move(days=365)
    post.slack.faults.next(POST, rate_limited(3000))
    ahead = replace(post.kinds["note"], late=timedelta(days=999))
    post.kinds["note"] = ahead

    assert post.run() == {"waiting": 1}
    assert post.run_after(days=-365) == {"sent": 2}


def test_a_time_zone_that_no_longer_exists_is_taken_for_utc(post: Post) -> None:
    post.plan(replace(ANA, tz="Europe/Atlantis"))

    assert post.run() == {"sent": 1}


def test_nobody_is_written_to_at_night(post: Post) -> None:
    post.plan(replace(ANA, tz="America/New_York"), MO)  # 04:40 there
    at_night, in_the_morning = post.run(), [post.run_after(hours=2), post.run_after(hours=1, minutes=25)]

    assert at_night == {"postponed": 1, "sent": 1}
    assert in_the_morning == [{}, {"sent": 1}]
    assert post.rows()[0].attempts + post.rows()[1].attempts == 2


@pytest.mark.parametrize(("hours", "expected"), [(24, {"sent": 1}), (24.1, {"skipped": 1})])
def test_what_is_a_day_late_is_left_out(post: Post, hours: float, expected: dict[str, int]) -> None:
    post.plan(ANA)

    assert post.run_after(hours=hours) == expected


def test_of_a_kind_of_which_only_the_newest_counts_the_newest_goes(post: Post) -> None:
    post.kinds["note"] = ToPerson(note, late=timedelta(days=30), newest_only=True)
    post.plan(ANA, period="1")
    post.clock.move(days=7)
    post.plan(ANA, period="2")

    assert post.run() == {"skipped": 1, "sent": 1}
    assert {row.period: row.state for row in post.rows()} == {"1": "skipped", "2": "sent"}


def test_one_that_cannot_be_composed_stops_no_other_and_is_given_up_after_eight_tries(post: Post) -> None:
    def failing(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
        if viewer.name == ANA.name:
            raise ValueError("a mistake of ours")
        return note(services, viewer, payload)

    post.kinds["note"] = ToPerson(failing, late=timedelta(days=9))
    post.plan(ANA, MO)
    tries = [post.run_after(hours=0.9), *[post.run_after(hours=1.1) for _ in range(9)]]

    assert tries[0] == {"again": 1, "sent": 1}
    assert tries[1:] == [*[{"again": 1}] * 6, {"dead": 1}, {}, {}]


def test_a_message_that_never_gets_a_clear_answer_is_given_up_after_eight_tries(post: Post) -> None:
    post.plan(ANA)
    post.slack.faults.every(POST, 1, server_error())
    ends = [post.run_after(seconds=11) for _ in range(10)]

    assert ends[0] == {"uncertain": 1}
    assert ends[1:8] == [{"not_found": 1, "uncertain": 1}] * 7
    assert ends[8] == {"not_found": 1, "dead": 1}
    assert posts(post) == 8


def test_what_slack_refuses_as_too_rich_goes_in_plain_words_and_is_remembered(post: Post) -> None:
    def with_chart(_services: Services, viewer: Viewer, _payload: Payload) -> Message | None:
        return Message("A note.", [section("A note"), Twin(CHART, (section("In words."),))])

    post.kinds["note"] = ToPerson(with_chart)
    post.plan(ANA)
    post.slack.faults.next(POST, refused("invalid_blocks"))
    refused_once = post.run()
    post.plan(MO)

    assert (refused_once, post.run()) == ({"again": 1, "sent": 1}, {"sent": 1})
    assert ["In words." in str(each.blocks) for each in post.slack.everything_sent()] == [True, True]
    assert [row.attempts for row in post.rows()] == [1, 1]


def test_blocks_that_can_never_be_shown_are_given_up(post: Post) -> None:
    post.plan(ANA)
    post.slack.faults.next(POST, refused("invalid_blocks"))

    assert [post.run(), post.run()] == [{"dead": 1}, {}]


def test_a_notice_goes_to_its_channel_once_and_is_given_up_where_the_bot_is_not(post: Post) -> None:
    post.plan_notice()
    assert [post.run(), post.run()] == [{"sent": 1}, {}]


def test_where_the_bot_was_not_invited_a_notice_is_given_up(post: Post) -> None:
    post.plan_notice("C01GENERAL")

    assert [post.run(), post.run()] == [{"dead": 1}, {}]


def test_a_notice_without_a_clear_answer_is_left_out_where_channels_cannot_be_read(post: Post) -> None:
    post.plan_notice()
    post.slack.faults.next(POST, server_error(after_effect=True))

    assert [post.run(), post.run_after(seconds=11)] == [{"uncertain": 1}, {"skipped": 1}]


def test_a_process_that_was_frozen_before_the_call_does_not_make_it(post: Post) -> None:
    post.plan(ANA)
    readings = iter([0.0, 31.0])

    assert post.run(seconds=lambda: next(readings, 31.0)) == {"again": 1, "sent": 1}
    assert (posts(post), post.read_by(ANA), post.rows()[0].attempts) == (1, [1], 1)


def test_being_stopped_finishes_the_message_in_hand_and_gives_back_the_others(post: Post) -> None:
    stopping = threading.Event()

    def composing(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
        stopping.set()
        return note(services, viewer, payload)

    post.kinds["note"] = ToPerson(composing)
    post.plan(ANA, MO, RUI)

    assert post.run(stopping=stopping) == {"sent": 1}
    assert sorted((row.state, row.owner, row.lease_until) for row in post.rows())[0][1:] == ("", None)
    assert post.states() == {"sent": 1, "planned": 2}
    assert post.run() == {"sent": 2}


def test_a_running_bot_sends_what_is_planned_without_being_asked(post: Post) -> None:
    post.on(ANA)
    person = post.person(ANA)
    now = T0

    def planned(session: Session) -> None:
        choices.choose(session, person, choices.BACK_FILL, choices.TOLD, now)
        plan(session, choices.BACK_FILL, "2026-11-19", [(person, now)], now)

    post.database.writing(planned)
    with delivering(post.services):
        assert post.slack.wait_shown("U01ANA", timeout=10).text == "Your last weeks are here."
