"""Bounds of requests, before anything reads them."""

from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voxdesk.app.http.errors import answer

AT_ONCE: Final = 64
"""Requests that are answered at the same time."""
MOST_BYTES: Final = 2_000_000
"""Of a request's body: a flow has at most half of it."""
STREAMED: Final = frozenset({("POST", "/api/v1/imports")})
"""Endpoints that read a large body as it comes, and bound it themselves."""


ENDLESS: Final = (b"text/event-stream", b"application/octet-stream")
"""Media types of answers that go on for hours; those have a bound of their own, `Streams`."""


class BoundedRequests:
    """ASGI middleware: more than `most` requests at the same time are answered 503.

    An answer without an end counts until it begins.
    """

    def __init__(self, app: ASGIApp, most: int = AT_ONCE) -> None:
        self._app = app
        self._most = most
        self._at_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, if there is room."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._at_work >= self._most:
            refusal = answer(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "busy",
                "Too many requests at the same time; try again in a second.",
                {"Retry-After": "1"},
            )
            await refusal(scope, receive, send)
            return
        self._at_work += 1
        counted = True

        def release() -> None:
            nonlocal counted
            self._at_work -= counted
            counted = False

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_endless(message):
                release()
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            release()


def _is_endless(start: Message) -> bool:
    headers = dict(start.get("headers", ()))
    return headers.get(b"content-length") is None and headers.get(b"content-type", b"").startswith(
        ENDLESS
    )


class BoundedBody:
    """ASGI middleware: a body of more than `MOST_BYTES` is answered 413 and not kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with its whole body."""
        streamed = (scope.get("method"), scope.get("path")) in STREAMED
        if scope["type"] != "http" or streamed:
            await self._app(scope, receive, send)
            return
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client is gone
            body += message.get("body", b"")
            if len(body) > MOST_BYTES:
                refusal = answer(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    "too_long",
                    f"A request has at most {MOST_BYTES} bytes.",
                    {"Connection": "close"},
                )
                await refusal(scope, receive, send)
                return
            if not message.get("more_body", False):
                break
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def given() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, given, send)
