"""What a platform calls somebody leads to them once the company's file says so and they have said yes."""

from datetime import date
from typing import Any

import httpx2

from storage import tokens
from storage.usage import usage_of
from tests.cast import TODAY
from tests.e2e.accounts import give
from tests.e2e.harness import T0, Stage, only_over
from tests.loopback import NO_CERTIFICATES
from tests.senders import pushed

transport = only_over("http")


def push(stage: Stage, user: str, number: int, **changes: Any) -> int:
    """Push an event of today about what the platform calls *user*."""
    name = f"platform-{user}-{number}"
    token = stage.services.database.writing(lambda session: tokens.create_token(session, name, None, T0))
    event = pushed(event_id=name, occurred_at="2026-11-19T01:00:00Z", person={"external_id": f"emp-{user}"}, **changes)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.post(
        f"{stage.services.web_url}/v1/usage", json=[event], headers=headers, verify=NO_CERTIFICATES
    ).status_code


def days_of(stage: Stage, user: str) -> list[date]:
    viewer = stage.viewer(user)
    assert viewer is not None
    with stage.services.database.reading() as session:
        return [row.day for row in usage_of(session, viewer.person_id, date.min, date.max)]


def test_an_external_id_counts_after_the_file_and_a_yes(stage: Stage) -> None:
    user = stage.newcomer()
    give(stage, user, f"emp-{user}", "external")
    on = stage.press(user, stage.ask(user), "Switch it on")
    before = (push(stage, user, 1), days_of(stage, user))
    stage.press(user, on, "Yes")
    after = (push(stage, user, 2), days_of(stage, user))

    assert before == (200, [])
    assert after == (200, [TODAY])
