"""Deliveries to the bot: signed HTTP requests or Socket Mode envelopes, and their acknowledgements."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from concurrent.futures import TimeoutError as AckTimeout
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import urllib3

from bot.playground.shown import Json
from bot.playground.sockets import SocketHub

Kind = Literal["slash_commands", "interactive", "events_api"]
ACK_SECONDS = 3.0


@dataclass
class Delivery:
    """Something a person did, on its way to the bot, and what the bot said at once."""

    kind: Kind
    user: str
    payload: Json
    trigger_id: str = ""
    response_url: str = ""
    response_url_id: str = ""
    transport: Literal["http", "socket", ""] = ""
    envelope_id: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    acked: bool = False
    status: int | None = None  # HTTP status; an envelope's ack counts as 200
    ack_seconds: float = 0.0
    ack_body: Any = None
    error: str = ""  # what Slack would tell the person: operation_timeout or dispatch_failed
    no_retry: bool = False
    attempts: int = 0


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Returns the v0 signature of a request."""
    signed = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={signed.hexdigest()}"


class Courier:
    """Brings deliveries to the bot: by HTTP when a request URL is set, else by a socket that is up."""

    def __init__(self, hub: SocketHub, signing_secret: str, ack_seconds: float = ACK_SECONDS) -> None:
        self.hub, self.signing_secret, self.ack_seconds = hub, signing_secret, ack_seconds
        self.request_url = ""
        self._http = urllib3.PoolManager(maxsize=128, retries=False)

    def close(self) -> None:
        """Closes kept-alive connections."""
        self._http.clear()

    def send(self, delivery: Delivery, retry: tuple[int, str] | None = None) -> Delivery:
        """Packs and brings a delivery; *retry* is (number, reason) when Slack tries an event again."""
        if self.request_url:
            delivery.transport = "http"
            delivery.body, delivery.headers = self._pack(delivery)
            if retry:
                delivery.headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        else:
            delivery.transport = "socket"
            delivery.envelope_id = delivery.envelope_id or secrets.token_hex(16)
            delivery.body = json.dumps(_envelope(delivery, retry)).encode()
        return self.bring(delivery)

    def bring(self, delivery: Delivery) -> Delivery:
        """Brings what is packed, byte for byte, and notes the acknowledgement."""
        delivery.attempts += 1
        delivery.acked, delivery.status, delivery.ack_body, delivery.error = False, None, None, ""
        started = time.monotonic()
        if delivery.transport == "http":
            self._by_http(delivery)
        else:
            self._by_socket(delivery)
        delivery.ack_seconds = time.monotonic() - started
        return delivery

    def _pack(self, delivery: Delivery) -> tuple[bytes, dict[str, str]]:
        if delivery.kind == "events_api":
            body, content_type = json.dumps(delivery.payload).encode(), "application/json"
        else:
            form = delivery.payload
            if delivery.kind == "interactive":
                form = {"payload": json.dumps(delivery.payload)}
            body, content_type = urlencode(form).encode(), "application/x-www-form-urlencoded"
        # Signed with the real time: the bot compares it with its own clock.
        timestamp = str(int(time.time()))
        return body, {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (local)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self.signing_secret, timestamp, body),
        }

    def _by_http(self, delivery: Delivery) -> None:
        timeout = urllib3.Timeout(total=self.ack_seconds)
        try:
            answer = self._http.request(
                "POST",
                self.request_url,
                body=delivery.body,
                headers=delivery.headers,
                timeout=timeout,
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as e:
            # urllib3 counts "nobody listens" among the timeouts.
            refused = isinstance(e, urllib3.exceptions.NewConnectionError)
            late = isinstance(e, urllib3.exceptions.TimeoutError) and not refused
            delivery.error = "operation_timeout" if late else "dispatch_failed"
            return
        delivery.status = answer.status
        delivery.acked = 200 <= answer.status < 300
        delivery.error = "" if delivery.acked else "dispatch_failed"
        delivery.no_retry = answer.headers.get("x-slack-no-retry") == "1"
        delivery.ack_body = _read(answer.data, answer.headers)

    def _by_socket(self, delivery: Delivery) -> None:
        envelope = json.loads(delivery.body)
        try:
            ack = self.hub.send(envelope).result(self.ack_seconds)
        except AckTimeout:
            self.hub.give_up(delivery.envelope_id)
            delivery.error = "operation_timeout"
        except ConnectionError:
            delivery.error = "dispatch_failed"
        else:
            delivery.acked, delivery.status = True, 200
            if envelope["accepts_response_payload"]:
                delivery.ack_body = ack.get("payload") or None


def _envelope(delivery: Delivery, retry: tuple[int, str] | None) -> Json:
    envelope: Json = {
        "envelope_id": delivery.envelope_id,
        "type": delivery.kind,
        "payload": delivery.payload,
        "accepts_response_payload": delivery.kind != "events_api",
    }
    if delivery.kind == "events_api":
        number, reason = retry or (0, "")
        envelope |= {"retry_attempt": number, "retry_reason": reason}
    return envelope


def _read(data: bytes, headers: Mapping[str, str]) -> Any:
    if not data.strip():
        return None
    if headers.get("content-type", "").startswith("application/json"):
        try:
            return json.loads(data)
        except ValueError:
            return data.decode(errors="replace")
    return data.decode(errors="replace")
