"""The weekly note: with outcomes fixed, more use changes no word about them, brings no praise, and is never compared
with less. What the note says of finished work is the same whatever it cost.
"""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.digest import Digest, Reach, digest_of
from bot.domain.iso_week import IsoWeek
from bot.domain.outcomes.work import OwnItem
from bot.domain.people import Delivered
from bot.domain.subscription import Subscription
from bot.domain.usage import UsageRow
from bot.views.blocks import Message, texts_of
from bot.views.digest import digest_message, pointer
from bot.views.digest_answers import kept_on, noted, still_on
from bot.views.digest_settings import DIGEST_CHOICES, NoteSettings, note_blocks
from tests.cast import T0, TODAY, row
from tests.domain.outcomes.cast import items as some_items
from tests.domain.outcomes.cast import own
from tests.promises.test_outcomes_before_volume import NEVER, more_of, without_allowed
from tests.weeks import ITEMS, WEEK, paid_rows

NO_OPPOSITE = re.compile(
    r"\b(less|fewer|lower|cheap\w*|only|just|still under|below|saved?|streak|great|good|well done)\b", re.I
)
ALWAYS = Delivered("anthropic", 1, "company", WEEK.before(14).monday, TODAY, T0)
own_items = some_items.map(lambda items: [own(item, f"Title of {item.reference}") for item in items])
used = st.lists(
    st.builds(
        lambda back, cents, kind: row(
            day=TODAY.replace(day=18) - back * (TODAY - TODAY.replace(day=18)),
            source="anthropic",
            run_kind=kind,
            work="nightly-triage" if kind == "schedule" else "",
            billed_nano_usd=cents * 10**7,
            requests=cents,
            output_tokens=cents * 1_111_111,
        ),
        st.integers(0, 70),
        st.integers(1, 9000),
        st.sampled_from(["person", "schedule", "unknown"]),
    ),
    max_size=30,
)


def digest(items: list[OwnItem], rows: list[UsageRow], week: IsoWeek = WEEK) -> Digest:
    return digest_of(week, items, rows, [ALWAYS], TODAY)


def note(made: Digest) -> Message:
    return digest_message(made, Reach([ALWAYS], [Delivered("github", 2, "company", WEEK.monday, TODAY, T0)]), "UTC")


def said(message: Message) -> str:
    return "\n".join([message.text, *texts_of(message.blocks(rich=True)), *texts_of(message.blocks(rich=False))])


def about_outcomes(message: Message) -> list[str]:
    return [text for text in texts_of(message.blocks(rich=False)) if text.startswith("*Finished:*")]


@given(own_items, used, st.integers(2, 50))
def test_what_is_said_of_finished_work_is_the_same_whatever_it_cost(
    items: list[OwnItem], rows: list[UsageRow], times: int
) -> None:
    notes = [note(digest(items, each)) for each in ([], rows, more_of(rows, times))]

    assert about_outcomes(notes[0]) == about_outcomes(notes[1]) == about_outcomes(notes[2])


@given(own_items, used, st.integers(2, 50))
def test_more_use_brings_no_praise_and_takes_no_comparison_away(
    items: list[OwnItem], rows: list[UsageRow], times: int
) -> None:
    less, more = (said(note(digest(items, each))) for each in (rows, more_of(rows, times)))

    assert less.count("more than usual") <= more.count("more than usual")
    for text in (less, more):
        assert not NEVER.search(without_allowed(text)), NEVER.search(without_allowed(text))
        assert not NO_OPPOSITE.search(_without_the_lock(text)), NO_OPPOSITE.search(_without_the_lock(text))
        assert "1,111" not in text  # tokens are nowhere


def test_no_sentence_of_the_note_or_its_switches_has_an_opposite_of_more() -> None:
    items = [own(item, title) for item, title in ITEMS]
    for message in (
        note(digest(items, paid_rows())),
        note(digest(items, paid_rows()[:4])),
        note(digest([], [])),
        pointer(WEEK),
        still_on(4),
        noted(useful=True),
        noted(useful=False),
        kept_on("The next one comes soon."),
    ):
        assert not NO_OPPOSITE.search(_without_the_lock(said(message))), said(message)
        assert not any(char.isdigit() for char in message.text)
        assert ":lock:" in said(message)


def test_the_three_ways_have_buttons_of_equal_weight() -> None:
    shown = str(note_blocks(NoteSettings(Subscription(None, 1, 9), T0)))

    assert len(DIGEST_CHOICES) == 3
    assert "'style'" not in shown


def _without_the_lock(text: str) -> str:
    return text.replace(":lock: Only you can see this.", "")
