"""Arguments arrive as JSON, as a form or in parts, and mean the same."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from bot.playground.local_slack import LocalSlack
from tests.playground.bots import section

_MESSAGE: dict[str, Any] = {"channel": "U01ANA", "text": "hällo & more", "blocks": [section("bye")]}
_AS_FORM = {key: value if isinstance(value, str) else json.dumps(value) for key, value in _MESSAGE.items()}


def _call(slack: LocalSlack, body: bytes, content_type: str, *, header: bool = True) -> dict[str, Any]:
    headers = {"Content-Type": content_type}
    if header:
        headers["Authorization"] = f"Bearer {slack.bot_token}"
    with urllib3.PoolManager(retries=False) as pool:
        answer = pool.request("POST", f"{slack.api_url}chat.postMessage", body=body, headers=headers)
    return dict(json.loads(answer.data))


def _in_parts() -> tuple[bytes, str]:
    return urllib3.filepost.encode_multipart_formdata(_AS_FORM)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(json.dumps(_MESSAGE).encode(), "application/json;charset=utf-8", id="JSON"),
        pytest.param(urlencode(_AS_FORM).encode(), "application/x-www-form-urlencoded", id="form"),
        pytest.param(*_in_parts(), id="parts"),
    ],
)
def test_every_way_of_sending_means_the_same(slack: LocalSlack, body: bytes, content_type: str) -> None:
    assert _call(slack, body, content_type)["ok"]

    shown = slack.wait_shown("U01ANA")
    assert shown.text == "hällo & more"


def test_the_token_may_be_in_the_form_and_is_not_kept(slack: LocalSlack) -> None:
    body = urlencode({**_AS_FORM, "token": slack.bot_token}).encode()

    assert _call(slack, body, "application/x-www-form-urlencoded", header=False)["ok"]
    assert slack.bot_token not in str(slack.calls)


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"channel=U01ANA&blocks=%7B", "application/x-www-form-urlencoded", "invalid_blocks_format"),
    ],
)
def test_what_cannot_be_read_is_refused(slack: LocalSlack, body: bytes, content_type: str, error: str) -> None:
    assert _call(slack, body, content_type)["error"] == error
