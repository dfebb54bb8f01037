"""Keyed marks: recognised by whoever has the secret, by nobody else."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.marks import Marks, content_hash, event_hash, token_hash
from bot.domain.people import SlackId
from tests.cast import ADA, BOB, MARKS


def test_a_mark_is_the_same_again_and_16_bytes_long() -> None:
    again = Marks(MARKS.secret)

    assert MARKS.of_slack(ADA.slack_id) == again.of_slack(ADA.slack_id)
    assert len(MARKS.of_slack(ADA.slack_id)) == len(MARKS.of_email("ada@example.com")) == len(MARKS.of_request()) == 16


def test_another_secret_makes_another_mark() -> None:
    other = Marks(MARKS.secret + b"!")

    assert other.of_slack(ADA.slack_id) != MARKS.of_slack(ADA.slack_id)
    assert other.of_email("ada@example.com") != MARKS.of_email("ada@example.com")


def test_everybody_and_every_purpose_has_another_mark() -> None:
    marks = {
        MARKS.of_slack(ADA.slack_id),
        MARKS.of_slack(BOB.slack_id),
        MARKS.of_slack(SlackId("E0OTHER", ADA.slack_id.user_id)),
        MARKS.of_email("E0ACME/U0ADA"),
        MARKS.of_request("E0ACME/U0ADA"),
        MARKS.of_request("E0ACME", "U0ADA"),
        MARKS.of_request("E0ACMEU0ADA"),
    }

    assert len(marks) == 7


def test_an_address_has_one_mark_however_it_is_written() -> None:
    assert MARKS.of_email(" Ada@Example.com ") == MARKS.of_email("ada@example.com")


def test_the_secret_is_not_shown() -> None:
    assert "secret" not in repr(MARKS)


@given(st.text(), st.binary())
def test_hashes_fit_their_columns(text: str, content: bytes) -> None:
    assert len(token_hash(text)) == 32
    assert len(event_hash(text)) == 16
    assert 0 <= content_hash(content) < 2**63


def test_the_shift_of_a_series_is_its_own_and_keeps_starts_in_64_bits() -> None:
    shifts = {marks.shift_of_series(series) for marks in (MARKS, Marks(b"another")) for series in (b"one", b"two")}
    latest_start_ns = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 10**9

    assert len(shifts) == 4
    assert all(0 <= shift < 2**56 for shift in shifts)
    assert latest_start_ns + 2**56 < 2**63
