"""`worthwhile import` of a provider's own report: its days are replaced, and nobody is told who is on."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from bot.domain.people import Viewer
from bot.domain.usage import UsageRow
from bot.errors import InputError
from bot.report_files import take_report
from storage import links
from storage.engine import Database
from storage.ids import account_id
from storage.usage import usage_of
from tests.cast import ADA, BOB, TODAY, switched_on
from tests.promises.answers import services_on

KIRO = """Date,UserId,Client_Type,Chat_Conversations,Credits_Used,Total_Messages
2026-11-17,aaaa-1,KIRO_IDE,2,3.5,{first}
2026-11-18,aaaa-1,KIRO_IDE,1,1.5,4
2026-11-18,bbbb-2,KIRO_IDE,1,1.5,9
"""


def record(user: str, tokens: Any = 100, request: str = "r1") -> str:
    return json.dumps(
        {
            "schemaType": "ModelInvocationLog",
            "timestamp": "2026-11-18T10:00:00Z",
            "identity": {"arn": f"arn:aws:sts::1:assumed-role/dev/{user}"},
            "requestId": request,
            "operation": "InvokeModel",
            "modelId": "anthropic.claude-sonnet-4-5-20250929-v1:0",
            "input": {"inputTokenCount": tokens, "inputBodyJson": {"prompt": "the secret plan"}},
            "output": {"outputTokenCount": 10},
        }
    )


def rows_of(database: Database, viewer: Viewer) -> list[UsageRow]:
    with database.reading() as session:
        return usage_of(session, viewer.person_id, TODAY.replace(month=1), TODAY)


def load(database: Database, report: str, content: str | bytes, tmp_path: Path, name: str = "report") -> int:
    path = tmp_path / "report"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return take_report(services_on(database), report, path, name)


def on_with(database: Database, account: str) -> Viewer:
    viewer = switched_on(database, ADA)
    database.writing(
        lambda session: links.link(
            session, account_id(session, "kiro", account), viewer.person_id, TODAY.replace(month=8), how="", by=""
        )
    )
    return viewer


def test_the_days_of_a_report_are_its_persons(database: Database, tmp_path: Path) -> None:
    ada = on_with(database, "aaaa-1")

    assert load(database, "kiro-csv", KIRO.format(first=7), tmp_path) == 3
    assert sorted((row.day.day, row.requests, row.billed_nano_usd) for row in rows_of(database, ada)) == [
        (17, 7, None),
        (18, 4, None),
    ]


def test_the_same_report_again_replaces_and_another_adds(database: Database, tmp_path: Path) -> None:
    ada = on_with(database, "aaaa-1")
    for name, first in (("ide", 7), ("ide", 8), ("cli", 100)):
        load(database, "kiro-csv", KIRO.format(first=first), tmp_path, name)

    assert sorted(row.requests or 0 for row in rows_of(database, ada) if row.day.day == 17) == [8, 100]


def test_bedrocks_callers_are_known_by_their_address(database: Database, tmp_path: Path) -> None:
    ada, bob = switched_on(database, ADA), switched_on(database, BOB)
    content = "\n".join([record("ada@example.com"), record("pipeline-7", request="r2")])

    assert load(database, "bedrock", gzip.compress(content.encode()), tmp_path) == 2
    (stored,) = rows_of(database, ada)
    assert (stored.uncached_input_tokens, stored.output_tokens, stored.tool) == (100, 10, "bedrock")
    assert rows_of(database, bob) == []


@pytest.mark.parametrize(
    ("report", "content", "said"),
    [
        ("kiro-csv", KIRO.format(first=-1), "line 2: "),
        ("bedrock", "\n".join([record("ada@example.com"), "{"]), "line 2: a record that cannot be read"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_nothing_is_stored(
    database: Database, tmp_path: Path, report: str, content: str, said: str
) -> None:
    ada = on_with(database, "aaaa-1")
    with pytest.raises(InputError) as refused:
        load(database, report, content, tmp_path)

    assert refused.value.rows[0].startswith(said)
    assert rows_of(database, ada) == []


def test_a_gzip_that_is_cut_off_is_said_to_be(database: Database, tmp_path: Path) -> None:
    packed = gzip.compress("\n".join(record("a@b.example", request=f"r{n}") for n in range(500)).encode())
    with pytest.raises(InputError, match="gzip is broken"):
        load(database, "bedrock", packed[: len(packed) // 2], tmp_path)
