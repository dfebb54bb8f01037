"""Who is answered: people of the company. Everybody else is declined kindly, and nothing is kept of them."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import select

from bot.playground import payloads
from bot.playground.delivery import Delivery
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from storage import tokens
from storage.tables import SlackUser, UsageDay
from tests.e2e.figures import days_back
from tests.e2e.harness import T0, Stage, staged, texts
from tests.loopback import NO_CERTIFICATES

BUTTONS = ("on", "show", "token", "export", "erase", "counted", "tokens")
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "guest": ({"is_restricted": True}, "This works for employees only. Sorry!"),
    "guest of one channel": ({"is_ultra_restricted": True}, "This works for employees only. Sorry!"),
    "bot": ({"is_bot": True}, "This answers people, not bots."),
    "closed account": ({"deleted": True}, "This account is no longer active"),
    "stranger": ({"is_stranger": True, "team_id": "T0ELSEWHERE"}, "This works for people of the company"),
    "stranger unmarked": ({"team_id": "T0ELSEWHERE"}, "This works for people of the company"),
}


def _rows(stage: Stage) -> tuple[int, int]:
    with stage.services.database.reading() as session:
        return len(session.exec(select(SlackUser)).all()), len(session.exec(select(UsageDay.account_id)).all())


def _seen(stage: Stage, user: str, after: int) -> list[Shown]:
    return [shown for shown in stage.slack.everything_sent() if shown.number > after and user in shown.user_ids]


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_not_of_the_company_is_declined_and_nothing_is_kept(stage: Stage, kind: str) -> None:
    more, said = KINDS[kind]
    user = stage.newcomer(**more)
    rows, before = _rows(stage), stage.slack.mark()
    for words in ("", "why", "privacy", "help", "budget $5"):
        stage.slack.command(user, "/mytokens", words, channel="C01GENERAL", force=True)
    stage.settle()
    answers = _seen(stage, user, before)

    assert len(answers) == 5
    assert all(said in texts(answer) for answer in answers)
    assert _rows(stage) == rows


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"bot", "closed account"}])
def test_no_button_gets_them_in(stage: Stage, kind: str) -> None:
    more, _ = KINDS[kind]
    user = stage.newcomer(**more)
    rows = _rows(stage)
    for word in BUTTONS:
        stage.slack.forge_action(user, f"mytokens-{word}", "yes")
    stage.settle()

    assert _rows(stage) == rows
    assert stage.viewer(user) is None


@pytest.mark.parametrize("identity", ["email", "slack_user_id"])
def test_what_a_platform_pushes_about_a_guest_is_not_kept_about_them(stage: Stage, identity: str) -> None:
    user = stage.newcomer(is_restricted=True)
    stage.ask(user)
    token = stage.services.database.writing(lambda session: tokens.create_token(session, f"p-{user}", None, T0))
    rows = _rows(stage)
    name = {"email": stage.slack.world.users[user].email, "slack_user_id": user}[identity]
    answer = httpx2.post(
        f"{stage.services.web_url}/v1/usage",
        content=json.dumps([_event(user, {identity: name})]),
        verify=NO_CERTIFICATES,
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.json() == {"read": 1, "repeated": 0, "conflicts": []}
    assert _rows(stage) == rows


def _event(event_id: str, person: dict[str, str]) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "occurred_at": "2026-11-18T02:10:00Z",
        "person": person,
        "tool": "meshclaw",
        "model": "claude-sonnet-4-5",
        "provider": "anthropic",
        "tokens": {"input": 1, "cache_read": 1, "cache_write": 1, "output": 1},
    }


def _command_of(stage: Stage, user: str, **changes: Any) -> Delivery:
    """Bring a command whose payload differs in some keys from what this workspace would send."""
    world = stage.slack.world
    place = world.channels["C01GENERAL"]
    url = world.new_response_url(user, place.id, of_command=True)
    payload = payloads.command(world, world.users[user], place, ("/mytokens", ""), stage.slack.url_of(url))
    return stage.slack.courier.send(Delivery("slash_commands", user, {**payload, **changes}))


def _press_of(stage: Stage, presser: str, **changes: Any) -> Delivery:
    """Bring a pressed button whose payload differs in some keys from what this workspace would send."""
    world = stage.slack.world
    url = world.new_response_url(presser, "C01GENERAL", of_command=False)
    action = {"type": "button", "block_id": "b", "action_id": "mytokens-show:4w", "value": "4w"}
    payload = {
        **payloads.interaction(world, world.users[presser], "block_actions"),
        "actions": [action],
        "response_url": stage.slack.url_of(url),
    }
    return stage.slack.courier.send(Delivery("interactive", presser, {**payload, **changes}))


def test_another_organisations_person_with_the_same_id_is_a_stranger(stage: Stage) -> None:
    user = stage.someone_on()
    stage.send_ccusage(stage.token_of(user), days_back(1, 28))
    before = stage.slack.mark()
    delivery = _command_of(stage, user, team_id="T0ELSEWHERE", enterprise_id="E0ELSEWHERE")
    pressed = _press_of(stage, user, team={"id": "T0ELSEWHERE"}, user={"id": user, "team_id": "T0ELSEWHERE"})
    stage.settle()

    assert "This works for people of the company" in json.dumps(delivery.ack_body)
    assert pressed.acked
    assert "37.80" not in "".join(texts(shown) for shown in stage.slack.shown_to(user, before))


def test_a_person_cannot_be_named_by_what_was_typed_pressed_or_hidden_in_metadata(stage: Stage) -> None:
    ana, mo = stage.someone_on(), stage.someone_on()
    stage.send_ccusage(stage.token_of(ana), days_back(1, 28))
    before = stage.slack.mark()
    viewer = stage.viewer(ana)
    assert viewer is not None
    for value in (ana, f"<@{ana}>", str(viewer.person_id), f"4w {ana}"):
        stage.slack.forge_action(mo, "mytokens-show", value, message={"user": ana, "metadata": {"user_id": ana}})
        stage.slack.forge_action(mo, f"mytokens-show:{ana}", "4w", view={"id": "V1", "private_metadata": ana})
    stage.settle()
    shown = stage.slack.shown_to(mo, before)

    assert len(shown) == 8
    assert "37.80" not in "".join(texts(one) for one in shown)
    assert not stage.slack.shown_to(ana, before)


def test_a_guest_is_answered_where_the_policy_says_so(new_database: Callable[[], str], tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[guests]\nallowed = true\n")
    with staged(LocalSlack(), new_database(), "http", policy_file=policy) as stage:
        guest = stage.someone_on(is_restricted=True)
        stage.send_ccusage(stage.token_of(guest), days_back(1, 28))
        stranger = stage.newcomer(is_restricted=True, is_stranger=True, team_id="T0ELSEWHERE")
        stage.slack.command(stranger, "/mytokens", "", channel="C01GENERAL", force=True)
        stage.settle()

        assert "*$37.80 at list price*" in texts(stage.ask(guest))
        assert stage.viewer(stranger) is None


def test_contacts_of_the_policy_are_mentioned_where_somebody_needs_them(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text('[people]\nhelp = ["U01SAM"]\n')
    with staged(LocalSlack(), new_database(), "http", policy_file=policy) as stage:
        guest = stage.newcomer(is_restricted=True)

        assert "Questions: <@U01SAM>" in texts(stage.ask(guest))
        assert "Questions: <@U01SAM>" in texts(stage.ask("U01ANA", "help"))


ODD_NAMES = {
    "a mention of everybody": "<!channel> <!here>",
    "markup": "*bold* _it_ ~no~ `code` <https://evil.example|click>",
    "a link by itself": "https://evil.example/now",
    "letters from right to left": "\u202egnp.exe \u2066abc\u2069 \u200fmo",
    "ten thousand letters": "n" * 10_000,
    "what nobody sees": "\u200b\u2060\ufeff a",
    "a new line": "one\n> two\n# three",
    "an entity": "&lt;!channel&gt; &amp;",
    "an emoji code": ":tada: :lock:",
}


@pytest.mark.parametrize("kind", ODD_NAMES)
def test_an_odd_name_is_harmless(stage: Stage, kind: str) -> None:
    """Every word that shows the name, before and after switching on, also in the file of one's data."""
    user = stage.newcomer(ODD_NAMES[kind])
    stage.press(user, stage.ask(user), "Switch it on")
    off = stage.newcomer(ODD_NAMES[kind])
    answers = [stage.ask(off), *(stage.ask(user, words) for words in ("", "privacy", "who", "export"))]
    for answer in answers:
        said = json.dumps(answer.raw["blocks"], ensure_ascii=False)
        assert "<!" not in said
        assert "<http" not in said
        assert len(said) < 5_000
        assert not [char for char in said if unicodedata.category(char) == "Cf"]
        assert "&amp;lt;" in said or "&lt;!" not in said or "entity" not in kind
    assert stage.slack.calls[-1].response["ok"]


def test_an_odd_name_of_a_machine_is_harmless(stage: Stage) -> None:
    user = stage.someone_on()
    token = stage.token_of(user)
    for machine in ("%3C!channel%3E", "*b*_i_~s~%60c%60", "%3Chttps://evil.example%7Cclick%3E"):
        assert stage.send_ccusage(token, days_back(1, 2), machine).status_code == 200
    for words in ("", "sources"):
        said = json.dumps(stage.ask(user, words).raw["blocks"], ensure_ascii=False)
        assert "<!" not in said
        assert "<http" not in said
        assert "*b*" not in said
    for machine in ("", "%20", "a%0Ab", "%E2%80%AEx", "m" * 101):
        assert stage.send_ccusage(token, days_back(1, 2), machine).status_code == 400
