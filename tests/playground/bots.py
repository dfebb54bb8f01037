"""A tiny real Bolt app on either transport, and blocks to send."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.request import BoltRequest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground.local_slack import LocalSlack

Transport = Literal["http", "socket"]
Json = dict[str, Any]


def client_of(slack: LocalSlack, token: str | None = None) -> WebClient:
    return WebClient(token=slack.bot_token if token is None else token, base_url=slack.api_url, timeout=5)


def new_app(slack: LocalSlack) -> App:
    logger = logging.getLogger("tests.playground.bolt")
    logger.setLevel(logging.CRITICAL)
    return App(
        client=client_of(slack),
        signing_secret=slack.signing_secret,
        process_before_response=False,
        logger=logger,
    )


@contextmanager
def connected(slack: LocalSlack, app: App, transport: Transport) -> Iterator[None]:
    if transport == "socket":
        handler = SocketModeHandler(app, slack.app_token)
        handler.connect()
        slack.wait_connected()
        try:
            yield
        finally:
            close_at_once(handler)
        return
    with _http_endpoint(app) as address:
        slack.deliver_to(address)
        yield
        slack.deliver_to("")


def close_at_once(handler: SocketModeHandler) -> None:
    """Closes a handler without the second that slack_sdk waits for one more message."""
    handler.client.message_processor.event.set()
    handler.client.enqueue_message("")
    handler.close()


class _Quiet(ThreadingHTTPServer):
    """Says nothing when Slack has hung up before the answer was ready."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def _http_endpoint(app: App) -> Iterator[str]:
    class Endpoint(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            answer = app.dispatch(BoltRequest(body=body, headers=dict(self.headers.items())))
            sent = answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.first_headers_without_set_cookie().items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = _Quiet(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def keep(got: list[Json], **answer: Any) -> Callable[..., None]:
    """Returns a listener that keeps what arrived and acknowledges it, with an answer or none."""

    def listener(ack: Any, body: Json) -> None:
        got.append(body)
        ack(**answer)

    return listener


def error_of(call: Any, **args: Any) -> str:
    """Returns the name under which Slack refuses a call."""
    try:
        call(**args)
    except SlackApiError as e:
        return str(e.response["error"])
    return ""


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def section(words: str = "hello") -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def button(action_id: str = "go", words: str = "Go", **more: Any) -> Json:
    return {"type": "button", "text": plain(words), "action_id": action_id, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def text_input(block_id: str = "name", **element: Any) -> Json:
    inner = {"type": "plain_text_input", "action_id": "typed", **element}
    return {"type": "input", "block_id": block_id, "label": plain("Name"), "element": inner}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Send"), "blocks": list(blocks), **more}


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


def chart(kind: str = "bar", categories: int = 2, series: int = 1, **more: Any) -> Json:
    names = [f"day {n}" for n in range(categories)]
    rows = [{"name": f"series {n}", "data": [{"label": name, "value": n + 1} for name in names]} for n in range(series)]
    drawn = {"type": kind, "series": rows, "axis_config": {"categories": names}}
    return {"type": "data_visualization", "title": "Cost", "chart": drawn, **more}


def pie(segments: int = 2, value: float = 1) -> Json:
    parts = [{"label": f"part {n}", "value": value} for n in range(segments)]
    return {"type": "data_visualization", "title": "Cost", "chart": {"type": "pie", "segments": parts}}


def cell(words: str = "x") -> Json:
    return {"type": "raw_text", "text": words}


def data_table(rows: int = 1, columns: int = 2, words: str = "x", **more: Any) -> Json:
    grid = [[cell(words) for _ in range(columns)] for _ in range(rows + 1)]
    return {"type": "data_table", "caption": "Models", "rows": grid, **more}


def table(rows: int = 1, columns: int = 2, words: str = "x") -> Json:
    return {"type": "table", "rows": [[cell(words) for _ in range(columns)] for _ in range(rows)]}


def options(count: int, words: str = "o", value: str = "v") -> list[Json]:
    return [{"text": plain(f"{words}{n}"), "value": f"{value}{n}"} for n in range(count)]


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}
