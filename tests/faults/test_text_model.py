"""The text model is silent, refuses, answers nonsense or obeys an attacker: the author's form is there all the same."""

import json
import threading
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from bot.domain.use_cases.splitting import split_message
from bot.drafting import text_model
from storage.engine import Database
from tests.promises.answers import strings
from tests.providers.standin import Reply, StandIn
from tests.test_drafting import GOOD, MESSAGE, press

LURE: Final = "https://evil.example/?q=secret <!channel> <@U01ANA> AKIAIOSFODNN7EXAMPLE"


def said(content: Any) -> Reply:
    """Return a completion that says something."""
    return Reply({"choices": [{"message": {"content": content if isinstance(content, str) else json.dumps(content)}}]})


ANSWERS: Final = {
    "500": Reply("broken", 500),
    "429 with 300 seconds": Reply({"error": "slow down"}, 429, {"Retry-After": "300"}),
    "no JSON": said("Sure! Here you are:"),
    "half a JSON": Reply(b'{"choices": [{"mess'),
    "another shape": said({"title": ["a"], "when": {}}),
    "200 kB": said({**GOOD, "how": "x" * 200_000}),
    "400 kB": Reply(b" " * 400_000),
    "an attacker's words": said({name: LURE for name in GOOD}),
}


@pytest.mark.parametrize("what", [*ANSWERS, "silence"])
def test_whatever_the_text_model_answers_the_author_gets_the_form_with_their_own_words(
    sqlite_database: Database, what: str
) -> None:
    with StandIn() as stand, capture_logs() as logs:
        gone = threading.Event()
        stand.routes["POST", "/v1/chat/completions"] = lambda _asked: ANSWERS.get(what) or _nothing(gone)
        model = text_model(f"{stand.url}/v1", "our-key", "drafty-1", deadline_seconds=0.3 if what == "silence" else 5)
        form = press(sqlite_database, model)
        gone.set()
    shown = "\n".join(strings(form))

    assert len(stand.asked) == 1, "it is asked once"
    assert split_message(MESSAGE).how.splitlines()[0][:40] in shown or MESSAGE[:40] in shown
    assert not any(word in shown for word in ("evil.example", "<!channel>", "AKIA"))
    assert [each for each in logs if each["event"].startswith("text_model_")], "one line says how it went"
    assert not any("x" * 50 in str(each) or "evil" in str(each) for each in logs)


def _nothing(until: threading.Event) -> Reply:
    until.wait(10)
    return Reply({})
