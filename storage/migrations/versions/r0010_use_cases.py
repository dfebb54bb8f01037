"""The library of use cases, and what became of each."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "r0010"
down_revision = "r0009"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _day(name: str, *, null: bool = False) -> sa.Column[date]:
    return sa.Column(name, sa.Date(), nullable=null)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _word(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def upgrade() -> None:
    """Add the library's tables."""
    op.create_table(
        "use_case",
        _id("id"),
        _number("person_id", null=True),
        *map(_text, ("title", "needed_when", "how", "tool", "link", "watch_out", "shown_as")),
        _flag("tried"),
        *map(_text, ("team", "model", "state")),
        *map(_day, ("made_on", "changed_on")),
        *(_day(name, null=True) for name in ("published_on", "checked_on", "asked_on")),
        *map(_text, ("measured", "reason")),
        _number("variant_of", null=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_use_case_person_id", "use_case", ["person_id"])
    op.create_index("ix_use_case_state_published_on", "use_case", ["state", "published_on"])
    op.create_table(
        "use_case_link",
        _id("use_case_id"),
        _text("reference"),
        _day("linked_on"),
        sa.PrimaryKeyConstraint("use_case_id", "reference"),
    )
    _add_what_people_said()
    _add_what_people_look_for()
    _add_words()


def _add_what_people_said() -> None:
    op.create_table(
        "use_case_try",
        *map(_id, ("person_id", "use_case_id")),
        _text("state"),
        _day("said_on"),
        _day("due_on", null=True),
        sa.PrimaryKeyConstraint("person_id", "use_case_id"),
    )
    op.create_index("ix_use_case_try_state_due_on", "use_case_try", ["state", "due_on"])
    op.create_table(
        "use_case_answer",
        _id("id"),
        _number("use_case_id"),
        _number("person_id", null=True),
        _flag("by_author"),
        *map(_text, ("team", "result")),
        _day("day"),
        _text("thanks"),
        _flag("is_named"),
        _text("reason"),
        _flag("is_sent"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_use_case_answer_use_case_id_day", "use_case_answer", ["use_case_id", "day"])
    op.create_index("ix_use_case_answer_person_id", "use_case_answer", ["person_id"])
    of_an_entry: dict[str, tuple[sa.Column[Any], ...]] = {
        "use_case_report": (_text("reason"), _day("said_on"), _day("settled_on", null=True)),
        "use_case_decision": (_text("decision"), _text("reason"), _day("decided_on")),
    }
    for table, columns in of_an_entry.items():
        op.create_table(
            table,
            _id("id"),
            _number("use_case_id"),
            _number("person_id", null=True),
            *columns,
            sa.PrimaryKeyConstraint("id"),
        )
        op.create_index(f"ix_{table}_use_case_id", table, ["use_case_id"])
        op.create_index(f"ix_{table}_person_id", table, ["person_id"])


def _add_what_people_look_for() -> None:
    op.create_table(
        "looking_for",
        _id("id"),
        *map(_text, ("wanted", "state")),
        _day("asked_on"),
        _number("use_case_id", null=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "looking_for_asker",
        *map(_id, ("person_id", "looking_for_id")),
        _day("asked_on"),
        sa.PrimaryKeyConstraint("person_id", "looking_for_id"),
    )
    op.create_index("ix_looking_for_asker_looking_for_id", "looking_for_asker", ["looking_for_id"])
    op.create_table(
        "channel_round_up",
        _text("channel"),
        _number("person_id", null=True),
        _day("since"),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_index("ix_channel_round_up_person_id", "channel_round_up", ["person_id"])


def _add_words() -> None:
    op.create_table(
        "use_case_posting",
        _word("word"),
        _id("use_case_id"),
        *map(_number, ("weight", "times")),
        sa.PrimaryKeyConstraint("word", "use_case_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_use_case_posting_use_case_id", "use_case_posting", ["use_case_id"])
    op.create_table("text_spending", _day("day"), _number("nano_usd"), sa.PrimaryKeyConstraint("day"))
    op.create_table("use_case_word", _word("word"), _number("entries"), sa.PrimaryKeyConstraint("word"))
    op.create_table(
        "use_case_spelling",
        *map(_word, ("spelling", "word")),
        sa.PrimaryKeyConstraint("spelling", "word"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_use_case_spelling_word", "use_case_spelling", ["word"])


def downgrade() -> None:
    """Drop them."""
    for table in ("spelling", "word", "posting", "decision", "report", "answer", "try", "link"):
        op.drop_table(f"use_case_{table}")
    for table in ("text_spending", "channel_round_up", "looking_for_asker", "looking_for", "use_case"):
        op.drop_table(table)
