"""With outcomes fixed, using more AI never improves anything that anyone is shown."""

import re
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import delete

from bot.domain.outcomes.work import FinishedItem
from bot.domain.usage import UsageRow
from storage.engine import Database
from storage.tables import Change, Outcome
from tests.cast import row
from tests.domain.outcomes.cast import ago, change, items, own
from tests.finished import plant
from tests.promises.answers import ada_with, day_before, every_answer, services_on

# What would make a reader feel better or worse about an amount of use.
NEVER = re.compile(
    r"\b(great|good job|well done|nice|congrat\w*|awesome|excellent|bravo|impressive|champion|power user|heavy user|"
    r"streak|badge|rank\b|top \d|percentile|leader ?board|score|level up|less than usual|still under|only \$|saved you|"
    r"efficient|efficiency|productive|productivity|improv\w+|better than|worse than|behind|ahead of|catch up|"
    r"keep it up|use more|try more|you should|waste\w*|average employee|your peers|others spend)\b",
    re.IGNORECASE,
)
# Listed exceptions: sentences that name a thing in order to say that it is not there.
ALLOWED = (
    "There is no ranking here. Using more AI never makes anything look better.",
    "Not for judging performance.",
    "behind a button",
    "what saved you an hour last week?",  # asked where the library is empty; about a method, and of nobody's use
)
# The friendly no, and the page that cites the study: they name a ranking in order to say why there is none.
SAYS_NO = {f"teamdigest {word}" for word in ("leaderboard", "rank", "top", "adoption", "why-no-ranking")}
# What more use may bring out: statements of cost. What it may take away must not be of this kind.
COMPARISONS = ("above it", "are usually about", "more than usual")

amounts = st.integers(1, 60)
base_rows = st.lists(
    st.builds(
        lambda back, tool, cents: row(
            day=day_before(back),
            tool=tool,
            billed_nano_usd=cents * 10_000_000,
            cache_read_tokens=cents * 1000,
            uncached_input_tokens=cents * 10,
            output_tokens=cents,
            cache_write_tokens=0,
            cache_write_1h_tokens=0,
            requests=cents,
        ),
        st.integers(1, 90),
        st.sampled_from(["claude-code", "codex", "cursor"]),
        st.integers(1, 5000),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda r: (r.day, r.tool),
)


def more_of(rows: list[UsageRow], factor: int) -> list[UsageRow]:
    """Return the same days with *factor* times the use and the cost."""
    grown = []
    for each in rows:
        values = {name: getattr(each, name) for name in each.__struct_fields__}
        for name, value in values.items():
            if name.endswith(("_tokens", "_usd")) or name == "requests":
                values[name] = value and value * factor
        grown.append(UsageRow(**values))
    return grown


def without_allowed(text: str) -> str:
    for sentence in ALLOWED:
        text = text.replace(sentence, "")
    return text


@settings(max_examples=12, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=base_rows, factor=st.integers(2, 50))
def test_more_use_brings_no_praise_and_takes_no_comparison_away(
    sqlite_database: Database, rows: list[UsageRow], factor: int
) -> None:
    services = services_on(sqlite_database)
    less = every_answer(services, ada_with(sqlite_database, rows, budget_usd=20))
    more = every_answer(services, ada_with(sqlite_database, more_of(rows, factor), budget_usd=20))

    assert less.keys() >= SAYS_NO
    for asked in less.keys() & more.keys() - SAYS_NO:
        assert not NEVER.search(without_allowed(less[asked])), (asked, NEVER.search(without_allowed(less[asked])))
        assert not NEVER.search(without_allowed(more[asked])), (asked, NEVER.search(without_allowed(more[asked])))
    for asked in less.keys() & more.keys():
        for comparison in COMPARISONS:
            assert less[asked].count(comparison) <= more[asked].count(comparison), (asked, comparison)


def test_less_than_usual_is_never_said(sqlite_database: Database) -> None:
    """A cheap Tuesday after eight dear ones: the answer says what it cost and compares nothing."""
    rows = [row(day=day_before(2 + 7 * week), billed_nano_usd=(900 if week else 1) * 10**9) for week in range(8)]
    answers = every_answer(services_on(sqlite_database), ada_with(sqlite_database, rows), "why tuesday")

    assert "usually" not in answers["why tuesday"]
    assert "$1.00 billed" in answers["why tuesday"]


def test_a_dear_day_is_compared_with_what_is_usual(sqlite_database: Database) -> None:
    rows = [row(day=day_before(2 + 7 * week), billed_nano_usd=(8 if week else 37) * 10**9) for week in range(8)]
    answers = every_answer(services_on(sqlite_database), ada_with(sqlite_database, rows), "why tuesday")

    assert "Your Tuesdays are usually about $8.00." in answers["why tuesday"]


# Whatever says that AI was there; that much of the words may follow use.
HELP = re.compile(r", \d+ (?:shows? AI help|may have had (?:some|AI help))|\*May have had AI help:\*[^\n]*")
PER_ITEM = re.compile(r"about \$([\d,.]+), likely \$([\d,.]+)-([\d,.]+)\.")
NOT_TIED = re.compile(r"\$([\d,.]+)(?:-([\d,.]+))? of what was billed is not tied")
COUNTED = re.compile(
    r"^\*\d+ (?:changes?|tickets?) (?:finished|closed)\*.*|^.*(?:too new to say|came back|have stayed).*"
)

more_rows = st.lists(
    st.builds(
        lambda back, dollars, work, kind: row(
            day=day_before(back), billed_nano_usd=dollars * 10**9, work=work, run_kind=kind
        ),
        st.integers(1, 90),
        st.integers(1, 900),
        st.sampled_from(["", "acme/api", "PAY", "elsewhere"]),
        st.sampled_from(["person", "schedule"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda r: (r.day, r.work, r.run_kind),
)


def answers_with(database: Database, finished: list[FinishedItem], rows: list[UsageRow], *asked: str) -> dict[str, str]:
    """Return what is *asked*, of Ada who finished *finished* and nothing else, and used AI as *rows* say."""
    viewer, services = ada_with(database, rows), services_on(database)
    with_titles = [own(item, f"Title of {item.reference}") for item in finished]

    def empty(session: Any) -> None:
        session.exec(delete(Change))
        session.exec(delete(Outcome))

    database.writing(empty)
    plant(services, viewer, with_titles)
    return every_answer(services, viewer, *asked)


def said_of_work(text: str) -> list[str]:
    """Return what an answer says of finished work, but for whether AI was there."""
    return sorted(line for line in HELP.sub("", text).splitlines() if COUNTED.match(line))


def amounts_in(pattern: re.Pattern[str], text: str) -> list[float]:
    found = pattern.search(text)
    return [float(amount.replace(",", "")) for amount in found.groups() if amount] if found else []


@settings(max_examples=15, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(finished=items, rows=base_rows, more=more_rows)
def test_more_use_changes_no_word_about_what_was_finished(
    sqlite_database: Database, finished: list[FinishedItem], rows: list[UsageRow], more: list[UsageRow]
) -> None:
    words = ("show week", "show 4w", "show 12w", "finished 4w", "finished 12w", "privacy")
    less = answers_with(sqlite_database, finished, rows, *words)
    after = answers_with(sqlite_database, finished, [*rows, *more], *words)

    for asked in words:
        assert said_of_work(less[asked]) == said_of_work(after[asked]), asked
        assert not NEVER.search(without_allowed(after[asked])), asked


@settings(max_examples=15, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=base_rows, factor=st.integers(2, 50), more=more_rows)
def test_more_use_never_makes_a_change_look_cheaper(
    sqlite_database: Database, rows: list[UsageRow], factor: int, more: list[UsageRow]
) -> None:
    finished = [change(number, ago(20 + 8 * number)) for number in range(1, 8)]
    less = answers_with(sqlite_database, finished, rows, "show 12w")["show 12w"]
    after = answers_with(sqlite_database, finished, [*more_of(rows, factor), *more], "show 12w")["show 12w"]

    before, now = amounts_in(PER_ITEM, less), amounts_in(PER_ITEM, after)
    assert len(before) in {0, 3}
    assert len(now) >= len(before)
    assert all(cheap <= dear for cheap, dear in zip(before, now, strict=False))


def test_more_use_never_ties_more_of_the_cost_to_what_was_finished(sqlite_database: Database) -> None:
    finished = [change(1, ago(8))]
    some = [row(day=ago(20), work="acme/web", billed_nano_usd=60 * 10**9)]
    poured_in = [row(day=ago(9), work="acme/api", billed_nano_usd=900 * 10**9)]
    less = answers_with(sqlite_database, finished, some, "show 4w")["show 4w"]
    after = answers_with(sqlite_database, finished, [*some, *poured_in], "show 4w")["show 4w"]

    assert amounts_in(NOT_TIED, less) == [60.0]
    assert amounts_in(NOT_TIED, after) == [60.0, 960.0]
