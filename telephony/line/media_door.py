"""Keeps strangers' RTP out of a call: the latch's rule, made the kernel's. In the SIP thread."""

import contextlib
import sys
from typing import Final

import pjsua2 as pj

from telephony.line import kernel_filter
from telephony.line.latch import Address, Latch, Rule

LOOK_EACH_S: Final = 0.2

_told: set[str] = set()


class MediaDoor:
    """Keeps a leg's RTP and RTCP sockets to its latch's rule."""

    def __init__(self) -> None:
        self._latch: Latch | None = None
        self._local: tuple[Address, ...] = ()
        self._applied: Rule | None = None
        self._look_s = 0.0

    def begin(self, call: pj.Call, signalled: str, now_s: float) -> None:
        """A stream runs, perhaps with another far end than before."""
        described = _address(call.getStreamInfo(0).remoteRtpAddress)
        transport = call.getMedTransportInfo(0)
        local = (_address(transport.localRtpName), _address(transport.localRtcpName))
        if described is None or None in local:
            return
        sockets = tuple(each for each in local if each is not None)
        if self._latch is None or self._latch.described != described or sockets != self._local:
            self._latch = Latch(described, signalled, now_s)
            self._local, self._applied = sockets, None
            self._apply(self._latch.rule)

    def look(self, call: pj.Call, now_s: float) -> None:
        """Now and then while the stream runs."""
        if self._latch is None or now_s < self._look_s:
            return
        self._look_s = now_s + LOOK_EACH_S
        source = _address(call.getMedTransportInfo(0).srcRtpName)
        packets = call.getStreamStat(0).rtcp.rxStat.pkt
        self._apply(self._latch.look(source, packets, now_s))

    def _apply(self, rule: Rule) -> None:
        if rule == self._applied:
            return
        self._applied = rule
        found = kernel_filter.own_sockets(
            address
            for host, port in self._local
            for address in ((host, port), ("0.0.0.0", port))  # noqa: S104
        )
        try:
            for (_, port), sock in found.items():
                # RTCP comes from another port; which one, nobody says for sure.
                only_port = rule.port if port == self._local[0][1] else None
                if rule.host:
                    kernel_filter.attach(sock, kernel_filter.only_from(rule.host, only_port))
                else:
                    kernel_filter.detach(sock)
        except OSError as error:
            if str(error) not in _told:
                _told.add(str(error))
                sys.stderr.write(f"RTP from strangers can't be kept out of calls: {error}\n")
        finally:
            for sock in found.values():
                sock.close()


def _address(text: str) -> Address | None:
    """Of the form host:port, as pjsip writes it."""
    host, _, port = text.rpartition(":")
    with contextlib.suppress(ValueError):
        return (host, int(port)) if int(port) else None
    return None
