"""Whose an account is: asked of the person named, answered once, undone with one click; help only when asked for."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.connectors.pull import ListedAccount
from bot.jobs.listing import take_listing
from bot.playground.faults import refused
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from tests.cast import TODAY
from tests.e2e.accounts import Copilot, give, linked, tell
from tests.e2e.conftest import WITH_FILES
from tests.e2e.figures import days_back
from tests.e2e.harness import Stage, Transport, only_over, staged, texts, until

transport = only_over("http")

SAM = "U01SAM"
ASK = "Ask Sam to link it"
UNKNOWN = "None of the connected tools knows"


@pytest.fixture(scope="module")
def copilot() -> Copilot:
    """The only source that is connected."""
    return Copilot()


@pytest.fixture(scope="module")
def stage(
    transport: Transport,
    copilot: Copilot,
    new_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """A bot with a source and a help contact, over each transport."""
    policy = tmp_path_factory.mktemp("policy") / "policy.toml"
    policy.write_text(f'[people]\nhelp = ["{SAM}"]\n')
    with staged(
        LocalSlack(scopes=WITH_FILES), new_database(), transport, sources=[copilot], policy_file=policy
    ) as made:
        yield made


def value_of(shown: Shown, label: str) -> str:
    """Return what a button would send."""
    for block in shown.blocks:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if element.get("text", {}) and isinstance(element.get("text"), dict) and element["text"]["text"] == label:
                return str(element["value"])
    raise AssertionError(texts(shown))


def test_the_question_is_in_the_first_answer_and_in_every_one_until_it_is_answered(stage: Stage) -> None:
    user = stage.newcomer()
    give(stage, user, f"dev-{user}")
    question = f"So that your finished work counts: *is `dev-{user}` on GitHub you?*"
    on = stage.press(user, stage.ask(user), "Switch it on")
    asked = stage.ask(user)
    yes = stage.press(user, asked, "Yes")

    assert question in texts(on)
    assert question in texts(asked)
    assert f"*`dev-{user}` at GitHub is yours*" in texts(yes)
    assert question not in texts(stage.ask(user))
    assert [(link.name, link.how, link.by) for link in linked(stage, user)] == [
        (f"dev-{user}", "your company's file", "you")
    ]


def test_an_account_of_use_is_asked_for_in_its_own_words(stage: Stage) -> None:
    user = stage.newcomer()
    give(stage, user, f"key-{user}", "anthropic")
    on = stage.press(user, stage.ask(user), "Switch it on")

    assert f"So that it is counted for you: *is `key-{user}` at Anthropic yours?*" in texts(on)


def test_after_a_no_nothing_is_linked_nobody_is_told_and_it_is_not_asked_again(stage: Stage) -> None:
    user = stage.newcomer()
    give(stage, user, f"dev-{user}")
    on = stage.press(user, stage.ask(user), "Switch it on")
    before = stage.slack.mark()
    no = stage.press(user, on, "No")
    give(stage, user, f"dev-{user}")

    assert "is not yours" in texts(no)
    assert "on GitHub you?" not in texts(stage.ask(user))
    assert linked(stage, user) == []
    assert {who for shown in stage.slack.everything_sent() if shown.number > before for who in shown.user_ids} == {user}


def test_figures_of_an_account_come_after_a_yes(stage: Stage, copilot: Copilot) -> None:
    user = stage.newcomer()
    give(stage, user, f"dev-{user}")
    copilot.used.add(f"dev-{user}")
    on = stage.press(user, stage.ask(user), "Switch it on")
    none_yet = texts(stage.ask(user))
    stage.press(user, on, "Yes")

    assert "$4.56" not in none_yet
    # the file is of today and counts from its day: yesterday stays out
    assert [link.from_day for link in linked(stage, user)] == [TODAY]


def test_a_stolen_or_forged_answer_does_nothing(stage: Stage) -> None:
    ana, mo = stage.newcomer(), stage.someone_on()
    for user in (ana, mo):
        give(stage, user, f"dev-{user}")
    on = stage.press(ana, stage.ask(ana), "Switch it on")
    for value in (value_of(on, "Yes"), f"yes dev-{ana}", f"yes github dev-{ana}", "yes ", "yes", "maybe x", ""):
        mark = stage.slack.mark()
        said = stage.answer(mo, mark, stage.slack.forge_action(mo, "mytokens-whose", value))
        assert "Nothing was changed." in texts(said)

    assert linked(stage, mo) == []
    for user in (ana, mo):
        assert f"`dev-{user}` on GitHub you?" in texts(stage.ask(user))


def test_an_answer_that_comes_twice_is_kept_once(stage: Stage) -> None:
    user = stage.newcomer()
    give(stage, user, f"dev-{user}")
    on = stage.press(user, stage.ask(user), "Switch it on")
    delivery = stage.slack.click(user, on, "Yes")
    stage.settle()
    stage.slack.repeat(delivery)
    stage.settle()

    assert len(linked(stage, user)) == 1


def test_the_first_choices_keep_the_question_beside_them(stage: Stage) -> None:
    user = stage.newcomer()
    give(stage, user, f"dev-{user}")
    on = stage.press(user, stage.ask(user), "Switch it on")

    assert "on GitHub you?" in texts(stage.press(user, on, "Count me in"))


def test_the_question_can_be_answered_in_home(stage: Stage) -> None:
    user = stage.newcomer()
    give(stage, user, f"dev-{user}")
    stage.press(user, stage.ask(user), "Switch it on")
    stage.slack.open_home(user)
    stage.settle()
    home = next(shown for shown in reversed(stage.slack.shown_to(user)) if shown.surface == "home")
    stage.slack.click(user, home, "Yes")
    stage.settle()

    assert len(linked(stage, user)) == 1
    latest = next(shown for shown in reversed(stage.slack.shown_to(user)) if shown.surface == "home")
    assert "on GitHub you?" not in texts(latest)


def test_whom_no_tool_knows_can_ask_and_the_helper_reads_a_name_and_the_tools_once(stage: Stage) -> None:
    user = stage.newcomer()
    tell(stage, SAM)
    on = stage.press(user, stage.ask(user), "Switch it on")
    before = stage.slack.mark()
    answer = stage.ask(user)
    pressed = [stage.press(user, shown, ASK) for shown in (on, answer)]
    told = stage.slack.shown_to(SAM, before)

    assert f"*{UNKNOWN} {stage.slack.world.users[user].email}.* Connected: GitHub Copilot." in texts(on)
    assert UNKNOWN in texts(answer)
    assert "Sam will see your name" in json.dumps(answer.blocks)
    assert all("*Sam has your question.*" in texts(each) for each in pressed)
    assert len(told) == 1
    assert told[0].surface == "dm"
    assert texts(told[0]).splitlines() == [
        "Somebody asks you to link an account.",
        f"<@{user}> asks you to link an account of theirs. Connected: GitHub Copilot.",
    ]
    assert "was asked on" in texts(stage.ask(user))


def test_a_question_that_slack_did_not_take_can_be_asked_again(stage: Stage) -> None:
    user = stage.someone_on()
    answer = stage.ask(user)
    before = stage.slack.mark()
    stage.slack.faults.next("chat.postMessage", refused("internal_error"))
    failed = stage.press(user, answer, "mytokens-ask-to-link")
    stage.press(user, stage.ask(user), "mytokens-ask-to-link")

    assert "Slack didn't answer me" in texts(failed)
    assert len(stage.slack.shown_to(SAM, before)) == 1


def test_whoever_is_known_or_off_asks_nobody(stage: Stage, copilot: Copilot) -> None:
    known, off = stage.someone_on(), stage.newcomer()
    copilot.listed = [ListedAccount(f"dev-{known}", stage.slack.world.users[known].email)]
    take_listing(stage.services, copilot)
    before = stage.slack.mark()
    for user in (known, off):
        stage.slack.forge_action(user, "mytokens-ask-to-link", "-")
    stage.settle()

    assert UNKNOWN not in texts(stage.ask(known))
    assert stage.slack.shown_to(SAM, before) == []


def test_without_a_help_contact_there_is_no_button(new_database: Callable[[], str]) -> None:
    with staged(LocalSlack(), new_database(), "http", sources=[Copilot()]) as stage:
        user = stage.someone_on()
        answer = stage.ask(user)

        assert UNKNOWN in texts(answer)
        assert "to link it" not in texts(answer)


def test_an_account_is_taken_off_with_one_click_and_taken_back_in_the_same_place(
    stage: Stage, copilot: Copilot
) -> None:
    user = stage.someone_on()
    name = f"dev-{user}"
    copilot.listed, copilot.used = [ListedAccount(name, stage.slack.world.users[user].email)], {name}
    take_listing(stage.services, copilot)
    stage.services.backfill()
    assert until(lambda: "$4.56" in texts(stage.ask(user)))
    privacy = stage.ask(user, "privacy")
    off = stage.press(user, privacy, "Not mine")
    take_listing(stage.services, copilot)
    without = texts(stage.ask(user)), linked(stage, user)
    back = stage.press(user, off, "It is mine")

    assert f"`{name}` at GitHub, from Thu 6 Aug (listed for your mail address, by GitHub)" in texts(privacy)
    assert f"not yours: `{name}` at GitHub, as you said on" in texts(off)
    assert "$4.56" not in without[0]
    assert without[1] == []
    assert "Not mine" in texts(back)
    assert "$4.56" in texts(stage.ask(user))


def test_ones_own_uploads_and_somebody_elses_account_cannot_be_taken_off(stage: Stage, copilot: Copilot) -> None:
    ana, mo = stage.someone_on(), stage.someone_on()
    copilot.listed = [ListedAccount(f"dev-{user}", stage.slack.world.users[user].email) for user in (ana, mo)]
    take_listing(stage.services, copilot)
    value = value_of(stage.ask(ana, "privacy"), "Not mine")
    for word in ("not-mine", "take-back"):
        for forged in (value, "", f"T0LOCAL/{mo}", "own"):
            stage.slack.forge_action(mo, f"mytokens-{word}", forged)
    stage.settle()

    assert len(linked(stage, ana)) == len(linked(stage, mo)) == 1
    stage.send_ccusage(stage.token_of(mo), days_back(1, 28))
    assert "*$37.80 at list price*" in texts(stage.ask(mo))


def test_a_policy_file_is_what_names_the_help(tmp_path: Path, new_database: Callable[[], str]) -> None:
    """Nobody is their own help."""
    policy = tmp_path / "policy.toml"
    policy.write_text('[people]\nhelp = ["U01ANA"]\n')
    with staged(LocalSlack(), new_database(), "http", sources=[Copilot()], policy_file=policy) as stage:
        answer = stage.press("U01ANA", stage.ask("U01ANA"), "Switch it on")

        assert UNKNOWN in texts(answer)
        assert "to link it" not in texts(answer)
