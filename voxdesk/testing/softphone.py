"""A telephone for tests: it dials, rings, speaks, presses keys, listens, and misbehaves on order.

Pure Python on asyncio, SIP over UDP and G.711 over RTP, any number of calls. It never sends a
packet to another machine.

    async with await Softphone.open() as phone:
        call = await phone.call("sip:ivr@127.0.0.1:5060", caller="+4930123")
        await call.answered()
        await call.hears_speech(timeout_s=2)
        call.say(pcm)
        await call.quiet(for_s=1, timeout_s=20)
        call.press("1")
        await call.hang_up()
"""

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Mapping
from types import TracebackType
from typing import Self

from voxdesk.testing.bad_network import Impairments
from voxdesk.testing.rtp_clock import MediaThread
from voxdesk.testing.rtp_receive import AUDIBLE_DBFS, Heard
from voxdesk.testing.rtp_stream import Echo, KeyHeard, Playing, RtpStream
from voxdesk.testing.sip_auth import Credentials, answer_challenge, is_authorized, make_challenge
from voxdesk.testing.sip_dialog import USER_AGENT, Dialog, new_tag
from voxdesk.testing.sip_media import CallMedia
from voxdesk.testing.sip_message import (
    Address,
    SipMessage,
    SipUri,
    build_request,
    build_response,
)
from voxdesk.testing.sip_progress import CallEnd, CallFailed, CallState
from voxdesk.testing.sip_refer import (
    ReferPlan,
    pretend,
    refuse_refer,
)
from voxdesk.testing.sip_transport import SipTransport, new_branch
from voxdesk.testing.softphone_call import (
    InviteHandler,
    PhoneCall,
    answer_after,
    refuse_with,
    ring_forever,
)

__all__ = [
    "AUDIBLE_DBFS",
    "CallEnd",
    "CallFailed",
    "CallState",
    "Credentials",
    "Echo",
    "Heard",
    "Impairments",
    "KeyHeard",
    "PhoneCall",
    "Playing",
    "ReferPlan",
    "Softphone",
    "answer_after",
    "pretend",
    "refuse_refer",
    "refuse_with",
    "ring_forever",
]


class Softphone:
    """A phone with one SIP address and any number of calls.

    Attributes:
        on_invite: what to do with a call that comes in; without one it gets 480.
        demands: credentials that INVITE and REGISTER must show, as a trunk wants them.
        calls: every call so far.
        registered: contacts that registered here, by user.
    """

    def __init__(
        self,
        *,
        user: str = "phone",
        credentials: Credentials | None = None,
        impairments: Impairments | None = None,
        keep_pcm: bool = True,
        codecs: tuple[str, ...] = ("PCMU", "PCMA"),
    ) -> None:
        self.user = user
        self.on_invite: InviteHandler | None = None
        self.demands: Credentials | None = None
        self.calls: list[PhoneCall] = []
        self.registered: dict[str, str] = {}
        self._credentials = credentials
        self._impairments = impairments
        self._keep_pcm = keep_pcm
        self._codecs = codecs
        self._by_id: dict[tuple[str, str], PhoneCall] = {}
        self._nonces: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: SipTransport
        self._media: MediaThread

    @classmethod
    async def open(
        cls,
        *,
        user: str = "phone",
        host: str = "127.0.0.1",
        port: int = 0,
        credentials: Credentials | None = None,
        impairments: Impairments | None = None,
        keep_pcm: bool = True,
        codecs: tuple[str, ...] = ("PCMU", "PCMA"),
        on_invite: InviteHandler | None = None,
    ) -> Self:
        """Bind its address; port 0 takes any free one.

        Args:
            user: its name in From and Contact.
            host: an address of this machine's loopback.
            port: of SIP.
            credentials: shown when a challenge (401, 407) asks for them.
            impairments: a bad network, for all its calls.
            keep_pcm: False keeps moments only, for long runs.
            codecs: offered and taken, in order.
            on_invite: what to do with an incoming call.
        """
        phone = cls(
            user=user,
            credentials=credentials,
            impairments=impairments,
            keep_pcm=keep_pcm,
            codecs=codecs,
        )
        phone.on_invite = on_invite
        phone._transport = await SipTransport.open(phone._take_request, host=host, port=port)
        phone._media = MediaThread()
        return phone

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up what stands, then let go of the address."""
        standing = [call for call in self.calls if call.ended is None]
        await asyncio.gather(*(call.hang_up() for call in standing), return_exceptions=True)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._transport.close()
        self._media.close()

    @property
    def address(self) -> Address:
        """Host and port of its SIP."""
        return self._transport.address

    @property
    def uri(self) -> str:
        """What to dial to reach it."""
        host, port = self.address
        return f"sip:{self.user}@{host}:{port}"

    @property
    def lateness_s(self) -> list[float]:
        """By how much each sent frame of all calls missed its deadline."""
        return [late for call in self.calls for late in call.stream.lateness_s]

    # ------------------------------------------------------------------ calling

    async def call(
        self,
        uri: str,
        *,
        caller: str | None = None,
        caller_name: str = "",
        headers: Mapping[str, str] | None = None,
        codecs: tuple[str, ...] | None = None,
        impairments: Impairments | None = None,
        proxy: str = "",
        body: str | None = None,
        send_ack: bool = True,
    ) -> PhoneCall:
        """Send an INVITE; returns at once. `await call.answered()` waits for the 200.

        Args:
            uri: whom to call; on this machine.
            caller: user part of From; a number, or a name.
            caller_name: its display name.
            headers: further headers of the INVITE.
            codecs: of this call only.
            impairments: of this call only.
            proxy: SIP URI of a front door that the INVITE goes through.
            body: a session description of your own making; "" offers nothing.
            send_ack: False never acknowledges, as a scanner does.

        Raises:
            NotLoopback: the URI or the proxy is another machine.
        """
        target = SipUri.parse(uri)
        host, port = self.address
        name = f'"{caller_name}" ' if caller_name else ""
        dialog = Dialog(
            transport=self._transport,
            call_id=f"{new_tag()}@{host}",
            local=f"{name}<sip:{caller or self.user}@{host}:{port}>",
            remote=f"<{target}>",
            remote_target=str(target),
            user=caller or self.user,
            outbound_proxy=proxy,
        )
        dialog.next_hop  # noqa: B018 another machine is refused here, before anything is opened
        call = self._new_call(
            dialog, CallState.CALLING, codecs=codecs, impairments=impairments, send_ack=send_ack
        )
        call.start_task(call.invite(headers or {}, body=body))
        await asyncio.sleep(0)  # the INVITE has left when this returns
        return call

    async def ask(
        self, method: str, uri: str, *, headers: Mapping[str, str] | None = None
    ) -> SipMessage:
        """A request outside any call (OPTIONS, REGISTER); its final answer."""
        host, port = self.address
        extra = list((headers or {}).items())
        call_id, tag = f"{new_tag()}@{host}", new_tag()
        target = SipUri.parse(uri)
        for sequence in (1, 2):
            request = build_request(
                method,
                str(target),
                [
                    self._transport.via(new_branch()),
                    ("Max-Forwards", "70"),
                    ("From", f"<sip:{self.user}@{host}:{port}>;tag={tag}"),
                    (
                        "To",
                        f"<sip:{self.user}@{target.host}>"
                        if method == "REGISTER"
                        else f"<{target}>",
                    ),
                    ("Call-ID", call_id),
                    ("CSeq", f"{sequence} {method}"),
                    ("Contact", f"<sip:{self.user}@{host}:{port}>"),
                    ("User-Agent", USER_AGENT),
                    *extra,
                ],
            )
            response = await self._transport.ask(request, target.address).final
            if response.status not in (401, 407) or self._credentials is None:
                break
            proxy = response.status == 407  # noqa: PLR2004 Proxy Authentication Required
            challenge = response.get("Proxy-Authenticate" if proxy else "WWW-Authenticate")
            answer = answer_challenge(challenge, self._credentials, method, str(target))
            extra.append(("Proxy-Authorization" if proxy else "Authorization", answer))
        return response

    async def options(self, uri: str) -> SipMessage:
        """OPTIONS, as a peer that looks whether anybody is there."""
        return await self.ask("OPTIONS", uri)

    async def register(self, uri: str, *, expires_s: int = 300) -> SipMessage:
        """REGISTER this phone at a registrar; 0 takes it back."""
        return await self.ask("REGISTER", uri, headers={"Expires": str(expires_s)})

    def send_raw(self, datagram: bytes, uri: str) -> None:
        """Send any bytes to a SIP address of this machine, however wrong they are."""
        self._transport.send_raw(datagram, SipUri.parse(uri).address)

    def _new_call(
        self,
        dialog: Dialog,
        state: CallState,
        *,
        codecs: tuple[str, ...] | None = None,
        impairments: Impairments | None = None,
        send_ack: bool = True,
        source: Address = ("127.0.0.1", 0),
    ) -> PhoneCall:
        stream = RtpStream(
            host=self.address[0],
            impairments=impairments or self._impairments,
            keep_pcm=self._keep_pcm,
        )
        call = PhoneCall(
            dialog,
            CallMedia(stream, self._media, host=self.address[0], codecs=codecs or self._codecs),
            state=state,
            credentials=self._credentials,
            send_ack=send_ack,
            source=source,
        )
        stream.on_key = call.on_key
        call.phone = self
        self.calls.append(call)
        self._by_id[dialog.call_id, dialog.local_tag] = call
        return call

    # ------------------------------------------------------------------ being called

    def _take_request(self, request: SipMessage, address: Address) -> None:
        call = self._find(request)
        if call is not None:
            call.take_request(request, address)
        elif request.method == "ACK":
            return
        elif request.to_tag:
            self._answer(request, address, 481)
        elif request.method in ("INVITE", "REGISTER") and not self._is_allowed(request, address):
            return
        elif request.method == "INVITE":
            self._ring(request, address)
        elif request.method == "REGISTER":
            self._register(request, address)
        else:
            self._answer(request, address, 200 if request.method == "OPTIONS" else 481)

    def _find(self, request: SipMessage) -> PhoneCall | None:
        if request.method == "CANCEL":
            branches = (
                c for c in self.calls if c.requests and c.requests[0].branch == request.branch
            )
            return next(branches, None)
        return self._by_id.get((request.call_id, request.to_tag))

    def _answer(
        self, request: SipMessage, address: Address, status: int, *headers: tuple[str, str]
    ) -> None:
        response = build_response(request, status, to_tag=new_tag(), headers=headers)
        self._transport.send(response, address)

    def _is_allowed(self, request: SipMessage, address: Address) -> bool:
        if self.demands is None or is_authorized(
            request.get("Authorization"), self.demands, request.method, self._nonces
        ):
            return True
        nonce, challenge = make_challenge(self.demands)
        self._nonces.add(nonce)
        self._answer(request, address, 401, ("WWW-Authenticate", challenge))
        return False

    def _register(self, request: SipMessage, address: Address) -> None:
        user = SipUri.parse(request.get("To")).user
        contact = request.get("Contact")
        if request.get("Expires") == "0" or "expires=0" in contact:
            self.registered.pop(user, None)
            self._answer(request, address, 200)
        else:
            self.registered[user] = contact
            self._answer(
                request,
                address,
                200,
                ("Contact", contact),
                ("Expires", request.get("Expires", "300")),
            )

    def _ring(self, invite: SipMessage, address: Address) -> None:
        dialog = Dialog.of_incoming(self._transport, invite, self.user)
        call = self._new_call(dialog, CallState.INCOMING, source=address)
        call.requests.append(invite)
        if self.on_invite is None:
            call.refuse(480)
            return
        outcome = self.on_invite(call)
        if inspect.isawaitable(outcome):
            task = asyncio.ensure_future(_finish(outcome))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


async def _finish(work: Awaitable[None]) -> None:
    """A call that ended while its handler still worked on it is no fault of the handler."""
    with contextlib.suppress(CallFailed):
        await work
