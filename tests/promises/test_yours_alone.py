"""Yours alone: no path through the bot shows one person's numbers to another.

Every route, word, HTTP path and verb that is registered is walked as somebody else, with every name of
the victim that exists. A new one is covered unasked: an unknown verb or path is walked like the others.
"""

import argparse
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from sqlmodel import Session
from starlette.routing import Route as HttpRoute

from bot import cli
from bot.arguments import parser
from bot.domain.people import SlackId, Viewer
from bot.domain.usage import UsageRow
from bot.playground.local_slack import LocalSlack
from bot.playground.shown import Shown
from bot.services import Services
from bot.web.app import web_app
from handlers.mytokens import WORDS
from handlers.register import ROUTES
from storage import people, tokens, usage
from storage.choices import choose
from storage.ids import source_id
from tests.e2e.harness import T0, Transport, bot_on
from tests.promises.answers import day_before

ANA, MO, RUI = "U01ANA", "U01MO", "U01RUI"
ORG = "T0LOCAL"


@dataclass
class Stage:
    """Ana and Mo have switched on, each with figures that nobody else has; Rui has not."""

    slack: LocalSlack
    services: Services
    database_url: str
    viewers: dict[str, Viewer] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def canaries(self, user: str) -> list[str]:
        """Return what must not reach anybody but *user*: names and amounts of theirs alone."""
        number = {ANA: 7, MO: 3}[user]
        return [f"canary-{user.lower()}", f"{number}{number}{number},{number}", f"${number}{number}.{number}"]

    def names_of(self, user: str) -> list[str]:
        """Return everything that could be taken for a key to *user*'s figures."""
        viewer = self.viewers[user]
        email = self.slack.world.users[user].email
        return [user, f"<@{user}>", email, str(viewer.person_id), f"{ORG}/{user}", viewer.name]


@pytest.fixture(params=["http", "socket"])
def stage(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Stage]:
    """The real bot over one transport, with two people's canaries in it."""
    transport: Transport = request.param
    slack = LocalSlack()
    with slack.running(), bot_on(slack, sqlite_url, transport) as services:
        made = Stage(slack, services, sqlite_url)
        for user in (ANA, MO):
            _plant(made, user)
        yield made


def _plant(stage: Stage, user: str) -> None:
    services, number = stage.services, {ANA: 7, MO: 3}[user]
    profile = services.slack.profile(user)

    def fill(session: Session) -> Viewer:
        viewer = people.switch_on(session, profile, services.marks, T0, 105)
        account = people.own_account(session, profile.slack_id)
        source = source_id(session, "ccusage", f"canary-{user.lower()}-machine", owner=account)
        rows = [_canary_row(user, number, back, source) for back in range(1, 60)]
        usage.replace_days(session, account, source, {row.day for row in rows}, rows, T0)
        choose(session, viewer.person_id, "budget_nano_usd", str(number * 11 * 10**9 + number * 11 * 10**7), T0)
        stage.tokens[user] = tokens.create_token(session, f"canary-{user.lower()}-token", viewer.person_id, T0)
        stage.tokens.setdefault("operator", tokens.create_token(session, "operators-platform", None, T0))
        return viewer

    stage.viewers[user] = services.database.writing(fill)


def _canary_row(user: str, number: int, back: int, source: int) -> UsageRow:
    return UsageRow(
        day=day_before(back),
        source="ccusage",
        source_id=source,
        tool=f"canary-{user.lower()}-tool",
        model=f"canary-{user.lower()}-model",
        run_kind="schedule",
        work=f"canary-{user.lower()}-work",
        output_tokens=number * 1_111_111,
        billed_nano_usd=number * 11_110_000_000,
    )


def _leaks(stage: Stage, shown: list[Shown]) -> list[str]:
    """Return every canary in what was shown to anybody who is not its owner."""
    found = []
    for victim in (ANA, MO):
        for one in shown:
            if set(one.user_ids) == {victim} and not one.public:
                continue
            text = json.dumps(one.raw, ensure_ascii=False)
            found += [
                f"{canary} to {one.user_ids} on {one.surface}" for canary in stage.canaries(victim) if canary in text
            ]
    return found


def _settled(stage: Stage) -> None:
    """Wait until every answer in the pool has left."""
    done = [stage.services.pool.idle(seconds=10)]
    assert done == [True]


def test_people_do_see_their_own_canary(stage: Stage) -> None:
    """Without this the others could pass on an empty database."""
    stage.slack.command(ANA, "/mytokens", "")
    _settled(stage)
    text = json.dumps([one.raw for one in stage.slack.shown_to(ANA)], ensure_ascii=False)

    assert "canary-u01ana-work" in text
    assert "77.77" in text


def test_no_command_shows_somebody_elses(stage: Stage) -> None:
    commands = [f"/{route.name}" for route in ROUTES if route.kind == "command"]
    assert commands
    for command in commands:
        for word in ["", *WORDS, "leaderboard", "of", "show"]:
            for name in ["", *stage.names_of(ANA)]:
                for asker in (MO, RUI):
                    stage.slack.command(asker, command, f"{word} {name}".strip(), channel="C01GENERAL")
        _settled(stage)

    assert not _leaks(stage, stage.slack.everything_sent())


def test_no_button_shows_somebody_elses(stage: Stage) -> None:
    ana = stage.viewers[ANA]
    for word in WORDS:
        for value in ["-", "4w", *stage.names_of(ANA)]:
            for asker in (MO, RUI):
                stage.slack.forge_action(asker, f"mytokens-{word}", value)
                stage.slack.forge_action(
                    asker,
                    f"mytokens-{word}:{value}",
                    value,
                    view={"id": "V0FORGED", "private_metadata": json.dumps({"person_id": ana.person_id, "user": ANA})},
                    message={"metadata": {"event_payload": {"person_id": ana.person_id}}, "user": ANA},
                )
        _settled(stage)

    assert not _leaks(stage, stage.slack.everything_sent())


def test_no_shortcut_or_event_shows_somebody_elses(stage: Stage) -> None:
    shortcuts = [route.name for route in ROUTES if route.kind == "shortcut"]
    events = [route.name for route in ROUTES if route.kind == "event"]
    assert shortcuts
    assert events
    for asker in (MO, RUI, ANA):
        for shortcut in shortcuts:
            stage.slack.shortcut(asker, shortcut)
        stage.slack.open_home(asker)
    for event in events:
        for name in stage.names_of(ANA):
            stage.slack.event(event, user=MO, tab="home", channel="D0", view={"hash": name, "private_metadata": name})
    _settled(stage)

    assert not _leaks(stage, stage.slack.everything_sent())


def test_no_button_in_home_or_a_window_shows_somebody_elses(stage: Stage) -> None:
    """Mo sends what Ana's Home tab and windows would send, with her window's id."""
    stage.slack.open_home(ANA)
    stage.slack.shortcut(ANA, "show_my_usage")
    _settled(stage)
    window = stage.slack.top_modal(ANA)["id"]
    for word in WORDS:
        if word == "erase":
            continue
        stage.slack.forge_action(MO, f"mytokens-{word}", "4w", view={"id": "V0HOME", "type": "home"}, response_url="")
        for bound in ("", stage.slack.top_modal(ANA)["private_metadata"]):
            view = {"id": window, "type": "modal", "private_metadata": bound}
            stage.slack.forge_action(MO, f"mytokens-{word}", "4w", view=view, response_url="")
    _settled(stage)

    assert not _leaks(stage, stage.slack.everything_sent())


def test_every_route_is_of_a_kind_that_is_walked() -> None:
    assert {route.kind for route in ROUTES} <= {"command", "action", "shortcut", "event"}


def test_a_replayed_request_answers_its_own_sender_only(stage: Stage) -> None:
    first = stage.slack.command(ANA, "/mytokens", "", channel="C01GENERAL")
    _settled(stage)
    for _ in range(3):
        stage.slack.repeat(first)
    _settled(stage)

    assert not _leaks(stage, stage.slack.everything_sent())
    assert not stage.slack.shown_to(MO)


def test_a_stolen_answer_button_answers_the_thief_with_the_thiefs(stage: Stage) -> None:
    """Mo presses, byte for byte, what Ana's answer offered her."""
    stage.slack.command(ANA, "/mytokens", "", channel="C01GENERAL")
    _settled(stage)
    answer = stage.slack.shown_to(ANA)[-1]
    for block in answer.blocks:
        for element in block.get("elements", []):
            if isinstance(element, dict) and element.get("action_id"):
                stage.slack.forge_action(MO, element["action_id"], element.get("value", "-"))
    _settled(stage)

    assert not _leaks(stage, stage.slack.everything_sent())


def test_no_http_path_shows_anybodys(stage: Stage) -> None:
    routes = [route for route in web_app(stage.services).routes if isinstance(route, HttpRoute)]
    assert routes
    bodies = [b"", b"{}", *(_event(name).encode() for name in stage.names_of(ANA))]
    said = []
    with httpx2.Client(base_url=stage.services.web_url, timeout=10) as http:
        for route in routes:
            for token in ("none", "wrong", stage.tokens[MO], stage.tokens["operator"]):
                for body in bodies:
                    for method in sorted(route.methods or ()):
                        answer = http.request(
                            method,
                            route.path,
                            params={"name": "x", "person": "ana@larkfield.example"},
                            content=body,
                            headers={"Authorization": f"Bearer {token}"},
                        )
                        said.append(f"{answer.headers}{answer.text}")

    everything = "\n".join(said)
    for user in (ANA, MO):
        for canary in stage.canaries(user):
            assert canary not in everything


def _event(name: str) -> str:
    return json.dumps(
        {
            "event_id": f"probe-{name}",
            "occurred_at": "2026-11-18T02:10:00Z",
            "person": {"email": name},
            "tool": "probe",
            "model": "claude-sonnet-4-5",
            "provider": "anthropic",
            "tokens": {"input": 1, "cache_read": 1, "cache_write": 1, "output": 1},
        }
    )


def test_no_verb_prints_anybodys(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    slack = stage.slack
    for name, value in {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": stage.database_url,
        "WORTHWHILE_SECRET": "for tests",
    }.items():
        monkeypatch.setenv(name, value)
    event = tmp_path / "push.ndjson"
    event.write_text(_event("ana@larkfield.example") + "\n")
    walked = 0
    for words in _verbs(parser()):
        if words[0] in {"run", "demo"}:
            continue  # these serve Slack, which is walked above
        for victim in ("ana@larkfield.example", "nobody@larkfield.example"):
            with suppress(SystemExit):  # a verb that is not named below may want more words
                cli.main([*words, *_required(words, event, victim)])
            walked += 1
    _settled(stage)
    printed = capfd.readouterr()

    assert walked >= 18
    assert not _leaks(stage, stage.slack.everything_sent())
    for user in (ANA, MO):
        for canary in stage.canaries(user):
            assert canary not in printed.out
            assert canary not in printed.err


def _verbs(parser: argparse.ArgumentParser) -> Iterator[list[str]]:
    """Walk every verb of the command line, however deep."""
    subs = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not subs:
        yield []
    for sub in subs:
        for name, inner in sub.choices.items():
            for rest in _verbs(inner):
                yield [name, *rest]


def _required(words: list[str], event: Path, victim: str) -> list[str]:
    """Return the arguments that a verb needs; one that is not named here is run with none."""
    return {
        "import": ["--format", "push", str(event)],
        "job": ["retention"],
        "token create": ["--name", f"probe-{victim}", "--person", victim],
        "token revoke": ["nothing"],
        "announce": ["C01PAYMENTS"],
        "person export": [victim],
        "person forget": ["rui@larkfield.example"],
    }.get(" ".join(words), [])


def test_the_same_is_said_of_people_who_are_on_off_or_unknown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An operator cannot learn from any verb who has switched on."""
    for name, value in {
        "SLACK_BOT_TOKEN": stage.slack.bot_token,
        "SLACK_SIGNING_SECRET": stage.slack.signing_secret,
        "SLACK_API_URL": stage.slack.api_url,
        "DATABASE_URL": stage.database_url,
        "WORTHWHILE_SECRET": "for tests",
    }.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "cc.json"
    file.write_text(
        '{"daily":[{"date":"2026-11-17","inputTokens":1,"outputTokens":2,"cacheCreationTokens":0,"cacheReadTokens":0,'
        '"totalTokens":3,"totalCost":0.01,"modelsUsed":["claude-x"],"modelBreakdowns":[{"modelName":"claude-x",'
        '"inputTokens":1,"outputTokens":2,"cacheCreationTokens":0,"cacheReadTokens":0,"cost":0.01}]}],"totals":{}}'
    )
    said: dict[str, set[tuple[int, str]]] = {}
    for person in ("ana@larkfield.example", "rui@larkfield.example", "nobody@larkfield.example"):
        for words in (
            ["import", "--format", "ccusage", str(file), "--person", person, "--name", "m"],
            ["person", "export", person],
        ):
            status = cli.main(words)
            said.setdefault(words[0], set()).add((status, capfd.readouterr().out))

    assert {verb: len(answers) for verb, answers in said.items()} == {"import": 1, "person": 1}


def test_slack_id_of_another_organisation_is_nobody(stage: Stage) -> None:
    with stage.services.database.reading() as session:
        assert people.viewer_of(session, SlackId("T0ELSEWHERE", ANA)) is None
