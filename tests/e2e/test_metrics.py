"""What the running bot tells those who watch it: numbers of its own, under names of closed lists, of nobody."""

import re
from datetime import timedelta
from typing import Final

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.jobs.clock import tick_alarms
from bot.jobs.kinds import KINDS
from bot.jobs.sender import Handled
from bot.measuring.counters import SLACK_ERROR_NAMES
from bot.measuring.table import METRICS
from bot.playground.faults import refused
from bot.playground.methods.table import METHODS
from bot.sources import KNOWN, WORK_KNOWN
from handlers.commands import COMMANDS
from handlers.mytokens import OWN_ONLY, UNKNOWN
from handlers.words import CHANGE
from storage import tokens
from tests.cast import TODAY
from tests.e2e.harness import Stage, only_over, texts
from tests.loopback import NO_CERTIFICATES
from tests.senders import breakdown, ccusage_file, unified

transport = only_over("http")
# What nobody else's request, name or figure contains.
NAME, EMAIL, MACHINE, TYPED, COST_USD = "Zaphira Quill", "zaphira@larkfield.example", "zaphira-laptop", "xyzzyq", 7391.0
CANARIES: Final = ("zaphira", "quill", "larkfield", "xyzzyq", "7391", "7,391", "4404404")
PATHS: Final = {f"/v1/{each}" for each in ("usage", "outcomes", "import/ccusage", "metrics", "logs", "traces")}
WORDS: Final = {word.name for command in COMMANDS.values() for word in command.words.values()}
TASKS: Final = {
    *("alarms", "digests", "directory", "each_minute", "reconcile", "report", "retention", "rules", "sealing", "sync"),
    *("team-digests", "use-cases", "watching"),
}
# Every label that there is, and what may stand in it.
ALLOWED: Final[dict[str, set[str]]] = {
    "word": {*WORDS, CHANGE, UNKNOWN.name, OWN_ONLY.name, "nobody-alone", "home"},
    "method": {*METHODS, "response_url"},
    "error": {*SLACK_ERROR_NAMES, "other"},
    "transport": {"socket", "http", "none"},
    "kind": set(KINDS),
    "came_to": {each.value for each in Handled},
    "source": {*KNOWN, *WORK_KNOWN},
    "path": {*PATHS, "/slack/events"},
    "task": TASKS,
    "reason": {"malformed", "unknown_sender", "not_theirs", "too_large", "too_slow", "content_type"}
    | {"too_often", "busy", "failed_here"},
}


@pytest.fixture
def used(stage: Stage) -> Stage:
    """A bot that somebody with canary figures has used in every way, and that had its troubles."""
    user = stage.someone_on(NAME, email=EMAIL)
    token = stage.token_of(user)
    day = unified(TODAY - timedelta(days=1), [breakdown("claude-sonnet-4-5", (4404404, 1, 1, 1), COST_USD)])
    assert stage.send_ccusage(token, ccusage_file(day), MACHINE).status_code == 200
    assert "7,391" in texts(stage.ask(user))
    for words in ("why", "privacy", TYPED, f"@{TYPED}", "budget $7391"):
        stage.ask(user, words)
    stage.slack.faults.next("views.open", refused(TYPED), times=1)
    stage.slack.forge_action(user, "mytokens-tokens", "4w")
    stage.slack.forge_action(user, f"mytokens-{TYPED}", TYPED)
    for body, sent in (("[]", f"ww_{TYPED}"), (f'[{{"{TYPED}": 1}}]', token)):
        _push(stage, sent, body)
    assert scrape(stage, Via="1.1 proxy").status_code == 401  # what watches the bot is not counted
    tick_alarms(stage.services)
    stage.settle()
    return stage


def _push(stage: Stage, token: str, content: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.post(f"{stage.services.web_url}/v1/usage", content=content, headers=headers, verify=NO_CERTIFICATES)


def scrape(stage: Stage, **headers: str) -> httpx2.Response:
    return httpx2.get(f"{stage.services.web_url}/metrics", headers=headers, verify=NO_CERTIFICATES, timeout=20)


def test_a_scrape_has_what_happened_and_nothing_of_anybody(used: Stage) -> None:
    said = scrape(used).text
    families = {family.name: family for family in text_string_to_metric_families(said)}
    samples = {(one.name, *one.labels.values()): one.value for each in families.values() for one in each.samples}

    assert {f"{name}_total" if each.type == "counter" else name for name, each in families.items()} <= set(METRICS)
    for family in families.values():
        assert family.documentation
        for sample in family.samples:
            for label, value in sample.labels.items():
                known = label in {"le", "version", "schema"} or value in ALLOWED[label]
                assert known, (sample.name, label, value)
    assert [canary for canary in CANARIES if canary in said.lower()] == []
    assert re.findall(r"usd|cost|tokens|price", re.sub(r"# .*", "", said).lower().replace('word="tokens"', "")) == []

    assert samples["worthwhile_acknowledgement_seconds_count",] > 10
    assert samples["worthwhile_acknowledgements_missed_total",] == 0
    assert samples["worthwhile_answer_seconds_count", "show"] >= 1
    assert samples["worthwhile_slack_calls_total", "response_url"] > 5
    assert samples["worthwhile_slack_errors_total", "other", "views.open"] == 1
    assert samples["worthwhile_requests_refused_total", "/v1/usage", "unknown_sender"] == 1
    assert samples["worthwhile_requests_refused_total", "/v1/usage", "malformed"] == 1
    assert samples["worthwhile_rows_rejected_total", "/v1/usage"] == 1
    assert samples["worthwhile_ticks_total", "alarms"] >= 1
    assert samples["worthwhile_database_up",] == 1
    assert samples["worthwhile_connection_up", "http"] == 1


def test_only_this_machine_and_operators_may_read_it(stage: Stage) -> None:
    user = stage.someone_on()
    operators = stage.services.database.writing(
        lambda session: tokens.create_token(session, "prometheus", None, stage.services.now())
    )
    through_a_proxy = {"X-Forwarded-For": "192.0.2.7"}

    assert scrape(stage).status_code == 200
    assert [scrape(stage, **{name: "x"}).status_code for name in ("Via", "X-Real-IP", "Forwarded")] == [401] * 3
    assert scrape(stage, **through_a_proxy).status_code == 401
    for token, status in ((operators, 200), (stage.token_of(user), 403), ("ww_unknown", 401)):
        assert scrape(stage, **through_a_proxy, Authorization=f"Bearer {token}").status_code == status
