"""The pages about the program, and whoever asks for them, however."""

import asyncio
import contextlib
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from voxdesk.app.observe.http import CONNECTIONS_AT_MOST, MOST_REQUEST_BYTES, Page, PageServer

pytestmark = pytest.mark.integration
HOST = "127.0.0.1"
WITHIN_S = 15


async def hello() -> Page:
    return Page(b"hello\n", "text/plain")


async def broken() -> Page:
    raise RuntimeError("a fault that nobody thought of")


@pytest.fixture
def server() -> Iterator[PageServer]:
    running = PageServer(HOST, 0, {"/hello": hello, "/broken": broken})
    running.start()
    yield running
    running.close()


def get(server: PageServer, path: str = "/hello", method: str = "GET") -> tuple[int, bytes]:
    request = urllib.request.Request(f"http://{HOST}:{server.port}{path}", method=method)
    try:
        with urllib.request.urlopen(  # noqa: S310  our own
            request, timeout=WITHIN_S
        ) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def say(server: PageServer, data: bytes) -> bytes:
    """What comes back until the other end closes."""
    with socket.create_connection((HOST, server.port), WITHIN_S) as connection:
        connection.settimeout(WITHIN_S)
        answer = b""
        with contextlib.suppress(ConnectionError):
            connection.sendall(data)
            while piece := connection.recv(65536):
                answer += piece
        return answer


def test_a_page_is_answered_and_what_there_is_none_of_is_said(server: PageServer) -> None:
    assert get(server) == (HTTPStatus.OK, b"hello\n")
    assert get(server, "/hello?query=1") == (HTTPStatus.OK, b"hello\n")
    assert get(server, method="HEAD") == (HTTPStatus.OK, b"")
    assert get(server, "/etc/passwd")[0] == HTTPStatus.NOT_FOUND
    assert get(server, "/../hello")[0] == HTTPStatus.NOT_FOUND
    assert get(server, method="POST")[0] == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\0" * 200 + b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /hello SIP/2.0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(600) + b"\r\n\r\n",
        b"GET /" + b"a" * 2 * MOST_REQUEST_BYTES + b" HTTP/1.1\r\n\r\n",
        b"GET /hello HTTP/1.1\r\n" + b"X: y\r\n" * MOST_REQUEST_BYTES + b"\r\n",
        b"GET /broken HTTP/1.1\r\n\r\n",
    ],
)
def test_nonsense_gets_no_page_and_does_no_harm(server: PageServer, nonsense: bytes) -> None:
    assert b" 200 " not in say(server, nonsense)
    assert get(server) == (HTTPStatus.OK, b"hello\n")


def test_those_who_connect_and_say_nothing_are_let_go_and_keep_nobody_out_for_long(
    server: PageServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxdesk.app.observe.http.WITHIN_S", 0.5)
    idle = [
        socket.create_connection((HOST, server.port), WITHIN_S)
        for _ in range(2 * CONNECTIONS_AT_MOST)
    ]
    try:
        for connection in idle:
            connection.settimeout(WITHIN_S)
            with contextlib.suppress(ConnectionError):
                assert connection.recv(1) == b""
        assert get(server) == (HTTPStatus.OK, b"hello\n")
    finally:
        for connection in idle:
            connection.close()


def test_a_taken_port_is_said_and_taken_as_soon_as_it_is_free(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxdesk.app.observe.http.BIND_AGAIN_S", 0.05)
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        server = PageServer(HOST, port, {"/hello": hello})
        server.start()
        assert server.port == 0
        [said] = [record.getMessage() for record in caplog.records]
        assert f"port {port}: Address already in use" in said
        assert "observe.port" in said
    deadline_s = time.monotonic() + WITHIN_S
    while not server.port and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert get(server) == (HTTPStatus.OK, b"hello\n")
    server.close()


def test_many_at_once_are_all_answered(server: PageServer) -> None:
    async def ask() -> bytes:
        reader, writer = await asyncio.open_connection(HOST, server.port)
        writer.write(b"GET /hello HTTP/1.1\r\n\r\n")
        answer = await reader.read()
        writer.close()
        return answer

    async def all_of_them() -> list[bytes]:
        return await asyncio.gather(*(ask() for _ in range(CONNECTIONS_AT_MOST)))

    answers = asyncio.run(asyncio.wait_for(all_of_them(), WITHIN_S))
    assert [answer.endswith(b"hello\n") for answer in answers] == [True] * CONNECTIONS_AT_MOST
