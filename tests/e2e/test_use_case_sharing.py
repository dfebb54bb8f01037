"""Sharing a use case in Slack: the form, a message turned into an entry, curators, and what its author does later."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from pydantic import SecretStr
from sqlmodel import Session

from bot.domain.use_cases import steps
from bot.domain.use_cases.entry import Entry
from bot.domain.use_cases.traces import Report
from bot.jobs import user_groups
from bot.playground.block_rules import view_problems
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from storage import finished, use_case_curating, use_case_entries
from storage.ids import new_id, source_id
from storage.use_case_standing import links_of
from tests.domain.outcomes.cast import change
from tests.e2e.harness import T0, Stage, everything_stored, staged, texts, until
from tests.jobs.delivering import deliver
from tests.providers.standin import Reply, StandIn

ANA, MO, RUI, SAM, GUS = "U01ANA", "U01MO", "U01RUI", "U01SAM", "U01GUS"
CHANNEL: Final = "C01GENERAL"
FLAKY: Final[dict[str, Any]] = {
    "title": "Sort flaky tests in ten minutes",
    "when": "CI is red and nobody knows whether it is their change",
    "how": "1. Paste the failing names.\n2. Ask which failed on main.\n3. Rerun only those.",
    "tool": "Claude Code",
}
NOTES: Final[dict[str, Any]] = {
    "title": "First draft of release notes",
    "when": "A release is due on Friday",
    "how": "Give it the titles of the merged changes and last month's notes as a model.",
    "tool": "Cursor",
}
KEY: Final = "".join(("ghp", "_", "q7Zk2vB9", "xT4mW8rN", "c6Jd1sHy", "5PfL3gAe"))  # made up
MESSAGE: Final = (
    "Tell slow steps of the pipeline from stuck ones. It helps when a deploy waits and nobody knows for what.\n"
    "1. Ask Claude Code for the usual length of every step.\n```\nexport CI_TOKEN={}\n```\n2. Restart what hangs."
)


@pytest.fixture(scope="module")
def desk(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A bot whose library has curators, Sam and Mo, who read every entry first, and which knows a customer."""
    folder = tmp_path_factory.mktemp("policy")
    (folder / "customers.txt").write_text("Brightwater Foods\n")
    (folder / "policy.toml").write_text(
        '[people]\ncurators = ["U01SAM", "U01MO"]\n[use_cases]\npublish = "after_curator"\n'
        f'customer_names_file = "{folder / "customers.txt"}"\n'
    )
    with staged(LocalSlack(), new_database(), "socket", policy_file=folder / "policy.toml") as made:
        made.command = "/usecase"
        user_groups.run_after_directory(made.services)  # who the curators are
        yield made


@pytest.fixture(scope="module")
def model() -> Iterator[StandIn]:
    """A text model that answers what a test gives it."""
    with StandIn() as stand:
        yield stand


@pytest.fixture(scope="module")
def shelf(new_database: Callable[[], str], model: StandIn) -> Iterator[Stage]:
    """A bot that publishes after its own check, and has a text model."""
    chosen: dict[str, Any] = {
        "openai_base_url": f"{model.url}/v1",
        "openai_api_key": SecretStr("key"),
        "text_model": "drafty-1",
    }
    with staged(LocalSlack(), new_database(), "http", **chosen) as made:
        made.command = "/usecase"
        yield made


@pytest.fixture(autouse=True)
def _empty_shelf(request: pytest.FixtureRequest) -> None:
    for name in {"desk", "shelf", "stage"} & set(request.fixturenames):
        made = request.getfixturevalue(name)
        made.services.database.writing(_withdraw_all)


def _withdraw_all(session: Session) -> None:
    for entry in (*use_case_entries.entries_published(session), *use_case_entries.entries_in(session, "waiting")):
        use_case_entries.put(session, steps.withdrawn(entry, T0.date()))


def send(made: Stage, user: str, values: dict[str, Any], drawing: str = "") -> Shown:
    mark = made.slack.mark()
    typed = {name: {f"{name}{drawing}": value} for name, value in values.items()}
    return made.answer(user, mark, made.slack.submit(user, typed))


def share(made: Stage, user: str, values: dict[str, Any], **changes: Any) -> Shown:
    made.ask(user, "share")
    return send(made, user, {**values, **changes})


def published(made: Stage) -> list[Entry]:
    with made.services.database.reading() as session:
        return use_case_entries.entries_published(session)


def own(made: Stage, user: str) -> list[Entry]:
    viewer = made.viewer(user)
    with made.services.database.reading() as session:
        return use_case_entries.entries_by(session, viewer.person_id) if viewer else []


def from_message(made: Stage, user: str, text: str, writer: str = "") -> Shown:
    message = made.slack.say(writer or user, CHANNEL, text)
    mark = made.slack.mark()
    return made.answer(user, mark, made.slack.message_shortcut(user, "share_use_case", message))


def filled(made: Stage, user: str) -> dict[str, str]:
    """Return what stands in the form in front of somebody."""
    inputs = [block for block in made.slack.top_modal(user)["blocks"] if block["type"] == "input"]
    return {block["block_id"]: block["element"].get("initial_value", "") for block in inputs}


def sent_to(made: Stage, user: str, words: str) -> Shown:
    def found() -> list[Shown]:
        return [shown for shown in made.slack.shown_to(user) if shown.surface == "dm" and words in texts(shown)]

    deliver(made.services)
    assert until(lambda: bool(found())), words
    return found()[-1]


def test_five_inputs_and_it_is_in_the_library(stage: Stage) -> None:
    """Over both transports, for somebody who is not on."""
    stage.command = "/usecase"
    assert "Nothing here yet. The first three are the hardest" in texts(stage.ask(RUI))
    stage.ask(RUI, "share")
    view = stage.slack.top_modal(RUI)
    labels = [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]
    assert labels[:6] == [
        "What does it do?",
        "When would someone need it?",
        "How do you do it?",
        "With which tool?",
        "Link to something it helped with",
        "Anything to watch out for?",
    ]
    assert (view["title"]["text"], view["submit"]["text"]) == ("Share a use case", "Check and share")
    assert "Fill it in" not in json.dumps(view)

    answer = texts(send(stage, RUI, {**FLAKY, "shown_as": "team", "watch_out": "needs read access"}))
    [entry] = published(stage)
    assert "*Sort flaky tests in ten minutes* is in the library" in answer
    assert (entry.title, entry.tool, entry.shown_as, entry.tried, entry.model) == (
        FLAKY["title"],
        "Claude Code",
        "team",
        True,
        "",
    )
    assert "*Sort flaky tests in ten minutes*" in texts(stage.ask(RUI))


def test_a_key_in_a_message_is_named_by_its_line_and_nothing_is_stored(shelf: Stage) -> None:
    from_message(shelf, RUI, MESSAGE.format(KEY))
    before = filled(shelf, RUI)
    answer = send(shelf, RUI, {})

    assert before["title"] == "Tell slow steps of the pipeline from stuck ones"
    assert before["when"].startswith("It helps when a deploy waits")
    assert "Line 4 looks like an access key. Take it out and send again; nothing was stored." in answer.text
    assert KEY not in everything_stored(shelf.services.database)
    assert published(shelf) == []

    sent = send(shelf, RUI, {"how": before["how"].replace(KEY, "the token of the pipeline")})
    assert "is in the library" in texts(sent)
    [entry] = published(shelf)
    assert (entry.tool, "```" in entry.how) == ("Claude Code", True)


@pytest.mark.parametrize(
    ("writer", "text", "said"),
    [
        (RUI, "", "That message has no text"),
        (RUI, "\N{ZERO WIDTH SPACE} \N{RIGHT-TO-LEFT OVERRIDE}", "That message has no text"),
        (RUI, "Ask <!channel> and <@U01ANA> when \N{RIGHT-TO-LEFT OVERRIDE}DC is red", ""),
        (RUI, "\N{GRINNING FACE}" * 3000, ""),
        (RUI, "&" * 3000, ""),
        (ANA, "Rerun what failed when CI is red.", "A colleague wrote that message."),
    ],
)
def test_whatever_a_message_says_the_form_opens(shelf: Stage, writer: str, text: str, said: str) -> None:
    shown = from_message(shelf, RUI, text, writer)
    view, raw = shelf.slack.top_modal(RUI), json.dumps(shelf.slack.top_modal(RUI), ensure_ascii=False)

    assert view["callback_id"].startswith("usecase-share:")
    assert said in texts(shown)
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in raw
    assert "<!channel>" not in raw
    assert ("Fill it in with drafty-1" in texts(shown)) == (writer == RUI and not said)


def test_a_message_of_another_company_or_that_is_gone_is_no_trouble(shelf: Stage) -> None:
    slack = shelf.slack
    message = slack.say(ANA, CHANNEL, "Their method when CI is red.")
    for more, wanted in (({"user": "U0THEIRS", "user_team": "T0THEIRS"}, True), ({"team": "T0LOCAL"}, False)):
        message.body.update(more)
        mark = slack.mark()
        shown = shelf.answer(RUI, mark, slack.message_shortcut(RUI, "share_use_case", message))
        assert ("is of another company" in texts(shown)) == wanted
        assert (filled(shelf, RUI)["how"] == "") == wanted
        message.body.clear()
        message.body["text"] = "Their method when CI is red."
    mark = slack.mark()
    delivered = slack.message_shortcut(RUI, "share_use_case", message)
    with slack.world.lock:
        del slack.world.messages[CHANNEL][message.ts]
    shelf.answer(RUI, mark, delivered)
    assert filled(shelf, RUI)["how"] == "Their method when CI is red."


def test_guests_and_people_who_left_share_nothing(shelf: Stage) -> None:
    assert "employees only" in texts(shelf.ask(GUS, "share"))
    leaver = shelf.newcomer("Left Person")
    shelf.ask(leaver, "share")
    with shelf.slack.world.lock:
        shelf.slack.world.users[leaver] = replace(shelf.slack.world.users[leaver], deleted=True)
    shelf.services.slack._profiles.clear()  # as ten minutes later
    values = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in FLAKY.items()}
    view = shelf.slack.world.modals[leaver][-1]
    told = {key: view[key] for key in ("id", "private_metadata")}
    mark = shelf.slack.mark()
    shelf.slack.forge_form(leaver, view["callback_id"], values, **told)
    shelf.settle()
    assert published(shelf) == []
    assert "no longer active" in texts(shelf.slack.shown_to(leaver, mark)[-1])


def test_the_same_form_sent_twice_is_one_entry(shelf: Stage) -> None:
    shelf.ask(RUI, "share")
    view = shelf.slack.top_modal(RUI)
    callback_id, told = view["callback_id"], {key: view[key] for key in ("id", "private_metadata")}
    kept = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in FLAKY.items()}
    for _ in range(2):
        assert shelf.slack.forge_form(RUI, callback_id, kept, **told).acked
    shelf.settle()

    assert [entry.title for entry in published(shelf)] == [FLAKY["title"]]
    assert "is in the library" in texts(shelf.slack.shown_to(RUI)[-1])


def test_one_that_is_close_to_another_is_added_or_kept_apart_as_its_author_says(shelf: Stage) -> None:
    share(shelf, RUI, FLAKY)
    [first] = published(shelf)
    asked = share(shelf, ANA, FLAKY, title="Sort the flaky tests in ten minutes")
    assert "This looks close to *Sort flaky tests in ten minutes*" in texts(asked)
    assert published(shelf) == [first]
    [draft] = [entry for entry in own(shelf, ANA) if entry.state == "draft"]
    mark = shelf.slack.mark()
    forged = shelf.slack.forge_action(MO, "usecase-add-to:1", f"{draft.id}.{first.id}")
    assert "not one of yours" in texts(shelf.answer(MO, mark, forged))

    assert "is in the library" in texts(shelf.press(ANA, asked, "Add mine to it"))
    assert {entry.variant_of for entry in published(shelf)} == {None, first.id}
    apart = share(shelf, MO, FLAKY, title="Sort flaky tests within ten minutes")
    shelf.press(MO, apart, "Keep mine separate")
    assert [entry.variant_of for entry in published(shelf)].count(None) == 2


def test_a_draft_is_its_authors_alone_until_it_is_sent(shelf: Stage) -> None:
    shelf.ask(RUI, "share")
    callback_id = shelf.slack.top_modal(RUI)["callback_id"]
    shelf.slack.fill(RUI, {"title": {"title": "Half a thought"}, "how": {"how": f"token: {KEY}"}})
    shown = shelf.slack.shown_to(RUI)[-1]
    refused = shelf.press(RUI, shown, "Keep as draft")
    assert "Line 1 looks like an access key" in texts(refused)
    assert shelf.slack.top_modal(RUI)["state"]["values"]["title"]["title"]["value"] == "Half a thought"
    assert "Half a thought" not in [entry.title for entry in own(shelf, RUI)]

    shelf.slack.fill(RUI, {"how": {"how": "later"}})
    kept = shelf.press(RUI, shelf.slack.shown_to(RUI)[-1], "Keep as draft")
    assert "*Half a thought* is kept as a draft. Nobody else sees it." in texts(kept)
    [id_] = [entry.id for entry in own(shelf, RUI) if entry.title == "Half a thought"]
    assert callback_id == f"usecase-share:{id_}"
    assert "Draft: nobody else sees it." in texts(shelf.ask(RUI, "mine"))
    assert published(shelf) == []
    shelf.press(RUI, kept, "Go on with it")
    assert filled(shelf, RUI)["title"] == "Half a thought"
    assert "is in the library" in texts(send(shelf, RUI, {"when": "Sometimes"}))
    assert [entry.title for entry in published(shelf)] == ["Half a thought"]


def test_its_author_edits_and_takes_it_back_and_nobody_else_can(shelf: Stage) -> None:
    share(shelf, RUI, FLAKY, link="https://github.com/acme/api/pull/431")
    [entry] = published(shelf)
    for user, word in ((ANA, "take-back"), (ANA, "edit")):
        shelf.answer(user, shelf.slack.mark(), shelf.slack.forge_action(user, f"usecase-{word}", str(entry.id)))
    assert published(shelf) == [entry]

    listed = shelf.ask(RUI, "mine")
    assert "*Sort flaky tests in ten minutes*\nIn the library since 19 Nov." in texts(listed)
    shelf.press(RUI, listed, f"usecase-own-{entry.id}", option=f"edit {entry.id}")
    assert "Keep as draft" not in json.dumps(shelf.slack.top_modal(RUI))
    assert "is in the library as it is now" in texts(send(shelf, RUI, {"when": "CI is red again"}))
    assert [each.when for each in published(shelf)] == ["CI is red again"]

    asked = shelf.press(RUI, shelf.ask(RUI, "mine"), f"usecase-own-{entry.id}", option=f"withdraw {entry.id}")
    assert published(shelf) != []
    assert "You took it back. Deleted on 17 Dec." in texts(shelf.press(RUI, asked, "Take it back"))
    assert published(shelf) == []


def test_a_form_for_somebody_elses_entry_changes_nothing(shelf: Stage) -> None:
    share(shelf, RUI, FLAKY)
    [entry] = published(shelf)
    shelf.ask(ANA, "share")
    view = shelf.slack.top_modal(ANA)
    told = {key: view[key] for key in ("id", "private_metadata")}
    kept = {name: {name: {"type": "plain_text_input", "value": text}} for name, text in NOTES.items()}
    assert shelf.slack.forge_form(ANA, f"usecase-share:{entry.id}", kept, **told).acked
    shelf.settle()

    assert published(shelf) == [entry]


def test_a_link_counts_where_a_system_of_record_has_finished_it(shelf: Stage) -> None:
    items = [change(1, place="acme/api")]
    reference = items[0].reference
    shelf.services.database.writing(
        lambda session: finished.put_items(session, source_id(session, "github", "company"), items)
    )
    share(shelf, RUI, FLAKY, link=f"https://github.com/{reference.replace('#', '/pull/')}")
    share(shelf, RUI, NOTES, link="acme/api#9999")
    with shelf.services.database.reading() as session:
        links = links_of(session, [entry.id for entry in published(shelf)])

    assert list(links.values()) == [[reference]]


def test_a_customers_name_is_refused(desk: Stage) -> None:
    answer = share(desk, RUI, FLAKY, when="When Brightwater Foods call")

    assert "This looks like a customer's name" in answer.text
    assert own(desk, RUI) == [] or all(entry.state == "withdrawn" for entry in own(desk, RUI))


def test_a_curator_reads_first_and_of_two_at_once_one_decides(desk: Stage) -> None:
    answer = texts(share(desk, RUI, FLAKY))
    assert "*Sort flaky tests in ten minutes* went to <@U01SAM>, <@U01MO>, who read it first. I'll tell you." in answer
    assert published(desk) == []
    sam, mo = (sent_to(desk, user, "Paste the failing names") for user in (SAM, MO))
    slack, gate = desk.slack, threading.Barrier(2)

    def press(user: str, shown: Shown) -> None:
        gate.wait()
        assert slack.click(user, shown, "Publish").acked

    threads = [threading.Thread(target=press, args=each) for each in ((SAM, sam), (MO, mo))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.settle()
    said = [texts(slack.shown_to(user)[-1]) for user in (SAM, MO)]

    assert sorted("is decided already by" in each for each in said) == [False, True], said
    assert sum("Published: *Sort flaky tests in ten minutes*. Its author is told." in each for each in said) == 1
    [entry] = published(desk)
    with desk.services.database.reading() as session:
        assert len(use_case_curating.decisions_about(session, entry.id)) == 1
    sent_to(desk, RUI, "*Sort flaky tests in ten minutes* is in the library now")


def test_one_that_is_returned_comes_back_with_the_reason_and_is_read_again(desk: Stage) -> None:
    share(desk, RUI, NOTES)
    asked = sent_to(desk, SAM, "Give it the titles")
    desk.press(SAM, asked, "Return with a reason")
    assert "Say why" in send(desk, SAM, {"reason": "  "}).text
    assert "Returned: *First draft of release notes*" in texts(send(desk, SAM, {"reason": "Say for which product"}))
    heard = sent_to(desk, RUI, "came back from a curator: Say for which product")
    assert "Came back from a curator: Say for which product" in texts(desk.ask(RUI, "mine"))

    desk.press(RUI, heard, "Edit")
    assert "went to <@U01SAM>" in texts(send(desk, RUI, {"when": "A release of the app is due"}))
    again = sent_to(desk, SAM, "A release of the app is due")
    [id_] = [entry.id for entry in own(desk, RUI) if entry.state == "waiting"]
    desk.press(RUI, desk.ask(RUI, "mine"), f"usecase-own-{id_}", option=f"edit {id_}")
    send(desk, RUI, {"when": "Another day"})
    assert "Its author changed it meanwhile" in texts(desk.press(SAM, again, "Publish"))
    assert published(desk) == []
    desk.press(SAM, desk.slack.shown_to(SAM)[-1], "Publish")
    assert [entry.when for entry in published(desk)] == ["Another day"]


def test_what_was_reported_is_kept_or_archived_by_a_curator_alone(desk: Stage) -> None:
    share(desk, RUI, FLAKY)
    desk.press(SAM, sent_to(desk, SAM, "Paste the failing names"), "Publish")
    [entry] = published(desk)
    desk.services.database.writing(
        lambda session: use_case_curating.report(
            session, Report(new_id(), entry.id, None, "It names <!channel> *somebody*", T0.date())
        )
    )
    assert "I didn't get that." in texts(desk.ask(ANA, "curate"))
    for word in ("publish", "send-back", "archive", "keep", "read"):
        desk.answer(ANA, desk.slack.mark(), desk.slack.forge_action(ANA, f"usecase-{word}", f"{entry.id}.0"))
    assert published(desk) == [entry]

    listed = desk.ask(SAM, "curate")
    assert "*Sort flaky tests in ten minutes* was reported" in texts(listed)
    read = desk.press(SAM, listed, "Read it")
    assert "<!channel>" not in json.dumps(read.raw)
    desk.press(SAM, read, "Archive")
    assert "Archived: *Sort flaky" in texts(send(desk, SAM, {"reason": "Two people are named"}))
    assert published(desk) == []
    sent_to(desk, RUI, "is kept out of sight now. A curator says why: Two people are named")
    assert "Nothing waits for you." in texts(desk.ask(SAM, "curate"))


def test_a_text_model_drafts_on_its_authors_click_from_what_stands_in_the_form(shelf: Stage, model: StandIn) -> None:
    model.routes["POST", "/v1/chat/completions"] = lambda asked: answer_with(
        title="Tell slow pipeline steps from stuck ones",
        when="A deploy waits and nobody knows for what.",
        how="1. Ask for the usual length of every step.\n2. Restart what hangs.",
        link="https://evil.example/steps",
        watch_out="",
    )
    shown = from_message(shelf, RUI, MESSAGE.format("the token").replace("```\n", ""))
    shelf.slack.fill(RUI, {"watch_out": {"watch_out": "Needs read access"}})
    drafted = shelf.press(RUI, shown, "Fill it in with drafty-1")
    view = shelf.slack.top_modal(RUI)
    told = model.asked[-1].json["messages"][1]["content"]

    assert view_problems({key: view[key] for key in ("type", "title", "submit", "close", "blocks")}) == []
    assert "Needs read access" in told
    assert 'but for "Link to something it helped with"' in texts(drafted)
    assert filled(shelf, RUI) | {"shown_as": "", "tried": "", "tool": ""} == {
        "title": "Tell slow pipeline steps from stuck ones",
        "when": "A deploy waits and nobody knows for what.",
        "how": "1. Ask for the usual length of every step.\n2. Restart what hangs.",
        "link": "",
        "watch_out": "Needs read access",
        "tool": "",
        "shown_as": "",
        "tried": "",
    }
    assert published(shelf) == []
    assert "is in the library" in texts(send(shelf, RUI, {}))
    assert published(shelf)[0].how.startswith("1. Ask for the usual length")


def test_a_text_model_gets_no_secret_and_its_silence_costs_no_word(shelf: Stage, model: StandIn) -> None:
    shown = from_message(shelf, RUI, MESSAGE.format(KEY))
    before, asked = filled(shelf, RUI), len(model.asked)
    assert "Line 4 looks like an access key" in texts(shelf.press(RUI, shown, "Fill it in with drafty-1"))
    assert len(model.asked) == asked

    shelf.slack.fill(RUI, {"how": {"how": "Restart what hangs."}})
    model.routes["POST", "/v1/chat/completions"] = lambda _: Reply({"error": "down"}, 500)
    again = shelf.press(RUI, shelf.slack.shown_to(RUI)[-1], "Fill it in with drafty-1")
    assert "drafty-1 cannot be asked just now. Your words are as they were." in texts(again)
    assert filled(shelf, RUI) == {**before, "how": "Restart what hangs."}
    assert len(model.asked) == asked + 1


def answer_with(**fields: str) -> Reply:
    message = {"role": "assistant", "content": json.dumps(fields)}
    usage = {"prompt_tokens": 400, "completion_tokens": 200, "total_tokens": 600}
    return Reply({"id": "1", "choices": [{"index": 0, "message": message}], "usage": usage})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("help", "`/usecase mine` yours, and how far each has come"),
        ("gibberish", "I didn't get that. `/usecase` what is there"),
        ("<@U01ANA|ana>", "I don't list what somebody shared"),
        ("mine ana@larkfield.example", "I don't list what somebody shared"),
        ("publish 1", "I didn't get that."),
        ("withdraw", "You have nothing to take back."),
        ("edit", "You have shared nothing yet."),
    ],
)
def test_every_word_has_an_answer(shelf: Stage, words: str, said: str) -> None:
    assert said in texts(shelf.ask(SAM, words))
