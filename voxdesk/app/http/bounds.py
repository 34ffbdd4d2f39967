"""Bounds of requests, before anything reads them."""

from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voxdesk.app.http.errors import answer

MOST_BYTES: Final = 2_000_000
"""Of a request's body: a flow has at most half of it."""
STREAMED: Final = frozenset({("POST", "/api/v1/imports")})
"""Endpoints that read a large body as it comes, and bound it themselves."""


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
