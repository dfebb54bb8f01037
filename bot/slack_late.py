"""A way out to Slack that asks at the last moment whether its request may still go.

Between the note that a message is on its way and the request lie the name look-up, the connection and its
encryption. Asked on the open connection, just before each write, nothing lies between but the write itself. A
request of which the end is not written is not carried out.
"""

from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.request import HTTPHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from slack_sdk import WebClient

MayGo = Callable[[], bool]


class OversleptError(OSError):
    """The request was not written, since it may not go any more."""


class _Late:
    """What a connection does before it writes; mixed into both kinds."""

    sock: Any
    connect: Callable[[], None]

    def __init__(self, *arguments: Any, may_go: MayGo, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._may_go = may_go

    def send(self, data: Any) -> None:
        """Write, if that may still be."""
        if self.sock is None:
            self.connect()
        if not self._may_go():
            raise OversleptError("not written in time")
        super().send(data)  # type: ignore[misc]


class _LateConnection(_Late, HTTPConnection):
    pass


class _LateSecureConnection(_Late, HTTPSConnection):
    pass


class _LateHandler(HTTPHandler):
    def __init__(self, may_go: MayGo) -> None:
        super().__init__()
        self._may_go = may_go

    def http_open(self, request: Request) -> HTTPResponse:
        return self.do_open(partial(_LateConnection, may_go=self._may_go), request)


class _LateSecureHandler(HTTPSHandler):
    def __init__(self, may_go: MayGo, context: Any) -> None:
        super().__init__(context=context)
        self._may_go, self._settings = may_go, context

    def https_open(self, request: Request) -> HTTPResponse:
        return self.do_open(partial(_LateSecureConnection, may_go=self._may_go, context=self._settings), request)


class LateClient(WebClient):
    """The SDK's client without retries, for one request."""

    def __init__(self, token: str, base_url: str, seconds: int, may_go: MayGo) -> None:
        super().__init__(token=token, base_url=base_url, retry_handlers=[], timeout=seconds)
        self._may_go = may_go

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        """Send *req* as the SDK does, through our own connections; raises what the SDK expects."""
        if not url.lower().startswith(("http://", "https://")):
            raise ValueError(f"{url} is no web address")
        proxy = [ProxyHandler({"http": self.proxy, "https": self.proxy})] if self.proxy else []
        opener = build_opener(*proxy, _LateHandler(self._may_go), _LateSecureHandler(self._may_go, self.ssl))
        with opener.open(req, timeout=self.timeout) as answer:
            charset = answer.headers.get_content_charset() or "utf-8"
            return {"status": answer.code, "headers": answer.headers, "body": answer.read().decode(charset)}
