"""What is typed after `/usecase`, what a form becomes, and the rules that need no Slack."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.people import Viewer
from bot.domain.usage import UsageRow
from bot.domain.use_cases import steps
from bot.domain.use_cases.curating import decision_id, publish_rule, version_of
from bot.domain.use_cases.linking import reference_of
from bot.domain.use_cases.own_tools import OwnTool, own_tools
from bot.domain.use_cases.traces import Decision
from bot.jobs.use_case_mail import KINDS
from handlers.register import SHORTCUTS
from handlers.use_case_sharing import check, draft_in, open_form
from handlers.usecase import NOBODY_ALONE, UNKNOWN, WORDS, typed_word
from handlers.visit import Visit, from_action, from_shortcut
from storage import use_case_entries
from storage.engine import Database
from tests.cast import ADA, ORG, TODAY, row
from tests.domain.use_cases.made import entry
from tests.promises.answers import ada_with
from tests.senders import services_for

VISIT = Visit(ADA.slack_id, ORG, "", "", "", "", command="usecase")
DOCUMENT = Path(__file__).parents[2] / "docs" / "use-cases.md"


@pytest.mark.parametrize(
    ("word", "argument", "meant"),
    [
        ("share", "", WORDS["share"]),
        ("mine", "", WORDS["mine"]),
        ("publish", "7", UNKNOWN),
        ("take-back", "7", UNKNOWN),
        ("nonsense", "", UNKNOWN),
        ("<@u01ana|ana>", "", NOBODY_ALONE),
        ("mine", "ana@larkfield.example", NOBODY_ALONE),
    ],
)
def test_a_word_means_what_it_says_and_a_name_nothing(
    sqlite_database: Database, word: str, argument: str, meant: object
) -> None:
    visit = replace(VISIT, word=word, argument=argument)

    assert typed_word(visit, services_for(sqlite_database)) == (visit, meant)


def test_every_word_of_sharing_that_can_be_typed_is_in_the_document() -> None:
    written = set(re.findall(r"`(?:/usecase )?([\w-]+)`", DOCUMENT.read_text("utf-8")))

    assert {"share", "mine", "edit", "withdraw", "curate"} <= {name for name, word in WORDS.items() if word.typed}
    assert {"share", "mine", "edit", "withdraw", "curate"} <= written


def test_the_shortcut_on_a_message_is_the_form() -> None:
    body: dict[str, Any] = {
        "user": {"id": "U0ADA", "team_id": ORG},
        "team": {"id": ORG},
        "trigger_id": "t",
        "message": {"user": "U0BOB", "text": "When: CI is red", "user_team": ORG},
    }
    command, word = SHORTCUTS["share_use_case"]
    visit = from_shortcut(body, command, word)

    assert WORDS[visit.word].modal_anybody is not None
    assert (visit.quoted, visit.quoted_by) == ("When: CI is red", "colleague")
    body["message"]["user_team"] = "T0THEIRS"
    assert from_shortcut(body, command, word).quoted_by == "stranger"
    body["message"]["user"] = "U0ADA"
    assert from_shortcut(body, command, word).quoted_by == "self"


def test_a_button_in_a_form_brings_what_stands_in_it() -> None:
    body: dict[str, Any] = {
        "user": {"id": "U0ADA", "team_id": ORG},
        "view": {
            "id": "V1",
            "type": "modal",
            "state": {
                "values": {
                    "title": {"title.2": {"type": "plain_text_input", "value": "Sort"}},
                    "tool": {"tool": {"type": "static_select", "selected_option": {"value": "Cursor"}}},
                    "link": {"link": {"type": "plain_text_input", "value": None}},
                }
            },
        },
    }
    visit = from_action(body, {"action_id": "usecase-keep-draft:7", "value": "7"})

    assert visit.fields == {"title": "Sort", "tool": "Cursor", "link": ""}


def test_what_is_not_chosen_is_as_at_first() -> None:
    draft = draft_in({"title": " Sort \N{RIGHT-TO-LEFT OVERRIDE}x ", "tool": "-", "shown_as": "everybody", "tried": ""})

    assert (draft.title, draft.tool, draft.shown_as, draft.tried) == ("Sort x", "", "me", True)
    assert draft_in({"tried": "idea"}).tried is False


def test_the_check_names_every_field_at_once(sqlite_database: Database) -> None:
    fields = {"title": "x" * 81, "when": "", "how": "ok\nmail rui@larkfield.io", "link": "see the wiki"}

    assert check(replace(VISIT, fields=fields), services_for(sqlite_database)) == {
        "title": "At most 80 characters.",
        "when": "Please fill this in.",
        "how": "Line 2 looks like somebody's mail address. Take it out and send again; nothing was stored.",
        "link": "A web address (https://...), a change (acme/api#12) or a ticket (PAY-12).",
    }


def chosen_tool(view: dict[str, Any]) -> str:
    [element] = [block["element"] for block in view["blocks"] if block.get("block_id") == "tool"]
    return str(element.get("initial_option", {}).get("value", ""))


def test_the_tool_is_ones_own_and_nobody_elses(sqlite_database: Database) -> None:
    """More use on the same days chooses no other tool."""
    rows = [row(day=TODAY - timedelta(days=back), tool="cursor") for back in (1, 2)]
    heavy = row(day=TODAY - timedelta(days=1), tool="codex", output_tokens=10**9, requests=9000)
    viewer: Viewer = ada_with(sqlite_database, [*rows, heavy])
    services = services_for(sqlite_database)

    assert chosen_tool(open_form(VISIT, viewer, services)) == "Cursor"
    assert chosen_tool(open_form(VISIT, None, services)) == ""
    quoted = replace(VISIT, quoted="Let Gemini CLI read the log when CI is red", quoted_by="self")
    assert chosen_tool(open_form(quoted, viewer, services)) == "Gemini CLI"


def test_ones_tools_are_in_the_order_of_days_with_the_model_of_the_last() -> None:
    def used(tool: str, back: int, model: str = "") -> UsageRow:
        return row(day=TODAY - timedelta(days=back), tool=tool, model=model)

    rows = [used("cursor", 1), used("codex", 9, "gpt-5"), used("codex", 2, "gpt-5.1"), used("codex", 2, "")]
    assert own_tools(rows) == [OwnTool("codex", "gpt-5.1"), OwnTool("cursor", "")]


@pytest.mark.parametrize(
    ("link", "reference"),
    [
        ("acme/api#12", "acme/api#12"),
        ("PAY-12", "PAY-12"),
        ("https://github.com/acme/api/pull/12", "acme/api#12"),
        ("https://github.com/acme/api/pull/12/files#diff", "acme/api#12"),
        ("https://git.acme.example/platform/tools/api/-/merge_requests/7", "platform/tools/api!7"),
        ("https://acme.atlassian.net/browse/PAY-12", "PAY-12"),
        ("https://linear.app/acme/issue/PAY-12/retry-on-429", "PAY-12"),
        ("https://wiki.acme.example/flaky", ""),
        ("", ""),
    ],
)
def test_an_address_of_a_change_is_its_reference(link: str, reference: str) -> None:
    assert reference_of(link) == reference


def decided(name: Any) -> Decision:
    return Decision(1, 1, 5, name, "", TODAY)


@pytest.mark.parametrize(
    ("policy", "decisions", "curators", "rule"),
    [
        ("after_scan", [], ["U01SAM"], "after_scan"),
        ("after_curator", [], [], "after_curator"),
        ("after_scan", [decided("archived")], ["U01SAM"], "after_curator"),
        ("after_scan", [decided("returned"), decided("published")], ["U01SAM"], "after_scan"),
        ("after_scan", [decided("archived")], [], "after_scan"),
    ],
)
def test_what_a_curator_took_out_comes_back_through_one(
    policy: Any, decisions: list[Decision], curators: list[str], rule: str
) -> None:
    assert publish_rule(policy, decisions, curators) == rule


def test_a_decision_is_about_these_words_and_the_next_one_is_another() -> None:
    one = entry(7)
    other = steps.edited(one, draft_in({"title": "Other"}), TODAY)

    assert version_of(one) != version_of(other)
    assert version_of(one) == version_of(steps.withdrawn(one, TODAY))
    ids = [decision_id(7, so_far) for so_far in range(5)]
    assert ids == sorted(set(ids))
    assert all(0 < id_ < 2**63 for id_ in [*ids, decision_id(2**63 - 1, 10**6)])


@pytest.mark.parametrize("kind", KINDS)
def test_mail_about_what_is_gone_says_nothing(sqlite_database: Database, kind: str) -> None:
    """The entry is withdrawn, is somebody else's, or is no more; and who gets it curates nothing."""
    services, viewer = services_for(sqlite_database), ada_with(sqlite_database, [])
    sqlite_database.writing(lambda session: use_case_entries.put(session, entry(8, state="waiting", person_id=99)))
    for id_ in ("7", "8"):
        payload = {"entry": id_, "state": "waiting"}
        assert KINDS[kind].compose(services, viewer, payload) is None  # type: ignore[call-arg, arg-type]
