"""Whatever people type, the views of sharing show it: nothing pings, links, reverses or breaks a block."""

import json
import re
from typing import Any, Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.use_cases.entry import MAX_LENGTH, Draft, Entry, Problem
from bot.domain.use_cases.traces import Decision
from bot.playground.block_rules import problems, view_problems
from bot.views import use_case_curating, use_case_form, use_case_help, use_case_mine
from bot.views.blocks import Message
from bot.views.use_case_form import Sheet
from tests.domain.use_cases.made import TODAY, entry

HOSTILE: Final = (
    "<!channel> <!here> <@U01ANA> <#C01GENERAL> <!subteam^S0NIGHT01>",
    "<https://evil.example|https://wiki.example> <javascript:alert(1)|click>",
    "*bold* _slanted_ ~gone~ `code` ```fence``` > quote",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe\N{POP DIRECTIONAL FORMATTING} \N{RIGHT-TO-LEFT ISOLATE}\N{ZERO WIDTH SPACE}",
    "\N{GRINNING FACE}" * 3000,
    "&" * 3000,
    "<" * 3000,
    "\n".join(["```", "*", "```"] * 400),
    "\x00\x07\x1b[31m",
    ":rotating_light: @channel @everyone",
    "   \n\t  ",
    "",
    "\ud83d",
    "\N{COMBINING ACUTE ACCENT}" * 500,
)
_DIRECTION: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LIVE: Final = re.compile(r"<(?:[@#!]|https?:|mailto:|javascript:)[^>]*>")
_text: Final = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=120),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=4).map(" ".join),
)
hostile: Final = st.builds(
    lambda texts, shown, tried, state, reason: replace(
        entry(7, variant_of=3),
        **dict(zip(("title", "when", "how", "tool", "link", "watch_out"), texts, strict=True)),
        shown_as=shown,
        tried=tried,
        state=state,
        reason=reason,
    ),
    st.lists(_text, min_size=6, max_size=6),
    st.sampled_from(["me", "team", "nobody"]),
    st.booleans(),
    st.sampled_from(["draft", "waiting", "published", "returned", "archived", "withdrawn"]),
    _text,
)


def draft_of(each: Entry) -> Draft:
    return Draft(**{name: getattr(each, name) for name in Draft.__struct_fields__})


def views_of(each: Entry, word: str, many: int = 2) -> list[dict[str, Any]]:
    sheet = Sheet("7", draft_of(each), [each.tool, word, "Cursor"], notes=[use_case_form.looked_for(word)])
    return [
        use_case_form.share_form(sheet),
        use_case_form.share_form(sheet._replace(text_model=word or "m", word="edit", drawing=3, wanted="9")),
        use_case_form.window(use_case_form.is_kept(each)),
        use_case_mine.which_to_edit([each] * many),
        use_case_curating.reading(each, [word] * 3),
        use_case_curating.reason_form(each, "send-back"),
    ]


def messages_of(each: Entry, word: str, many: int = 2) -> list[Message]:
    decision = Decision(1, each.id, None, "returned", word, TODAY)
    decided = use_case_curating.was_decided(each)
    return [
        use_case_form.is_shared(each),
        use_case_form.goes_to_curators(each, [], ["U01SAM"]),
        use_case_form.looks_close(each, each, word),
        use_case_mine.mine([each] * many),
        use_case_mine.which_to_withdraw([each] * many),
        use_case_mine.taken_back(each),
        use_case_curating.waits(each),
        use_case_curating.was_reported(each, [word] * 3),
        use_case_curating.to_curate([each] * many, [each] * many),
        use_case_curating.done(each, "returned"),
        use_case_curating.settled(each, decision, word),
        use_case_curating.has_changed(each),
        *([decided] if decided else []),
    ]


def mrkdwn_in(value: Any) -> list[str]:
    """Return every text that Slack would read as markup."""
    if isinstance(value, list):
        return [text for inner in value for text in mrkdwn_in(inner)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if value.get("type") == "mrkdwn" else []
    return own + [text for inner in value.values() for text in mrkdwn_in(inner)]


def fences(texts: list[str]) -> list[str]:
    return [text for text in texts if "`" in text.replace("`/usecase", "") or _LIVE.search(text)]


@settings(max_examples=20, deadline=None, phases=[Phase.generate])
@given(hostile, _text)
def test_no_text_does_anything_but_be_read(each: Entry, word: str) -> None:
    for view in views_of(each, word):
        assert view_problems(view) == []
        shown = json.dumps(view, ensure_ascii=False)
        assert _DIRECTION.search(shown) is None
        assert fences(mrkdwn_in(view)) == []
    for message in messages_of(each, word):
        blocks = message.blocks(rich=True)
        assert problems(blocks, "message") == []
        assert _DIRECTION.search(json.dumps(blocks, ensure_ascii=False)) is None
        assert [text for text in fences(mrkdwn_in(blocks)) if "<@U01SAM>" not in text] == []
        assert re.search(r"\d", message.text) is None


def test_long_lists_fit() -> None:
    long = entry(7, replace(draft_of(entry()), title="A" * 80, when="B" * 300))

    assert [view_problems(view) for view in views_of(long, "", 40) if view_problems(view)] == []
    found = [problems(message.blocks(rich=True), "message") for message in messages_of(long, "", 40)]
    assert [each for each in found if each] == []


@pytest.mark.parametrize("text", HOSTILE)
def test_what_stands_in_a_field_is_not_longer_than_slack_takes(text: str) -> None:
    """Slack counts an emoji twice."""
    fields: dict[str, Any] = dict.fromkeys(MAX_LENGTH, text)
    draft = Draft(**fields)
    inputs = [block for block in use_case_form.share_form(Sheet("7", draft))["blocks"] if block["type"] == "input"]
    typed = [block["element"] for block in inputs if block["element"]["type"] == "plain_text_input"]

    assert [
        each["max_length"]
        for each in typed
        if len(each.get("initial_value", "").encode("utf-16-le", "surrogatepass")) > 2 * each["max_length"]
    ] == []


def test_the_form_begins_with_what_is_known() -> None:
    draft = Draft(title="Sort", tool="Cursor", shown_as="nobody", tried=False)
    view = use_case_form.share_form(Sheet("7", draft, ["Claude Code", "Cursor"], keeps=False))
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}

    assert [option["value"] for option in elements["tool"]["options"]] == ["Claude Code", "Cursor", "-"]
    assert elements["tool"]["initial_option"]["value"] == "Cursor"
    assert elements["shown_as"]["initial_option"]["value"] == "nobody"
    assert elements["tried"]["initial_options"][0]["value"] == "idea"
    assert "Keep as draft" not in str(view)
    assert "Checked for keys, customer names and personal data" in str(view)


@pytest.mark.parametrize("why", ["silent", "refused", "junk", "budget", "empty"])
def test_why_a_model_wrote_nothing_is_one_line(why: str) -> None:
    assert "\n" not in use_case_form.not_drafted("drafty-1", why)


@pytest.mark.parametrize(
    "message",
    [
        use_case_help.help_message(["U01SAM"], curates=True),
        use_case_help.unknown_word(),
        use_case_help.nobody_alone(),
        use_case_form.not_yours(),
        use_case_mine.mine([]),
        use_case_mine.which_to_withdraw([]),
        use_case_curating.to_curate([], []),
        use_case_curating.settled(None, None, ""),
    ],
)
def test_help_and_empty_answers_fit(message: Message) -> None:
    assert problems(message.blocks(rich=True), "message") == []
    assert re.search(r"\d", message.text) is None


def test_what_is_to_be_corrected_names_field_and_line_and_never_the_text() -> None:
    [line] = use_case_form.correct_first([Problem("how", "access_key", 4)])

    assert line.startswith("*How do you do it?* Line 4 looks like an access key.")
    assert "curate" in use_case_help.help_message([], curates=True).as_text()
    assert "curate" not in use_case_help.help_message([], curates=False).as_text()
