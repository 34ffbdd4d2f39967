"""The bell that ends a line's wait for SIP."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from telephony.line.doorbell import Doorbell

pytestmark = pytest.mark.unit


@pytest.fixture
def sip() -> Iterator[socket.socket]:
    """The line's own socket, as pjsip has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("0.0.0.0", 0))  # noqa: S104  as lines do
        bound.settimeout(5)
        yield bound


@pytest.fixture
def bell(sip: socket.socket) -> Iterator[Doorbell]:
    doorbell = Doorbell([sip.getsockname()])
    yield doorbell
    doorbell.close()


def elsewhere(function: Callable[[], None]) -> None:
    thread = threading.Thread(target=function)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()


def test_another_thread_wakes_who_waits_for_sip(sip: socket.socket, bell: Doorbell) -> None:
    elsewhere(bell.ring)

    message, source = sip.recvfrom(100)
    assert message == b"\r\n\r\n"
    assert source[1] == sip.getsockname()[1]


def test_who_is_awake_need_not_be_woken_again(sip: socket.socket, bell: Doorbell) -> None:
    bell.ring()  # its own thread
    for _ in range(3):
        elsewhere(bell.ring)
    sip.recv(100)
    sip.settimeout(0)
    with pytest.raises(BlockingIOError):
        sip.recv(100)

    bell.answer()
    elsewhere(bell.ring)

    sip.settimeout(5)
    assert sip.recv(100)


def test_a_line_without_udp_has_no_bell_and_looks_by_itself() -> None:
    bell = Doorbell([])
    elsewhere(bell.ring)

    assert not bell.works


def test_after_its_end_it_is_silent(sip: socket.socket, bell: Doorbell) -> None:
    bell.close()
    elsewhere(bell.ring)

    assert not bell.works
    sip.settimeout(0)
    with pytest.raises(BlockingIOError):
        sip.recv(100)
