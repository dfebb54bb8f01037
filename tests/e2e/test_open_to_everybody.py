"""What Ines can open, who has switched nothing on and never will: all of it, and in windows that open at once."""

import pytest

from tests.e2e.harness import Stage, texts

BUTTONS = {
    "Show me exactly": "A made-up example",
    "The one-page rules": "What the bot cannot prevent",
    "Every field that is kept": "a random number",
    "Who saw what": "nobody but you",
}


@pytest.mark.parametrize("is_on", [False, True])
def test_everybody_can_open_every_page_of_privacy(stage: Stage, is_on: bool) -> None:
    user = stage.someone_on() if is_on else stage.newcomer()
    page = stage.ask(user, "privacy")
    mark = stage.services.policy.mark

    assert f"Policy *{mark}*, in force since 19 Nov 2026, never loosened since the first." in texts(page)
    assert "cost only where 12 or more are counted" in texts(page)
    for label, expected in BUTTONS.items():
        assert expected in texts(stage.press(user, stage.ask(user, "privacy"), label)), label
    assert "Rules in force: policy" in texts(stage.ask(user, "rules"))


@pytest.mark.parametrize("is_on", [False, True])
def test_everybody_can_open_every_entry_and_what_the_lead_sees_from_who(stage: Stage, is_on: bool) -> None:
    user = stage.someone_on() if is_on else stage.newcomer()
    entries = stage.press(user, stage.ask(user, "who"), "Every entry")
    lead = stage.press(user, stage.ask(user, "who"), "Show what my lead sees")

    assert (entries.surface, lead.surface) == ("modal", "modal")
    assert f"rules came into force · policy {stage.services.policy.mark}" in texts(entries)
    assert "*About you alone:* nothing." in texts(lead)


def test_an_own_file_is_in_the_log_of_its_owner_alone(stage: Stage) -> None:
    user, other = stage.someone_on(), stage.someone_on()
    stage.ask(user, "export")
    theirs, others = (texts(stage.press(each, stage.ask(each, "who"), "Every entry")) for each in (user, other))

    assert "a file of your own data was made for you" in theirs
    assert "a file of your own data" not in others


def test_the_question_about_being_counted_says_what_the_rules_say(stage: Stage) -> None:
    user = stage.newcomer()
    question = stage.press(user, stage.ask(user), "Switch it on")
    stage.press(user, question, "Count me in")

    assert "Only where 12 or more are counted, as a range, once in four weeks." in texts(question)
    assert "for later" not in texts(question)
    assert "Count me in" in texts(stage.ask(user, "privacy"))
