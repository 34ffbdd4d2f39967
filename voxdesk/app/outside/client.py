"""Asks a service over HTTP: bounded in time and size, and never led elsewhere."""

import asyncio
import logging
import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from crm.acts.once import Outcome
from voxdesk.app.outside.answers import given_values, outcome_of, record_of
from voxdesk.app.outside.request import Request, request_of, same_place
from voxdesk.app.outside.service import Operation, Secret, Service
from voxdesk.kernel.errors import ServiceFailed, SettingsError

BACKOFF_S: Final = 0.2
REDIRECTS: Final = 3
CONNECTIONS: Final = 20
"""At the same time to one service: one that hangs must not hold a connection for every call."""
KEEP_ALIVE_S: Final = 30.0
TRY_AGAIN: Final = frozenset({429, 502, 503, 504})
REDIRECT: Final = frozenset({301, 302, 303, 307, 308})
MAX_SECRET: Final = 8192
USER_AGENT: Final = "voxdesk"

log = logging.getLogger(__name__)


class NotSent(ServiceFailed):
    """The request never reached the service; nothing can have been done."""


class CutOff(aiohttp.ClientError):
    """The connection ended before the answer did."""


async def _only_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keeps aiohttp from sending again by itself, as it does with PUT and DELETE."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise CutOff(str(error)) from error


class ServiceClient:
    """One service. Lives on the engine's loop; `close` ends its connections.

    What is asked and answered is never logged: only which operation, and how it failed.
    """

    def __init__(self, service: Service, env: Mapping[str, str] | None = None) -> None:
        """Read its secrets.

        Args:
            service: as it is declared.
            env: the environment; default the process's.

        Raises:
            SettingsError: a secret or a certificate isn't there.
        """
        self.service = service
        self._headers = {
            name: _value(service, name, value, os.environ if env is None else env)
            for name, value in service.headers.items()
        }
        self._tls = _context(service)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}  # by: its connections are kept

    async def look_up(
        self, operation: Operation, given: Mapping[str, str]
    ) -> dict[str, Any] | None:
        """The record; None when there is no such thing.

        Raises:
            ServiceFailed: it can't be had.
        """
        with _told(operation):
            request = request_of(self.service, operation, given_values(operation, given))
            status, body = await self._ask(operation, request, {})
            return record_of(operation, status, body)

    async def act(self, operation: Operation, given: Mapping[str, str], *, key: str) -> Outcome:
        """Have it done.

        Args:
            operation: what.
            given: the values for it.
            key: the same for the same thing; sent where the service takes one.

        Raises:
            NotSent: surely nothing was done.
            ServiceFailed: nobody knows.
        """
        with _told(operation):
            request = request_of(self.service, operation, given_values(operation, given))
            headers = {operation.once_by: key} if operation.once_by else {}
            status, body = await self._ask(operation, request, headers)
            return outcome_of(operation, status, body)

    async def close(self) -> None:
        """Hang up."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def _ask(
        self, operation: Operation, request: Request, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Status and body, after as many tries as the request may have."""
        tries = 1 + (self.service.retries if operation.is_repeatable else 0)
        for number in range(tries):
            last = number == tries - 1
            try:
                async with asyncio.timeout(self.service.timeout_s):
                    status, body = await self._once(operation, request, headers)
            except TimeoutError:
                if last:
                    raise ServiceFailed(operation.name, "timeout") from None
            except NotSent:
                if last:
                    raise
            except (aiohttp.ClientError, OSError) as error:
                if last:
                    raise ServiceFailed(operation.name, "cut_off") from error
            else:
                if status not in TRY_AGAIN or last:
                    return status, body
            await asyncio.sleep(BACKOFF_S * 2**number)
        raise AssertionError("the last try returns or raises")

    async def _once(
        self, operation: Operation, request: Request, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        url = request.url
        for _ in range(REDIRECTS + 1):
            try:
                asked = await self._session(kept=operation.is_repeatable).request(
                    request.method,
                    URL(url, encoded=True),
                    data=request.body,
                    headers=self._headers_of(request, headers),
                    allow_redirects=False,
                    ssl=self._tls,
                )
            except aiohttp.ClientConnectorError as error:
                raise NotSent(operation.name, "unreachable") from error
            except ValueError as error:  # an address that it can't make sense of
                raise ServiceFailed(operation.name, "nonsense") from error
            async with asked as answer:
                if answer.status not in REDIRECT:
                    return answer.status, await self._body(operation, answer)
                following = _absolute(url, answer.headers.get("Location", ""))
            if request.method not in {"GET", "HEAD"} or not same_place(url, following):
                raise ServiceFailed(operation.name, "redirected")
            url = following
        raise ServiceFailed(operation.name, "redirected")

    async def _body(self, operation: Operation, answer: aiohttp.ClientResponse) -> bytes:
        """All of it, if it isn't too much. Compressed ones are refused: they may be bombs."""
        if answer.headers.get("Content-Encoding", "identity").strip().lower() not in {
            "",
            "identity",
        }:
            raise ServiceFailed(operation.name, "nonsense")
        most = self.service.max_kb * 1024
        body = bytearray()
        async for piece in answer.content.iter_any():
            body += piece
            if len(body) > most:
                raise ServiceFailed(operation.name, "too_large")
        return bytes(body)

    def _headers_of(self, request: Request, more: Mapping[str, str]) -> dict[str, str]:
        own = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": USER_AGENT,
        }
        if request.body is not None:
            own["Content-Type"] = "application/json"
        return {**own, **self._headers, **more}

    def _session(self, *, kept: bool) -> aiohttp.ClientSession:
        """Made on the loop that uses it. No cookies: calls must not share anything.

        `kept`: connections are used again. What must not be sent twice gets a fresh one: of a kept
        one that the service closes meanwhile, nobody knows whether it took the request.
        """
        if kept not in self._sessions:
            connector = (
                aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_ALIVE_S)
                if kept
                else aiohttp.TCPConnector(limit=CONNECTIONS, force_close=True)
            )
            self._sessions[kept] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),  # ours is around each try
                auto_decompress=False,
                trust_env=False,
                middlewares=() if kept else (_only_once,),
            )
        return self._sessions[kept]


@contextmanager
def _told(operation: Operation) -> Iterator[None]:
    """A failure goes into the log, by its kind alone."""
    try:
        yield
    except ServiceFailed as error:
        log.warning("%s failed: %s", operation.name, error.why.replace("_", " "))
        raise


def _absolute(url: str, location: str) -> str:
    """Where a redirect leads; nowhere when it makes no sense."""
    try:
        return str(URL(url, encoded=True).join(URL(location, encoded=True))) if location else ""
    except ValueError:
        return ""


def _value(service: Service, name: str, value: str | Secret, env: Mapping[str, str]) -> str:
    if isinstance(value, str):
        return value
    where = f"service {service.name}, header {name}"
    if value.env:
        secret = env.get(value.env, "").strip()
        if not secret:
            raise SettingsError(
                f"{where}: the environment has no variable {value.env}; set it, or take the "
                "service's file out of config/services."
            )
    else:
        try:
            with Path(value.file).open("rb") as file:
                secret = file.read(MAX_SECRET).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise SettingsError(f"{where}: {value.file} can't be read: {why}.") from None
    if not secret.isprintable() or not secret:
        raise SettingsError(f"{where}: its secret is empty, or has signs that can't be sent.")
    return f"{value.before}{secret}"


def _context(service: Service) -> ssl.SSLContext | bool:
    if not service.ca:
        return True
    try:
        return ssl.create_default_context(cafile=service.ca)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"service {service.name}: ca: {service.ca} can't be used: "
            f"{getattr(error, 'strerror', None) or error}."
        ) from error
