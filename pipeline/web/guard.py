"""The guard before the whole desk: which host was asked for, and what every answer carries.

The list of hosts is what stops DNS rebinding: a page of somebody else's whose name was pointed at loopback asks with
its own name. Source: OWASP HTTP Headers Cheat Sheet; CSP Level 3.
"""

from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}
NOT_KEPT = "no-store"
"""Of every answer that says nothing else: what is shown here is evidence, and stays in no cache."""

_A_YEAR = 31_536_000


def headers_of(*, is_https: bool) -> dict[str, str]:
    """What every answer carries."""
    return HEADERS | ({"Strict-Transport-Security": f"max-age={_A_YEAR}"} if is_https else {})


class Guard:
    """Refuses hosts that are not the desk's, and puts the headers on every answer.

    The answer to a fault of this program is made outside of it, and puts them on by itself.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str], *, is_https: bool) -> None:
        self._app = app
        self._hosts = hosts
        self._headers = headers_of(is_https=is_https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI asks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._put(message)
            await send(message)

        if Headers(scope=scope).get("host", "").lower() not in self._hosts:
            refusal = PlainTextResponse("this desk has another address\n", HTTPStatus.MISDIRECTED_REQUEST)
            await refusal(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    def _put(self, message: MutableMapping[str, Any]) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", NOT_KEPT)
