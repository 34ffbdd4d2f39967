"""SIP over UDP on loopback: datagrams, retransmissions, matching answers to questions.

The timers are those of RFC 3261 17, the wait for a final answer is the caller's.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from voxdesk.kernel.errors import ProtocolError
from voxdesk.testing.sip_message import (
    Address,
    SipMessage,
    build_request,
    loopback_address,
)

T1_S = 0.5
T2_S = 4.0
TRANSACTION_S = 32.0  # 64 * T1
_KEEP_ANSWERS = 512

OnRequest = Callable[[SipMessage, Address], None]
OnResponse = Callable[[SipMessage], None]


def new_branch() -> str:
    """A transaction's name."""
    return f"z9hG4bK{secrets.token_hex(8)}"


@dataclass(slots=True)
class ClientTransaction:
    """One request of ours until its final answer.

    Attributes:
        request: as sent, Via included.
        final: resolves to the final response, or a made-up 408 after 32 s.
    """

    request: SipMessage
    address: Address
    final: asyncio.Future[SipMessage]
    on_provisional: OnResponse | None = None
    on_repeat: OnResponse | None = None
    send_ack: bool = True
    retransmitting: asyncio.Task[None] | None = None
    provisional: list[int] = field(default_factory=list)


class SipTransport(asyncio.DatagramProtocol):
    """One UDP socket for any number of calls.

    Args:
        on_request: called for every new request (not for repeats of one already answered).
    """

    def __init__(self, on_request: OnRequest) -> None:
        self._on_request = on_request
        self._transport: asyncio.DatagramTransport | None = None
        self._pending: dict[tuple[str, str], ClientTransaction] = {}
        self._answers: dict[tuple[str, str], tuple[SipMessage, Address]] = {}
        self._seen: dict[tuple[str, str], None] = {}
        self.address: Address = ("127.0.0.1", 0)
        self.malformed = 0
        self.deaf = False

    @classmethod
    async def open(
        cls, on_request: OnRequest, *, host: str = "127.0.0.1", port: int = 0
    ) -> "SipTransport":
        """Bind a socket on this machine."""
        loopback_address(host, port)
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_datagram_endpoint(
            lambda: cls(on_request), local_addr=(host, port)
        )
        return protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio's hook: the socket is there."""
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.address = transport.get_extra_info("sockname")[:2]

    def error_received(self, exc: Exception) -> None:
        """Asyncio's hook: a closed port answered by ICMP; the transaction's time-out tells."""

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Asyncio's hook: something came in."""
        if self.deaf or not data.strip():  # blank lines are keep-alives
            return
        try:
            message = SipMessage.parse(data)
            if message.is_response:
                self._take_response(message)
            else:
                self._take_request(message, addr[:2])
        except (ProtocolError, ValueError, IndexError):
            self.malformed += 1

    def send(self, message: SipMessage, address: Address) -> None:
        """Send one message; an answer is remembered for repeats of its request."""
        self.send_raw(message.encode(), address)
        if message.is_response:
            if len(self._answers) >= _KEEP_ANSWERS:
                self._answers.pop(next(iter(self._answers)))
            self._answers[message.branch, message.method] = (message, address)

    def send_raw(self, datagram: bytes, address: Address) -> None:
        """Send any bytes, to this machine only."""
        target = loopback_address(*address)
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(datagram, target)

    def via(self, branch: str) -> tuple[str, str]:
        """The Via header of a request of ours."""
        host, port = self.address
        return ("Via", f"SIP/2.0/UDP {host}:{port};branch={branch};rport")

    def ask(
        self,
        request: SipMessage,
        address: Address,
        *,
        on_provisional: OnResponse | None = None,
        on_repeat: OnResponse | None = None,
        send_ack: bool = True,
    ) -> ClientTransaction:
        """Send a request and repeat it until it is answered."""
        future: asyncio.Future[SipMessage] = asyncio.get_running_loop().create_future()
        transaction = ClientTransaction(
            request, address, future, on_provisional, on_repeat, send_ack
        )
        self._pending[request.branch, request.method] = transaction
        self.send(request, address)
        transaction.retransmitting = asyncio.create_task(self._repeat(transaction))
        return transaction

    def close(self) -> None:
        """Close the socket and give up on what was asked."""
        for transaction in self._pending.values():
            if transaction.retransmitting is not None:
                transaction.retransmitting.cancel()
            transaction.final.cancel()
        self._pending.clear()
        if self._transport is not None:
            self._transport.close()

    async def _repeat(self, transaction: ClientTransaction) -> None:
        """Timers A/B and E/F: until any answer, at growing distance, then a 408 of our own."""
        invite = transaction.request.method == "INVITE"
        loop = asyncio.get_running_loop()
        give_up_s = loop.time() + TRANSACTION_S
        wait_s = T1_S
        while loop.time() < give_up_s and not transaction.final.done():
            await asyncio.sleep(wait_s)
            wait_s = wait_s * 2 if invite else min(T2_S, wait_s * 2)
            if transaction.final.done() or (invite and transaction.provisional):
                return
            with contextlib.suppress(OSError):
                self.send(transaction.request, transaction.address)
        if not transaction.final.done():  # it has no Via: nobody sent it
            transaction.final.set_result(SipMessage("SIP/2.0 408 No Answer"))

    def _take_response(self, response: SipMessage) -> None:
        transaction = self._pending.get((response.branch, response.method))
        if transaction is None:
            return
        if response.status < 200:  # noqa: PLR2004 provisional
            transaction.provisional.append(response.status)
            if transaction.on_provisional is not None and not transaction.final.done():
                transaction.on_provisional(response)
            return
        first = not transaction.final.done()
        if response.method == "INVITE":
            if response.status >= 300 and transaction.send_ack:  # noqa: PLR2004 refused
                self._acknowledge_refusal(transaction, response)
            elif not first and transaction.on_repeat is not None:
                transaction.on_repeat(response)
        if first:
            transaction.final.set_result(response)
            # Kept for repeats of the answer (our ACK may be lost), then forgotten.
            asyncio.get_running_loop().call_later(
                TRANSACTION_S, self._pending.pop, (response.branch, response.method), None
            )

    def _acknowledge_refusal(self, transaction: ClientTransaction, response: SipMessage) -> None:
        request = transaction.request
        headers = [
            ("Via", request.get("Via")),
            ("Max-Forwards", "70"),
            ("From", request.get("From")),
            ("To", response.get("To")),
            ("Call-ID", request.call_id),
            ("CSeq", f"{request.cseq} ACK"),
            *(("Route", route) for route in request.all("Route")),
        ]
        self.send(build_request("ACK", request.request_uri, headers), transaction.address)

    def _take_request(self, request: SipMessage, address: Address) -> None:
        key = (request.branch, request.method)
        answer = self._answers.get(key)
        if answer is not None:
            self.send_raw(answer[0].encode(), answer[1])
            return
        if request.method != "ACK":
            if key in self._seen:
                return  # a repeat of what is being worked on
            if len(self._seen) >= _KEEP_ANSWERS:
                self._seen.pop(next(iter(self._seen)))
            self._seen[key] = None
        self._on_request(request, address)
