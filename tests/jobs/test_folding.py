"""One message a morning: what else is due to somebody goes inside the message that goes first, and shares its fate."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlmodel import Session

from bot.domain.delivery import Needs
from bot.domain.people import Profile, SlackId, Viewer
from bot.jobs.kind import Payload, ToPerson
from bot.jobs.kinds import KINDS
from bot.playground.faults import Fault, dropped, rate_limited, refused, server_error
from bot.playground.local_slack import LocalSlack
from bot.playground.people import MADE_UP_PEOPLE
from bot.playground.shown import Shown
from bot.playground.things import LocalUser
from bot.services import Services
from bot.views.blocks import Message, Twin, section
from storage import choices, people
from storage.directory import take_page
from storage.engine import Database
from storage.tables import Person
from tests.cast import T0
from tests.e2e.harness import texts
from tests.jobs.delivering import Clock, deliver
from tests.jobs.test_delivery import ANA, CHART, MAY_LOOK, MO, POST, Post, made_post

HOUR: Final = timedelta(hours=1)
USERS: Final = [LocalUser(f"U{number:03}", f"Person {number}", "", tz="Europe/Berlin") for number in range(40)]
WANTED: Final = Needs("lines", frozenset({"yes"}))


def saying(words: str, blocks: int = 1) -> Callable[..., Message | None]:
    def compose(_services: Services, _viewer: Viewer, _payload: Payload) -> Message | None:
        return Message(f"About {words}.", [section(f"{words} {number}") for number in range(blocks)])

    return compose


@pytest.fixture
def post(database: Database) -> Iterator[Post]:
    clock = Clock(T0)  # 10:40 in Berlin
    local = LocalSlack([*MADE_UP_PEOPLE, *USERS], scopes=MAY_LOOK, clock=lambda: clock().timestamp())
    with local.running() as slack:
        made, way_out = made_post(database, slack, clock)
        made.kinds |= {
            "week": ToPerson(saying("the week", 2)),
            "line": ToPerson(saying("a line"), folds=True),
            "question": ToPerson(saying("a question"), folds=True),
        }
        yield made
        way_out.close()


def said(post: Post, profile: Profile = ANA) -> list[str]:
    """Return what somebody reads in each message from the bot."""
    shown: list[Shown] = post.slack.shown_to(profile.slack_id.user_id)
    return [" / ".join(texts(each).splitlines()[1:]) for each in shown]


def both_planned(post: Post, profile: Profile = ANA) -> None:
    post.plan(profile, kind="week")
    post.plan(profile, kind="line", due_at=T0 + HOUR / 4)


def states(post: Post) -> dict[str, str]:
    return {row.kind: row.state for row in post.rows()}


def test_what_is_due_before_noon_follows_in_the_first_message(post: Post) -> None:
    post.plan(ANA, kind="week")
    post.plan(ANA, kind="line", due_at=T0 + HOUR / 4)
    post.plan(ANA, kind="question", due_at=T0 + HOUR / 3)
    post.plan(MO, kind="line")
    done = post.run()

    assert done == {"sent": 2}
    assert said(post) == ["the week 0 / the week 1 / a line 0 / a question 0"]
    (shown,) = post.slack.shown_to("U01ANA")
    assert [block["type"] for block in shown.blocks] == [
        "section",
        "section",
        "divider",
        "section",
        "divider",
        "section",
    ]
    assert shown.text == "About the week."
    week, line, question = (next(row for row in post.rows() if row.kind == kind and row.person_id == post.person(ANA))
                            for kind in ("week", "line", "question"))  # fmt: skip
    assert {(row.state, row.channel, row.ts) for row in (line, question)} == {("sent", week.channel, week.ts)}
    assert {line.carried_by, question.carried_by, week.carried_by} == {"week 1", ""}
    assert post.run_after(hours=3) == {}


def test_what_is_due_after_noon_goes_by_itself(post: Post) -> None:
    post.plan(ANA, kind="week")
    post.plan(ANA, kind="line", due_at=T0 + HOUR * 1.5)  # 12:10 there

    assert [post.run(), post.run_after(hours=2)] == [{"sent": 1}, {"sent": 1}]
    assert said(post) == ["the week 0 / the week 1", "a line 0"]


def test_one_that_could_go_first_waits_for_the_message_that_carries_it(post: Post) -> None:
    post.plan(ANA, kind="line")
    post.plan(ANA, kind="week", due_at=T0 + HOUR / 2)

    assert [post.run(), post.run_after(minutes=29)] == [{"postponed": 1}, {}]
    assert post.run_after(minutes=1)["sent"] == 1
    assert post.run_after(hours=2) == {}
    assert said(post) == ["the week 0 / the week 1 / a line 0"]


def test_it_does_not_wait_for_a_message_that_has_nothing_to_say(post: Post) -> None:
    post.kinds["week"] = ToPerson(lambda *_: None)
    both_planned(post)

    assert [post.run(), post.run_after(minutes=16)] == [{"suppressed": 1}, {"sent": 1}]
    assert said(post) == ["a line 0"]


def test_of_two_that_fold_the_first_carries_the_other(post: Post) -> None:
    post.plan(ANA, kind="line")
    post.plan(ANA, kind="question", due_at=T0 + HOUR)

    assert post.run() == {"sent": 1}
    assert said(post) == ["a line 0 / a question 0"]


@pytest.mark.parametrize("blocks", [(48, 1), (47, 2), (49, 1), (48, 2)], ids=str)
def test_what_slack_would_not_take_in_one_message_goes_by_itself(post: Post, blocks: tuple[int, int]) -> None:
    post.kinds |= {
        "week": ToPerson(saying("the week", blocks[0])),
        "line": ToPerson(saying("a line", blocks[1]), folds=True),
    }
    both_planned(post)
    post.run()
    post.run_after(minutes=16)

    assert len(said(post)) == (1 if sum(blocks) + 1 <= 50 else 2)
    assert states(post) == {"week": "sent", "line": "sent"}


def test_charts_of_two_messages_do_not_meet(post: Post) -> None:
    charted = Message("A chart.", [Twin(CHART, (section("In words."),))])
    post.kinds |= {"week": ToPerson(lambda *_: charted), "line": ToPerson(lambda *_: charted, folds=True)}
    both_planned(post)

    assert [post.run(), post.run_after(minutes=16)] == [{"sent": 1}, {"sent": 1}]


@pytest.mark.parametrize("when", ["before", "while it is composed"])
def test_who_no_longer_wants_one_of_them_gets_the_other_alone(post: Post, when: str) -> None:
    def wish(value: str) -> None:
        person = post.person(ANA)
        post.database.writing(lambda session: choices.choose(session, person, "lines", value, T0))

    def composing(services: Services, viewer: Viewer, payload: Payload) -> Message | None:
        wish("no")
        return saying("a line")(services, viewer, payload)

    post.kinds["line"] = ToPerson(composing, needs=WANTED, folds=True)
    both_planned(post)
    wish("no" if when == "before" else "yes")

    assert [post.run(), post.run_after(minutes=16)] == [{"sent": 1}, {"suppressed": 1}]
    assert said(post) == ["the week 0 / the week 1"]


def test_one_that_cannot_be_composed_stops_no_other(post: Post) -> None:
    def failing(*_: Any) -> Message | None:
        raise ValueError("a mistake of ours")

    post.kinds["line"] = ToPerson(failing, folds=True)
    both_planned(post)

    assert [post.run(), post.run_after(minutes=16)] == [{"sent": 1}, {"again": 1}]


# What Slack does with the message that carries, what then becomes of both, and what is read in the end.
TOGETHER: Final = ["the week 0 / the week 1 / a line 0"]
APART: Final = ["the week 0 / the week 1", "a line 0"]
ANSWERS: Final[dict[str, tuple[Fault, dict[str, str], list[str]]]] = {
    "429": (rate_limited(5), {"week": "sent", "line": "sent"}, TOGETHER),
    "500 after": (server_error(after_effect=True), {"week": "sent", "line": "sent"}, TOGETHER),
    "cut after": (dropped(after_effect=True), {"week": "sent", "line": "sent"}, TOGETHER),
    "500 before": (server_error(), {"week": "sent", "line": "sent"}, APART),
    "refused for now": (refused("an_error_of_next_year"), {"week": "sent", "line": "sent"}, APART),
    "too long": (refused("msg_too_long"), {"week": "sent", "line": "sent"}, APART),
    "nobody": (refused("user_disabled"), {"week": "dead", "line": "dead"}, []),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_is_carried_shares_the_fate_of_the_message(post: Post, answer: str) -> None:
    fault, states_then, read = ANSWERS[answer]
    both_planned(post)
    post.slack.faults.next(POST, fault)
    post.run()
    for _ in range(4):
        post.run_after(seconds=31)
    post.run_after(minutes=15)

    assert states(post) == states_then
    assert said(post) == read


def test_where_the_app_may_not_look_both_are_left_out_and_counted(post: Post) -> None:
    post.slack.world.scopes -= {"im:history"}
    both_planned(post)
    post.slack.faults.next(POST, dropped(after_effect=True))

    assert [post.run(), post.run_after(seconds=11), post.run_after(hours=2)] == [{"uncertain": 1}, {"skipped": 1}, {}]
    assert states(post) == {"week": "skipped", "line": "skipped"}
    assert {row.last_error for row in post.rows()} == {"uncertain, and the app may not look: im:history, im:write"}


class KilledError(BaseException):
    """The process is gone."""


@dataclass
class Watched:
    """The database and Slack of a sender, with something that happens before and after each step."""

    inner: Any
    step: Callable[[], None]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        return self._stepped(found) if name in {"adding", "writing", "deliver"} else found

    def _stepped(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def one(*arguments: Any) -> Any:
            self.step()
            result = method(*arguments)
            self.step()
            return result

        return one

    def reading(self) -> AbstractContextManager[Session]:
        found: AbstractContextManager[Session] = self.inner.reading()
        return found


class Interrupted:
    """A sender that something happens to at its *at*-th step."""

    def __init__(self, post: Post, at: int, what: Callable[[], None]) -> None:
        self.steps, self._at, self._what = 0, at, what
        database: Any = Watched(post.services.database, self.step)
        slack: Any = Watched(post.services.slack, self.step)
        services = replace(post.services, database=database, slack=slack)
        with suppress(KilledError):
            deliver(services, post.kinds, clock=post.clock, seconds=lambda: post.clock().timestamp())

    def step(self) -> None:
        self.steps += 1
        if self.steps == self._at:
            self._what()


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_a_sender_that_is_lost_at_any_step_doubles_and_loses_neither(post: Post, how: str) -> None:
    """Killed: it never wakes. Frozen: another one does everything meanwhile, then it goes on."""

    def others_go_on() -> None:
        for _ in range(4):
            post.clock.move(seconds=70)
            deliver(post.services, post.kinds, clock=post.clock)

    gone = False

    def killed() -> None:
        nonlocal gone
        gone = True
        raise KilledError

    endings = set()
    for number, user in enumerate(USERS, start=1):
        post.clock.at, gone = T0, False
        profile = Profile(SlackId("T0LOCAL", user.id), user.name, f"{user.id}@larkfield.example", "Europe/Berlin")
        post.plan(profile, kind="week", due_at=T0)
        post.plan(profile, kind="line", due_at=T0 + HOUR / 4)
        sender = Interrupted(post, number, killed if how == "killed" else others_go_on)
        for _ in range(20):
            post.clock.move(seconds=70)
            deliver(post.services, post.kinds, clock=post.clock)
        read = said(post, profile)
        assert sorted(" / ".join(read).split(" / ")) == ["a line 0", "the week 0", "the week 1"], (how, number, read)
        endings.add(len(read))
        if sender.steps < number:
            break
    else:
        pytest.fail("the steps do not end")
    assert number > 10
    assert endings == {1, 2}
    assert {row.state for row in post.rows()} == {"sent"}


def test_one_for_anybody_goes_to_employees_who_are_not_on(post: Post) -> None:
    post.kinds |= {"open": ToPerson(saying("news"), anybody=True), "week": ToPerson(saying("the week"))}
    for kind in ("open", "week"):
        post.plan(ANA, MO, kind=kind)

    def off(session: Session) -> None:
        people.pause(session, post.person(MO), T0)
        session.get_one(Person, post.person(ANA)).switched_on_at = None

    post.database.writing(off)

    assert post.run() == {"sent": 2, "suppressed": 2}
    assert [said(post), said(post, MO)] == [["news 0"], ["news 0"]]


@pytest.mark.parametrize("who", ["a guest", "somebody who left"])
def test_one_for_anybody_goes_to_employees_alone(post: Post, who: str) -> None:
    post.kinds["open"] = ToPerson(saying("news"), anybody=True)
    post.plan(ANA, kind="open")
    gone = replace(ANA, is_guest=who == "a guest", is_deleted=who != "a guest")
    taken = partial_page(post, gone)
    post.database.writing(taken)

    assert post.run() == {"suppressed": 1}
    assert said(post) == []


def partial_page(post: Post, profile: Profile) -> Callable[[Session], object]:
    marks = post.services.marks
    return lambda session: take_page(session, [profile], marks, T0, guests_allowed=False)


def test_a_kind_has_no_space_in_its_name() -> None:
    assert [name for name in KINDS if " " in name] == []
