"""mrkdwn as HTML: Slack's marks are marks, and nothing else is."""

import re
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.page.charts import chart_of, ticks_for
from bot.playground.page.mrkdwn import Reader, mrkdwn
from tests.playground.bots import chart, pie

READER = Reader({"U1": "Ana <b>", "C1": "general"}, UTC)
TAG = re.compile(r"<(/?)(\w+)((?: [\w-]+=\"[^\"<>]*\")*)>")
ALLOWED = {"p", "br", "b", "i", "s", "code", "pre", "blockquote", "a", "span"}


def html(words: str, *, verbatim: bool = True) -> str:
    return str(mrkdwn(words, READER, verbatim=verbatim)).removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ("*bold* _italic_ ~gone~", "<b>bold</b> <i>italic</i> <s>gone</s>"),
        ("*bold _both_*", "<b>bold <i>both</i></b>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("`*code*`", "<code>*code*</code>"),
        ("a\nb", "a<br>b"),
        (":lock: :nonsense:", "🔒 :nonsense:"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("<@U1>", '<span class="mention">@Ana &lt;b&gt;</span>'),
        ("<#C1> <@U9>", '<span class="mention">#general</span> <span class="mention">@U9</span>'),
        ("<!here>", '<span class="mention">@here</span>'),
        ("<!date^1795081200^{date_short} {time}|then>", "19 Nov 2026 09:40"),
        ("<!date^x^{date}|then>", "then"),
        ("<javascript:alert(1)|press>", "&lt;javascript:alert(1)|press&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ],
)  # fmt: skip
def test_marks(words: str, drawn: str) -> None:
    assert html(words) == drawn


def test_links_open_elsewhere_and_tell_nothing() -> None:
    link = '<a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">{}</a>'

    assert html("<https://a.example/?a=1&amp;b=2|A *b*>") == link.format("A *b*")
    assert (
        html("https://a.example/?a=1&amp;b=2.", verbatim=False) == f"{link.format('https://a.example/?a=1&amp;b=2')}."
    )
    assert html("https://a.example") == "https://a.example"


def test_quotes_and_blocks() -> None:
    drawn = str(mrkdwn("> one\n> two\nthen\n```a <b>\n*c*```", READER))

    assert "<blockquote>one<br>two</blockquote>" in drawn
    assert "<pre>a &lt;b&gt;\n*c*</pre>" in drawn


@given(st.text(alphabet="<>&*_~`|\"'=/ \n!@#:;ab\ue000\ue001\uf8ff", max_size=60), st.booleans())
def test_whatever_is_written_only_known_tags_come_out_and_they_are_balanced(words: str, verbatim: bool) -> None:
    drawn = str(mrkdwn(words, READER, verbatim=verbatim))
    open_now: list[str] = []
    for closes, name, _ in TAG.findall(drawn):
        assert name in ALLOWED
        if closes:
            assert open_now.pop() == name
        elif name != "br":
            open_now.append(name)
    assert open_now == []
    rest = TAG.sub("", drawn)
    assert "<" not in rest
    assert ">" not in rest


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 7.8), (-3, 4), (-9, -1), (0, 0.003), (12, 12_345_678)])
def test_ticks_are_round_and_span_the_values(low: float, high: float) -> None:
    ticks = ticks_for(low, high)

    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 0 in [round(tick, 9) for tick in ticks]
    assert 2 <= len(ticks) <= 8


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_charts_stay_in_their_frame_and_say_their_values(kind: str) -> None:
    drawn = chart_of(chart(kind, categories=20, series=12))
    numbers = [
        float(n) for mark in drawn.marks for n in re.findall(r"(?<=[MHVL ])-?\d+\.?\d*", mark.path.split("a3")[0])
    ]

    assert max(numbers) <= drawn.width
    assert min(numbers) >= 0
    assert "series 3: day 0 4, day 1 4" in drawn.description


def test_a_pie_of_one_is_a_circle() -> None:
    assert len(chart_of(pie(1)).marks) == 1
    assert "100%" in chart_of(pie(1)).description
