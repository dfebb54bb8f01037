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
from bot.domain.accounts import AssignedAccount
from bot.domain.outcomes.links import StatedLink
from bot.domain.outcomes.work import FinishedItem
from bot.domain.people import Profile, SlackId, Viewer
from bot.domain.usage import UsageRow
from bot.jobs import directory
from bot.playground.local_slack import LocalSlack
from bot.playground.methods.users import user_json
from bot.playground.shown import Shown
from bot.playground.things import LocalUser
from bot.services import Services
from bot.web.app import web_app
from handlers.commands import COMMANDS
from handlers.register import ROUTES
from storage import assignments, denials, finished, finished_links, own_marks, people, tokens, usage
from storage.choices import choose
from storage.finished import Owned
from storage.ids import source_id
from storage.links import links_of
from storage.listings import Listing, take_listed
from tests import telemetry
from tests.domain.outcomes.cast import change, own
from tests.e2e.harness import T0, Transport, bot_on
from tests.finished import plant
from tests.promises.answers import day_before

ALL_WORDS = [f"{command.name}-{word}" for command in COMMANDS.values() for word in command.words]

ANA, MO, RUI = "U01ANA", "U01MO", "U01RUI"
ORG = "T0LOCAL"


@dataclass
class Stage:
    """Ana and Mo have switched on, each with figures that nobody else has; Rui has not."""

    slack: LocalSlack
    services: Services
    database_url: str
    transport: Transport
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
        made = Stage(slack, services, sqlite_url, transport)
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
        _plant_accounts(session, services, profile, viewer)
        _plant_finished(session, user, account, viewer)
        stage.tokens[user] = tokens.create_token(session, f"canary-{user.lower()}-token", viewer.person_id, T0)
        stage.tokens.setdefault("operator", tokens.create_token(session, "operators-platform", None, T0))
        return viewer

    stage.viewers[user] = services.database.writing(fill)
    # a repository is nobody's: whoever sets up a team may choose it
    item = own(change(number, day_before(3), place="acme/everybodys"), f"canary-{user.lower()}-title")
    plant(services, stage.viewers[user], [item])


def _plant_accounts(session: Session, services: Services, profile: Profile, viewer: Viewer) -> None:
    """Give the person an account that is listed for them, one that they denied, and one that they are asked about."""
    name, mark = f"canary-{viewer.slack_id.user_id.lower()}", services.marks.of_email(profile.email or "")
    listed = [Listing(f"{name}-{which}", profile.email, "person") for which in ("login", "denied")]
    take_listed(session, "github", listed, services.marks, T0.date(), T0.date())
    denials.deny(session, viewer.person_id, mark, "github", f"{name}-denied", T0)
    assignments.assign(session, [AssignedAccount("openai", f"{name}-key", profile.email)], services.marks, T0.date())


def _plant_finished(session: Session, user: str, account: int, viewer: Viewer) -> None:
    """Let the person have finished a ticket, with a run that named it and a mark beside it."""
    item = FinishedItem("ACME", f"ACME-{user[-1]}7", "ticket", day_before(2), accepted=True)
    finished.put_items(session, source_id(session, "jira", "company"), [item])
    title = f"canary-{user.lower()}-title"
    finished.put_owned(session, [Owned(account, item.place, item.reference, title, f"https://x.example/{title}")])
    used = _canary_row(user, {ANA: 7, MO: 3}[user], 2, source_id(session, "push", "operators-platform"))
    finished_links.add_links(session, {account: [StatedLink(item.reference, used)]})
    own_marks.put_mark(session, viewer.person_id, "shared_job", f"canary-{user.lower()}-job", T0)


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
    assert "canary-u01ana-key" in text
    assert "77.77" in text


def test_people_do_see_their_own_accounts(stage: Stage) -> None:
    stage.slack.command(ANA, "/mytokens", "privacy")
    _settled(stage)
    text = json.dumps([one.raw for one in stage.slack.shown_to(ANA)], ensure_ascii=False)

    assert "canary-u01ana-login" in text
    assert "canary-u01ana-denied" in text


def test_people_do_see_their_own_finished_work(stage: Stage) -> None:
    stage.slack.command(ANA, "/mytokens", "")
    _settled(stage)
    stage.slack.click(ANA, stage.slack.shown_to(ANA)[-1], "See the list")
    _settled(stage)

    assert "canary-u01ana-title" in json.dumps(stage.slack.shown_to(ANA)[-1].raw, ensure_ascii=False)


def test_no_command_shows_somebody_elses(stage: Stage) -> None:
    """Over the socket with every name, over HTTP with one: words are the same once a request is in, and so below."""
    names = stage.names_of(ANA) if stage.transport == "socket" else [ANA]
    assert COMMANDS.keys() == {route.name for route in ROUTES if route.kind == "command"}
    for command in COMMANDS.values():
        for word in ["", *command.words, "leaderboard", "of", "show"]:
            for name in ["", *names]:
                for asker in (MO, RUI):
                    stage.slack.command(asker, f"/{command.name}", f"{word} {name}".strip(), channel="C01GENERAL")
        _settled(stage)

    assert not _leaks(stage, stage.slack.everything_sent())


def test_no_button_shows_somebody_elses(stage: Stage) -> None:
    """Over HTTP with every name, over the socket with one."""
    ana = stage.viewers[ANA]
    names = stage.names_of(ANA) if stage.transport == "http" else [str(ana.person_id)]
    for word in ALL_WORDS:
        for value in ["-", "4w", *names]:
            for asker in (MO, RUI):
                stage.slack.forge_action(asker, word, value)
                stage.slack.forge_action(
                    asker,
                    f"{word}:{value}",
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
    for word in ALL_WORDS:
        if word == "mytokens-erase":
            continue
        stage.slack.forge_action(MO, word, "4w", view={"id": "V0HOME", "type": "home"}, response_url="")
        for bound in ("", stage.slack.top_modal(ANA)["private_metadata"]):
            view = {"id": window, "type": "modal", "private_metadata": bound}
            stage.slack.forge_action(MO, word, "4w", view=view, response_url="")
    _settled(stage)

    assert not _leaks(stage, stage.slack.everything_sent())


def test_no_form_is_taken_that_was_made_for_somebody_else(stage: Stage) -> None:
    stage.slack.open_home(ANA)
    stage.slack.shortcut(ANA, "show_my_usage")
    _settled(stage)
    window = stage.slack.top_modal(ANA)
    for word in ALL_WORDS:
        for told in ({}, {"id": window["id"]}, {"id": window["id"], "private_metadata": window["private_metadata"]}):
            taken = stage.slack.forge_form(MO, word, {}, **told)

            assert taken.ack_body == {"response_action": "clear"}
    _settled(stage)

    assert not _leaks(stage, stage.slack.everything_sent())


def test_every_route_is_of_a_kind_that_is_walked() -> None:
    assert {route.kind for route in ROUTES} <= {"command", "action", "form", "shortcut", "event"}


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
    _press_all(stage, answer)
    _settled(stage)

    assert not _leaks(stage, stage.slack.everything_sent())


def test_stolen_buttons_of_accounts_change_nothing_of_the_victims(stage: Stage) -> None:
    for words in ("", "privacy"):
        stage.slack.command(ANA, "/mytokens", words, channel="C01GENERAL")
        _settled(stage)
        _press_all(stage, stage.slack.shown_to(ANA)[-1])
    _settled(stage)
    with stage.services.database.reading() as session:
        ana, mo = stage.viewers[ANA], stage.viewers[MO]
        asked = [question.name for question in assignments.open_questions(session, ana, stage.services.marks)]
        denied = [each.name for each in denials.denied_of(session, ana.person_id)]
        thiefs = {link.name for link in links_of(session, mo.person_id)}

    assert (asked, denied) == (["canary-u01ana-key"], ["canary-u01ana-denied"])
    assert not [name for name in thiefs if "u01ana" in name]


def _press_all(stage: Stage, answer: Shown) -> None:
    """Let Mo press every button of Ana's answer, but those that are about Mo's own data alone."""
    for block in answer.blocks:
        for element in [*block.get("elements", []), block.get("accessory") or {}]:
            if isinstance(element, dict) and element.get("action_id"):
                stage.slack.forge_action(MO, element["action_id"], element.get("value", "-"))


@pytest.mark.parametrize("stage", ["http"], indirect=True)
def test_no_http_path_shows_anybodys(stage: Stage) -> None:
    """However Slack's requests arrive, these paths are the same; a new token may send as often as each is walked."""
    routes = [route for route in web_app(stage.services).routes if isinstance(route, HttpRoute)]
    assert routes
    bodies = [b"", b"{}", *(_event(name).encode() for name in stage.names_of(ANA))]
    bodies.append(_telemetry(stage.names_of(ANA)))
    bodies += [_finished(name).encode() for name in stage.names_of(ANA)]
    said = []
    told = set()
    with httpx2.Client(base_url=stage.services.web_url, timeout=10) as http:
        for route in routes:
            mos, operators = _new_token(stage, route.path, MO), _new_token(stage, route.path, None)
            for whose, token in {"none": "none", "wrong": "wrong", MO: mos, "operator": operators}.items():
                for body in bodies:
                    for method in sorted(route.methods or ()):
                        answer = http.request(
                            method,
                            route.path,
                            params={"name": "x", "person": "ana@larkfield.example"},
                            content=body,
                            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                        )
                        said.append(f"{answer.headers}{answer.text}")
                        told.add((route.path, whose, answer.status_code))

    assert not [each for each in told if each[2] == 429]  # whoever is told to wait shows nothing
    taken = {path for path, whose, status in told if status == 200 and whose == MO}
    assert {"/v1/metrics", "/v1/logs", "/v1/traces"} <= taken  # else nothing was walked there
    assert ("/v1/outcomes", "operator", 200) in told
    assert ("/v1/outcomes", MO, 403) in told
    everything = "\n".join(said)
    for user in (ANA, MO):
        for canary in stage.canaries(user):
            assert canary not in everything


def _new_token(stage: Stage, name: str, user: str | None) -> str:
    """Return another token of somebody, or of the operator's."""
    whose = None if user is None else stage.viewers[user].person_id
    return stage.services.database.writing(lambda session: tokens.create_token(session, name, whose, T0))


def _telemetry(names: list[str]) -> bytes:
    """Return what telemetry would tell of Ana by each of her names, for all its paths in one."""
    point = {"type": "output", "model": "claude-opus-4-7"}
    event = {"event.name": "api_request", "model": "claude-opus-4-7", "output_tokens": 7}
    call = {"gen_ai.request.model": "gpt-5.5", "gen_ai.usage.output_tokens": 7}
    told = {
        **telemetry.counter("claude_code.token.usage", *((point | {"user.email": name}, 7.0) for name in names)),
        **telemetry.logs(*(event | {"user.email": name} for name in names)),
        **telemetry.spans(*(call | {"user.email": name} for name in names)),
    }
    return json.dumps(told).encode()


def _finished(name: str) -> str:
    """Return the item that Ana has finished, as another system would tell of it."""
    item = {"reference": "ACME-7", "place": "ACME", "kind": "ticket", "finished_on": "2026-11-18"}
    return json.dumps({**item, "person": {"email": name}, "title": "probe"})


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


@pytest.mark.parametrize("stage", ["http"], indirect=True)
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
    assert "\nNext: " in printed.out  # the doctor went through to its end
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


@pytest.mark.parametrize("stage", ["http"], indirect=True)
def test_the_same_is_said_of_people_who_are_on_off_or_unknown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An operator cannot learn from any verb who has switched on; the directory knows Rui, who has not."""
    directory.run(stage.services)
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
            ["import", "--format", "accounts", str(_accounts(tmp_path, person))],
            ["import", "--format", "outcomes", str(_outcomes(tmp_path, person))],
            ["import", "--format", "org", str(_organisation(tmp_path, person))],
            ["person", "export", person],
        ):
            status = cli.main(words)
            kind = " ".join(words[:3]) if words[0] == "import" else words[0]
            said.setdefault(kind, set()).add((status, capfd.readouterr().out))

    assert {verb: len(answers) for verb, answers in said.items()} == {
        "import --format ccusage": 1,
        "import --format accounts": 1,
        "import --format outcomes": 1,
        "import --format org": 1,
        "person": 1,
    }


def _accounts(folder: Path, person: str) -> Path:
    file = folder / f"{person}.csv"
    file.write_text(f"provider,account,person\ngithub,dev-{person.partition('@')[0]},{person}\nopenai,ci,shared\n")
    return file


def _organisation(folder: Path, person: str) -> Path:
    file = folder / f"{person}-organisation.csv"
    file.write_text(f"what,name,value\ngroup,Payments,\nmember,{person},Payments\n")
    return file


def _outcomes(folder: Path, person: str) -> Path:
    file = folder / f"{person}.ndjson"
    file.write_text(_finished(person) + "\n")
    return file


def test_an_event_about_somebody_tells_nobody_anything(stage: Stage) -> None:
    """Whoever they are, on, off or new: nothing is shown, and Slack is asked nothing."""
    calls = len(stage.slack.calls)
    with stage.slack.world.lock:
        stage.slack.world.users["U01NEW"] = LocalUser("U01NEW", "New Person", "new@larkfield.example")
    for user in (ANA, RUI, "U01NEW", "U01GUS", "U01STRANGE", "U01OTHERBOT", "U01DEE"):
        stage.slack.event("user_change", user=user_json(stage.slack.world, stage.slack.world.users[user]))
    _settled(stage)

    assert stage.slack.calls[calls:] == []
    assert stage.slack.everything_sent() == []


@pytest.mark.parametrize("stage", ["http"], indirect=True)
def test_slack_id_of_another_organisation_is_nobody(stage: Stage) -> None:
    with stage.services.database.reading() as session:
        assert people.viewer_of(session, SlackId("T0ELSEWHERE", ANA)) is None
