"""Keeps the page to this machine and to its own origin: hosts, origins, a token for every act, strict headers."""

import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing is loaded from elsewhere, nothing inline is run, and no other page can frame this one.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_OPEN_TO_ALL: Final = ("/static/", "/run")


class Guard:
    """Wraps the page; refuses what was not sent by the page itself, in this run."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._token = secrets.token_urlsafe(24)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        if refusal:
            await PlainTextResponse(refusal, 403, _HEADERS)(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(scope, MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        port = scope["server"][1]
        hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        if headers.get("host") not in hosts:
            return f"This page is only at http://{hosts[0]}."
        origin = headers.get("origin")
        if origin is not None and origin not in [f"http://{host}" for host in hosts]:
            return "Another page cannot do anything here."
        if scope["path"] == "/" and scope["method"] in ("GET", "HEAD"):
            return ""
        if scope["method"] in ("GET", "HEAD") and scope["path"].startswith(_OPEN_TO_ALL):
            return ""
        return "" if self._has_token(headers, port) else "This page is of an earlier run: load it again."

    def _has_token(self, headers: Headers, port: int) -> bool:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        sent = cookies.get(_cookie_name(port))
        return sent is not None and secrets.compare_digest(sent.value.encode(), self._token.encode())

    def _dress(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)  # a story's own page has a policy of its own
        if scope["path"] == "/":
            name = _cookie_name(scope["server"][1])
            headers.append("Set-Cookie", f"{name}={self._token}; Path=/; HttpOnly; SameSite=Strict")


def _cookie_name(port: int) -> str:
    return f"page-{port}"  # browsers share cookies between the ports of a host
