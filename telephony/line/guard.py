"""The sentry's post: behind pjsip's parser, before what acts on a message. In the SIP thread.

pjsip hands each message to its modules in order, and the first that says "mine" is the last. Ours
stands before all others. pjsua2 doesn't wrap modules, so it is done by ctypes. A message's text and
source are in memory where this build of pjsip has them; a message of our own proves that before
the guard is trusted. Where it isn't so, the line works without a guard, and says so. Who is shut
out, is so in the kernel: that costs the line nothing.
"""

import contextlib
import ctypes
import secrets
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

import pjsua2 as pj

from telephony.line import kernel_filter
from telephony.line.kernel_filter import Address
from telephony.line.sentry import Sentry, Verdict

_PROBE_WITHIN_S: Final = 2.0
_FIRST: Final = 4
"""Before pjsip's transport layer (8), which comes before all others."""
_TAKEN, _NOT_OURS = 1, 0
_NOT_ALLOWED: Final = 405
_SOURCE_AT: Final = 0x10F0
_TEXT_AT: Final = 0x1148
_PARSED_AT: Final = 0x1158
_FROM_AT: Final = 0x1170
_TO_AT: Final = 0x1178
_SEQUENCE_AT: Final = 0x1188
"""In pjsip_rx_data: the source, a sockaddr; the message in the packet, a pointer and a length;
pointers to what was parsed, and to its From, To and CSeq."""
_TAG_LENGTH_IN_ADDRESS: Final = 80
_METHOD_IN_PARSED: Final = 8
_NUMBER_IN_SEQUENCE: Final = 64
_METHOD_IN_SEQUENCE: Final = 72
_PROBE_NUMBER: Final = 471_142
_PROBE_BYTES: Final = 8
_ACK, _OPTIONS = 2, 5  # pjsip_method_e
_TEXT: Final = struct.Struct("=Qi")
_MAX_TEXT: Final = 65_536
_SOURCE: Final = struct.Struct("=H2s4s")

_ON_MESSAGE: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class _Module(ctypes.Structure):
    """pjsip_module."""

    _fields_ = (
        ("prev", ctypes.c_void_p),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("name_length", ctypes.c_ssize_t),
        ("id", ctypes.c_int),
        ("priority", ctypes.c_int),
        ("load", ctypes.c_void_p),
        ("start", ctypes.c_void_p),
        ("stop", ctypes.c_void_p),
        ("unload", ctypes.c_void_p),
        ("on_rx_request", ctypes.c_void_p),
        ("on_rx_response", ctypes.c_void_p),
        ("on_tx_request", ctypes.c_void_p),
        ("on_tx_response", ctypes.c_void_p),
        ("on_tsx_state", ctypes.c_void_p),
    )


class Caller(Protocol):
    """What is to be known of a leg."""

    @property
    def number(self) -> int:
        """Its name."""

    @property
    def source(self) -> str:
        """Host that its INVITE came from; empty for one that we dialled."""

    @property
    def acknowledged(self) -> bool:
        """Its far end is really there."""

    @property
    def never_acknowledged(self) -> bool:
        """Nobody was there."""

    def disbelieve(self) -> None:
        """It is from a scanner: its slot is needed."""


class Guard:
    """Looks at every message of SIP, by whatever transport it came.

    Args:
        sentry: who decides.
        addresses: (host, port) of the line's UDP sockets for SIP.
        poll: lets SIP happen.

    Attributes:
        works: it has been proved on a packet of our own.
    """

    def __init__(self, sentry: Sentry, addresses: list[Address], poll: Callable[[], None]) -> None:
        self.works = False
        self._sentry = sentry
        self._shut: frozenset[str] = frozenset()
        self._kernel_helps = True
        self._in_call: dict[int, str] = {}
        self._struck: set[int] = set()
        self._probe: tuple[bytes, Address] | None = None
        found = kernel_filter.own_sockets(addresses) if addresses else {}
        self._socket = next(iter(found.values()), None)
        self._request = _ON_MESSAGE(lambda message: self._on_message(message, answerable=True))
        self._response = _ON_MESSAGE(lambda message: self._on_message(message, answerable=False))
        self._module = _Module(
            name=b"voxdesk-guard",
            name_length=len(b"voxdesk-guard"),
            id=-1,
            priority=_FIRST,
            on_rx_request=ctypes.cast(self._request, ctypes.c_void_p),
            on_rx_response=ctypes.cast(self._response, ctypes.c_void_p),
        )
        self._registered = False
        self._pjsip: Any = ctypes.CDLL(pj._pjsua2.__file__)  # noqa: SLF001  what pjsua2 doesn't wrap
        self._pjsip.pjsua_get_pjsip_endpt.restype = ctypes.c_void_p
        self._endpoint = ctypes.c_void_p(self._pjsip.pjsua_get_pjsip_endpt())
        if self._socket is not None:
            self._begin(poll)

    def tick(self, legs: Iterable[Caller], now_s: float) -> None:
        """Each round: who is in a call, who never acknowledged one, whom the kernel keeps out."""
        self._follow({leg.number: leg for leg in legs if leg.source}, now_s)
        self._sentry.tick(now_s)
        shut = frozenset(self._sentry.shut_out)
        if shut == self._shut or self._socket is None:
            return
        self._shut = shut
        if not self._kernel_helps:
            return
        try:
            if shut:
                kernel_filter.attach(self._socket, kernel_filter.all_but(shut))
            else:
                kernel_filter.detach(self._socket)
        except OSError as error:
            self._kernel_helps = False  # the callback goes on dropping them
            sys.stderr.write(f"Scanners can't be shut out by the kernel: {error}\n")

    def close(self) -> None:
        """Before pjsip ends."""
        self._unregister()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _unregister(self) -> None:
        if self._registered:
            self._registered = False
            self._pjsip.pjsip_endpt_unregister_module(self._endpoint, ctypes.byref(self._module))

    def _follow(self, legs: dict[int, Caller], now_s: float) -> None:
        for number, leg in legs.items():
            if leg.acknowledged and number not in self._in_call:
                self._in_call[number] = leg.source
                self._sentry.took_call(leg.source, now_s)
            if leg.never_acknowledged and number not in self._struck:
                self._struck.add(number)
                self._sentry.never_acknowledged(leg.source, now_s)
            if not leg.acknowledged and leg.source in self._sentry.shut_out:
                leg.disbelieve()
        self._struck &= legs.keys()
        for number in self._in_call.keys() - legs.keys():
            self._sentry.call_over(self._in_call.pop(number), now_s)

    def _begin(self, poll: Callable[[], None]) -> None:
        assert self._socket is not None  # noqa: S101  looked at by who calls
        refused = self._pjsip.pjsip_endpt_register_module(
            self._endpoint, ctypes.byref(self._module)
        )
        self._registered = not refused
        host, port = self._socket.getsockname()[:2]
        home = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104  compared, not bound
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knocking:
            with contextlib.suppress(OSError):
                knocking.bind((home, 0))
                self._probe = (secrets.token_hex(_PROBE_BYTES).encode(), knocking.getsockname())
                knocking.sendto(_knock(self._probe), (home, port))
            deadline_s = time.monotonic() + _PROBE_WITHIN_S
            while self._registered and not self.works and time.monotonic() < deadline_s:
                poll()
        self._probe = None
        if not self.works:
            self._unregister()
            sys.stderr.write(
                "This pjsua2 doesn't show where a message came from: floods are for the front "
                "door or a packet filter to stop.\n"
            )

    def _on_message(self, message: int, *, answerable: bool) -> int:
        try:
            source = _source_of(message)
            text = _text_of(message)
            if self._probe is not None:
                if self._probe[0] in text:
                    self.works = source == self._probe[1] and _is_laid_out_so(message)
                return _TAKEN  # whatever else comes now is too early, and will be repeated
            if not self.works or not source[0]:
                return _NOT_OURS
            if answerable and not _is_consistent(message):
                return _TAKEN
            verdict = self._sentry.look(source[0], text, time.monotonic())
        except Exception as error:  # noqa: BLE001  it must not unwind through pjsip
            self.works = False
            sys.stderr.write(f"The guard is off: {error!r}\n")
            return _NOT_OURS
        if verdict is Verdict.PASS:
            return _NOT_OURS
        if verdict is Verdict.REFUSE and answerable:
            self._pjsip.pjsip_endpt_respond_stateless(
                self._endpoint, ctypes.c_void_p(message), _NOT_ALLOWED, None, None, None
            )
        return _TAKEN


def _knock(probe: tuple[bytes, Address]) -> bytes:
    """A message of our own that nobody could guess."""
    word, (host, port) = probe[0].decode(), probe[1]
    return (
        f"OPTIONS sip:guard@{host} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{word}\r\n"
        f"From: <sip:guard@{host}>;tag={word}\r\nTo: <sip:guard@{host}>\r\nCall-ID: {word}\r\n"
        f"CSeq: {_PROBE_NUMBER} OPTIONS\r\nMax-Forwards: 1\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def _is_laid_out_so(knock: int) -> bool:
    """Whether what is read of our own message is what it says."""
    asked, named, number = _methods_of(knock)
    return (
        asked == named == _OPTIONS
        and number == _PROBE_NUMBER
        and _tag_length(knock, _FROM_AT) == 2 * _PROBE_BYTES
        and _tag_length(knock, _TO_AT) == 0
    )


def _is_consistent(message: int) -> bool:
    """Whether pjsip can take this request without an assertion that fails.

    It finds transactions by CSeq, and aborts when one in its last state gets a request of another
    method. And it answers a request that came on two ways (RFC 3261 8.2.2.2) with 482, also when
    it is an ACK, which must not be answered; but a proper ACK has a tag in To.
    """
    asked, named, _ = _methods_of(message)
    return asked == named and (asked != _ACK or _tag_length(message, _TO_AT) > 0)


def _tag_length(message: int, which: int) -> int:
    """Of the tag in From or To."""
    address = ctypes.c_uint64.from_address(message + which).value
    return ctypes.c_ssize_t.from_address(address + _TAG_LENGTH_IN_ADDRESS).value if address else -1


def _methods_of(message: int) -> tuple[int, int, int]:
    """The request's method and the one in its CSeq, as pjsip numbers them; and CSeq's number."""
    parsed = ctypes.c_uint64.from_address(message + _PARSED_AT).value
    sequence = ctypes.c_uint64.from_address(message + _SEQUENCE_AT).value
    if not parsed or not sequence:
        return -1, -2, 0
    return (
        ctypes.c_int.from_address(parsed + _METHOD_IN_PARSED).value,
        ctypes.c_int.from_address(sequence + _METHOD_IN_SEQUENCE).value,
        ctypes.c_int.from_address(sequence + _NUMBER_IN_SEQUENCE).value,
    )


def _text_of(message: int) -> bytes:
    """What was sent."""
    start, length = _TEXT.unpack(ctypes.string_at(message + _TEXT_AT, _TEXT.size))
    return ctypes.string_at(start, min(length, _MAX_TEXT)) if start and length > 0 else b""


def _source_of(message: int) -> Address:
    """Where it came from; ("", 0) when that isn't IPv4."""
    family, port, host = _SOURCE.unpack(ctypes.string_at(message + _SOURCE_AT, _SOURCE.size))
    if family != socket.AF_INET:
        return "", 0
    return socket.inet_ntoa(host), int.from_bytes(port, "big")
