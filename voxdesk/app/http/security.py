"""What holds for every request and answer: whom it is addressed to, where it comes from, headers.

A browser sends its cookies along with whatever a page of somebody else makes it ask. So who comes
without a token must address us by a name that is ours, and a change must come from our own pages.
Tokens aren't sent unasked: these rules aren't for requests with one.
"""

from http import HTTPStatus
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voxdesk.app.console_settings import ConsoleSettings
from voxdesk.app.http.errors import answer
from voxdesk.app.http.headers import API_HEADERS, HTTPS_ONLY, PAGE_HEADERS

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
API: Final = "/api/"
OPEN_TO_EVERY_NAME: Final = frozenset({"/healthz"})

WRONG_HOST: Final = (
    "This name isn't known here. Have the setting console.url say by which address people reach "
    "the console, and the web server before it pass the header Host on."
)
WRONG_ORIGIN: Final = (
    "Another site's page asked for this. If it was the console itself: have the setting "
    "console.url say by which address people reach it."
)


class Security:
    """ASGI middleware: checks requests, and adds headers to answers that don't have them."""

    def __init__(self, app: ASGIApp, settings: ConsoleSettings) -> None:
        self._app = app
        self._ours = urlsplit(settings.url)
        self._names = {"localhost", settings.host, self._ours.hostname or "localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_api = scope["path"].startswith(API)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (API_HEADERS if is_api else PAGE_HEADERS).items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault(*HTTPS_ONLY)
            await send(message)

        headers = Headers(scope=scope)
        wrong = None
        if "authorization" not in headers and scope["path"] not in OPEN_TO_EVERY_NAME:
            wrong = self._wrong_name(headers) or self._wrong_origin(scope["method"], headers)
        if wrong is not None:
            await answer(*wrong)(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)

    def _wrong_name(self, headers: Headers) -> tuple[int, str, str] | None:
        """A name that somebody else had point to us; addresses are nobody's names."""
        name = _name_of(headers.get("host", ""))
        if name in self._names or _is_address(name):
            return None
        return (
            HTTPStatus.BAD_REQUEST,
            "wrong_host",
            WRONG_HOST,
        )

    def _wrong_origin(self, method: str, headers: Headers) -> tuple[int, str, str] | None:
        """A change that another site's page asks for."""
        if method in SAFE:
            return None
        origin = headers.get("origin")
        if origin is None:
            is_ours = headers.get("sec-fetch-site", "none") in {"none", "same-origin"}
        else:
            parts = urlsplit(origin)
            is_ours = bool(parts.netloc) and (
                parts.netloc == headers.get("host")
                or (parts.scheme, parts.netloc) == (self._ours.scheme, self._ours.netloc)
            )
        if is_ours:
            return None
        return (
            HTTPStatus.FORBIDDEN,
            "wrong_origin",
            WRONG_ORIGIN,
        )


def _name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
