"""Finding, trying and spreading use cases in Slack, by people of whom nobody has switched anything on."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, Final

import pytest

from bot.domain.use_cases.entry import Draft, Entry
from bot.domain.use_cases.evidence import Answer
from bot.jobs import use_cases
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from bot.playground.world import DEFAULT_SCOPES, OPTIONAL_SCOPES
from storage import finished, use_case_answers, use_case_entries
from storage.ids import new_id, source_id
from storage.use_case_curating import reports_by
from storage.use_case_standing import links_of
from tests.domain.outcomes.cast import change
from tests.domain.use_cases.made import FLAKY, entry
from tests.e2e.harness import Stage, only_over, staged, texts, until
from tests.jobs.delivering import Clock, deliver
from tests.team_company import DUE, PLATFORM, USERS, founded, profile_of, viewer_of

ANA, MO, RUI = "U01ANA", "U01MO", "U01RUI"
CHANNEL: Final = "C01PAYMENTS"  # the bot is in it
NOTES: Final = Draft(title="First draft of release notes", when="A release is due", how="Give it the titles.")
HIDDEN: Final = Draft(title="Nobody's own trick", when="Now and then", how="Just ask.")
transport = only_over("socket")


@pytest.fixture(scope="module")
def stage(transport: Any, new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A bot with a library of three entries, of which Rui wrote two; Mo looks after it."""
    policy = tmp_path_factory.mktemp("policy") / "policy.toml"
    policy.write_text('[people]\ncurators = ["U01MO"]\n')
    slack = LocalSlack(USERS, scopes=(*DEFAULT_SCOPES, *OPTIONAL_SCOPES))
    with staged(slack, new_database(), transport, now=Clock(DUE), policy_file=policy) as made:
        made.command = "/usecase"
        founded(made.services.database, PLATFORM[:6])
        rui, mo = person(made, RUI), person(made, MO)
        put(made, entry(1, person_id=rui), entry(2, NOTES, person_id=mo, team="Payments"))
        put(made, entry(3, HIDDEN, person_id=rui, shown_as="nobody"))
        yield made


def person(made: Stage, user: str) -> int:
    return viewer_of(made.services.database, user).person_id


def put(made: Stage, *entries: Entry) -> None:
    for each in entries:
        made.services.database.writing(partial(use_case_entries.put, entry=each))


def entry_of(made: Stage, id_: int) -> Entry:
    with made.services.database.reading() as session:
        found = use_case_entries.entry_of(session, id_)
    assert found is not None
    return found


def answers(made: Stage, id_: int = 1) -> dict[int | None, str]:
    with made.services.database.reading() as session:
        return {each.person_id: each.result for each in use_case_answers.answers_of(session, [id_])[id_]}


def forge(made: Stage, user: str, word: str, argument: str) -> Shown:
    mark = made.slack.mark()
    return made.answer(user, mark, made.slack.forge_action(user, f"usecase-{word}:{argument}", argument))


def send(made: Stage, user: str, **values: Any) -> Shown:
    mark = made.slack.mark()
    return made.answer(user, mark, made.slack.submit(user, {name: {name: value} for name, value in values.items()}))


def pass_days(made: Stage, days: float) -> None:
    """Let days pass, and the library plan and send what is due."""
    made.services.now.move(days=days)  # type: ignore[attr-defined]
    use_cases.run(made.services)
    deliver(made.services)


def sent_to(made: Stage, user: str, words: str) -> Shown:
    def found() -> list[Shown]:
        return [each for each in made.slack.shown_to(user) if each.surface == "dm" and words in texts(each)]

    assert until(lambda: bool(found())), words
    return found()[-1]


def posted(made: Stage) -> list[Shown]:
    return [each for each in made.slack.everything_sent() if each.surface == "channel"]


def test_the_first_page_and_what_is_found_are_cards_for_the_asker_alone(stage: Stage) -> None:
    first = stage.ask(ANA, channel="C01GENERAL")
    found = stage.ask(ANA, "find flakey tests")
    window = stage.press(ANA, found, "Show the prompt as text")

    assert first.user_ids == (ANA,)
    assert all(each.title in texts(first) for each in (FLAKY, NOTES, HIDDEN))
    assert FLAKY.title in texts(found)
    assert NOTES.title not in texts(found)
    assert window.surface == "modal"
    assert "".join(FLAKY.how.splitlines()[:1]) in texts(window)


def test_the_author_is_named_only_where_they_chose_it(stage: Stage) -> None:
    shown = stage.press(ANA, stage.ask(ANA, "find flaky"), "Ask Rui")
    hidden = stage.ask(ANA, "find trick")
    forged = forge(stage, ANA, "author", "3")
    by_team = stage.ask(ANA, "find platform")

    assert f"<@{RUI}>" in texts(shown)
    assert "shared without a name" in texts(hidden)
    for each in (hidden, forged):
        assert "Rui" not in texts(each)
        assert "Platform" not in texts(each)
    assert "shared without a name" in texts(forged)
    assert FLAKY.title in texts(by_team)
    assert HIDDEN.title not in texts(by_team)


def test_who_tries_it_is_asked_once_and_the_author_hears_of_it_with_what_was_added(stage: Stage) -> None:
    noted = stage.press(ANA, stage.ask(ANA, "find flaky"), "I'll try it")
    pass_days(stage, 7)
    question = sent_to(stage, ANA, "did it work?")
    pass_days(stage, 0)
    thanks = stage.press(ANA, question, "Yes")
    stage.press(ANA, thanks, "Write a line")
    refused = send(stage, ANA, line="the password: hunter2secret", name=None)
    kept = send(stage, ANA, line="Saved my <!channel> morning", name=["yes"])
    before = len(posted(stage))
    pass_days(stage, 7)
    note = sent_to(stage, RUI, "used Sort flaky tests in ten minutes last week")
    window = stage.press(RUI, note, "Tell my team")

    assert "on Tue 24 Nov" in texts(noted)
    assert [texts(each) for each in stage.slack.shown_to(ANA) if each.surface == "dm"].count(texts(question)) == 1
    assert "A line for Rui? They see the line; your name only if you add it." in texts(thanks)
    assert "looks like a password" in refused.text
    assert "It goes into the author's weekly line." in texts(kept)
    assert f"&gt; Saved my &lt;!channel&gt; morning ({profile_of(ANA).name})" in texts(note)
    assert "/usecase find Sort flaky tests" in texts(window)
    assert len(posted(stage)) == before


def test_the_last_answer_counts_and_an_authors_own_never(stage: Stage) -> None:
    for label in ("Yes", "No"):
        stage.press(MO, stage.press(MO, stage.ask(MO, "find flaky"), "I tried it"), label)
    own = forge(stage, RUI, "worked", "1 yes")

    assert answers(stage)[person(stage, MO)] == "no"
    assert person(stage, RUI) not in answers(stage)
    assert "This one is yours" in texts(own)


def test_why_it_did_not_work_reaches_the_author_who_alone_can_add_it(stage: Stage) -> None:
    user = PLATFORM[0]
    for number in range(2):
        said = Answer(new_id(), 900 + number, "A", "yes", stage.services.now().date())
        stage.services.database.writing(partial(use_case_answers.say, use_case_id=1, answer=said))
    no = stage.press(user, stage.press(user, stage.ask(user, "find flaky"), "I tried it"), "No")
    stage.press(user, no, "Tell why")
    send(stage, user, reason="needs access to CI logs")
    pass_days(stage, 7)
    note = sent_to(stage, RUI, "Add 'needs access to CI logs' to 'Watch out'?")
    button = next(
        str(b["accessory"]["value"]) for b in note.blocks if b.get("accessory", {}).get("value", "")[-1:] == "0"
    )
    stranger = forge(stage, MO, "add-warning", button)
    untouched = entry_of(stage, 1).watch_out
    added = [stage.press(RUI, note, "Add it") for _ in range(2)]

    assert "Only its author can do that." in texts(stranger)
    assert untouched == ""
    assert entry_of(stage, 1).watch_out == "needs access to CI logs"
    assert "Added to 'Watch out'" in texts(added[1])


def test_what_it_helped_with_is_linked_only_where_it_is_finished_work(stage: Stage) -> None:
    item = change(7, DUE.date() - timedelta(days=20), place="acme/payments")
    stage.services.database.writing(lambda s: finished.put_items(s, source_id(s, "github", "company"), [item]))
    thanks = stage.press(ANA, stage.press(ANA, stage.ask(ANA, "find flaky"), "I tried it"), "Yes")
    stage.press(ANA, thanks, "It helped with a change or ticket")
    unknown = send(stage, ANA, reference="acme/payments#99999")
    stage.press(ANA, thanks, "It helped with a change or ticket")
    known = send(stage, ANA, reference=item.reference)
    with stage.services.database.reading() as session:
        links = links_of(session, [1])

    assert "so nothing is linked" in texts(unknown)
    assert "Linked to" in texts(known)
    assert links == {1: [item.reference]}


def test_what_nobody_has_is_asked_for_shared_and_told(stage: Stage) -> None:
    none = stage.ask(ANA, "find terraform")
    asked = stage.press(ANA, none, "Ask for it")
    alike = stage.ask(MO, "ask Terraform")
    too = stage.press(MO, alike, "I want it too")
    offered = stage.ask(MO, "ask flaky tests")
    listed = stage.ask(RUI, "ask")
    form = stage.press(RUI, listed, "I have one")
    shared = send(
        stage,
        RUI,
        title="Review Terraform plans",
        when="A plan is long",
        how="Paste it and ask what is destroyed.",
        tool="Claude Code",
        shown_as="me",
    )
    pass_days(stage, 0)

    assert "Nothing about 'terraform' yet." in texts(none)
    assert "*Looking for:* terraform" in texts(asked)
    assert "asked by 1 person" in texts(alike)
    assert "*Looking for:* terraform" in texts(too)
    assert "Is it one of these?" in texts(offered)
    assert FLAKY.title in texts(offered)
    assert "asked by 2 people" in texts(listed)
    assert "Looked for: terraform." in texts(form)
    assert "Review Terraform plans" in texts(shared)
    for user in (ANA, MO):
        assert "*Review Terraform plans*" in texts(sent_to(stage, user, "Somebody shared what you were looking for"))
    assert not [each for each in stage.slack.shown_to(RUI) if "what you were looking for" in texts(each)]


def test_a_round_up_comes_where_the_bot_is_in_the_channel_until_anybody_stops_it(stage: Stage) -> None:
    outside = stage.ask(ANA, "subscribe", channel="C01GENERAL")
    inside = stage.ask(ANA, "subscribe", channel=CHANNEL)
    before = len(posted(stage))
    put(stage, entry(9, NOTES, person_id=None, shown_as="nobody", published_on=stage.services.now().date()))
    for _ in range(2):
        pass_days(stage, 7)
    assert until(lambda: len(posted(stage)) > before)
    shown = posted(stage)[-1]
    stopped = stage.press(MO, shown, "Stop here")
    count = len(posted(stage))
    put(stage, entry(10, NOTES, person_id=None, published_on=stage.services.now().date()))
    pass_days(stage, 7)

    assert "*Invite me here first:* <#C01GENERAL>." in texts(outside)
    assert "*The round-up is on in <#C01PAYMENTS>:* on Tuesdays, 9:00 UTC" in texts(inside)
    assert "First draft of release notes" in texts(shown)
    assert stopped.user_ids == (MO,)
    assert len(posted(stage)) == count


def test_a_report_goes_to_the_curators_without_the_name(stage: Stage) -> None:
    mark = stage.slack.mark()
    stage.answer(ANA, mark, stage.slack.forge_action(ANA, "usecase-report:2", "2"))
    told = send(stage, ANA, reason="It names a project that is not public")
    pass_days(stage, 0)
    note = sent_to(stage, MO, "It names a project that is not public")
    with stage.services.database.reading() as session:
        (kept,) = reports_by(session, person(stage, ANA))

    assert "Thanks." in texts(told)
    assert "Ana" not in texts(note)
    assert kept.use_case_id == 2


def test_the_library_as_files_is_for_curators(stage: Stage) -> None:
    stranger, nonsense = stage.ask(ANA, "export"), stage.ask(ANA, "nonsense")
    mark = stage.slack.mark()
    stage.ask(MO, "export")
    files = [each.raw["files"][0] for each in stage.slack.shown_to(MO, mark) if each.surface == "file"]
    contents = {each["name"]: stage.slack.world.files[each["id"]].content for each in files}

    assert texts(stranger) == texts(nonsense)
    assert set(contents) == {"use-cases.csv", "use-cases.json"}
    assert FLAKY.title.encode() in (contents["use-cases.csv"] or b"")


def test_still_right_is_the_authors_to_say(stage: Stage) -> None:
    forge(stage, ANA, "archive-own", "2")
    others = entry_of(stage, 2).state
    forge(stage, MO, "archive-own", "2")
    archived = entry_of(stage, 2).state
    forge(stage, MO, "still-right", "2")

    assert (others, archived, entry_of(stage, 2).state) == ("published", "archived", "published")
    assert entry_of(stage, 2).checked_on == stage.services.now().date()
